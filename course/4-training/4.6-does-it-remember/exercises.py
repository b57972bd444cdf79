"""The exercises of 4.6 Does it remember?"""

from functools import partial
from types import SimpleNamespace

import numpy as np

from autograde.judging.draw import numbers
from autograde.judging.exercise import Exercise, Written
from autograde.judging.questions import Choice, Guess, Recall
from lstm_ref import stages
from lstm_ref.fast import lstm as fast
from lstm_ref.lstm import Params

TITLE = "4.6 Does it remember?"
BUILDS_ON = ("3.5", "4.1", "4.2")


def _network(rng, H, K):
    W, b = 0.6 * numbers(rng, 4, H, H + K), numbers(rng, 4, H)
    return {"W": W, "b": b, "Wy": numbers(rng, K, H), "by": numbers(rng, K)}


def some_sums(rng, T=6, B=5, steep=1.0):
    return {"y": steep * numbers(rng, T, B, 1), "target": rng.uniform(0.2, 1.8, B)}


def a_distance(rng):
    return {"n": rng.uniform(3, 50)}


def a_start(rng, T=4, B=3, K=6, H=5):
    start = {"weights": _network(rng, H, K), "start_h": 0.5 * numbers(rng, H), "start_c": numbers(rng, H)}
    return start | {"x": rng.integers(0, K, (T, B)), "targets": rng.integers(0, K, (T, B))}


def adding_loss(y, target):
    error = y[-1, :, 0] - target
    loss = np.mean(error**2)
    dy = np.zeros(y.shape)
    dy[-1, :, 0] = 2 * error / len(target)
    return loss, dy


def train_loss(y, targets):
    T, B, _ = y.shape
    share = np.full((T, B), 1 / (T * B))
    bits = stages.cross_entropy(y, targets, share) / np.log(2)
    dy = stages.cross_entropy_backward(y, targets, share)
    return bits, dy


@partial  # given in the notebook: the mistakes of its pieces are not looked for
def there_and_back(weights, x, h0, c0, loss_of):
    h, c, memory = fast.forward(Params(weights["W"], weights["b"]), x, h0, c0)
    loss, dy = loss_of(stages.affine(weights["Wy"], h, weights["by"]))
    dWy, dh, dby = stages.affine_backward(weights["Wy"], h, dy)
    grads = fast.backward(memory, dh)
    gradients = {"W": grads.params.W, "b": grads.params.b, "Wy": dWy, "by": dby}
    return SimpleNamespace(loss=loss, gradients=gradients, dh0=grads.h0, dc0=grads.c0, h=h[-1], c=c)


def text_there_and_back(weights, x, targets, h0, c0):
    one_hot = np.eye(len(weights["by"]))[x]
    return there_and_back(weights, one_hot, h0, c0, lambda y: train_loss(y, targets))


def train_forget_bias(n):
    return np.log(n - 1)


def train_start(weights, start_h, start_c, x, targets):
    B = x.shape[1]
    h0 = np.tile(start_h, (B, 1))
    c0 = np.tile(start_c, (B, 1))
    run = text_there_and_back(weights, x, targets, h0, c0)
    return run.loss, run.gradients, run.dh0.sum(axis=0), run.dc0.sum(axis=0)


EXERCISES = (
    Exercise(
        name="adding_loss",
        problem=some_sums,
        reference=adding_loss,
        outputs=("loss", "dy"),
        alone="a squared error at one step; there is no network",
        hints=(
            "`y[-1, :, 0]` is what the network says after the last step, one number for each sequence. Its shape is `(B,)`, as that of `target`.",
            "A score that does not count in the loss has the gradient 0: begin with `np.zeros(y.shape)`.",
            "The slope of `error**2` is `2 * error`, and a mean of B numbers gives each the share 1/B.",
        ),
        probes={
            "one sequence": {"B": 1},
            "a single step": {"T": 1},
            "a longer sequence": {"T": 12},
            "gradients that are large": {"steep": 1000.0},
        },
    ),
    Exercise(
        name="train_forget_bias",
        kind="expression",
        problem=a_distance,
        reference=train_forget_bias,
        alone="an expression in SymPy",
        hints=(
            "Write the sigmoid out: $\\frac{1}{1 + e^{-b}} = \\frac{n - 1}{n}$. Turn both sides upside down.",
            "Then 1 goes away on both sides, and $e^{-b}$ stands alone. Take the logarithm.",
        ),
    ),
    Exercise(
        name="train_start",
        points=2,
        problem=a_start,
        reference=train_start,
        outputs=("loss", "gradients", "dstart_h", "dstart_c"),
        hints=(
            "`np.tile(start_h, (B, 1))` is a matrix of B equal rows.",
            "`there_and_back(weights, one_hot, h0, c0, lambda y: train_loss(y, targets))` returns all that you need.",
            "A copy into B rows is a fork with B branches, and at a fork gradients add.",
        ),
        probes={"a batch of one": {"B": 1}, "a longer sequence": {"T": 12}},
    ),
    Written(
        name="one_lucky_run",
        model=(
            "First: how many seeds? One run of each may be luck; I would want twenty, with the best and the worst. Second: what was the forget gate's bias? By default it is often near 0, "
            "a memory of about two steps; over thirty steps none of our LSTMs began to learn with it, and with a bias of 3 or so it might well win. Third: which rates did you try, for each? "
            "And last: nothing disturbs the network while it waits in this task. Where there is noise, as in the adding problem, it may be the other way round. Her run shows that "
            "this RNN can learn this copy, and that this LSTM with these settings did not. It says nothing about RNNs and LSTMs in general."
        ),
        guide=(
            "Asks for more seeds, and for what was changed or tried besides (rate, size, number of updates).",
            "Asks for the bias of the forget gate: at the default hardly anything comes through the delay.",
            "Says what the run does show: this network, on this task without noise, with these settings; no general claim.",
        ),
        points=3,
    ),
)

GUESSES = (
    Guess(
        "bet",
        "Your bet, once more. Over 30 steps of silence, which is the first to learn the copy?",
        {
            "a": Choice(
                "the RNN", "So it is, with the rate and the bias used here. Why is another question, and it comes next."
            ),
            "b": Choice(
                "the LSTM: it is built to remember",
                "It *can* remember. Whether it does at first depends on how its gates are set before training begins.",
            ),
            "c": Choice(
                "neither: thirty steps are too many",
                "They are too many where noise comes in at each step, as in the adding problem. Here nothing does.",
            ),
        },
        right="a",
    ),
    Guess(
        "one_bit",
        "Guessing costs 2 bits, and knowing the symbol costs 0. What does a network know whose loss stays at 1 bit?",
        {
            "a": Choice(
                "nothing: the symbol is forgotten on the way",
                "Whoever knows nothing of four symbols pays 2 bits. Something has come through all 30 steps.",
            ),
            "b": Choice(
                "the answer to one question: is it of this pair, or of that?",
                "Four symbols are two yes-or-no questions, a bit each. One is answered; between two symbols it still tosses a coin.",
            ),
            "c": Choice(
                "the symbol in half of the sequences, and nothing in the others",
                "That, too, would cost 1 bit on the average. But every sequence waits the same 30 steps: there is no easier half.",
            ),
        },
        right="b",
    ),
)

RECALL = (
    Recall(
        "One of four symbols has to be remembered, all equally likely. How many bits does a guess cost?",
        (2,),
        "2 bits: the logarithm to base 2 of 4.",
    ),
    Recall(
        "A forget gate has the bias 0, its weights hardly count. What share of the cell state is left after one step?",
        (0.5, "half", "1/2"),
        "Half: the sigmoid of 0. A bias of 0 is a memory of about two steps.",
    ),
    Recall(
        "A learned start is copied into B rows. Are the gradients of the rows added or averaged?",
        ("added", "summed", "add", "sum"),
        "Added: a copy is a fork, and at a fork gradients add.",
    ),
)
