"""The exercises of 0.1 Start here."""

from autograde.judging.draw import numbers
from autograde.judging.exercise import Exercise, Written
from autograde.judging.questions import Choice, Guess, Recall
from lstm_ref import stages

TITLE = "0.1 Start here"


def a_number(rng):
    return {"x": float(numbers(rng, low=1.2, high=2.8))}


def a_point(rng):
    return {"u": a_number(rng)["x"]}


def weights_input_bias(rng):
    return {"W": rng.integers(1, 6, (3, 2)) / 2, "x": rng.integers(1, 6, 2) / 2, "b": rng.integers(1, 6, 3) / 4}


def slope_of_cube(x):
    return 3 * x**2


def two_forms(u):
    return 2 * u + 1


EXERCISES = (
    Exercise(
        name="slope_of_cube",
        problem=a_number,
        reference=slope_of_cube,
        alone="a derivative in one variable, written out",
        hints=(
            "The power comes down as a factor, and what stays above is one less.",
            "For $x^2$ this gives $2 x$, for $x^4$ it gives $4 x^3$. And in between?",
        ),
    ),
    Exercise(
        name="first_z",
        kind="value",
        problem=weights_input_bias,
        reference=stages.affine,
        hints=(
            "In Python the matrix product is written `@`.",
            "The line is nearly the formula: a product with `@`, and then the bias.",
        ),
    ),
    Exercise(
        name="two_forms",
        kind="expression",
        problem=a_point,
        reference=two_forms,
        alone="a derivative in one variable, written out",
        hints=(
            "Multiply out first, or use the product rule: both are fine.",
            "Multiplied out, it is $u^2 + u$. The slope of a sum is the sum of the slopes.",
        ),
    ),
    Written(
        name="local_and_total",
        model=(
            "The local derivative dy/du looks at a single step: how much y moves when u moves and all else is held still. "
            "The total derivative du asks how much the loss at the very end moves when u moves, over every way that leads there."
        ),
        guide=(
            "Local: a single step, how its one end moves with the other.",
            "Total: how the loss at the very end moves, over all ways that lead there.",
        ),
    ),
)

GUESSES = (
    Guess(
        "lucky_number",
        "Suppose the check had asked at $x = 0$ and nowhere else. Would `return x**2` have passed?",
        {
            "a": Choice(
                "No: it is wrong.",
                "It is wrong, and at $x = 0$ nobody would notice: $0^2$ and $3 \\cdot 0^2$ are both 0.",
            ),
            "b": Choice(
                "Yes: at 0 both are 0.",
                "Yes. Zeros hide mistakes, so the checks of this course draw numbers that are not.",
            ),
        },
        right="b",
    ),
)

RECALL = (
    Recall(
        "`du` in this course: is it the local derivative or the total one?",
        ("total", "the total one", "total one"),
        "Total: how much the loss, at the very end, moves when $u$ moves.",
    ),
    Recall(
        "What shape has `W`, if `W @ x` makes 3 numbers of 5? Its first number.",
        (3,),
        "`(3, 5)`: weights are `(out, in)`.",
    ),
)
