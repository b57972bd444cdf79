"""What a reader would stumble over in a figure: text clipped, covered, crossed by a line or too big for its box."""

from itertools import combinations
from math import hypot

from matplotlib.transforms import Bbox

from course.figures.draw import Canvas
from course.figures.geometry import Shape
from course.figures.lettering import Word

EDGE = 0.06
"""The least air, in inches, between text and the rim of the card."""


def find(canvas: Canvas) -> list[str]:
    """Name each fault of a figure; an empty list for a clean one."""
    words = canvas.words
    faults = [f"{w.text!r} leaves the card" for w in words if not _on_card(w, canvas)]
    faults += [f"{a.text!r} and {b.text!r} overlap" for a, b in combinations(words, 2) if _box(a).overlaps(_box(b))]
    faults += [
        f"a line crosses {w.text!r}"
        for path in canvas.lines
        for w in words
        if path.intersects_bbox(_box(w), filled=False)
    ]
    faults += [f"an outline cuts {w.text!r}" for shape in canvas.shapes for w in words if _cuts(shape, w)]
    return faults


def _box(word: Word) -> Bbox:
    hair = 0.01
    return Bbox.from_extents(word.left + hair, word.bottom + hair, word.right - hair, word.top - hair)


def _on_card(word: Word, canvas: Canvas) -> bool:
    across = EDGE <= word.left and word.right <= canvas.width - EDGE
    return across and EDGE <= word.bottom and word.top <= canvas.height - EDGE


def _cuts(shape: Shape, word: Word) -> bool:
    """Whether the word lies partly inside the shape."""
    if shape.disc:
        xs, ys = (word.left - shape.x, word.right - shape.x), (word.bottom - shape.y, word.top - shape.y)
        nearest = hypot(max(xs[0], -xs[1], 0), max(ys[0], -ys[1], 0))
        farthest = max(hypot(x, y) for x in xs for y in ys)
        return nearest < shape.w / 2 < farthest
    outline = Bbox.from_bounds(shape.x - shape.w / 2, shape.y - shape.h / 2, shape.w, shape.h)
    inside = outline.x0 < word.left and word.right < outline.x1 and outline.y0 < word.bottom and word.top < outline.y1
    return outline.overlaps(_box(word)) and not inside
