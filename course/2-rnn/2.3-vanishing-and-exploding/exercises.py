"""The exercises of 2.3 Vanishing and exploding."""

from functools import partial

import numpy as np

from autograde.judging.draw import numbers
from autograde.judging.exercise import Exercise, Written
from autograde.judging.questions import Choice, Guess, Recall
from lstm_ref import optim, rnn

TITLE = "2.3 Vanishing and exploding"

_states = partial(numbers, low=0.2, high=0.9)


def a_point(rng):
    return {"w_h": float(numbers(rng))} | {name: float(_states(rng)) for name in ("h_1", "h_2", "h_3")}


def a_state(rng, H=4):
    return {"Whh": numbers(rng, H, H), "h": _states(rng, H)}


def some_states(rng, T=5, H=4):
    return {"Whh": numbers(rng, H, H), "h": _states(rng, T, H)}


def a_matrix(rng, kind="any"):
    if kind == "rotation":
        angle = rng.uniform(1.8, 2.8)
        return {
            "A": rng.uniform(0.6, 1.6) * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        }
    if kind == "negative":
        return {"A": -np.diag(np.sort(rng.uniform(1.2, 1.8, 3))) + np.triu(numbers(rng, 3, 3), 1)}
    return {"A": numbers(rng, 4, 4)}


def a_way_back(rng, T=5, H=4):
    return some_states(rng, T, H) | {"dh_T": numbers(rng, H)}


def some_gradients(rng, times=None):
    """Gradients of a character model with D = 2, H = 3, K = 4; the limit is `times` their norm."""
    gradients = [numbers(rng, *shape) for shape in ((3, 2), (3, 3), (4, 3), (3,), (4,))]
    norm = np.sqrt(sum((d**2).sum() for d in gradients))
    return {"gradients": gradients, "limit": float(norm * (times or rng.uniform(0.08, 0.14)))}


def dh3_dh0(w_h, h_1, h_2, h_3):
    Whh, h = np.array([[w_h]]), np.array([[h_1], [h_2], [h_3]])
    product = rnn.jacobian_product(Whh, h)
    return product[0, 0]


def spectral_radius(A):
    eigenvalues = np.linalg.eigvals(A)
    return np.max(np.abs(eigenvalues))


def step_back(Whh, h, dh):
    """What reaches the state before, from `dh` at the state `h`: no input plays a part, nor does that state itself."""
    H = len(h)
    params = rnn.Params(np.zeros((H, 1)), Whh, np.zeros(H))
    step = rnn.Step(np.zeros(1), np.zeros(H), np.arctanh(h), h)
    return rnn.cell_backward(params, step, dh).dh_prev


def rnn_gradient_norms(Whh, h, dh_T):
    found = [dh_T]
    for t in reversed(range(len(h))):
        dh = found[-1]
        found.append(step_back(Whh, h[t], dh))
    return np.array([np.linalg.norm(dh) for dh in found])


def rnn_clip(gradients, limit):
    clipped, _ = optim.clip(gradients, limit)
    return clipped


EXERCISES = (
    Exercise(
        name="dh3_dh0",
        kind="expression",
        points=2,
        problem=a_point,
        reference=dh3_dh0,
        hints=(
            "From $h_0$ to $h_3$ there is one route with three arrows. What do local derivatives do along a route?",
            "The arrow into $h_1$ has the local derivative $(1 - h_1^2)\\,w_h$; the other two look alike.",
        ),
    ),
    Exercise(
        name="rnn_jacobian",
        points=2,
        problem=a_state,
        reference=rnn.jacobian,
        hints=(
            "Row $i$ of the Jacobian is row $i$ of `Whh`, times one number. Which?",
            "`np.diag(v)` makes the diagonal matrix; `v[:, None] * A` scales the rows of `A` and builds no matrix of zeros.",
        ),
    ),
    Exercise(
        name="rnn_jacobian_product",
        points=2,
        problem=some_states,
        reference=rnn.jacobian_product,
        hints=(
            "Start from the identity, `np.eye(H)`, and multiply one Jacobian at a time onto it.",
            "`rnn_jacobian(Whh, h[t])` is the Jacobian of the step that ends in `h[t]`. The later step stands further left.",
        ),
        probes={"a single step": {"T": 1}},
    ),
    Exercise(
        name="spectral_radius",
        problem=a_matrix,
        reference=spectral_radius,
        alone="a property of a matrix, of which lstm_ref makes no use",
        hints=(
            "`np.linalg.eigvals(A)` gives the eigenvalues. Some may be complex.",
            "`np.abs` of a complex number is its modulus.",
        ),
        probes={"a rotation": {"kind": "rotation"}, "a matrix with negative eigenvalues": {"kind": "negative"}},
    ),
    Exercise(
        name="rnn_gradient_norms",
        points=3,
        problem=a_way_back,
        reference=rnn_gradient_norms,
        hints=(
            "It is the sweep of 2.2 without the weight gradients. Keep `dh`, what has arrived; start with `dh_T`.",
            "One step back: times the slope of tanh at `h[t]`, then times `Whh.T`. `np.linalg.norm(dh)` is the length.",
            "Store one norm before the loop and one in each turn. `t` runs from `T - 1` down to 0.",
        ),
        probes={"a single step": {"T": 1}},
    ),
    Exercise(
        name="rnn_clip",
        points=2,
        problem=some_gradients,
        reference=rnn_clip,
        outputs=("dWxh", "dWhh", "dWhy", "dbh", "dby"),
        hints=(
            "Two lines come before the result: the norm over all arrays, then the factor.",
            "`sum((d**2).sum() for d in gradients)` adds up the squares of all entries of all arrays.",
            "The factor is `limit / norm`, but never more than 1. Make new arrays: the old ones belong to the caller.",
        ),
        probes={"a gradient shorter than the limit": {"times": 2.5}},
    ),
    Written(
        name="above_one",
        model=(
            "Not on that ground. The spectral radius speaks of the powers of the weights, and each step also multiplies by the slopes of "
            "tanh, which are at most 1 and near 0 where units are saturated. So with 1.2 the gradient may explode, stay, or vanish: "
            "the inputs decide with it. Measure: take the states of a real run, send a gradient back through them, and plot its norm "
            "against the distance from the loss."
        ),
        guide=(
            "Each step multiplies by the slopes of tanh as well, and these are below 1, small where units are saturated: a radius above 1 "
            "does not settle it.",
            "Look at the norm of the gradient against the distance, from a backward pass over the states of a real run.",
        ),
    ),
)

GUESSES = (
    Guess(
        "six_in_a_matrix",
        "The spectral radius of this $A$ is 0.5. What does the size of $A^k$ do as $k$ grows?",
        {
            "a": Choice(
                "It halves with every step, from the first.",
                "Halving is what becomes of it in the long run. One step alone can lengthen a vector sixfold: try (0, 1).",
            ),
            "b": Choice(
                "It grows without end: there is a 6 in it.",
                "No single entry decides. The 6 leads from the second number to the first, and nothing leads back.",
            ),
            "c": Choice("It grows first, and then shrinks to nothing.", "Yes: the radius speaks of the long run."),
        },
        right="c",
    ),
)

RECALL = (
    Recall(
        "One unit, $w_h = 2$, and $h_t = 0.5$. What is $\\partial h_t / \\partial h_{t-1}$? A number.",
        (1.5,),
        "$(1 - 0.5^2) \\cdot 2 = 1.5$: the slope of tanh times the weight.",
    ),
    Recall(
        "States near 0, and a spectral radius of 0.5. About what is left of a gradient of length 1 after ten steps back? A number, or a power.",
        (0.5**10, 0.001, "0.5**10", "0.5^10", "2**-10", "1/1024", "1e-3"),
        "About $0.5^{10}$, a thousandth.",
    ),
    Recall(
        "A gradient has the global norm 60, the limit is 30. By which factor is each array multiplied? A number.",
        (0.5, "1/2"),
        "0.5, all arrays alike: the direction stays.",
    ),
    Recall(
        "A unit is saturated, $h$ near 1. Is the slope of its tanh near 0 or near 1?",
        (0, "near 0", "zero"),
        "Near 0: $1 - h^2$. Hardly any gradient passes.",
    ),
    Recall(
        "Gradients vanish over long distances. Does that make $\\mathrm{d}W_{hh}$ itself nearly zero: yes or no?",
        ("no",),
        "No: it is a sum over steps, and the near ones contribute in full.",
    ),
)
