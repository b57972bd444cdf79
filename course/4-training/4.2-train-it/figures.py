"""The figure of 4.2: streams and chunks."""

from course.figures.draw import INK, MUTED, NOTE, ROUTE_1, ROUTE_2, Canvas, H, X

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


FIGURES = {"streams-and-chunks": streams_and_chunks}
