"""Figures of 4.2: streams and chunks, the adding problem, the delayed copy."""

from course.figures.draw import FAINT, INK, LABEL, MUTED, NOTE, ROUTE_1, ROUTE_2, TITLE, Canvas, H, X

TEXT = "Down, down, down. Would the fall nev"
STREAMS, STEPS, CHUNKS = 3, 4, 3


def streams_and_chunks() -> Canvas:
    """A text of 36 characters in a strip, cut into three pieces. Below, the pieces lie on top of one another as three
    streams of 12 characters. Upright frames cut all streams into chunks of four steps. A green arrow leads from each chunk
    to the next: the state goes on.
    """
    canvas = Canvas(9.2, 4.3)
    small, cell, length = 0.235, 0.42, STEPS * CHUNKS
    colors = (X, ROUTE_1, ROUTE_2)
    for n, color in enumerate(colors):
        piece = [character.replace(" ", "") for character in TEXT[n * length : (n + 1) * length]]
        left = 0.22 + n * (length * small + 0.08)
        canvas.array(left + length * small / 2, 3.85, 1, length, color, cell=small, values=piece)
        y = 2.75 - n * (cell + 0.04)
        for k in range(CHUNKS):
            x = 2.9 + k * (STEPS * cell + 0.5)
            canvas.array(x, y, 1, STEPS, color, cell=cell, values=piece[k * STEPS : (k + 1) * STEPS])
        canvas.text(1.75, y, f"stream {n}", NOTE, color, align="right")
    canvas.text(0.22, 3.45, "one text", NOTE, MUTED, align="left")
    frames = []
    for k in range(CHUNKS):
        x = 2.9 + k * (STEPS * cell + 0.5)
        frames.append(canvas.box(x, 2.29, STEPS * cell + 0.2, 3 * cell + 0.28, fill="none", edge=INK, radius=0.08))
        canvas.text(x, 1.22, f"chunk {k}", NOTE)
    for a, b in zip(frames, frames[1:], strict=False):
        canvas.forward((a.x + 0.3, 0.85), (b.x - 0.3, 0.85), color=H)
    canvas.text((frames[0].x + frames[-1].x) / 2, 0.4, "the state of every stream goes on to the next chunk", NOTE, H)
    return canvas


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


FIGURES = {
    "streams-and-chunks": streams_and_chunks,
    "adding-problem": adding_problem,
    "delayed-copy": delayed_copy,
}
