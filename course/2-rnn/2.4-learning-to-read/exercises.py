"""The exercises of 2.4 Learning to read."""

import numpy as np

from autograde.judging.draw import numbers
from autograde.judging.exercise import Exercise, Written
from autograde.judging.questions import Choice, Guess, Recall
from lstm_ref import optim, rnn

TITLE = "2.4 Learning to read"


def a_sequence(rng, T=7, D=2, H=4, n=3):
    weights = {"Wxh": numbers(rng, H, D) / 2, "Whh": numbers(rng, H, H) / 2, "bh": numbers(rng, H) / 2}
    return weights | {"x": numbers(rng, T, D), "h0": numbers(rng, H), "dh_loss": numbers(rng, T, H), "n": n}


def two_gradients(rng, opposed=False):
    a = [numbers(rng, *shape) for shape in ((3, 2), (3, 4), (3,))]
    sign = -1.0 if opposed else 1.0
    return {"a": a, "b": [sign * rng.uniform(0.5, 2.0) * d + numbers(rng, *d.shape) for d in a]}


def rnn_window(Wxh, Whh, bh, x, h0, dh_loss, n):
    params = rnn.Params(Wxh, Whh, bh)
    h, _ = rnn.sweep_forward(params, x, h0)
    total = [np.zeros_like(p) for p in params]
    dx = np.zeros_like(x)
    for t in range(len(x)):
        first = max(0, t - n + 1)
        window = slice(first, t + 1)
        alone = np.zeros_like(h[window])
        alone[-1] = dh_loss[t]
        before = h[first - 1] if first > 0 else h0
        steps = rnn.steps_of(x[window], before, h[window])
        gradients, _ = rnn.sweep_backward(params, steps, alone)
        total = [whole + share for whole, share in zip(total, gradients.params, strict=True)]
        dx_here = gradients.x
        dx[window] += dx_here
    return *total, dx


def gradient_cosine(a, b):
    dot = sum((p * q).sum() for p, q in zip(a, b, strict=True))
    norm_a, norm_b = optim.global_norm(a), optim.global_norm(b)
    return dot / (norm_a * norm_b)


EXERCISES = (
    Exercise(
        name="rnn_window",
        points=2,
        problem=a_sequence,
        reference=rnn_window,
        outputs=("dWxh", "dWhh", "dbh", "dx"),
        hints=(
            "One forward pass. Then a loop over the losses: the loss of step `t` goes back over the steps `first` to `t`, and no further.",
            "`first = max(0, t - n + 1)`. `rnn_backward` over `x[first : t + 1]` sweeps just that stretch. Which error does it get at each of its "
            "steps?",
            "An array of zeros, and `dh_loss[t]` in its last row. The state before the stretch is `h[first - 1]`, or `h0` where `first` is 0.",
        ),
        probes={
            "a window that holds everything": {"n": 7},
            "a window of one step": {"n": 1},
            "a longer sequence": {"T": 10, "n": 4},
        },
    ),
    Exercise(
        name="gradient_cosine",
        problem=two_gradients,
        reference=gradient_cosine,
        hints=(
            "All arrays together are one long vector. `(p * q).sum()` is what one pair of arrays adds to the dot product.",
            "Three sums over the arrays: one of `p * q`, one of `p**2`, one of `q**2`. Two of them need a root.",
        ),
        probes={"two that point apart": {"opposed": True}},
    ),
    Written(
        name="healthy_norm",
        model=(
            "No. The gradient of a weight is a sum over all steps. The terms of the last few steps can be large while those of "
            "distant steps are nearly zero, and the norm of the sum shows only the large ones. To see whether the gradient "
            "vanishes, plot the norm of what reaches each step against its distance from the loss. The falling loss is no proof "
            "either: it falls for every direction with a positive cosine to the true gradient, even when the long-range part is "
            "missing, or the backward pass is wrong."
        ),
        guide=(
            "A weight's gradient is a sum over steps: near terms keep its norm healthy while distant terms vanish. Look at the "
            "norm against the distance.",
            "A falling loss needs no more than a positive cosine with the true gradient, so it shows neither that distant steps "
            "are learned nor that the gradient is right.",
        ),
    ),
)

GUESSES = (
    Guess(
        "three_losses",
        "What do the three losses do in 1800 chunks of *Alice*?",
        {
            "a": Choice(
                "Only that of the true gradient falls.",
                "A loss falls for every direction with a positive cosine. These two have one.",
            ),
            "b": Choice(
                "All fall. Overwritten lies close to the true one, recurrence cut far above it.",
                "It is the other way about: the last one or two letters say most about the next, and the cut one hears of them.",
            ),
            "c": Choice(
                "All fall. Recurrence cut lies close to the true one, overwritten above it.",
                "Yes. From the loss alone you would not suspect it.",
            ),
        },
        right="c",
    ),
)

RECALL = (
    Recall(
        "A window of 10 for each loss. Over how many steps does the loss of step 35 go back? A number.",
        (10, "ten"),
        "Ten, its own and the nine before it. (In chunks of 10, step 35 is the fifth of its chunk, and goes back over five.)",
    ),
    Recall(
        "The loss falls. What is certain of the cosine between your steps and the true gradient: is it 1, or only mostly positive?",
        ("mostly positive", "only mostly positive", "positive"),
        "Only mostly positive. That the gradient is right is for a check to say.",
    ),
)
