"""The exercises of 4.3 On your own."""

import inspect
from types import SimpleNamespace

import numpy as np

from autograde.exercise import Exercise, Mistake, Own, Written

TITLE = "4.3 On your own"


def _numbers(rng, *shape, low=0.3, high=1.2):
    """Numbers of either sign, none of them near zero."""
    return rng.uniform(low, high, shape) * rng.choice([-1.0, 1.0], shape)


def _weights(rng, H, D):
    weights = {"W": _numbers(rng, 3, H, D), "U": _numbers(rng, 3, H, H, low=0.15, high=0.6)}
    return weights | {"b": _bias(H), "b_q": 0.5 - _bias(H)[2]}


def _bias(H):
    """The same for every problem of this size: a backward pass never sees the biases."""
    return np.linspace(-0.7, 0.8, 3 * H).reshape(3, H)


def a_step(rng, H=4, D=2):
    biases = {"b": _numbers(rng, 3, H), "b_q": _numbers(rng, H)}
    return _weights(rng, H, D) | biases | {"x": _numbers(rng, D), "h_prev": _numbers(rng, H)}


def a_step_back(rng, H=4, D=2):
    weights = _weights(rng, H, D)
    step = gru_step(**weights, x=_numbers(rng, D), h_prev=_numbers(rng, H))
    return {"W": weights["W"], "U": weights["U"], "step": step, "dh": _numbers(rng, H)}


def a_sequence_back(rng, T=5, H=4, D=2, many_to_one=False):
    weights, h, steps = _weights(rng, H, D), _numbers(rng, H), []
    for _ in range(T):
        steps.append(gru_step(**weights, x=_numbers(rng, D), h_prev=h))
        h = steps[-1].h
    dh = _numbers(rng, T, H)
    if many_to_one:
        dh[:-1] = 0
    return {"W": weights["W"], "U": weights["U"], "steps": steps, "dh": dh}


def one_unit(rng):
    names = ("n", "q", "h_prev", "u_r", "u_z", "u_n")
    r, z = rng.uniform(0.2, 0.8, 2)
    return {"r": r, "z": z} | {name: float(_numbers(rng, high=0.9)) for name in names}


def a_peephole_step(rng, H=5, D=2, dh=1.0, dc_next=1.0):
    W, P = _numbers(rng, 4, H, H + D, low=0.15, high=0.6), _numbers(rng, 3, H)
    b = np.linspace(-0.7, 0.8, 4 * H).reshape(4, H)
    step = peephole_step(W, P, b, _numbers(rng, D), _numbers(rng, H), _numbers(rng, H))
    return {"W": W, "P": P, "step": step, "dh": dh * _numbers(rng, H), "dc_next": dc_next * _numbers(rng, H)}


def weights_to_hand_over(rng, H=3, D=2):
    return {"W": _numbers(rng, 4, H, H + D), "b": _numbers(rng, 4, H)}


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


def _rewritten(function, *edits):
    """One edit that makes several: the whole body, and the body with each of them."""
    body = inspect.getsource(function).split("\n", 1)[1]
    after = body
    for old, new in edits:
        after = after.replace(old, new)
    return body, after


STEP_MISTAKES = (
    Mistake(
        "z and 1 - z are swapped",
        "    dn = dh * (1 - z)\n    dz = dh * (h_prev - n)\n    straight = dh * z",
        "    dn = dh * z\n    dz = dh * (n - h_prev)\n    straight = dh * (1 - z)",
        "That is the backward pass of the *other* convention, in which $z$ lets the new value in. Look at the mix again: here, "
        "which of the two does $z$ keep?",
    ),
    Mistake(
        "dn with z for 1 - z",
        "dn = dh * (1 - z)",
        "dn = dh * z",
        "The candidate got the wrong one of the two shares. What stands beside $n_t$ in the mix?",
    ),
    Mistake(
        "the straight road with 1 - z",
        "straight = dh * z",
        "straight = dh * (1 - z)",
        "On the road that runs straight from $h_t$ to $h_{t-1}$ stands the wrong one of the two shares. What stands beside "
        "$h_{t-1}$ in the mix?",
    ),
    Mistake(
        "the straight road to h_prev is missing",
        "straight = dh * z",
        "straight = 0 * dh",
        "Your `dh_prev` passes through matrices only. In the mix, $h_{t-1}$ is carried over as it is: a road with no weight on "
        "it, and the very road that a GRU is built for.",
    ),
    Mistake(
        "the straight road without z",
        "straight = dh * z",
        "straight = dh",
        "You carried all of `dh` over to `dh_prev`. In the mix, only a share of the old state is kept.",
    ),
    Mistake(
        "dz has the wrong sign",
        "h_prev - n",
        "n - h_prev",
        "`dz` points the other way. If $z$ grows, which of the two does the mix take more of?",
    ),
    Mistake(
        "z as if it were a forget gate",
        "h_prev - n",
        "h_prev",
        "You sent `dh` back to $z$ through the old state alone, as to an LSTM's forget gate. Count how often $z$ stands in the "
        "mix.",
    ),
    Mistake(
        "z is reached through the candidate alone",
        "h_prev - n",
        "-n",
        "You used one of the two places in which $z$ stands in the mix. It is a fork.",
    ),
    Mistake(
        "the candidate's share is missing",
        "dn = dh * (1 - z)",
        "dn = dh",
        "All of `dh` went to the candidate. In the mix it stands in a product.",
    ),
    Mistake(
        "tanh' is missing",
        "dn_hat = dn * (1 - n**2)",
        "dn_hat = dn",
        "You are behind the tanh, and you went on as if you were in front of it.",
    ),
    Mistake(
        "n went through tanh once more",
        "n**2",
        "np.tanh(n) ** 2",
        "`step.n` is the *output* of tanh. Its slope is written with the output as it stands.",
    ),
    Mistake(
        "tanh' twice",
        "dn_hat = dn * (1 - n**2)",
        "dn_hat = dn * (1 - n**2) ** 2",
        "The slope of tanh stands there twice. There is one tanh on this road.",
    ),
    Mistake(
        "sigma' taken of an activation",
        "    dr_hat = dr * r * (1 - r)\n    dz_hat = dz * z * (1 - z)",
        "    dr_hat = dr * sigmoid(r) * (1 - sigmoid(r))\n    dz_hat = dz * sigmoid(z) * (1 - sigmoid(z))",
        "`r` and `z` have been through the sigmoid already, and you sent them through once more. The slope is written with the "
        "output as it stands.",
    ),
    Mistake(
        "the gates instead of their slopes",
        "    dr_hat = dr * r * (1 - r)\n    dz_hat = dz * z * (1 - z)",
        "    dr_hat = dr * r\n    dz_hat = dz * z",
        "You multiplied by the gates themselves. Along a road it is *slopes* that multiply.",
    ),
    Mistake(
        "the sigmoids' slopes are missing",
        "    dr_hat = dr * r * (1 - r)\n    dz_hat = dz * z * (1 - z)",
        "    dr_hat = dr\n    dz_hat = dz",
        "`r` and `z` stand behind a sigmoid, and their weights in front of it. What lies between is missing.",
    ),
    Mistake(
        "the reset gate's road is missing",
        "dr = dn_hat * q",
        "dr = 0 * dn_hat",
        "The reset gate's weights got no gradient. Nudge $r_t$: does nothing move?",
    ),
    Mistake(
        "the reset gate as if it stood before the matrix",
        *_rewritten(
            gru_step_backward,
            ("dr = dn_hat * q", "dr = (U_n.T @ dn_hat) * h_prev"),
            ("dq = dn_hat * r", "dq = dn_hat"),
            ("np.outer(dq, h_prev)", "np.outer(dn_hat, r * h_prev)"),
            ("U_n.T @ dq", "r * (U_n.T @ dn_hat)"),
        ),
        "That is the backward pass of the GRU in which $r$ scales $h_{t-1}$, and the matrix comes after. In the equations above, "
        "what is it that $r_t$ multiplies?",
    ),
    Mistake(
        "dr with h_prev for q",
        "dr = dn_hat * q",
        "dr = dn_hat * h_prev",
        "You multiplied by the old state. What does $r_t$ multiply here: the state, or what a matrix has made of it?",
    ),
    Mistake(
        "dr without its partner",
        "dr = dn_hat * q",
        "dr = dn_hat",
        "A product hands each factor the *other* one. What is the reset gate's partner?",
    ),
    Mistake(
        "the reset gate is missing on the way to q",
        "dq = dn_hat * r",
        "dq = dn_hat",
        "`U_n` and `b_q` got what stands in front of the tanh, as if there were no reset gate on their road.",
    ),
    Mistake(
        "the tanh is skipped on the way to r and q",
        "    dr = dn_hat * q\n    dq = dn_hat * r",
        "    dr = dn * q\n    dq = dn * r",
        "The product $r_t \\odot q_t$ lies in front of the tanh. You came to it from behind.",
    ),
    Mistake(
        "dU_n without the reset gate",
        "np.outer(dq, h_prev)",
        "np.outer(dn_hat, h_prev)",
        "The last matrix in `dU` has the gradient of another place. Which value did `U_n` make, and what is *its* gradient?",
    ),
    Mistake(
        "db_q as if it were b_n",
        "db_q = dq",
        "db_q = dn_hat",
        "The two biases of the candidate got the same gradient. One of them stands inside what the reset gate multiplies.",
    ),
    Mistake(
        "b_n as if it were b_q",
        "np.stack([dr_hat, dz_hat, dn_hat])",
        "np.stack([dr_hat, dz_hat, dq])",
        "The last bias in `db` got the gradient of the other one. Which of the two is multiplied by the reset gate?",
    ),
    Mistake(
        "dh_prev without the road through r",
        "U_r.T @ dr_hat + ",
        "",
        "In `dh_prev` one road is missing: the reset gate reads $h_{t-1}$, too. Count the places in which $h_{t-1}$ stands.",
    ),
    Mistake(
        "dh_prev without the road through z",
        "U_z.T @ dz_hat + ",
        "",
        "In `dh_prev` one road is missing: the update gate reads $h_{t-1}$, too. Count the places in which $h_{t-1}$ stands.",
    ),
    Mistake(
        "dh_prev without the road through q",
        "U_n.T @ dq + ",
        "",
        "In `dh_prev` one road is missing: the candidate reads $h_{t-1}$ by a matrix of its own. Count the places in which it stands.",
    ),
    Mistake(
        "dh_prev through the two gates alone",
        " + U_n.T @ dq + straight",
        "",
        "You came back to $h_{t-1}$ through the two gates. It stands in more places than that. Count them in the equations.",
    ),
    Mistake(
        "dh_prev with dn_hat for dq",
        "U_n.T @ dq",
        "U_n.T @ dn_hat",
        "Through `U_n` you sent back the gradient of another place. Which value did `U_n` make?",
    ),
    Mistake(
        "dh itself is passed on as well",
        "+ straight",
        "+ straight + dh",
        "You added `dh` to `dh_prev` as it came. What the loss says about $h_{t-1}$ itself is added one step earlier; here is only what "
        "comes back through this step.",
    ),
    Mistake(
        "the matrices in dh_prev are not transposed",
        "U_r.T @ dr_hat + U_z.T @ dz_hat + U_n.T @ dq",
        "U_r @ dr_hat + U_z @ dz_hat + U_n @ dq",
        "You sent gradients through the matrices as they stand. They are square, so no shape complains. Forward a row gathers; what "
        "does one need on the way back?",
    ),
    Mistake(
        "dU is transposed",
        "np.stack([np.outer(dr_hat, h_prev), np.outer(dz_hat, h_prev), np.outer(dq, h_prev)])",
        "np.stack([np.outer(h_prev, dr_hat), np.outer(h_prev, dz_hat), np.outer(h_prev, dq)])",
        "The matrices in `dU` are square, so nothing complained: rows and columns are exchanged. A row belongs to the unit that a "
        "weight leads *to*.",
    ),
    Mistake(
        "h_t where h_{t-1} belongs",
        "np.stack([np.outer(dr_hat, h_prev), np.outer(dz_hat, h_prev), np.outer(dq, h_prev)])",
        "np.stack([np.outer(dr_hat, step.h), np.outer(dz_hat, step.h), np.outer(dq, step.h)])",
        "In `dU` you used what this step *makes*. What did the matrices read?",
    ),
    Mistake(
        "r and z have changed places",
        "    dr_hat = dr * r * (1 - r)\n    dz_hat = dz * z * (1 - z)",
        "    dz_hat = dr * r * (1 - r)\n    dr_hat = dz * z * (1 - z)",
        "What belongs to the reset gate stands where the update gate belongs, and the other way round. The order is r z n.",
    ),
)

PEEPHOLE_MISTAKES = (
    Mistake(
        "the output gate's peephole brings nothing back to c",
        " + do_hat * p_o",
        "",
        "Two branches of $c_t$ are there. With peepholes it has a third: somebody looks at $c_t$ before it is shown.",
    ),
    Mistake(
        "the output gate's peephole without its slope",
        "do_hat * p_o",
        "dh * np.tanh(c) * p_o",
        "The peephole ends in front of the output gate's sigmoid. You came to it from behind.",
    ),
    Mistake(
        "the output gate's peephole without its weight",
        "do_hat * p_o",
        "do_hat",
        "On the way from the output gate back to $c_t$ stands a weight.",
    ),
    Mistake(
        "the output gate's peephole leads to c_prev",
        *_rewritten(
            peephole_backward,
            (" + dc_next + do_hat * p_o", " + dc_next"),
            ("+ di_hat * p_i", "+ di_hat * p_i + do_hat * p_o"),
        ),
        "You sent the output gate's share to the *old* cell state. Two of the three peepholes look there. And the third?",
    ),
    Mistake(
        "the peepholes bring nothing back to c_prev",
        " + df_hat * p_f + di_hat * p_i",
        "",
        "Your `dc_prev` is that of an LSTM without peepholes. Who looks at $c_{t-1}$ now?",
    ),
    Mistake(
        "the forget gate's peephole brings nothing back to c_prev",
        " + df_hat * p_f",
        "",
        "In `dc_prev` one of the peepholes is missing. Two gates look at $c_{t-1}$.",
    ),
    Mistake(
        "the input gate's peephole brings nothing back to c_prev",
        " + di_hat * p_i",
        "",
        "In `dc_prev` one of the peepholes is missing. Two gates look at $c_{t-1}$.",
    ),
    Mistake(
        "no peephole brings anything back",
        *_rewritten(
            peephole_backward,
            (" + dc_next + do_hat * p_o", " + dc_next"),
            (" + df_hat * p_f + di_hat * p_i", ""),
        ),
        "`dP` is there, and nothing comes back *through* the peepholes. (The papers that introduced them cut these roads on "
        "purpose; here the whole gradient is asked for.)",
    ),
    Mistake(
        "the forget gate is missing on the way to c_prev",
        "dc_prev = dc * f",
        "dc_prev = dc",
        "All of `dc` reached the old cell state. Which product lies between?",
    ),
    Mistake(
        "every peephole at c_prev",
        "do_hat * c])",
        "do_hat * c_prev])",
        "In `dP` all three gates look at the old cell state. Which one is computed late enough to see the new one?",
    ),
    Mistake(
        "every peephole at c",
        "df_hat * c_prev, di_hat * c_prev,",
        "df_hat * c, di_hat * c,",
        "In `dP` all three gates look at the new cell state. Two of them are needed to make it.",
    ),
    Mistake(
        "dP without what the peepholes saw",
        "np.stack([df_hat * c_prev, di_hat * c_prev, do_hat * c])",
        "np.stack([df_hat, di_hat, do_hat])",
        "That is the gradient of a bias. A weight's gradient has a second factor: what it multiplied.",
    ),
    Mistake(
        "dP in the order of the weights' first three",
        "do_hat * c])",
        "dg_hat * c])",
        "The last row of `dP` belongs to a gate that has no peephole. The order is f i o.",
    ),
    Mistake(
        "the road from the next block is missing",
        " + dc_next",
        "",
        "Nothing comes in along the cell state from the right. That road is the same as in 3.2.",
    ),
    Mistake(
        "c for c_prev in df",
        "dc * c_prev * f",
        "dc * c * f",
        "In `df` you used the cell state *after* the update.",
    ),
)

EXERCISES = (
    Exercise(
        name="gru_step",
        points=2,
        problem=a_step,
        reference=gru_step,
        outputs=("r", "z", "q", "n", "h"),
        mistakes=(
            Mistake(
                "z and 1 - z are swapped",
                "(1 - z) * n + z * h_prev",
                "z * n + (1 - z) * h_prev",
                "The gates are right, and the mix follows the other convention. Here, which of the two does $z$ keep?",
            ),
            Mistake(
                "the reset gate stands before the matrix",
                "b_n + r * q",
                "b_n + U_n @ (r * h_prev) + b_q",
                "That is the GRU in which $r$ scales $h_{t-1}$. Here it scales what the matrix has made of it, the bias included.",
            ),
            Mistake(
                "the reset gate is missing",
                "b_n + r * q",
                "b_n + q",
                "Your candidate sees the whole of $q_t$. What stands in front of it?",
            ),
            Mistake(
                "the reset gate multiplies everything",
                "W_n @ x + b_n + r * q",
                "r * (W_n @ x + b_n + q)",
                "The reset gate scales the input, too. It is meant for what comes from the past.",
            ),
            Mistake(
                "b_q stands outside",
                "r * q",
                "r * (q - b_q) + b_q",
                "`b_q` belongs to $q_t$, and the reset gate multiplies all of that.",
            ),
            Mistake(
                "b_q is missing",
                "U_n @ h_prev + b_q",
                "U_n @ h_prev",
                "Your $q_t$ is a bare product. It has a bias of its own, beside $b_n$.",
            ),
            Mistake(
                "the old state is not kept",
                "(1 - z) * n + z * h_prev",
                "(1 - z) * n",
                "The mix has two parts, and one of them is missing.",
            ),
            Mistake(
                "a sigmoid for the candidate",
                "np.tanh(",
                "sigmoid(",
                "The candidate must be able to be negative. Which activation does it have?",
            ),
            Mistake(
                "one tanh too many",
                "h = (1 - z) * n + z * h_prev",
                "h = np.tanh((1 - z) * n + z * h_prev)",
                "An LSTM sends its cell state through tanh before it shows it. A GRU shows its state as it is.",
            ),
            Mistake(
                "r and z have changed places",
                "    W_r, W_z, W_n = W\n    U_r, U_z, U_n = U\n    b_r, b_z, b_n = b",
                "    W_z, W_r, W_n = W\n    U_z, U_r, U_n = U\n    b_z, b_r, b_n = b",
                "Your $r$ has the weights of $z$, and the other way round. The order is r z n.",
            ),
        ),
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
        mistakes=STEP_MISTAKES,
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
        mistakes=(
            Mistake(
                "dh_next is never added",
                "dh[t] + dh_next",
                "dh[t]",
                "Each step hears of its own loss and of no other. $h_t$ forks: up to its loss, and right to the next step.",
            ),
            Mistake(
                "dh_next is never updated",
                "dh_next = dh_prev",
                "pass",
                "`dh_next` is zero from the first turn to the last. What should it become at the end of each?",
            ),
            Mistake(
                "dh[t] is replaced by what arrives",
                "dh[t] + dh_next",
                "(dh[t] if t == T - 1 else dh_next)",
                "From the last loss on, `dh` of the other steps is not used. Two branches leave $h_t$, and both bring something back.",
            ),
            Mistake(
                "dh_next piles up",
                "dh_next = dh_prev",
                "dh_next = dh_next + dh_prev",
                "What came back from later steps is added again at each earlier one. It has been passed on already: through the step.",
            ),
            Mistake(
                "the weights' gradients are overwritten",
                "        dW = dW + dW_t\n        dU = dU + dU_t\n        db = db + db_t\n        db_q = db_q + db_q_t",
                "        dW = dW_t\n        dU = dU_t\n        db = db_t\n        db_q = db_q_t",
                "Only the first step's share is left. The weights are used at *every* step.",
            ),
            Mistake(
                "the biases' gradients are overwritten",
                "        db = db + db_t\n        db_q = db_q + db_q_t",
                "        db = db_t\n        db_q = db_q_t",
                "The matrices are summed over time, and the biases are not. They are used at every step as well.",
            ),
            Mistake(
                "db_q is overwritten",
                "db_q = db_q + db_q_t",
                "db_q = db_q_t",
                "One of the four sums over time is none.",
            ),
            Mistake(
                "a mean over time",
                "return dW, dU, db, db_q,",
                "return dW / T, dU / T, db / T, db_q / T,",
                "You divided by the number of steps. The loss is a sum over the steps, and so is its gradient.",
            ),
            Mistake(
                "swept forward",
                "reversed(range(T))",
                "range(T)",
                "You went from the first step to the last. What a step needs from the right must have been worked out before it.",
            ),
            Mistake(
                "dx is in the order of the sweep",
                "np.array(dx)",
                "np.array(dx[::-1])",
                "The rows of `dx` are right, and upside down: the sweep meets the last step first.",
            ),
            Mistake(
                "dh0 with the first loss in it",
                "np.array(dx), dh_next",
                "np.array(dx), dh_t",
                "That is the gradient of the first *output*. `h0` lies one step further to the left.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "the straight road is missing",
                "return straight + through_z",
                "return through_z",
                "All your roads pass a weight. One does not.",
            ),
            Mistake(
                "the road through z is missing",
                " + through_z",
                "",
                "The update gate reads $h_{t-1}$, too: nudge it, and the shares of the mix move.",
            ),
            Mistake(
                "the road through r is missing",
                " + through_r",
                "",
                "The reset gate reads $h_{t-1}$, too: nudge it, and what the candidate sees of the past moves.",
            ),
            Mistake(
                "the road through q is missing",
                " + through_q",
                "",
                "The candidate reads $h_{t-1}$ directly, with the weight $u_n$.",
            ),
            Mistake(
                "the straight road alone",
                "straight + through_z + through_q + through_r",
                "straight",
                "That is the road with no weight on it, and the most important one. There are three more.",
            ),
            Mistake(
                "the road through z has the wrong sign",
                "h_prev - n",
                "n - h_prev",
                "If $z$ grows, which of the two does the mix take more of?",
            ),
            Mistake(
                "z's slope is missing",
                "(h_prev - n) * z * (1 - z) * u_z",
                "(h_prev - n) * u_z",
                "The road through $z$ passes its sigmoid.",
            ),
            Mistake(
                "r's slope is missing",
                "dn_hat * q * r * (1 - r) * u_r",
                "dn_hat * q * u_r",
                "The road through $r$ passes its sigmoid.",
            ),
            Mistake(
                "tanh' is missing",
                "(1 - z) * (1 - n**2)",
                "(1 - z)",
                "Two of the roads pass the tanh.",
            ),
            Mistake(
                "the reset gate is missing on the road through q",
                "dn_hat * r * u_n",
                "dn_hat * u_n",
                "Between $q$ and the tanh stands the reset gate.",
            ),
            Mistake(
                "z and 1 - z are swapped",
                *_rewritten(
                    gru_roads,
                    ("(1 - z) * (1 - n**2)", "z * (1 - n**2)"),
                    ("straight = z", "straight = 1 - z"),
                    ("h_prev - n", "n - h_prev"),
                ),
                "That is the derivative of the other mix. Here, which of the two does $z$ keep?",
            ),
        ),
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
        mistakes=PEEPHOLE_MISTAKES,
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
        mistakes=(
            Mistake(
                "the gates are in our order",
                "[1, 0, 2, 3]",
                "[0, 1, 2, 3]",
                "Everything has the right shape, and the gates stand in the order f i g o. Nothing would complain: the layer would "
                "just be another network.",
            ),
            Mistake(
                "the wrong two gates were exchanged",
                "[1, 0, 2, 3]",
                "[0, 1, 3, 2]",
                "You exchanged two gates, and not the two that stand in different places. Ours: f i g o.",
            ),
            Mistake(
                "the order of another library",
                "[1, 0, 2, 3]",
                "[1, 0, 3, 2]",
                "f and i are in their places, g and o are not. In PyTorch the order is i f g o.",
            ),
            Mistake(
                "W was cut with x first",
                "W_h, W_x = W[order, :, :H], W[order, :, H:]",
                "W_h, W_x = W[order, :, width - H :], W[order, :, : width - H]",
                "The shapes fit, and the cut is at the wrong place: the first columns of `W` act on $h_{t-1}$.",
            ),
            Mistake(
                "unit by unit instead of gate by gate",
                *_rewritten(
                    torch_weights,
                    ("W_x.reshape", "W_x.swapaxes(0, 1).reshape"),
                    ("W_h.reshape", "W_h.swapaxes(0, 1).reshape"),
                    ("b[order].reshape", "b[order].T.reshape"),
                ),
                "You laid the four rows of each *unit* below one another. All rows of the first gate come first.",
            ),
            Mistake(
                "the biases are in our order",
                "b[order]",
                "b",
                "The matrices are in PyTorch's order, and the biases are still in ours.",
            ),
        ),
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
