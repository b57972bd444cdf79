"""The exercises of 2.2 Backpropagation through time."""

import numpy as np

from autograde.judging.draw import numbers
from autograde.judging.exercise import Exercise, Own, Written
from autograde.judging.questions import Choice, Guess, Recall
from lstm_ref import rnn, stages

TITLE = "2.2 Backpropagation through time"


def _bias(H):
    """The bias of the backward problems. It is no argument of theirs, so it may be the same in all of them."""
    return np.array([0.4, -0.7, 0.5, 0.9, -0.6, 0.8])[:H]


def _params(Wxh, Whh):
    return rnn.Params(Wxh, Whh, _bias(len(Whh)))


def two_steps(rng):
    p = {name: float(numbers(rng)) for name in ("w_x", "w_h", "x_1", "x_2", "h_0", "g_1", "g_2")}
    p["h_1"] = float(np.tanh(p["w_x"] * p["x_1"] + p["w_h"] * p["h_0"]))
    p["h_2"] = float(np.tanh(p["w_x"] * p["x_2"] + p["w_h"] * p["h_1"]))
    return p


def some_scores(rng, T=4, K=6, keep=(1, 0, 1, 1), large=False):
    """Scores of any size; when they are large, so are the gaps between and within the rows."""
    y, targets = 2 * numbers(rng, T, K), rng.integers(1, K, T)
    if large:
        y = np.stack([900.0 * rng.permutation(K) + 8000.0 * t for t in range(T)])
    return {"y": y, "targets": targets, "mask": np.array(keep[:T], float)}


def a_fork(rng, H=4, K=6):
    return {"Why": numbers(rng, K, H), "dy": numbers(rng, K), "dh_next": numbers(rng, H)}


def a_tanh(rng, H=4):
    h_hat = numbers(rng, H)
    return {"dh": numbers(rng, H), "h_hat": h_hat, "h": np.tanh(h_hat)}


def a_step(rng, D=3, H=4):
    Wxh, Whh, x, h_prev = numbers(rng, H, D), numbers(rng, H, H), numbers(rng, D), np.tanh(numbers(rng, H))
    h, _ = rnn.cell_forward(_params(Wxh, Whh), x, h_prev)
    return {"Wxh": Wxh, "Whh": Whh, "x": x, "h_prev": h_prev, "h": h, "dh": numbers(rng, H)}


def a_sequence(rng, T=5, D=3, H=4, keep=None, steep=1.0):
    """A sequence of states, and the loss's own gradient at each, `steep` times as large; `keep`: where there is one."""
    Wxh, Whh = numbers(rng, H, D) / 2, numbers(rng, H, H) / 2
    x, h0 = numbers(rng, T, D), np.tanh(numbers(rng, H))
    h, _ = rnn.sweep_forward(_params(Wxh, Whh), x, h0)
    dh_loss = steep * numbers(rng, T, H) * np.array(keep or [1] * T)[:, None]
    return {"Wxh": Wxh, "Whh": Whh, "x": x, "h0": h0, "h": h, "dh_loss": dh_loss}


def a_masked_text(rng, T=5, D=3, H=4, K=6, keep=(0, 1, 0, 1, 1), steep=1.0):
    weights = {"Wxh": numbers(rng, H, D) / 2, "Whh": numbers(rng, H, H) / 2, "Why": steep * numbers(rng, K, H)}
    biases = {"bh": numbers(rng, H), "by": numbers(rng, K)}
    data = {"x": numbers(rng, T, D), "targets": rng.integers(0, K, T), "h0": numbers(rng, H)}
    return weights | biases | data | {"mask": np.array(keep, float)}


def a_long_sequence(rng, T=7, D=2, H=4, n=3):
    weights = {"Wxh": numbers(rng, H, D) / 2, "Whh": numbers(rng, H, H) / 2, "bh": numbers(rng, H) / 2}
    return weights | {"x": numbers(rng, T, D), "h0": numbers(rng, H), "dh_loss": numbers(rng, T, H), "n": n}


def dw_h(w_x, w_h, x_1, x_2, h_0, g_1, g_2, h_1, h_2):
    first = g_1 * (1 - h_1**2) * h_0
    second = g_2 * (1 - h_2**2) * h_1
    both = g_2 * (1 - h_2**2) * w_h * (1 - h_1**2) * h_0
    return first + second + both


def char_dy(y, targets, mask):
    return stages.cross_entropy_backward(y, targets, mask)


def rnn_dh(Why, dy, dh_next):
    h = np.zeros_like(dh_next)  # what went in plays no part in its own gradient
    _, dh_loss, _ = stages.affine_backward(Why, h, dy)
    return dh_loss + dh_next


def rnn_dh_hat(dh, h_hat, h):
    H = len(h)
    params = _params(np.zeros((H, 1)), np.zeros((H, H)))  # the road ends before the weights
    step = rnn.Step(np.zeros(1), np.zeros(H), h_hat, h)
    return rnn.cell_backward(params, step, dh).dh_hat


def rnn_step_backward(Wxh, Whh, x, h_prev, h, dh):
    step = rnn.Step(x, h_prev, np.arctanh(h), h)
    block = rnn.cell_backward(_params(Wxh, Whh), step, dh)
    return block.dWxh, block.dWhh, block.dbh, block.dx, block.dh_prev


def rnn_backward(Wxh, Whh, x, h0, h, dh_loss):
    gradients, _ = rnn.sweep_backward(_params(Wxh, Whh), rnn.steps_of(x, h0, h), dh_loss)
    dWxh, dWhh, dbh = gradients.params
    return dWxh, dWhh, dbh, gradients.x, gradients.h0


def char_gradients(Wxh, Whh, Why, bh, by, x, targets, h0, mask):
    params = rnn.CharParams(Wxh, Whh, Why, bh, by)
    y, h, _ = rnn.char_forward(params, x, h0)
    dy = char_dy(y, targets, mask)
    gradients = rnn.char_backward(params, rnn.steps_of(x, h0, h), dy)
    return tuple(gradients.params)


def rnn_truncated(Wxh, Whh, bh, x, h0, dh_loss, n):
    params = rnn.Params(Wxh, Whh, bh)
    total = [np.zeros_like(p) for p in params]
    dx = np.zeros_like(x)
    state = h0
    for start in range(0, len(x), n):
        chunk = slice(start, start + n)
        h, _ = rnn.sweep_forward(params, x[chunk], state)
        steps = rnn.steps_of(x[chunk], state, h)
        gradients, _ = rnn.sweep_backward(params, steps, dh_loss[chunk])
        total = [whole + share for whole, share in zip(total, gradients.params, strict=True)]
        dx_here = gradients.x
        dx[chunk] = dx_here
        state = h[-1]
    return *total, dx


EXERCISES = (
    Exercise(
        name="dw_h",
        points=2,
        kind="expression",
        problem=two_steps,
        reference=dw_h,
        alone="the gradient route by route, where lstm_ref sweeps",
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
            lambda f, p: np.sum(f(p["Wxh"], p["Whh"], _bias(len(p["h0"])), p["x"], p["h0"]) * p["dh_loss"]),
            {"dWxh": "Wxh", "dWhh": "Whh", "dx": "x", "dh0": "h0"},
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
            "a longer sequence": {"T": 10},
            "gradients that are large": {"steep": 30.0},
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
        hints=(
            "Four stages forward: states, scores, and the loss. Backward in reverse: `char_dy`, then the readout, then `rnn_backward`.",
            "The readout for all steps at once: `dWhy` is a sum over `t` of `np.outer(dy[t], h[t])`, and row `t` of `dh_loss` is "
            "`Why.T @ dy[t]`.",
            "As matrix products these are `dy.T @ h` and `dy @ Why`. That is the loss's own gradient: `rnn_backward` adds `dh_next` itself.",
        ),
        probes={
            "many-to-many": {"keep": (1, 1, 1, 1, 1)},
            "many-to-one": {"keep": (0, 0, 0, 0, 1)},
            "a longer sequence": {"T": 10, "keep": (1, 0, 1, 1, 0, 0, 1, 1, 0, 1)},
            "gradients that are large": {"steep": 30.0},
        },
    ),
    Exercise(
        name="rnn_truncated",
        points=3,
        problem=a_long_sequence,
        reference=rnn_truncated,
        outputs=("dWxh", "dWhh", "dbh", "dx"),
        hints=(
            "A loop over the first step of each chunk: `for start in range(0, len(x), n)`. Its rows are `x[start : start + n]`.",
            "In the loop: `rnn_forward` over the chunk, from the state so far; `rnn_backward` over the chunk, with the same state; add; "
            "then the chunk's last state is the state so far.",
            "`rnn_backward` begins with a `dh_next` of zero in every chunk. That is the cut: there is nothing else to do for it.",
        ),
        probes={
            "one chunk that holds everything": {"n": 7},
            "chunks of one step": {"n": 1},
            "a longer sequence": {"T": 10, "n": 4},
        },
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

GUESSES = (
    Guess(
        "inputs_without_gradient",
        "Six steps, and only the *first two* have an error. Which inputs get a gradient of zero?",
        {
            "a": Choice(
                "Inputs 1 and 2.",
                "Those two are just what the errors are made of. With an error at the last step alone, even input 1 gets something.",
            ),
            "b": Choice("Inputs 3 to 6.", "Yes: what is read later cannot have changed an earlier loss."),
            "c": Choice(
                "None: the state connects all steps.",
                "It does, in one direction. Nothing goes from step 3 to the loss of step 2.",
            ),
            "d": Choice(
                "All but inputs 1 and 2 get something, only smaller.",
                "What fades is a gradient that goes back. To later steps it does not go at all.",
            ),
        },
        right="b",
    ),
    Guess(
        "first_input_in_chunks",
        "24 steps, one error at step 24, chunks of 8, and the state is carried on. How large is the gradient of input 1, against that in full?",
        {
            "a": Choice(
                "The same: the state was carried on.",
                "The state carries values forward. A gradient goes back, and nobody carried that.",
            ),
            "b": Choice(
                "About a third: one chunk of three is left.",
                "A third of the *steps* is left. Input 1 is not among them.",
            ),
            "c": Choice("Zero.", "Yes. Input 1 lies in a chunk that has no error, and none comes in from another."),
        },
        right="c",
    ),
)

RECALL = (
    Recall(
        "At the fork at $h_t$ two gradients meet, from the loss of this step and from the next step. Are they added or multiplied?",
        ("added", "add", "they are added", "sum", "summed"),
        "Added: `dh = dh_loss[t] + dh_next`.",
    ),
    Recall(
        "With which value does `dh_next` begin, at the last step? A number.",
        (0, "zero", "zeros"),
        "Zero: there is no later step.",
    ),
    Recall(
        "$W_{hh}$ is used at every step. In the loop of the sweep, `dWhh = ...` or `dWhh += ...`? Write `=` or `+=`.",
        ("+=",),
        "`+=`: each step adds its share.",
    ),
    Recall(
        "`h_hat = Whh @ h_prev + ...`. Which array does `dWhh = np.outer(dh_hat, ...)` take?",
        ("h_prev", "h[t - 1]", "h[t-1]"),
        "`h_prev`, what the weight was multiplied by.",
    ),
    Recall(
        "Chunks: what goes on over a border, the state or the gradient?",
        ("the state", "state"),
        "The state. The gradient stops there.",
    ),
    Recall(
        "In chunks of 10, over how many steps does the loss of a chunk's *first* step go back? A number.",
        (1, "one"),
        "One, its own. The last one's goes back over all 10. (In a window of 10 each would go back over 10.)",
    ),
)
