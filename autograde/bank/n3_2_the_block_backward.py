"""The exercises of 3.2 The block, backward."""

from types import SimpleNamespace

import numpy as np

from autograde.exercise import Exercise, Mistake, Own, Written

TITLE = "3.2 The block, backward"


def _numbers(rng, *shape, low=0.3, high=1.2):
    """Numbers of either sign, none of them near zero."""
    return rng.uniform(low, high, shape) * rng.choice([-1.0, 1.0], shape)


def _bias(H):
    """The same for every problem of this size: a backward pass never sees the biases."""
    return np.linspace(-0.7, 0.8, 4 * H).reshape(4, H)


def lstm_step(W, b, x, h_prev, c_prev):
    z = np.concatenate([h_prev, x])
    f_hat, i_hat, g_hat, o_hat = W @ z + b
    f, i, g, o = sigmoid(f_hat), sigmoid(i_hat), np.tanh(g_hat), sigmoid(o_hat)
    c = f * c_prev + i * g
    h = o * np.tanh(c)
    before = {"x": x, "h_prev": h_prev, "c_prev": c_prev, "z": z}
    hats = {"f_hat": f_hat, "i_hat": i_hat, "g_hat": g_hat, "o_hat": o_hat}
    return SimpleNamespace(**before, **hats, f=f, i=i, g=g, o=o, c=c, h=h)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def _block(rng, H=5, D=3, dh=1.0, dc_next=1.0):
    """A random block, and a gradient for each value in it: independent numbers, so that no exercise needs another's."""
    W, b = _numbers(rng, 4, H, H + D, low=0.15, high=0.6), _bias(H)
    x, c_prev = _numbers(rng, D), _numbers(rng, H, low=0.4, high=1.5)
    h_prev = _numbers(rng, H, low=0.2, high=0.9)
    found = {"W": W, "b": b, "x": x, "h_prev": h_prev, "c_prev": c_prev}
    found["step"] = lstm_step(**found)
    found |= {"target": _numbers(rng, H), "dh_next": _numbers(rng, H)}
    found |= {"dh": dh * _numbers(rng, H), "dc_next": dc_next * _numbers(rng, H)}
    for name in ("do", "dc", "df", "di", "dg", "df_hat", "di_hat", "dg_hat", "do_hat"):
        found[name] = _numbers(rng, H)
    return found


def _some(*names):
    """A problem generator that hands out these parts of a random block, in this order."""

    def problem(rng, **options):
        block = _block(rng, **options)
        return {name: block[name] for name in names}

    return problem


def on_the_road(rng):
    names = {"dh": _numbers(rng), "dc_next": _numbers(rng), "c": _numbers(rng), "c_prev": _numbers(rng)}
    return {k: float(v) for k, v in names.items()} | {"f": rng.uniform(0.2, 0.8), "o": rng.uniform(0.2, 0.8)}


def back_to_h(step, target, dh_next):
    own = step.h - target
    return own + dh_next


def back_to_o(step, dh):
    return dh * np.tanh(step.c)


def back_to_c(step, dh, dc_next):
    down = dh * step.o * (1 - np.tanh(step.c) ** 2)
    return down + dc_next


def back_through_update(step, dc):
    df = dc * step.c_prev
    di = dc * step.g
    dg = dc * step.i
    dc_prev = dc * step.f
    return df, di, dg, dc_prev


def back_to_hats(step, df, di, dg, do):
    df_hat = df * step.f * (1 - step.f)
    di_hat = di * step.i * (1 - step.i)
    dg_hat = dg * (1 - step.g**2)
    do_hat = do * step.o * (1 - step.o)
    return df_hat, di_hat, dg_hat, do_hat


def road_to_f_hat(dh, dc_next, o, c, c_prev, f):
    dc = dh * o * (1 - np.tanh(c) ** 2) + dc_next
    return dc * c_prev * f * (1 - f)


def back_to_weights(step, df_hat, di_hat, dg_hat, do_hat):
    z = step.z
    dW_f = np.outer(df_hat, z)
    dW_i = np.outer(di_hat, z)
    dW_g = np.outer(dg_hat, z)
    dW_o = np.outer(do_hat, z)
    dW = np.stack([dW_f, dW_i, dW_g, dW_o])
    db = np.stack([df_hat, di_hat, dg_hat, do_hat])
    return dW, db


def back_to_inputs(W, df_hat, di_hat, dg_hat, do_hat):
    W_f, W_i, W_g, W_o = W
    dz = W_f.T @ df_hat + W_i.T @ di_hat + W_g.T @ dg_hat + W_o.T @ do_hat
    H = len(df_hat)
    dh_prev, dx = dz[:H], dz[H:]
    return dx, dh_prev


def lstm_step_backward(W, step, dh, dc_next):
    do = back_to_o(step, dh)
    dc = back_to_c(step, dh, dc_next)
    df, di, dg, dc_prev = back_through_update(step, dc)
    df_hat, di_hat, dg_hat, do_hat = back_to_hats(step, df, di, dg, do)
    dW, db = back_to_weights(step, df_hat, di_hat, dg_hat, do_hat)
    dx, dh_prev = back_to_inputs(W, df_hat, di_hat, dg_hat, do_hat)
    return dW, db, dx, dh_prev, dc_prev


def block_loss(W, b, x, h_prev, c_prev, dh, dc_next):
    step = lstm_step(W, b, x, h_prev, c_prev)
    return np.sum(dh * step.h) + np.sum(dc_next * step.c)


def _own_loss(function, problem):
    step = problem["step"]
    moved = function(problem["W"], _bias(len(step.c)), step.x, step.h_prev, step.c_prev)
    return np.sum(problem["dh"] * moved.h) + np.sum(problem["dc_next"] * moved.c)


def _hats(sigmoid_slope="d{k} * step.{k} * (1 - step.{k})", tanh_slope="dg * (1 - step.g**2)"):
    """Four lines of `back_to_hats`, with these slopes."""
    slopes = {k: sigmoid_slope.format(k=k) for k in "fio"} | {"g": tanh_slope}
    return "\n".join(f"    d{k}_hat = {slopes[k]}" for k in "figo")


# Mistakes that are made in a piece, and again in the assembled pass ---------------------------------------------------

C_ITSELF = Mistake(
    "c without its tanh on the way to o",
    "np.tanh(step.c)",
    "step.c",
    "In `do` you multiplied by the cell state as it is. What reaches the product with $o_t$ in the figure?",
    of=back_to_o,
)
NO_RIGHT_ROAD = Mistake(
    "the road from the next block is missing",
    "down + dc_next",
    "down",
    "You came back to $c_t$ from below, and not from the right. How many arrows leave $c_t$ in the forward pass? Without "
    "the second one, nothing is learned from what later blocks did with this cell state.",
    of=back_to_c,
)
ROADS_MULTIPLIED = Mistake(
    "the two roads to c were multiplied",
    "down + dc_next",
    "down * dc_next",
    "Both roads are right, and then you multiplied them. That is what one does *along* a road. These two run side by side.",
    of=back_to_c,
)
GATE_ADDED = Mistake(
    "a gate was added to a gradient",
    "down + dc_next",
    "down + step.f",
    "You added a forget gate where a gradient belongs. Double the loss: every gradient doubles, and a gate does not. What "
    "comes back from the next block is handed to you ready-made.",
    of=back_to_c,
)
GATE_TWICE = Mistake(
    "the forget gate is applied to dc_next",
    "down + dc_next",
    "down + dc_next * step.f",
    "You multiplied `dc_next` by this block's forget gate. The next block has done its own multiplication, with its own "
    "gate, before it handed `dc_next` over. This block's `f` stands to the left of $c_t$, not to its right.",
    of=back_to_c,
)
C_WITHOUT_TANH = Mistake(
    "tanh' at c without the tanh",
    "np.tanh(step.c) ** 2",
    "step.c ** 2",
    "In $1 - \\tanh^2$ the square is of the *output* of tanh. `step.c` has not been through it yet.",
    of=back_to_c,
)
O_MISSING = Mistake(
    "the output gate is missing on the way to c",
    "dh * step.o",
    "dh",
    "From $h_t$ you went straight to the tanh. Look at the figure: what stands between them, and what does a product hand "
    "to one factor?",
    of=back_to_c,
)
C_FOR_C_PREV = Mistake(
    "c_t where c_{t-1} belongs",
    "dc * step.c_prev",
    "dc * step.c",
    "In `df` you used the cell state *after* the update. Which cell state did the forget gate multiply?",
    of=back_through_update,
)
I_FOR_G = Mistake(
    "di was multiplied by i",
    "di = dc * step.g",
    "di = dc * step.i",
    "`di` has the input gate itself as its factor. In the product $i_t \\odot g_t$, what multiplies $i_t$?",
    of=back_through_update,
)
F_MISSING = Mistake(
    "the forget gate is missing on the way to c_prev",
    "dc_prev = dc * step.f",
    "dc_prev = dc",
    "Your `dc_prev` is all of `dc`, as if nothing had stood between the two cell states. Look at the product at the top "
    "left of the figure.",
    of=back_through_update,
)
SLOPE_OF_ACTIVATION = Mistake(
    "sigma' taken of an activation",
    _hats(),
    _hats("d{k} * sigmoid(step.{k}) * (1 - sigmoid(step.{k}))"),
    "`f`, `i` and `o` have been through the sigmoid already, and you sent them through it once more. The slope is written "
    "with the output as it stands.",
    of=back_to_hats,
)
SIGMOID_FOR_SLOPE = Mistake(
    "the gate instead of its slope",
    _hats(),
    _hats("d{k} * step.{k}"),
    "You multiplied by the gates themselves. Along a road it is *slopes* that multiply, and the slope of a sigmoid has one "
    "more factor.",
    of=back_to_hats,
)
SLOPES_MISSING = Mistake(
    "the sigmoids' slopes are missing",
    _hats(),
    _hats("d{k}"),
    "The three gates' gradients come out as they went in. They stand behind the sigmoid, and you want to be in front of it.",
    of=back_to_hats,
)
TANH_AGAIN = Mistake(
    "g went through tanh once more",
    "step.g**2",
    "np.tanh(step.g) ** 2",
    "`step.g` is the *output* of tanh. In $1 - \\tanh^2 \\hat g$ you have the tanh already.",
    of=back_to_hats,
)
O_SLOPE_MISSING = Mistake(
    "the output gate's slope is missing",
    "do_hat = do * step.o * (1 - step.o)",
    "do_hat = do",
    "`do_hat` is `do` as it came. The output gate has a sigmoid like the other two.",
    of=back_to_hats,
)
TRANSPOSED = Mistake(
    "dW is transposed",
    "np.stack([dW_f, dW_i, dW_g, dW_o])",
    "np.stack([dW_f.T, dW_i.T, dW_g.T, dW_o.T])",
    "The numbers are right, and rows and columns are exchanged. A gradient has the shape of its weight: a row for each "
    "hidden unit.",
    of=back_to_weights,
)
NO_BIASES = Mistake(
    "db is missing",
    "np.stack([df_hat, di_hat, dg_hat, do_hat])",
    "np.stack([0 * df_hat, 0 * di_hat, 0 * dg_hat, 0 * do_hat])",
    "Your bias gradients are all zero. Nudge a bias: does the value with the hat stay where it is?",
    of=back_to_weights,
)
WRONG_Z = Mistake(
    "the parts of z are exchanged",
    "z = step.z",
    "z = np.concatenate([step.x, step.h_prev])",
    "Your weight gradients have the columns of `x` first. In which order were `h_prev` and `x` joined in the forward pass?",
    of=back_to_weights,
)
NEW_H = Mistake(
    "h_t where h_{t-1} belongs",
    "z = step.z",
    "z = np.concatenate([step.h, step.x])",
    "In the columns of $h$ you used the output of *this* block. What did the weights multiply when the gates were computed?",
    of=back_to_weights,
)
SUM_OF_ROADS = "W_f.T @ df_hat + W_i.T @ di_hat + W_g.T @ dg_hat + W_o.T @ do_hat"
ONE_GATE = Mistake(
    "one gate instead of four",
    SUM_OF_ROADS,
    "W_f.T @ df_hat",
    "You came back to $z$ through the forget gate alone. How many arrows leave the lower line in the figure?",
    of=back_to_inputs,
)
NO_O_SHARE = Mistake(
    "the output gate's share is missing",
    " + W_o.T @ do_hat",
    "",
    "Three gates are there. The fourth does not feed the cell state, and is easily forgotten; but it reads $h_{t-1}$ and "
    "$x_t$ like the others.",
    of=back_to_inputs,
)
X_FIRST = Mistake(
    "dz was cut with x first",
    "dh_prev, dx = dz[:H], dz[H:]",
    "dx, dh_prev = dz[: len(dz) - H], dz[len(dz) - H :]",
    "The shapes fit, and the cut is at the wrong place: you took the first entries of `dz` for `x`. In which order were "
    "`h_prev` and `x` joined?",
    of=back_to_inputs,
)
HIDDEN_UNTRANSPOSED = Mistake(
    "the hidden part is not transposed",
    "dh_prev, dx = dz[:H], dz[H:]",
    "dh_prev, dx = sum(V[:, :H] @ d for V, d in zip(W, [df_hat, di_hat, dg_hat, do_hat])), dz[H:]",
    "For `h_prev` you multiplied by the weights as they stand. That block of them is square, so no shape complains. "
    "Forward, a row gathers what flows *into* a unit; on the way back you want all that flows *out* of one.",
    of=back_to_inputs,
)
EXCHANGED = Mistake(
    "dx and dh_prev are exchanged",
    "return dx, dh_prev",
    "return dh_prev, dx",
    "Both are right, and each stands in the other's place. Compare the order with the last line of the cell you were given.",
    of=back_to_inputs,
)

BEHIND_A_LAST_BLOCK = {"a last block, where `dc_next` is zero": {"dc_next": 0.0}}
ONLY_ALONG_C = {"a block where `dh` is zero": {"dh": 0.0}}

EXERCISES = (
    Exercise(
        name="back_to_h",
        problem=_some("step", "target", "dh_next"),
        reference=back_to_h,
        mistakes=(
            Mistake(
                "the next block's share is missing",
                "own + dh_next",
                "own",
                "That is what this step's own loss says about $h_t$. The figure has a second arrow into the dot.",
            ),
            Mistake(
                "this step's own share is missing",
                "own + dh_next",
                "dh_next",
                "That is what the next block says about $h_t$. This step has a loss of its own: follow the arrow that comes "
                "from it.",
            ),
            Mistake(
                "the two were multiplied",
                "own + dh_next",
                "own * dh_next",
                "Both are right, and then you multiplied them. Two roads from one value: what happens at a fork?",
            ),
            Mistake(
                "the next block's share is subtracted",
                "own + dh_next",
                "own - dh_next",
                "You took one share away from the other. At a fork, what comes back is put together.",
            ),
            Mistake(
                "the sign of the loss is turned",
                "step.h - target",
                "target - step.h",
                "This step's own share has the wrong sign. If $h_t$ is above its target and grows, does the loss grow or "
                "shrink?",
            ),
            Mistake(
                "the target is missing",
                "step.h - target",
                "step.h",
                "Your own share is $h_t$ itself. The loss measures a distance: from what?",
            ),
            Mistake(
                "the factor 2 is left over",
                "own = step.h - target",
                "own = 2 * (step.h - target)",
                "Your own share is twice too large. What is the half in the loss there for?",
            ),
            Mistake(
                "the loss itself was added",
                "own = step.h - target",
                "own = (step.h - target) ** 2 / 2",
                "Your own share is the loss. A gradient is how the loss *changes*.",
            ),
        ),
        hints=(
            "Two arrows lead into the dot. One line for what each of them brings, then put them together.",
            "The lower arrow: differentiate $\\frac12 (h - \\text{target})^2$ with respect to $h$. Then put `dh_next` to it as "
            "1.2 does at every fork.",
        ),
    ),
    Exercise(
        name="back_to_o",
        problem=_some("step", "dh"),
        reference=back_to_o,
        mistakes=(
            C_ITSELF,
            Mistake(
                "tanh twice",
                "np.tanh(step.c)",
                "np.tanh(np.tanh(step.c))",
                "The cell state went through tanh twice. `step.c` is what the upper line carries, in front of the tanh.",
            ),
            Mistake(
                "the old cell state",
                "np.tanh(step.c)",
                "np.tanh(step.c_prev)",
                "You used the cell state from before the update. Which one did this block let out?",
            ),
            Mistake(
                "the output instead of the other factor",
                "np.tanh(step.c)",
                "step.h",
                "`step.h` is the whole product, with $o_t$ in it. What does a product hand to one of its factors?",
            ),
            Mistake(
                "the gate itself",
                "np.tanh(step.c)",
                "step.o",
                "You multiplied by $o_t$. That is what the *other* factor of the product gets.",
            ),
            Mistake(
                "this is the road to c",
                "np.tanh(step.c)",
                "step.o * (1 - np.tanh(step.c) ** 2)",
                "This is the way through tanh to the cell state. The road to the output gate turns off before.",
            ),
            Mistake(
                "the slope of tanh",
                "np.tanh(step.c)",
                "(1 - np.tanh(step.c) ** 2)",
                "You went through the tanh. The road to $o_t$ does not: it leaves the product on the other side.",
            ),
            Mistake(
                "one stage too far",
                "np.tanh(step.c)",
                "np.tanh(step.c) * step.o * (1 - step.o)",
                "You have gone through the sigmoid as well: that is $\\mathrm{d}\\hat o_t$, and it has a turn of its own.",
            ),
        ),
        hints=(
            "$h_t$ is a product of two factors. Hold one of them still: how does $h_t$ move with the other?",
            "In 1.3 a product sent back to each factor: what arrives, times the *other* factor. Here the other one is what "
            "comes out of the tanh.",
        ),
    ),
    Exercise(
        name="back_to_c",
        points=2,
        problem=_some("step", "dh", "dc_next"),
        reference=back_to_c,
        probes=BEHIND_A_LAST_BLOCK | ONLY_ALONG_C,
        mistakes=(
            NO_RIGHT_ROAD,
            Mistake(
                "the road from below is missing",
                "down + dc_next",
                "dc_next",
                "You took what comes from the next block, and nothing from this block's own output. Two arrows lead into the "
                "dot.",
            ),
            ROADS_MULTIPLIED,
            GATE_ADDED,
            GATE_TWICE,
            C_WITHOUT_TANH,
            Mistake(
                "tanh twice",
                "np.tanh(step.c)",
                "np.tanh(np.tanh(step.c))",
                "Inside $1 - \\tanh^2$ the cell state went through tanh twice. `step.c` is in front of the tanh, not behind it.",
            ),
            Mistake(
                "h was taken for the output of tanh",
                "np.tanh(step.c) ** 2",
                "step.h ** 2",
                "`step.h` is the output of tanh *times the output gate*. The slope of tanh knows nothing of gates.",
            ),
            Mistake(
                "the old cell state",
                "np.tanh(step.c)",
                "np.tanh(step.c_prev)",
                "You took the slope at the cell state from before the update. Which one went into this tanh?",
            ),
            O_MISSING,
            Mistake(
                "tanh instead of its slope",
                "(1 - np.tanh(step.c) ** 2)",
                "np.tanh(step.c)",
                "You multiplied by tanh itself. Along a road it is slopes that multiply.",
            ),
            Mistake(
                "the tanh is left out",
                " * (1 - np.tanh(step.c) ** 2)",
                "",
                "From the product with $o_t$ you went straight to $c_t$. One stage lies between them.",
            ),
            Mistake(
                "one stage too far",
                "return down + dc_next",
                "return (down + dc_next) * step.f",
                "You have gone on through the forget gate. The total at $c_t$ is what you have *before* it leaves the dot to the "
                "left.",
            ),
            Mistake(
                "everything goes down the same road",
                "    return down + dc_next",
                "    return (dh + dc_next) * step.o * (1 - np.tanh(step.c) ** 2)",
                "You added `dc_next` to `dh` and sent both through the output gate and tanh. Where does `dc_next` arrive: "
                "at $h_t$, or at $c_t$?",
            ),
        ),
        hints=(
            "Put a finger on the dot at $c_t$. Two arrows lead into it. Write a term for each.",
            "From below: `dh`, back through the product with $o_t$, back through tanh. From the right: it comes ready-made.",
            "The first term has three factors. The slope of tanh can be written with `np.tanh(step.c)`.",
        ),
    ),
    Exercise(
        name="back_through_update",
        points=2,
        problem=_some("step", "dc"),
        reference=back_through_update,
        outputs=("df", "di", "dg", "dc_prev"),
        mistakes=(
            C_FOR_C_PREV,
            Mistake(
                "df was multiplied by f",
                "dc * step.c_prev",
                "dc * step.f",
                "`df` has the forget gate itself as its factor. In the product $f_t \\odot c_{t-1}$, what multiplies $f_t$?",
            ),
            Mistake(
                "c_prev went through tanh",
                "dc * step.c_prev",
                "dc * np.tanh(step.c_prev)",
                "In `df` the old cell state went through tanh. Between the two cell states in the figure, is there a tanh?",
            ),
            I_FOR_G,
            Mistake(
                "di was copied from df",
                "di = dc * step.g",
                "di = dc * step.c_prev",
                "`di` has the factor of the line above it. A line that was copied, and its name not changed?",
            ),
            Mistake(
                "dg was multiplied by g",
                "dg = dc * step.i",
                "dg = dc * step.g",
                "`dg` has the candidate itself as its factor. In the product $i_t \\odot g_t$, what multiplies $g_t$?",
            ),
            Mistake(
                "di and dg are exchanged",
                "return df, di, dg,",
                "return df, dg, di,",
                "`di` and `dg` stand in each other's place. Which of the two does a *large* candidate make large?",
            ),
            F_MISSING,
            Mistake(
                "the input gate on the way to c_prev",
                "dc_prev = dc * step.f",
                "dc_prev = dc * step.i",
                "`dc_prev` passed through the input gate. Which gate does $c_{t-1}$ meet on its way forward?",
            ),
            Mistake(
                "dc_prev was multiplied by c_prev",
                "dc_prev = dc * step.f",
                "dc_prev = dc * step.c_prev",
                "`dc_prev` has the old cell state itself as its factor. A product hands to one factor the *other* one.",
            ),
            Mistake(
                "the slope of a gate on the way to c_prev",
                "dc_prev = dc * step.f",
                "dc_prev = dc * step.f * (1 - step.f)",
                "On the way to $c_{t-1}$ you went through the sigmoid's slope. This road meets the gate's *value*; the sigmoid "
                "lies on the road down into the gate.",
            ),
        ),
        hints=(
            "A sum hands `dc` to both terms as it is. Each term is a product of two factors.",
            "A product hands to each factor what arrives, times the other factor. Four factors, four lines.",
            "`dc * step.c_prev` is one of the four. Whose is it?",
        ),
    ),
    Exercise(
        name="back_to_hats",
        points=2,
        problem=_some("step", "df", "di", "dg", "do"),
        reference=back_to_hats,
        outputs=("df_hat", "di_hat", "dg_hat", "do_hat"),
        mistakes=(
            SLOPE_OF_ACTIVATION,
            SIGMOID_FOR_SLOPE,
            Mistake(
                "half of the slope",
                _hats(),
                _hats("d{k} * (1 - step.{k})"),
                "The slope of the sigmoid is a product of two factors, and you have one of them.",
            ),
            SLOPES_MISSING,
            Mistake(
                "no slopes at all",
                _hats(),
                _hats("d{k}", "dg"),
                "All four came out as they went in. They stand behind their activations, and you want to be in front of them.",
            ),
            Mistake(
                "tanh's slope for the sigmoids",
                _hats(),
                _hats("d{k} * (1 - step.{k}**2)"),
                "$1 - y^2$ is the slope of tanh. Which activation do $f$, $i$ and $o$ have?",
            ),
            Mistake(
                "the slope at the value with the hat",
                _hats(),
                _hats("d{k} * step.{k}_hat * (1 - step.{k}_hat)"),
                "You put the pre-activations into $y(1 - y)$. This form of the slope wants the sigmoid's *output*.",
            ),
            Mistake(
                "all four are sigmoids",
                "dg * (1 - step.g**2)",
                "dg * step.g * (1 - step.g)",
                "Three of them have a sigmoid. Look at the third box in the figure.",
            ),
            TANH_AGAIN,
            Mistake(
                "the slope of tanh at the value with the hat",
                "step.g**2",
                "step.g_hat ** 2",
                "In $1 - \\tanh^2 \\hat g$ the square is of the tanh, not of what goes into it.",
            ),
            Mistake(
                "the candidate's slope is missing",
                "dg * (1 - step.g**2)",
                "dg",
                "The three gates are right. The candidate has an activation, too.",
            ),
            O_SLOPE_MISSING,
            Mistake(
                "di_hat has the forget gate's slope",
                "di * step.i * (1 - step.i)",
                "di * step.f * (1 - step.f)",
                "`di_hat` uses another gate's slope. A line that was copied, and not all of its names changed?",
            ),
            Mistake(
                "do_hat has the input gate's slope",
                "do * step.o * (1 - step.o)",
                "do * step.i * (1 - step.i)",
                "`do_hat` uses another gate's slope. A line that was copied, and not all of its names changed?",
            ),
        ),
        hints=(
            "Four lines. Each: what arrived at the gate, times the slope of its activation.",
            "Both slopes were earned in 1.3, written with the *output* $y$: one for the sigmoid, one for tanh. `step.f` is such "
            "an output.",
            "Three of the gates have a sigmoid, so three lines look alike. Mind the names when you copy.",
        ),
    ),
    Exercise(
        name="road_to_f_hat",
        points=2,
        kind="expression",
        problem=on_the_road,
        reference=road_to_f_hat,
        mistakes=(
            Mistake(
                "the road from the next block is missing",
                " + dc_next",
                "",
                "You followed the road from $h_t$. At $c_t$ another one joins it.",
            ),
            Mistake(
                "the two roads to c were multiplied",
                " + dc_next",
                " * dc_next",
                "Two roads meet at $c_t$. Along a road we multiply; what happens where two of them meet?",
            ),
            Mistake(
                "a bracket is missing",
                "    dc = dh * o * (1 - np.tanh(c) ** 2) + dc_next\n    return dc * c_prev * f * (1 - f)",
                "    return dh * o * (1 - np.tanh(c) ** 2) + dc_next * c_prev * f * (1 - f)",
                "The last factors are on one of the two terms only. Both roads meet at $c_t$, and all that comes after holds for "
                "both.",
            ),
            Mistake(
                "dc_next was added at the end",
                "    dc = dh * o * (1 - np.tanh(c) ** 2) + dc_next\n    return dc * c_prev * f * (1 - f)",
                "    return dh * o * (1 - np.tanh(c) ** 2) * c_prev * f * (1 - f) + dc_next",
                "`dc_next` joins the road at $c_t$, and has the rest of the way before it, like everything that arrives there.",
            ),
            Mistake(
                "a gate was added to a gradient",
                " + dc_next",
                " + f",
                "You added a forget gate where a gradient belongs. Double the loss: every gradient doubles, and a gate does not.",
            ),
            Mistake(
                "the output gate is missing",
                "dh * o",
                "dh",
                "Between $h_t$ and the tanh stands a product. What does it multiply by?",
            ),
            Mistake(
                "tanh' at c without the tanh",
                "np.tanh(c) ** 2",
                "c**2",
                "In $1 - \\tanh^2$ the square is of the output of tanh, and $c$ has not been through it.",
            ),
            Mistake(
                "c_t where c_{t-1} belongs",
                "dc * c_prev",
                "dc * c",
                "The forget gate multiplied a cell state. The one before the update, or the one after it?",
            ),
            Mistake(
                "the forget gate's slope is missing",
                " * f * (1 - f)",
                "",
                "That is $\\mathrm{d}f_t$. The hat wants one stage more: the sigmoid of the forget gate.",
            ),
            Mistake(
                "the gate instead of its slope",
                "f * (1 - f)",
                "f",
                "The last factor is the gate itself. Along a road it is slopes that multiply.",
            ),
            Mistake(
                "the old cell state is missing",
                "dc * c_prev",
                "dc",
                "From $c_t$ to $f_t$ the road goes through the product $f_t \\odot c_{t-1}$. What does that multiply by?",
            ),
        ),
        hints=(
            "Walk the red road with a finger, from the right end. At each stage write down a factor; where two roads meet, add.",
            "The line of `back_to_c`, then one factor from `back_through_update`, then one slope from `back_to_hats`.",
            "SymPy writes `sp.tanh(c)`. What was added at $c_t$ goes into a bracket before you multiply on.",
        ),
    ),
    Exercise(
        name="back_to_weights",
        points=2,
        problem=_some("step", "df_hat", "di_hat", "dg_hat", "do_hat"),
        reference=back_to_weights,
        outputs=("dW", "db"),
        mistakes=(
            TRANSPOSED,
            NO_BIASES,
            WRONG_Z,
            NEW_H,
            Mistake(
                "dW_i was copied from dW_f",
                "np.outer(di_hat, z)",
                "np.outer(df_hat, z)",
                "The first two slices of `dW` are the same. A line that was copied, and its name not changed?",
            ),
            Mistake(
                "dW_o was copied from dW_g",
                "np.outer(do_hat, z)",
                "np.outer(dg_hat, z)",
                "The last two slices of `dW` are the same. A line that was copied, and its name not changed?",
            ),
            Mistake(
                "the gates are in PyTorch's order",
                "    dW = np.stack([dW_f, dW_i, dW_g, dW_o])\n    db = np.stack([df_hat, di_hat, dg_hat, do_hat])",
                "    dW = np.stack([dW_i, dW_f, dW_g, dW_o])\n    db = np.stack([di_hat, df_hat, dg_hat, do_hat])",
                "Every number is right, and two gates stand in each other's place. In this course the order is f i g o.",
            ),
            Mistake(
                "the biases see z",
                "np.stack([df_hat, di_hat, dg_hat, do_hat])",
                "dW.sum(axis=-1)",
                "Your `db` are the rows of `dW` summed up, so `z` is in them. A bias is not multiplied by anything: how far does "
                "the value with the hat move when it is nudged?",
            ),
            Mistake(
                "db is one number for each gate",
                "np.stack([df_hat, di_hat, dg_hat, do_hat])",
                "np.stack([df_hat.sum(), di_hat.sum(), dg_hat.sum(), do_hat.sum()])",
                "You summed over the hidden units. Each unit has a bias of its own, so `db` has the shape of `b`.",
            ),
        ),
        hints=(
            "1.3 has both: for `y = W @ x + b`, what are `dW` and `db`, given `dy`? Here `z` plays `x`.",
            "`np.outer(df_hat, step.z)` holds every product of an entry of the one (rows) and of the other (columns).",
            "`np.stack([...])` puts four arrays of one shape into one, with a new first axis: the gates, f i g o.",
        ),
    ),
    Exercise(
        name="back_to_inputs",
        points=3,
        problem=_some("W", "df_hat", "di_hat", "dg_hat", "do_hat"),
        reference=back_to_inputs,
        outputs=("dx", "dh_prev"),
        mistakes=(
            ONE_GATE,
            NO_O_SHARE,
            Mistake(
                "a mean over the gates",
                SUM_OF_ROADS,
                f"({SUM_OF_ROADS}) / 4",
                "It is a quarter of what it should be. Four roads lead back to $z$: does one take their mean?",
            ),
            X_FIRST,
            HIDDEN_UNTRANSPOSED,
            EXCHANGED,
            Mistake(
                "one gradient through every gate",
                SUM_OF_ROADS,
                "(W_f + W_i + W_g + W_o).T @ df_hat",
                "You sent `df_hat` back through all four matrices. Each gate has a gradient of its own.",
            ),
            Mistake(
                "W_i was taken twice",
                "W_g.T @ dg_hat",
                "W_i.T @ dg_hat",
                "The candidate's gradient came back through another gate's matrix. A term that was copied, and not all of its "
                "names changed?",
            ),
        ),
        hints=(
            "From 1.3: `y = W @ x` sends back `W.T @ dy`. And $z$ is used four times.",
            "First `dz`, of shape `(H + D,)`, as a sum with a term for each gate. Then cut it in two.",
            "`dz[:H]` are the first H entries. Which of `h_prev` and `x` came first in `z`? Mind the order of the `return`.",
        ),
    ),
    Exercise(
        name="lstm_step_backward",
        points=5,
        problem=_some("W", "step", "dh", "dc_next"),
        reference=lstm_step_backward,
        outputs=("dW", "db", "dx", "dh_prev", "dc_prev"),
        probes=BEHIND_A_LAST_BLOCK | ONLY_ALONG_C,
        own=Own("lstm_step", loss=_own_loss, wrt={"dW": "W"}),
        mistakes=(
            Mistake(
                "W_o through c",
                "    do = back_to_o(step, dh)\n    dc = back_to_c(step, dh, dc_next)",
                "    dc = back_to_c(step, dh, dc_next)\n    do = back_to_o(step, dc)",
                "The output gate got the gradient that belongs to the cell state. Look at the road to $W_o$: does it pass "
                "$c_t$?",
            ),
            Mistake(
                "c was reached through the gate",
                "back_to_c(step, dh, dc_next)",
                "back_to_c(step, do, dc_next)",
                "The road to $c_t$ begins at $h_t$, and yours begins at the output gate. The product at $h_t$ has two sides.",
            ),
            Mistake(
                "dc_prev from dc_next alone",
                "return dW, db, dx, dh_prev, dc_prev",
                "return dW, db, dx, dh_prev, dc_next * step.f",
                "Your `dc_prev` goes on with what came from the next block, and leaves out what came up from $h_t$. At the fork "
                "they became one: which of your values holds both?",
            ),
            Mistake(
                "dh is passed on as well",
                "return dW, db, dx, dh_prev, dc_prev",
                "return dW, db, dx, dh_prev + dh, dc_prev",
                "You added `dh` to `dh_prev`. What the loss says about $h_{t-1}$ itself is added at the fork of the *previous* "
                "step. Here is only what comes back through this block.",
            ),
            C_ITSELF,
            NO_RIGHT_ROAD,
            ROADS_MULTIPLIED,
            GATE_ADDED,
            GATE_TWICE,
            C_WITHOUT_TANH,
            O_MISSING,
            C_FOR_C_PREV,
            I_FOR_G,
            F_MISSING,
            SLOPE_OF_ACTIVATION,
            SIGMOID_FOR_SLOPE,
            TANH_AGAIN,
            O_SLOPE_MISSING,
            TRANSPOSED,
            NO_BIASES,
            NEW_H,
            ONE_GATE,
            NO_O_SHARE,
            X_FIRST,
            HIDDEN_UNTRANSPOSED,
            EXCHANGED,
        ),
        hints=(
            "Six calls, in the order in which you wrote the functions. `back_to_h` is not among them: `dh` is a total already.",
            "What one function returns, a later one takes. `dc_prev` comes out of the middle of the pass and waits for the "
            "`return`.",
            "`df, di, dg, dc_prev = back_through_update(step, dc)` is one of the six lines.",
        ),
    ),
    Exercise(
        name="block_loss",
        problem=_some("W", "b", "x", "h_prev", "c_prev", "dh", "dc_next"),
        reference=block_loss,
        probes=BEHIND_A_LAST_BLOCK | ONLY_ALONG_C,
        mistakes=(
            Mistake(
                "the cell state is missing",
                " + np.sum(dc_next * step.c)",
                "",
                "Only `dh` comes in. Two gradients arrive at the block; how does this loss move when $c_t$ is nudged?",
            ),
            Mistake(
                "the output is missing",
                "np.sum(dh * step.h) + ",
                "",
                "Only `dc_next` comes in. Two gradients arrive at the block; how does this loss move when $h_t$ is nudged?",
            ),
            Mistake(
                "each gradient met the other value",
                "np.sum(dh * step.h) + np.sum(dc_next * step.c)",
                "np.sum(dh * step.c) + np.sum(dc_next * step.h)",
                "`dh` was multiplied by the cell state, and `dc_next` by the output. Which of them is a gradient at what?",
            ),
            Mistake(
                "the values from before the step",
                "np.sum(dh * step.h) + np.sum(dc_next * step.c)",
                "np.sum(dh * step.h_prev) + np.sum(dc_next * step.c_prev)",
                "You used what goes into the block. The loss hangs on what comes out of it.",
            ),
            Mistake(
                "not a number",
                "np.sum(dh * step.h) + np.sum(dc_next * step.c)",
                "dh * step.h + dc_next * step.c",
                "That is one number for each hidden unit. A loss is a single number.",
            ),
            Mistake(
                "means instead of sums",
                "np.sum(dh * step.h) + np.sum(dc_next * step.c)",
                "np.mean(dh * step.h) + np.mean(dc_next * step.c)",
                "It is too small by a factor of $H$: a mean, where the formula has a sum.",
            ),
            Mistake(
                "the two terms were multiplied",
                "np.sum(dh * step.h) + np.sum(dc_next * step.c)",
                "np.sum(dh * step.h) * np.sum(dc_next * step.c)",
                "You multiplied the two terms. Then how much the loss moves with $h_t$ would hang on the other term.",
            ),
        ),
        hints=(
            "First `step = lstm_step(...)`. Then the formula, with `step.h` and `step.c`.",
            "`np.sum(a * b)`, or `a @ b`, adds up the products of the entries of two vectors.",
        ),
    ),
    Written(
        name="why_w_o_is_special",
        model=(
            "W_o makes the output gate, and the output gate acts on h_t alone: it multiplies tanh(c_t), which is finished by "
            "then. So every road from the loss to W_o comes in through dh_t and turns off at the product, before it reaches "
            "c_t; dc_next arrives at c_t, which W_o cannot move, and so is no part of it. The forget gate, the input gate "
            "and the candidate make c_t, so both shares of the fork at c_t flow into their gradients. W_o still acts on later "
            "cell states: h_t is read by the gates of the next block, and these make c_{t+1}. That effect is in dh_next, and "
            "with it in dh_t."
        ),
        guide=(
            "A nudge of W_o moves o_t and h_t, and leaves c_t where it is; so its road goes through h_t and not through the "
            "fork at c_t, while the other three make c_t.",
            "Its effect on later cell states goes through h_t and the next block's gates, and so is contained in dh_next.",
        ),
    ),
)
