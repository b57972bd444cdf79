"""The figure of 4.7: a text, and what a unit would have to do that follows its quotations."""

from course.figures.draw import INK, MUTED, NOTE, C, Canvas, X

TEXT = "said, `Oh, don't!' and ran"


def inside_and_outside() -> Canvas:
    """A line of text in boxes, one for each character: said, 'Oh, don't!' and ran. Below it a line that is low, jumps up at
    the opening quotation mark, stays up over the apostrophe of don't, and falls back at the closing mark.
    """
    canvas = Canvas(9.2, 2.3)
    cell, left, low, high = 0.33, 0.35, 0.45, 1.05
    inside = [TEXT.index("`") <= n < TEXT.index("!") + 1 for n in range(len(TEXT))]
    for n, character in enumerate(TEXT):
        color = X if inside[n] else MUTED
        canvas.array(left + (n + 0.5) * cell, 1.75, 1, 1, color, cell=cell, values=[character.replace(" ", "")])
    for n, now in enumerate(inside):
        y, x = high if now else low, left + n * cell
        canvas.line((x, y), (x + cell, y), color=C, width=2.4)
        if n and now != inside[n - 1]:
            canvas.line((x, low), (x, high), color=C, width=2.4)
    end = left + len(TEXT) * cell
    canvas.text(left + 0.05, high, "inside", NOTE, INK, align="left")
    canvas.text(end - 0.05, high, "outside again", NOTE, INK, align="right")
    return canvas


FIGURES = {"inside-and-outside": inside_and_outside}
