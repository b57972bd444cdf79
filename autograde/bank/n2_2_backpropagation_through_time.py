"""The exercises of 2.2 Backpropagation through time."""

import numpy as np

from autograde.exercise import Exercise, Mistake, Own, Written

TITLE = "2.2 Backpropagation through time"


def _numbers(rng, *shape):
    """Numbers between 0.3 and 1.2 in size, of either sign: nothing is zero, and tanh is not yet flat."""
    return rng.uniform(0.3, 1.2, shape) * rng.choice([-1.0, 1.0], shape)


def _bias(H):
    """The bias of the backward problems. It is no argument of theirs, so it may be the same in all of them."""
    return np.array([0.4, -0.7, 0.5, 0.9, -0.6, 0.8])[:H]


def two_steps(rng):
    p = {name: float(_numbers(rng)) for name in ("w_x", "w_h", "x_1", "x_2", "h_0", "g_1", "g_2")}
    p["h_1"] = float(np.tanh(p["w_x"] * p["x_1"] + p["w_h"] * p["h_0"]))
    p["h_2"] = float(np.tanh(p["w_x"] * p["x_2"] + p["w_h"] * p["h_1"]))
    return p


def some_scores(rng, T=4, K=6, keep=(1, 0, 1, 1), large=False):
    y, targets = 2 * _numbers(rng, T, K), rng.integers(1, K, T)
    if large:
        y = 900.0 * np.stack([rng.permutation(K) for _ in range(T)])
    return {"y": y, "targets": targets, "mask": np.array(keep[:T], float)}


def a_fork(rng, H=4, K=6):
    return {"Why": _numbers(rng, K, H), "dy": _numbers(rng, K), "dh_next": _numbers(rng, H)}


def a_tanh(rng, H=4):
    h_hat = _numbers(rng, H)
    return {"dh": _numbers(rng, H), "h_hat": h_hat, "h": np.tanh(h_hat)}


def a_step(rng, D=3, H=4):
    Wxh, Whh, x, h_prev = _numbers(rng, H, D), _numbers(rng, H, H), _numbers(rng, D), np.tanh(_numbers(rng, H))
    h = rnn_step(Wxh, Whh, _bias(H), x, h_prev)
    return {"Wxh": Wxh, "Whh": Whh, "x": x, "h_prev": h_prev, "h": h, "dh": _numbers(rng, H)}


def a_sequence(rng, T=5, D=3, H=4, keep=None):
    """A sequence of states, and the loss's own gradient at each; `keep` says at which steps there is one."""
    Wxh, Whh = _numbers(rng, H, D) / 2, _numbers(rng, H, H) / 2
    x, h0 = _numbers(rng, T, D), np.tanh(_numbers(rng, H))
    h = rnn_forward(Wxh, Whh, _bias(H), x, h0)
    dh = _numbers(rng, T, H) * np.array(keep or [1] * T)[:, None]
    return {"Wxh": Wxh, "Whh": Whh, "x": x, "h0": h0, "h": h, "dh": dh}


def a_masked_text(rng, T=5, D=3, H=4, K=6, keep=(0, 1, 0, 1, 1)):
    weights = {"Wxh": _numbers(rng, H, D) / 2, "Whh": _numbers(rng, H, H) / 2, "Why": _numbers(rng, K, H)}
    biases = {"bh": _numbers(rng, H), "by": _numbers(rng, K)}
    data = {"x": _numbers(rng, T, D), "targets": rng.integers(0, K, T), "h0": _numbers(rng, H)}
    return weights | biases | data | {"mask": np.array(keep, float)}


def a_long_sequence(rng, T=7, D=2, H=4, n=3):
    weights = {"Wxh": _numbers(rng, H, D) / 2, "Whh": _numbers(rng, H, H) / 2, "bh": _numbers(rng, H) / 2}
    return weights | {"x": _numbers(rng, T, D), "h0": _numbers(rng, H), "dh": _numbers(rng, T, H), "n": n}


def softmax(y):
    e = np.exp(y - y.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def rnn_step(Wxh, Whh, bh, x, h_prev):
    return np.tanh(Wxh @ x + Whh @ h_prev + bh)


def rnn_forward(Wxh, Whh, bh, x, h0):
    h = np.zeros((len(x), len(h0)))
    h_prev = h0
    for t in range(len(x)):
        h_prev = rnn_step(Wxh, Whh, bh, x[t], h_prev)
        h[t] = h_prev
    return h


def dw_h(w_x, w_h, x_1, x_2, h_0, g_1, g_2, h_1, h_2):
    first = g_1 * (1 - h_1**2) * h_0
    second = g_2 * (1 - h_2**2) * h_1
    both = g_2 * (1 - h_2**2) * w_h * (1 - h_1**2) * h_0
    return first + second + both


def char_dy(y, targets, mask):
    dy = softmax(y)
    dy[np.arange(len(y)), targets] -= 1
    return mask[:, None] * dy


def rnn_dh(Why, dy, dh_next):
    return Why.T @ dy + dh_next


def rnn_dh_hat(dh, h_hat, h):
    return dh * (1 - h**2)


def rnn_step_backward(Wxh, Whh, x, h_prev, h, dh):
    dh_hat = dh * (1 - h**2)
    dWxh = np.outer(dh_hat, x)
    dWhh = np.outer(dh_hat, h_prev)
    dbh = dh_hat
    dx = Wxh.T @ dh_hat
    dh_prev = Whh.T @ dh_hat
    return dWxh, dWhh, dbh, dx, dh_prev


def rnn_backward(Wxh, Whh, x, h0, h, dh):
    dWxh, dWhh, dbh = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(h0)
    dx = np.zeros_like(x)
    dh_next = np.zeros_like(h0)
    for t in reversed(range(len(x))):
        h_prev = h[t - 1] if t > 0 else h0
        total = dh[t] + dh_next
        to_Wxh, to_Whh, to_bh, dx[t], dh_next = rnn_step_backward(Wxh, Whh, x[t], h_prev, h[t], total)
        dWxh += to_Wxh
        dWhh += to_Whh
        dbh += to_bh
    return dWxh, dWhh, dbh, dx, dh_next


def char_gradients(Wxh, Whh, Why, bh, by, x, targets, h0, mask):
    h = rnn_forward(Wxh, Whh, bh, x, h0)
    dy = char_dy(h @ Why.T + by, targets, mask)
    dWhy = dy.T @ h
    dby = dy.sum(axis=0)
    dh = dy @ Why
    dWxh, dWhh, dbh, _, _ = rnn_backward(Wxh, Whh, x, h0, h, dh)
    return dWxh, dWhh, dWhy, dbh, dby


def rnn_truncated(Wxh, Whh, bh, x, h0, dh, n):
    dWxh, dWhh, dbh = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(bh)
    dx = np.zeros_like(x)
    state = h0
    for start in range(0, len(x), n):
        chunk = slice(start, start + n)
        h = rnn_forward(Wxh, Whh, bh, x[chunk], state)
        to_Wxh, to_Whh, to_bh, dx[chunk], _ = rnn_backward(Wxh, Whh, x[chunk], state, h, dh[chunk])
        dWxh += to_Wxh
        dWhh += to_Whh
        dbh += to_bh
        state = h[-1]
    return dWxh, dWhh, dbh, dx


ADDED = "        dWxh += to_Wxh\n        dWhh += to_Whh\n        dbh += to_bh\n"
FORGOTTEN = Mistake(
    "dh_next is forgotten",
    "dh[t] + dh_next",
    "dh[t]",
    "Each step uses its own error only, and what the later steps send back is lost: `dh_next` is forgotten. How many arrows "
    "leave $h_t$ in the figure?",
    of=rnn_backward,
)
NEVER_UPDATED = Mistake(
    "dh_next is never updated",
    "dx[t], dh_next =",
    "dx[t], _ =",
    "`dh_next` stays zero from the first turn of the loop to the last, so no step hears of the later ones. Which result of a "
    "step is the `dh_next` of the step before it?",
    of=rnn_backward,
)
OVERWRITTEN = Mistake(
    "overwritten instead of added",
    ADDED,
    ADDED.replace("+=", "="),
    "Your weight gradients hold one step's share, the share of the last turn of the loop. A weight is used at *every* step, "
    "so the shares add up: do you write `=` where `+=` belongs?",
    of=rnn_backward,
)
LAST_ROW = Mistake(
    "h[-1] before the first step",
    "h[t - 1] if t > 0 else h0",
    "h[t - 1]",
    "All steps but the first are right. At `t = 0`, `h[t - 1]` is `h[-1]`, and in Python that is the *last* state. What was the "
    "state before the first step?",
    of=rnn_backward,
)
SHIFTED = Mistake(
    "h[t] where h[t - 1] belongs",
    "h[t - 1] if t > 0 else h0",
    "h[t]",
    "`h[t]` is shifted by one: `Whh` was multiplied by the state *before* the step when `h[t]` was made, and your `dWhh` uses the "
    "state after it.",
    of=rnn_backward,
)
NOT_TRANSPOSED = Mistake(
    "Whh is not transposed on the way back",
    "Whh.T @ dh_hat",
    "Whh @ dh_hat",
    "`Whh` is square, so it fits either way, and NumPy cannot warn you. Forward it stood as `Whh @ h_prev`. How does a gradient "
    "go back through `W @ v`?",
    of=rnn_step_backward,
)
PRE_ACTIVATION = Mistake(
    "tanh' at the pre-activation",
    "1 - h**2",
    "1 - np.arctanh(h) ** 2",
    "You took $1 - \\hat h^2$: the square of what goes *into* tanh. In $1 - \\tanh^2 \\hat h$, what is squared?",
    of=rnn_step_backward,
)
TANH_TWICE = Mistake(
    "tanh' of what is a tanh already",
    "1 - h**2",
    "1 - np.tanh(h) ** 2",
    "`h` has been through tanh already, and you send it through once more. In $1 - \\tanh^2 \\hat h$, what is $\\tanh \\hat h$?",
    of=rnn_step_backward,
)
NO_SLOPE = Mistake(
    "the tanh is skipped",
    "dh * (1 - h**2)",
    "dh * 1.0",
    "You walk from $h$ straight to the weights. Between $h$ and $\\hat h$ stands a tanh: what does it multiply by on the way back?",
    of=rnn_step_backward,
)
THROUGH = (NOT_TRANSPOSED, PRE_ACTIVATION, TANH_TWICE, NO_SLOPE)


EXERCISES = (
    Exercise(
        name="dw_h",
        points=2,
        kind="expression",
        problem=two_steps,
        reference=dw_h,
        model=(
            "dw_h = g_1 * (1 - h_1**2) * h_0                               # L_1, h_1, w_h\n"
            "dw_h += g_2 * (1 - h_2**2) * h_1                              # L_2, h_2, w_h\n"
            "dw_h += g_2 * (1 - h_2**2) * w_h * (1 - h_1**2) * h_0         # L_2, h_2, h_1, w_h"
        ),
        mistakes=(
            Mistake(
                "the long route is missing",
                "first + second + both",
                "first + second",
                "Each loss goes back through its own step and stops there. But $h_2$ was made from $h_1$, and $h_1$ from $w_h$: one "
                "route passes through both steps.",
            ),
            Mistake(
                "the first loss is missing",
                "first + second + both",
                "second + both",
                "Both terms start at $L_2$. $L_1$ depends on $w_h$, too.",
            ),
            Mistake(
                "the short route from the second loss is missing",
                "first + second + both",
                "first + both",
                "One route leaves $w_h$ straight into the second step. In the figure it is the one in the middle.",
            ),
            Mistake(
                "the routes were multiplied",
                "first + second + both",
                "first * second * both",
                "All three routes are right, and you multiplied them. Between routes we do something else.",
            ),
            Mistake(
                "the long route skips w_h",
                "* w_h * (1 - h_1**2)",
                "* (1 - h_1**2)",
                "On the long route, the arrow from $h_1$ to $h_2$ has lost a factor. What is $h_1$ multiplied by in the second step?",
            ),
            Mistake(
                "the long route skips the first tanh",
                "* w_h * (1 - h_1**2) * h_0",
                "* w_h * h_0",
                "The long route passes through two steps, so it meets two tanh. One of them is missing: the first step's.",
            ),
            Mistake(
                "the long route skips the second tanh",
                "both = g_2 * (1 - h_2**2)",
                "both = g_2",
                "The long route passes through two steps, so it meets two tanh. One of them is missing: the second step's.",
            ),
            Mistake(
                "the tanh are skipped everywhere",
                "    first = g_1 * (1 - h_1**2) * h_0\n    second = g_2 * (1 - h_2**2) * h_1\n"
                "    both = g_2 * (1 - h_2**2) * w_h * (1 - h_1**2) * h_0",
                "    first = g_1 * h_0\n    second = g_2 * h_1\n    both = g_2 * w_h * h_0",
                "The routes are right, and none of them passes a tanh. Between $w_h h_0$ and $h_1$ there is one.",
            ),
            Mistake(
                "h is shifted by one",
                "    first = g_1 * (1 - h_1**2) * h_0\n    second = g_2 * (1 - h_2**2) * h_1\n"
                "    both = g_2 * (1 - h_2**2) * w_h * (1 - h_1**2) * h_0",
                "    first = g_1 * (1 - h_1**2) * h_1\n    second = g_2 * (1 - h_2**2) * h_2\n"
                "    both = g_2 * (1 - h_2**2) * w_h * (1 - h_1**2) * h_1",
                "Each route ends with the state *after* its step. What is $w_h$ multiplied by in the first step, and in the second?",
            ),
            Mistake(
                "the end of the long route",
                "* w_h * (1 - h_1**2) * h_0",
                "* w_h * (1 - h_1**2) * h_1",
                "The long route ends in the *first* step. What is $w_h$ multiplied by there?",
            ),
            Mistake(
                "tanh' of what is a tanh already",
                "    first = g_1 * (1 - h_1**2) * h_0\n    second = g_2 * (1 - h_2**2) * h_1\n"
                "    both = g_2 * (1 - h_2**2) * w_h * (1 - h_1**2) * h_0",
                "    s_1, s_2 = 1 - np.tanh(h_1) ** 2, 1 - np.tanh(h_2) ** 2\n"
                "    first, second, both = g_1 * s_1 * h_0, g_2 * s_2 * h_1, g_2 * s_2 * w_h * s_1 * h_0",
                "$h_1$ and $h_2$ have been through tanh already. In $1 - \\tanh^2$, the tanh is $h$ itself.",
            ),
            Mistake(
                "the derivative of h_2, not of L",
                "first + second + both",
                "(second + both) / g_2",
                "That is $\\mathrm{d}h_2/\\mathrm{d}w_h$, as in 2.1. A route starts at a loss: what does its first arrow multiply by, "
                "and how many losses are there?",
            ),
            Mistake(
                "the derivative with respect to w_x",
                "return first + second + both",
                "return first / h_0 * x_1 + second / h_1 * x_2 + both / h_0 * x_1",
                "This is how $L$ moves when $w_x$ moves. Here $w_h$ moves.",
            ),
        ),
        hints=(
            "Put a finger on $L_1$ and walk against the arrows to $w_h$: one way. From $L_2$ there are two.",
            "Back through one step: times the slope of tanh, $1 - h^2$, then times what the weight was multiplied by.",
            "The route from $L_1$: `g_1 * (1 - h_1**2) * h_0`.",
        ),
    ),
    Exercise(
        name="char_dy",
        points=2,
        problem=some_scores,
        reference=char_dy,
        own=Own("char_losses", lambda f, p: np.sum(p["mask"] * f(p["y"], p["targets"])), {"char_dy": "y"}),
        mistakes=(
            Mistake(
                "the sign is turned round",
                "return mask[:, None] * dy",
                "return -mask[:, None] * dy",
                "All of it has the wrong sign. When the score of the *true* character grows, does the loss grow?",
            ),
            Mistake(
                "the probabilities alone",
                "-= 1",
                "-= 0",
                "These are the probabilities. They say nothing about which character came: what happens at the target's place?",
            ),
            Mistake(
                "the softmax is missing",
                "dy = softmax(y)",
                "dy = y.copy()",
                "You subtracted the 1 from the *scores*. What do the scores become first?",
            ),
            Mistake(
                "the slope of softmax twice",
                "return mask[:, None] * dy",
                "p = softmax(y)\n    return mask[:, None] * p * (dy - (p * dy).sum(axis=1, keepdims=True))",
                "You sent the gradient through softmax once more. `p - onehot` is the gradient at the *scores* already: softmax and "
                "logarithm, both are in it.",
            ),
            Mistake(
                "p (1 - p) on top of it",
                "return mask[:, None] * dy",
                "p = softmax(y)\n    return mask[:, None] * dy * p * (1 - p)",
                "You multiplied by $p(1-p)$ as well. `p - onehot` is the gradient at the *scores* already: softmax and logarithm, both "
                "are in it.",
            ),
            Mistake(
                "it stopped at the probabilities",
                "return mask[:, None] * dy",
                "return mask[:, None] * (dy - softmax(y)) / softmax(y)",
                "That is the derivative with respect to the *probabilities*, $-1/p$ at the target. One stage further back are the scores.",
            ),
            Mistake(
                "only the target's entry",
                "dy[np.arange(len(y)), targets] -= 1",
                "p, dy = dy, np.zeros_like(dy)\n    dy[np.arange(len(y)), targets] = (p - 1)[np.arange(len(y)), targets]",
                "The target's entry is right, and the others are zero. Raise the score of a *wrong* character: does the loss stay as it is?",
            ),
            Mistake(
                "every target at every step",
                "np.arange(len(y)), targets",
                ":, targets",
                "`dy[:, targets]` means these columns in *every* row. Each row has one target: which row goes with which column?",
            ),
            Mistake(
                "the mask is ignored",
                "return mask[:, None] * dy",
                "return dy",
                "Steps that do not count have an error, too. Where does the mask enter?",
            ),
            Mistake(
                "the scores are masked, not the error",
                "dy = softmax(y)\n    dy[np.arange(len(y)), targets] -= 1\n    return mask[:, None] * dy",
                "dy = softmax(mask[:, None] * y)\n    dy[np.arange(len(y)), targets] -= 1\n    return dy",
                "You set the *scores* of a dropped step to zero. Then it bets uniformly, and pays for it. Which quantity has to be zero?",
            ),
            Mistake(
                "averaged over all steps",
                "return mask[:, None] * dy",
                "return mask[:, None] * dy / len(y)",
                "You divided by the number of steps. In this course the loss of a sequence is a sum.",
            ),
            Mistake(
                "averaged over the kept steps",
                "return mask[:, None] * dy",
                "return mask[:, None] * dy / max(1, mask.sum())",
                "You divided by the number of kept steps. In this course the loss of a sequence is a sum.",
            ),
            Mistake(
                "softmax over the wrong axis",
                "dy = softmax(y)",
                "dy = softmax(y.T).T",
                "Your probabilities sum to 1 down the steps, not across the classes. `y` is (T, K): which axis holds the classes?",
            ),
            Mistake(
                "exp overflows",
                "y - y.max(axis=1, keepdims=True)",
                "y",
                "For ordinary scores this is right. For a score of 1000, `exp` overflows. Use the `softmax` of the cell above, or shift "
                "the scores as in 2.1.",
                of=softmax,
            ),
        ),
        hints=(
            "One row at a time: the probabilities of that step, and then something happens at one place.",
            "`dy[np.arange(T), targets]` is the target's entry of every row. `np.eye(K)[targets]` holds one-hot rows, if you prefer those.",
            "The mask has shape (T,), the error (T, K). `mask[:, None]` has shape (T, 1) and multiplies row by row.",
        ),
        probes={"steps that all count": {"keep": (1, 1, 1, 1)}, "large scores": {"large": True}},
    ),
    Exercise(
        name="rnn_dh",
        problem=a_fork,
        reference=rnn_dh,
        mistakes=(
            Mistake(
                "dh_next is forgotten",
                " + dh_next",
                "",
                "This is what this step's own loss sends back: `dh_next` is forgotten. How many arrows leave $h_t$ in the figure?",
            ),
            Mistake(
                "only the next step",
                "Why.T @ dy + ",
                "",
                "This is what the next step sends back. The loss of *this* step speaks to $h_t$ as well.",
            ),
            Mistake(
                "the two roads were multiplied",
                "Why.T @ dy + dh_next",
                "(Why.T @ dy) * dh_next",
                "Two roads leave one value. Along a road we multiply; where two roads meet, we do something else.",
            ),
            Mistake(
                "the two roads were averaged",
                "Why.T @ dy + dh_next",
                "(Why.T @ dy + dh_next) / 2",
                "You took the mean. A nudge of $h_t$ travels along both roads at full size.",
            ),
            Mistake(
                "the two roads were subtracted",
                "+ dh_next",
                "- dh_next",
                "One of the two roads has the wrong sign. Both carry derivatives of the same loss.",
            ),
        ),
        hints=(
            "Put a finger on the dot at $h_t$ in the figure. Two dashed arrows come in.",
            "One comes ready-made. The other passes backward through $y = W_{hy} h + b_y$: that is 1.3.",
            "If NumPy complains about sizes: `Why` is (K, H), and the result has shape (H,).",
        ),
    ),
    Exercise(
        name="rnn_dh_hat",
        problem=a_tanh,
        reference=rnn_dh_hat,
        mistakes=(
            Mistake(
                "tanh' at the pre-activation",
                "1 - h**2",
                "1 - h_hat**2",
                "You took $1 - \\hat h^2$: the square of what goes *into* tanh. In $1 - \\tanh^2 \\hat h$, what is squared?",
            ),
            Mistake(
                "tanh' of what is a tanh already",
                "1 - h**2",
                "1 - np.tanh(h) ** 2",
                "`h` has been through tanh already, and you send it through once more. In $1 - \\tanh^2 \\hat h$, what is $\\tanh \\hat h$?",
            ),
            Mistake(
                "the tanh is skipped",
                " * (1 - h**2)",
                "",
                "This is `dh` as it came. Between $h$ and $\\hat h$ stands a tanh: what does it multiply by?",
            ),
            Mistake(
                "tanh instead of its slope",
                "(1 - h**2)",
                "h",
                "You multiplied by tanh itself. On the way back, slopes multiply.",
            ),
            Mistake(
                "the square is missing",
                "h**2",
                "h",
                "In the slope of tanh something is squared.",
            ),
            Mistake(
                "the slope of the sigmoid",
                "(1 - h**2)",
                "h * (1 - h)",
                "That is the slope of the sigmoid. This layer has a tanh.",
            ),
            Mistake(
                "the brackets are missing",
                "dh * (1 - h**2)",
                "dh * 1 - h**2",
                "Without brackets, only the 1 is multiplied by `dh`.",
            ),
        ),
        hints=(
            "The slope of tanh at $\\hat h$ is $1 - \\tanh^2 \\hat h$. You need not compute a tanh for it.",
            "`h` is $\\tanh \\hat h$, for all units at once. Entry by entry: `*`, not `@`.",
        ),
    ),
    Exercise(
        name="rnn_step_backward",
        points=3,
        problem=a_step,
        reference=rnn_step_backward,
        outputs=("dWxh", "dWhh", "dbh", "dx", "dh_prev"),
        own=Own(
            "rnn_step",
            lambda f, p: np.sum(f(p["Wxh"], p["Whh"], _bias(len(p["dh"])), p["x"], p["h_prev"]) * p["dh"]),
            {"dWxh": "Wxh", "dWhh": "Whh", "dx": "x", "dh_prev": "h_prev"},
        ),
        mistakes=(
            *THROUGH,
            Mistake(
                "h where h_prev belongs",
                "np.outer(dh_hat, h_prev)",
                "np.outer(dh_hat, h)",
                "`dWhh` is shifted by one step. A weight's gradient needs what the weight was multiplied *by*, and `Whh` was multiplied "
                "by a state: which one?",
            ),
            Mistake(
                "dWhh is transposed",
                "np.outer(dh_hat, h_prev)",
                "np.outer(h_prev, dh_hat)",
                "`dWhh` is transposed. It is square, so its shape cannot tell. A row belongs to the unit that a weight leads *to*.",
            ),
            Mistake(
                "dWxh is transposed",
                "np.outer(dh_hat, x)",
                "np.outer(x, dh_hat)",
                "`dWxh` is transposed. It has the shape of `Wxh`: a row for each unit that a weight leads *to*.",
            ),
            Mistake(
                "dWhh skips the tanh",
                "np.outer(dh_hat, h_prev)",
                "np.outer(dh, h_prev)",
                "`dWhh` starts from $h$, on the far side of the tanh. The weights act before it.",
            ),
            Mistake(
                "dWxh skips the tanh",
                "np.outer(dh_hat, x)",
                "np.outer(dh, x)",
                "`dWxh` starts from $h$, on the far side of the tanh. The weights act before it.",
            ),
            Mistake(
                "dbh skips the tanh",
                "dbh = dh_hat",
                "dbh = dh.copy()",
                "`dbh` starts from $h$. The bias is added *before* the tanh.",
            ),
            Mistake(
                "dx skips the tanh",
                "Wxh.T @ dh_hat",
                "Wxh.T @ dh",
                "`dx` starts from $h$, on the far side of the tanh.",
            ),
            Mistake(
                "dh_prev skips the tanh",
                "Whh.T @ dh_hat",
                "Whh.T @ dh",
                "`dh_prev` starts from $h$, on the far side of the tanh. Before it reaches `Whh`, it has to go back through the tanh.",
            ),
            Mistake(
                "dh_prev skips Whh",
                "Whh.T @ dh_hat",
                "dh_hat.copy()",
                "`dh_prev` has not gone back through `Whh` yet: it stands at the sum in front of the tanh.",
            ),
            Mistake(
                "the slope was taken at h_prev",
                "1 - h**2",
                "1 - h_prev**2",
                "The slope of tanh is taken with the state *before* the step. Which state came out of this tanh?",
            ),
            Mistake(
                "one bias for all units",
                "dbh = dh_hat",
                "dbh = dh_hat.sum()",
                "You added `dbh` up to one number. Each unit has a bias of its own.",
            ),
        ),
        hints=(
            "First `dh_hat`, as in the exercise before. All five results start from it.",
            "Three terms were added to make $\\hat h$, so each gets `dh_hat` unchanged. Then twice the rule of 1.3 for `W @ v`, and "
            "once for a bias.",
            "For `z = W @ v`: `dW = np.outer(dz, v)` and `dv = W.T @ dz`. Here `v` is once `x` and once `h_prev`.",
        ),
    ),
    Exercise(
        name="rnn_backward",
        points=4,
        problem=a_sequence,
        reference=rnn_backward,
        outputs=("dWxh", "dWhh", "dbh", "dx", "dh0"),
        own=Own(
            "rnn_forward",
            lambda f, p: np.sum(f(p["Wxh"], p["Whh"], _bias(len(p["h0"])), p["x"], p["h0"]) * p["dh"]),
            {"dWxh": "Wxh", "dWhh": "Whh", "dx": "x", "dh0": "h0"},
        ),
        mistakes=(
            FORGOTTEN,
            NEVER_UPDATED,
            Mistake(
                "dh_next is piled up",
                "dx[t], dh_next = rnn_step_backward(Wxh, Whh, x[t], h_prev, h[t], total)",
                "dx[t], back = rnn_step_backward(Wxh, Whh, x[t], h_prev, h[t], total)\n        dh_next = dh_next + back",
                "`dh_next` is added up over the steps. It is what the *next* step sends back, and the errors of all later steps are in it "
                "already. Weights are used at every step; $h_t$ goes into one next step only.",
            ),
            Mistake(
                "dh_next is added after the tanh",
                "dh[t] + dh_next",
                "dh[t] + dh_next / (1 - h[t] ** 2)",
                "`dh_next` joined after the way back through the tanh. It belongs to $h_t$, and between $h_t$ and $\\hat h_t$ stands the tanh: "
                "first add, then go through.",
            ),
            Mistake(
                "dh_next is the gradient before Whh",
                "Whh.T @ dh_hat",
                "dh_hat",
                "What you hand back is `dh_hat`. On the way to the state before, `Whh` still lies between.",
                of=rnn_step_backward,
            ),
            OVERWRITTEN,
            Mistake(
                "dWxh is overwritten",
                "dWxh += to_Wxh",
                "dWxh = to_Wxh",
                "`dWxh` holds one step's share. `Wxh` was used at every step.",
            ),
            Mistake(
                "dWhh is overwritten",
                "dWhh += to_Whh",
                "dWhh = to_Whh",
                "`dWhh` holds one step's share. `Whh` was used at every step.",
            ),
            Mistake(
                "dbh is overwritten",
                "dbh += to_bh",
                "dbh = to_bh",
                "`dbh` holds one step's share. The bias was used at every step.",
            ),
            Mistake(
                "averaged over time",
                "return dWxh, dWhh, dbh, dx",
                "return dWxh / len(x), dWhh / len(x), dbh / len(x), dx",
                "You divided by the number of steps. A nudge of a weight acts at all steps at full size, so the shares add.",
            ),
            SHIFTED,
            LAST_ROW,
            Mistake(
                "h0 is taken for zero",
                "else h0",
                "else np.zeros_like(h0)",
                "All steps but the first are right. There the state before was taken for zero, and `h0` need not be.",
            ),
            *THROUGH,
            Mistake(
                "swept forward",
                "reversed(range(len(x)))",
                "range(len(x))",
                "You went from the first step to the last. When you stand at a step, what lies *after* it has to be finished.",
            ),
            Mistake(
                "the first step is left out",
                "range(len(x))",
                "range(1, len(x))",
                "Your loop ends before the first step. `range(T - 1, 0, -1)` does not contain 0.",
            ),
            Mistake(
                "the last step is left out",
                "range(len(x))",
                "range(len(x) - 1)",
                "Your loop begins one step too early, so the last step is left out. Its `dh_next` is zero, its own error is not.",
            ),
            Mistake(
                "dx runs backward",
                "dbh, dx, dh_next",
                "dbh, dx[::-1].copy(), dh_next",
                "The rows of `dx` are right and in reverse order: row `t` belongs to `x[t]`. Do you append while you sweep from the end?",
            ),
            Mistake(
                "dh0 stops at the first state",
                "dbh, dx, dh_next",
                "dbh, dx, total",
                "All else is right. As `dh0` you returned the gradient of the state *after* the first step. One more step back is `h0`.",
            ),
            Mistake(
                "dh0 is left at zero",
                "dbh, dx, dh_next",
                "dbh, dx, np.zeros_like(h0)",
                "All else is right. `h0` was used by the first step, so it has a gradient, too. Which variable holds it when the loop is over?",
            ),
        ),
        hints=(
            "Begin with zeros: for the three weights, for `dx`, and for `dh_next`. Then `for t in reversed(range(len(x)))`.",
            "In the loop: what reaches `h[t]` in all? Hand that to `rnn_step_backward`. Add its three weight gradients to yours; store "
            "its `dx`; its `dh_prev` is the next turn's `dh_next`.",
            "`h_prev` is `h[t - 1]`, but at `t = 0` it is `h0`. After the loop, `dh_next` is what goes back to `h0`.",
        ),
        probes={
            "a sequence of one step": {"T": 1},
            "an error at the last step only": {"keep": (0, 0, 0, 0, 1)},
            "an error at the first step only": {"keep": (1, 0, 0, 0, 0)},
        },
    ),
    Exercise(
        name="char_gradients",
        points=3,
        problem=a_masked_text,
        reference=char_gradients,
        outputs=("dWxh", "dWhh", "dWhy", "dbh", "dby"),
        own=Own(
            "char_masked_loss", lambda f, p: f(*p.values()), {f"d{w}": w for w in ("Wxh", "Whh", "Why", "bh", "by")}
        ),
        mistakes=(
            FORGOTTEN,
            OVERWRITTEN,
            SHIFTED,
            LAST_ROW,
            *THROUGH,
            Mistake(
                "h[t - 1] where h[t] belongs",
                "dWhy = dy.T @ h",
                "dWhy = dy.T @ np.vstack([h0[None], h[:-1]])",
                "`dWhy` is shifted by one: the scores of a step are made from the state *after* that step has read its input.",
            ),
            Mistake(
                "dWhy is transposed",
                "dy.T @ h",
                "h.T @ dy",
                "`dWhy` is transposed. It has the shape of `Why`, (K, H).",
            ),
            Mistake(
                "dWhy and dby are overwritten",
                "dWhy = dy.T @ h\n    dby = dy.sum(axis=0)",
                "dWhy = np.outer(dy[0], h[0])\n    dby = dy[0].copy()",
                "`dWhy` and `dby` hold one step's share, the last one of the sweep. They are used at every step: do you write `=` where `+=` belongs?",
            ),
            Mistake(
                "dby is averaged",
                "dy.sum(axis=0)",
                "dy.mean(axis=0)",
                "`dby` is the mean over the steps. A bias is used at every step, so the shares add.",
            ),
            Mistake(
                "dby sums over the classes",
                "dy.sum(axis=0)",
                "dy.sum(axis=1)",
                "`dby` has one number for each *step*. It should have one for each class: sum over time.",
            ),
            Mistake(
                "the sign is turned round",
                "char_dy(h @ Why.T + by, targets, mask)",
                "-char_dy(h @ Why.T + by, targets, mask)",
                "All gradients have the wrong sign, from the very start of the way back. When the score of the true character grows, does "
                "the loss grow?",
            ),
            Mistake(
                "the slope of softmax twice",
                "    dWhy = dy.T @ h",
                "    p = softmax(h @ Why.T + by)\n    dy = p * (dy - (p * dy).sum(axis=1, keepdims=True))\n    dWhy = dy.T @ h",
                "The error was sent through softmax once more. `char_dy` is the gradient at the scores already.",
            ),
            Mistake(
                "the mask is ignored",
                "return mask[:, None] * dy",
                "return dy",
                "Steps that do not count have an error, too. Where does the mask enter?",
                of=char_dy,
            ),
            Mistake(
                "h0 is ignored",
                "    h = rnn_forward",
                "    h0 = np.zeros_like(h0)\n    h = rnn_forward",
                "Forward and backward agree, and both start from zero instead of `h0`.",
            ),
            Mistake(
                "the bias of the scores is missing",
                "Why.T + by",
                "Why.T",
                "The scores have lost their bias `by`, so all errors are off.",
            ),
            Mistake(
                "the error is cut after dh_next",
                "dh[t] + dh_next",
                "(dh[t] + dh_next) * bool(dh[t].any())",
                "Steps without a loss send nothing back at all. Their *own* error is zero, and what the next step sends through them is not: "
                "where does the mask belong, before or after `dh_next` is added?",
                of=rnn_backward,
            ),
        ),
        hints=(
            "Four stages forward: states, scores, and the loss. Backward in reverse: `char_dy`, then the readout, then `rnn_backward`.",
            "The readout for all steps at once: `dWhy` is a sum over `t` of `np.outer(dy[t], h[t])`, and row `t` of `dh` is `Why.T @ dy[t]`.",
            "As matrix products these are `dy.T @ h` and `dy @ Why`. `dh` is the loss's own gradient: `rnn_backward` adds `dh_next` itself.",
        ),
        probes={"many-to-many": {"keep": (1, 1, 1, 1, 1)}, "many-to-one": {"keep": (0, 0, 0, 0, 1)}},
    ),
    Exercise(
        name="rnn_truncated",
        points=3,
        problem=a_long_sequence,
        reference=rnn_truncated,
        outputs=("dWxh", "dWhh", "dbh", "dx"),
        mistakes=(
            Mistake(
                "the state starts anew",
                "state = h[-1]",
                "state = h0",
                "Each chunk starts from `h0` again, so its states are not those of the whole sequence. The gradient stops at a border; the "
                "state goes on.",
            ),
            Mistake(
                "the state starts from zero",
                "state = h[-1]",
                "state = np.zeros_like(h0)",
                "Every chunk but the first starts from zero. The gradient stops at a border; the state goes on.",
            ),
            Mistake(
                "the full gradient",
                "range(0, len(x), n):\n        chunk = slice(start, start + n)",
                "range(1):\n        chunk = slice(0, len(x))",
                "This is the full gradient: nothing stops at the borders. Here, for once, a road is to be cut: what may a chunk not hear of?",
            ),
            Mistake(
                "the first state of the chunk is carried",
                "state = h[-1]",
                "state = h[0]",
                "The next chunk goes on from the *first* state of this one. Which one came last?",
            ),
            Mistake(
                "the way back starts from the wrong state",
                "rnn_backward(Wxh, Whh, x[chunk], state,",
                "rnn_backward(Wxh, Whh, x[chunk], h0,",
                "Forward, the chunk starts from the carried state; backward, you said that it starts from `h0`. `dWhh` needs the state that "
                "the chunk's first step really had.",
            ),
            Mistake(
                "the state is replaced too early",
                "    to_Wxh, to_Whh, to_bh, dx[chunk], _",
                "    state = h[-1]\n        to_Wxh, to_Whh, to_bh, dx[chunk], _",
                "On the way back, the chunk's first step takes the chunk's *last* state for the one before it. Do you replace the state before "
                "the way back?",
            ),
            Mistake(
                "the incomplete chunk is dropped",
                "range(0, len(x), n)",
                "range(0, len(x) - n + 1, n)",
                "The last chunk is missing when it is shorter than the others. `x[6:9]` is no error when there are only 7 rows.",
            ),
            Mistake(
                "the chunks overlap",
                "range(0, len(x), n)",
                "range(0, len(x))",
                "Your chunks start at every step, so most steps are counted several times. Where does the second chunk start?",
            ),
            Mistake(
                "the errors of the first chunk",
                "dh[chunk]",
                "dh[: len(h)]",
                "Every chunk gets the errors of the first one. `dh` is to be cut in the same places as `x`.",
            ),
            Mistake(
                "only the last chunk is left",
                ADDED,
                ADDED.replace("+=", "="),
                "The weight gradients hold the last chunk's share. Chunks are like steps: their shares add.",
            ),
            FORGOTTEN,
            OVERWRITTEN,
        ),
        hints=(
            "A loop over the first step of each chunk: `for start in range(0, len(x), n)`. Its rows are `x[start : start + n]`.",
            "In the loop: `rnn_forward` over the chunk, from the state so far; `rnn_backward` over the chunk, with the same state; add; "
            "then the chunk's last state is the state so far.",
            "`rnn_backward` begins with a `dh_next` of zero in every chunk. That is the cut: there is nothing else to do for it.",
        ),
        probes={"one chunk that holds everything": {"n": 7}, "chunks of one step": {"n": 1}},
    ),
    Written(
        name="state_or_gradient",
        model=(
            "Right is that the state goes on: what an earlier chunk has left in $h$ can change what the network says now, from any "
            "distance. But the gradient stops at the border of the chunk. No error ever tells a step in an earlier chunk what it "
            "should have kept for later, so nothing makes the network keep it. It may use what happens to be still there; it is "
            "not taught to store it."
        ),
        guide=(
            "The state is carried over the border, so what an earlier chunk left in it can be used.",
            "The gradient is cut at the border: no error reaches the steps of an earlier chunk, so the network is not taught to keep "
            "anything for longer than a chunk.",
        ),
    ),
)
