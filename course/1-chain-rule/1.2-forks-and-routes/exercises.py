"""The exercises of 1.2 Forks and routes."""

from functools import partial

import numpy as np

from autograde.judging import draw
from autograde.judging.exercise import Exercise, Written
from autograde.judging.questions import Choice, Guess, Recall
from lstm_ref.stages import tanh_backward

TITLE = "1.2 Forks and routes"

numbers = partial(draw.numbers, low=0.5, high=2.0)


def a_route(rng, length=None):
    return {"local": numbers(rng, length or int(rng.integers(3, 7)))}


def a_point(rng):
    return {"x": rng.uniform(0.3, 1.7)}


def weight_and_input(rng):
    return {"w": float(numbers(rng)), "x": float(numbers(rng))}


def a_graph(rng, nodes=6, extra=0.5, end="y"):
    """A random graph from x to `end` in which every node lies on a route; the order is a forward order."""
    order = ["x", *"abcdefgh"[: nodes - 2], end]
    edges = [
        (i, j) for i in range(nodes) for j in range(i + 1, nodes) if j == i + 1 or (extra and rng.random() < extra)
    ]
    graph = {name: {} for name in rng.permutation(order).tolist()}
    for k in rng.permutation(len(edges)):
        i, j = edges[k]
        graph[order[i]][order[j]] = round(float(numbers(rng)), 2)
    return graph, order


def a_map(rng, **options):
    graph, order = a_graph(rng, **options)
    return {"graph": graph, "start": "x", "end": order[-1]}


def a_map_in_order(rng, rungs=0, **options):
    graph, order = a_ladder(rungs) if rungs else a_graph(rng, **options)
    return {"graph": graph, "order": order, "end": order[-1]}


def a_ladder(rungs):
    """A row of diamonds, with 2 ** rungs routes: too many to list."""
    graph = {}
    for k in range(rungs):
        graph |= {
            f"n{k}": {f"up{k}": 1.5, f"down{k}": -0.5},
            f"up{k}": {f"n{k + 1}": 0.75},
            f"down{k}": {f"n{k + 1}": 1.25},
        }
    graph[f"n{rungs}"] = {}
    return graph, list(graph)


def a_small_graph(rng):
    return {"graph": {"x": {"u": 3, "v": 2}, "u": {"v": 2, "y": 4}, "v": {"w": 5}, "w": {"y": 2}, "y": {}}}


def four_totals(graph):
    w = graph["w"]["y"]
    v = graph["v"]["w"] * w
    u = graph["u"]["v"] * v + graph["u"]["y"]
    x = graph["x"]["u"] * u + graph["x"]["v"] * v
    return w, v, u, x


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
        probes={
            "a graph with one route": {"nodes": 4, "extra": 0},
            "a graph whose end is not called y": {"end": "loss"},
        },
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
        probes={
            "a graph with one route": {"nodes": 4, "extra": 0},
            "a graph whose end is not called y": {"end": "loss"},
        },
    ),
    Exercise(
        name="four_totals",
        kind="value",
        problem=a_small_graph,
        reference=four_totals,
        fixed="worked out with a pencil, from numbers that the figure prints",
        outputs=("w", "v", "u", "x"),
        points=0,
        alone="a graph to walk with a pencil; lstm_ref has no graphs",
        hints=(
            "From the end: $w$ has one arrow out, to $y$. Its total is what stands on it, times 1.",
            "Each arrow out of a node brings its number times the total at its other end. $u$ has two of them.",
        ),
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
        probes={
            "a graph with one route": {"nodes": 4, "extra": 0},
            "a graph whose end is not called y": {"end": "loss"},
        },
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
        probes={"a graph with one route": {"nodes": 4, "extra": 0}, "a ladder of 40 diamonds": {"rungs": 40}},
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

GUESSES = (
    Guess(
        "both_routes",
        "$x$ is nudged on both routes at once. How far does $y$ move, compared with the two single movements?",
        {
            "a": Choice("As far as both together.", "Yes, up to something as small as the nudge squared."),
            "b": Choice("As far as their product.", "Along a route one multiplies. These two run side by side."),
            "c": Choice(
                "As far as the larger one.", "The smaller movement does not go away because there is a larger one."
            ),
        },
        right="a",
    ),
    Guess(
        "thirty_rungs",
        "A ladder of 30 diamonds has 120 arrows. About how many routes lead along it?",
        {
            "a": Choice(
                "60",
                "That is 30 + 30: as if a diamond *added* two routes. At each diamond every route so far splits in two.",
            ),
            "b": Choice("900", "That is 30 times 30. Try it with three diamonds: 2, 4, 8."),
            "c": Choice("a thousand million", "Yes: 2 multiplied by itself 30 times, 1 073 741 824."),
        },
        right="c",
    ),
)

RECALL = (
    Recall(
        "Two routes lead from $x$ to $y$. Are their products added or multiplied?",
        ("added", "add", "they are added"),
        "Along a route multiply, over routes add.",
    ),
    Recall(
        "A value that is used twice: what does a fork do on the way *back*, copy or add?",
        ("add", "adds", "it adds"),
        "Forward a fork copies, backward it adds.",
    ),
    Recall("How often does one reverse sweep use each arrow? A number.", (1,), "Once: that is why it scales."),
    Recall(
        "$L = w \\tanh(w x)$ uses $w$ twice. How many terms has $\\mathrm{d}L/\\mathrm{d}w$?",
        (2,),
        "Two, one for each use.",
    ),
)
