"""The exercises of 4.3 On your own."""

from types import SimpleNamespace

import numpy as np

from autograde.judging.draw import numbers
from autograde.judging.exercise import Exercise, Own, Written
from autograde.judging.questions import Choice, Guess, Recall
from lstm_ref import gru, layouts, lstm

TITLE = "4.3 On your own"


def _weights(rng, H, D):
    weights = {"W": numbers(rng, 3, H, D), "U": numbers(rng, 3, H, H, low=0.15, high=0.6)}
    return weights | {"b": _bias(H), "b_q": 0.5 - _bias(H)[2]}


def _bias(H):
    """The same for every problem of this size: a backward pass never sees the biases."""
    return np.linspace(-0.7, 0.8, 3 * H).reshape(3, H)


def a_step(rng, H=4, D=2, sideways=0.0):
    biases = {"b": numbers(rng, 3, H), "b_q": numbers(rng, H)}
    p = _weights(rng, H, D) | biases | {"x": numbers(rng, D), "h_prev": numbers(rng, H)}
    return p | {"h_prev": p["h_prev"] + 1j * sideways} if sideways else p


def a_step_back(rng, H=4, D=2, steep=1.0):
    weights = _weights(rng, H, D)
    step = gru_step(**weights, x=numbers(rng, D), h_prev=numbers(rng, H))
    return {"W": weights["W"], "U": weights["U"], "step": step, "dh": steep * numbers(rng, H)}


def a_sequence_back(rng, T=5, H=4, D=2, many_to_one=False, steep=1.0):
    weights, h, steps = _weights(rng, H, D), numbers(rng, H), []
    for _ in range(T):
        steps.append(gru_step(**weights, x=numbers(rng, D), h_prev=h))
        h = steps[-1].h
    dh = steep * numbers(rng, T, H)
    if many_to_one:
        dh[:-1] = 0
    return {"W": weights["W"], "U": weights["U"], "steps": steps, "dh": dh}


def one_unit(rng):
    names = ("n", "q", "h_prev", "u_r", "u_z", "u_n")
    r, z = rng.uniform(0.2, 0.8, 2)
    return {"r": r, "z": z} | {name: float(numbers(rng, high=0.9)) for name in names}


def weights_to_hand_over(rng, H=3, D=2):
    return {"W": numbers(rng, 4, H, H + D), "b": numbers(rng, 4, H)}


def _kept(step, names):
    return SimpleNamespace(**{name: getattr(step, name) for name in names.split()})


def gru_step(W, U, b, b_q, x, h_prev):
    _, step = gru.cell_forward(gru.Params(W, U, b, b_q), x, h_prev)
    return _kept(step, "x h_prev r z q n h")


def _weights_alone(W, U):
    """No bias is needed on the way back."""
    return gru.Params(W, U, np.zeros(W.shape[:2]), np.zeros(W.shape[1]))


def gru_step_backward(W, U, step, dh):
    block = gru.cell_backward(_weights_alone(W, U), step, dh)
    return block.dW, block.dU, block.db, block.db_q, block.dx, block.dh_prev


def gru_backward(W, U, steps, dh):
    grads, _ = gru.sweep_backward(_weights_alone(W, U), steps, dh)
    return *grads.params, grads.x, grads.h0


def gru_roads(r, z, n, q, h_prev, u_r, u_z, u_n):
    dn_hat = (1 - z) * (1 - n**2)
    straight = z
    through_z = (h_prev - n) * z * (1 - z) * u_z
    through_q = dn_hat * r * u_n
    through_r = dn_hat * q * r * (1 - r) * u_r
    return straight + through_z + through_q + through_r


def torch_weights(W, b):
    layout = layouts.lstm_to_torch(lstm.Params(W, b))
    return layout["weight_ih_l0"], layout["weight_hh_l0"], layout["bias_ih_l0"]


def _step_loss(function, problem):
    step, H = problem["step"], len(problem["dh"])
    moved = function(problem["W"], problem["U"], _bias(H), 0.5 - _bias(H)[2], step.x, step.h_prev)
    return np.sum(problem["dh"] * moved.h)


def _sequence_loss(function, problem):
    W, U, steps, dh = problem.values()
    h, total, b = steps[0].h_prev, 0.0, _bias(dh.shape[1])
    for t in range(len(dh)):
        h = function(W, U, b, 0.5 - b[2], steps[t].x, h).h
        total += np.sum(dh[t] * h)
    return total


EXERCISES = (
    Exercise(
        name="gru_step",
        points=2,
        problem=a_step,
        reference=gru_step,
        outputs=("r", "z", "q", "n", "h"),
        probes={"complex numbers, which your checker sends": {"sideways": 0.1}},
        hints=(
            "Five lines, one for each equation, in the order in which they stand. `W_r, W_z, W_n = W` takes the matrices apart.",
            "`@` where a matrix meets a vector, `*` for $\\odot$. Mind what lies inside the tanh.",
        ),
    ),
    Exercise(
        name="gru_step_backward",
        points=6,
        problem=a_step_back,
        reference=gru_step_backward,
        outputs=("dW", "dU", "db", "db_q", "dx", "dh_prev"),
        probes={"gradients that are large": {"steep": 1000.0}},
        own=Own("gru_step", loss=_step_loss, wrt={"dW": "W", "dU": "U"}),
        hints=(
            "Cut the step into stages, as in 1.1: sums, products, activations. Give every stage's result a name. Then go through the "
            "list from its end, one stage at a time.",
            "Mark the forks: which values are used more than once? At each, gradients add. $z_t$ is used twice, $h_{t-1}$ four times.",
            "Begin at the mix. A product hands each factor the other one, so `dh` splits into what goes to $n_t$, to $z_t$ (two "
            "terms) and straight to $h_{t-1}$. Keep that last one for the end.",
            "Then: through the tanh to `dn_hat`; there the product $r_t \\odot q_t$ gives `dr` and `dq`; through the two sigmoids to "
            "`dr_hat` and `dz_hat`.",
            "Each matrix and each bias gets the gradient of the value that it made: $U_n$ and $b_q$ made $q_t$. `dx` is a sum of three "
            "terms, each with a transposed matrix; `dh_prev` of four, the straight one among them.",
        ),
    ),
    Exercise(
        name="gru_backward",
        points=6,
        problem=a_sequence_back,
        reference=gru_backward,
        outputs=("dW", "dU", "db", "db_q", "dx", "dh0"),
        probes={
            "a single step": {"T": 1},
            "a loss at the last step only": {"many_to_one": True},
            "a longer sequence": {"T": 12},
            "gradients that are large": {"steep": 1000.0},
        },
        own=Own("gru_step", loss=_sequence_loss, wrt={"dW": "W", "dU": "U"}),
        hints=(
            "There is one wire between the steps, as in 2.2. What is zero at the right edge, and what leaves at the left?",
            "At each step, from the last: the fork of $h_t$, your `gru_step_backward`, the sums over time, and what the step before "
            "will need.",
            "Four sums that start from zeros, a list for `dx`, and `dh_next`. Nothing else lives longer than one turn of the loop.",
        ),
    ),
    Exercise(
        name="gru_roads",
        kind="expression",
        points=2,
        problem=one_unit,
        reference=gru_roads,
        alone="an expression in SymPy",
        hints=(
            "In how many places of the five equations does $h_{t-1}$ stand? One road begins at each. Walk each to $h_t$ and multiply.",
            "Two of the four roads pass the tanh: from $q$, with the reset gate's $r$ on it, and from $r$, with $q$ on it. One "
            "passes $z$ alone, and one passes nothing.",
        ),
    ),
    Exercise(
        name="torch_weights",
        points=2,
        problem=weights_to_hand_over,
        reference=torch_weights,
        outputs=("weight_ih", "weight_hh", "bias"),
        hints=(
            "Two things happen: the gates change their order along the first axis, and the columns are cut between those that meet "
            "$h_{t-1}$ and those that meet $x_t$. `W[[2, 0]]` picks entries of the first axis in that order.",
            "`W[[1, 0, 2, 3], :, :H]` has the right gates and columns for one of the two. Then `reshape` stacks the four on top of one another.",
        ),
    ),
    Written(
        name="a_new_cell",
        points=3,
        model=(
            "I cut the forward pass into stages whose slopes I know, name every intermediate, and mark each value that is used more "
            "than once. Then I go back from the loss, one stage at a time: along a road local derivatives multiply, and at a fork the "
            "roads add. Through time that means that each step adds its own loss to what the next one passed back, that every wire "
            "between the steps brings something back, and that the gradients of shared weights are summed over the steps. Before I "
            "train, I compare every gradient, of weights, inputs and initial states, with a complex step or a central difference in "
            "float64, on a small random problem with several steps in which nothing is zero. A falling loss would not convince me: many "
            "wrong gradients still point roughly downhill."
        ),
        guide=(
            "Stages with known slopes, intermediates with names, then backward one stage at a time: multiply along a road, add at forks.",
            "Through time: own loss plus what arrives, at each wire; sums over the steps for shared weights.",
            "A numerical check of *every* gradient on several steps with nothing zero; a falling loss is no proof.",
        ),
    ),
)

GUESSES = (
    Guess(
        "gru_bias",
        "With which of the four biases does the most come back?",
        {
            "a": Choice(
                "-2: with $z_t$ near 0 nothing is held up",
                "So it would be if $z$ let the *new* in, as in some papers. Here $z$ says how much stays old: near 0, nearly nothing does.",
            ),
            "b": Choice(
                "0: neither open nor shut, everything passes",
                "At 0 the straight road has a factor of one half at each step, and after 60 steps that is next to nothing.",
            ),
            "c": Choice(
                "4: with $z_t$ near 1 the old state stays",
                "And what stays on the way there comes back on the way here: the straight road multiplies by $z_t$ alone.",
            ),
        },
        right="c",
    ),
)

RECALL = (
    Recall(
        "In our GRU, `z` is near 1. What stays: the old state or the candidate?",
        ("the old state", "old", "old state", "h_prev", "the old"),
        "The old state. Some papers turn `z` round: look before you copy.",
    ),
    Recall(
        "How many roads lead from `h_prev` to `h` in one step of a GRU?",
        (4, "four"),
        "Four: through `r`, through `z`, through `q`, and straight.",
    ),
    Recall(
        "A complex step compares a backward pass with which other pass?",
        ("forward", "the forward pass", "forward pass", "your forward pass", "the forward"),
        "With your own *forward* pass. If that is wrong, both agree, and both are wrong.",
    ),
)
