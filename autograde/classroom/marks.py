"""Marks: what a human gave, and which of it should be looked at again since the answer has changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from autograde.classroom.outcome import Graded


def looked_at_again(
    marks: Sequence[tuple[str, str, float, float]], old: Mapping[str, Any] | None, graded: Mapping[str, Graded]
) -> list[tuple[str, str, str]]:
    """The marks that are put up for another look: notebook, grade id, and what to say about it.

    marks : notebook, grade id, points that a human gave, points that there are.
    old : the record from before.
    """
    return [(n, name, f"{n}: {said}") for n, name, said in _found(marks, old, graded)]


def _found(
    marks: Sequence[tuple[str, str, float, float]], old: Mapping[str, Any] | None, graded: Mapping[str, Graded]
) -> Iterator[tuple[str, str, str]]:
    for notebook, name, mark, most in marks:
        found = graded.get(notebook)
        if found is None:
            continue
        about = f"`{name.removeprefix('check-')}` was marked {mark:g}"
        before = (old or {}).get("notebooks", {}).get(notebook) or {}
        words, verdict = (
            before.get("written", {}).get(name),
            before.get("exercises", {}).get(name.removeprefix("check-")),
        )
        given = found.scores().get(name)
        if name in found.written and words is not None and words != found.written[name]:
            yield notebook, name, f"{about}, and its words have changed since: look at it again"
        elif given is not None and verdict is not None and round(verdict["score"], 6) != round(given, 6):
            yield (
                notebook,
                name,
                f"{about}, and the judge now gives {given:g}, not {verdict['score']:g}: look at it again",
            )
        elif given is not None and verdict is None and name not in found.written and given > mark:
            yield notebook, name, f"{about}, and the judge now gives {given:g}: look at it again"
        if mark > most:
            yield notebook, name, f"{about}, which is more than the {most:g} that there are to get"
