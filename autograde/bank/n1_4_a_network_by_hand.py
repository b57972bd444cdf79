"""The exercises of 1.4 A network by hand."""

import numpy as np

from autograde.exercise import Exercise, Mistake, Written

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
        "x": rng.uniform(0.4, 1.6, D) * rng.choice([-1.0, 1.0], D),
        "t": rng.uniform(0.05, 0.95, K),
        "h": rng.uniform(0.15, 0.85, H),
        "o": rng.uniform(0.15, 0.85, K),
        "do_hat": rng.uniform(0.2, 0.9, K) * rng.choice([-1.0, 1.0], K),
        "dh": rng.uniform(0.2, 0.9, H) * rng.choice([-1.0, 1.0], H),
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


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def network_forward(W1, b1, W2, b2, x, t):
    h = sigmoid(W1 @ x + b1)
    o = sigmoid(W2 @ h + b2)
    E = np.sum((o - t) ** 2) / 2
    return h, o, E


def slope_of_error(o, t):
    return (o - t) * o * (1 - o)


def output_gradients(h, o, t):
    do_hat = (o - t) * o * (1 - o)
    dW2 = np.outer(do_hat, h)
    return do_hat, dW2


def route_shares(W2, do_hat):
    shares = W2 * do_hat[:, None]
    dh = shares.sum(axis=0)
    return shares, dh


def hidden_gradients(dh, h, x):
    dh_hat = dh * h * (1 - h)
    dW1 = np.outer(dh_hat, x)
    return dh_hat, dW1


def network_gradients(W1, b1, W2, b2, x, t):
    h = sigmoid(W1 @ x + b1)
    o = sigmoid(W2 @ h + b2)
    do_hat = (o - t) * o * (1 - o)
    dh = W2.T @ do_hat
    dh_hat = dh * h * (1 - h)
    dW1, db1 = np.outer(dh_hat, x), dh_hat
    dW2, db2 = np.outer(do_hat, h), do_hat
    return dW1, db1, dW2, db2


def gradient_step(W1, b1, W2, b2, x, t, rate):
    dW1, _, dW2, _ = network_gradients(W1, b1, W2, b2, x, t)
    return W1 - rate * dW1, W2 - rate * dW2


def step_as_printed(W1, b1, W2, b2, x, t, rate):
    h = sigmoid(W1 @ x + b1)
    o = sigmoid(W2 @ h + b2)
    do_hat = (o - t) * o * (1 - o)
    W2 = W2 - rate * np.outer(do_hat, h)
    dh = W2.T @ do_hat
    W1 = W1 - rate * np.outer(dh * h * (1 - h), x)
    return W1, W2


EXERCISES = (
    Exercise(
        name="network_forward",
        points=3,
        problem=_some("W1", "b1", "W2", "b2", "x", "t"),
        reference=network_forward,
        outputs=("h", "o", "E"),
        probes=TWO_OUTPUTS,
        mistakes=(
            Mistake(
                "the hidden units have no activation",
                "sigmoid(W1 @ x + b1)",
                "W1 @ x + b1",
                "Your `h` is what goes *into* the sigmoid: in the text it wears a hat.",
            ),
            Mistake(
                "the outputs have no activation",
                "sigmoid(W2 @ h + b2)",
                "W2 @ h + b2",
                "Your `o` is what goes *into* the sigmoid: in the text it wears a hat.",
            ),
            Mistake(
                "the activation is tanh",
                "1 / (1 + np.exp(-z))",
                "np.tanh(z)",
                "Your activation is tanh. This network uses the sigmoid, which stands ready in a cell above.",
                of=sigmoid,
            ),
            Mistake(
                "the hidden activation is tanh",
                "h = sigmoid(",
                "h = np.tanh(",
                "Your hidden units use tanh. This network uses the sigmoid in both layers.",
            ),
            Mistake(
                "the hidden bias is missing",
                " + b1",
                "",
                "Look at what flows into a hidden unit in the figure. Inputs are not all of it.",
            ),
            Mistake(
                "the output bias is missing",
                " + b2",
                "",
                "Look at what flows into an output in the figure. Hidden units are not all of it.",
            ),
            Mistake(
                "the factor 1/2 is missing",
                " / 2",
                "",
                "The error is twice what it should be. Compare it with the formula, sign by sign.",
            ),
            Mistake(
                "the error is an average",
                "np.sum((o - t) ** 2) / 2",
                "np.mean((o - t) ** 2)",
                "You took the mean over the outputs. With two outputs that is the same as half the sum, and with any other "
                "number it is not.",
            ),
            Mistake(
                "the error is not summed",
                "np.sum((o - t) ** 2) / 2",
                "(o - t) ** 2 / 2",
                "That is one error for each output. A network has one number to make small.",
            ),
            Mistake(
                "squared after the sum",
                "np.sum((o - t) ** 2) / 2",
                "np.sum(o - t) ** 2 / 2",
                "You added first and squared then, so an output that is too large can make up for one that is too small.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "the sign is turned",
                "(o - t)",
                "(t - o)",
                "Everything is there, with the wrong sign. If $o$ is above its target and grows, does the error grow or shrink?",
            ),
            Mistake(
                "the activation's slope is missing",
                "(o - t) * o * (1 - o)",
                "(o - t)",
                "That takes you from $E$ back to $o$. One more arrow leads from $o$ back to $\\hat o$.",
            ),
            Mistake(
                "the error's slope is missing",
                "(o - t) * o * (1 - o)",
                "o * (1 - o)",
                "That takes you from $o$ back to $\\hat o$. The route begins one arrow earlier, at $E$.",
            ),
            Mistake(
                "the activation instead of its slope",
                " * (1 - o)",
                "",
                "You multiplied by $o$, which is the sigmoid itself. Along a route it is *slopes* that multiply.",
            ),
            Mistake(
                "the slope of tanh",
                "o * (1 - o)",
                "(1 - o**2)",
                "That would be the slope if the activation were tanh. This one is a sigmoid.",
            ),
            Mistake(
                "the factor 2 is left over",
                "(o - t)",
                "2 * (o - t)",
                "It is twice too large. What happens to the 2 that comes down from the square?",
            ),
            Mistake(
                "the half is still there",
                "(o - t)",
                "(o - t) / 2",
                "It is half as large as it should be. The square is differentiated as well: what comes down from it?",
            ),
            Mistake(
                "half of the sigmoid's slope",
                "* o * (1 - o)",
                "* (1 - o)",
                "The slope of the sigmoid has two factors, and you have one of them.",
            ),
            Mistake(
                "the two slopes were added",
                "(o - t) * o * (1 - o)",
                "(o - t) + o * (1 - o)",
                "Both slopes are right. They lie one after the other on one route; what do we do along a route?",
            ),
            Mistake(
                "the error itself was multiplied",
                "(o - t)",
                "(o - t) ** 2 / 2",
                "The first factor is $E$ itself. You need how $E$ *changes* with $o$.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "the sign is turned",
                "(o - t)",
                "(t - o)",
                "All signs are turned. This would be the way *down*; the update rule brings the minus in later.",
            ),
            Mistake(
                "the activation's slope is missing",
                " * o * (1 - o)",
                "",
                "`do_hat` is still the derivative with respect to $o$. The weights act *before* the sigmoid: go back "
                "through it first.",
            ),
            Mistake(
                "the activation instead of its slope",
                " * (1 - o)",
                "",
                "You multiplied by the sigmoid itself. Along a route it is slopes that multiply.",
            ),
            Mistake(
                "the slope was taken of the activation",
                "o * (1 - o)",
                "sigmoid(o) * (1 - sigmoid(o))",
                "`o` has been through the sigmoid already, and you sent it through once more.",
            ),
            Mistake(
                "the slope of tanh",
                "o * (1 - o)",
                "(1 - o**2)",
                "$1 - o^2$ is the slope of tanh. Which activation do these outputs have?",
            ),
            Mistake(
                "the factor 2 is left over",
                "(o - t)",
                "2 * (o - t)",
                "It is twice too large. What is the half in the error there for?",
            ),
            Mistake(
                "dW2 is transposed",
                "np.outer(do_hat, h)",
                "np.outer(h, do_hat)",
                "`dW2` has the right numbers in the wrong places. It has the shape of `W2`: a row for each output.",
            ),
            Mistake(
                "dW2 skips the sigmoid",
                "np.outer(do_hat, h)",
                "np.outer(o - t, h)",
                "`dW2` does not use `do_hat`: it starts from $o$, on the far side of the sigmoid.",
            ),
        ),
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
        outputs=("shares", "dh"),
        probes=TWO_OUTPUTS,
        mistakes=(
            Mistake(
                "the weights are missing",
                "W2 * do_hat[:, None]",
                "np.ones_like(W2) * do_hat[:, None]",
                "Each route carries `do_hat` back unchanged. In the figure, something stands on the arrow from output to hidden "
                "unit.",
            ),
            Mistake(
                "the gradients are missing",
                "W2 * do_hat[:, None]",
                "W2 * 1.0",
                "These are the weights alone. A route starts at $E$, and what has come back so far is `do_hat`.",
            ),
            Mistake(
                "the shares are transposed",
                "return shares, dh",
                "return shares.T, dh",
                "You gave each hidden unit a row. Here a row belongs to an output, a column to a hidden unit.",
            ),
            Mistake(
                "only the first route",
                "shares.sum(axis=0)",
                "shares[0]",
                "`dh` holds what comes back through the first output. A hidden unit feeds the others as well: a fork.",
            ),
            Mistake(
                "only the last route",
                "shares.sum(axis=0)",
                "shares[-1]",
                "`dh` holds what comes back through the last output only. Does a loop overwrite where it should add?",
            ),
            Mistake(
                "the routes were averaged",
                "shares.sum(axis=0)",
                "shares.mean(axis=0)",
                "You took the average over the routes. A nudge travels along all of them at once, at full size.",
            ),
            Mistake(
                "the routes were multiplied",
                "shares.sum(axis=0)",
                "shares.prod(axis=0)",
                "Along a route we multiply, and that part is right. Between routes we do something else.",
            ),
            Mistake(
                "summed along the wrong axis",
                "shares.sum(axis=0)",
                "shares.sum(axis=1)",
                "There is one number for each *output* in `dh`. There should be one for each hidden unit.",
            ),
            Mistake(
                "summed over everything",
                "shares.sum(axis=0)",
                "shares.sum()",
                "`dh` is one number. Each hidden unit has its own sum over its own routes.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "the activation's slope is missing",
                " * h * (1 - h)",
                "",
                "Between $h$ and $\\hat h$ stands a sigmoid, and you walked past it.",
            ),
            Mistake(
                "the activation instead of its slope",
                " * (1 - h)",
                "",
                "You multiplied by the sigmoid itself. Along a route it is slopes that multiply.",
            ),
            Mistake(
                "the slope was taken of the activation",
                "h * (1 - h)",
                "sigmoid(h) * (1 - sigmoid(h))",
                "`h` has been through the sigmoid already, and you sent it through once more.",
            ),
            Mistake(
                "the slope of tanh",
                "h * (1 - h)",
                "(1 - h**2)",
                "$1 - h^2$ is the slope of tanh. Which activation do these units have?",
            ),
            Mistake(
                "dW1 is transposed",
                "np.outer(dh_hat, x)",
                "np.outer(x, dh_hat)",
                "`dW1` has the right numbers in the wrong places. It has the shape of `W1`: a row for each hidden unit.",
            ),
            Mistake(
                "dW1 skips the sigmoid",
                "np.outer(dh_hat, x)",
                "np.outer(dh, x)",
                "`dW1` does not use `dh_hat`: it starts from $h$, on the far side of the sigmoid.",
            ),
            Mistake(
                "dW1 was made with h",
                "np.outer(dh_hat, x)",
                "np.outer(dh_hat, h)",
                "A weight's derivative needs what the weight was multiplied *by* in the forward pass. For `W1`, is that `h`?",
            ),
        ),
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
        mistakes=(
            Mistake(
                "the sign is turned",
                "(o - t)",
                "(t - o)",
                "Every gradient has the wrong sign. In which direction does the error grow when an output grows?",
            ),
            Mistake(
                "the outputs' slope is missing",
                "(o - t) * o * (1 - o)",
                "(o - t)",
                "All four start from $o$ instead of $\\hat o$. Go back through the outputs' sigmoid first.",
            ),
            Mistake(
                "the hidden units' slope is missing",
                "dh * h * (1 - h)",
                "dh",
                "The outputs' side is right. On the way to `W1` and `b1` there is a second sigmoid.",
            ),
            Mistake(
                "only the first route",
                "W2.T @ do_hat",
                "W2[0] * do_hat[0]",
                "On the way to the hidden units only the first output was followed. Each hidden unit feeds all of them.",
            ),
            Mistake(
                "the outputs' sigmoid is skipped on the way to h",
                "W2.T @ do_hat",
                "W2.T @ (o - t)",
                "The sweep to the hidden units starts at $o$, on the far side of the outputs' sigmoid.",
            ),
            Mistake(
                "a share was taken once for all",
                "W2.T @ do_hat",
                "W2.sum(axis=0) * do_hat.sum()",
                "You added the weights, added the gradients, and multiplied the sums. First a product for each route, then the sum.",
            ),
            Mistake(
                "db1 skips the sigmoid",
                "np.outer(dh_hat, x), dh_hat",
                "np.outer(dh_hat, x), dh",
                "`db1` starts from $h$. The bias is added *before* the sigmoid.",
            ),
            Mistake(
                "db2 skips the sigmoid",
                "np.outer(do_hat, h), do_hat",
                "np.outer(do_hat, h), o - t",
                "`db2` starts from $o$. The bias is added *before* the sigmoid.",
            ),
            Mistake(
                "one db1 for all hidden units",
                "np.outer(dh_hat, x), dh_hat",
                "np.outer(dh_hat, x), dh_hat.sum()",
                "You added `db1` up to one number, as if all hidden units shared one bias. In this notebook each has its own.",
            ),
            Mistake(
                "one db2 for all outputs",
                "np.outer(do_hat, h), do_hat",
                "np.outer(do_hat, h), do_hat.sum()",
                "You added `db2` up to one number, as if all outputs shared one bias. In this notebook each has its own.",
            ),
            Mistake(
                "the biases are multiplied in",
                "dW1, db1 = np.outer(dh_hat, x), dh_hat",
                "dW1, db1 = np.outer(dh_hat, x), dh_hat * b1",
                "`db1` has a factor $b_1$. The bias is *added* to the rest; what is the slope of a sum with respect to one term?",
            ),
            Mistake(
                "dW1 is transposed",
                "np.outer(dh_hat, x)",
                "np.outer(x, dh_hat)",
                "`dW1` has the right numbers in the wrong places. It has the shape of `W1`.",
            ),
            Mistake(
                "dW2 is transposed",
                "np.outer(do_hat, h)",
                "np.outer(h, do_hat)",
                "`dW2` has the right numbers in the wrong places. It has the shape of `W2`.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "uphill",
                "W1 - rate * dW1, W2 - rate * dW2",
                "W1 + rate * dW1, W2 + rate * dW2",
                "Your weights walk uphill: the gradient points to where the error *grows*.",
            ),
            Mistake(
                "the rate is missing",
                "W1 - rate * dW1, W2 - rate * dW2",
                "W1 - dW1, W2 - dW2",
                "You took the whole gradient as the step. How large a part of it is to be taken?",
            ),
            Mistake(
                "the steps, not the weights",
                "W1 - rate * dW1, W2 - rate * dW2",
                "-rate * dW1, -rate * dW2",
                "You returned by how much the weights change. The new weights themselves are asked for.",
            ),
            Mistake(
                "the rate divides",
                "W1 - rate * dW1, W2 - rate * dW2",
                "W1 - dW1 / rate, W2 - dW2 / rate",
                "A small rate is to make small steps. Yours makes large ones.",
            ),
            Mistake(
                "W2 was updated before the way back",
                "W1 - rate * dW1, W2 - rate * dW2",
                "step_as_printed(W1, b1, W2, b2, x, t, rate)",
                "The gradient of `W1` went back through the *new* `W2`, while everything else belongs to the old one.",
            ),
            Mistake(
                "W1 was updated after a second look",
                "W1 - rate * dW1, W2 - rate * dW2",
                "W1 - rate * network_gradients(W1, b1, W2 - rate * dW2, b2, x, t)[0], W2 - rate * dW2",
                "For `W1` you computed the gradient once more, after `W2` had changed. One step uses one point.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "this is the right order",
                "dh = W2.T @ do_hat",
                "dh = (W2 + rate * np.outer(do_hat, h)).T @ do_hat",
                "That is the correct step, and for once it is not what is asked for. Which `W2` does your way back use?",
            ),
            Mistake(
                "the forward pass was run again",
                "dh = W2.T",
                "o = sigmoid(W2 @ h + b2); do_hat = (o - t) * o * (1 - o); dh = W2.T",
                "After updating `W2` you ran the network forward again. The hasty program does not: it keeps its `do_hat`.",
            ),
            Mistake(
                "uphill",
                "W2 = W2 - rate * np.outer(do_hat, h)",
                "W2 = W2 + rate * np.outer(do_hat, h)",
                "The output weights walk uphill. Only the order is to be wrong here, not the sign.",
            ),
            Mistake(
                "the hidden weights walk uphill",
                "W1 = W1 - rate",
                "W1 = W1 + rate",
                "The hidden weights walk uphill. Only the order is to be wrong here, not the sign.",
            ),
        ),
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
