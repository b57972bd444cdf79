"""Figures of 2.1: the loop and its unrolled form, a network that reads, three patterns of inputs and losses."""

from course.figures.draw import FAINT, GATE_EDGE, INK, LABEL, MUTED, NOTE, SMALL, TANH, TITLE, Canvas, H, X
from course.figures.geometry import Shape

WEIGHTS = r"$W_{xh}\;\;W_{hh}\;\;b_h$"


def loop_unrolled() -> Canvas:
    """Left, the network as a loop: one layer takes the input x_t and its own last state, and gives the state h_t.
    Right, the same loop unrolled over three steps: a chain of three layers from h_0 to h_3, each with its own input,
    x_1, x_2 and x_3. The three layers share one set of weights: W_xh, W_hh and b_h.
    """
    canvas = Canvas(9.2, 4.0)
    middle = 1.75
    canvas.text(1.25, 3.65, "a loop", NOTE)
    layer = canvas.gate(1.25, middle, TANH, w=0.8, h=0.62)
    canvas.forward((1.25, 0.75), layer, color=X)
    canvas.text(1.25, 0.5, "$x_t$", TITLE, X)
    dot = canvas.fork(1.95, middle, H)
    canvas.line(layer, dot, color=H)
    canvas.forward(dot, (2.5, middle), color=H)
    canvas.text(2.3, middle + 0.24, "$h_t$", TITLE, H)
    canvas.forward(dot, layer, via=[(1.95, 2.6), (0.5, 2.6), (0.5, middle)], color=H)
    canvas.text(1.25, 2.86, "$h_{t-1}$", TITLE, H)
    canvas.text(3.0, middle, "$=$", 26)

    canvas.text(6.2, 3.65, "unrolled: one layer for each step", NOTE)
    tied = canvas.box(6.2, 3.08, 2.1, 0.5, WEIGHTS, fill="#fdf3dc", edge=GATE_EDGE)
    before: Shape | tuple[float, float] = (3.85, middle)
    canvas.text(3.6, middle, "$h_0$", TITLE, H)
    for t, x in ((1, 4.75), (2, 6.2), (3, 7.65)):
        step = canvas.gate(x, middle, TANH, w=0.72, h=0.62)
        canvas.forward((x, 0.75), step, color=X)
        canvas.text(x, 0.5, f"$x_{t}$", TITLE, X)
        canvas.forward(before, step, color=H, label=f"$h_{t - 1}$" if t > 1 else "", size=TITLE)
        start = (tied.x + (x - tied.x) * 0.5, tied.bottom[1])
        canvas.line(start, step.top, color=GATE_EDGE, width=1.6)
        before = step
    canvas.forward(before, (8.5, middle), color=H)
    canvas.text(8.8, middle, "$h_3$", TITLE, H)
    return canvas


def reading_alice() -> Canvas:
    """The character network reads A, l, i, c. At each step the state h is computed from the character and the state
    before, then the scores y. Each step bets on the next character, l, i, c, e, and pays a loss, L_1 to L_4.
    """
    canvas = Canvas(9.2, 4.7)
    rows = {"reads": 0.45, "state": 1.4, "scores": 2.35, "loss": 3.3, "target": 4.2}
    for name, y in rows.items():
        canvas.text(0.3, y, name, NOTE, MUTED, align="left")
    before: Shape | tuple[float, float] = (1.85, rows["state"])
    canvas.text(1.6, rows["state"], "$h_0$", LABEL, H)
    for t, (read, target) in enumerate(zip("Alic", "lice", strict=True), 1):
        x = 1.2 + 1.5 * t
        canvas.text(x, rows["reads"], read, TITLE, X, bold=True)
        state = canvas.gate(x, rows["state"], f"$h_{t}$", w=0.74, h=0.5)
        scores = canvas.box(x, rows["scores"], 0.74, 0.46, f"$y_{t}$")
        loss = canvas.node(x, rows["loss"], f"$L_{t}$", r=0.27)
        canvas.forward((x, rows["reads"] + 0.2), state, color=X)
        canvas.forward(before, state, color=H)
        canvas.forward(state, scores, color=H)
        canvas.forward(scores, loss)
        canvas.forward((x, rows["target"] - 0.2), loss, color=MUTED, width=1.8)
        canvas.text(x, rows["target"], target, TITLE, INK, bold=True)
        before = state
    canvas.forward(before, (8.55, rows["state"]), color=H)
    return canvas


def three_masks() -> Canvas:
    """Three patterns over three steps each. Many-to-many: an input and a loss at every step, mask 1 1 1. Many-to-one:
    an input at every step, a loss only at the last, mask 0 0 1. One-to-many: one input from outside, at the first step;
    later steps read what the step before put out; a loss at every step, mask 1 1 1.
    """
    canvas = Canvas(9.2, 3.7)
    for k, (title, mask) in enumerate((("many-to-many", "111"), ("many-to-one", "001"), ("one-to-many", "111"))):
        left = 0.55 + 2.9 * k
        canvas.text(left + 1.35, 3.4, title, NOTE)
        if k:
            canvas.line((left - 0.1, 0.3), (left - 0.1, 3.5), color=FAINT, width=1.2)
        before: Shape | None = None
        for t in range(3):
            x = left + 0.45 + 0.9 * t
            step = canvas.gate(x, 1.35, "", w=0.42, h=0.42)
            kept = mask[t] == "1"
            if kept:
                loss = canvas.node(x, 2.4, f"$L_{t + 1}$", r=0.25)
                canvas.forward(step, loss, color=H, width=1.8)
            canvas.text(x, 2.95, f"${mask[t]}$", LABEL, INK if kept else MUTED)
            if k < 2 or t == 0:
                canvas.forward((x, 0.7), step, color=X, width=1.8)
                canvas.text(x, 0.48, f"$x_{t + 1}$", LABEL, X)
            else:
                dot, side = canvas.fork(x - 0.9, 1.85, X), x - 0.45
                canvas.forward(dot, step, via=[(side, 1.85), (side, 0.8), (x, 0.8)], color=X, width=1.6)
            if before:
                canvas.forward(before, step, color=H, width=1.8)
            before = step
    canvas.text(0.42, 2.95, "$m_t$", LABEL)
    canvas.text(8.1, 0.48, "then its own output", SMALL, X)
    return canvas


FIGURES = {"loop-unrolled": loop_unrolled, "reading-alice": reading_alice, "three-masks": three_masks}
