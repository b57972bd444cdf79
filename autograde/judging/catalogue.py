"""Mistakes as prose: ``mistakes.md`` read, and the functions that a reference comes to call.

A heading ``## function`` holds headings ``### name``; below each a fenced ``diff`` of the edited lines and two paragraphs
or more: what is seen, then where to look.
"""

from __future__ import annotations

import dis
import re
import types
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from autograde.judging.exercise import Mistake


class BadCatalogue(ValueError):
    """A ``mistakes.md`` that cannot be read; the message says where and why."""


def called(function: Callable) -> str:
    """How ``mistakes.md`` calls a function: ``lstm.cell_backward`` in ``lstm_ref``, its module and name elsewhere."""
    return f"{function.__module__.removeprefix('lstm_ref.')}.{function.__name__}"


@cache
def reached(reference: Callable) -> tuple[Callable, ...]:
    """``reference`` and the functions of its own module or of ``lstm_ref`` that it comes to call, nearest first."""
    found: dict[Callable, None] = {}
    todo: list[Any] = [reference]
    while todo:
        function = todo.pop(0)
        if not isinstance(function, types.FunctionType) or function in found:
            continue
        found[function] = None
        todo += [f for f in _named(function) if _ours(f, reference)]
    return tuple(found)


def _ours(value: object, reference: Callable) -> bool:
    if not isinstance(value, types.FunctionType):
        return False
    return value.__module__.startswith("lstm_ref") or value.__module__ == reference.__module__


def _named(function: types.FunctionType) -> list[object]:
    """What its code takes from its module, and from modules of ``lstm_ref`` there, in order."""
    return list(_taken(function.__code__, function.__globals__))


def _taken(code: types.CodeType, space: dict[str, Any]) -> Iterator[object]:
    module: object = None
    for instruction in dis.get_instructions(code):
        if instruction.opname == "LOAD_GLOBAL":
            value = space.get(instruction.argval)
            module = value if isinstance(value, types.ModuleType) and value.__name__.startswith("lstm_ref") else None
            yield value
        elif instruction.opname in ("LOAD_ATTR", "LOAD_METHOD"):
            yield getattr(module, instruction.argval, None) if module is not None else None
            module = None
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _taken(constant, space)


@cache
def headings(path: Path) -> tuple[str, ...]:
    """The functions that have mistakes in this file, in order."""
    return tuple(_sections(path))


def mistakes(path: Path, function: Callable) -> tuple[Mistake, ...]:
    """The mistakes of ``function`` in this file.

    Raises
    ------
    BadCatalogue : one of them has no diff, or not two paragraphs.
    """
    sections = _sections(path)
    section = sections.get(called(function)) or sections.get(function.__name__) or ""
    return _parsed(path, function, section)


@cache
def _sections(path: Path) -> dict[str, str]:
    """Text below each ``##`` heading. A line of a diff cannot look like one: it starts with a space, + or -."""
    pieces = re.split(r"(?m)^## +(.+?) *$", path.read_text(encoding="utf-8"))
    return {name.strip("`"): text for name, text in zip(pieces[1::2], pieces[2::2], strict=True)}


@cache
def _parsed(path: Path, function: Callable, section: str) -> tuple[Mistake, ...]:
    from markdown_it import MarkdownIt  # read when a wrong answer is explained, not when a notebook starts

    found: list[Mistake] = []
    lines = section.split("\n")
    tokens = MarkdownIt().parse(section)
    starts = [n for n, t in enumerate(tokens) if t.type == "heading_open" and t.tag == "h3"]
    for start, stop in zip(starts, [*starts[1:], len(tokens)], strict=True):
        name = tokens[start + 1].content
        where = f"{path}: {name!r}"
        body = [t for t in tokens[start + 3 : stop] if t.level == 0 and t.map and not t.type.endswith("_close")]
        diffs = [t for t in body if t.type == "fence" and t.info.strip() == "diff"]
        spans = [t.map for t in body if t not in diffs and t.map]
        words = ["\n".join(lines[first:last]).strip() for first, last in spans]
        if len(diffs) != 1 or len(words) < 2:
            raise BadCatalogue(f"{where} wants one diff and two paragraphs: what is seen, and where to look")
        before, after = _sides(diffs[0].content)
        seen, look = (_unwrapped(w) for w in (words[0], "\n\n".join(words[1:])))
        found.append(Mistake(name, before, after, seen, look, function))
    return tuple(found)


def _sides(diff: str) -> tuple[str, str]:
    lines = diff.rstrip("\n").split("\n")
    before = [line[1:] for line in lines if not line.startswith("+")]
    after = [line[1:] for line in lines if not line.startswith("-")]
    return "\n".join(before), "\n".join(after)


def _unwrapped(text: str) -> str:
    """Lines of a paragraph joined; lists and empty lines stay."""
    return re.sub(r"(?<!\n)\n(?!\n|- |\d+\. )", " ", text)
