"""The exercises of 4.3 On your own."""

from types import SimpleNamespace

import numpy as np

from autograde.judging.draw import numbers
from autograde.judging.exercise import Exercise, Own, Written

TITLE = "4.3 On your own"


def _weights(rng, H, D):
    weights = {"W": numbers(rng, 3, H, D), "U": numbers(rng, 3, H, H, low=0.15, high=0.6)}
    return weights | {"b": _bias(H), "b_q": 0.5 - _bias(H)[2]}


def _bias(H):
    """The same for every problem of this size: a backward pass never sees the biases."""
    return np.linspace(-0.7, 0.8, 3 * H).reshape(3, H)


def a_step(rng, H=4, D=2):
    biases = {"b": numbers(rng, 3, H), "b_q": numbers(rng, H)}
    return _weights(rng, H, D) | biases | {"x": numbers(rng, D), "h_prev": numbers(rng, H)}


def a_step_back(rng, H=4, D=2):
    weights = _weights(rng, H, D)
    step = gru_step(**weights, x=numbers(rng, D), h_prev=numbers(rng, H))
    return {"W": weights["W"], "U": weights["U"], "step": step, "dh": numbers(rng, H)}


def a_sequence_back(rng, T=5, H=4, D=2, many_to_one=False):
    weights, h, steps = _weights(rng, H, D), numbers(rng, H), []
    for _ in range(T):
        steps.append(gru_step(**weights, x=numbers(rng, D), h_prev=h))
        h = steps[-1].h
    dh = numbers(rng, T, H)
    if many_to_one:
        dh[:-1] = 0
    return {"W": weights["W"], "U": weights["U"], "steps": steps, "dh": dh}


def one_unit(rng):
    names = ("n", "q", "h_prev", "u_r", "u_z", "u_n")
    r, z = rng.uniform(0.2, 0.8, 2)
    return {"r": r, "z": z} | {name: float(numbers(rng, high=0.9)) for name in names}


def a_peephole_step(rng, H=5, D=2, dh=1.0, dc_next=1.0):
    W, P = numbers(rng, 4, H, H + D, low=0.15, high=0.6), numbers(rng, 3, H)
    b = np.linspace(-0.7, 0.8, 4 * H).reshape(4, H)
    step = peephole_step(W, P, b, numbers(rng, D), numbers(rng, H), numbers(rng, H))
    return {"W": W, "P": P, "step": step, "dh": dh * numbers(rng, H), "dc_next": dc_next * numbers(rng, H)}


def weights_to_hand_over(rng, H=3, D=2):
    return {"W": numbers(rng, 4, H, H + D), "b": numbers(rng, 4, H)}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def gru_step(W, U, b, b_q, x, h_prev):
    W_r, W_z, W_n = W
    U_r, U_z, U_n = U
    b_r, b_z, b_n = b
    r = sigmoid(W_r @ x + U_r @ h_prev + b_r)
    z = sigmoid(W_z @ x + U_z @ h_prev + b_z)
    q = U_n @ h_prev + b_q
    n = np.tanh(W_n @ x + b_n + r * q)
    h = (1 - z) * n + z * h_prev
    return SimpleNamespace(x=x, h_prev=h_prev, r=r, z=z, q=q, n=n, h=h)


def gru_step_backward(W, U, step, dh):
    W_r, W_z, W_n = W
    U_r, U_z, U_n = U
    x, h_prev, r, z, q, n = step.x, step.h_prev, step.r, step.z, step.q, step.n

    dn = dh * (1 - z)
    dz = dh * (h_prev - n)
    straight = dh * z
    dn_hat = dn * (1 - n**2)
    dr = dn_hat * q
    dq = dn_hat * r
    dr_hat = dr * r * (1 - r)
    dz_hat = dz * z * (1 - z)

    dW = np.stack([np.outer(dr_hat, x), np.outer(dz_hat, x), np.outer(dn_hat, x)])
    dU = np.stack([np.outer(dr_hat, h_prev), np.outer(dz_hat, h_prev), np.outer(dq, h_prev)])
    db = np.stack([dr_hat, dz_hat, dn_hat])
    db_q = dq
    dx = W_r.T @ dr_hat + W_z.T @ dz_hat + W_n.T @ dn_hat
    dh_prev = U_r.T @ dr_hat + U_z.T @ dz_hat + U_n.T @ dq + straight
    return dW, dU, db, db_q, dx, dh_prev


def gru_backward(W, U, steps, dh):
    T, H = dh.shape
    dW = np.zeros(W.shape)
    dU = np.zeros(U.shape)
    db = np.zeros((3, H))
    db_q = np.zeros(H)
    dx = [None] * T
    dh_next = np.zeros(H)
    for t in reversed(range(T)):
        dh_t = dh[t] + dh_next
        dW_t, dU_t, db_t, db_q_t, dx_t, dh_prev = gru_step_backward(W, U, steps[t], dh_t)
        dW = dW + dW_t
        dU = dU + dU_t
        db = db + db_t
        db_q = db_q + db_q_t
        dx[t] = dx_t
        dh_next = dh_prev
    return dW, dU, db, db_q, np.array(dx), dh_next


def gru_roads(r, z, n, q, h_prev, u_r, u_z, u_n):
    dn_hat = (1 - z) * (1 - n**2)
    straight = z
    through_z = (h_prev - n) * z * (1 - z) * u_z
    through_q = dn_hat * r * u_n
    through_r = dn_hat * q * r * (1 - r) * u_r
    return straight + through_z + through_q + through_r


def peephole_step(W, P, b, x, h_prev, c_prev):
    z = np.concatenate([h_prev, x])
    p_f, p_i, p_o = P
    f = sigmoid(W[0] @ z + p_f * c_prev + b[0])
    i = sigmoid(W[1] @ z + p_i * c_prev + b[1])
    g = np.tanh(W[2] @ z + b[2])
    c = f * c_prev + i * g
    o = sigmoid(W[3] @ z + p_o * c + b[3])
    h = o * np.tanh(c)
    return SimpleNamespace(x=x, h_prev=h_prev, c_prev=c_prev, z=z, f=f, i=i, g=g, o=o, c=c, h=h)


def peephole_backward(W, P, step, dh, dc_next):
    p_f, p_i, p_o = P
    f, i, g, o, c, c_prev, z = step.f, step.i, step.g, step.o, step.c, step.c_prev, step.z

    do_hat = dh * np.tanh(c) * o * (1 - o)
    dc = dh * o * (1 - np.tanh(c) ** 2) + dc_next + do_hat * p_o
    df_hat = dc * c_prev * f * (1 - f)
    di_hat = dc * g * i * (1 - i)
    dg_hat = dc * i * (1 - g**2)
    dc_prev = dc * f + df_hat * p_f + di_hat * p_i

    hats = np.stack([df_hat, di_hat, dg_hat, do_hat])
    dW = np.stack([np.outer(d_hat, z) for d_hat in hats])
    dP = np.stack([df_hat * c_prev, di_hat * c_prev, do_hat * c])
    dz = W[0].T @ df_hat + W[1].T @ di_hat + W[2].T @ dg_hat + W[3].T @ do_hat
    H = len(c)
    return dW, dP, hats, dz[H:], dz[:H], dc_prev


def torch_weights(W, b):
    _, H, width = W.shape
    order = [1, 0, 2, 3]
    W_h, W_x = W[order, :, :H], W[order, :, H:]
    weight_ih = W_x.reshape(4 * H, width - H)
    weight_hh = W_h.reshape(4 * H, H)
    bias = b[order].reshape(4 * H)
    return weight_ih, weight_hh, bias


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
        probes={"a single step": {"T": 1}, "a loss at the last step only": {"many_to_one": True}},
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
        hints=(
            "In how many places of the five equations does $h_{t-1}$ stand? One road begins at each. Walk each to $h_t$ and multiply.",
            "Two of the four roads pass the tanh: from $q$, with the reset gate's $r$ on it, and from $r$, with $q$ on it. One "
            "passes $z$ alone, and one passes nothing.",
        ),
    ),
    Exercise(
        name="peephole_backward",
        points=3,
        problem=a_peephole_step,
        reference=peephole_backward,
        outputs=("dW", "dP", "db", "dx", "dh_prev", "dc_prev"),
        probes={
            "a block where `dh` is zero": {"dh": 0.0},
            "a last block, where `dc_next` is zero": {"dc_next": 0.0},
        },
        hints=(
            "Start from your backward pass of 3.2. Each of the three new lines in the figure adds one term to a gradient that you have, "
            "and one row to `dP`.",
            "In which order? $o_t$ looks at $c_t$, so on the way back `do_hat` must be there before `dc`.",
            "A peephole is $\\hat f_t = \\dots + p_f \\odot c_{t-1}$: a product. It hands `df_hat * c_prev` to $p_f$. And to the "
            "other factor? The same for $p_i$; for $p_o$ it is $c_t$ that was seen.",
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
