"""Figures of 1.4: Matt Mazur's 2-2-2 network, forward, and the two routes back from its first hidden unit."""

from course.figures.draw import GATE_EDGE, LABEL, MUTED, NOTE, Canvas, H, X


def mazur_network() -> Canvas:
    """A network of two inputs, two hidden and two output units. Inputs 0.05 and 0.10. Weights w1 = 0.15 (i1 to h1),
    w2 = 0.20 (i2 to h1), w3 = 0.25 (i1 to h2), w4 = 0.30 (i2 to h2), w5 = 0.40 (h1 to o1), w6 = 0.45 (h2 to o1),
    w7 = 0.50 (h1 to o2), w8 = 0.55 (h2 to o2). Biases b1 = 0.35 into both hidden units, b2 = 0.60 into both outputs.
    Targets 0.01 and 0.99.
    """
    canvas = Canvas(9.4, 4.5)
    top, low, columns = 3.6, 0.9, (1.2, 4.4, 7.6)
    i1, i2 = (canvas.node(columns[0], y, f"$i_{k}$", X) for k, y in ((1, top), (2, low)))
    h1, h2 = (canvas.node(columns[1], y, f"$h_{k}$", H) for k, y in ((1, top), (2, low)))
    o1, o2 = (canvas.node(columns[2], y, f"$o_{k}$") for k, y in ((1, top), (2, low)))
    middle = (top + low) / 2
    for x, k, value, targets in ((columns[1], 1, "0.35", (h1, h2)), (columns[2], 2, "0.60", (o1, o2))):
        bias = canvas.node(x, middle, f"$b_{k}$", GATE_EDGE, r=0.25)
        canvas.note(bias, f"${value}$", "right", size=LABEL, color=GATE_EDGE)
        for target in targets:
            canvas.forward(bias, target, color=GATE_EDGE, width=1.6)
    for start, end, k, value in (
        (i1, h1, 1, "0.15"),
        (i2, h1, 2, "0.20"),
        (i1, h2, 3, "0.25"),
        (i2, h2, 4, "0.30"),
        (h1, o1, 5, "0.40"),
        (h2, o1, 6, "0.45"),
        (h1, o2, 7, "0.50"),
        (h2, o2, 8, "0.55"),
    ):
        cross = start.y != end.y
        canvas.forward(
            start,
            end,
            width=1.8,
            label=f"$w_{k} = {value}$",
            at=0.23 if cross else 0.5,
            flip=start.y == low,
            size=NOTE,
        )
    for node, value in ((i1, "0.05"), (i2, "0.10")):
        canvas.note(node, f"${value}$", "left", size=LABEL, color=X)
    for node, value in ((o1, "0.01"), (o2, "0.99")):
        canvas.note(node, f"target ${value}$", "right", color=MUTED)
    return canvas


def mazur_backward() -> Canvas:
    """The two routes back to the output h1. The error E is E1 plus E2. E1 gives 0.1385 before the activation of o1, and
    w5 carries it to h1; E2 gives -0.0381 before the activation of o2, and w7 carries it to h1. So dh1 is
    0.40 times 0.1385 plus 0.50 times -0.0381: 0.0554 - 0.0190 = 0.0364.
    """
    canvas = Canvas(9.4, 4.3)
    h1, error = canvas.node(1.0, 2.6, "$h_1$", H), canvas.node(8.5, 2.6, "$E$")
    for k, y, weight, gradient in ((1, 3.5, 5, "0.1385"), (2, 1.7, 7, "-0.0381")):
        o, part = canvas.node(3.6, y, f"$o_{k}$"), canvas.node(6.5, y, f"$E_{k}$")
        out = rf"$\mathrm{{d}}\hat o_{k} = {gradient}$"
        for start, end, label in ((h1, o, rf"$\times\,w_{weight}$"), (o, part, out), (part, error, "")):
            canvas.forward(start, end, shift=0.08, width=1.4, color=MUTED)
            canvas.backward(end, start, shift=0.08, label=label)
    canvas.formula(
        4.7,
        0.55,
        r"$\mathrm{d}h_1\;=\;0.40\cdot 0.1385\;+\;0.50\cdot(-0.0381)\;=\;0.0554-0.0190\;=\;0.0364$",
        size=LABEL,
    )
    return canvas


FIGURES = {"mazur-network": mazur_network, "mazur-backward": mazur_backward}
