"""The exercises of 0.1 Start here."""

from autograde.exercise import Exercise, Mistake, Written

TITLE = "0.1 Start here"


def a_number(rng):
    return {"x": float(rng.uniform(1.2, 2.8) * rng.choice([-1.0, 1.0]))}


def a_point(rng):
    return {"u": a_number(rng)["x"]}


def weights_input_bias(rng):
    return {"W": rng.integers(1, 6, (3, 2)) / 2, "x": rng.integers(1, 6, 2) / 2, "b": rng.integers(1, 6, 3) / 4}


def slope_of_cube(x):
    return 3 * x**2


def first_z(W, x, b):
    return W @ x + b


def two_forms(u):
    return 2 * u + 1


EXERCISES = (
    Exercise(
        name="slope_of_cube",
        problem=a_number,
        reference=slope_of_cube,
        mistakes=(
            Mistake(
                "the factor is missing",
                "3 * x**2",
                "x**2",
                "The power is lowered, as it should be. But the curve is steeper than that: what happens to the old power, the 3, "
                "when it comes down?",
            ),
            Mistake(
                "the power is not lowered",
                "x**2",
                "x**3",
                "The 3 has come down, and it is still up there as well.",
            ),
            Mistake(
                "the function itself",
                "3 * x**2",
                "x**3",
                "That is $y$, the height of the curve. Its slope is asked for.",
            ),
            Mistake(
                "the power is lowered to 1",
                "x**2",
                "x",
                "The factor is right. By how much does a derivative lower the power?",
            ),
            Mistake(
                "the new power came down",
                "3 * x**2",
                "2 * x**2",
                "The power is lowered first in yours, and comes down then. It is the other way round.",
            ),
        ),
        hints=(
            "The power comes down as a factor, and what stays above is one less.",
            "For $x^2$ this gives $2 x$, for $x^4$ it gives $4 x^3$. And in between?",
        ),
    ),
    Exercise(
        name="first_z",
        kind="value",
        problem=weights_input_bias,
        reference=first_z,
        mistakes=(
            Mistake(
                "the bias is missing",
                " + b",
                "",
                "The product is right. One thing that `given` handed out is not in it yet.",
            ),
            Mistake(
                "entry by entry",
                "W @ x + b",
                "(W * x).T + b",
                "`*` multiplies entry by entry. A matrix product also adds up along each row.",
            ),
            Mistake(
                "not added up along the rows",
                "W @ x + b",
                "W * x",
                "`*` multiplies entry by entry. A matrix product also adds up along each row.",
            ),
            Mistake(
                "the bias is subtracted",
                "+ b",
                "- b",
                "Look at the sign before $b$ once more.",
            ),
            Mistake(
                "the bias is multiplied in",
                "+ b",
                "* b",
                "The product is right. A bias is not multiplied with it.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "only the first factor moves",
                "2 * u + 1",
                "u + 1",
                "You moved the first $u$ and held the second one still. Both are the same $u$.",
            ),
            Mistake(
                "only the second factor moves",
                "2 * u + 1",
                "u",
                "You moved the second $u$ and held the first one still. Both are the same $u$.",
            ),
            Mistake(
                "the slopes were multiplied",
                "2 * u + 1",
                "1",
                "You multiplied the slopes of the two factors. That is not the rule for a product.",
            ),
            Mistake(
                "the 1 is lost",
                "2 * u + 1",
                "2 * u",
                "That is the slope of $u^2$. Multiply $u (u + 1)$ out: is $u^2$ all that there is?",
            ),
        ),
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
