"""Right, given an earlier function that is not: told from recorded calls alone, and what a forged record earns."""

import linecache
from dataclasses import replace

import numpy as np
import pytest

from autograde import course
from autograde.asking.ask import ask
from autograde.asking.calls import MANY, Called
from autograde.asking.wire import pack, unpack
from autograde.judging.exercise import Exercise
from autograde.judging.judge import judge


def step(w, x, h):
    return np.tanh(w * x + h)


def run(w, x, h):
    states = []
    for value in x:
        h = step(w, value, h)
        states.append(h)
    return np.array(states)


def whole(w, x, h):
    """The same in one piece, which calls nothing."""
    states = []
    for value in x:
        h = np.tanh(w * value + h)
        states.append(h)
    out = np.array(states)
    return 2 * out


STEP = Exercise("step", lambda rng: {"w": rng.normal(), "x": rng.normal(), "h": rng.normal(size=2)}, step)
RUN = Exercise("run", lambda rng: {"w": rng.normal(), "x": rng.normal(size=4), "h": rng.normal(size=2)}, run)
WHOLE = replace(RUN, name="whole", reference=whole)
RIGHT = """
def run(w, x, h):
    out = []
    for v in x:
        h = step(w, v, h)
        out.append(h)
    return np.stack(out)
"""


def notebook(*cells):
    space = {"np": np, "__name__": "__main__"}
    for number, text in enumerate(cells):
        name = f"<cell {number} of {hash(cells)}>"
        linecache.cache[name] = (len(text), None, text.splitlines(True), name)
        exec(compile(text, name, "exec"), space)
    return space


def judged(exercise, *cells, **how):
    problems = exercise.problems()
    answers = ask(exercise.kind, exercise.outputs, notebook(*cells)[exercise.name], problems, pieces=["step"])
    return judge(exercise, problems, unpack(pack(answers)), {"step": STEP}, **how)


def test_right_over_a_wrong_piece():
    found = judged(RUN, "def step(w, x, h): return np.sinh(w * x + h)", RIGHT)
    assert found.headline == "Right, given your `step`, which is not right yet: begin there."
    assert found.status == "right" and found.credit == 1 and found.how == "given"
    assert [p["kind"] for p in found.places] == ["step"]


def test_a_reference_that_calls_no_piece_is_followed_too():
    found = judged(WHOLE, "def step(w, x, h): return np.sinh(w * x + h)", RIGHT.replace("run", "whole").replace("np.stack(out)", "2 * np.stack(out)"))  # fmt: skip
    assert found.how == "given" and found.credit == 1


def test_many_calls_are_followed():
    """Right calls, of which there may be many before the wrong ones, are not among those that are counted."""
    long = replace(RUN, problem=lambda rng: {"w": rng.normal(), "x": rng.normal(size=50), "h": rng.normal(size=2)})
    late = "def step(w, x, h, turn=[0]):\n    turn[0] += 1\n    return np.tanh(w * x + h) * (1 + 0.09 * (turn[0] % 50 > 30))"
    found = judged(long, late, RIGHT)
    assert found.how == "given" and found.credit == 1


def test_complex_numbers_are_followed_too():
    """An answer that is asked for complex numbers as well loses nothing by that."""

    def numbers(rng, imaginary=0.0):
        found = {"w": rng.normal(), "x": rng.normal(size=4), "h": rng.normal(size=2)}
        return found | {"x": found["x"] * (1 + 1j * imaginary)} if imaginary else found

    both = replace(RUN, problem=numbers, probes={"complex numbers": {"imaginary": 0.1}})
    found = judged(both, "def step(w, x, h): return np.sinh(w * x + h)", RIGHT)
    assert found.how == "given" and found.credit == 1


def test_calls_that_give_one_array_and_several():
    mixed = "def run(w, x, h):\n    pair(w, x[0], h)\n    return np.stack([h := step(w, v, h) for v in x])"
    pair = replace(STEP, name="pair", reference=lambda w, x, h: (w * h, x * w), outputs=("a", "b"))
    space = notebook("def step(w, x, h): return np.sinh(w * x + h)", "def pair(w, x, h): return w + h, x + w", mixed)
    problems = RUN.problems()
    answers = ask("function", (), space["run"], problems, pieces=["step", "pair"])
    assert judge(RUN, problems, unpack(pack(answers)), {"step": STEP, "pair": pair}).how == "given"


def test_right_pieces_are_not_spoken_of():
    assert judged(RUN, "def step(w, x, h): return np.tanh(w * x + h)", RIGHT).headline == "Right."
    wrong = judged(RUN, "def step(w, x, h): return np.tanh(w * x + h)", RIGHT.replace("stack(out)", "stack(out) - 1"))
    assert "step" not in wrong.to_text() and wrong.credit == 0


def test_wrong_over_a_wrong_piece_earns_nothing():
    found = judged(RUN, "def step(w, x, h): return np.sinh(w * x + h)", RIGHT.replace("stack(out)", "stack(out[::-1])"))
    assert found.credit == 0 and found.how != "given"


def test_a_piece_that_raised_or_is_unwritten_is_said_first():
    assert judged(RUN, "def step(w, x, h): return w @ x", RIGHT).headline == "Your `step` raised an error: begin there."
    unwritten = judged(RUN, "def step(w, x, h): pass", RIGHT.replace("np.stack(out)", "np.stack(out) + 1"))
    assert unwritten.headline == "Your `step` is not written yet: begin there."
    assert (
        "step" not in judged(RUN, "def step(w, x, h): return w * x + h", RIGHT.replace("(w, v, h)", "(w, v)")).headline
    )


def test_a_forged_record_earns_nothing():
    problems = RUN.problems()
    zeros = [np.zeros((4, 2)) for _ in problems]
    answers = ask("function", (), notebook("def run(w, x, h): return np.zeros((4, 2))")["run"], problems)
    forged = [
        replace(a, value=z, calls=tuple(Called("step", (p["w"], v, np.zeros(2) if t else p["h"]), np.zeros(2)) for t, v in enumerate(p["x"])))
        for a, z, p in zip(answers, zeros, problems, strict=True)
    ]  # fmt: skip
    assert judge(RUN, problems, forged, {"step": STEP}).credit == 0
    cells = ("def step(w, x, h): return np.sinh(w * x + h)", RIGHT)
    assert judged(RUN, *cells, unsolved={"step"}).credit == 1
    assert judged(RUN, *cells, unsolved=()).credit == 0
    assert judged(RUN, *cells, earns=False).credit == 0


def test_records_are_bounded_and_the_notebook_is_as_it_was():
    space = notebook(
        "def step(w, x, h): return h", "def run(w, x, h):\n    for _ in range(500): step(w, x, h)\n    return x"
    )
    before = space["step"]
    answers = ask("function", (), space["run"], RUN.problems(), pieces=["step"])
    assert len(answers[0].calls) == MANY and space["step"] is before


def test_arguments_are_recorded_as_they_were_before_the_call():
    space = notebook("def step(w, x, h):\n    h += 1\n    return h", "def run(w, x, h): return step(w, x, h.copy())")
    problems = RUN.problems()
    call = ask("function", (), space["run"], problems, pieces=["step"])[0].calls[0]
    assert np.array_equal(call.arguments[2], problems[0]["h"]) and np.array_equal(call.result, problems[0]["h"] + 1)


SLIPS = {
    "rnn_forward": ("h_prev = h0", "h_prev = 0 * h0"),
    "rnn_step_backward": ("(1 - h**2)", "(1 - h)"),
    "rnn_backward": ("dh_loss[t] + dh_next", "dh_loss[t]"),
}


@pytest.mark.parametrize("name", ["rnn_truncated", "rnn_window"])
@pytest.mark.parametrize("piece", SLIPS)
def test_a_cut_that_is_right_over_a_wrong_piece_is_recognised(name, piece):
    """It calls its pieces many times, and one of them through another."""
    exercise, cells = course.find(name), {n: course.solution(n) for n in ("rnn_step", *SLIPS, name)}
    assert cells[piece].count(SLIPS[piece][0]) == 1
    cells[piece] = cells[piece].replace(*SLIPS[piece])
    every = list(course.exercises())
    earlier = {n: course.find(n) for n in every[: every.index(name)]}

    def found():
        problems = exercise.problems()
        answers = ask("function", exercise.outputs, notebook(*cells.values())[name], problems, pieces=earlier)
        return judge(exercise, problems, answers, earlier)

    verdict = found()
    assert verdict.headline.startswith("Right, given your ") and f"`{piece}`" in verdict.headline
    assert verdict.credit == exercise.points
    cells[name] = cells[name].replace("rnn_backward(Wxh,", "rnn_backward(2 * Wxh,")
    assert found().credit < exercise.points
