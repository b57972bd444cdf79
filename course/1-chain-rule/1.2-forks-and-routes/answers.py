"""Right answers to 1.2, in other styles."""

import functools
import math

import numpy as np


def product_by_logs(local):
    sign = (-1) ** sum(v < 0 for v in local)
    return sign * math.exp(sum(math.log(abs(v)) for v in local))


def slope_in_numpy(w, x):
    h = np.tanh(np.asarray([w * x]))
    return (h + w * x * (1 - h * h))[0]


def slope_by_cosh(w, x):
    return math.tanh(w * x) + w * x / math.cosh(w * x) ** 2


def slope_complex(w, x):
    w = complex(w, 1e-30)
    return (w * np.tanh(w * x)).imag / 1e-30


def routes_with_a_stack(graph, start, end):
    found, stack = [], [(start,)]
    while stack:
        route = stack.pop()
        if route[-1] == end:
            found.append(route)
        stack += [(*route, n) for n in graph[route[-1]]]
    return found


def routes_by_comprehension(graph, start, end):
    if start == end:
        return [[end]]
    return [[start, *rest] for n in graph[start] for rest in routes_by_comprehension(graph, n, end)]


def routes_as_a_set(graph, start, end):
    return {tuple(r) for r in routes_with_a_stack(graph, start, end)}


def sum_recursive(graph, start, end):
    return 1.0 if start == end else sum(d * sum_recursive(graph, n, end) for n, d in graph[start].items())


def sum_by_prod(graph, start, end):
    return sum(
        math.prod(graph[a][b] for a, b in zip(r, r[1:], strict=False)) for r in routes_with_a_stack(graph, start, end)
    )


def sum_by_matrix(graph, start, end):
    names = list(graph)
    A = np.array([[graph[a].get(b, 0.0) for b in names] for a in names])
    total = np.linalg.inv(np.eye(len(names)) - A)
    return total[names.index(start), names.index(end)]


def sweep_pull(graph, order, end):
    d = {end: 1.0}
    for node in order[::-1]:
        if node != end:
            d[node] = sum(local * d[after] for after, local in graph[node].items())
    return d


def sweep_push(graph, order, end):
    d = dict.fromkeys(order, 0.0) | {end: 1.0}
    for after in reversed(order):
        for node in order:
            if after in graph[node]:
                d[node] += graph[node][after] * d[after]
    return d


def sweep_memo(graph, order, end):
    @functools.cache
    def total(node):
        return 1.0 if node == end else sum(d * total(n) for n, d in graph[node].items())

    return {node: total(node) for node in order}


def count_memo(graph, order, end):
    return {k: int(v) for k, v in sweep_memo({n: dict.fromkeys(a, 1) for n, a in graph.items()}, order, end).items()}


def count_floats(graph, order, end):
    return sweep_pull({n: dict.fromkeys(a, 1.0) for n, a in graph.items()}, order, end)


def count_by_matrix(graph, order, end):
    arrows = np.array([[b in graph[a] for b in order] for a in order], dtype=float)
    ways = np.linalg.solve(np.eye(len(order)) - arrows, np.array([name == end for name in order], dtype=float))
    return dict(zip(order, ways, strict=True))


RIGHT = {
    "count_routes": {"memo": count_memo, "floats": count_floats, "matrix": count_by_matrix},
    "along_route": {
        "prod": np.prod,
        "logs": product_by_logs,
        "reduce": lambda local: functools.reduce(lambda a, b: a * b, local),
    },
    "slope_of_shared": {"numpy": slope_in_numpy, "cosh": slope_by_cosh, "complex step": slope_complex},
    "all_routes": {"stack": routes_with_a_stack, "comprehension": routes_by_comprehension, "set": routes_as_a_set},
    "sum_over_routes": {"recursive": sum_recursive, "prod": sum_by_prod, "matrix": sum_by_matrix},
    "reverse_sweep": {"pull": sweep_pull, "push": sweep_push, "memo": sweep_memo},
}
