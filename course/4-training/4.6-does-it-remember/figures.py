"""Figures of 4.6: the adding problem, the delayed copy."""

from course.figures.draw import FAINT, LABEL, MUTED, NOTE, ROUTE_1, TITLE, Canvas, X


def adding_problem() -> Canvas:
    """The adding problem over eight steps. The upper row holds numbers between 0 and 1. The lower row holds a mark: 1 at
    two steps, one in each half, and 0 elsewhere. At the end the network must say the sum of the two marked numbers.
    """
    canvas = Canvas(9.2, 2.6)
    numbers, marked = (".42", ".91", ".30", ".07", ".66", ".58", ".13", ".84"), (2, 5)
    cell, left = 0.66, 1.75
    right = left + len(numbers) * cell
    canvas.text(left - 0.15, 1.75, "number", NOTE, MUTED, align="right")
    canvas.text(left - 0.15, 1.05, "mark", NOTE, MUTED, align="right")
    for t in sorted(range(len(numbers)), key=lambda t: t in marked):
        x, on, number = left + (t + 0.5) * cell, t in marked, numbers[t]
        canvas.array(x, 1.75, 1, 1, X if on else FAINT, cell=cell)
        canvas.array(x, 1.05, 1, 1, X if on else FAINT, cell=cell)
        canvas.text(x, 1.75, number, LABEL, X if on else MUTED, bold=on)
        canvas.text(x, 1.05, "1" if on else "0", LABEL, X if on else MUTED, bold=on)
    canvas.line((left + 4 * cell, 0.62), (left + 4 * cell, 2.3), color=MUTED, width=1.4, dashed=True)
    canvas.forward((left, 0.4), (right, 0.4), color=MUTED, width=1.6)
    canvas.text(right + 0.15, 0.4, "steps", NOTE, MUTED, align="left")
    canvas.forward((right + 0.1, 1.4), (right + 0.75, 1.4))
    canvas.text(right + 0.85, 1.4, ".30 + .58", NOTE, align="left")
    canvas.text(right + 0.85, 1.05, "= .88", LABEL, X, align="left", bold=True)
    return canvas


def delayed_copy() -> Canvas:
    """The delayed copy. At the first step a symbol, here C. Then blanks. Then a signal, an exclamation mark. At the step
    after it the network must say C.
    """
    canvas = Canvas(9.2, 2.1)
    cell, left, y = 0.62, 0.9, 0.85
    shown = "C......!."
    for t in sorted(range(len(shown)), key=lambda t: shown[t] != "."):
        x, symbol = left + (t + 0.5) * cell, shown[t]
        color = X if symbol == "C" else ROUTE_1 if symbol == "!" else FAINT
        canvas.array(x, y, 1, 1, color, cell=cell)
        if symbol != ".":
            canvas.text(x, y, symbol, TITLE, color, bold=True)
    canvas.text(left + 4 * cell, 0.3, "the delay: nothing happens", NOTE, MUTED)
    end = left + (len(shown) - 0.5) * cell
    canvas.forward((end, y + cell / 2), (end, 1.6))
    canvas.text(end, 1.83, "C", TITLE, X, bold=True)
    canvas.text(end + 0.3, 1.83, "the answer", NOTE, MUTED, align="left")
    canvas.text(left + len(shown) * cell + 0.2, y, "what comes in", NOTE, MUTED, align="left")
    return canvas


FIGURES = {"adding-problem": adding_problem, "delayed-copy": delayed_copy}
