"""CSV as spreadsheets save it and read it: any sign between cells, any encoding, and nothing in it that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import Any

from autograde.classroom.room import CannotDo

_UNSEEN = r"\s\"'\x00-\x1f\x7f-\xa0\xad\u061c\u115f\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff"
"""What may stand before a sign without being seen."""
_BEGINS = rf"(?=[{_UNSEEN}]*[=+\-@＝＋－＠﹢﹣﹦﹫])"
"""How a formula begins."""
_FORMULA = re.compile(rf"(?:^|(?<=[,;|\t\r\n])){_BEGINS}")
"""Where a cell begins like a formula, whatever a spreadsheet takes for the sign between two cells."""


def table(data: bytes) -> list[list[str]]:
    """The lines of a CSV file, whatever a spreadsheet has made of its encoding and its commas. Empty lines are left out.

    Raises
    ------
    CannotDo : it is a workbook, or holds nothing.
    """
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise CannotDo("This is a workbook of a spreadsheet program: open it there and save it as CSV (UTF-8).")
    text = _decoded(data).lstrip("\ufeff")
    first, _, rest = text.lstrip("\r\n").partition("\n")
    if re.fullmatch(r"sep=.\r?", first):
        text, delimiter = rest, first[4]
    else:
        unquoted = re.sub(r'"[^"]*"', "", first)
        delimiter = max(",;\t|", key=unquoted.count)
    try:
        found = [
            row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(c.strip() for c in row)
        ]
    except csv.Error as error:
        raise CannotDo(f"This is not a table: {error}.") from None
    if not found:
        raise CannotDo("The file is empty.")
    return found


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if data[1:2] == b"\0":
        return data.decode("utf-16-le", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def clean(cell: str) -> str:
    """A cell without the apostrophe and the `="..."` by which a spreadsheet is kept from reading it as a formula or a number."""
    cell = " ".join(cell.split())
    return m[1] if (m := re.fullmatch(r'="(.*)"', cell)) else re.sub(f"^'{_BEGINS}", "", cell)


def written(rows: Sequence[Sequence[Any]], bom: bool = False) -> str:
    """The rows as CSV, with nothing in it that a spreadsheet would run. ``bom``: with the mark by which Excel knows UTF-8."""
    return "\ufeff" * bom + "".join(",".join(map(_cell, row)) + "\r\n" for row in rows)


_PARTS = re.compile(r'[,;|\t\r\n"]')
"""What some spreadsheet would take a cell apart at."""


def _cell(value: Any) -> str:
    if isinstance(value, int | float):
        return f"{value:.10g}"
    text = _FORMULA.sub("'", value)
    quoted = text != value or _PARTS.search(text)
    return '"' + text.replace('"', '""') + '"' if quoted else text
