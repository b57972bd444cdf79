"""The exercises of 3.3 Through time."""

from types import SimpleNamespace

import numpy as np

from autograde.exercise import Exercise, Mistake, Written
from autograde.functions import Given

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

ARRIVALS = (
    Mistake(
        "dh_next is never added",
        "dh[t] + dh_next",
        "dh[t]",
        "Each block hears of its own loss and of no other. `h` forks: up to this step's loss, and right to the next block. What "
        "comes back along the second branch?",
    ),
    Mistake(
        "the own loss is left out",
        "dh[t] + dh_next",
        "(dh[t] if t == len(steps) - 1 else dh_next)",
        "After the last block, the losses of the other steps have gone missing: what arrives from the right has taken the place of "
        "`dh[t]`. At a fork, both branches count.",
    ),
    Mistake(
        "dc_next is never updated",
        "dh_next, dc_next = lstm",
        "dh_next, _ = lstm",
        "The wire of `h` is right. On the wire of `c`, every block receives `dc_T`. What does each block pass to the one before it?",
    ),
    Mistake(
        "nothing travels along c",
        "dc_in[t] = dc_next",
        "dc_in[t] = dc_T if t == len(steps) - 1 else 0",
        "The last block is right. All before it receive nothing on the wire of `c`: the last result of `lstm_step_backward` "
        "belongs there.",
    ),
    Mistake(
        "dc_T is not used",
        "dc_next = dc_T",
        "dc_next = 0 * dc_T",
        "Nothing arrives at the last cell state. That is right when the loss does not see it; here a gradient `dc_T` is given.",
    ),
    Mistake(
        "dh and dc are exchanged on the way",
        "_, _, _, dh_next, dc_next",
        "_, _, _, dc_next, dh_next",
        "The last block is right, and then the two wires cross. In which order does `lstm_step_backward` return its last two?",
    ),
    Mistake(
        "swept forward",
        "reversed(range(len(steps)))",
        "range(len(steps))",
        "You went from the first block to the last. What a block needs from the right must have been worked out before it.",
    ),
)

SWEEP = (
    Mistake(
        "dh_next is never added",
        "dh[t] + dh_next",
        "dh[t]",
        "The recurrence through `h` is cut: a loss reaches its own block and, through `h`, none before it. The cosine with the "
        "true gradient stays high, so training will not tell you. What has to be added to `dh[t]`?",
    ),
    Mistake(
        "dh[t] is replaced by what arrives",
        "dh[t] + dh_next",
        "(dh[t] if t == T - 1 else dh_next)",
        "From the last loss on, `dh` of the other steps is not used. Two branches leave `h`, and both bring something back.",
    ),
    Mistake(
        "dc_next is never updated",
        "dc_next = dc_prev",
        "dc_prev = dc_prev",
        "Every block receives `dc_T` on the wire of `c`, and the last `dc_next` is still what you began with. What should it become at "
        "the end of each turn?",
    ),
    Mistake(
        "dc_next is never added",
        "dh_t, dc_next)",
        "dh_t, 0 * dc_next)",
        "No block receives anything on the wire of `c`, not even the last: the way through the cell state, which is what an LSTM is "
        "built for, is cut.",
    ),
    Mistake(
        "both recurrences are cut",
        "lstm_step_backward(W, steps[t], dh_t, dc_next)",
        "lstm_step_backward(W, steps[t], dh[t], dc_T * (t == T - 1))",
        "Each block is worked out as if it were alone: nothing arrives from the right, on either wire. A well-known course shipped "
        "this for years.",
    ),
    Mistake(
        "dc_T is not used",
        "    dc_next = dc_T\n",
        "    dc_next = np.zeros(H)\n",
        "Your sweep starts with zeros on the wire of `c`. That is the right start when the loss does not see the last cell state. Here it "
        "may, and says so in `dc_T`.",
    ),
    Mistake(
        "dW and db are overwritten",
        "dW = dW + dW_t\n        db = db + db_t",
        "dW = dW_t\n        db = db_t",
        "Only the first block's contribution is left, the one your loop came to last. The same `W` is used in every block: a fork "
        "with as many branches as steps.",
    ),
    Mistake(
        "dW is overwritten",
        "dW = dW + dW_t",
        "dW = dW_t",
        "In `dW` only the block that your loop came to last is left. `W` is used in every block: what happens at a fork?",
    ),
    Mistake(
        "db is overwritten",
        "db = db + db_t",
        "db = db_t",
        "`dW` gathers over the blocks and `db` does not. The biases are shared over time just like the weights.",
    ),
    Mistake(
        "averaged over time",
        "return dW, db,",
        "return dW / T, db / T,",
        "You took the mean over the blocks. The loss is a *sum* over steps, and a nudge of `W` acts in every block in full.",
    ),
    Mistake(
        "dx in the order of the sweep",
        "np.array(dx), dh_next",
        "np.array(dx[::-1]), dh_next",
        "The rows of `dx` are right and stand in the order in which you found them, last step first.",
    ),
    Mistake(
        "the last loss counts twice",
        "dh_next = np.zeros(H)",
        "dh_next = dh[-1]",
        "You begin with `dh[-1]` as what arrives from the right, and then add it once more as the last step's own. What is there to "
        "the right of the last block?",
    ),
    Mistake(
        "the edges are exchanged",
        "dh_next, dc_next\n",
        "dc_next, dh_next\n",
        "`dh0` and `dc0` are both right, and each stands in the place of the other.",
    ),
    Mistake(
        "swept forward",
        "reversed(range(T))",
        "range(T)",
        "You went from the first block to the last. Errors flow backward: what a block needs from its right neighbour must be there "
        "first.",
    ),
    Mistake(
        "f of the next block where f of this one is due",
        "dc_next = dc_prev",
        "dc_next = dc_prev / steps[t].f * steps[min(t + 1, T - 1)].f",
        "The wire of `c` carries the wrong forget gate: $c_t = f_t \\odot c_{t-1} + \\ldots$, so which $f$ stands between $c_t$ and "
        "$c_{t-1}$? One step alone does not show this.",
    ),
    Mistake(
        "the c fork multiplies",
        "** 2) + dc_next",
        "** 2) * dc_next",
        "At the `c` fork you multiplied what comes from `h` by what comes from the next block. They are two branches of a fork.",
        of=lstm_step_backward,
    ),
    Mistake(
        "the c fork adds f",
        "dc * f\n",
        "dc + f\n",
        "On the way from $c_t$ to $c_{t-1}$ the forget gate was added. $f$ is a local derivative: along a route, what do local "
        "derivatives do?",
        of=lstm_step_backward,
    ),
    Mistake(
        "f is missing on the way to c_prev",
        "dc * f\n",
        "dc\n",
        "The gradient runs along `c` unchanged. In $c_t = f_t \\odot c_{t-1} + i_t \\odot g_t$, what is the local derivative?",
        of=lstm_step_backward,
    ),
    Mistake(
        "sigma' of an activation",
        "df_hat = df * f * (1 - f)\n    di_hat = di * i * (1 - i)\n    dg_hat = dg * (1 - g**2)\n    do_hat = do * o * (1 - o)",
        "df_hat = df * sigmoid(f) * (1 - sigmoid(f))\n    di_hat = di * sigmoid(i) * (1 - sigmoid(i))\n"
        "    dg_hat = dg * (1 - g**2)\n    do_hat = do * sigmoid(o) * (1 - sigmoid(o))",
        "The slope of sigma was taken at the gate's *output*. `f`, `i` and `o` have been through the sigmoid already.",
        of=lstm_step_backward,
    ),
    Mistake(
        "sigma instead of sigma'",
        "df_hat = df * f * (1 - f)\n    di_hat = di * i * (1 - i)\n    dg_hat = dg * (1 - g**2)\n    do_hat = do * o * (1 - o)",
        "df_hat = df * f\n    di_hat = di * i\n    dg_hat = dg * (1 - g**2)\n    do_hat = do * o",
        "Between a gate and its pre-activation you multiplied by the sigmoid itself. Its slope has one more factor.",
        of=lstm_step_backward,
    ),
    Mistake(
        "df_hat without the sigmoid's slope",
        "df * f * (1 - f)",
        "df",
        "In the forget gate you stopped at `df`, one stage too early. (With `c0` zero and one step, nobody would notice.)",
        of=lstm_step_backward,
    ),
    Mistake(
        "tanh' of g, which is activated already",
        "(1 - g**2)",
        "(1 - np.tanh(g) ** 2)",
        "The slope of tanh was taken at `g`, and `g` has been through tanh already.",
        of=lstm_step_backward,
    ),
    Mistake(
        "double tanh",
        "(1 - np.tanh(c) ** 2)",
        "(1 - np.tanh(np.tanh(c)) ** 2)",
        "At the `c` fork, tanh was applied twice. `c` is the cell state as it is, before tanh.",
        of=lstm_step_backward,
    ),
    Mistake(
        "c where tanh(c) is due",
        "(1 - np.tanh(c) ** 2)",
        "(1 - c**2)",
        "The slope of tanh is $1 - \\tanh^2(c)$. You squared `c` itself, which tanh has not touched yet.",
        of=lstm_step_backward,
    ),
    Mistake(
        "c for c_prev",
        "dc * step.c_prev",
        "dc * c",
        "The forget gate multiplies the *old* cell state. Which `c` stands in your `df`?",
        of=lstm_step_backward,
    ),
    Mistake(
        "h of this step for h of the one before",
        "np.outer(d_hat, step.z)",
        "np.outer(d_hat, np.concatenate([step.h, step.x]))",
        "In `dW` every gradient was multiplied by the block's output. The weights act on what came *in*.",
        of=lstm_step_backward,
    ),
    Mistake(
        "a gate was copied and its name not changed",
        "di = dc * g",
        "di = dc * i",
        "In $c_t = \\ldots + i_t \\odot g_t$ each factor's partner is the other one. What multiplies `dc` in your `di`?",
        of=lstm_step_backward,
    ),
    Mistake(
        "dh_prev from one gate",
        "W[0].T @ df_hat + W[1].T @ di_hat + W[2].T @ dg_hat + W[3].T @ do_hat",
        "W[0].T @ df_hat",
        "What goes to `h_prev` comes from the forget gate alone. How many gates does `z` feed?",
        of=lstm_step_backward,
    ),
    Mistake(
        "W_o through c",
        "    do = dh * np.tanh(c)\n    dc = dh * o * (1 - np.tanh(c) ** 2) + dc_next",
        "    dc = dh * o * (1 - np.tanh(c) ** 2) + dc_next\n    do = dc * np.tanh(c)",
        "The output gate acts after the cell state. Its road begins at `dh` and never passes the `c` fork.",
        of=lstm_step_backward,
    ),
)

ROW = (
    Mistake(
        "nothing from the next block",
        ") ** 2) + dc_in",
        ") ** 2)",
        "In the row for $W_f$ the `c` fork has one branch only. Which of the arguments have you not used?",
    ),
    Mistake(
        "W_o through c",
        "do_hat = dh_in * np.tanh",
        "do_hat = dc * np.tanh",
        "$W_o$ is the special case: its road goes from `h` straight to the output gate. Where does your row pass the `c` fork?",
    ),
    Mistake(
        "the c fork multiplies",
        ") ** 2) + dc_in",
        ") ** 2) * dc_in",
        "At the `c` fork two branches meet. Along a branch we multiply; what do we do between branches?",
    ),
    Mistake(
        "dc_in goes through the output gate",
        "dh_in * step.o * (1 - np.tanh(step.c) ** 2) + dc_in",
        "(dh_in + dc_in) * step.o * (1 - np.tanh(step.c) ** 2)",
        "You added the two arrivals first. `dc_in` arrives at `c` itself: it does not come through `h`, the output gate and tanh.",
    ),
    Mistake(
        "f stands in dc twice",
        ") ** 2) + dc_in",
        ") ** 2) + dc_in * step.f",
        "You multiplied what arrives at `c` by this block's forget gate. The next block has passed it through its own gate "
        "already; yours has its turn on the way to the block before.",
    ),
    Mistake(
        "c for c_prev",
        "dc * step.c_prev",
        "dc * step.c",
        "The forget gate multiplies the cell state that came *in*.",
    ),
    Mistake(
        "sigma' is missing for f",
        "step.c_prev * step.f * (1 - step.f)",
        "step.c_prev",
        "The row for $W_f$ goes as far as the gate $f$ and leaves out the step through its sigmoid.",
    ),
    Mistake(
        "sigma' is missing for o",
        "np.tanh(step.c) * step.o * (1 - step.o)",
        "np.tanh(step.c)",
        "The row for $W_o$ goes as far as the gate $o$ and leaves out the step through its sigmoid.",
    ),
    Mistake(
        "sigma for sigma'",
        "step.f * (1 - step.f)\n",
        "step.f\n",
        "In the forget gate you multiplied by the sigmoid. Its slope is due.",
    ),
    Mistake(
        "tanh' is missing",
        " * (1 - np.tanh(step.c) ** 2)",
        "",
        "Between `h` and `c` stand the output gate *and* a tanh. Which local derivative have you left out?",
    ),
    Mistake(
        "c where tanh(c) is due",
        "dh_in * np.tanh(step.c) * step.o * (1",
        "dh_in * step.c * step.o * (1",
        "The output gate multiplies $\\tanh(c)$, not $c$.",
    ),
    Mistake(
        "outer products transposed",
        "np.outer(df_hat, step.z), np.outer(do_hat, step.z)",
        "np.outer(step.z, df_hat), np.outer(step.z, do_hat)",
        "Rows and columns are exchanged. Weights are (out, in): `z` runs along the columns.",
    ),
)

LEARN = (
    Mistake(
        "uphill",
        "h0 - rate * dh0\n        c0 = c0 - rate",
        "h0 + rate * dh0\n        c0 = c0 + rate",
        "Your edges walk in the direction of the gradient, where the loss grows.",
    ),
    Mistake(
        "c0 does not learn",
        "c0 = c0 - rate * dc0",
        "c0 = c0",
        "`h0` learns, and `c0` is where it was.",
    ),
    Mistake(
        "h0 does not learn",
        "h0 = h0 - rate * dh0",
        "h0 = h0",
        "`c0` learns, and `h0` is where it was.",
    ),
    Mistake(
        "the two gradients are exchanged",
        "_, _, _, dh0, dc0",
        "_, _, _, dc0, dh0",
        "`h0` was moved along the gradient of `c0`, and `c0` along that of `h0`.",
    ),
    Mistake(
        "one update only",
        "range(updates)",
        "range(1)",
        "One update was made and `updates` were asked for. Does a `return` stand inside the loop?",
    ),
    Mistake(
        "the gradient is not computed anew",
        "    for _ in range(updates):\n        steps = lstm_forward(W, b, x, h0, c0)\n        h = np.array([step.h for step in steps])\n"
        "        _, _, _, dh0, dc0 = sweep_backward(W, steps, h - target, np.zeros(len(c0)))\n",
        "    steps = lstm_forward(W, b, x, h0, c0)\n    h = np.array([step.h for step in steps])\n"
        "    _, _, _, dh0, dc0 = sweep_backward(W, steps, h - target, np.zeros(len(c0)))\n    for _ in range(updates):\n",
        "Every update uses the first gradient. It belonged to the first edges: after an update, go forward and back again.",
    ),
    Mistake(
        "one after the other",
        "        c0 = c0 - rate * dc0\n",
        "        steps = lstm_forward(W, b, x, h0, c0)\n        h = np.array([step.h for step in steps])\n"
        "        c0 = c0 - rate * sweep_backward(W, steps, h - target, np.zeros(len(c0)))[4]\n",
        "`c0` was updated with a gradient from after the update of `h0`. Both belong to one point: one sweep, then both updates.",
    ),
    Mistake(
        "twice the gradient",
        "h - target",
        "2 * (h - target)",
        "Each step is twice as long as it should be. The loss is *half* the squared error.",
    ),
    Mistake(
        "the last target only",
        "h - target",
        "(h - target) * (np.arange(len(h)) == len(h) - 1)[:, None]",
        "Only the last step's error was sent back. There is a target at every step.",
    ),
)
PRINTED = (
    Mistake(
        "the true gradient",
        "dh_next, _ = lstm_step_backward(W, steps[t], dh[t] + dh_next, fork)\n        dW = dW + dW_t\n        fork = steps[t].f",
        "dh_next, fork = lstm_step_backward(W, steps[t], dh[t] + dh_next, fork)\n        dW = dW + dW_t",
        "That is the *right* gradient, honestly multiplied. For once the printed formula is asked for, with what it adds.",
    ),
    Mistake(
        "both are added",
        "dh_next, _ = lstm_step_backward(W, steps[t], dh[t] + dh_next, fork)\n        dW = dW + dW_t\n        fork = steps[t].f",
        "dh_next, fork = lstm_step_backward(W, steps[t], dh[t] + dh_next, fork)\n        dW = dW + dW_t\n"
        "        fork = fork + steps[t].f",
        "You kept the true branch and added the forget gate on top. In the printed formula the gate stands alone.",
    ),
    Mistake(
        "nothing at the fork",
        "dh[t] + dh_next, fork)",
        "dh[t] + dh_next, np.zeros(H))",
        "Nothing is added at the `c` fork. The printed formula adds the next block's forget gate.",
    ),
    Mistake(
        "the gate of the same block",
        "lstm_step_backward(W, steps[t], dh[t] + dh_next, fork)",
        "lstm_step_backward(W, steps[t], dh[t] + dh_next, steps[t].f * (t < T - 1))",
        "Block $t$ gets its own forget gate. Printed is that of the *next* block, $t+1$.",
    ),
    Mistake(
        "a gate after the last block",
        "fork = np.zeros(H)",
        "fork = steps[-1].f",
        "The last block has a forget gate at its `c` fork. There is no next block; there they write 0.",
    ),
    Mistake(
        "the last row is missing",
        "fork = np.zeros(H)\n    for t in reversed(range(T)):",
        "fork = steps[-1].f\n    for t in reversed(range(T - 1)):",
        "Your sweep begins at the last block but one. The last block has a row too, with nothing at its fork.",
    ),
    Mistake(
        "ones after the last block",
        "fork = np.zeros(H)",
        "fork = np.ones(H)",
        "At the last block you began with ones. There is no next block; there they write 0.",
    ),
    Mistake(
        "dh_next is never added",
        "dh[t] + dh_next",
        "dh[t]",
        "The `h` fork is printed with both its branches, and yours has one.",
    ),
    Mistake(
        "dW is overwritten",
        "dW = dW + dW_t",
        "dW = dW_t",
        "One block's row is left. The printed formula adds the three rows.",
    ),
)

LINEARITY = (
    Mistake(
        "only the upstream is doubled",
        "relative_error(twice, 2 * once)",
        "relative_error(twice, once)",
        "You compared the gradient of the doubled loss with the old one. If all is well, it is *twice* the old one.",
    ),
    Mistake(
        "only the gradient is doubled",
        "backward(2 * dh)",
        "backward(dh)",
        "`backward` was called twice with the same `dh`. The doubled loss must go in.",
    ),
    Mistake(
        "exchanged",
        "relative_error(twice, 2 * once)",
        "relative_error(2 * once, twice)",
        "Right but for the order: what is in doubt comes first, and what you divide by second. Trusted is twice the single gradient.",
    ),
    Mistake(
        "not relative",
        "relative_error(twice, 2 * once)",
        "np.abs(twice - 2 * once).max()",
        "That is the gap itself. Is it large or small? `relative_error` divides by the largest entry.",
    ),
    Mistake(
        "half instead of twice",
        "2 * dh",
        "dh / 2",
        "You halved what goes in, and compared it with twice what comes out.",
    ),
)

FORK = (
    Mistake(
        "f is still added",
        "dc_2 * f_2",
        "f_2",
        "This is the fork as printed. $f_2$ says how far $c_2$ moves; what do we want to know how far *moves*?",
    ),
    Mistake(
        "everything is added",
        "dc_2 * f_2",
        "dc_2 + f_2",
        "Both are there now, and added. From the loss back to $c_1$ this branch has two arrows, one behind the other.",
    ),
    Mistake(
        "the forget gate is gone",
        "dc_2 * f_2",
        "dc_2",
        "Now nothing is done on the way from $c_2$ to $c_1$. How far does $c_2$ move when $c_1$ does?",
    ),
    Mistake(
        "the branch to the right is gone",
        "through_h + through_c",
        "through_h",
        "Only the way through $h_1$ is left. $c_1$ forks: where else does it go?",
    ),
    Mistake(
        "the branch through h is gone",
        "through_h + through_c",
        "through_c",
        "Only the way to the next block is left. $c_1$ also makes $h_1$.",
    ),
    Mistake(
        "the branches are multiplied",
        "through_h + through_c",
        "through_h * through_c",
        "Both branches are right. Along a branch we multiply; between branches?",
    ),
    Mistake(
        "tanh' is missing",
        "o_1 * (1 - np.tanh(c_1) ** 2)",
        "o_1",
        "In $h_1 = o_1 \\tanh(c_1)$ there is a tanh between $c_1$ and $h_1$.",
    ),
    Mistake(
        "o is missing",
        "dh_1 * o_1 *",
        "dh_1 *",
        "The branch through $h_1 = o_1 \\tanh(c_1)$ passes a product. What does it multiply by?",
    ),
    Mistake(
        "c where tanh(c) is due",
        "(1 - np.tanh(c_1) ** 2)",
        "(1 - c_1**2)",
        "The slope of tanh is one minus the square of *tanh*. You squared what goes into it.",
    ),
    Mistake(
        "tanh for tanh'",
        "(1 - np.tanh(c_1) ** 2)",
        "np.tanh(c_1)",
        "You took tanh itself; its slope at $c_1$ is due.",
    ),
)

STILL_CUT = (
    Mistake(
        "still both recurrences cut",
        "dx[t], dh_next, dc_next = lstm_step_backward(W, steps[t], dh[t] + dh_next, dc_next)",
        "dx[t], dh_next, dc_next = lstm_step_backward(W, steps[t], dh[t], dc_T)",
        "These are the broken numbers. Which of its results does the loop ever use again, in the next turn?",
    ),
    Mistake(
        "h is mended, c is still cut",
        "dh[t] + dh_next, dc_next)",
        "dh[t] + dh_next, dc_T)",
        "The wire of `h` is whole again. And the wire of `c`?",
    ),
    Mistake(
        "c is mended, h is still cut",
        "dh[t] + dh_next, dc_next)",
        "dh[t], dc_next)",
        "The wire of `c` is whole again. And the wire of `h`?",
    ),
    Mistake(
        "dh[t] is replaced by what arrives",
        "dh[t] + dh_next",
        "(dh[t] if t == len(steps) - 1 else dh_next)",
        "The wires carry again, and now the step's own loss is gone. Both come back at the `h` fork.",
    ),
)

STILL_SLOPES = (
    Mistake(
        "still sigma' and tanh' of activations",
        "d_sigmoid(step.f_hat)\n    di_hat = dc * step.g * d_sigmoid(step.i_hat)\n    dg_hat = dc * step.i * d_tanh(step.g_hat)\n"
        "    do_hat = dh * np.tanh(step.c) * d_sigmoid(step.o_hat)",
        "d_sigmoid(step.f)\n    di_hat = dc * step.g * d_sigmoid(step.i)\n    dg_hat = dc * step.i * d_tanh(step.g)\n"
        "    do_hat = dh * np.tanh(step.c) * d_sigmoid(step.o)",
        "These are the broken numbers. `d_sigmoid` and `d_tanh` are right as functions of what goes *into* sigma and tanh. What are "
        "they given?",
    ),
    Mistake(
        "only f is mended",
        "d_sigmoid(step.i_hat)\n    dg_hat = dc * step.i * d_tanh(step.g_hat)\n"
        "    do_hat = dh * np.tanh(step.c) * d_sigmoid(step.o_hat)",
        "d_sigmoid(step.i)\n    dg_hat = dc * step.i * d_tanh(step.g)\n    do_hat = dh * np.tanh(step.c) * d_sigmoid(step.o)",
        "The forget gate is mended. The other three lines have the same fault.",
    ),
    Mistake(
        "still tanh' of g",
        "d_tanh(step.g_hat)",
        "d_tanh(step.g)",
        "The three sigmoids are mended. The candidate has a slope too, of tanh, and it is still taken at the output.",
    ),
    Mistake(
        "still sigma' of f, i and o",
        "d_sigmoid(step.f_hat)\n    di_hat = dc * step.g * d_sigmoid(step.i_hat)\n    dg_hat = dc * step.i * d_tanh(step.g_hat)\n"
        "    do_hat = dh * np.tanh(step.c) * d_sigmoid(step.o_hat)",
        "d_sigmoid(step.f)\n    di_hat = dc * step.g * d_sigmoid(step.i)\n    dg_hat = dc * step.i * d_tanh(step.g_hat)\n"
        "    do_hat = dh * np.tanh(step.c) * d_sigmoid(step.o)",
        "The candidate is mended. The three gates are not: their slopes are still taken at the output of sigma.",
    ),
    Mistake(
        "still sigma' of f",
        "d_sigmoid(step.f_hat)",
        "d_sigmoid(step.f)",
        "One gate is left: look at the line of `df_hat` once more.",
    ),
    Mistake(
        "still sigma' of i",
        "d_sigmoid(step.i_hat)",
        "d_sigmoid(step.i)",
        "One gate is left: look at the line of `di_hat` once more.",
    ),
    Mistake(
        "still sigma' of o",
        "d_sigmoid(step.o_hat)",
        "d_sigmoid(step.o)",
        "One gate is left: look at the line of `do_hat` once more.",
    ),
    Mistake(
        "tanh' at c was changed as well",
        "d_tanh(step.c)",
        "d_tanh(np.tanh(step.c))",
        "The gates are mended, but `d_tanh(step.c)` was right: `c` is what goes into that tanh.",
    ),
)

STILL_GATE = (
    Mistake(
        "still sigma for sigma'",
        "step.o * (1 - step.o)",
        "step.o",
        "These are the broken numbers. Your check says in which gate to look. Between a gate and its hat stands a slope.",
    ),
    Mistake(
        "sigma' of an activation",
        "step.o * (1 - step.o)",
        "sigmoid(step.o) * (1 - sigmoid(step.o))",
        "A slope it is now, but of the wrong place: `o` has been through the sigmoid already.",
    ),
    Mistake(
        "the sigmoid is left out",
        "tanh_c * step.o * (1 - step.o)",
        "tanh_c",
        "Now nothing stands between `o` and `o_hat`. A slope belongs there.",
    ),
    Mistake(
        "only 1 - o is there",
        "step.o * (1 - step.o)",
        "(1 - step.o)",
        "Half of the slope is there. $\\sigma' = \\sigma\\,(1 - \\sigma)$ has two factors.",
    ),
    Mistake(
        "tanh' instead of sigma'",
        "step.o * (1 - step.o)",
        "(1 - step.o**2)",
        "That is the slope of tanh. The output gate is a sigmoid.",
    ),
)

STILL_FORK = (
    Mistake(
        "still f added",
        "dc * f\n",
        "dc + f\n",
        "These are the broken numbers. In $c_t = f_t \\odot c_{t-1} + i_t \\odot g_t$, what happens to a nudge of $c_{t-1}$?",
    ),
    Mistake(
        "f was taken out",
        "dc * f\n",
        "dc\n",
        "The gate no longer does harm, and no longer does its work. How far does $c_t$ move when $c_{t-1}$ moves?",
    ),
    Mistake(
        "f alone",
        "dc * f\n",
        "f\n",
        "Now the gate stands alone, and the loss has gone out of this line. Double the loss: what would have to double?",
    ),
    Mistake(
        "i for f",
        "dc * f\n",
        "dc * i\n",
        "A product it is now, with the wrong gate. Which one stands beside $c_{t-1}$?",
    ),
)

EXERCISES = (
    Exercise(
        name="sweep_arrivals",
        points=2,
        problem=a_sequence_back,
        reference=sweep_arrivals,
        outputs=("dh_in", "dc_in"),
        mistakes=ARRIVALS,
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
        mistakes=SWEEP,
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
        mistakes=ROW,
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
        mistakes=LEARN,
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
        mistakes=PRINTED,
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
        mistakes=LINEARITY,
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
        model="sweep_fork = dh_1 * o_1 * (1 - sp.tanh(c_1) ** 2) + dc_2 * f_2",
        mistakes=FORK,
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
        mistakes=STILL_CUT,
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
        mistakes=STILL_SLOPES,
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
        mistakes=STILL_GATE,
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
        mistakes=STILL_FORK,
        hints=(
            "Everything that stays in the block is right; what it passes on along `c` is not.",
            "The line of `dc_prev`: is it linear in `dc`?",
        ),
    ),
)
