"""Figures of 3.2: the LSTM block with its forward pass faint, and one road back lit at a time."""

from collections.abc import Sequence
from contextlib import nullcontext

from course.figures.draw import (
    FAINT,
    GATE,
    GATE_EDGE,
    GRAD,
    INK,
    LABEL,
    MUTED,
    PAPER,
    PILL,
    PILL_EDGE,
    SIGMA,
    TANH,
    TITLE,
    C,
    Canvas,
    H,
    X,
)
from course.figures.geometry import Shape

STATE, GATES, BUS = 3.95, 2.05, 1.2
COLUMN = {"f": 2.25, "i": 3.45, "g": 4.55, "o": 5.75}
OUT, LEFT, RIGHT, LOSS = 6.95, 0.35, 8.95, 8.3

ARRIVING = ("loss", "dh_next", "dh")
TO_C = (*ARRIVING, "dc_next", "down")
TO_HAT = {
    "f": (*TO_C, "c", "keep", "f"),
    "i": (*TO_C, "c", "write", "i"),
    "g": (*TO_C, "c", "write", "g"),
    "o": (*ARRIVING, "o"),
}
ROADS = (*TO_HAT["f"], "c_prev", "write", "i", "g", "o", "h_prev", "x")

BEATS = {
    "loss": 0.5, "dh_next": 0.5, "dh": 1.5, "o": 2.5, "down": 2.5, "dc_next": 3.5, "c": 4.5, "keep": 5.5, "write": 5.5,
    "c_prev": 6.5, "f": 6.5, "i": 6.5, "g": 6.5, "h_prev": 8, "x": 8,
}  # fmt: skip
"""When each segment lights up in the moving twin. A gradient is named half a beat after the road to it."""
NAMED = {"dh": 2, "do": 3, "dc": 5, "dc_prev": 7, "df": 6, "di": 7, "dg": 7, "dh_prev": 8.5, "dx": 8.5}

STATIONS = {
    "dh": (6.6, 1.5, r"\mathrm{d}h_t"),
    "dc": (5.85, STATE + 0.24, r"\mathrm{d}c_t"),
    "df": (2.53, 3.1, r"\mathrm{d}f_t"),
    "di": (3.16, 2.75, r"\mathrm{d}i_t"),
    "dg": (4.86, 2.57, r"\mathrm{d}g_t"),
    "do": (6.2, 2.78, r"\mathrm{d}o_t"),
    "df_hat": (2.58, 1.52, r"\mathrm{d}\hat f_t"),
    "di_hat": (3.78, 1.52, r"\mathrm{d}\hat \imath_t"),
    "dg_hat": (4.88, 1.52, r"\mathrm{d}\hat g_t"),
    "do_hat": (6.06, 1.52, r"\mathrm{d}\hat o_t"),
    "dc_prev": (0.82, STATE - 0.28, r"\mathrm{d}c_{t-1}"),
    "dh_prev": (0.85, BUS - 0.28, r"\mathrm{d}h_{t-1}"),
    "dx": (2.1, 0.5, r"\mathrm{d}x_t"),
}


def block_backward() -> Canvas:
    """The LSTM block backward. Gradients arrive on the right: from this step's loss and from the next block at h_t, and
    from the next block at c_t. They run back to the four gates, and leave as dc_{t-1}, dh_{t-1} and dx_t on the left.
    """
    return _block(ROADS, ("dh", "dc", "df", "di", "dg", "do", "dc_prev", "dh_prev", "dx"), "figo", moving=True)


def fork_at_h() -> Canvas:
    """The fork at h_t, backward: one gradient comes from this step's loss, one from the next block, and they add to dh_t."""
    return _block(ARRIVING, ("dh",))


def fork_at_c() -> Canvas:
    """The fork at c_t, backward: one gradient comes up from h_t through the output gate's product and tanh, one comes from
    the next block on the right, and they add to dc_t.
    """
    return _block((*TO_C, "c"), ("dh", "dc"))


def road_to_c_prev() -> Canvas:
    """The road to c_{t-1}: from dc_t straight to the left, through the sum and the forget gate's product, out of the block."""
    return _block((*TO_C, "c", "keep", "c_prev"), ("dh", "dc", "dc_prev"))


def road_to_w_f() -> Canvas:
    """The road to W_f: dh_t up through tanh to the fork at c_t, where the next block's share joins; dc_t left through the
    sum to the forget gate's product; df_t down into the forget gate.
    """
    return _to_weights("f")


def road_to_w_i() -> Canvas:
    """The road to W_i: as to W_f as far as the sum, then down to the product of i_t and g_t, and left into the input gate."""
    return _to_weights("i")


def road_to_w_g() -> Canvas:
    """The road to W_g: as to W_f as far as the sum, then down to the product of i_t and g_t, and on into the candidate."""
    return _to_weights("g")


def road_to_w_o() -> Canvas:
    """The road to W_o: dh_t to the output gate's product, and from there left into the output gate. The cell state and
    what the next block sends along it are not on this road.
    """
    return _to_weights("o")


def road_to_h_prev() -> Canvas:
    """The road to h_{t-1}: the four gates send their gradients down to z, where they add; the sum leaves to the left as
    dh_{t-1} and downward as dx_t.
    """
    lit = [road for road in ROADS if road != "c_prev"]
    return _block(lit, ("df_hat", "di_hat", "dg_hat", "do_hat", "dh_prev", "dx"), "figo")


FIGURES = {
    "block-backward": block_backward,
    "fork-at-h": fork_at_h,
    "fork-at-c": fork_at_c,
    "road-to-c-prev": road_to_c_prev,
    "road-to-w-f": road_to_w_f,
    "road-to-w-i": road_to_w_i,
    "road-to-w-g": road_to_w_g,
    "road-to-w-o": road_to_w_o,
    "road-to-h-prev": road_to_h_prev,
}


def _to_weights(gate: str) -> Canvas:
    on_c = () if gate == "o" else ("dc",)
    canvas = _block(TO_HAT[gate], ("dh", *on_c, f"d{gate}", f"d{gate}_hat"), gate)
    canvas.text(COLUMN[gate], 0.78, rf"$\mathrm{{d}}W_{gate}, \;\mathrm{{d}}b_{gate}$", LABEL, GRAD)
    return canvas


def _block(lit: Sequence[str], stations: Sequence[str], gates: str = "", moving: bool = False) -> Canvas:
    """The block of 3.1, its lines faint; the segments in `lit` dashed and red, their gradients named in `stations`."""
    canvas = Canvas(9.3, 4.75)
    canvas.box(4.6, 2.72, 6.6, 3.55, fill="#fafcfd", edge=FAINT, radius=0.25, behind=True)
    keep = canvas.node(COLUMN["f"], STATE, r"$\odot$", _shade("keep" in lit), r=0.2)
    add = canvas.node(COLUMN["g"], STATE, "$+$", _shade("c" in lit), r=0.2)
    write = canvas.node(COLUMN["g"], 3.1, r"$\odot$", _shade("write" in lit), r=0.2)
    emit = canvas.node(OUT, 2.5, r"$\odot$", _shade("dh" in lit), r=0.2)
    gate = {k: _gate(canvas, x, TANH if k == "g" else SIGMA, k in gates) for k, x in COLUMN.items()}
    on = "down" in lit
    squash = canvas.box(
        OUT, 3.27, 0.74, 0.4, TANH, fill=PILL if on else PAPER, edge=PILL_EDGE if on else FAINT, radius=0.2
    )
    c_fork, h_fork = canvas.fork(OUT, STATE, _shade("c" in lit, C)), canvas.fork(LOSS, BUS, _shade("dh" in lit, H))
    loss = canvas.box(LOSS, 0.4, 0.62, 0.42, "$L_t$", fill=PAPER, edge=INK if "loss" in lit else FAINT)

    segments = {
        "loss": [(h_fork, loss, [])],
        "dh_next": [(h_fork, (RIGHT, BUS), [])],
        "dh": [(emit, h_fork, [(OUT, BUS)])],
        "dc_next": [(c_fork, (RIGHT, STATE), [])],
        "down": [(c_fork, squash, []), (squash, emit, [])],
        "c": [(add, c_fork, [])],
        "keep": [(keep, add, [])],
        "write": [(write, add, [])],
        "c_prev": [((LEFT, STATE), keep, [])],
        "f": [(gate["f"], keep, [])],
        "i": [(gate["i"], write, [(COLUMN["i"], write.y)])],
        "g": [(gate["g"], write, [])],
        "o": [(gate["o"], emit, [(COLUMN["o"], emit.y)])],
        "h_prev": [((LEFT, BUS), gate["o"], [(COLUMN["o"], BUS)])] + [((COLUMN[k], BUS), gate[k], []) for k in "fig"],
        "x": [((1.75, 0.2), (1.75, BUS), [])],
    }
    for name, pieces in segments.items():
        for start, end, via in pieces:
            if name in lit:
                canvas.line(start, *via, end, color=FAINT)
                with canvas.at(BEATS[name]) if moving else nullcontext():
                    canvas.backward(end, start, via=via[::-1], width=2.2)
            else:
                canvas.forward(start, end, via=via, color=FAINT)

    for x, y, name, color in (
        (0.62, STATE + 0.27, "$c_{t-1}$", C),
        (8.5, STATE + 0.27, "$c_t$", C),
        (0.62, BUS + 0.27, "$h_{t-1}$", H),
        (7.45, BUS + 0.24, "$h_t$", H),
        (1.5, 0.45, "$x_t$", X),
    ):
        canvas.text(x, y, name, TITLE, color)
    if "dc_next" in lit:
        canvas.text(8.45, STATE - 0.3, "dc_next", 12, GRAD)
    if "dh_next" in lit:
        canvas.text(8.85, BUS + 0.26, "dh_next", 12, GRAD)
    for name in stations:
        x, y, label = STATIONS[name]
        with canvas.at(NAMED[name]) if moving else nullcontext():
            canvas.text(x, y, f"${label}$", LABEL, GRAD)
    return canvas


def _gate(canvas: Canvas, x: float, label: str, on: bool) -> Shape:
    return canvas.box(
        x, GATES, 0.66, 0.46, label, fill=GATE if on else PAPER, edge=GATE_EDGE if on else FAINT, radius=0.08
    )


def _shade(on: bool, color: str = INK) -> str:
    return color if on else MUTED
