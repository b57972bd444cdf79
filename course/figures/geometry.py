"""Plane geometry behind the drawing vocabulary: outlines, arrows' corners, dashes. Lengths are in inches."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import hypot

import numpy as np
from matplotlib.path import Path

Point = tuple[float, float]


@dataclass(frozen=True)
class Shape:
    """Something drawn that arrows can leave and reach: a box or a disc of size `w` by `h` centred on `(x, y)`."""

    x: float
    y: float
    w: float
    h: float
    disc: bool = False

    @property
    def center(self) -> Point:
        return self.x, self.y

    @property
    def left(self) -> Point:
        return self.x - self.w / 2, self.y

    @property
    def right(self) -> Point:
        return self.x + self.w / 2, self.y

    @property
    def top(self) -> Point:
        return self.x, self.y + self.h / 2

    @property
    def bottom(self) -> Point:
        return self.x, self.y - self.h / 2

    def rim(self, direction: Point, offset: Point = (0, 0)) -> Point:
        """Where a ray from `center + offset` along the unit vector `direction` crosses the outline."""
        (dx, dy), (ox, oy) = direction, offset
        if self.disc:
            reach = max(self.w**2 / 4 - ox**2 - oy**2, 0) ** 0.5
        else:
            across = (self.w / 2 - ox * np.sign(dx)) / abs(dx) if dx else np.inf
            along = (self.h / 2 - oy * np.sign(dy)) / abs(dy) if dy else np.inf
            reach = float(min(across, along))
        return self.x + ox + reach * dx, self.y + oy + reach * dy


End = Shape | Point


def square(x: float, y: float, side: float) -> list[Point]:
    """The corners of a square centred on `(x, y)`."""
    r = side / 2
    return [(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)]


def unit(a: Point, b: Point) -> Point:
    """The direction from `a` to `b`, of length one."""
    length = hypot(b[0] - a[0], b[1] - a[1])
    if not length:
        raise ValueError(f"an arrow needs two different ends; both are at {a}")
    return (b[0] - a[0]) / length, (b[1] - a[1]) / length


def route(start: End, end: End, via: Sequence[Point], shift: float) -> list[Point]:
    """The corners of an arrow, from outline to outline; a `shift` moves a straight one to its left."""
    if shift and via:
        raise ValueError("shift is for straight arrows; move the points of a routed one instead")
    first = start.center if isinstance(start, Shape) else start
    last = end.center if isinstance(end, Shape) else end
    corners = [first, *via, last]
    out, back = unit(corners[0], corners[1]), unit(corners[-1], corners[-2])
    offset = (-out[1] * shift, out[0] * shift)
    ends = [
        e.rim(d, offset) if isinstance(e, Shape) else (e[0] + offset[0], e[1] + offset[1])
        for e, d in ((start, out), (end, back))
    ]
    return [ends[0], *via, ends[1]]


def rounded_path(points: list[Point], corner: float) -> tuple[Path, float]:
    """The path through `points` with its corners rounded, and its length."""
    vertices, codes, length = [points[0]], [Path.MOVETO], 0.0
    for a, b in pairwise(points):
        length += hypot(b[0] - a[0], b[1] - a[1])
    for before, turn, after in zip(points, points[1:], points[2:], strict=False):
        legs = [hypot(p[0] - turn[0], p[1] - turn[1]) for p in (before, after)]
        r = min(corner, *(leg / 2 for leg in legs))
        enter, leave = unit(turn, before), unit(turn, after)
        vertices += [(turn[0] + r * enter[0], turn[1] + r * enter[1]), turn]
        vertices += [(turn[0] + r * leave[0], turn[1] + r * leave[1])]
        codes += [Path.LINETO, Path.CURVE3, Path.CURVE3]
        length -= 0.38 * r
    return Path([*vertices, points[-1]], [*codes, Path.LINETO]), length


def dashes(length: float) -> tuple[float, tuple[float, float]]:
    """Dashes (in line widths) that begin and end a shaft of that `length`, so no gap opens at the head."""
    dash, gap = 3.2, 1.6
    count = max(1, round((length + gap) / (dash + gap)))
    scale = length / (count * (dash + gap) - gap)
    return 0, (dash * scale, gap * scale)
