"""Figures of 3.4: Gomez's two steps with his numbers on the arrows, forward and backward."""

from collections.abc import Sequence

from course.figures.draw import GRAD, INK, SMALL, TANH, Align, C, Canvas, H, Point, X
from course.figures.geometry import End, Shape

STATE, SQUASH, WRITE, EMIT, GATES, DELTA, OUT, FLOOR = 4.35, 3.75, 3.4, 3.1, 2.35, 2.0, 1.25, 0.25
BLOCKS, WIDTH = (0.92, 5.3), 3.62
COLUMN, LAST, INPUT = {"f": 0.52, "i": 1.21, "a": 1.9, "o": 2.59}, 3.33, 0.18
BEFORE, BETWEEN = 0.48, 4.92


class _Steps:
    """Two blocks side by side; `link` draws an arrow along the flow, or against it when gradients go `back`."""

    def __init__(self, back: bool) -> None:
        self.canvas, self.back = Canvas(9.4, 5.0), back
        first = self._block(BLOCKS[0], (0.06, STATE), (0.06, OUT))
        second = self._block(BLOCKS[1], first, self._fork(BLOCKS[0] + LAST, OUT, H))
        self.link(second, (9.34, STATE), C)

    def link(self, start: End, end: End, color: str = INK, *, via: Sequence[Point] = ()) -> None:
        if self.back:
            self.canvas.backward(end, start, via=via[::-1])
        else:
            self.canvas.forward(start, end, via=via, color=color, width=1.8 if color == INK else 2.4)

    def note(self, x: float, y: float, text: str, color: str = INK, *, align: Align = "center") -> None:
        self.canvas.text(x, y, text, SMALL, GRAD if self.back else color, align=align)

    def _fork(self, x: float, y: float, color: str) -> Shape:
        return self.canvas.fork(x, y, GRAD if self.back else color)

    def _branch(self, x: float, y: float, end: End, color: str) -> None:
        """Forward an arrow from a line at height `y` to `end`; backward a line by which `end` joins it."""
        fork = self._fork(x, y, color)
        if self.back:
            self.canvas.line(end, fork, color=GRAD, width=1.8, dashed=True)
        else:
            self.canvas.forward(fork, end, color=color)

    def _block(self, left: float, state: End, out: End) -> Shape:
        canvas, link = self.canvas, self.link
        column, last = {k: left + x for k, x in COLUMN.items()}, left + LAST
        canvas.box(left + WIDTH / 2, 2.83, WIDTH, 3.86, radius=0.22, behind=True)
        keep, add = canvas.op(column["f"], STATE, r"$\odot$"), canvas.op(column["a"], STATE, "$+$")
        write, emit = canvas.op(column["a"], WRITE, r"$\odot$"), canvas.op(last, EMIT, r"$\odot$")
        squash = canvas.pill(last, SQUASH, TANH, w=0.56)
        gate = {k: canvas.gate(x, GATES, f"${k}$", w=0.46, h=0.42) for k, x in column.items()}
        link(state, keep, C)
        link(keep, add, C)
        self._branch(last, STATE, squash, C)
        link(squash, emit)
        link(emit, (last, FLOOR), H)
        link(gate["f"], keep)
        link(gate["i"], write, via=[(column["i"], WRITE)])
        link(gate["a"], write)
        link(write, add)
        link(gate["o"], emit, via=[(column["o"], EMIT)])
        foot = {k: (x, DELTA - 0.12) if self.back else gate[k] for k, x in column.items()}
        link(out, foot["o"], H, via=[(column["o"], OUT)])
        for k in "fia":
            self._branch(column[k], OUT, foot[k], H)
        link((left + INPUT, FLOOR), self._fork(left + INPUT, OUT, X), X)
        return add


def gomez_forward() -> Canvas:
    """Two LSTM steps in a row, forward. Step 0 reads 1 and 2, and starts from a state and an out of zero. Its gates f i a o
    are .85195, .96083, .81775, .81757; they make the state .78573 and the out .53631, whose label is 0.5. Both go on to
    step 1, which reads 0.5 and 3. Its gates are .87030, .98118, .84980, .84993; state 1.51763, out .77198, label 1.25.
    """
    steps = _Steps(back=False)
    for left, gates, state, out, x, label in (
        (
            BLOCKS[0],
            ("$0.85195$", "$0.96083$", "$0.81775$", "$0.81757$"),
            "$0.78573$",
            "$0.53631$",
            r"$1,\ 2$",
            "0.5",
        ),
        (
            BLOCKS[1],
            ("$0.87030$", "$0.98118$", "$0.84980$", "$0.84993$"),
            "$1.51763$",
            "$0.77198$",
            r"$0.5,\ 3$",
            "1.25",
        ),
    ):
        for place, gate in zip(COLUMN.values(), gates, strict=True):
            steps.note(left + place + 0.06, 2.74, gate, align="left")
        steps.note(left + 2.7, STATE + 0.2, state, C)
        steps.note(left + LAST - 0.07, 0.58, out, H, align="right")
        steps.note(left + LAST + 0.1, 0.58, f"label\n${label}$", align="left")
        steps.note(left + INPUT + 0.1, 0.58, x, X, align="left")
    for x, state, out in ((BEFORE, "state\n$0$", "out\n$0$"), (BETWEEN, "state", "out")):
        steps.note(x, STATE + (0.32 if "$0$" in state else 0.2), state, C)
        steps.note(x, OUT + (0.32 if "$0$" in out else 0.2), out, H)
    return steps.canvas


def gomez_backward() -> Canvas:
    """The same two steps, backward. The error -.47802 enters at the out of step 1; d state is -.07111; below the gates
    f i a o stand their deltas -.00631, -.00112, -.01938, -.05538. Back to x go -.04742, -.03073, to the out of step 0
    -.01828, and to its state -.06189. There the error .03631 joins: d out .01804, d state -.05348, deltas 0, -.00165,
    -.01702, .00176. Back to x go -.00817, -.00487, to the out before the start -.00343, to the state before it -.04557.
    """
    steps = _Steps(back=True)
    for left, before, deltas, state, out, error, x, passed in (
        (
            BLOCKS[0],
            BEFORE,
            ("$0$", "$-0.00165$", "$-0.01702$", "$0.00176$"),
            "$-0.05348$",
            "$0.01804$",
            "$0.03631$",
            r"$-0.00817,\ {-}0.00487$",
            ("$-0.04557$", "$-0.00343$"),
        ),
        (
            BLOCKS[1],
            BETWEEN,
            ("$-0.00631$", "$-0.00112$", "$-0.01938$", "$-0.05538$"),
            "$-0.07111$",
            "$-0.47802$",
            "$-0.47802$",
            r"$-0.04742,\ {-}0.03073$",
            ("$-0.06189$", "$-0.01828$"),
        ),
    ):
        for place, delta in zip(COLUMN.values(), deltas, strict=True):
            steps.note(left + place, DELTA, delta)
        steps.note(left + 2.7, STATE + 0.2, state)
        steps.note(left + LAST - 0.05, 1.6, out, align="right")
        steps.note(left + LAST - 0.07, 0.58, error, align="right")
        steps.note(left + INPUT + 0.1, 0.58, x, align="left")
        steps.note(before, STATE + 0.2, passed[0])
        steps.note(before, OUT + 0.2, passed[1])
    steps.note(9.18, STATE + 0.2, "$0$")
    return steps.canvas


FIGURES = {"gomez-forward": gomez_forward, "gomez-backward": gomez_backward}
