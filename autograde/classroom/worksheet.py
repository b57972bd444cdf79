"""Moodle's grading worksheet (View all submissions, Download grading worksheet): whose a submission is, and when it came."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from autograde.classroom.arrivals import Arrival
from autograde.classroom.late import Arrived
from autograde.classroom.room import CannotDo
from autograde.classroom.roster import Roster, plain
from autograde.classroom.spreadsheet import table


def read(data: bytes, roster: Roster, arrivals: Sequence[Arrival]) -> dict[str, str]:
    """Note in ``arrivals`` when they came; what Moodle calls each of them -> student, where the roster knows them.

    Raises
    ------
    CannotDo : it is no worksheet, or has a time that cannot be read.
    """
    head, *rows = table(data)
    at = {plain(name): n for n, name in enumerate(head)}
    if "identifier" not in at:
        raise CannotDo(
            "This is no grading worksheet of Moodle: it has no column Identifier. In Moodle: Download grading worksheet."
        )
    when = next((n for name, n in at.items() if name.startswith("lastmodifiedsubmission")), None)
    by_number = {m[0]: a for a in arrivals if a.source == "Moodle" and (m := re.search(r"\d+$", a.called))}
    found = {}
    for row in rows:
        cells = {name: row[n].strip() for name, n in at.items() if n < len(row)}
        number = re.search(r"\d+$", cells["identifier"])
        arrival = by_number.get(number[0]) if number else None
        if arrival is None:
            continue
        named = roster.named(cells.get("fullname", ""))
        person = roster.by(("email",), cells.get("emailaddress", "")) or roster.by(
            ("id_number",), cells.get("idnumber", "")
        )
        if person or len(named) == 1:
            found[arrival.called] = (person or named[0]).id
        text = row[when].strip() if when is not None and when < len(row) else ""
        if re.search(r"\d", text):
            arrival.arrived = Arrived(at=_moment(text), source="Moodle's worksheet")
    return found


FORMS = (
    "%A, %d %B %Y, %I:%M %p",
    "%A, %d %B %Y, %H:%M",
    "%A, %B %d, %Y, %I:%M %p",
    "%Y-%m-%d %H:%M",
    "%d/%m/%y, %H:%M",
)
"""How Moodle writes a time in English; it is that of the server, taken to be that of this machine."""


def _moment(text: str) -> datetime:
    for form in FORMS:
        try:
            return datetime.strptime(text, form).astimezone(UTC)
        except ValueError:
            continue
    raise CannotDo(
        f"{text!r} is no time that can be read here: set Moodle to English and download the worksheet again."
    )
