"""The exercises of 0.2 NumPy in half an hour."""

from autograde.asking.given import Given
from autograde.judging.draw import numbers
from autograde.judging.exercise import Exercise, Written
from autograde.judging.questions import Choice, Guess, Recall

TITLE = "0.2 NumPy in half an hour"
NUMPY = "it is NumPy's own: lstm_ref begins where this ends"


def the_shapes(rng):
    return {"A": (4, 5), "u": (5,), "v": (4,)}


def five_shapes(A, u, v):
    return {
        "A @ u": A[:1],
        "A.T @ v": A[1:],
        "v @ A": A[1:],
        "np.outer(v, u)": v + u,
        "A * u": A,
    }


def a_table(rng, m=3, n=4):
    return {"X": numbers(rng, m, n)}


def a_table_and_a_column(rng, m=3, n=4):
    return a_table(rng, m, n) | {"c": numbers(rng, m)}


def a_vector_and_a_place(rng, n=5):
    return {"x": numbers(rng, n), "k": int(rng.integers(1, n - 1))}


def some_functions(rng, count=3):
    lines = [Given("linear", (float(numbers(rng)), float(numbers(rng)))) for _ in range(count)]
    return {"functions": [*lines[:1], Given("tanh"), *lines[1:]], "x": float(numbers(rng))}


def row_and_column(X):
    sums = X.sum(axis=1)
    largest = X.max(axis=0)
    return sums, largest


def shift_rows(X, c):
    return X + c[:, None]


def centred(X):
    return X - X.mean(axis=0)


def switched_off(x, k):
    new = x.copy()
    new[k] = 0
    return new


def one_after_another(functions, x):
    for function in functions:
        x = function(x)
    return x


EXERCISES = (
    Exercise(
        name="five_shapes",
        points=0,
        kind="value",
        problem=the_shapes,
        reference=five_shapes,
        fixed="worked out in the head, from shapes that the text prints",
        alone=NUMPY,
        hints=(
            "`@` uses up the last axis of what stands left and the first of what stands right. What is left over?",
            "`*` works entry by entry, with shapes aligned at the right; `np.outer` pairs every entry of the first with every entry "
            "of the second.",
        ),
    ),
    Exercise(
        name="row_and_column",
        problem=a_table,
        reference=row_and_column,
        outputs=("sums", "largest"),
        alone=NUMPY,
        hints=(
            "The axis that you name is the one that goes away.",
            "A sum for each row: it runs along the row, over the columns, which are the last axis.",
        ),
        points=2,
    ),
    Exercise(
        name="shift_rows",
        problem=a_table_and_a_column,
        reference=shift_rows,
        probes={"as many rows as columns": {"m": 3, "n": 3}},
        alone=NUMPY,
        hints=(
            "Write the two shapes one below the other, aligned at the right: where must `c` stand?",
            "`c` needs a second axis, of length 1, at its end.",
        ),
    ),
    Exercise(
        name="centred",
        problem=a_table,
        reference=centred,
        probes={"as many rows as columns": {"m": 3, "n": 3}},
        alone=NUMPY,
        hints=(
            "A mean for each column: along which axis does it run?",
            "The means have the shape `(n,)`, and that joins as a row, by itself.",
        ),
    ),
    Exercise(
        name="switched_off",
        problem=a_vector_and_a_place,
        reference=switched_off,
        alone=NUMPY,
        hints=(
            "First make numbers of your own, then write into them.",
            "`x.copy()` is a new array; `x` and `x[:]` are not.",
        ),
    ),
    Exercise(
        name="one_after_another",
        problem=some_functions,
        reference=one_after_another,
        alone="it is Python's own: 1.1 makes stages of it",
        hints=(
            "A loop over the functions.",
            "Keep one name for what has come out so far, and send it through the next.",
        ),
    ),
    Written(
        name="which_way_it_stretches",
        model="Shapes are aligned at the right, so (3,) joins a (3, 3) as a row: the same three numbers were added to every row, "
        "one number for each column. For a number for each row the vector has to be a column: v[:, None].",
        guide=(
            "Shapes are aligned at the right: the vector was put along the columns, the same in every row.",
            "It needs a second axis: `v[:, None]`.",
        ),
    ),
)

GUESSES = (
    Guess(
        "stretched",
        "`r` has the shape `(3,)` and `r[:, None]` the shape `(3, 1)`. What is `(r + r[:, None]).shape`?",
        {
            "a": Choice(
                "`(3,)`",
                "So it would be if both were vectors. Align the two shapes at the right: the 3 stands over the 1.",
            ),
            "b": Choice(
                "`(3, 1)`",
                "The column is stretched, too: its last axis has the length 1, and that is what may be stretched.",
            ),
            "c": Choice(
                "`(3, 3)`", "Yes: the row is put below itself three times, the column beside itself three times."
            ),
            "d": Choice(
                "it is an error", "It would be, if no length were 1 or missing. NumPy stretches whatever it can."
            ),
        },
        right="c",
    ),
)

RECALL = (
    Recall(
        "`W` has the shape `(4, 6)` and `x` the shape `(6,)`. How many numbers has `W @ x`?",
        (4,),
        "The 6 is used up: `(4, 6) @ (6,)` gives `(4,)`.",
    ),
    Recall(
        "`X` has the shape `(5, 7)`. How many numbers has `X.sum(axis=0)`?",
        (7,),
        "Axis 0 goes away: `(5, 7)` becomes `(7,)`.",
    ),
    Recall(
        "A function does `dW += step` on an array that it was given. Is the caller's array changed: yes or no?",
        ("yes",),
        "Yes: `+=` writes into the array, whoever it belongs to.",
    ),
    Recall(
        "`v` has the shape `(4,)`. What is the second number in the shape of `v[:, None]`?",
        (1,),
        "`v[:, None]` is a column, `(4, 1)`.",
    ),
)
