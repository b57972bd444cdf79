"""The table of single edits, made anew where the course or the grammar has changed."""

from __future__ import annotations

from autograde import course
from autograde.judging import table
from autograde.judging.exercise import Exercise


def exercises() -> list[Exercise]:
    """The checked exercises of the whole course."""
    return [e for e in course.exercises().values() if isinstance(e, Exercise)]


def stale() -> list[str]:
    """The exercises whose rows no longer follow from the code, and rows of exercises that are gone."""
    every = exercises()
    return [e.name for e in every if not table.current(e)] + sorted(table.tabled() - {e.name for e in every})


def update() -> list[str]:
    """Write the table where rows are stale; returns of which exercises. About a second for each."""
    names = stale()
    if names:
        table.FILE.write_bytes(table.made(exercises()))
    return names


if __name__ == "__main__":
    print("\n".join(update()) or "up to date")
