"""The LSTM block, growing stage by stage."""

from contextlib import AbstractContextManager, nullcontext

from course.figures.draw import INK, LABEL, MUTED, NOTE, SIGMA, TANH, TITLE, C, Canvas, H, X
from course.figures.geometry import Shape

STATE, GATES, BUS = 3.85, 2.05, 1.3
COLUMN = {"f": 2.4, "i": 3.5, "g": 4.5, "o": 5.7}
OUT, JOIN = 6.8, 1.75
LEFT, RIGHT = 0.35, 8.85

JOINED, SUMS, GATED, KEPT, WRITTEN, SHOWN = range(1, 7)
"""How far a block is drawn: each stage holds all that comes before it."""


def block(stage: int = SHOWN) -> Canvas:
    """The LSTM block up to and with `stage`, each part in its place in the whole."""
    canvas = Canvas(9.2, 4.7)
    canvas.box(4.6, 2.65, 6.6, 3.7, radius=0.25, behind=True)
    _inputs(canvas, stage)
    if stage == JOINED:
        _stack(canvas)
    else:
        gates = _gates(canvas, stage)
        if stage >= KEPT:
            _memory(canvas, stage, gates)
        if stage == SHOWN:
            _output(canvas, gates)
    return canvas


def _at(canvas: Canvas, stage: int, beat: float) -> AbstractContextManager[None]:
    """Only the whole block moves: what is drawn inside lights up at `beat`."""
    return canvas.at(beat, unlit=0.12) if stage == SHOWN else nullcontext()


def _inputs(canvas: Canvas, stage: int) -> None:
    join = canvas.box(JOIN, BUS, 0.14, 0.5, fill=INK, edge=INK, radius=0.05)
    with _at(canvas, stage, 0.5):
        canvas.forward((LEFT, BUS), join, color=H, width=2.4)
        canvas.forward((JOIN, 0.25), join, color=X, width=2.4)
    canvas.text(0.65, BUS + 0.27, "$h_{t-1}$", 18, H)
    canvas.text(JOIN + 0.25, 0.45, "$x_t$", 18, X)
    if stage == JOINED:
        canvas.forward(join, (COLUMN["f"] + 0.35, BUS))
        canvas.text(COLUMN["f"] + 0.6, BUS, "$z_t$", 18)
    else:
        canvas.text((COLUMN["i"] + COLUMN["g"]) / 2, BUS - 0.24, "$z_t$", 18)


def _stack(canvas: Canvas) -> None:
    x, cell = 5.2, 0.36
    top, bottom = 3.45, 3.45 - 3.5 * cell
    canvas.array(x, top, 4, 1, H, cell=cell)
    canvas.array(x, bottom, 3, 1, X, cell=cell)
    canvas.text(x - 0.35, top, "$h_{t-1}$", TITLE, H, align="right")
    canvas.text(x - 0.35, bottom, "$x_t$", TITLE, X, align="right")
    canvas.text(x + 0.4, top, "shape (H,)", NOTE, MUTED, align="left")
    canvas.text(x + 0.4, bottom, "shape (D,)", NOTE, MUTED, align="left")
    canvas.text(x, 1.3, "$z_t$, shape (H + D,)", NOTE)
    canvas.text(5.6, 0.42, "$z_t = [h_{t-1}, x_t]$", LABEL)


def _gates(canvas: Canvas, stage: int) -> dict[str, Shape]:
    labels = {k: TANH if k == "g" else SIGMA for k in COLUMN}
    if stage == SUMS:
        labels = {k: f"$W_{k}$" for k in COLUMN}
    gate = {k: canvas.gate(x, GATES, labels[k]) for k, x in COLUMN.items()}
    with _at(canvas, stage, 2):
        canvas.forward((JOIN + 0.07, BUS), gate["o"], via=[(COLUMN["o"], BUS)])
        for k in "fig":
            canvas.forward(canvas.fork(COLUMN[k], BUS), gate[k])
    waiting = {SUMS: "figo", GATED: "figo", KEPT: "igo", WRITTEN: "o", SHOWN: ""}[stage]
    for k in waiting:
        x = COLUMN[k]
        canvas.forward(gate[k], (x, 2.72))
        canvas.text(x, 2.95, rf"$\hat{{{k}}}_t$" if stage == SUMS else f"${k}_t$", TITLE)
        if stage == GATED:
            canvas.text(x, 3.35, "-1 to 1" if k == "g" else "0 to 1", NOTE, MUTED)
    if stage == SUMS:
        canvas.text(5.6, 0.42, r"$\hat{f}_t = W_f\, z_t + b_f$ , and so on", LABEL)
    if stage == GATED:
        canvas.text(5.6, 0.42, r"$f_t = \sigma(\hat{f}_t)$ , but $g_t = \tanh(\hat{g}_t)$", LABEL)
    return gate


def _memory(canvas: Canvas, stage: int, gate: dict[str, Shape]) -> None:
    keep = canvas.op(COLUMN["f"], STATE, r"$\odot$")
    with _at(canvas, stage, 3.5):
        canvas.forward((LEFT, STATE), keep, color=C, width=3)
        canvas.forward(gate["f"], keep, label="$f_t$", flip=True)
    canvas.text(0.65, STATE + 0.27, "$c_{t-1}$", 18, C)
    if stage == KEPT:
        canvas.forward(keep, (COLUMN["g"] - 0.3, STATE), color=C, width=3)
        canvas.text(COLUMN["g"] - 0.15, STATE, r"$f_t \odot c_{t-1}$", LABEL, C, align="left")
        return
    add, write = canvas.op(COLUMN["g"], STATE, "$+$"), canvas.op(COLUMN["g"], 3.05, r"$\odot$")
    with _at(canvas, stage, 5):
        canvas.forward(gate["i"], write, via=[(COLUMN["i"], write.y)])
        canvas.text(COLUMN["i"] - 0.23, 2.65, "$i_t$", LABEL)
        canvas.forward(gate["g"], write, label="$g_t$", flip=True)
    with _at(canvas, stage, 6.5):
        canvas.forward(keep, add, color=C, width=3)
        canvas.forward(write, add)
        canvas.forward(add, (RIGHT, STATE), color=C, width=3)
    canvas.text(8.45, STATE + 0.27, "$c_t$", 18, C)
    if stage == WRITTEN:
        canvas.text(5.6, 0.42, r"$c_t = f_t \odot c_{t-1} + i_t \odot g_t$", LABEL, C)


def _output(canvas: Canvas, gate: dict[str, Shape]) -> None:
    emit, squash = canvas.op(OUT, 2.48, r"$\odot$"), canvas.pill(OUT, 3.22, TANH)
    with canvas.at(8, unlit=0.12):
        canvas.forward(canvas.fork(OUT, STATE, C), squash, color=C)
        canvas.forward(squash, emit)
        canvas.forward(gate["o"], emit, via=[(COLUMN["o"], emit.y)], label="$o_t$", at=0.55)
    with canvas.at(9.5, unlit=0.12):
        canvas.forward(emit, (RIGHT, BUS), via=[(OUT, BUS)], color=H, width=2.4)
    canvas.text(8.45, BUS + 0.27, "$h_t$", 18, H)
    canvas.formula(
        5.6,
        0.38,
        (r"$c_t = f_t \odot c_{t-1} + i_t \odot g_t$", C),
        r"$\qquad$",
        (r"$h_t = o_t \odot \tanh(c_t)$", H),
        size=LABEL,
    )
