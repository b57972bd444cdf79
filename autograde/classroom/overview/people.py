"""Students by units: who has what, who is missing, how the points are spread, and each one's course over the units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from autograde.classroom.sheets import Sheet

BINS = 10


@dataclass(frozen=True)
class Column:
    """One unit: everybody's marks, by student.

    possible : points that there are.
    """

    unit: str
    possible: int
    sheets: dict[str, Sheet]

    def share(self, student: str) -> float | None:
        """Points of ``student`` as a share of what there is to get; None where nothing was handed in."""
        sheet = self.sheets.get(student)
        return None if sheet is None else sheet.total / (self.possible or 1)


@dataclass(frozen=True)
class Row:
    """One student: marks and shares by unit, None where nothing was handed in."""

    student: str
    name: str
    sheets: tuple[Sheet | None, ...]
    shares: tuple[float | None, ...]

    @property
    def course(self) -> list[list[tuple[float, float]]]:
        """The shares over the units as lines to draw, x from 0 to 1 and y from 0 (all points) to 1; a gap where one is missing."""
        lines: list[list[tuple[float, float]]] = [[]]
        for n, share in enumerate(self.shares):
            if share is None:
                lines.append([])
            else:
                lines[-1].append((n / max(1, len(self.shares) - 1), 1 - min(1.0, share)))
        return [line for line in lines if line]


@dataclass(frozen=True)
class Spread:
    """How the points of a unit are spread.

    counts : students with 0 to 10 % of the points, 10 to 20 %, and so on; all points belong to the last.
    missing : names of those who handed nothing in.
    """

    unit: str
    counts: tuple[int, ...]
    median: float | None
    missing: tuple[str, ...]


def rows(columns: Sequence[Column], names: dict[str, str]) -> list[Row]:
    """A row for each student of ``names``, by name."""
    return [
        Row(s, names[s], tuple(c.sheets.get(s) for c in columns), tuple(c.share(s) for c in columns))
        for s in sorted(names, key=lambda s: (names[s].casefold(), s))
    ]


def spread(column: Column, names: dict[str, str]) -> Spread:
    """The distribution of one unit."""
    found = {s: column.share(s) for s in names}
    shares = [share for share in found.values() if share is not None]
    places = [min(BINS - 1, int(share * BINS + 1e-9)) for share in shares]
    missing = sorted((names[s] for s, share in found.items() if share is None), key=str.casefold)
    middle = median(shares) if shares else None
    return Spread(column.unit, tuple(places.count(n) for n in range(BINS)), middle, tuple(missing))
