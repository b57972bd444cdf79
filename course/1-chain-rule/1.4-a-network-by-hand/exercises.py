"""The exercises of 1.4 A network by hand."""

import numpy as np

from autograde.judging.draw import numbers
from autograde.judging.exercise import Exercise, Written
from autograde.judging.questions import Choice, Guess, Recall
from lstm_ref.stages import affine, outer, sigmoid, sigmoid_backward, squared_error, squared_error_backward

TITLE = "1.4 A network by hand"

SIZES = ((2, 4, 3), (4, 2, 3), (2, 3, 4), (3, 2, 4))
"""Inputs, hidden units, outputs: pairwise different, and never the two outputs of the article."""
TWO_OUTPUTS = {"a network with two outputs": {"sizes": (3, 4, 2)}}


def _network(rng, sizes=None):
    D, H, K = sizes or SIZES[rng.integers(len(SIZES))]
    return {
        "W1": rng.normal(0, 0.9, (H, D)),
        "b1": rng.normal(0, 0.6, H),
        "W2": rng.normal(0, 0.9, (K, H)),
        "b2": rng.normal(0, 0.6, K),
        "x": numbers(rng, D, low=0.4, high=1.6),
        "t": rng.uniform(0.05, 0.95, K),
        "h": rng.uniform(0.15, 0.85, H),
        "o": rng.uniform(0.15, 0.85, K),
        "do_hat": numbers(rng, K, low=0.2, high=0.9),
        "dh": numbers(rng, H, low=0.2, high=0.9),
        "rate": rng.uniform(0.3, 0.9),
    }


def _some(*names):
    """A problem generator that hands out these parts of a random network, in this order."""

    def problem(rng, sizes=None):
        network = _network(rng, sizes)
        return {name: network[name] for name in names}

    return problem


def output_and_target(rng):
    return {"o": rng.uniform(0.55, 0.9), "t": rng.uniform(0.1, 0.45)}


def two_layers(W1, b1, W2, b2, x):
    h = sigmoid(affine(W1, x, b1))
    o = sigmoid(affine(W2, h, b2))
    return h, o


def network_forward(W1, b1, W2, b2, x, t):
    h, o = two_layers(W1, b1, W2, b2, x)
    E = squared_error(o, t)
    return h, o, E


def back_to_sums(o, t):
    """`do_hat (K,)`: back through the squared error and the outputs' sigmoid."""
    do = squared_error_backward(o, t)
    do_hat = sigmoid_backward(o, do)
    return do_hat


def slope_of_error(o, t):
    return back_to_sums(np.array([o]), np.array([t]))[0]


def output_gradients(h, o, t):
    do_hat = back_to_sums(o, t)
    dW2 = outer(do_hat, h)
    return do_hat, dW2


def route_shares(W2, do_hat):
    shares = W2 * do_hat[:, None]
    dh = shares.sum(axis=0)
    return shares, dh


def hidden_gradients(dh, h, x):
    dh_hat = sigmoid_backward(h, dh)
    dW1 = outer(dh_hat, x)
    return dh_hat, dW1


def network_gradients(W1, b1, W2, b2, x, t):
    h, o = two_layers(W1, b1, W2, b2, x)
    do_hat, dW2 = output_gradients(h, o, t)
    _, dh = route_shares(W2, do_hat)
    dh_hat, dW1 = hidden_gradients(dh, h, x)
    db1 = dh_hat
    db2 = do_hat
    return dW1, db1, dW2, db2


def gradient_step(W1, b1, W2, b2, x, t, rate):
    dW1, _, dW2, _ = network_gradients(W1, b1, W2, b2, x, t)
    return W1 - rate * dW1, W2 - rate * dW2


def step_as_printed(W1, b1, W2, b2, x, t, rate):
    h, o = two_layers(W1, b1, W2, b2, x)
    do_hat, dW2 = output_gradients(h, o, t)
    W2 = W2 - rate * dW2
    _, dh = route_shares(W2, do_hat)
    _, dW1 = hidden_gradients(dh, h, x)
    W1 = W1 - rate * dW1
    return W1, W2


def small_numbers(rng):
    return {"x": 2, "w": 3, "to_outputs": (0.5, -1), "targets": (1, -4)}


def pencil_network(x, w, to_outputs, targets):
    h = w * x
    errors = [v * h - t for v, t in zip(to_outputs, targets, strict=True)]
    E = sum(e**2 for e in errors) / 2
    dh = sum(v * e for v, e in zip(to_outputs, errors, strict=True))
    dw = dh * x
    return h, E, dh, dw


EXERCISES = (
    Exercise(
        name="pencil_network",
        kind="value",
        problem=small_numbers,
        reference=pencil_network,
        fixed="worked out with a pencil, from numbers that the text prints",
        outputs=("h", "E", "dh", "dw"),
        points=0,
        alone="numbers for a pencil, and no activation",
        hints=(
            "Forward: $h = 6$, so the outputs are 3 and -6. How far is each from its target?",
            "Back: what is missing at each output, times the weight that leads there; then add the two.",
        ),
    ),
    Exercise(
        name="network_forward",
        points=3,
        problem=_some("W1", "b1", "W2", "b2", "x", "t"),
        reference=network_forward,
        outputs=("h", "o", "E"),
        probes=TWO_OUTPUTS,
        hints=(
            "Three lines: one for the hidden units, the same once more for the outputs, one for the error.",
            "`W1 @ x` is the whole first layer at once; row 0 of `W1` holds the weights into the first hidden unit.",
            "`np.sum` adds up the entries of an array. Square before you add, and do not forget the half.",
        ),
    ),
    Exercise(
        name="slope_of_error",
        kind="expression",
        problem=output_and_target,
        reference=slope_of_error,
        hints=(
            "One route, two arrows: from $E$ back to $o$, and from $o$ back to $\\hat o$. Multiply their slopes.",
            "The slope of $\\frac12 (o - t)^2$ with respect to $o$: the 2 comes down and meets the half.",
            "The second factor stands in the text above, written with $o$ alone.",
        ),
    ),
    Exercise(
        name="output_gradients",
        points=2,
        problem=_some("h", "o", "t"),
        reference=output_gradients,
        outputs=("do_hat", "dW2"),
        probes=TWO_OUTPUTS,
        hints=(
            "`do_hat` is your expression from above, for all outputs at once: NumPy works entry by entry.",
            "`dW2` has a row for each output and a column for each hidden unit. Which two numbers meet in one entry?",
            "`np.outer(a, b)` holds every product of an entry of `a` (rows) and an entry of `b` (columns).",
        ),
    ),
    Exercise(
        name="route_shares",
        points=2,
        problem=_some("W2", "do_hat"),
        reference=route_shares,
        alone="each route by itself, where lstm_ref adds them up in one product",
        outputs=("shares", "dh"),
        probes=TWO_OUTPUTS,
        hints=(
            "The entry in row $k$ and column $j$ of `shares`: the weight there, times what has come back to output $k$.",
            "Row $k$ of `W2` is to be multiplied by the number `do_hat[k]`. A loop over the rows will do.",
            "`do_hat[:, None]` stands `do_hat` up as a column, so that `W2 * do_hat[:, None]` multiplies row by row. "
            "The axis of the rows is 0.",
        ),
    ),
    Exercise(
        name="hidden_gradients",
        points=2,
        problem=_some("dh", "h", "x"),
        reference=hidden_gradients,
        outputs=("dh_hat", "dW1"),
        hints=(
            "The same two steps as for the outputs, one layer further back.",
            "First back through the sigmoid, from `dh` to `dh_hat`. Then a table of products for `W1`.",
            "What did `W1` multiply in the forward pass? It takes the place that `h` had in `dW2`.",
        ),
    ),
    Exercise(
        name="network_gradients",
        points=4,
        problem=_some("W1", "b1", "W2", "b2", "x", "t"),
        reference=network_gradients,
        outputs=("dW1", "db1", "dW2", "db2"),
        probes=TWO_OUTPUTS,
        hints=(
            "Call what you have: `network_forward`, `output_gradients`, `route_shares`, `hidden_gradients`, in this order.",
            "Each of them returns several values. Take them apart: `h, o, E = network_forward(...)`.",
            "The biases cost nothing: each is added to a value with a hat, so nudging one nudges the other just as much.",
        ),
    ),
    Exercise(
        name="gradient_step",
        points=2,
        problem=_some("W1", "b1", "W2", "b2", "x", "t", "rate"),
        reference=gradient_step,
        outputs=("new_W1", "new_W2"),
        probes=TWO_OUTPUTS,
        hints=(
            "Call `network_gradients` once, and then update both.",
            "The new weights are the old ones minus rate times gradient.",
            "Write `W1 - ...`, not `W1 -= ...`: the second changes the caller's array.",
        ),
    ),
    Exercise(
        name="step_as_printed",
        points=2,
        problem=_some("W1", "b1", "W2", "b2", "x", "t", "rate"),
        reference=step_as_printed,
        outputs=("new_W1", "new_W2"),
        probes=TWO_OUTPUTS,
        hints=(
            "Start as in the right step: forward, then `do_hat` and `dW2`, all with the old weights.",
            "Then update `W2`, before anything else. Only after that go back to the hidden units.",
            "The one difference: which `W2` is handed to `route_shares`.",
        ),
    ),
    Written(
        name="why_one_point",
        model=(
            "A gradient belongs to one point: every local derivative on a route must be taken at the same weights. The wrong "
            "order multiplies a do_hat computed with the old W2 by the new W2, so its product is the derivative of the error at "
            "neither point. It still trains because one step changes W2 only a little, in proportion to the rate: the direction "
            "is slightly off but still leads downhill, and the output weights' own gradient is right. A falling error shows "
            "that a direction leads down, not that it is the gradient."
        ),
        guide=(
            "All factors along a route must be taken at the same weights; old do_hat times new W2 is the derivative at no point.",
            "It trains because the change of W2 in one step is small (of the order of the rate), so the direction is still "
            "downhill; a falling error does not prove a gradient.",
        ),
    ),
)

GUESSES = (
    Guess(
        "off_by_a_hair",
        "What is easily done differently in a program, so that the first error stays the same, the second is off by a hair, and the network still learns?",
        {
            "a": Choice(
                "The weights are rounded.",
                "Rounding moves the error in the eleventh digit; this one is off in the seventh.",
            ),
            "b": Choice(
                "The sign of a gradient is turned.",
                "Then those weights would walk uphill, and the second error would be off by more than a hair.",
            ),
            "c": Choice(
                "A layer is updated before the way back has gone through it.", "Yes. The next section does just that."
            ),
            "d": Choice(
                "The learning rate is another one.",
                "Then all eight new weights would differ from those printed, and they do not.",
            ),
        },
        right="c",
    ),
    Guess(
        "which_learns",
        "Which of the two orders learns faster, would you say?",
        {
            "a": Choice("the right one, clearly", "One would wish so. Look at the two curves."),
            "b": Choice("the wrong one, clearly", "It ends lower by a trifle only. Look."),
            "c": Choice(
                "one cannot tell them apart",
                "Yes, and that is the trouble with judging a gradient by its learning curve.",
            ),
        },
        right="c",
    ),
)

RECALL = (
    Recall(
        "A hidden unit feeds three outputs. How many terms has the sum for its `dh`?",
        (3,),
        "One for each output that it feeds.",
    ),
    Recall(
        "$\\mathrm{d}w_5 = \\mathrm{d}\\hat o_1$ times what?",
        ("h_1", "h1"),
        "Times $h_1$: what came forward from the unit that the weight leads *from*.",
    ),
    Recall(
        "May `W2` be updated before the gradient of `W1` is computed: yes or no?",
        ("no",),
        "No: a gradient belongs to one point. First all of it, then update.",
    ),
    Recall(
        "The loss falls. Does that show that the gradient is right: yes or no?",
        ("no",),
        "No. The wrong order's curve cannot be told from the right one's.",
    ),
)
