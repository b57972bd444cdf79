"""The exercises of 1.2 Forks and routes."""

from functools import partial

import numpy as np

from autograde.judging import draw
from autograde.judging.exercise import Exercise, Written
from lstm_ref.stages import tanh_backward

TITLE = "1.2 Forks and routes"

numbers = partial(draw.numbers, low=0.5, high=2.0)


def a_route(rng, length=None):
    return {"local": numbers(rng, length or int(rng.integers(3, 7)))}


def a_point(rng):
    return {"x": rng.uniform(0.3, 1.7)}


def weight_and_input(rng):
    return {"w": float(numbers(rng)), "x": float(numbers(rng))}


def a_graph(rng, nodes=6, extra=0.5):
    """A random graph from x to y in which every node lies on a route; the order is a forward order."""
    order = ["x", *"abcdefgh"[: nodes - 2], "y"]
    edges = [
        (i, j) for i in range(nodes) for j in range(i + 1, nodes) if j == i + 1 or (extra and rng.random() < extra)
    ]
    graph = {name: {} for name in rng.permutation(order).tolist()}
    for k in rng.permutation(len(edges)):
        i, j = edges[k]
        graph[order[i]][order[j]] = round(float(numbers(rng)), 2)
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
    inner = tanh_backward(h, w) * x
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


A_GRAPH = "routes in a graph of numbers"

EXERCISES = (
    Exercise(
        name="along_route",
        problem=a_route,
        reference=along_route,
        alone=A_GRAPH,
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
        alone="a derivative in one variable, written out",
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
        alone=A_GRAPH,
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
        alone=A_GRAPH,
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
        alone=A_GRAPH,
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
        alone=A_GRAPH,
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
