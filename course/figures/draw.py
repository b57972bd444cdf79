"""The vocabulary of every diagram in the course, over Matplotlib patches.

One unit is one inch, 96 px when a notebook shows the picture: canvases 7 to 9.4 wide fill its column. The origin is
bottom left and every shape is given by its centre. Shapes come back as a `Shape`, and arrows join shapes or points:

    canvas = Canvas(4.0, 1.4)
    x = canvas.node(0.7, 0.7, "$x$", X)
    y = canvas.node(3.3, 0.7, "$y$")
    canvas.forward(x, y, shift=0.08, label="$f$")
    canvas.backward(y, x, shift=0.08, label="$f'(x)$")
    canvas.save(Path("one-stage.svg"))

What is drawn inside `with canvas.at(2):` appears at the second beat of the figure's moving twin (see `motion`).

The rules: forward is solid, backward is dashed and red; `c` is blue, `h` green and `x` purple in every figure; routes
told apart by colour are orange and teal; a fork is a dot; maths goes between dollars. `shift` and an arrow's label both
go to the *left of its direction of travel*, so that a forward and a backward arrow with the same shift make a pair, the
forward one above. `faults.find` names text that is clipped, covered or crossed; the tests call it on every figure.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partialmethod
from pathlib import Path as FilePath
from typing import Literal

import numpy as np
from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyBboxPatch, PathPatch, Polygon
from matplotlib.path import Path
from matplotlib.text import Text

from course.figures.geometry import End, Point, Shape, dashes, rounded_path, route, square, unit
from course.figures.lettering import Word, font, measure, strut
from course.figures.motion import Cue, Motion

INK, MUTED, FAINT, PAPER = "#22303c", "#66788a", "#c9d3dd", "#ffffff"
CELL, CELL_EDGE = "#eef3f8", "#9fb3c8"
GATE, GATE_EDGE = "#f6c667", "#b9831a"
PILL, PILL_EDGE = "#fde9ef", "#b5476b"
C, H, X, GRAD = "#1f77b4", "#2e8b57", "#7a5195", "#d1495b"
ROUTE_1, ROUTE_2 = "#c2691c", "#0f7f8c"

SIGMA, TANH = r"$\sigma$", r"$\mathrm{tanh}$"

SMALL, NOTE, LABEL, TITLE = 11.5, 13.0, 15.0, 17.0
"""Type sizes in points: remarks, sentences, names of things, names of the main things."""

Side = Literal["above", "below", "left", "right"]
Align = Literal["left", "center", "right"]
_COMPASS: dict[str, Point] = {"above": (0, 1), "below": (0, -1), "left": (-1, 0), "right": (1, 0)}
_LINES, _SHAPES, _TEXT = 3, 4, 6


class Canvas:
    """A white card of `width` by `height` inches with rounded corners, readable on light and dark pages."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self.figure = Figure(figsize=(width, height), facecolor="none")
        self.words: list[Word] = []
        self.lines: list[Path] = []
        self.shapes: list[Shape] = []
        self.motion = Motion()
        self._cue: Cue | None = None
        self._passing: list[Artist] = []
        self._rounded(width / 2, height / 2, width, height, PAPER, "none", 0, 0.14, 0)

    # shapes

    def box(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        label: str = "",
        *,
        fill: str = CELL,
        edge: str = CELL_EDGE,
        size: float = LABEL,
        radius: float = 0.12,
        behind: bool = False,
    ) -> Shape:
        """A rounded box with its label in the middle; `behind=True` puts it under the lines, as a frame."""
        self._rounded(x, y, w, h, fill, edge, 1.8, radius, 1 if behind else _SHAPES)
        self._label(x, y, label, size, INK)
        self.shapes.append(Shape(x, y, w, h))
        return self.shapes[-1]

    def gate(self, x: float, y: float, label: str, *, w: float = 0.66, h: float = 0.46) -> Shape:
        """A learned stage with its nonlinearity: an amber box."""
        return self.box(x, y, w, h, label, fill=GATE, edge=GATE_EDGE, radius=0.08)

    def pill(self, x: float, y: float, label: str, *, w: float = 0.74, h: float = 0.4) -> Shape:
        """An elementwise function without weights: a pink pill."""
        return self.box(x, y, w, h, label, fill=PILL, edge=PILL_EDGE, radius=h / 2)

    def op(self, x: float, y: float, label: str, *, r: float = 0.2) -> Shape:
        """An elementwise operation, such as `$+$` or `$\\odot$`, in a small circle."""
        return self._disc(x, y, r, label, PAPER, INK, INK, LABEL)

    def node(self, x: float, y: float, label: str, color: str = INK, *, r: float = 0.3) -> Shape:
        """A value in a graph: a circle with its name."""
        return self._disc(x, y, r, label, PAPER, color, color, TITLE)

    def fork(self, x: float, y: float, color: str = INK) -> Shape:
        """The dot where one value starts to be used more than once."""
        return self._disc(x, y, 0.055, "", color, color, color, LABEL)

    def array(
        self, x: float, y: float, rows: int, cols: int, color: str, *, cell: float = 0.3, values: Sequence[str] = ()
    ) -> Shape:
        """A grid of `rows` by `cols` squares in `color`; `values` fill it row by row."""
        w, h = cols * cell, rows * cell
        for k in range(rows * cols):
            i, j = divmod(k, cols)
            cx, cy = x - w / 2 + (j + 0.5) * cell, y + h / 2 - (i + 0.5) * cell
            corners = square(cx, cy, cell)
            self._add(Polygon(corners, closed=True, fc="none", ec=color, lw=1.3, joinstyle="round", zorder=_SHAPES))
            self._add(Polygon(corners, closed=True, fc=color, ec="none", alpha=0.14, zorder=_SHAPES - 1))
            if values:
                self.text(cx, cy, values[k], NOTE, color)
        return Shape(x, y, w, h)

    # arrows

    def forward(
        self,
        start: End,
        end: End,
        *,
        via: Sequence[Point] = (),
        color: str = INK,
        width: float = 2.2,
        shift: float = 0,
        label: str = "",
        at: float = 0.5,
        flip: bool = False,
        size: float = LABEL,
        dashed: bool = False,
    ) -> None:
        """A solid arrow from `start` to `end`, turning at the points `via`.

        `label` stands beside the last straight piece, `at` of the way along it, left of the direction of travel
        (`flip=True`: right of it).
        """
        points = route(start, end, via, shift)
        self._shaft(points, color, width, dashed, head=True)
        if label:
            self._beside(points[-2], points[-1], label, at, -1 if flip else 1, color, size)

    backward = partialmethod(forward, color=GRAD, width=1.8, dashed=True)
    """A gradient's way back: as `forward`, in red, with a dashed shaft and a solid head."""

    def line(
        self, *points: End, color: str = INK, width: float = 2.2, dashed: bool = False, corner: float = 0.1
    ) -> None:
        """A line without a head through shapes or points, its corners rounded."""
        first, *middle, last = points
        via = [p.center if isinstance(p, Shape) else p for p in middle]
        self._shaft(route(first, last, via, 0), color, width, dashed, head=False, corner=corner)

    def strike(self, x: float, y: float, color: str = GRAD, *, reach: float = 0.2) -> None:
        """A slanting stroke over a symbol centred on `(x, y)` that cancels."""
        ends = [(x - reach, y - reach / 2), (x + reach, y + reach / 2)]
        self._add(PathPatch(Path(ends), ec=color, lw=1.8, capstyle="round", zorder=_TEXT + 1))

    def curve(self, xs: Iterable[float], ys: Iterable[float], *, color: str = INK, width: float = 2.2) -> None:
        """A smooth curve through many points."""
        self._stroke(Path(np.column_stack([list(xs), list(ys)])), color, width)

    # words

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = LABEL,
        color: str = INK,
        *,
        align: Align = "center",
        bold: bool = False,
    ) -> None:
        """Words or `$maths$`, centred vertically on `y`; several lines if `text` has line breaks."""
        rows = text.split("\n")
        for k, row in enumerate(rows):
            middle = y + ((len(rows) - 1) / 2 - k) * 1.45 * size / 72
            _, height, depth = strut(row, size)
            self._set(x, middle - height / 2 + depth, row, size, color, align, bold)

    def formula(self, x: float, y: float, *pieces: str | tuple[str, str], size: float = TITLE) -> None:
        """One line centred on `x`, with its baseline at `y`, of pieces that each may be `(text, color)`."""
        colored = [piece if isinstance(piece, tuple) else (piece, INK) for piece in pieces]
        widths = [measure(text, size)[0] for text, _ in colored]
        x -= sum(widths) / 2
        for (text, color), width in zip(colored, widths, strict=True):
            self._set(x, y, text, size, color, "left")
            x += width

    def note(
        self, shape: Shape, text: str, side: Side = "below", *, size: float = NOTE, color: str = INK, gap: float = 0.09
    ) -> None:
        """Words beside a shape, `gap` away from its outline."""
        (nx, ny), (w, h, _) = _COMPASS[side], strut(text, size)
        self.text(
            shape.x + nx * (shape.w / 2 + gap + w / 2), shape.y + ny * (shape.h / 2 + gap + h / 2), text, size, color
        )

    # motion

    @contextmanager
    def at(self, beat: float, *, unlit: float = 0.0, until: float = 0.0) -> Iterator[None]:
        """What is drawn inside appears `beat` beats after the start, in the figure's moving twin.

        Until then its opacity is `unlit`. With `until` it goes again at that beat, and the still picture is without it.
        """
        outer, self._cue = self._cue, Cue(beat, unlit, until)
        try:
            yield
        finally:
            self._cue = outer

    # files

    def save(self, path: FilePath, moving: bool = False) -> FilePath:
        """Write SVG (the same bytes on every run) or PNG, by the suffix of `path`; `moving` with its style sheet."""
        options = {"dpi": 160} if path.suffix == ".png" else {"metadata": {"Date": None, "Creator": None}}
        for artist in self._passing:
            artist.set_visible(moving)
        with rc_context({"svg.hashsalt": "lstm-by-hand", "svg.fonttype": "path"}):
            self.figure.savefig(path, facecolor="none", **options)
        if moving:
            before, after = path.read_text(encoding="utf-8").rsplit("</svg>", 1)
            path.write_text(f"{before} <style>\n{self.motion.style()}\n </style>\n</svg>{after}", encoding="utf-8")
        return path

    # how it is drawn

    def _add(self, artist: Artist) -> None:
        artist.set_transform(self.figure.dpi_scale_trans)
        if self._cue is not None:
            artist.set_gid(self.motion.name(self._cue))
        if self._drawn_in_passing:
            self._passing.append(artist)
        self.figure.add_artist(artist)

    @property
    def _drawn_in_passing(self) -> bool:
        """Such parts may lie over others: they are none of the finished picture, in which `faults` are looked for."""
        return self._cue is not None and self._cue.passing

    def _label(self, x: float, y: float, text: str, size: float, color: str) -> None:
        """Text inside a shape: maths centred by its ink, words as everywhere."""
        if text.startswith("$") and text.endswith("$"):
            _, height, depth = measure(text, size)
            self._set(x, y - height / 2 + depth, text, size, color, "center")
        elif text:
            self.text(x, y, text, size, color)

    def _set(
        self, x: float, baseline: float, text: str, size: float, color: str, align: Align, bold: bool = False
    ) -> None:
        artist = Text(x, baseline, text, color=color, ha=align, va="baseline", fontproperties=font(size, bold))
        artist.set_zorder(_TEXT)
        self._add(artist)
        width, height, depth = measure(text, size)
        left = x - width * {"left": 0, "center": 0.5, "right": 1}[align]
        if not self._drawn_in_passing:
            self.words.append(Word(text, left, baseline - depth, left + width, baseline - depth + height))

    def _rounded(
        self, x: float, y: float, w: float, h: float, fill: str, edge: str, lw: float, radius: float, z: float
    ) -> None:
        style = f"round,pad=0,rounding_size={radius}"
        self._add(FancyBboxPatch((x - w / 2, y - h / 2), w, h, boxstyle=style, fc=fill, ec=edge, lw=lw, zorder=z))

    def _disc(self, x: float, y: float, r: float, label: str, fill: str, edge: str, ink: str, size: float) -> Shape:
        self._add(Circle((x, y), r, fc=fill, ec=edge, lw=1.8, zorder=_SHAPES))
        self._label(x, y, label, size, ink)
        self.shapes.append(Shape(x, y, 2 * r, 2 * r, disc=True))
        return self.shapes[-1]

    def _beside(self, a: Point, b: Point, text: str, at: float, hand: int, color: str, size: float) -> None:
        (ux, uy), (w, h, _) = unit(a, b), strut(text, size)
        nx, ny = -uy * hand, ux * hand
        away = 0.09 + abs(nx) * w / 2 + abs(ny) * h / 2
        self.text(a[0] + at * (b[0] - a[0]) + nx * away, a[1] + at * (b[1] - a[1]) + ny * away, text, size, color)

    def _shaft(
        self, points: list[Point], color: str, width: float, dashed: bool, head: bool, corner: float = 0.1
    ) -> None:
        if head:
            tip, (ux, uy) = points[-1], unit(points[-2], points[-1])
            length = 0.085 + 0.028 * width
            base, half = (tip[0] - length * ux, tip[1] - length * uy), 0.46 * length
            wings = [(base[0] - half * uy, base[1] + half * ux), (base[0] + half * uy, base[1] - half * ux)]
            self._add(Polygon([tip, *wings], closed=True, fc=color, ec=color, lw=0.6, joinstyle="round", zorder=_LINES))
            points = [*points[:-1], (tip[0] - 0.96 * length * ux, tip[1] - 0.96 * length * uy)]
        path, length = rounded_path(points, corner)
        self._stroke(path, color, width, dashes(length * 72 / width) if dashed else "solid")

    def _stroke(self, path: Path, color: str, width: float, style: object = "solid") -> None:
        patch = PathPatch(path, fc="none", ec=color, lw=width, ls=style, capstyle="butt", joinstyle="round")
        patch.set_zorder(_LINES)
        if not self._drawn_in_passing:
            self.lines.append(path)
        self._add(patch)
