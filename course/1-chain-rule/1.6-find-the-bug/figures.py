"""The figure of 1.6: a network that uses one weight twice."""

from course.figures.draw import GATE_EDGE, INK, NOTE, SIGMA, TANH, Canvas, H, X


def shared_weight() -> Canvas:
    """A network in a line. From x through W to h1, through U to h2, through the same U to h3, through V to y and the loss L.
    U is drawn once: from a fork above it, one arrow goes to h2 and one to h3.
    """
    canvas = Canvas(9.4, 2.6)
    line, low = 1.9, 0.55
    places = zip(
        (0.7, 2.3, 3.9, 5.5, 7.1, 8.7), ("x", "h_1", "h_2", "h_3", "y", "L"), (X, H, H, H, INK, INK), strict=True
    )
    values = [canvas.node(x, line, f"${name}$", color) for x, name, color in places]
    for start, end, stage in zip(values[:-1], values[1:], (TANH, TANH, TANH, SIGMA, ""), strict=True):
        canvas.forward(start, end, label=stage, size=NOTE)
    _, h1, h2, h3, y, _ = values
    for target, name in ((h1, "W"), (y, "V")):
        canvas.forward(canvas.node(target.x, low, f"${name}$", GATE_EDGE), target, color=GATE_EDGE)
    shared = canvas.node((h2.x + h3.x) / 2, low, "$U$", GATE_EDGE)
    fork = canvas.fork(shared.x, low + 0.6, GATE_EDGE)
    canvas.line(shared, fork, color=GATE_EDGE)
    for target in (h2, h3):
        canvas.forward(fork, target, color=GATE_EDGE)
    return canvas


FIGURES = {"shared-weight": shared_weight}
