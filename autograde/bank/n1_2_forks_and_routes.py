"""The exercises of 1.2 Forks and routes."""

import numpy as np

from autograde.exercise import Exercise, Mistake, Written

TITLE = "1.2 Forks and routes"


def _numbers(rng, *shape):
    """Numbers between 0.5 and 2 in size, of either sign: nothing is zero, nothing is one."""
    return rng.uniform(0.5, 2.0, shape) * rng.choice([-1.0, 1.0], shape)


def a_route(rng, length=None):
    return {"local": _numbers(rng, length or int(rng.integers(3, 7)))}


def a_point(rng):
    return {"x": rng.uniform(0.3, 1.7)}


def weight_and_input(rng):
    return {"w": float(_numbers(rng)), "x": float(_numbers(rng))}


def a_graph(rng, nodes=6, extra=0.5):
    """A random graph from x to y in which every node lies on a route; the order is a forward order."""
    order = ["x", *"abcdefgh"[: nodes - 2], "y"]
    edges = [
        (i, j) for i in range(nodes) for j in range(i + 1, nodes) if j == i + 1 or (extra and rng.random() < extra)
    ]
    graph = {name: {} for name in rng.permutation(order).tolist()}
    for k in rng.permutation(len(edges)):
        i, j = edges[k]
        graph[order[i]][order[j]] = round(float(_numbers(rng)), 2)
    return graph, order


def a_map(rng, **options):
    graph, _ = a_graph(rng, **options)
    return {"graph": graph, "start": "x", "end": "y"}


def a_map_in_order(rng, **options):
    graph, order = a_graph(rng, **options)
    return {"graph": graph, "order": order, "end": "y"}


def along_route(local):
    product = 1.0
    for d in local:
        product = product * d
    return product


def dydx(x):
    return 2 * x * np.exp(x) + np.exp(x) * x**2


def slope_of_shared(w, x):
    h = np.tanh(w * x)
    outer = h
    inner = w * (1 - h**2) * x
    return outer + inner


def all_routes(graph, start, end):
    if start == end:
        return [[end]]
    routes = []
    for node in graph[start]:
        for rest in all_routes(graph, node, end):
            routes.append([start] + rest)
    return routes


def sum_over_routes(graph, start, end):
    total = 0.0
    for route in all_routes(graph, start, end):
        product = 1.0
        for a, b in zip(route[:-1], route[1:]):  # noqa: B905
            product = product * graph[a][b]
        total = total + product
    return total


def reverse_sweep(graph, order, end):
    d = {node: 0.0 for node in order}
    d[end] = 1.0
    for node in reversed(order):
        for after, local in graph[node].items():
            d[node] = d[node] + local * d[after]
    return d


def count_routes(graph, order, end):
    count = {node: 0 for node in order}
    count[end] = 1
    for node in reversed(order):
        for after in graph[node]:
            count[node] = count[node] + count[after]
    return count


EXERCISES = (
    Exercise(
        name="along_route",
        problem=a_route,
        reference=along_route,
        mistakes=(
            Mistake(
                "summed along one route",
                "product = product * d",
                "product = product + d - (product == 1.0)",
                "You added the local derivatives. Along one route they multiply: each stage scales what the stage "
                "before it passes on. Adding is for something else, and it comes next.",
            ),
            Mistake(
                "only the last stage",
                "product = product * d",
                "product = d",
                "Only the last local derivative is left. Does each turn of your loop use the result of the turn before?",
            ),
            Mistake(
                "the start value is zero",
                "product = 1.0",
                "product = 0.0",
                "Everything came out as zero. What number must a product start from, so that it changes nothing?",
            ),
        ),
        hints=(
            "Nudge $x$ by a little. The first stage makes the nudge `local[0]` times as large. And the second?",
            "A loop with a running product, or `np.prod`, will do.",
        ),
    ),
    Exercise(
        name="dydx",
        kind="expression",
        problem=a_point,
        reference=dydx,
        mistakes=(
            Mistake(
                "the route through v is missing",
                "+ np.exp(x) * x**2",
                "",
                "That is the route through $u$ alone (or the product of $u'$ and $v'$, which happens to be the same). How many "
                "arrows leave $x$ in the figure?",
            ),
            Mistake(
                "the route through u is missing",
                "2 * x * np.exp(x) +",
                "",
                "That is the route through $v$ alone. How many arrows leave $x$ in the figure?",
            ),
            Mistake(
                "the routes were multiplied",
                "* np.exp(x) + np.exp(x)",
                "* np.exp(x) * np.exp(x)",
                "You have both routes, and multiplied them. Along a route we multiply; what do we do between routes?",
            ),
        ),
        hints=(
            "Write one product per route. The last step of the route through $u$ is $\\partial y/\\partial u$, and $y = u v$.",
            "Through $u$: $2x$, then $v$. Through $v$: the derivative of $e^x$, then $u$. Put in what $u$ and $v$ are.",
            "`2*x*sp.exp(x)` is the first of the two terms.",
        ),
    ),
    Exercise(
        name="slope_of_shared",
        points=2,
        problem=weight_and_input,
        reference=slope_of_shared,
        mistakes=(
            Mistake(
                "only the outer use of w",
                "return outer + inner",
                "return outer",
                "You held the inner $w$ still. It is the same number: nudge $w$, and both places move.",
            ),
            Mistake(
                "only the inner use of w",
                "return outer + inner",
                "return inner",
                "You followed $w$ into the tanh, but it is used once more on the way out. Which term does that give?",
            ),
            Mistake(
                "the two uses were multiplied",
                "return outer + inner",
                "return outer * inner",
                "Two uses of one value are two routes. Along a route we multiply; between routes we add.",
            ),
            Mistake(
                "tanh' was taken at h",
                "(1 - h**2)",
                "(1 - np.tanh(h) ** 2)",
                "`h` has been through tanh already. The slope of tanh at $wx$ is $1 - \\tanh^2(wx)$, and that tanh is `h`.",
            ),
            Mistake(
                "tanh' was taken at w x without the tanh",
                "(1 - h**2)",
                "(1 - (w * x) ** 2)",
                "In $1 - \\tanh^2$ the square is of the tanh, not of what goes into it.",
            ),
            Mistake(
                "the inner x is missing",
                "(1 - h**2) * x",
                "(1 - h**2)",
                "On the inner route the last step is from $w x$ to $w$. What is the derivative of $w x$ with respect to $w$?",
            ),
            Mistake(
                "the outer w is missing on the inner route",
                "inner = w * (1",
                "inner = (1",
                "The inner route starts at $L$ and goes back through the product $w h$. What does that step multiply by?",
            ),
            Mistake(
                "the derivative with respect to x",
                "return outer + inner",
                "return inner / x * w",
                "This is how $L$ moves when $x$ moves. Here $w$ moves, and $x$ stays.",
            ),
        ),
        hints=(
            "Call the two uses $w_1$ (inside) and $w_2$ (outside), and find the derivative with respect to each.",
            "With respect to $w_2$, the derivative of $w_2 h$ is easy. With respect to $w_1$: back through the product, "
            "through tanh, through $w_1 x$.",
            "The outer use gives `h`. Add the inner one: three factors.",
        ),
    ),
    Exercise(
        name="all_routes",
        points=2,
        problem=a_map,
        reference=all_routes,
        mistakes=(
            Mistake(
                "the first node is left out",
                "[start] + rest",
                "rest",
                "Your routes do not hold the node where they start: only the end of each is there.",
            ),
            Mistake(
                "only one way is followed",
                "return routes",
                "return routes[:1]",
                "You found one route. When a node has several arrows out, is each of them followed, or does a `return` "
                "inside the loop end the search at the first?",
            ),
            Mistake(
                "only the last way is kept",
                "        for rest in all_routes(graph, node, end):\n            routes.append([start] + rest)",
                "        routes = [[start] + rest for rest in all_routes(graph, node, end)]",
                "The routes of the last arrow are all there, and those of the others are gone. Is the list made anew "
                "inside the loop?",
            ),
            Mistake(
                "the routes run backward",
                "[start] + rest",
                "rest + [start]",
                "Each route has the right nodes from the end to the start. We want them in the order in which one walks.",
            ),
        ),
        hints=(
            "A route from `start` is `start` itself, followed by a route from one of the nodes that it leads to.",
            "Let the function call itself: `all_routes(graph, node, end)` for every `node` in `graph[start]`.",
            "When `start == end` there is one route, and it is `[end]`. Otherwise put `[start]` before each route that "
            "comes back.",
        ),
        probes={"a graph with one route": {"nodes": 4, "extra": 0}},
    ),
    Exercise(
        name="sum_over_routes",
        points=2,
        problem=a_map,
        reference=sum_over_routes,
        mistakes=(
            Mistake(
                "the last route only",
                "total = total + product",
                "total = product",
                "Only the last route is left. Each route adds to the total; does one of yours overwrite it?",
            ),
            Mistake(
                "the routes were multiplied",
                "total = total + product",
                "total = (total or 1.0) * product",
                "The products along the routes are right, and then you multiplied them. Between routes we add.",
            ),
            Mistake(
                "summed along a route",
                "product = product * graph[a][b]",
                "product = product + graph[a][b] - (product == 1.0)",
                "Along one route you added the local derivatives. That is where they multiply.",
            ),
            Mistake(
                "the product is not started anew",
                "    for route in all_routes(graph, start, end):\n        product = 1.0\n",
                "    product = 1.0\n    for route in all_routes(graph, start, end):\n",
                "The second route goes on multiplying where the first one ended. Every route starts from 1.",
            ),
            Mistake(
                "the first edge of each route is left out",
                "zip(route[:-1], route[1:])",
                "zip(route[1:-1], route[2:])",
                "The first edge of every route is missing. A route of four nodes has three edges.",
            ),
            Mistake(
                "the last edge of each route is left out",
                "zip(route[:-1], route[1:])",
                "zip(route[:-2], route[1:-1])",
                "The last edge of every route is missing. A route of four nodes has three edges.",
            ),
        ),
        hints=(
            "For each route: the product of `graph[a][b]` over its neighbours `a, b`. Then add up.",
            "`zip(route[:-1], route[1:])` gives the neighbours of a route.",
            "Set the product to 1 before each route, and the total to 0 before all of them.",
        ),
        probes={"a graph with one route": {"nodes": 4, "extra": 0}},
    ),
    Exercise(
        name="reverse_sweep",
        points=3,
        problem=a_map_in_order,
        reference=reverse_sweep,
        mistakes=(
            Mistake(
                "overwritten at the forks",
                "d[node] = d[node] + local * d[after]",
                "d[node] = local * d[after]",
                "Where two arrows leave a node, only one of them counts in yours. A fork *adds*: do you use `=` where you "
                "need `+=`?",
            ),
            Mistake(
                "the local derivative is missing",
                "local * d[after]",
                "d[after]",
                "You pass the derivative back along each arrow unchanged. What does the arrow itself do to it?",
            ),
            Mistake(
                "multiplied at the forks",
                "d[node] = d[node] + local * d[after]",
                "d[node] = (d[node] or 1.0) * local * d[after]",
                "Where two arrows leave a node, you multiplied what comes back. Two routes: add.",
            ),
            Mistake(
                "swept forward",
                "reversed(order)",
                "order",
                "You went through the nodes from the first to the last. When you stand at a node, what lies *after* it must "
                "be finished. In which order is that so?",
            ),
            Mistake(
                "nothing to start from",
                "d[end] = 1.0",
                "d[end] = 0.0",
                "All of it is zero. One derivative is known before the sweep begins: how much does $y$ move when $y$ moves?",
            ),
            Mistake(
                "the total was replaced by a local derivative",
                "local * d[after]",
                "local",
                "You added up the local derivatives that leave each node. Each has to be multiplied by the total of the "
                "node that it leads to.",
            ),
        ),
        hints=(
            "Start with `d[end] = 1` and 0 everywhere else. Then visit the nodes from the last to the first.",
            "At a node, each arrow that leaves it brings back its local derivative times the total of where it leads.",
            "Inside the loop over `reversed(order)`: for each `after, local in graph[node].items()`, add one product.",
        ),
        probes={"a graph with one route": {"nodes": 4, "extra": 0}},
    ),
    Exercise(
        name="count_routes",
        points=2,
        problem=a_map_in_order,
        reference=count_routes,
        mistakes=(
            Mistake(
                "arrows were counted",
                "count[node] + count[after]",
                "count[node] + 1",
                "You counted the arrows that leave each node. An arrow brings back as many routes as there are from the "
                "node that it leads to.",
            ),
            Mistake(
                "overwritten at the forks",
                "count[node] = count[node] + count[after]",
                "count[node] = count[after]",
                "Where two arrows leave a node, only one of them counts in yours.",
            ),
            Mistake(
                "counted twice at the forks",
                "count[node] + count[after]",
                "2 * count[node] + count[after]",
                "At a fork, what was counted already is counted again with each further arrow.",
            ),
            Mistake(
                "swept forward",
                "reversed(order)",
                "order",
                "You went through the nodes from the first to the last. What lies after a node must be finished first.",
            ),
        ),
        hints=(
            "If every local derivative were 1, what would each route contribute to the sum over all routes?",
            "Your reverse sweep, with every local derivative replaced by 1, counts.",
        ),
        probes={"a graph with one route": {"nodes": 4, "extra": 0}},
    ),
    Written(
        name="why_routes_add",
        model=(
            "The total derivative says how much the loss moves when x is nudged. A nudge travels along every route at "
            "once; each route moves the loss by its own product of local derivatives times the nudge, and for a small "
            "nudge these movements simply add. The terms may be added because they speak of the same loss and of the same "
            "x: they are shares of one and the same change."
        ),
        guide=(
            "A nudge of x reaches the loss along each route at the same time, and each route's movement is the product of "
            "its local derivatives; small movements add.",
            "The terms are derivatives of the same loss with respect to the same variable. Equal denominators alone would "
            "not be enough.",
        ),
    ),
)
