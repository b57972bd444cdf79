"""Figures of 4.4: two layers, an embedding, a padded batch, both directions, and three highways for a gradient."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from course.figures.draw import (
    FAINT,
    GRAD,
    INK,
    LABEL,
    MUTED,
    NOTE,
    SMALL,
    TITLE,
    C,
    Canvas,
    H,
    X,
)

COLUMNS = (2.6, 5.0, 7.4)


def two_layers() -> Canvas:
    """Two rows of three LSTM blocks, the lower layer and the upper layer. Forward, solid: each x goes up into the lower
    layer, its h up into the upper layer, from there up to the losses, and along each row the states go from left to right.
    Backward, dashed red: from each loss into the upper layer, from there, as its dx, down into the lower layer, and along
    each row from right to left.
    """
    canvas = Canvas(9.2, 5.3)
    layers = (("lower", 1.5, 0.5, 10.5), ("upper", 3.15, 4.0, 6.5))
    for name, y, start, back in layers:
        canvas.text(0.3, y, f"{name}\nlayer", NOTE, MUTED, align="left")
        for t, x in enumerate(COLUMNS):
            canvas.box(x, y, 1.25, 0.8, "LSTM", size=NOTE)
            left = x - (2.4 if t else 1.3) + 0.625 * (t > 0)
            with canvas.at(start + t, unlit=0.12):
                canvas.forward((left, y + 0.14), (x - 0.625, y + 0.14))
            with canvas.at(back + 2 - t):
                canvas.backward((x - 0.625, y - 0.16), (left, y - 0.16))
    for t, x in enumerate(COLUMNS):
        loss = canvas.node(x, 4.75, f"$L_{t}$", r=0.27)
        _up_and_down(canvas, x, (0.55, 1.1), (0.5 + t, 13 - t))
        _up_and_down(canvas, x, (1.9, 2.75), (1.5 + t, 9 - t), H)
        _up_and_down(canvas, x, (3.55, loss.bottom[1] + 0.04), (5 + t, 6 - t / 2), H)
        canvas.text(x - 0.13, 0.32, f"$x_{t}$", TITLE, X)
        canvas.text(x - 0.78, 2.33, rf"$h_{t}^{{\mathrm{{lower}}}}$", LABEL, H)
        canvas.text(x + 0.8, 2.33, rf"$\mathrm{{d}}x_{t}^{{\mathrm{{upper}}}}$", LABEL, GRAD)
        canvas.text(x + 0.8, 4.0, rf"$\partial L / \partial h_{t}$", LABEL, GRAD)
    return canvas


def _up_and_down(
    canvas: Canvas, x: float, heights: tuple[float, float], beats: tuple[float, float], color: str = X
) -> None:
    """A value's way up, and its gradient's way down beside it."""
    low, high = heights
    with canvas.at(beats[0], unlit=0.12):
        canvas.forward((x - 0.13, low), (x - 0.13, high), color=color)
    with canvas.at(beats[1]):
        canvas.backward((x + 0.13, high), (x + 0.13, low))


def embedding_rows() -> Canvas:
    """A table E with a row for each of five classes, and the codes of three steps, 1, 3 and 1. Solid arrows lead from row 1
    to x_0 and to x_2, and from row 3 to x_1. Dashed red arrows lead back: dx_0 and dx_2 both arrive at row 1 and are added
    there, dx_1 arrives at row 3. The other rows get nothing.
    """
    canvas = Canvas(9.2, 3.9)
    cell, pitch, top = 0.3, 0.56, 3.15
    canvas.text(1.9, 3.6, "$E$", TITLE)
    canvas.text(7.0, 3.6, "what is read", NOTE, MUTED)
    rows = []
    for k in range(5):
        y = top - pitch * k
        rows.append(canvas.array(1.9, y, 1, 4, X if k in (1, 3) else MUTED, cell=cell))
        canvas.text(1.1, y, f"row {k}", NOTE, MUTED, align="right")
    for t, k in enumerate((1, 3, 1)):
        y = 2.85 - 0.9 * t
        read = canvas.array(7.0, y, 1, 4, X, cell=cell)
        canvas.text(7.8, y, rf"$x_{t}$, code {k}", LABEL, align="left")
        there, here = rows[k].y + (0.08, 0, -0.08)[t], y
        canvas.forward((2.6, there + 0.03), (6.3, here + 0.07), color=X, width=1.8)
        canvas.backward((read.left[0] - 0.1, here - 0.1), (2.6, there - 0.1), width=1.6)
    canvas.text(4.45, 0.35, r"$\mathrm{d}E_1 = \mathrm{d}x_0 + \mathrm{d}x_2$", LABEL, GRAD)
    return canvas


def padded_batch() -> Canvas:
    """A grid of three rows and five columns. Row a has five steps of its own, row b three, row c two; the places after them
    are padding, drawn pale. Below, the packed array holds the own steps only, one step after the other: a_0 b_0 c_0, a_1
    b_1 c_1, a_2 b_2, a_3, a_4. Under each block stands how many rows it has: 3, 3, 2, 1, 1.
    """
    canvas = Canvas(9.2, 4.1)
    cell, left, top = 0.52, 2.6, 3.3
    lengths = {"a": 5, "b": 3, "c": 2}
    for n, (name, own) in enumerate(lengths.items()):
        y = top - cell * n
        for t in range(5):
            inside = t < own
            values = [f"${name}_{t}$"] if inside else ["0"]
            canvas.array(left + cell * t, y, 1, 1, X if inside else FAINT, cell=cell, values=values)
        canvas.text(left - 0.6, y, f"sequence {name}", NOTE, MUTED, align="right")
        canvas.text(left + 5 * cell, y, f"length {own}", NOTE, MUTED, align="left")
    for t in range(5):
        canvas.text(left + cell * t, top + 0.5, f"{t}", NOTE, MUTED)
    canvas.text(left - 0.6, top + 0.5, "step", NOTE, MUTED, align="right")

    x, y = 2.6, 1.1
    canvas.text(2.0, y, "packed", NOTE, MUTED, align="right")
    canvas.text(2.0, y - 0.55, "rows at this step", NOTE, MUTED, align="right")
    for t in range(5):
        here = [name for name, own in lengths.items() if t < own]
        width = len(here) * cell
        middle = x - cell / 2 + width / 2
        canvas.array(middle, y, 1, len(here), X, cell=cell, values=[f"${name}_{t}$" for name in here])
        canvas.text(middle, y - 0.55, f"{len(here)}", LABEL)
        x += width + 0.16
    return canvas


def both_ways() -> Canvas:
    """A row of three inputs. Above it a layer whose states go from left to right and, above that, one whose states go from
    right to left. Every input goes up into both: a fork. The outputs of both at one step are joined to one vector of length
    2H. Dashed red arrows come back from the joined vector to both layers, and from both layers to each input, where they
    are added.
    """
    canvas = Canvas(9.2, 5.2)
    low, high, joined = 1.75, 3.05, 4.35
    canvas.text(0.25, low, "from\nthe left", NOTE, MUTED, align="left")
    canvas.text(0.25, high, "from\nthe right", NOTE, MUTED, align="left")
    for t, x in enumerate(COLUMNS):
        canvas.box(x - 0.35, low, 0.95, 0.6, "LSTM", size=SMALL)
        canvas.box(x + 0.35, high, 0.95, 0.6, "LSTM", size=SMALL)
        canvas.text(x, 0.3, f"$x_{t}$", TITLE, X)
        split = canvas.fork(x, 0.85, X)
        canvas.line((x, 0.5), split, color=X)
        canvas.forward(split, (x - 0.22, low - 0.3), via=[(x - 0.22, 0.85)], color=X)
        canvas.forward(split, (x + 0.5, high - 0.3), via=[(x + 0.5, 0.85)], color=X)
        canvas.backward((x - 0.48, low - 0.3), (x - 0.08, 0.58), via=[(x - 0.48, 0.58)], width=1.6)
        canvas.backward((x + 0.26, high - 0.3), (x + 0.08, 0.58), via=[(x + 0.26, 0.58)], width=1.6)
        for side, top, come, back in ((-1, low, -0.33, -0.57), (1, high, 0.33, 0.57)):
            canvas.array(x + 0.33 * side, joined, 1, 3, H, cell=0.22)
            canvas.forward((x + come, top + 0.3), (x + come, joined - 0.13), color=H)
            canvas.backward((x + back, joined - 0.13), (x + back, top + 0.3), width=1.6)
    for a, b in pairwise(COLUMNS):
        canvas.forward((a + 0.125, low), (b - 0.825, low))
        canvas.forward((b - 0.125, high), (a + 0.825, high))
    canvas.text(5.0, joined + 0.5, "side by side: one vector of length 2H at each step", NOTE, MUTED)
    return canvas


def highways() -> Canvas:
    """Three small graphs of four values each, with the routes along which a gradient comes back from the last to the first.
    Left, the LSTM's highway: from c_3 to c_0 straight, times f at each step. Middle, residual connections: from x_3 to x_0
    straight, times 1 at each step, beside a route through each block F. Right, attention: from y one arrow to each of h_0 to
    h_3, times its weight a.
    """
    canvas = Canvas(9.2, 4.9)
    heights = (0.75, 1.75, 2.75, 3.75)
    for x, title in ((1.4, "LSTM, through time"), (4.5, "residual, through layers"), (7.5, "attention")):
        canvas.text(x, 4.5, title, NOTE)
    _highway(canvas, 1.4, heights, "c", C, lambda k: rf"$\odot\, f_{k}$")
    _highway(canvas, 4.2, heights, "x", X, lambda k: r"$\times\, 1$")
    for low, high in pairwise(heights):
        block = canvas.box(5.35, (low + high) / 2, 0.5, 0.4, "$F$", size=LABEL)
        canvas.backward((4.5, high - 0.1), block, via=[(5.35, high - 0.1)], width=1.6)
        canvas.backward(block, (4.5, low + 0.1), via=[(5.35, low + 0.1)], width=1.6)
    y = canvas.node(8.7, heights[-1] - 1.5, "$y$")
    for k, height in enumerate(heights):
        output = canvas.node(6.6, height, f"$h_{k}$", H, r=0.26)
        canvas.backward(y, output, width=2.6, label=f"$a_{k}$", at=0.6, flip=True)
    return canvas


def _highway(
    canvas: Canvas, x: float, heights: Sequence[float], name: str, color: str, factor: Callable[[int], str]
) -> None:
    """Values above one another, and the straight road back through them."""
    nodes = [canvas.node(x, y, f"${name}_{k}$", color, r=0.26) for k, y in enumerate(heights)]
    for k, (before, node) in enumerate(pairwise(nodes), 1):
        canvas.backward(node, before, width=2.6)
        canvas.text(x - 0.2, (node.y + before.y) / 2, factor(k), LABEL, INK, align="right")


FIGURES = {
    "two-layers": two_layers,
    "embedding-rows": embedding_rows,
    "padded-batch": padded_batch,
    "both-ways": both_ways,
    "highways": highways,
}
