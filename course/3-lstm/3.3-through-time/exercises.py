"""The exercises of 3.3 Through time."""

from types import SimpleNamespace

import numpy as np

from autograde.judging.exercise import Exercise, Written
from autograde.asking.given import Given

TITLE = "3.3 Through time"


def _numbers(rng, *shape):
    """Numbers between 0.3 and 1.2 in size, of either sign: nothing is zero, and no gate is shut."""
    return rng.uniform(0.3, 1.2, shape) * rng.choice([-1.0, 1.0], shape)


def _weights(rng, H, D):
    return {"W": _numbers(rng, 4, H, H + D), "b": _numbers(rng, 4, H)}


def a_sequence_back(rng, T=3, H=4, D=2, many_to_one=False):
    """A forward pass and gradients to send back: on every h and on the last c, or on the last h alone."""
    weights = _weights(rng, H, D)
    steps = lstm_forward(**weights, x=_numbers(rng, T, D), h0=_numbers(rng, H), c0=_numbers(rng, H))
    dh, dc_T = _numbers(rng, T, H), _numbers(rng, H)
    if many_to_one:
        dh[:-1], dc_T = 0, 0 * dc_T
    return {"W": weights["W"], "steps": steps, "dh": dh, "dc_T": dc_T}


def a_loss_on_h(rng, **options):
    problem = a_sequence_back(rng, **options)
    del problem["dc_T"]
    return problem


def one_block(rng, H=3, D=2):
    weights = _weights(rng, H, D)
    step = lstm_step(**weights, x=_numbers(rng, D), h_prev=_numbers(rng, H), c_prev=_numbers(rng, H))
    return {"W": weights["W"], "step": step, "dh": _numbers(rng, H), "dc_next": _numbers(rng, H)}


def what_arrives(rng):
    problem = one_block(rng, H=4)
    return {"step": problem["step"], "dh_in": problem["dh"], "dc_in": problem["dc_next"]}


def edges_to_learn(rng, T=3, H=4, D=2, updates=3):
    data = {"x": _numbers(rng, T, D), "target": _numbers(rng, T, H) / 2, "h0": _numbers(rng, H), "c0": _numbers(rng, H)}
    return _weights(rng, H, D) | data | {"rate": rng.uniform(0.5, 0.9), "updates": updates}


def a_backward_to_test(rng, linear=False):
    w, b = _numbers(rng, 5), 0 if linear else _numbers(rng, 5)
    return {"backward": Given("linear", (w, b)), "dh": _numbers(rng, 5)}


def a_fork(rng):
    o_1, f_2 = rng.uniform(0.2, 0.8, 2)
    return {"dh_1": 1.3, "dc_2": -0.6, "o_1": o_1, "f_2": f_2, "c_1": float(_numbers(rng))}


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm_step(W, b, x, h_prev, c_prev):
    z = np.concatenate([h_prev, x])
    f_hat, i_hat, g_hat, o_hat = W @ z + b
    f, i, g, o = sigmoid(f_hat), sigmoid(i_hat), np.tanh(g_hat), sigmoid(o_hat)
    c = f * c_prev + i * g
    h = o * np.tanh(c)
    memory = {"x": x, "h_prev": h_prev, "c_prev": c_prev, "z": z, "f_hat": f_hat, "i_hat": i_hat, "g_hat": g_hat}
    return SimpleNamespace(**memory, o_hat=o_hat, f=f, i=i, g=g, o=o, c=c, h=h)


def lstm_forward(W, b, x, h0, c0):
    h, c, steps = h0, c0, []
    for t in range(len(x)):
        step = lstm_step(W, b, x[t], h, c)
        h, c = step.h, step.c
        steps.append(step)
    return steps


def lstm_step_backward(W, step, dh, dc_next):
    f, i, g, o, c = step.f, step.i, step.g, step.o, step.c
    do = dh * np.tanh(c)
    dc = dh * o * (1 - np.tanh(c) ** 2) + dc_next
    df = dc * step.c_prev
    di = dc * g
    dg = dc * i
    df_hat = df * f * (1 - f)
    di_hat = di * i * (1 - i)
    dg_hat = dg * (1 - g**2)
    do_hat = do * o * (1 - o)
    db = np.array([df_hat, di_hat, dg_hat, do_hat])
    dW = np.array([np.outer(d_hat, step.z) for d_hat in db])
    dz = W[0].T @ df_hat + W[1].T @ di_hat + W[2].T @ dg_hat + W[3].T @ do_hat
    H = len(c)
    return dW, db, dz[H:], dz[:H], dc * f


def sweep_arrivals(W, steps, dh, dc_T):
    dh_in = np.zeros(dh.shape)
    dc_in = np.zeros(dh.shape)
    dh_next = np.zeros(dh.shape[1])
    dc_next = dc_T
    for t in reversed(range(len(steps))):
        dh_in[t] = dh[t] + dh_next
        dc_in[t] = dc_next
        _, _, _, dh_next, dc_next = lstm_step_backward(W, steps[t], dh_in[t], dc_in[t])
    return dh_in, dc_in


def sweep_backward(W, steps, dh, dc_T):
    T, H = dh.shape
    dW = np.zeros(W.shape)
    db = np.zeros((4, H))
    dx = [None] * T
    dh_next = np.zeros(H)
    dc_next = dc_T
    for t in reversed(range(T)):
        dh_t = dh[t] + dh_next
        dW_t, db_t, dx_t, dh_prev, dc_prev = lstm_step_backward(W, steps[t], dh_t, dc_next)
        dW = dW + dW_t
        db = db + db_t
        dx[t] = dx_t
        dh_next = dh_prev
        dc_next = dc_prev
    return dW, db, np.array(dx), dh_next, dc_next


def sweep_row(step, dh_in, dc_in):
    dc = dh_in * step.o * (1 - np.tanh(step.c) ** 2) + dc_in
    df_hat = dc * step.c_prev * step.f * (1 - step.f)
    do_hat = dh_in * np.tanh(step.c) * step.o * (1 - step.o)
    return np.outer(df_hat, step.z), np.outer(do_hat, step.z)


def sweep_learn_edges(W, b, x, target, h0, c0, rate, updates):
    for _ in range(updates):
        steps = lstm_forward(W, b, x, h0, c0)
        h = np.array([step.h for step in steps])
        _, _, _, dh0, dc0 = sweep_backward(W, steps, h - target, np.zeros(len(c0)))
        h0 = h0 - rate * dh0
        c0 = c0 - rate * dc0
    return h0, c0


def sweep_as_printed(W, steps, dh):
    T, H = dh.shape
    dW = np.zeros(W.shape)
    dh_next = np.zeros(H)
    fork = np.zeros(H)
    for t in reversed(range(T)):
        dW_t, _, _, dh_next, _ = lstm_step_backward(W, steps[t], dh[t] + dh_next, fork)
        dW = dW + dW_t
        fork = steps[t].f
    return dW


def relative_error(found, wanted):
    return np.abs(found - wanted).max() / np.abs(wanted).max()


def sweep_linearity(backward, dh):
    once = backward(dh)
    twice = backward(2 * dh)
    return relative_error(twice, 2 * once)


def sweep_fork(dh_1, dc_2, o_1, f_2, c_1):
    through_h = dh_1 * o_1 * (1 - np.tanh(c_1) ** 2)
    through_c = dc_2 * f_2
    return through_h + through_c


def mended_sweep(W, steps, dh, dc_T):
    dW, db, dx = 0, 0, [None] * len(steps)
    dh_next, dc_next = np.zeros(dh.shape[1]), dc_T
    for t in reversed(range(len(steps))):
        dW_t, db_t, dx[t], dh_next, dc_next = lstm_step_backward(W, steps[t], dh[t] + dh_next, dc_next)
        dW, db = dW + dW_t, db + db_t
    return dW, db, np.array(dx), dh_next, dc_next


def d_sigmoid(z):
    return sigmoid(z) * (1 - sigmoid(z))


def d_tanh(z):
    return 1 - np.tanh(z) ** 2


def mended_slopes(W, step, dh, dc_next):
    dc = dh * step.o * d_tanh(step.c) + dc_next
    df_hat = dc * step.c_prev * d_sigmoid(step.f_hat)
    di_hat = dc * step.g * d_sigmoid(step.i_hat)
    dg_hat = dc * step.i * d_tanh(step.g_hat)
    do_hat = dh * np.tanh(step.c) * d_sigmoid(step.o_hat)
    db = np.array([df_hat, di_hat, dg_hat, do_hat])
    dW = db[:, :, None] * step.z
    dz = sum(W[k].T @ db[k] for k in range(4))
    H = len(dc)
    return dW, db, dz[H:], dz[:H], dc * step.f


def mended_gate(W, step, dh, dc_next):
    H = len(step.c)
    tanh_c = np.tanh(step.c)
    do_hat = dh * tanh_c * step.o * (1 - step.o)
    dc = dc_next + dh * step.o * (1 - tanh_c**2)
    df_hat = dc * step.c_prev * step.f * (1 - step.f)
    di_hat = dc * step.g * step.i * (1 - step.i)
    dg_hat = dc * step.i * (1 - step.g**2)
    db = np.array([df_hat, di_hat, dg_hat, do_hat])
    dW = np.einsum("kh,z->khz", db, step.z)
    dz = np.einsum("khz,kh->z", W, db)
    return dW, db, dz[H:], dz[:H], step.f * dc


def mended_fork(W, step, dh, dc_next):
    f, i, g, o, tanh_c = step.f, step.i, step.g, step.o, np.tanh(step.c)
    dc = dh * o * (1 - tanh_c**2) + dc_next
    db = np.array([dc * step.c_prev, dc * g, dc * i, dh * tanh_c])
    db = db * np.array([f * (1 - f), i * (1 - i), 1 - g**2, o * (1 - o)])
    dW = db[:, :, None] * step.z
    dh_prev, dx = np.split(np.tensordot(db, W, 2), [len(f)])
    dc_prev = dc * f
    return dW, db, dx, dh_prev, dc_prev


ALL_FIVE = ("dW", "db", "dx", "dh_prev", "dc_prev")


EXERCISES = (
    Exercise(
        name="sweep_arrivals",
        points=2,
        problem=a_sequence_back,
        reference=sweep_arrivals,
        outputs=("dh_in", "dc_in"),
        hints=(
            "Begin at the last block. From the right nothing arrives along `h`, and `dc_T` along `c`.",
            "`lstm_step_backward` returns `dh_prev` and `dc_prev` last. For the block before, these are what arrives from the right.",
            "In the loop over `reversed(range(T))`: note what arrives at block `t`, call `lstm_step_backward` with it, keep its last two "
            "results for the next turn.",
        ),
        probes={"one block": {"T": 1}},
    ),
    Exercise(
        name="sweep_backward",
        points=5,
        problem=a_sequence_back,
        reference=sweep_backward,
        outputs=("dW", "db", "dx", "dh0", "dc0"),
        draws=2,
        hints=(
            "It is `sweep_arrivals` with eyes open: the same loop, and now the first three results are kept too.",
            "`W` and `b` are used in every block, so their gradients add up. Each `x[t]` is used once.",
            "When the loop is through, what would be handed to a block before the first? Those are the gradients of `h0` and `c0`.",
        ),
        probes={"one block": {"T": 1}, "a loss at the last step alone": {"many_to_one": True}},
    ),
    Exercise(
        name="sweep_row",
        points=2,
        problem=what_arrives,
        reference=sweep_row,
        outputs=("dW_f", "dW_o"),
        hints=(
            "The road to $W_f$: from `h` to `c` (two local derivatives), add what arrives at `c`, on to `f`, to its hat, to the weight.",
            "The road to $W_o$ leaves `h` by the other branch: the output gate multiplies $\\tanh(c)$. No `c` fork there.",
            "The last step of each road is an outer product: `np.outer(df_hat, step.z)`.",
        ),
    ),
    Exercise(
        name="sweep_learn_edges",
        points=2,
        problem=edges_to_learn,
        reference=sweep_learn_edges,
        outputs=("h0", "c0"),
        hints=(
            "Each update: forward from the present edges, `dh`, your sweep, and then a step downhill for both.",
            "The loss is half the squared error, so `dh` is `h - target`, and it does not see the last cell state: `dc_T` is zero.",
            "`h = np.array([step.h for step in steps])`. Write `h0 = h0 - ...`, not `h0 -= ...`: the caller's array is not yours.",
        ),
        probes={"one update": {"updates": 1}},
    ),
    Exercise(
        name="sweep_as_printed",
        points=2,
        problem=a_loss_on_h,
        reference=sweep_as_printed,
        hints=(
            "Your sweep, with another thing handed along the wire of `c`.",
            "`lstm_step_backward` adds its last argument at the `c` fork. What does the printed formula add there?",
            "At the end of each turn, keep `steps[t].f`: it is the *next* block's forget gate for the block that comes now.",
        ),
        probes={"one block": {"T": 1}},
    ),
    Exercise(
        name="sweep_linearity",
        points=1,
        problem=a_backward_to_test,
        reference=sweep_linearity,
        hints=(
            "Two calls of `backward`: with `dh` and with `2 * dh`.",
            "`relative_error(found, wanted)`: found is the gradient of the doubled loss, wanted is twice the gradient of the single one.",
        ),
        probes={"a backward pass that passes": {"linear": True}},
    ),
    Written(
        name="why_f_multiplies",
        points=3,
        model=(
            "At a fork one adds derivatives of the same loss. Their two terms have the same thing below the line, the cell state, but not "
            "the same thing above it: one says how the error moves, the other how the next cell state moves. A movement of the next cell "
            "state is not yet a movement of the error; it has to be multiplied by how the error moves with it. So the branch is the "
            "derivative at the next cell state times the forget gate, and doubles with the loss. The printed term does not: it is "
            "there even when there is no error at all."
        ),
        guide=(
            "Terms that meet at a fork must be derivatives of the same thing, the loss, with respect to the same thing.",
            "The forget gate is a local derivative of one cell state with respect to the one before; it says nothing of the loss until it "
            "is multiplied by the derivative of the loss with respect to the next cell state.",
            "A sign of it: the printed term does not grow with the loss, and stays when the loss is zero.",
        ),
    ),
    Exercise(
        name="sweep_fork",
        kind="expression",
        points=2,
        problem=a_fork,
        reference=sweep_fork,
        hints=(
            "Two routes leave $c_1$. Walk each back from the loss: what is known at its end, times the local derivatives on the way.",
            "Through $h_1$: three factors. Through $c_2$: two.",
        ),
    ),
    Exercise(
        name="mended_sweep",
        points=1,
        problem=a_sequence_back,
        reference=mended_sweep,
        outputs=("dW", "db", "dx", "dh0", "dc0"),
        hints=(
            "One block is right and three are not. So what is wrong lies between the blocks.",
            "`dh_prev` and `dc_prev` come back in every turn. Where are they used?",
        ),
        probes={"one block": {"T": 1}},
    ),
    Exercise(
        name="mended_slopes",
        points=1,
        problem=one_block,
        reference=mended_slopes,
        outputs=ALL_FIVE,
        hints=(
            "All four gates are wrong and the cell state is right. What do the four lines have in common?",
            "`d_sigmoid(z)` wants what goes *into* the sigmoid. Which field of `step` holds it for the forget gate?",
        ),
    ),
    Exercise(
        name="mended_gate",
        points=1,
        problem=one_block,
        reference=mended_gate,
        outputs=ALL_FIVE,
        hints=(
            "One gate alone is wrong, and `dx` and `dh_prev` because they hear of it.",
            "Hold the line of that gate against the line of the forget gate.",
        ),
    ),
    Exercise(
        name="mended_fork",
        points=1,
        problem=one_block,
        reference=mended_fork,
        outputs=ALL_FIVE,
        hints=(
            "Everything that stays in the block is right; what it passes on along `c` is not.",
            "The line of `dc_prev`: is it linear in `dc`?",
        ),
    ),
)
