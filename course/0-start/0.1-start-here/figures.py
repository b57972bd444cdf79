"""Figures of 0.1: the way through the course, what a check does, and how symbols and arrows are written."""

from itertools import pairwise

from course.figures.draw import CELL, FAINT, GRAD, INK, MUTED, NOTE, SIGMA, SMALL, TANH, TITLE, C, Canvas, H, X

COURSE = {
    "Start": ("Start here", "NumPy in\nhalf an hour"),
    "The chain\nrule": (
        "Functional\nstages",
        "Forks and\nroutes",
        "Vectors and\nmatrices",
        "A network\nby hand",
        "Is my\ngradient right?",
        "Find\nthe bug",
    ),
    "Recurrent\nnetworks": (
        "A loop,\nunrolled",
        "Backpropagation\nthrough time",
        "Vanishing\nand exploding",
        "Learning\nto read",
    ),
    "The LSTM": (
        "The block,\nforward",
        "The block,\nbackward",
        "Through\ntime",
        "A numerical\nexample",
        "Why it\nremembers",
        "Find the fault",
    ),
    "Training": (
        "From textbook\nto fast",
        "Train it",
        "On your own",
        "Beyond\none layer",
        "Somebody\nelse's LSTM",
        "Does it\nremember?",
        "The reward",
    ),
}


def course_map() -> Canvas:
    """The course as a path through its notebooks, in five rows, a row for each unit: 0 Start (0.2 only if you like), 1 The chain
    rule, 2 Recurrent networks, 3 The LSTM and 4 Training.
    """
    pitch, first, step, air = 1.36, 2.65, 1.42, 0.2
    width = first + 7 * step
    canvas = Canvas(width, 5 * pitch + air)
    last = None
    for unit, (title, names) in enumerate(COURSE.items()):
        middle = canvas.height - air / 2 - (unit + 0.5) * pitch
        y = middle + 0.23
        canvas.box(width / 2, middle, width - 0.4, pitch - air, fill=CELL, edge=CELL, behind=True)
        canvas.text(0.55, middle, f"${unit}$", 24, MUTED)
        canvas.text(0.85, middle, title, NOTE, align="left", bold=True)
        stops = [canvas.node(first + step * k, y, f"${unit}.{k + 1}$", C, r=0.25) for k in range(len(names))]
        for stop, name in zip(stops, names, strict=True):
            canvas.text(stop.x, middle - (0.3 if "\n" in name else 0.19), name, SMALL)
        for here, there in pairwise(stops):
            canvas.forward(here, there, color=C)
        if last:
            edge, gap = last.x + step / 2, middle + pitch / 2
            canvas.forward(last, stops[0], via=[(edge, last.y), (edge, gap), (2.05, gap), (2.05, y)], color=C)
        last = stops[-1]
    return canvas


def how_a_check_works() -> Canvas:
    """How a check works: you write, then check. If it is right, go on. If not yet, the check names the mistake, and you
    try again; if you are still stuck, there is a hint.
    """
    canvas = Canvas(8.8, 3.2)
    write = canvas.box(1.3, 2.55, 1.7, 0.7, "you write")
    check = canvas.gate(4.4, 2.55, "check", w=1.3, h=0.7)
    done = canvas.box(7.5, 2.55, 1.7, 0.7, "go on", fill="#e6f4ec", edge=H)
    named = canvas.box(4.4, 1.1, 1.7, 0.7, "the mistake,\nby name", fill="#fdecee", edge=GRAD, size=NOTE)
    hint = canvas.pill(7.5, 1.1, "hint", w=1.2, h=0.56)
    canvas.forward(write, check)
    canvas.forward(check, done, color=H, label="right", size=NOTE)
    canvas.forward(check, named, color=GRAD, label="not yet", size=NOTE)
    canvas.forward(named, hint, label="still stuck?", size=NOTE)
    for x, start, corners in ((1.55, named, [(1.55, 1.1)]), (1.05, hint, [(7.5, 0.4), (1.05, 0.4)])):
        canvas.forward(start, (x, 2.2), via=corners)
    canvas.text(2.55, 1.3, "try again", NOTE)
    return canvas


def notation() -> Canvas:
    """Notation. x_t, purple: the input at step t, shape (D,). Of shape (H,) are h_t, green: the output or hidden state;
    c_t, blue: the cell state; the gates f_t, i_t, o_t: forget, input, output; g_t: the candidate. A hat marks a value
    before its activation. dv, red: the total derivative of the loss with respect to v, shaped like v. Solid arrows run
    forward, dashed red ones backward; a dot is a fork, a circle a value, an amber box weights and an activation, a pink
    pill a function without weights, a small circle an operation entry by entry.
    """
    canvas = Canvas(8.8, 4.5)
    symbols = (
        ("$x_t$", X, "input at step $t$", "(D,)"),
        ("$h_t$", H, "output, or hidden state", "(H,)"),
        ("$c_t$", C, "cell state", "(H,)"),
        ("$f_t\\;\\;i_t\\;\\;o_t$", INK, "gates: forget, input, output", "(H,)"),
        ("$g_t$", INK, "candidate", "(H,)"),
        ("$\\hat f_t$", INK, "before its activation", "(H,)"),
        (r"$\mathrm{d}v$", GRAD, "total derivative of the loss", "like $v$"),
    )
    for k, (symbol, color, meaning, shape) in enumerate(symbols):
        y = 4.0 - 0.58 * k
        canvas.text(0.75, y, symbol, TITLE + 1, color)
        canvas.text(1.45, y, meaning, NOTE, align="left")
        canvas.text(4.7, y, shape, NOTE, MUTED)
    canvas.line((5.35, 0.3), (5.35, 4.25), color=FAINT, width=1)
    marks = (
        "forward",
        "backward",
        "fork: used twice",
        "a value",
        "weights, then $\\sigma$",
        "no weights",
        "entry by entry",
    )
    rows = [4.0 - 0.58 * k for k in range(len(marks))]
    for y, mark in zip(rows, marks, strict=True):
        canvas.text(6.9, y, mark, NOTE, align="left")
    forward, backward, fork, value, gate, pill, op = rows
    x = 6.15
    canvas.forward((x - 0.45, forward), (x + 0.45, forward))
    canvas.backward((x + 0.45, backward), (x - 0.45, backward))
    dot = canvas.fork(x, fork)
    canvas.line((x - 0.45, fork), dot)
    for end in (0.14, -0.14):
        canvas.forward(dot, (x + 0.45, fork + end), via=[(x, fork + end)], width=1.8)
    canvas.node(x, value, "$v$", r=0.22)
    canvas.gate(x, gate, SIGMA)
    canvas.pill(x, pill, TANH)
    canvas.op(x - 0.25, op, "$+$")
    canvas.op(x + 0.25, op, r"$\odot$")
    return canvas


FIGURES = {"course-map": course_map, "how-a-check-works": how_a_check_works, "notation": notation}
