"""What a learner hears, for each way in which an answer can be wrong."""

import types
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from autograde import course
from autograde.asking.ask import Answer, ask
from autograde.judging.exercise import Exercise, Mistake, Own
from autograde.judging.judge import judge
from autograde.judging.verdict import MIME, CheckFailed, Verdict
from autograde.learning import notebook


def affine(W, x, b):
    z = W @ x + b
    return z


def a_layer(rng):
    return {"W": rng.normal(size=(2, 3)), "x": rng.normal(size=3), "b": rng.normal(size=2)}


def both(a, b):
    total = a + b
    product = a * b
    return total, product


def a_pair(rng):
    return {"a": rng.normal(size=3), "b": rng.normal(size=3)}


LAYER = Exercise(
    "affine",
    problem=a_layer,
    reference=affine,
    points=3,
    mistakes=(Mistake("the bias is missing", "    z = W @ x + b", "    z = W @ x", "Nothing shifts z."),),
    hints=("One.", "Two."),
)
PAIR = Exercise("both", problem=a_pair, reference=both, points=3, outputs=("total", "product"))
EXPRESSION = Exercise(
    "slope", problem=lambda rng: {"x": rng.uniform(1, 2)}, reference=lambda x: 2 * x, kind="expression"
)
ROUTES = Exercise(
    "routes", problem=lambda rng: {"n": int(rng.integers(3, 9))}, reference=lambda n: [[i] for i in range(n)]
)


def verdict(exercise, answer, seed=0, **options):
    problems = exercise.problems(seed)
    return judge(exercise, problems, ask(exercise.kind, exercise.outputs, answer, problems, **options))


def test_right_in_several_styles():
    def loops(W, x, b):
        z = [0.0] * len(b)
        for i in range(len(b)):
            for j in range(len(x)):
                z[i] += W[i, j] * x[j]
            z[i] += b[i]
        return z

    def einsum(W, x, b):
        return np.einsum("ij,j->i", W, x) + b

    def as_list(W, x, b):
        return (W.dot(x) + b).tolist()

    for style in (affine, loops, einsum, as_list):
        assert verdict(LAYER, style).status == "right"


def test_a_named_mistake():
    found = verdict(LAYER, lambda W, x, b: W @ x)
    assert found.mistakes == ("the bias is missing",) and found.credit == 0
    assert found.headline == "The bias is missing." and "Nothing shifts z." in found.details


WRONG = {
    "nothing": (lambda W, x, b: None, "empty", "Still to be written."),
    "raises": (lambda W, x, b: W @ b, "wrong", "Your code raised an error."),
    "todo": (lambda W, x, b: (_ for _ in ()).throw(NotImplementedError()), "empty", "Still to be written."),
    "exits": (lambda W, x, b: (_ for _ in ()).throw(SystemExit(1)), "wrong", "Your code raised an error."),
    "a generator": (lambda W, x, b: (v for v in W @ x), "wrong", "This is not the kind of answer"),
    "a masked array": (lambda W, x, b: np.ma.masked_array(W @ x + b, mask=[0, 1]), "wrong", "not the kind"),
    "shape": (lambda W, x, b: (W @ x + b)[:, None] * [1.5, 0.4], "wrong", "The shape is not right."),
    "a column": (lambda W, x, b: (W @ x + b)[:, None], "wrong", "has the right numbers, in another shape"),
    "not finite": (lambda W, x, b: (W @ x + b) / 0, "wrong", "Not every number is finite."),
    "constant": (lambda W, x, b: np.ones(2), "wrong", "does not depend on what is asked"),
    "values": (lambda W, x, b: W @ x + 1.5 * b, "wrong", "Not yet."),
    "a string": (lambda W, x, b: "two", "wrong", "Numbers are wanted here."),
    "a dict": (lambda W, x, b: {"z": 1.0}, "wrong", "Numbers are wanted here."),
    "a matrix": (lambda W, x, b: np.matrix(W @ x + b), "wrong", "not the kind"),
    "ragged rows": (lambda W, x, b: [[1.0], [1.0, 2.0]], "wrong", "The rows have different lengths."),
    "a 0-d array": (lambda W, x, b: (W @ x).sum(), "wrong", "The shape is not right."),
    "zeros": (lambda W, x, b: np.zeros(2), "wrong", "is zero everywhere"),
}


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
@pytest.mark.parametrize("answer, status, says", WRONG.values(), ids=WRONG)
def test_wrong_answers(answer, status, says):
    found = verdict(LAYER, answer)
    assert found.status == status and says in found.headline and found.credit == 0


def test_a_value_where_a_function_is_wanted():
    assert "not a function" in verdict(LAYER, np.ones(2)).headline


def test_a_function_where_a_value_is_wanted():
    value = Exercise("z", problem=a_layer, reference=affine, kind="value")
    assert "You handed over a function" in verdict(value, affine).details[0]


def test_the_transpose_and_the_difference_are_pointed_at():
    matrix = Exercise("dW", problem=a_layer, reference=lambda W, x, b: np.outer(b, x))
    found = verdict(matrix, lambda W, x, b: np.outer(x, b))
    assert "right, with rows and columns exchanged" in found.to_text()
    assert "At [1]" in verdict(LAYER, lambda W, x, b: W @ x + b + [0, 1]).to_text()


def test_a_value_exercise_does_not_give_its_answer_away():
    value = Exercise("z", problem=a_layer, reference=affine, kind="value")
    right = affine(**value.problems()[0])
    said = verdict(value, right + 1).to_text()
    assert not any(f"{r:.6g}" in said for r in right)


def test_arguments_changed_in_place_and_shared():
    def in_place(W, x, b):
        b += W @ x
        return b.copy()

    assert "`b`" in verdict(LAYER, in_place).details[0]
    same = Exercise("same", problem=a_layer, reference=lambda W, x, b: x.copy())
    found = verdict(same, lambda W, x, b: x[:])
    assert found.status == "right" and "shares its memory with `x`" in found.details[0]
    assert not verdict(same, lambda W, x, b: x.copy()).details


def test_a_second_call_must_agree():
    memory = []

    def forgets_nothing(W, x, b):
        memory.append(1)
        return W @ x + b + len(memory)

    assert "second call" in verdict(LAYER, forgets_nothing).headline


def test_endless_recursive_and_loud_code_comes_back():
    def endless(W, x, b):
        while True:
            pass

    assert "did not come back" in verdict(LAYER, endless, limit=0.2).headline

    def swallows(W, x, b):
        while True:
            try:
                while True:
                    pass
            except Exception:
                pass

    assert "did not come back" in verdict(LAYER, swallows, limit=0.2).headline

    def recursive(W, x, b):
        return recursive(W, x, b)

    assert "RecursionError" in verdict(LAYER, recursive).to_text()

    def loud(W, x, b):
        print("x" * 10**6)
        return W @ x + b

    problems = LAYER.problems()
    answers = ask("function", (), loud, problems)
    assert judge(LAYER, problems, answers).status == "right" and len(answers[0].printed) <= 2000


def test_shares_for_several_results():
    found = verdict(PAIR, lambda a, b: (a + b, a - b))
    assert found.status == "partly" and found.credit == 1.5
    assert "Right already: `total`." in found.details
    assert found._repr_mimebundle_()["text/plain"] == "1.5"
    assert verdict(PAIR, lambda a, b: {"product": a * b, "total": a + b}).status == "right"
    assert "2 results" in verdict(PAIR, lambda a, b: a + b).to_text()


def test_an_expression_may_have_any_equal_form():
    x = sp.Symbol("x", positive=True)
    for form in (2 * x, x + x, x * sp.Integer(4) / 2, sp.diff(x**2, x), sp.sqrt(4 * x**2)):
        assert verdict(EXPRESSION, form).status == "right", form
    assert verdict(EXPRESSION, 3 * x).status == "wrong"
    assert "Your expression holds y. Only x belongs here." in verdict(EXPRESSION, sp.Symbol("y")).to_text()
    assert "write it out" in verdict(EXPRESSION, sp.Derivative(x**2, x)).to_text()
    assert verdict(EXPRESSION, ...).status == "empty"


def test_a_collection_is_compared_without_order():
    assert verdict(ROUTES, lambda n: [(i,) for i in reversed(range(n))]).status == "right"
    said = verdict(ROUTES, lambda n: [[i] for i in range(1, n)] + [[99]]).to_text()
    assert "1 missing and 1 that should not be there" in said and "99" in said


def test_credit_is_a_finite_float_between_zero_and_the_points():
    for score, credit in ((np.float64(0.5), 0.5), (float("nan"), 0.0), (-1, 0.0), (9, 2.0), (float("inf"), 0.0)):
        found = Verdict("e", "partly", "", possible=2, score=score).credit
        assert type(found) is float and found == credit


def test_a_verdict_as_html_escapes_what_it_quotes():
    html = Verdict("e", "wrong", "`<script>alert(1)</script>`", ("a & b", "**bold**"), printed="<b>").to_html()
    assert "<script>" not in html and "&lt;script&gt;" in html and "<strong>bold</strong>" in html and "<b>" not in html


@pytest.fixture
def quiet(tmp_path, monkeypatch):
    monkeypatch.setenv("LSTM_BY_HAND_PROGRESS", str(tmp_path / "progress"))
    monkeypatch.setattr(course, "exercises", lambda: {"affine": LAYER, "both": PAIR})
    solution = "def affine(W, x, b):\n    z = W @ x + b\n    return z"
    notebook = types.SimpleNamespace(title="A", exercises=(LAYER, PAIR), solution=lambda name: solution)
    monkeypatch.setattr(course, "notebooks", lambda: {"n": notebook})
    return tmp_path


def test_a_failing_check_raises_with_its_message_alone(quiet):
    def affine(W, x, b):
        return W @ x

    with pytest.raises(CheckFailed) as caught:
        notebook.check(affine)
    assert caught.value._render_traceback_() == ["✗ affine: The bias is missing. (0 of 3)"]
    assert "Nothing shifts z." in str(caught.value)


def test_check_passes_offers_a_solution_and_remembers(quiet):
    passed = notebook.check(affine)
    assert "z = W @ x + b" in passed.model and passed._repr_mimebundle_()[MIME]["score"] == 3.0
    assert notebook.progress().next == "both"
    assert notebook.check(affine, hidden=True).status == "right"


def test_check_says_how_to_call_it(quiet):
    with pytest.raises(TypeError, match="one answer"):
        notebook.check()
    with pytest.raises(TypeError, match="which exercise"):
        notebook.check(lambda W: W)
    with pytest.raises(KeyError, match="Did you mean affine"):
        notebook.check(afine=affine)


def test_hints_come_one_at_a_time(quiet):
    first, second = repr(notebook.hint("affine")), repr(notebook.hint("affine"))
    assert "One." in first and "Two." not in first and "One." in second and "Two." in second
    assert "That was the last one." in repr(notebook.hint("affine"))


def test_a_patched_numpy_is_noticed(quiet, monkeypatch):
    monkeypatch.setattr(np, "tanh", np.sin)
    with pytest.raises(CheckFailed, match=r"np\.tanh"):
        notebook.check(affine)


def test_answers_without_a_value_fail_closed():
    assert judge(LAYER, LAYER.problems(), []).credit == 0
    assert judge(LAYER, LAYER.problems(), [Answer(affine(**LAYER.problems()[0]))]).credit == 0


def test_fractions_and_whole_numbers_are_numbers():
    half = Exercise("half", problem=lambda rng: {"n": int(rng.integers(1, 9))}, reference=lambda n: n / 2)
    assert verdict(half, lambda n: Fraction(n, 2)).status == "right"
    assert verdict(half, lambda n: np.array(n) / 2).status == "right"


def double_backward(w, x, dy):
    dw = dy * x
    return dw


GRADIENT = Exercise(
    "double_backward",
    problem=lambda rng: {"w": rng.normal(size=3), "x": rng.normal(size=3), "dy": rng.normal(size=3)},
    reference=double_backward,
    own=Own("forward", lambda f, p: np.sum(f(p["w"], p["x"]) * p["dy"]), {"double_backward": "w"}),
)


def in_a_notebook(text):
    space = {"np": np}
    exec(text, space)
    return space["double_backward"]


def test_an_unexplained_gradient_is_held_against_the_learners_own_forward_pass(tmp_path, monkeypatch):
    monkeypatch.setenv("LSTM_BY_HAND_PROGRESS", "off")
    forward = Exercise("forward", problem=GRADIENT.problem, reference=lambda w, x, dy: w * x)
    notebook_ = types.SimpleNamespace(title="A", exercises=(forward, GRADIENT))
    monkeypatch.setattr(course, "exercises", lambda: {"forward": forward, "double_backward": GRADIENT})
    monkeypatch.setattr(course, "notebooks", lambda: {"n": notebook_})
    off = in_a_notebook("def forward(w, x): return w * x\ndef double_backward(w, x, dy): return dy * np.tan(x)")
    with pytest.raises(CheckFailed, match=r"Held against your own forward: .* the loss changes by \S+, and your"):
        notebook.check(off)
    agrees = in_a_notebook(
        "def forward(w, x): return np.tanh(w) * x\ndef double_backward(w, x, dy): return dy * x / np.cosh(w)**2"
    )
    with pytest.raises(CheckFailed, match="does agree with your own forward"):
        notebook.check(agrees)
    alone = in_a_notebook("def double_backward(w, x, dy): return dy * np.tan(x)")
    with pytest.raises(CheckFailed) as caught:
        notebook.check(alone)
    assert "your own" not in str(caught.value)


def test_an_old_kernel_is_told_that_the_course_was_updated(quiet, monkeypatch):
    monkeypatch.setattr(notebook, "_STAMP", (0,))

    def affine(W, x, b):
        return W @ x

    with pytest.raises(CheckFailed, match="Restart the kernel"):
        notebook.check(affine)


@pytest.mark.filterwarnings("error")
def test_huge_numbers_warn_nobody():
    huge = Exercise(
        "huge", problem=lambda rng: {"x": np.exp(1e3 * rng.uniform(1, 2, 3))}, reference=lambda x: x * x - x
    )
    assert verdict(huge, lambda x: x * 1e300).status in ("right", "wrong")


def test_without_points_a_verdict_says_that_it_is_for_practice():
    exercise = course.find("four_totals")
    problems = exercise.problems()
    right = dict(zip(exercise.outputs, exercise.reference(**problems[0]), strict=True))
    found = judge(exercise, problems, ask("value", exercise.outputs, right, problems))
    assert found.status == "right" and found.summary == "✓ four_totals: Right. (no points, for practice)"
    wrong = judge(exercise, problems, ask("value", exercise.outputs, right | {"x": 0}, problems))
    assert wrong.status == "partly" and wrong.credit == 0 and "no points" in wrong.to_html()
