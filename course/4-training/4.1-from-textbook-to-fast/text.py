# %% [markdown]
# # 4.1 From textbook to fast
#
# When you are done, you will be able to
#
# - run an LSTM over a whole batch of sequences, forward and backward,
# - make it many times faster in checked steps, none of which changes a number,
# - measure what a step is worth, and say how far your code is from the best that it can be.
#
# **About 95 minutes**, with a good place to stop after 50; the two parts marked *Optional* take 20 more. You need [3.3](../3-lstm/3.3-through-time.ipynb): the whole backward pass.

# %%
import os
import sys

for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"  # one thread; NumPy reads this once, when it is imported

from time import perf_counter
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import sympy as sp
from IPython.display import display

from autograde import check, guess, hint, mine, play, practice, progress, recall

# %% [markdown]
# Three questions first, on what this notebook builds on. Put your answers in place of the dots, or go on.

# %%
recall("4.1", ..., ..., ...)

# %% [markdown]
# ## A question to start with
#
# Your LSTM of 3.3 is right. It is also slow: most of its time goes into everything but multiplying, into calling NumPy
# thousands of times on small arrays and into moving numbers to and fro. How much faster can it be, with the same formulas
# and the same numbers? And how would you know that you are at the end?
#
# ![Two loops over time, forward and backward, and what leaves them. Forward: W_x times x_t, plus b, moves out, before the loop. W_h times h_{t-1}, the gates, c_t and h_t stay. Backward: the local derivatives move out, before the loop. ds_t, dc_{t-1} and dh_{t-1} stay. dW, db and dx_t move out, after the loop.](figures/out-of-the-loop.svg)
#
# This is where we are going. A recurrent network must wait: $h_t$ cannot be had before $h_{t-1}$. But much of what stands
# in the textbook's loop does not have to wait. Whatever can leave the loop is done for all steps at once.
#
# Two rules:
#
# 1. **Same numbers.** Each version must give the gradients of the one before, to 1e-12. Not to the last bit: a sum taken
#    in another order rounds differently.
# 2. **Measured.** A change that does not pay is taken back. Time is measured as a *ratio*: old and new take turns, the
#    median counts, and both have one thread, so a busy machine slows both alike.

# %% [markdown]
# ## Where we start
#
# With your own LSTM, one sequence and one step after the other. `mine` takes your functions out of 3.1, 3.2 and 3.3 as they
# passed their checks. Where one has not passed, you get the course's, and a line says so.

# %%
lstm_forward, sweep_backward = mine("lstm_forward", "sweep_backward")
back_to_o, back_to_c, back_through_update, back_to_hats = mine(
    "back_to_o", "back_to_c", "back_through_update", "back_to_hats"
)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))

# %% [markdown]
# ## Round 1: a batch
#
# Nobody trains on one sequence at a time. $B$ sequences of the same length form a **batch**, and the loss is the sum over
# all of them. Arrays get a batch axis, *after* time: `x (T, B, D)`, states `(B, H)`.
#
# ![A grid. Each row is a sequence, each column a step. A frame around a row: one sequence, all steps. A frame around a column: one step of all sequences, a matrix of B rows.](figures/batch-grid.svg)
#
# The simplest way is one sequence after the other, row by row. Their weights are the same, so their gradients add:

# %%
def forward_one_by_one(W, b, x, h0, c0):
    return [lstm_forward(W, b, x[:, n], h0[n], c0[n]) for n in range(x.shape[1])]


def backward_one_by_one(W, x, memory, dh, dc_T):
    found = [sweep_backward(W, memory[n], dh[:, n], dc_T[n]) for n in range(x.shape[1])]
    dW, db, dx, dh0, dc0 = zip(*found)
    return sum(dW), sum(db), np.stack(dx, axis=1), np.stack(dh0), np.stack(dc0)


def problem(T, B, D, H):
    """Random W, b, x, h0, c0 and upstream gradients dh, dc_T."""
    rng = np.random.default_rng(41)
    shapes = (4, H, H + D), (4, H), (T, B, D), (B, H), (B, H), (T, B, H), (B, H)
    W, *rest = (rng.normal(size=shape) for shape in shapes)
    return W / np.sqrt(H + D), *rest


versions = {"one by one": (forward_one_by_one, backward_one_by_one)}
alone, batch = problem(T=25, B=1, D=96, H=64), problem(T=25, B=8, D=96, H=64)

# %% [markdown]
# Now column by column: step $t$ of all sequences at once. In 3.1 the input of a block was a vector $z$. Now it is a matrix
# with a **row for each sequence**, `z (B, H + D)`. What changes?
#
# Everything elementwise stays as it is: NumPy multiplies matrices entry by entry as it does vectors. Joining is now along
# the last axis. Only the products with $W$ need care, and they are one and the same stage, four times:
# $y_n = W z_n + b$ for every row $n$. In NumPy all rows together are `z @ W.T + b`, with `W (m, k)`, `z (B, k)`, `y (B, m)`.
#
# Backward, each row uses the same $W$ and the same $b$. That is a fork with $B$ branches, and at a fork gradients add:
#
# $$
# \mathrm{d}W = \sum_{n=1}^{B} \mathrm{d}y_n\, z_n^\top, \qquad
# \mathrm{d}b = \sum_{n=1}^{B} \mathrm{d}y_n, \qquad
# \mathrm{d}z_n = W^\top \mathrm{d}y_n
# $$
#
# No loop is needed for the first sum: a matrix product *is* a sum of outer products. (If you want the mean over the
# batch, divide the loss by $B$. Then every gradient is divided, and not one of them alone.)

# %% [markdown]
# ### Exercise: `batch_affine_backward`
# The backward pass of `y = z @ W.T + b`. One line for each result, no loop.

# %% answer="batch_affine_backward"
def batch_affine_backward(W, z, dy):
    """The gradients of an affine stage with a batch.

    W (m, k) : the weights
    z (B, k) : the inputs, a row for each sequence
    dy (B, m) : the gradient at the outputs
    returns : dW (m, k), db (m,), dz (B, k)
    """
    ### BEGIN SOLUTION
    dW = dy.T @ z
    db = dy.sum(axis=0)
    dz = dy @ W
    return dW, db, dz
    ### END SOLUTION

# %% check="batch_affine_backward"
check(batch_affine_backward)

# %% [markdown]
# Here is the LSTM around it. `block_backward` is made of your own functions of 3.2. You wrote them for vectors; being
# elementwise, they take matrices as they are. (`Kept` is for those who wrote a slope
# with a value that has a hat: it gets that back from the gate.) The memory is three arrays instead of a list of steps. `c` and `h` have $T + 1$ rows, the initial states first, so that
# `h[t]` is what step `t` *reads* and `h[t + 1]` is what it *writes*.
#
# In this notebook the four pre-activations (the hats) lie side by side in one array, `sums (B, 4, H)`, in the order
# `f i g o`; the gates lie in `gates (B, 4, H)`, and `dsums` is the gradient at `sums`.

# %%
class Kept(SimpleNamespace):
    """What a block has kept. Whoever asks for more gets it worked out from that."""

    def __getattr__(self, name):
        if name in ("f_hat", "i_hat", "o_hat"):
            gate = getattr(self, name[0])
            return np.log(gate / (1 - gate))
        if name == "g_hat":
            return np.arctanh(self.g)
        if name == "h":
            return self.o * np.tanh(self.c)
        raise AttributeError(f"the memory of 4.1 has no {name}")


def gates_of(sums):
    """The gates (B, 4, H) from their sums (B, 4, H)."""
    f_hat, i_hat, g_hat, o_hat = sums.swapaxes(0, 1)
    return np.stack([sigmoid(f_hat), sigmoid(i_hat), np.tanh(g_hat), sigmoid(o_hat)], axis=1)


def block(sums, c_prev, activate=gates_of):
    """What is elementwise in a block: gates (B, 4, H), c (B, H), h (B, H)."""
    gates = need(activate(sums))
    f, i, g, o = gates.swapaxes(0, 1)
    c = f * c_prev + i * g
    return gates, c, o * np.tanh(c)


def block_backward(gates, c_prev, c, dh, dc_next):
    """The same, backward: dsums (B, 4, H), dc_prev (B, H)."""
    f, i, g, o = gates.swapaxes(0, 1)
    step = Kept(f=f, i=i, g=g, o=o, c=c, c_prev=c_prev)
    df, di, dg, dc_prev = back_through_update(step, back_to_c(step, dh, dc_next))
    return np.stack(back_to_hats(step, df, di, dg, back_to_o(step, dh)), axis=1), dc_prev


def empty_memory(x, h0, c0):
    """Arrays to be filled: gates (T, B, 4, H), c and h (T + 1, B, H) with the initial states first."""
    T, B, H = len(x), *h0.shape
    gates, c, h = np.zeros((T, B, 4, H)), np.zeros((T + 1, B, H)), np.zeros((T + 1, B, H))
    c[0], h[0] = c0, h0
    return gates, c, h


def forward_batch(W, b, x, h0, c0):
    gates, c, h = empty_memory(x, h0, c0)
    for t in range(len(x)):
        z = np.concatenate([h[t], x[t]], axis=1)
        sums = np.stack([z @ W[k].T + b[k] for k in range(4)], axis=1)
        gates[t], c[t + 1], h[t + 1] = block(sums, c[t])
    return gates, c, h


def backward_batch(W, x, memory, dh, dc_T):
    gates, c, h = memory
    H = W.shape[1]
    dW, db, dx = np.zeros(W.shape), np.zeros((4, H)), np.zeros(x.shape)
    dh_next, dc_next = np.zeros(h[0].shape), dc_T
    for t in reversed(range(len(x))):
        dsums, dc_next = block_backward(gates[t], c[t], c[t + 1], dh[t] + dh_next, dc_next)
        z = np.concatenate([h[t], x[t]], axis=1)
        dz = np.zeros(z.shape)
        for k in range(4):
            dW_k, db_k, dz_k = need(batch_affine_backward(W[k], z, dsums[:, k]))
            dW[k] += dW_k
            db[k] += db_k
            dz += dz_k
        dh_next, dx[t] = dz[:, :H], dz[:, H:]
    return dW, db, dx, dh_next, dc_next

# %% [markdown]
# The first rule as code. `enter` lets a version take part if its gradients pass the **assertion**: all five, against those of
# the version before it.

# %%
def need(answer):
    """What one of your functions returned, once it is written."""
    if answer is None:
        raise NotImplementedError("first the exercise above")
    return answer


def gradients(forward, backward, W, b, x, h0, c0, dh, dc_T):
    return backward(W, x, forward(W, b, x, h0, c0), dh, dc_T)


def enter(name, forward, backward):
    """Let a version take part, if its gradients are those of the version before it."""
    before = [v for v in versions if v != name][-1]
    try:
        new, old = gradients(forward, backward, *batch), gradients(*versions[before], *batch)
    except NotImplementedError as first:
        return print(first)
    for a, b in zip(new, old):
        assert a.shape == b.shape and np.abs(a - b).max() < 1e-12 * np.abs(b).max()
    versions[name] = forward, backward
    print(f"{name!r} gives the gradients of {before!r}, to 1e-12")


enter("batch", forward_batch, backward_batch)

# %% [markdown]
# The second rule as code. `duel` plots the time of a version over the time of the version before it.

# %% tags=["timing"]
def clock(work, *arguments):
    start = perf_counter()
    result = work(*arguments)
    return perf_counter() - start, result


def duel(name, turns=11):
    if name not in versions:
        return print("first the exercise above")
    names = list(versions)
    before = names[names.index(name) - 1]
    rows, ratios = [], []
    for size, (W, b, x, h0, c0, dh, dc_T) in ("B = 8", batch), ("B = 1", alone):
        times = np.zeros((2, 2, turns))
        for turn in range(turns):
            for k, (forward, backward) in enumerate([versions[before], versions[name]]):
                times[k, 1, turn], memory = clock(forward, W, b, x, h0, c0)
                times[k, 0, turn], _ = clock(backward, W, x, memory, dh, dc_T)
        rows += [f"backward, {size}", f"forward, {size}"]
        ratios += list(np.median(times[1] / times[0], axis=1))

    plt.figure(figsize=(7, 1.8))
    plt.hlines(rows, 1, ratios, color="#9fb3c8", lw=2)
    plt.plot(ratios, rows, "o", color="#c2691c", ms=8)
    plt.axvline(1, color="#1f77b4", lw=2)
    plt.xscale("log")
    plt.xticks([1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2], ["1/16", "1/8", "1/4", "1/2", "1", "2"])
    plt.minorticks_off()
    plt.xlim(min(0.4, 0.8 * min(ratios)), 2.2)
    plt.margins(y=0.2)
    plt.xlabel(f"time, {name} / {before}")
    plt.grid(axis="x", alpha=0.3)
    plt.show()


duel("batch")

# %% [markdown]
# Left of the blue line the new version is faster. With 8 sequences NumPy is called as often as with one, and each call does
# eight times as much. With one sequence the batch axis is only a burden. (Measured where the notebook runs: yours will differ
# in detail, and will not be quite the same twice.)

# %% [markdown]
# ## Round 2: four gates in one matrix
#
# All four gates read the same $z$. So put their matrices on top of one another:
#
# ![Left, four small matrices W_f, W_i, W_g and W_o, each with H rows and H + D columns, each multiplied with z. Right, the four on top of one another: one matrix with 4H rows, one product, and a result that falls into four parts, f, i, g and o.](figures/four-gates-one-matrix.svg)
#
# One product of $4H$ rows instead of four of $H$ rows. `W (4, H, H + D)` lies in memory in just this order, so
# `W.reshape(4 * H, H + D)` stacks it without moving a number.
#
# Reshape is not transpose, though both can give the shape that you need.

# %% guess="reshaped"

# %%
A = np.array([[1, 2, 3], [4, 5, 6]])
print(A.reshape(3, 2), A.T, sep="\n\n")

# %% [markdown]
# **Reshape** reads the same numbers in the same order and only puts the line breaks elsewhere; it may split an axis into
# two, or merge two neighbours. It can never exchange two axes. If what you need is a transposed matrix, a reshape of the right
# *shape* holds the wrong *numbers*, and nothing complains.

# %% [markdown]
# ### Exercise: `fast_sums`
# All four sums for a batch, in a single product. The result has shape `(B, 4, H)`: for each row of `z`, the sums of `f`,
# then those of `i`, `g`, `o`.

# %% answer="fast_sums"
def fast_sums(W, b, z):
    """The sums of all four gates, from one product.

    W (4, H, H + D), b (4, H) : the weights, gates in the order f i g o
    z (B, H + D) : a row [h_prev, x] for each sequence
    returns : array (B, 4, H)
    """
    ### BEGIN SOLUTION
    _, H, width = W.shape
    sums = z @ W.reshape(4 * H, width).T + b.reshape(4 * H)
    return sums.reshape(len(z), 4, H)
    ### END SOLUTION

# %% check="fast_sums"
check(fast_sums)

# %% [markdown]
# The check has looked at your numbers. It does not see whether they came from one product or from a loop of four, and *one* was
# asked. So count: an array in NumPy can be told to notice what is done with it.

# %%
class Counting(np.ndarray):
    """An array that counts the matrix products in which it takes part."""

    products, __array_priority__ = 0, 1

    def __array_ufunc__(self, ufunc, method, *inputs, out=(), **named):
        Counting.products += ufunc is np.matmul
        if out:
            named["out"] = tuple(map(np.asarray, out))
        return np.asanyarray(getattr(ufunc, method)(*map(np.asarray, inputs), **named)).view(Counting)

    def __array_function__(self, function, types, inputs, named):
        Counting.products += function in (np.dot, np.einsum, np.inner, np.tensordot)
        return super().__array_function__(function, types, inputs, named)

    def dot(self, other):
        return np.dot(self, other)


def count(function, enough, *arguments):
    """Say how many matrix products the function makes of these arrays, and how many are enough."""

    def watched(a):
        return tuple(map(watched, a)) if isinstance(a, tuple) else a.view(Counting)

    Counting.products = 0
    if function(*map(watched, arguments)) is None:
        return print("first the exercise above")
    made = Counting.products
    print(f"{function.__name__}: matrix products made: {made}" + f", where {enough} would do" * (made > enough))


W, b, x, h0, c0, dh, dc_T = batch
count(fast_sums, 1, W, b, np.concatenate([h0, x[0]], axis=1))

# %% [markdown]
# If it says 4, your numbers are right, with four products where one was asked. Your points stay. But mend it: the speed is the point
# of this notebook.
#
# And backward? There is nothing new to write. Four gates in one matrix are *one* affine stage with $4H$ outputs, and your
# `batch_affine_backward` takes it as it is. Even the sum over the four gates in `dz` is now inside the product.

# %%
def forward_fused(W, b, x, h0, c0):
    gates, c, h = empty_memory(x, h0, c0)
    for t in range(len(x)):
        z = np.concatenate([h[t], x[t]], axis=1)
        gates[t], c[t + 1], h[t + 1] = block(need(fast_sums(W, b, z)), c[t])
    return gates, c, h


def backward_fused(W, x, memory, dh, dc_T):
    gates, c, h = memory
    _, H, width = W.shape
    stacked = W.reshape(4 * H, width)
    dW, db, dx = np.zeros(stacked.shape), np.zeros(4 * H), np.zeros(x.shape)
    dh_next, dc_next = np.zeros(h[0].shape), dc_T
    for t in reversed(range(len(x))):
        dsums, dc_next = block_backward(gates[t], c[t], c[t + 1], dh[t] + dh_next, dc_next)
        z = np.concatenate([h[t], x[t]], axis=1)
        dW_t, db_t, dz = need(batch_affine_backward(stacked, z, dsums.reshape(len(z), 4 * H)))
        dW += dW_t
        db += db_t
        dh_next, dx[t] = dz[:, :H], dz[:, H:]
    return dW.reshape(W.shape), db.reshape(4, H), dx, dh_next, dc_next


enter("four in one", forward_fused, backward_fused)

# %% tags=["timing"]
duel("four in one")

# %% [markdown]
# ## Round 3: before the loop
#
# What in the sums really has to wait for $h_{t-1}$? Cut $W$ between the columns that meet $h_{t-1}$ and those that meet $x_t$.
# Call the parts $W_h$ (the first $H$ columns) and $W_x$ (the last $D$), for all four gates:
#
# $$
# s_t = W z_t + b = W_h h_{t-1} + (W_x x_t + b)
# $$
#
# Here $s_t$ stands for the four sums. The part in brackets knows nothing of the loop. All $x_t$ are there from the start, so
# this part is *one* product for all steps and all sequences: $T \cdot B$ rows at once.

# %% [markdown]
# ### Exercise: `fast_inputs`
# The part in brackets, for all steps: shape `(T, B, 4, H)`. Lay the steps below one another, so that `x` becomes a matrix with
# `T * B` rows; one product; then give the result its axes back. (An inner axis can be cut, too: `W[:, :, H:]`.)

# %% answer="fast_inputs"
def fast_inputs(W, b, x):
    """What the inputs and the biases bring to the sums, for all steps, from one product.

    W (4, H, H + D), b (4, H) : the weights; W acts on [h_prev, x]
    x (T, B, D) : the inputs
    returns : array (T, B, 4, H)
    """
    ### BEGIN SOLUTION
    T, B, D = x.shape
    H = b.shape[1]
    W_x = W[:, :, H:].reshape(4 * H, D)
    rows = x.reshape(T * B, D)
    sums = rows @ W_x.T + b.reshape(4 * H)
    return sums.reshape(T, B, 4, H)
    ### END SOLUTION

# %% check="fast_inputs"
check(fast_inputs)

# %%
def forward_hoisted(W, b, x, h0, c0, activate=gates_of):
    gates, c, h = empty_memory(x, h0, c0)
    inputs = need(fast_inputs(W, b, x))
    H = h0.shape[1]
    W_h = W[:, :, :H].reshape(4 * H, H)
    for t in range(len(x)):
        sums = inputs[t] + (h[t] @ W_h.T).reshape(-1, 4, H)
        gates[t], c[t + 1], h[t + 1] = block(sums, c[t], activate)
    return gates, c, h


enter("hoisted", forward_hoisted, backward_fused)
count(fast_inputs, 1, W, b, x)

# %% tags=["timing"]
duel("hoisted")

# %% [markdown]
# Moving work out of a loop is called **hoisting**. Only the forward pass has changed here, so the backward rows should
# stand on the line: they show you how far to trust the measurement. What was gained is small. It grows with $D$, the
# part of each sum that leaves the loop.
#
# **A good place to stop.** You have a batch, four gates in one product, and the inputs before the loop.
# What comes next is the way back, where most of the time goes, and the gates. (Run all cells again when you return.)
#
# ## Round 4: after the loop
#
# Now the way back. Its loop makes $\mathrm{d}s_t$, the gradient at the sums, and from it four things. Ask of each: who needs it
# *inside* the loop?
#
# $$
# \mathrm{d}h_{t-1} = W_h^\top\, \mathrm{d}s_t, \qquad
# \mathrm{d}x_t = W_x^\top\, \mathrm{d}s_t, \qquad
# \mathrm{d}W = \sum_{t=1}^{T} \sum_{n=1}^{B} \mathrm{d}s_{t,n}\, z_{t,n}^\top, \qquad
# \mathrm{d}b = \sum_{t=1}^{T} \sum_{n=1}^{B} \mathrm{d}s_{t,n}
# $$
#
# The step before waits for $\mathrm{d}h_{t-1}$. Nobody waits for the others. So the loop only *keeps* its $\mathrm{d}s_t$, and
# afterwards the double sum is one product, with a row for each step of each sequence.
#
# ![Left, the rows of dsums for T = 3 steps and B = 2 sequences: ds_1, ds_2, ds_3, two rows each. Right, the rows of z that belong to them: h_0 and x_1, h_1 and x_2, h_2 and x_3. Below, the array h with T + 1 = 4 entries, h_0 to h_3. The last one is read by no step.](figures/rows-that-belong-together.svg)

# %% guess="who_gains"

# %% [markdown]
# ### Exercise: `fast_after`
# All that can wait, from `dsums` of all steps: `dW`, `db` and `dx`, no loop. Two arrays of rows are multiplied here; row by row they
# must belong together.

# %% answer="fast_after"
def fast_after(W, x, h, dsums):
    """The gradients that nobody needs inside the loop, in one product each.

    W (4, H, H + D) : the weights; W acts on [h_prev, x]
    x (T, B, D) : the inputs
    h (T + 1, B, H) : h0 first; h[t] is what step t reads, h[t + 1] what it writes
    dsums (T, B, 4, H) : the gradient at the sums of all steps
    returns : dW (4, H, H + D), db (4, H), dx (T, B, D)
    """
    ### BEGIN SOLUTION
    T, B, D = x.shape
    H = h.shape[2]
    z = np.concatenate([h[:-1], x], axis=2).reshape(T * B, H + D)
    rows = dsums.reshape(T * B, 4 * H)
    W_x = W[:, :, H:].reshape(4 * H, D)

    dW = (rows.T @ z).reshape(4, H, H + D)
    db = rows.sum(axis=0).reshape(4, H)
    dx = (rows @ W_x).reshape(T, B, D)
    return dW, db, dx
    ### END SOLUTION

# %% check="fast_after"
check(fast_after)

# %%
def backward_postponed(W, x, memory, dh, dc_T):
    gates, c, h = memory
    H = W.shape[1]
    W_h = W[:, :, :H].reshape(4 * H, H)
    dsums = np.zeros(gates.shape)
    dh_next, dc_next = np.zeros(h[0].shape), dc_T
    for t in reversed(range(len(x))):
        dsums[t], dc_next = block_backward(gates[t], c[t], c[t + 1], dh[t] + dh_next, dc_next)
        dh_next = dsums[t].reshape(-1, 4 * H) @ W_h
    return *need(fast_after(W, x, h, dsums)), dh_next, dc_next


enter("after the loop", forward_hoisted, backward_postponed)
memory = versions["batch"][0](W, b, x, h0, c0) if "batch" in versions else None
if memory:
    count(fast_after, 2, W, x, memory[2], memory[0])

# %% tags=["timing"]
duel("after the loop")

# %% [markdown]
# This step pays most where the batch is smallest. In the loop, every step made a `dW` as large as all the weights, only to add
# it to another: with one sequence that is one multiplication for each number that is moved through memory. Afterwards it is a proper
# matrix product, which uses each number many times while it is at hand.
#
# ## Round 5: one tanh for four gates
#
# Beside the two products that must wait, what is left in the loops is elementwise. Forward, three gates need a sigmoid and one
# a tanh: four calls, each of several passes over memory. But the two functions are the same curve, moved and stretched:
#
# $$
# \sigma(z) = \frac{1}{1 + e^{-z}}, \qquad
# \tanh u = \frac{e^{u} - e^{-u}}{e^{u} + e^{-u}} = \frac{1 - e^{-2u}}{1 + e^{-2u}}
# $$
#
# Put $u = z/2$, and both have the same denominator. So let $t = \tanh(z/2)$, and find $\sigma(z)$ in terms of $t$, on paper: add what is
# missing to $t$ until the numerator is that of $\sigma$.

# %% [markdown]
# ### Optional, 10 minutes: `fast_slope`
# Differentiate what you have found with respect to $z$, by the chain rule: $t$ is a function of $z$, and you know its slope from 1.2. Write $\mathrm{d}\sigma/\mathrm{d}z$ as a SymPy expression in $t$ alone.

# %% answer="fast_slope"
t = sp.Symbol("t")
fast_slope = ...
### BEGIN SOLUTION
fast_slope = (1 - t**2) / 4
### END SOLUTION

# %% check="fast_slope"
check(fast_slope=fast_slope)

# %% [markdown]
# Is that still the slope you have used since 1.3, $\sigma (1 - \sigma)$? SymPy subtracts one from the other:

# %%
z = sp.Symbol("z", real=True)
sigma = 1 / (1 + sp.exp(-z))
if not progress.passed("fast_slope"):
    print("first the exercise above")
else:
    print(sp.simplify((fast_slope.subs(t, sp.tanh(z / 2)) - sigma * (1 - sigma)).rewrite(sp.exp)))

# %% [markdown]
# A zero says yes. In any case the backward pass does not change: it uses the gates, and does not ask how they were made.

# %% [markdown]
# ### Exercise: `fast_gates`
# All four gates from their sums, with a *single* call of `np.tanh` for the whole array. Scale what goes in and what comes out, gate by
# gate. An array of shape `(4, 1)` holds one number for each gate, and broadcasts over `(B, 4, H)`. Leave `sums` as it was.

# %% answer="fast_gates"
def fast_gates(sums):
    """The gates of a step: sigmoid for f, i and o, tanh for g, from one call of tanh.

    sums (B, 4, H) : in the order f i g o
    returns : array (B, 4, H)
    """
    ### BEGIN SOLUTION
    half = np.array([0.5, 0.5, 1, 0.5])[:, None]
    return half * np.tanh(half * sums) + (1 - half)
    ### END SOLUTION

# %% check="fast_gates"
check(fast_gates)

# %%
def forward_one_tanh(W, b, x, h0, c0):
    return forward_hoisted(W, b, x, h0, c0, activate=fast_gates)


enter("one tanh", forward_one_tanh, backward_postponed)

# %% tags=["timing"]
duel("one tanh")

# %% [markdown]
# A gift on top: $e^{-z}$ overflows for very negative $z$, and then NumPy prints a warning. The tanh never does.
#
# ## All of it together
#
# Now write the fast LSTM in one piece, without `block` and its small arrays.

# %% [markdown]
# ### Exercise: `fast_forward`
# The whole forward pass. Before the loop, your `fast_inputs`; in the loop, what has to wait; the gates from your `fast_gates`. Return
# the memory: `gates`, `c`, `h`. Give each step a place of its own in these arrays: what two steps share, the later one
# overwrites.

# %% answer="fast_forward"
def fast_forward(W, b, x, h0, c0):
    """The forward pass of an LSTM over a batch.

    W (4, H, H + D), b (4, H) : the weights, gates in the order f i g o
    x (T, B, D) : the inputs
    h0, c0 (B, H) : the initial states
    returns : gates (T, B, 4, H), c (T + 1, B, H) with c0 first, h (T + 1, B, H) with h0 first
    """
    ### BEGIN SOLUTION
    T, B, H = len(x), *h0.shape
    W_h = W[:, :, :H].reshape(4 * H, H)
    inputs = fast_inputs(W, b, x)

    gates = np.zeros((T, B, 4, H))
    c = np.zeros((T + 1, B, H))
    h = np.zeros((T + 1, B, H))
    c[0] = c0
    h[0] = h0
    for t in range(T):
        recurrent = h[t] @ W_h.T
        gates[t] = fast_gates(inputs[t] + recurrent.reshape(B, 4, H))
        f, i, g, o = gates[t].swapaxes(0, 1)
        c[t + 1] = f * c[t] + i * g
        h[t + 1] = o * np.tanh(c[t + 1])
    return gates, c, h
    ### END SOLUTION

# %% check="fast_forward"
check(fast_forward)

# %% [markdown]
# One more thing can leave the backward loop. Look at `block_backward` and your functions in it again: every result is something
# that came back (`dh` or `dc`) times something that has been known since the forward pass, a **local derivative**. For the forget gate:
#
# $$
# \mathrm{d}\hat f_t = \mathrm{d}c_t \odot
# \underbrace{c_{t-1} \odot f_t \odot (1 - f_t)}_{\text{known before the loop}}
# $$
#
# (In the textbook the three factors stand in two of your functions.) The other three gates have one each. A fifth leads from $h_t$ to $c_t$. With all of `gates` and `c` in memory, each is one line for all
# steps at once.

# %% [markdown]
# ### Exercise: `fast_backward`
# The whole backward pass: local derivatives of all steps; a loop from the last step to the first that does what has to be done in
# order; and what can wait in your `fast_after`.

# %% answer="fast_backward"
def fast_backward(W, x, memory, dh, dc_T):
    """The backward pass of an LSTM over a batch.

    W (4, H, H + D) : the weights, gates in the order f i g o
    x (T, B, D) : the inputs
    memory : gates (T, B, 4, H), c (T + 1, B, H), h (T + 1, B, H), as fast_forward returns them
    dh (T, B, H) : the loss's own gradient at each step's output
    dc_T (B, H) : the gradient at the last cell state
    returns : dW (4, H, H + D), db (4, H), dx (T, B, D), dh0 (B, H), dc0 (B, H)
    """
    ### BEGIN SOLUTION
    gates, c, h = memory
    T, B, _, H = gates.shape
    f, i, g, o = np.moveaxis(gates, 2, 0)
    c_prev = c[:-1]
    tanh_c = np.tanh(c[1:])

    local = np.zeros(gates.shape)
    local[:, :, 0] = c_prev * f * (1 - f)
    local[:, :, 1] = g * i * (1 - i)
    local[:, :, 2] = i * (1 - g**2)
    local[:, :, 3] = tanh_c * o * (1 - o)
    h_to_c = o * (1 - tanh_c**2)

    W_h = W[:, :, :H].reshape(4 * H, H)
    dsums = np.zeros(gates.shape)
    dh_next = np.zeros((B, H))
    dc_next = dc_T
    for t in reversed(range(T)):
        dh_t = dh[t] + dh_next
        dc = dh_t * h_to_c[t] + dc_next
        dsums[t, :, :3] = dc[:, None] * local[t, :, :3]
        dsums[t, :, 3] = dh_t * local[t, :, 3]
        dh_next = dsums[t].reshape(B, 4 * H) @ W_h
        dc_next = dc * f[t]
    dW, db, dx = fast_after(W, x, h, dsums)
    return dW, db, dx, dh_next, dc_next
    ### END SOLUTION

# %% check="fast_backward"
check(fast_backward)

# %%
def forward_yours(W, b, x, h0, c0):
    return need(fast_forward(W, b, x, h0, c0))


def backward_yours(W, x, memory, dh, dc_T):
    return need(fast_backward(W, x, memory, dh, dc_T))


enter("all together", forward_yours, backward_yours)
if "all together" in versions:
    T = len(x)
    count(fast_forward, T + 1, W, b, x, h0, c0)
    count(fast_backward, T + 2, W, x, memory, dh, dc_T)

# %% tags=["timing"]
duel("all together")

# %% [markdown]
# And the end? $T + 1$ products forward and $T + 2$ backward cannot be spared. All else is the price of calling NumPy between them, and a
# larger batch shares it.
#
# How many rows should a batch have? Move the slider: each place is measured once, here and now, with your own two functions.

# %%
measured = {}


def per_row(axes, B):
    """The time for one row of a batch of B rows, over the time of a batch of one."""
    if "all together" not in versions:
        return "first the exercises above"
    axes.plot(range(1, 65), 1 / np.arange(1, 65), color="#9fb3c8", label="calls of NumPy, for each row")
    if "AUTOGRADE_STILL" not in os.environ:  # no time in a picture that is to be the same on every run
        for rows in {1, B} - set(measured):
            W, b, x, h0, c0, dh, dc_T = problem(T=10, B=rows, D=32, H=32)
            times = [clock(gradients, fast_forward, fast_backward, W, b, x, h0, c0, dh, dc_T)[0] for _ in range(5)]
            measured[rows] = min(times) / rows
        found = sorted(measured)
        axes.plot(found, [measured[k] / measured[1] for k in found], "o", color="#c2691c", label="time for each row")
    axes.axvline(B, color="#1f77b4", lw=1)
    axes.set(xscale="log", yscale="log", xlabel="rows in the batch, B", ylabel="relative to B = 1")
    ticks = [1, 2, 4, 8, 16, 32, 64]
    axes.set(xlim=(0.9, 70), ylim=(0.01, 2), xticks=ticks, xticklabels=ticks)
    axes.minorticks_off()
    axes.legend(fontsize=9)


play(per_row, B=(1, 64, 8))

# %% [markdown]
# At first the time falls with the calls: a call costs nearly the same for one row as for four. Then it leaves the line and stays where it
# is, as each row has multiplications of its own, and nothing makes those fewer. (On our machine that is at about eight rows.)
#
# Somebody else has written one of your functions, and one line of it is wrong. Which?

# %%
hunt = practice("fast_backward", "fast_after")
hunt

# %%
hunt.line(...)

# %% [markdown]
# ## Optional, 10 minutes: how far from the end?
#
# The products that were counted above no LSTM can do without: forward one of all inputs and one for each step; backward one for each step, one for
# the weights and one for the inputs. Time *them alone*, and you have a **floor**: no NumPy code for this LSTM can be faster.

# %%
def products_alone(W, b, x, h0, c0, dh, dc_T):
    """The products that an LSTM needs, forward and backward, and nothing else. Their numbers mean nothing."""
    (T, B, D), H = x.shape, h0.shape[1]
    W_h, W_x = W[:, :, :H].reshape(4 * H, H), W[:, :, H:].reshape(4 * H, D)
    rows, z, step = np.ones((T * B, 4 * H)), np.ones((T * B, H + D)), np.ones((B, 4 * H))
    products = [(x.reshape(T * B, D), W_x.T), *[(h0, W_h.T)] * T]
    products += [*[(step, W_h)] * T, (rows.T, z), (rows, W_x)]
    places = [np.zeros((len(a), m.shape[1])) for a, m in products]

    def run():
        for (a, m), place in zip(products, places):
            np.matmul(a, m, out=place)

    return run

# %% [markdown]
# And what a library makes of it: `lstm_ref`, the reference of this course, does what you did. (In a class it stays with the teacher.) At
# small sizes yours may even be ahead of it.

# %%
try:
    from lstm_ref import lstm
    from lstm_ref.fast import lstm as fast
except ImportError:
    print("lstm_ref is not installed here. Nothing is lost: your own versions race against the floor.")
else:

    def forward_ref(W, b, x, h0, c0):
        return fast.forward(lstm.Params(W, b), x, h0, c0)[2]

    def backward_ref(W, x, memory, dh, dc_T):
        found = fast.backward(memory, dh, dc_T)
        return *found.params, found.x, found.h0, found.c0

    enter("lstm_ref", forward_ref, backward_ref)

# %% tags=["timing"]
def bar(steps):
    """Go through range(steps), and show how far it is."""
    shown = display({"text/plain": ""}, raw=True, display_id=True)
    for k in range(steps):
        yield k
        done = 40 * (k + 1) // steps
        shown.update({"text/plain": "█" * done + "░" * (40 - done) + f" {k + 1} of {steps}"}, raw=True)


sizes = {(25, 1, 65, 100): ("#7a5195", 15), (20, 4, 64, 64): ("#c2691c", 15), (20, 20, 96, 128): ("#0f7f8c", 5)}
if sys.platform == "emscripten":  # a browser is several times slower
    sizes = {size: (colour, 5) for size, (colour, often) in sizes.items() if often > 5}
names = list(versions)[1:]
turns = bar(sum(often for _, often in sizes.values()))
plt.figure(figsize=(8, 3.6))
for size, (colour, often) in sizes.items():
    arrays = problem(*size)
    floor = products_alone(*arrays)
    ratios = []
    for _, _ in zip(range(often), turns):
        ratios.append([clock(gradients, *versions[name], *arrays)[0] / clock(floor)[0] for name in names])
    label = "T {}, B {}, D {}, H {}".format(*size)
    plt.plot(np.median(ratios, axis=0), names, "o-", color=colour, label=label)
next(turns, None)
plt.axvline(1, color="#22303c", lw=2, label="products alone")
plt.gca().invert_yaxis()
plt.xscale("log")
plt.xticks([1, 2, 4, 8, 16], ["1", "2", "4", "8", "16"])
plt.minorticks_off()
plt.xlabel("time, in times of the products alone")
plt.legend(fontsize=9, loc="upper left", bbox_to_anchor=(1, 1))
plt.grid(axis="x", alpha=0.3)
plt.show()
if not names:
    print("first the exercises above")

# %% [markdown]
# Where the matrices are larger, as in the last of the three sizes (which is left out in a browser), the last versions spend much of their time in products that
# nobody can spare, and the end is in sight. (With 64 rows and $H = 256$, too long for this page, it was two thirds for the versions above
# and three quarters for `lstm_ref`, on our machine.) Where they are small, what is left is the price of calling NumPy, a dozen times
# for each step and direction. It can be lowered only by leaving NumPy: by one compiled loop, as in PyTorch. (We timed that, too, at four
# sizes on one thread. In double precision `lstm_ref` is ahead of `torch.nn.LSTM`; in single precision PyTorch is, except at the smallest.)
#
# **What did not pay.** These sound good, and we measured no gain from them:
#
# - to turn all arrays around, features first, `(H, B)` instead of `(B, H)`,
# - to multiply the halves of the tanh into the weights beforehand, so that the loop need not,
# - sigmoids that choose between two formulas by the sign, with `np.where`: safe for large numbers, and clearly *slower* than one tanh.
#
# **What pays beyond this notebook**:
#
# - No large array made anew where an old one can be filled again (`out=`, `+=`). The system hands out fresh memory page by page,
#   and with megabytes that can cost a quarter of the time. `lstm_ref` fills its arrays in place.
# - Single precision. `float32` moves half the bytes, and nearly halves the time of large products. Train in it, if you like. Check
#   your gradients in `float64`: 1e-12 is out of reach otherwise, and with it our first rule.

# %% [markdown]
# ## In your own words
#
# The loop over time stays, however fast the rest becomes. Which products had to stay in it, forward and backward, and which could leave? What
# decides? Three or four sentences. (To compare with a model answer afterwards, run `hint("fast_must_wait")` twice.)

# %% [markdown] written="fast_must_wait"

# %% [markdown]
# ## What you have earned
#
# - A batch is a fork: gradients of weights *and biases* are summed over it. Elementwise stages do not notice it.
# - Four gates are one affine stage with $4H$ outputs, $s_t = W z_t + b$, forward and backward.
# - What does not wait for $h_{t-1}$ goes before the loop, what nobody waits for goes after it:
#   $\mathrm{d}W = \sum_t \sum_n \mathrm{d}s_{t,n}\, z_{t,n}^\top$ is one product.
# - One tanh makes all four gates: $\sigma(z) = \tfrac12 + \tfrac12 \tanh \tfrac z2$.
# - Reshape never exchanges axes.
# - Change one thing, hold it against the last version to 1e-12, time it as a ratio. Stop at the floor.

# %%
progress()

# %% [markdown]
# Next: [4.2 Train it](4.2-train-it.ipynb), where all this speed is spent.
