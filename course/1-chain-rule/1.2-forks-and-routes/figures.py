"""Figures of 1.2: routes through a graph, and one sweep back over it."""

from course.figures.draw import FAINT, GRAD, INK, LABEL, MUTED, NOTE, ROUTE_1, ROUTE_2, TITLE, Canvas, X

DY_DX = r"$\dfrac{\mathrm{d}y}{\mathrm{d}x}\;=\;$"


def one_route() -> Canvas:
    """One route: x leads to u with local derivative a, and u leads to y with local derivative b. Going back along the
    one route, the local derivatives multiply: dy/dx is b times a.
    """
    canvas = Canvas(7.4, 2.3)
    x, u, y = canvas.node(1, 1.6, "$x$", X), canvas.node(3.7, 1.6, "$u$"), canvas.node(6.4, 1.6, "$y$")
    for start, end, local in ((x, u, "a"), (u, y, "b")):
        canvas.forward(start, end, shift=0.09, label=f"${local}$")
        canvas.backward(end, start, shift=0.09, label=rf"$\times\,{local}$")
    canvas.formula(3.7, 0.5, DY_DX, r"$b\,a$")
    return canvas


def two_routes() -> Canvas:
    """Two routes from x to y: an orange one through u with local derivatives a and c, and a teal one through v with b
    and d. Multiply along a route, add over the routes: dy/dx is c times a plus d times b.
    """
    canvas = Canvas(7.4, 3.5)
    _diamond(canvas, {"xu": "$a$", "uy": "$c$", "xv": "$b$", "vy": "$d$"})
    canvas.formula(3.7, 0.5, DY_DX, (r"$c\,a$", ROUTE_1), "$\\;+\\;$", (r"$d\,b$", ROUTE_2))
    return canvas


def diamond() -> Canvas:
    """The diamond with numbers. Local derivatives: x to u 2, x to v 3, u to y 5, v to y 7. The route through u gives
    2 times 5, the route through v gives 3 times 7, and dy/dx is their sum, 31.
    """
    canvas = Canvas(7.4, 3.5)
    _diamond(canvas, {"xu": "$2$", "uy": "$5$", "xv": "$3$", "vy": "$7$"})
    canvas.formula(3.7, 0.5, DY_DX, (r"$2\cdot 5$", ROUTE_1), "$\\;+\\;$", (r"$3\cdot 7$", ROUTE_2), r"$\;=\;31$")
    return canvas


def n_routes() -> Canvas:
    """Any number of routes from x to y, one through each of u_1, u_2, up to u_n. Each route multiplies its two local
    derivatives, and dy/dx is the sum of these n products.
    """
    canvas = Canvas(7.4, 5.15)
    x, y = canvas.node(1, 3.1, "$x$", X), canvas.node(6.4, 3.1, "$y$")
    for height, k in ((4.55, "1"), (3.3, "2"), (1.65, "n")):
        u = canvas.node(3.7, height, f"$u_{k}$")
        last = k == "n"
        canvas.forward(x, u, label=rf"$\frac{{\partial u_{k}}}{{\partial x}}$", at=0.6, flip=last, size=TITLE)
        canvas.forward(u, y, label=rf"$\frac{{\partial y}}{{\partial u_{k}}}$", at=0.4, flip=last, size=TITLE)
    canvas.text(3.7, 2.48, r"$\vdots$", 22, MUTED)
    canvas.formula(
        3.7, 0.55, DY_DX, r"$\sum_{i=1}^{n}\;\dfrac{\partial y}{\partial u_i}\,\dfrac{\partial u_i}{\partial x}$"
    )
    return canvas


def fork() -> Canvas:
    """A fork, twice. Left, forward: the value v is copied into two stages, f and g. Right, backward: each stage sends
    its own gradient back, dy times f'(v) and dz times g'(v), and where the copy was made the two are added to give dv.
    """
    canvas = Canvas(9.2, 3.3)
    for left, title in ((0.0, "forward: copy"), (4.6, "backward: add")):
        back = left > 0
        canvas.text(left + 2.3, 2.95, title, NOTE, GRAD if back else INK)
        v = canvas.node(left + 0.6, 1.4, "$v$", X)
        meet = canvas.op(left + 1.8, 1.4, "$+$") if back else canvas.fork(left + 1.8, 1.4, X)
        for y, stage, out in ((2.15, "f", "y"), (0.65, "g", "z")):
            box = canvas.box(left + 3.3, y, 0.6, 0.5, f"${stage}$")
            end = (left + 4.25, y)
            if back:
                product = rf"$\mathrm{{d}}{out}\,{stage}'(v)$"
                canvas.backward(end, box, label=rf"$\mathrm{{d}}{out}$", flip=y > 1)
                canvas.backward(box, meet, via=[(meet.x, y)])
                canvas.text(left + 2.35, y + (0.22 if y > 1 else -0.22), product, LABEL, GRAD)
            else:
                canvas.forward(meet, box, via=[(meet.x, y)], color=X)
                canvas.forward(box, end, label=f"${out}$", flip=y < 1)
        if back:
            canvas.backward(meet, v, label=r"$\mathrm{d}v$", flip=True)
        else:
            canvas.line(v, meet, color=X)
    return canvas


def ladder() -> Canvas:
    """A ladder of diamonds in a row. After 1, 2, 3 and n diamonds there are 2, 4, 8 and 2 to the n routes from x, but
    only 4, 8, 12 and 4n arrows.
    """
    canvas = Canvas(9.2, 3.0)
    joints = [canvas.node(2.1, 2.1, "$x$", X, r=0.24)]
    for beat, x in enumerate((3.8, 5.5, 7.2)):
        with canvas.at(2 * beat):
            end = canvas.node(x, 2.1, "", r=0.11)
            for side in (0.55, -0.55):
                middle = canvas.node(x - 0.85, 2.1 + side, "", r=0.11)
                canvas.forward(joints[-1], middle, width=1.6)
                canvas.forward(middle, end, width=1.6)
        joints.append(end)
    joints.append(canvas.node(8.6, 2.1, "$y$", r=0.24))
    canvas.text(7.85, 2.1, r"$\cdots$", 20, MUTED)
    canvas.line((0.3, 1.2), (8.9, 1.2), color=FAINT, width=1)
    rows = (("routes", ROUTE_1, ("1", "2", "4", "8", "2^n")), ("arrows", ROUTE_2, ("0", "4", "8", "12", "4n")))
    for height, (name, color, counts) in zip((0.9, 0.45), rows, strict=True):
        canvas.text(0.3, height, name, NOTE, color, align="left")
        for beat, (joint, count) in enumerate(zip(joints, counts, strict=True)):
            with canvas.at(max(0, 2 * beat - 1), unlit=0.0 if beat else 1.0):
                canvas.text(joint.x, height, f"${count}$", LABEL, color)
    return canvas


def reverse_sweep() -> Canvas:
    """One reverse sweep. Arrows x to u (2), x to v (3), u to w (5), v to w (7), u to y (1) and w to y (2) carry local
    derivatives. Backward from dy = 1, each node adds what its arrows bring: dw = 2, du = 10 + 1 = 11, dv = 14 and
    dx = 22 + 42 = 64. The total dw is worked out once and serves two routes.
    """
    canvas = Canvas(8.8, 4.1)
    places = {"x": (1.2, 2.35), "u": (3.3, 3.2), "v": (3.3, 1.0), "w": (5.6, 1.5), "y": (7.9, 2.75)}
    nodes = {name: canvas.node(*place, f"${name}$", X if name == "x" else INK) for name, place in places.items()}
    reached = {"y": 0, "w": 2, "v": 4, "u": 5.5, "x": 7}  # beats of the moving twin: when the sweep comes to a node
    for edge, local, share in (
        ("xu", 2, 22), ("xv", 3, 42), ("uw", 5, 10), ("vw", 7, 14), ("uy", 1, 1), ("wy", 2, 2)
    ):  # fmt: skip
        start, end = (nodes[name] for name in edge)
        canvas.forward(start, end, shift=0.08, width=1.8, label=f"${local}$")
        with canvas.at(reached[edge[0]], unlit=0.1):
            canvas.backward(end, start, shift=0.08, label=f"${share}$")
    for name, side, total in (
        ("y", "above", "1"), ("w", "below", "2"), ("u", "above", "10 + 1 = 11"), ("v", "below", "14"),
    ):  # fmt: skip
        with canvas.at(reached[name] + 0.8):
            canvas.note(nodes[name], rf"$\mathrm{{d}}{name} = {total}$", side, size=LABEL, color=GRAD)
    with canvas.at(reached["x"] + 0.8):
        canvas.text(0.97, 2.93, r"$\mathrm{d}x = 22 + 42 = 64$", LABEL, GRAD)
    return canvas


FIGURES = {
    "one-route": one_route,
    "two-routes": two_routes,
    "diamond": diamond,
    "n-routes": n_routes,
    "fork": fork,
    "ladder": ladder,
    "reverse-sweep": reverse_sweep,
}


def _diamond(canvas: Canvas, labels: dict[str, str]) -> None:
    at = {"x": (1, 2.15), "u": (3.7, 2.95), "v": (3.7, 1.35), "y": (6.4, 2.15)}
    colors = {"x": X, "u": ROUTE_1, "v": ROUTE_2, "y": INK}
    nodes = {name: canvas.node(*at[name], f"${name}$", colors[name]) for name in at}
    for (start, end), label in labels.items():
        color = ROUTE_1 if "u" in (start, end) else ROUTE_2
        canvas.forward(nodes[start], nodes[end], color=color, label=label, flip=color == ROUTE_2, size=TITLE)
