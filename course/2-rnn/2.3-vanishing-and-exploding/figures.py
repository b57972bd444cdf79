"""Figures of 2.3: the way back over many steps, powers of a matrix, a flat tanh, and two ways to clip."""

import math

import numpy as np

from course.figures.draw import FAINT, GRAD, INK, LABEL, MUTED, NOTE, ROUTE_2, SMALL, TITLE, Canvas, H


def steps_back() -> Canvas:
    """Four states in a row, h_0 to h_3, and the loss L. Solid arrows lead forward from each state to the next. Dashed
    arrows lead back from the loss; on its way the gradient is multiplied by a factor for each step, J_3, J_2 and J_1.
    """
    canvas = Canvas(9.2, 1.7)
    before = None
    for t in range(4):
        state = canvas.node(0.8 + 2.0 * t, 0.85, f"$h_{t}$", H)
        if before:
            canvas.forward(before, state, shift=0.1, color=H, label=f"step {t}", size=NOTE)
            canvas.backward(state, before, shift=0.1, label=rf"$\times\,J_{t}$")
        before = state
    loss = canvas.node(8.4, 0.85, "$L$")
    canvas.forward(before, loss, shift=0.1)
    canvas.backward(loss, before, shift=0.1, label=r"$\mathrm{d}h_3$")
    return canvas


def three_spirals() -> Canvas:
    """Three spirals of dots about a circle of radius 1. Each dot is the one before it times the same matrix, which
    turns and stretches. Modulus 0.85: the dots run into the middle. Modulus 1: they stay on the circle. Modulus 1.08: they
    run outward.
    """
    canvas = Canvas(9.2, 3.4)
    turn = np.linspace(0, 2 * math.pi, 121)
    for x, modulus, word, color in (
        (1.6, 0.85, "vanishes", ROUTE_2), (4.6, 1, "stays", H), (7.6, 1.08, "explodes", GRAD),
    ):  # fmt: skip
        y, unit = 1.65, 0.6
        canvas.curve(x + unit * np.cos(turn), y + unit * np.sin(turn), color=MUTED, width=1.2)
        canvas.fork(x, y, MUTED)
        canvas.curve(*_spiral(x, y, unit, modulus, np.linspace(0, 9, 120)), color=FAINT, width=1.4)
        for at in zip(*_spiral(x, y, unit, modulus, np.arange(10)), strict=True):
            canvas.fork(*at, color)
        canvas.text(x, 3.15, rf"$|\lambda| = {modulus}$", LABEL)
        canvas.text(x, 0.28, word, NOTE, color)
    return canvas


def flat_tanh() -> Canvas:
    """The curve of tanh, with a tangent at two places. At 0 the tangent has slope 1. At 2.5, where tanh is 0.99, the slope
    is 0.03: the curve is flat, and hardly any gradient passes.
    """
    canvas = Canvas(7.4, 3.3)
    cx, cy, sx, sy = 3.7, 1.65, 0.85, 0.95
    canvas.line((0.35, cy), (7.05, cy), color=FAINT, width=1.4)
    canvas.line((cx, 0.3), (cx, 3.0), color=FAINT, width=1.4)
    z = np.linspace(-3.7, 3.7, 161)
    canvas.curve(cx + sx * z, cy + sy * np.tanh(z), color=INK)
    for at, reach in ((0.0, 1.2), (2.5, 1.3)):
        h = math.tanh(at)
        slope = 1 - h**2
        ends = [(cx + sx * (at + d), cy + sy * (h + slope * d)) for d in (-reach, reach)]
        canvas.line(*ends, color=GRAD, width=1.8, dashed=True)
        canvas.fork(cx + sx * at, cy + sy * h, GRAD)
    canvas.text(cx + 0.35, cy - 0.32, "slope 1", NOTE, GRAD, align="left")
    canvas.text(cx + sx * 2.5, cy + sy - 0.38, "slope 0.03", NOTE, GRAD)
    canvas.text(6.9, cy - 0.24, r"$\hat h$", TITLE)
    canvas.text(cx - 0.62, 2.85, r"$\mathrm{tanh}\,\hat h$", LABEL)
    return canvas


def two_ways_to_clip() -> Canvas:
    """A long gradient d, clipped in two ways. Left, by norm: the arrow is shortened to a circle of radius c and keeps its
    direction. Right, by value: each coordinate is cut off at c, in a square, and the arrow turns.
    """
    canvas = Canvas(9.2, 3.3)
    c, long = 0.95, (2.5, 0.85)
    for left, title in ((0.9, "by norm"), (5.4, "by value")):
        x, y = left + 0.55, 1.5
        canvas.text(left + 1.55, 3.0, title, NOTE)
        if title == "by norm":
            turn = np.linspace(0, 2 * math.pi, 121)
            canvas.curve(x + c * np.cos(turn), y + c * np.sin(turn), color=MUTED, width=1.2)
            factor = c / math.hypot(*long)
            short = (factor * long[0], factor * long[1])
        else:
            corners = [(x + a * c, y + b * c) for a, b in ((1, 1), (1, -1), (-1, -1), (-1, 1))]
            for a, b in zip(corners, corners[1:] + corners[:1], strict=True):
                canvas.line(a, b, color=MUTED, width=1.2)
            short = tuple(min(c, v) for v in long)
        tip = (x + long[0], y + long[1])
        canvas.forward((x, y), tip, color=FAINT, width=2.6)
        canvas.text(tip[0] + 0.16, tip[1] + 0.12, "$d$", TITLE)
        canvas.forward((x, y), (x + short[0], y + short[1]), color=GRAD, width=3.0)
        canvas.line((x, y), (x, y - c), color=MUTED, width=1.2, dashed=True)
        canvas.text(x + 0.16, y - c / 2, "$c$", LABEL, MUTED)
        canvas.fork(x, y)
    canvas.text(2.45, 0.3, "shorter, same direction", SMALL, GRAD)
    canvas.text(6.95, 0.3, "shorter, turned", SMALL, GRAD)
    return canvas


FIGURES = {
    "steps-back": steps_back,
    "three-spirals": three_spirals,
    "flat-tanh": flat_tanh,
    "two-ways-to-clip": two_ways_to_clip,
}


def _spiral(x: float, y: float, unit: float, modulus: float, steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    angle, radius = 0.62 * steps + 0.4, unit * modulus**steps
    return x + radius * np.cos(angle), y + radius * np.sin(angle)
