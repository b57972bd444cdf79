"""A class in which everybody answered by themselves: right answers in the ways in which people write them, with their own names."""

from __future__ import annotations

import random

from autograde.classroom.overview.similar import Work

WAYS = {
    "along_route": [
        "def along_route(local):\n    {p} = 1\n    for {v} in local:\n        {p} *= {v}\n    return {p}",
        "def along_route(local):\n    {p} = 1.0\n    for {i} in range(len(local)):\n        {p} = {p} * local[{i}]\n    return {p}",
        "import math\ndef along_route(local):\n    return math.prod(local)",
    ],
    "sum_over_routes": [
        "def sum_over_routes(graph, start, end):\n    {s} = 0\n    for {r} in all_routes(graph, start, end):\n        {p} = 1\n"
        "        for {a}, {b} in zip({r}[:-1], {r}[1:]):\n            {p} *= graph[{a}][{b}]\n        {s} += {p}\n    return {s}",
        "def sum_over_routes(graph, start, end):\n    {s} = []\n    for {r} in all_routes(graph, start, end):\n"
        "        {l} = [graph[{a}][{b}] for {a}, {b} in zip({r}, {r}[1:])]\n        {s}.append(along_route({l}))\n    return sum({s})",
    ],
    "reverse_sweep": [
        "def reverse_sweep(graph, order, end):\n    {d} = {{{n}: 0.0 for {n} in order}}\n    {d}[end] = 1.0\n    for {n} in reversed(order):\n"
        "        for {m}, {w} in graph.get({n}, {{}}).items():\n            {d}[{n}] += {w} * {d}[{m}]\n    return {d}",
        "def reverse_sweep(graph, order, end):\n    {d} = dict.fromkeys(order, 0.0)\n    {d}[end] = 1.0\n    for {n} in order[::-1]:\n"
        "        if {n} in graph:\n            for {m} in graph[{n}]:\n                {d}[{n}] = {d}[{n}] + graph[{n}][{m}] * {d}[{m}]\n    return {d}",
        "def reverse_sweep(graph, order, end):\n    {d} = {{}}\n    for {n} in reversed(order):\n        if {n} == end:\n            {d}[{n}] = 1.0\n"
        "        else:\n            {d}[{n}] = sum({w} * {d}[{m}] for {m}, {w} in graph.get({n}, {{}}).items())\n    return {d}",
    ],
    "count_routes": [
        "def count_routes(graph, order, end):\n    {d} = {{{n}: 0 for {n} in order}}\n    {d}[end] = 1\n    for {n} in reversed(order):\n"
        "        for {m} in graph.get({n}, {{}}):\n            {d}[{n}] += {d}[{m}]\n    return {d}",
        "def count_routes(graph, order, end):\n    {d} = {{}}\n    for {n} in reversed(order):\n"
        "        {d}[{n}] = 1 if {n} == end else sum({d}[{m}] for {m} in graph.get({n}, {{}}))\n    return {d}",
    ],
}
NAMES = {
    "p": "p product result prod out",
    "v": "v x value d",
    "i": "i k j",
    "s": "total s out result",
    "r": "route r path",
    "a": "a u here",
    "b": "b v after",
    "d": "d totals grad result",
    "n": "node n name",
    "m": "after m child nxt",
    "w": "w weight slope",
    "l": "values xs factors",
}
WORDS = [
    "Because each route moves the loss by itself, and small changes add up.",
    "A nudge goes along both routes, so the loss feels the sum.",
    "The loss changes through every path, and the changes add.",
]


def works(count: int, seed: int) -> list[Work]:
    """What ``count`` students handed in."""
    rng = random.Random(seed)

    def one(number: int) -> Work:
        names = {k: rng.choice(v.split()) for k, v in NAMES.items()}
        return Work(
            f"s{number}", {e: rng.choice(v).format(**names) for e, v in WAYS.items()}, {"why": rng.choice(WORDS)}
        )

    return [one(n) for n in range(count)]
