"""The way that the asking side brings back: which values, from which lines, and within which bounds."""

import linecache

import numpy as np

from autograde.asking.ask import ask
from autograde.asking.trace import ENTRIES, MANY
from autograde.asking.wire import pack, unpack


def way(text, problem, name="f", pieces=(), limit=None):
    space = {"np": np, "__name__": "__main__"}
    cell = f"<cell of {hash(text)}>"
    linecache.cache[cell] = (len(text), None, text.splitlines(True), cell)
    exec(compile(text, cell, "exec"), space)
    return unpack(pack(ask("function", (), space[name], [problem], limit, pieces)))[0].way


X = {"x": np.array([0.5, 2.0])}


def values(seen, name):
    return [s.value.tolist() for s in seen if s.name == name]


def test_variables_and_parts_of_expressions_with_their_lines():
    seen = way("def f(x):\n    y = 2 * x + 1\n    return np.exp(y)", X)
    assert [(s.line, s.text, s.name) for s in seen] == [
        (2, "2 * x", ""), (2, "2 * x + 1", ""), (2, "y = 2 * x + 1", "y"), (3, "np.exp(y)", ""),
    ]  # fmt: skip
    assert values(seen, "y") == [[2.0, 5.0]]


def test_loops_helpers_and_changes_in_place_are_copied_at_once():
    text = "def g(h, v):\n    k = h * v\n    return k\ndef f(x):\n    s = np.zeros(1)\n    for v in x:\n        s += g(v, 3.0)\n    return s"
    seen = way(text, X)
    assert values(seen, "s") == [[0.0], [1.5], [7.5]]
    assert {s.function for s in seen} == {"f", "g"} and values(seen, "k") == [1.5, 6.0]


def test_lines_of_earlier_exercises_are_not_watched():
    text = "def g(h):\n    k = h * 2\n    return k\ndef f(x):\n    return g(x) + 1"
    assert not values(way(text, X, pieces=["g"]), "k") and values(way(text, X), "k")


def test_where_the_source_cannot_be_rewritten_the_variables_are_watched():
    closure = "def make():\n    a = 2.0\n    def f(x):\n        y = a * x\n        return y\n    return f\nf = make()"
    assert values(way(closure, X), "y") == [[1.0, 4.0]]
    called = "class K:\n    def __call__(self, x):\n        y = 3 * x\n        return y\nf = K()"
    assert values(way(called, X), "y") == [[1.5, 6.0]]


def test_a_run_that_fails_or_never_ends_keeps_what_was_seen():
    seen = way(
        "def f(x, first=[1]):\n    y = 2 * x\n    if len(first) > 2: raise ValueError\n    first.append(1)\n    return y",
        X,
    )
    assert values(seen, "y") == [[1.0, 4.0]]
    endless = "n = []\ndef f(x):\n    y = 2 * x\n    n.append(1)\n    while len(n) > 2: pass\n    return y"
    assert values(way(endless, X, limit=0.3), "y") == [[1.0, 4.0]]


def test_number_and_size_are_bounded():
    seen = way("def f(x):\n    for k in range(10_000):\n        y = x * k\n    return y", X)
    assert len(seen) == MANY
    seen = way("def f(x):\n    big = np.ones(5000)\n    for k in range(200): y = np.ones(4000) * k\n    return y", X)
    assert not values(seen, "big") and sum(s.value.size for s in seen) <= ENTRIES + 4096


def test_the_learners_own_names_are_left_alone():
    text = "count = 0\ndef f(x):\n    global count\n    count += 1\n    return x * count"
    space = {"np": np, "__name__": "__main__"}
    linecache.cache["<cell g>"] = (len(text), None, text.splitlines(True), "<cell g>")
    exec(compile(text, "<cell g>", "exec"), space)
    ask("function", (), space["f"], [X])
    assert "__seen__" not in space
