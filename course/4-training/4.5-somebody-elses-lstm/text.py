# %% [markdown]
# # 4.5 Somebody else's LSTM
#
# When you are done, you will be able to
#
# - read LSTM code in another layout: columns, batch first, four gates in another order,
# - bring somebody else's weights into yours, gradients back into theirs, and prove that nothing got mixed up,
# - tell a layout, which an array can be brought out of, from a *convention*, which is another network.
#
# **About 55 minutes**; 15 of them are optional. You need [4.1](4.1-from-textbook-to-fast.ipynb) (fused gates) and
# [4.3](4.3-on-your-own.ipynb) (your own checker at work).

# %%
from types import SimpleNamespace

import numpy as np
import sympy as sp

from autograde import check, guess, hint, mine, practice, progress, recall

# %% [markdown]
# Three questions first, on what this notebook builds on. Put your answers in place of the dots, or go on.

# %%
recall("4.5", ..., ..., ...)

# %% [markdown]
# ## A question to start with
#
# You find an LSTM in a repository, with trained weights. You load them, and all shapes fit. It runs, and what it says is nonsense. Why?
#
# ![The same weights in two layouts. Left, ours: four blocks f, i, g, o on top of one another, each with a part for h and a part for x. Right, theirs: two matrices, one for x and one for h, in which the four gates stand side by side as columns, in the order i, f, o, g.](figures/two-layouts.svg)
#
# A shape says how many numbers there are, and not what they mean. Here is what they mean in six places. $T$ steps, $B$ sequences, $D$ inputs, $H$ units:
#
# | | one step's sums | `x` | weights | gates | biases |
# |---|---|---|---|---|---|
# | ours, units 1 to 3 | `W @ z + b`, `z = [h, x]` | `(T, D)` | `W (4, H, H + D)` | f i g o | `(4, H)` |
# | ours, unit 4 | `z @ W.T + b` | `(T, B, D)` | the same | f i g o | `(4, H)` |
# | PyTorch | `x @ W_ih.T + h @ W_hh.T` | `(T, B, D)`, or `(B, T, D)` with `batch_first` | `(4H, D)` and `(4H, H)` | i f g o | two, which add |
# | Keras | `x @ kernel + h @ recurrent` | `(B, T, D)` | `(D, 4H)` and `(H, 4H)` | i f g o (there: i f c o) | one, `(4H,)` |
# | CS231n | `x @ Wx + h @ Wh + b` | `(B, T, D)` | `(D, 4H)` and `(H, 4H)` | i f o g | one, `(4H,)` |
# | Ng's course | `W_f @ [a; x] + b_f`, and so on | `(n_x, m, T_x)`: columns | four of `(n_a, n_a + n_x)` | by name | four of `(n_a, 1)` |
#
# In Ng's course $m$ is our $B$, $n_x$ our $D$, $n_a$ our $H$, $a$ our $h$, and the input gate is called the update gate.
#
# ## The axes
#
# Two changes concern `x` (and `h` in the same way): where the batch stands, and whether a sequence's step is a row or a column.

# %% guess="layout_reshaped"

# %%
few = np.arange(12).reshape(2, 3, 2)  # (n_x, m, T_x): feature 0 of sequence 0 runs 0, 1; of sequence 1 it runs 2, 3
print("feature 0 of sequence 1, over time:", few[0, 1])
print("after a reshape to (T, m, n_x):    ", few.reshape(2, 3, 2)[:, 1, 0])

# %% [markdown]
# ### Exercise: `layout_time_first`
# An `x` of shape `(n_x, m, T_x)` becomes ours, `(T, B, D)`.


# %% answer="layout_time_first"
def layout_time_first(x):
    """From columns to time first.

    x (n_x, m, T_x) : features, sequences, steps
    returns : array (T_x, m, n_x)
    """
    ### BEGIN SOLUTION
    return x.transpose(2, 1, 0)
    ### END SOLUTION


# %% check="layout_time_first"
check(layout_time_first)

# %% [markdown]
# Batch first is easier: `x.swapaxes(0, 1)` leads there and back.
#
# ## The weights
#
# Now the rows of CS231n. Its four sums lie side by side,
#
# $$
# a_t = x_t W_x + h_{t-1} W_h + b
# $$
#
# and the first $H$ of them belong to the input gate, then come f, o and, last, g.

# %% [markdown]
# ### Exercise: `layout_from_rows`
# Bring them into our layout: one `W` that acts on $[h, x]$ from the left, gates f i g o.


# %% answer="layout_from_rows"
def layout_from_rows(Wx, Wh, b):
    """Somebody else's weights in our layout.

    Wx (D, 4H), Wh (H, 4H), b (4H,) : for a = x @ Wx + h @ Wh + b, gates in the order i f o g
    returns : W (4, H, H + D), b (4, H), gates in the order f i g o
    """
    ### BEGIN SOLUTION
    H = len(Wh)
    order = [1, 0, 3, 2]  # where our f i g o stand in their i f o g
    W = np.concatenate([Wh, Wx]).T.reshape(4, H, -1)
    return W[order], b.reshape(4, H)[order]
    ### END SOLUTION


# %% check="layout_from_rows"
check(layout_from_rows)

# %% [markdown]
# The proof is not that the shapes fit. Here is *their* forward pass, written their way. Same input, same weights: does your LSTM of 4.1 say
# the same?

# %%
fast_forward, fast_backward = mine("fast_forward", "fast_backward")


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def their_forward(x, h0, Wx, Wh, b):
    """Outputs (N, T, H) of an LSTM with rows, x (N, T, D), gates i f o g. It starts from a cell state of zeros."""
    h, c, outputs = h0, np.zeros(h0.shape), []
    for t in range(x.shape[1]):
        a_i, a_f, a_o, a_g = np.split(x[:, t] @ Wx + h @ Wh + b, 4, axis=1)
        c = sigmoid(a_f) * c + sigmoid(a_i) * np.tanh(a_g)
        h = sigmoid(a_o) * np.tanh(c)
        outputs.append(h)
    return np.stack(outputs, axis=1)


rng = np.random.default_rng(45)
N, T, D, H = 2, 5, 3, 4
x, h0, dh = rng.normal(size=(N, T, D)), rng.normal(size=(N, H)), rng.normal(size=(N, T, H))
theirs = {"Wx": rng.normal(size=(D, 4 * H)), "Wh": rng.normal(size=(H, 4 * H)), "b": rng.normal(size=4 * H)}

ours = layout_from_rows(**theirs)
if ours is None:
    print("first the exercise above")
else:
    memory = fast_forward(*ours, x.swapaxes(0, 1), h0, np.zeros((N, H)))
    off = np.abs(memory[2][1:].swapaxes(0, 1) - their_forward(x, h0, **theirs)).max()
    print(f"outputs: the largest difference is {'below 1e-12' if off < 1e-12 else f'{off:.2g}'}")

# %% [markdown]
# ## And back
#
# Say they want to train with your backward pass. A gradient has the shape of its weight, so what brings weights from our layout into theirs
# brings `dW` and `db` there as well.

# %% [markdown]
# ### Exercise: `layout_to_rows`
# The way back: from ours to theirs.


# %% answer="layout_to_rows"
def layout_to_rows(W, b):
    """Our weights, or their gradients, in somebody else's layout.

    W (4, H, H + D), b (4, H) : gates in the order f i g o
    returns : Wx (D, 4H), Wh (H, 4H), b (4H,), gates in the order i f o g
    """
    Wx, Wh, bias = None, None, None
    ### BEGIN SOLUTION
    _, H, width = W.shape
    order = [1, 0, 3, 2]
    rows = W[order].reshape(4 * H, width).T
    Wx, Wh, bias = rows[H:], rows[:H], b[order].reshape(4 * H)
    ### END SOLUTION
    return Wx, Wh, bias


# %% check="layout_to_rows"
check(layout_to_rows)

# %% [markdown]
# Your backward pass, in our layout, brought into theirs; and beside it the complex step through *their* forward pass, which knows nothing of ours.

# %%
complex_step, relative_error = mine("complex_step", "relative_error")


def their_loss(**arrays):
    """A loss whose own gradient at each output is dh."""
    return (dh * their_forward(x, h0, **arrays)).sum()


if ours is None or layout_to_rows(*ours)[0] is None:
    print("first the exercises above")
else:
    dW, db, *_ = fast_backward(ours[0], x.swapaxes(0, 1), memory, dh.swapaxes(0, 1), np.zeros((N, H)))
    for name, found in zip(theirs, layout_to_rows(dW, db)):
        wanted = complex_step(lambda a, name=name: their_loss(**{**theirs, name: a}), theirs[name])
        off = relative_error(found, wanted)
        print(f"d{name:3} {'right' if off < 1e-10 else f'off by {off:.2g}'}")

# %% [markdown]
# ## What no reordering mends
#
# A layout is where a number stands. A **convention** is what is computed with it, and there code copied across the border is wrong without complaint:
#
# | convention | where you meet it | on the way back |
# |---|---|---|
# | the output is not squeezed, `h = o * c` | some small teaching codes; one of the variants that Greff et al. compare | no slope of tanh at the $c$ fork, and `do = dh * c` |
# | coupled gates, $f_t = 1 - i_t$ | another of their variants | $i_t$ is used twice: a fork |
# | a constant added to the forget gate's sum at run time | TensorFlow 1 (`forget_bias`) | nothing changes: but add it to `b_f` when you load |
# | a GRU's $r$ scales $h_{t-1}$ before the matrix | Cho et al. 2014; Keras with `reset_after=False` | `dU_n` meets $r_t \odot h_{t-1}$ |
# | a GRU's $z$ lets the new in | Chung et al. 2014 | $z$ and $1 - z$ change places |
# | peepholes | Gers and Schmidhuber 2000 | three roads more; see below |
#
# Take the second. Then only one gate stands at the cell state:
#
# $$
# c_t = (1 - i_t) \odot c_{t-1} + i_t \odot g_t
# $$

# %% [markdown]
# ### Exercise: `layout_coupled`
# A single unit. `dc` is the total derivative at $c_t$. Write $\mathrm{d}\hat i_t$, in front of the sigmoid, as a SymPy expression in `dc`, `c_prev`,
# `g` and `i`.

# %% answer="layout_coupled"
dc, c_prev, g, i = sp.symbols("dc c_prev g i")
layout_coupled = ...
### BEGIN SOLUTION
layout_coupled = dc * (g - c_prev) * i * (1 - i)
### END SOLUTION

# %% check="layout_coupled"
check(layout_coupled=layout_coupled)

# %% [markdown]
# Where $g_t$ and $c_{t-1}$ are equal, no gradient comes: then it does not matter whether the old is kept or the new is taken.
#
# Would you recognise such code? Here is some, right in its own convention. Whose is it? (There are more of them: `whose.again()`.)

# %%
whose = practice(level=4)
whose

# %%
whose.whose(...)

# %% [markdown]
# ## Extra: a look at the cell state
#
# *This part is optional. Leave it out, and nothing is missing later.*
#
# In an LSTM the gates see $h_{t-1}$, what was *shown* of the cell state, and not the cell state itself. With the output gate shut they are
# blind. Gers and Schmidhuber (2000) gave them **peepholes**: three vectors of weights $p_f, p_i, p_o$, through which each gate sees its own
# unit's cell state.
#
# ![The LSTM block of 3.1 with three extra lines. From c_{t-1}, before anything happens to it, one leads down to the forget gate and one to the input gate. From the new cell state c_t a third leads down to the output gate. The candidate has none.](figures/peepholes.svg)
#
# $$
# \begin{aligned}
# f_t &= \sigma(W_f z_t + p_f \odot c_{t-1} + b_f), &
# i_t &= \sigma(W_i z_t + p_i \odot c_{t-1} + b_i), &
# g_t &= \tanh(W_g z_t + b_g), \\
# c_t &= f_t \odot c_{t-1} + i_t \odot g_t, &
# o_t &= \sigma(W_o z_t + p_o \odot c_t + b_o), &
# h_t &= o_t \odot \tanh c_t
# \end{aligned}
# $$
#
# Now $z_t = [h_{t-1}, x_t]$ again. Note the order: $o_t$ comes after $c_t$, and looks at the *new* one.


# %%
def report(loss, arrays, gradients):
    """Hold the gradients with respect to the arrays, in the same order, against the complex step of the loss (4.3)."""
    if any(gradient is None for gradient in gradients):
        print("first the exercise above")
        return
    for name, gradient in zip(arrays, gradients):
        wanted = complex_step(lambda a, name=name: loss(**{**arrays, name: a}), arrays[name])
        off = relative_error(np.asarray(gradient), wanted)
        print(f"d{name:7} {'right' if off < 1e-10 else f'off by {off:.2g}'}")


def peephole_step(W, P, b, x, h_prev, c_prev):
    """One step. W (4, H, H + D), b (4, H) in the order f i g o; P (3, H) in the order f i o."""
    z = np.concatenate([h_prev, x])
    (W_f, W_i, W_g, W_o), (p_f, p_i, p_o), (b_f, b_i, b_g, b_o) = W, P, b
    f = sigmoid(W_f @ z + p_f * c_prev + b_f)
    i = sigmoid(W_i @ z + p_i * c_prev + b_i)
    g = np.tanh(W_g @ z + b_g)
    c = f * c_prev + i * g
    o = sigmoid(W_o @ z + p_o * c + b_o)
    return SimpleNamespace(x=x, h_prev=h_prev, c_prev=c_prev, z=z, f=f, i=i, g=g, o=o, c=c, h=o * np.tanh(c))


# %% [markdown]
# ### Exercise: `peephole_backward`
# One step backward, checked by yourself first: `report` is that of 4.3. `dh` and `dc_next` mean what they did in 3.2: the total at $h_t$, and what the next step passes back along
# $c_t$. (The papers that introduced peepholes cut the roads back through them, on purpose. Here nothing is cut.)


# %% answer="peephole_backward"
def peephole_backward(W, P, step, dh, dc_next):
    """One step of an LSTM with peepholes, backward.

    W (4, H, H + D) : in the order f i g o; P (3, H) : in the order f i o
    step : what peephole_step returned
    dh (H,), dc_next (H,) : what comes back at h_t, and along the cell state from the next step
    returns : dW (4, H, H + D), dP (3, H), db (4, H), dx (D,), dh_prev (H,), dc_prev (H,)
    """
    dW, dP, db, dx, dh_prev, dc_prev = None, None, None, None, None, None
    ### BEGIN SOLUTION
    p_f, p_i, p_o = P
    f, i, g, o, c, c_prev = step.f, step.i, step.g, step.o, step.c, step.c_prev

    do_hat = dh * np.tanh(c) * o * (1 - o)
    dc = dh * o * (1 - np.tanh(c) ** 2) + dc_next + do_hat * p_o
    df_hat = dc * c_prev * f * (1 - f)
    di_hat = dc * g * i * (1 - i)
    dg_hat = dc * i * (1 - g**2)
    dc_prev = dc * f + df_hat * p_f + di_hat * p_i

    db = np.stack([df_hat, di_hat, dg_hat, do_hat])
    dW = db[:, :, None] * step.z
    dP = np.stack([df_hat * c_prev, di_hat * c_prev, do_hat * c])
    dz = sum(W[k].T @ db[k] for k in range(4))
    dh_prev, dx = dz[: len(c)], dz[len(c) :]
    ### END SOLUTION
    return dW, dP, db, dx, dh_prev, dc_prev


# %%
def peephole_loss(**arrays):
    """A loss whose gradient at h_t is upstream[0]; the next step passes upstream[1] back along c_t."""
    step = peephole_step(**arrays)
    return upstream[0] @ step.h + upstream[1] @ step.c


shapes = {"W": (4, H, H + D), "P": (3, H), "b": (4, H), "x": (D,), "h_prev": (H,), "c_prev": (H,)}
arrays, upstream = {name: rng.normal(size=shape) for name, shape in shapes.items()}, rng.normal(size=(2, H))
report(peephole_loss, arrays, peephole_backward(arrays["W"], arrays["P"], peephole_step(**arrays), *upstream))

# %% check="peephole_backward"
check(peephole_backward)

# %% [markdown]
# ## In your own words
#
# A colleague says: "I have loaded the weights of another library into my LSTM, and all shapes fit, so it works." What would you ask, and what would
# you do? Three or four sentences. (To compare with a model answer afterwards, run `hint("layout_what_to_ask")` twice.)

# %% [markdown] written="layout_what_to_ask"

# %% [markdown]
# ## What you have earned
#
# - A shape says how many, not what. Transpose exchanges axes, reshape never does, and the order of the gates shows in no shape.
# - What brings weights across brings gradients across.
# - The proof: one small problem through both, outputs and gradients, nothing zero, all sizes different.
# - A convention is another network. Read the forward formulas before you blame your gradient.

# %%
progress()

# %% [markdown]
# Next: [4.6 Does it remember?](4.6-does-it-remember.ipynb): an RNN and an LSTM, compared fairly.
