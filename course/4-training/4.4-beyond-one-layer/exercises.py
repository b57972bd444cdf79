"""The exercises of 4.4 Beyond one layer."""

import numpy as np

from autograde.judging.draw import numbers
from autograde.judging.exercise import Exercise, Written
from autograde.judging.questions import Choice, Guess, Recall
from lstm_ref import attention, layers, stages
from lstm_ref.fast import lstm as fast
from lstm_ref.lstm import Params

TITLE = "4.4 Beyond one layer"


def _bias(H):
    """The same for every problem of this size. A backward pass never sees the biases."""
    return np.array([0.6, -0.4, 0.5, -0.3])[:, None] + np.linspace(-0.3, 0.3, H)


def _cache(W, x, memory):
    gates, c, h = memory
    return fast.Cache(Params(W, np.zeros(W.shape[:2])), x, gates, c, np.tanh(c[1:]), h)


def _layer(rng, x, H, states=1.0):
    """Weights that read x, and the memory that they leave."""
    B, D = x.shape[1:]
    W = numbers(rng, 4, H, H + D, low=0.15, high=0.6)
    h0, c0 = states * numbers(rng, B, H), states * numbers(rng, B, H)
    _, _, cache = fast.forward(Params(W, _bias(H)), x, h0, c0)
    return W, (cache.gates, cache.c, cache.h)


def two_layers(rng, T=5, B=3, D=2, H=4, steep=1.0):
    x = numbers(rng, T, B, D)
    W_lower, lower = _layer(rng, x, H)
    W_upper, upper = _layer(rng, lower[2][1:], H)
    weights = {"W_lower": W_lower, "W_upper": W_upper, "x": x}
    return weights | {"memory_lower": lower, "memory_upper": upper, "dh_loss": steep * numbers(rng, T, B, H)}


def something_dropped(rng, T=5, B=3, H=4, p=None):
    p = float(rng.choice([0.2, 0.3, 0.4])) if p is None else p
    u = rng.permutation((np.arange(T * B * H) + 0.5) / (T * B * H)).reshape(T, B, H)
    return {"h": numbers(rng, T, B, H), "u": u, "p": p, "dy": numbers(rng, T, B, H)}


def some_rows_read(rng, T=5, B=3, K=8, D=4, every=False, steep=1.0):
    """Seven of eight classes at most, so that one is never read and others several times, within a step, too."""
    codes = rng.integers(0, K - 1, (T, B))
    codes[:, 1] = codes[:, 0] if every else np.where(np.arange(T) < 2, codes[:, 0], codes[:, 1])
    return {"codes": codes, "dx": steep * numbers(rng, T, B, D), "K": K}


def _lengths(rng, T, B):
    """The longest first; all different, one as long as the batch."""
    return np.sort(np.append(rng.choice(np.arange(1, T), B - 1, replace=False), T))[::-1].copy()


def losses_with_padding(rng, T=6, B=4, full=False):
    lengths = np.full(B, T) if full else _lengths(rng, T, B)
    return {"losses": rng.uniform(0.5, 3, (T, B)), "lengths": lengths}


def a_padded_batch(rng, T=6, B=4, D=3, full=False):
    lengths = np.full(B, T) if full else rng.permutation(_lengths(rng, T, B))
    return {"x": numbers(rng, T, B, D), "lengths": lengths}


def a_batch_to_pack(rng, T=6, B=4, D=3, full=False):
    lengths = np.full(B, T) if full else _lengths(rng, T, B)
    return {"x": numbers(rng, T, B, D), "lengths": lengths}


def both_ways(rng, T=5, B=3, D=2, H=4, full=False, steep=1.0):
    x, lengths = a_padded_batch(rng, T, B, D, full).values()
    W_left, left = _layer(rng, x, H, states=0.0)
    W_right, right = _layer(rng, layers.turned(x, lengths), H, states=0.0)
    given = {"W_left": W_left, "W_right": W_right, "x": x, "lengths": lengths}
    dh_loss = steep * numbers(rng, T, B, 2 * H) * layers.inside(T, lengths)[..., None]
    return given | {"memory_left": left, "memory_right": right, "dh_loss": dh_loss}


def two_outputs(rng):
    a_1, v_1, v_2 = rng.uniform(0.2, 0.8), float(numbers(rng)), float(numbers(rng))
    return {"a_1": a_1, "a_2": 1 - a_1, "v_1": v_1, "v_2": v_2, "y": a_1 * v_1 + (1 - a_1) * v_2}


def something_attended(rng, T=5, H=3, steep=1.0):
    q, h = numbers(rng, H), numbers(rng, T, H)
    _, a = attention.forward(q, h)
    return {"q": q, "h": h, "a": a, "dy": steep * numbers(rng, H)}


def deep_stack_backward(W_lower, W_upper, x, memory_lower, memory_upper, dh_loss):
    _, _, h = memory_lower
    caches = [_cache(W_lower, x, memory_lower), _cache(W_upper, h[1:], memory_upper)]
    lower, upper = layers.stack_backward(caches, dh_loss)
    return *lower.params, *upper.params, lower.x


def deep_dropout(h, u, p, dy):
    mask = stages.dropout_mask(u, p)
    y = mask * h
    dh = mask * dy
    return y, dh


def deep_embedding_backward(codes, dx, K):
    return stages.embedding_backward(K, codes, dx)


def deep_mean_loss(losses, lengths):
    T = len(losses)
    own = layers.inside(T, lengths)
    share = own / own.sum()
    loss = (share * losses).sum()
    return loss, share


def deep_both_backward(W_left, W_right, x, lengths, memory_left, memory_right, dh_loss):
    read = layers.turned(x, lengths)
    caches = _cache(W_left, x, memory_left), _cache(W_right, read, memory_right)
    left, right, dx = layers.both_backward(caches, lengths, dh_loss)
    return *left.params, *right.params, dx


def deep_attend_slope(a_1, a_2, v_1, v_2, y):
    through_a_1 = a_1 * (1 - a_1) * v_1
    through_a_2 = -a_1 * a_2 * v_2
    return through_a_1 + through_a_2


def deep_attend_backward(q, h, a, dy):
    return tuple(attention.backward(q, h, a, dy))


EXERCISES = (
    Exercise(
        name="deep_stack_backward",
        points=3,
        problem=two_layers,
        reference=deep_stack_backward,
        outputs=("dW_lower", "db_lower", "dW_upper", "db_upper", "dx"),
        hints=(
            "Two calls of `fast_backward`. Which layer first? The one whose `dh_loss` you have.",
            "`fast_backward(W, x, memory, dh, dc_T)` asks for what the layer *read*. The lower one read `x`. What did the upper one read, "
            "and where does it stand in `memory_lower`?",
            "The third of the five results of the first call is the gradient at what the upper layer read. That is the `dh` of the second. "
            "`dc_T` is zero for both: `np.zeros(c[0].shape)`.",
        ),
        probes={
            "one step": {"T": 1},
            "a batch of one": {"B": 1},
            "a longer sequence": {"T": 12},
            "gradients that are large": {"steep": 1000.0},
        },
    ),
    Exercise(
        name="deep_dropout",
        points=2,
        problem=something_dropped,
        reference=deep_dropout,
        outputs=("y", "dh"),
        hints=(
            "`u >= p` is an array of True and False. In a product they count as 1 and 0.",
            "Make one array that is 0 where something is dropped and $1/(1-p)$ elsewhere. `y` is a product with it. And a product's way back?",
        ),
        probes={"a share of zero": {"p": 0.0}},
    ),
    Exercise(
        name="deep_embedding_backward",
        points=2,
        problem=some_rows_read,
        reference=deep_embedding_backward,
        hints=(
            "Begin with zeros of shape `(K, D)`: a row that was never read keeps its zero. Then every `dx[t, n]` goes to the row `codes[t, n]`.",
            "A double loop over `t` and `n` with `+=` on a *single* row is right. `np.add.at(dE, codes, dx)` does the same in one line.",
        ),
        probes={
            "two sequences that read the same": {"every": True},
            "gradients that are large": {"steep": 1000.0},
            "a longer sequence": {"T": 12},
        },
    ),
    Exercise(
        name="deep_mean_loss",
        points=2,
        problem=losses_with_padding,
        reference=deep_mean_loss,
        outputs=("loss", "dlosses"),
        hints=(
            "First the mask. `np.arange(T)[:, None] < lengths` compares every step with every length: shape `(T, B)`.",
            "How many of its entries are True? By that number a mean over the true characters is divided.",
            "The loss is a sum of `mask / count * losses`, so the slope by `losses[t, n]` is what stands before it.",
        ),
        probes={"no padding": {"full": True}, "a longer sequence": {"T": 12}},
    ),
    Exercise(
        name="deep_pack",
        problem=a_batch_to_pack,
        reference=layers.packed,
        outputs=("rows", "sizes"),
        hints=(
            "Step by step: at step `t` the sequences that still run are the first ones. How many of `lengths` are greater than `t`?",
            "With a loop: `x[t, :n]` are the rows of step `t`, and `np.concatenate` puts them below one another. Or index `x` with the mask: it is read row by row.",
        ),
        probes={"no padding": {"full": True}, "one sequence": {"B": 1, "full": True}, "a longer sequence": {"T": 12}},
    ),
    Exercise(
        name="deep_turn",
        points=2,
        problem=a_padded_batch,
        reference=layers.turned,
        hints=(
            "A loop over the sequences is fine: `x[:n, k]` is sequence `k` without its padding, where `n = lengths[k]`.",
            "Start from `x.copy()` and write each sequence's own part over it, turned round with `[::-1]`.",
        ),
        probes={"no padding": {"full": True}, "a longer sequence": {"T": 12}},
    ),
    Exercise(
        name="deep_both_backward",
        points=3,
        problem=both_ways,
        reference=deep_both_backward,
        outputs=("dW_left", "db_left", "dW_right", "db_right", "dx"),
        hints=(
            "Joining two arrays side by side is undone by cutting: which half of `dh_loss` belongs to which layer?",
            "The layer from the right knows one order only, its own. What it read was turned, so everything that you hand it must be: "
            "the gradient too.",
            "Its `dx` comes back in its own order. Turn that once more. Then: how often was each `x[t]` read, and what happens at a fork?",
        ),
        probes={
            "no padding": {"full": True},
            "a batch of one": {"B": 1, "full": True},
            "a longer sequence": {"T": 12},
            "gradients that are large": {"steep": 1000.0},
        },
    ),
    Exercise(
        name="deep_attend_slope",
        kind="expression",
        problem=two_outputs,
        reference=deep_attend_slope,
        alone="an expression in SymPy",
        hints=(
            "$s_1$ moves both weights, as they must add up to 1. Two routes, then: through $a_1$ and through $a_2$.",
            "The local derivatives of softmax are printed above the exercise. Each is multiplied by how $y$ moves with that weight.",
        ),
    ),
    Exercise(
        name="deep_attend_backward",
        points=4,
        problem=something_attended,
        reference=deep_attend_backward,
        outputs=("da", "ds", "dq", "dh"),
        hints=(
            "Stage by stage from the end. In $y = \\sum_t a_t h_t$ a number $a_t$ multiplies a whole vector, so its gradient is a sum: "
            "`h[t] @ dy`. For all $t$ at once it is one product.",
            "`ds` is the expression that you have just derived, with $\\mathrm{d}a_t$ for $v_t$: each $a_t$ times what $\\mathrm{d}a_t$ is more than "
            "the mean of all, weighed by $a$.",
            "$s_t = q \\cdot h_t$ hands $q$ to $h_t$ and $h_t$ to $q$. $q$ is in all the scores. $h_t$ has now been used twice.",
        ),
        probes={"a single output": {"T": 1}, "many outputs": {"T": 12}, "gradients that are large": {"steep": 1000.0}},
    ),
    Written(
        name="deep_nothing_new",
        model=(
            "The upper layer's gradient at its inputs is the lower layer's dh_loss, because what one reads is what the other puts out; no loss is needed "
            "in between. An embedding is a fork over all places where a row was read, so its gradient is a sum, and an indexed += loses some of it. "
            "Dropout is a product with a mask that must be the same both ways. Padding has no gradient as long as no loss and no layer reads it, and the layer "
            "from the right reads it first unless each sequence is turned within its own length. Both directions read each input, so their dx add."
        ),
        guide=(
            "Between layers: dx of the upper is dh_loss of the lower.",
            "Two of: an embedding's rows are summed; dropout multiplies by the same mask; each input is read from both sides, so its gradients add.",
            "Padding: no gradient comes from it, if the loss is masked and the order from the right is turned within each length.",
        ),
    ),
)

GUESSES = (
    Guess(
        "deep_dropout_check",
        "The backward pass is right, and the check says that it is off by far. Which entry of the list in 1.5 is it?",
        {
            "a": Choice(
                "float32: too few digits",
                "Then it would be off by a little, about 1e-3 with this step. And all arrays here are float64.",
            ),
            "b": Choice(
                "something random differs between the runs",
                "Each call of the loss draws a new mask, so the two runs of a difference are runs of two different networks.",
            ),
            "c": Choice(
                "a kink, as at `abs` or `max`",
                "Dropout multiplies, and a product has no kink. With one and the same mask the loss is as smooth as before.",
            ),
            "d": Choice(
                "state carried from the first run to the second",
                "Both runs start from the same zeros: look at `h0` and `c0`. That would be the first thing to look for in 4.2's loop.",
            ),
        },
        right="b",
    ),
    Guess(
        "deep_lost_rows",
        "`counts` is `[0, 0, 0, 0]`. What is it after `counts[[1, 1, 3]] += 1`?",
        {
            "a": Choice(
                "`[0, 2, 0, 1]`",
                "So it should be, if it were done one index after the other. NumPy reads all three rows first, adds, and then writes them back: row 1 twice.",
            ),
            "b": Choice(
                "`[0, 1, 0, 1]`",
                "Row 1 is read twice as 0, becomes 1 twice, and is written twice. One of the two additions is lost.",
            ),
            "c": Choice(
                "an error: an index may not come twice",
                "It may. For *reading* it is just what an embedding needs.",
            ),
        },
        right="b",
    ),
    Guess(
        "deep_packed",
        "Three sequences of 3, 2 and 1 steps, a, b and c. In which order do their rows stand in the packed array?",
        {
            "a": Choice(
                "$a_0\\,a_1\\,a_2\\,b_0\\,b_1\\,c_0$: one sequence after the other",
                "That is how one would store them. But a layer goes through time, and needs all rows of a step at once.",
            ),
            "b": Choice(
                "$a_0\\,b_0\\,c_0\\,a_1\\,b_1\\,a_2$: one step after the other",
                "Each step is a block of rows, and the blocks get shorter as sequences end: 3, 2, 1.",
            ),
            "c": Choice(
                "$c_0\\,b_0\\,b_1\\,a_0\\,a_1\\,a_2$: the shortest first",
                "The longest comes first, so that the sequences that still run are always the first rows.",
            ),
        },
        right="b",
    ),
)

RECALL = (
    Recall(
        "Two layers, a loss on the upper one. Which result of the upper layer's backward pass is the lower layer's `dh_loss`?",
        ("dx", "its dx", "the dx"),
        "Its `dx`: the gradient at what it read, and it read the lower layer's outputs.",
    ),
    Recall(
        "`counts` is `[0, 0]`. What is `counts[1]` after `counts[[1, 1, 1]] += 1`?",
        (1, "one"),
        "1: the row is read three times before it is written. `np.add.at` adds all three.",
    ),
    Recall(
        "Dropout with `p = 0.2` in training: by what are the outputs that are kept multiplied?",
        (1.25, "1/(1-p)", "5/4", "1/0.8"),
        "By `1 / (1 - p)`, here 1.25, so that the mean stays; and their gradients by the same.",
    ),
    Recall(
        "A layer reads a padded batch from the right. What must be turned round: the whole time axis, or each sequence in its own length?",
        ("each sequence", "each sequence in its own length", "each", "its own length", "own length"),
        "Each sequence in its own length. Otherwise the layer reads the padding first.",
    ),
    Recall(
        "Attention: `s_t = q @ h_t`, `a = softmax(s)`, `y` is the sum of all `a_t * h_t`. How many gradients meet at an output `h_t`?",
        (2, "two"),
        "Two: it is weighed, and it is in its own score.",
    ),
)
