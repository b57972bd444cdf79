# %% [markdown]
# # 3.3 Through time
#
# When you are done, you will be able to
#
# - write the whole backward pass of an LSTM through time, and read it as a sum of one row per block,
# - show that it is right, with a checker of your own,
# - train the states that a sequence starts from.
#
# **About 75 minutes**, with a place to stop after 55. You need [2.2](../2-rnn/2.2-backpropagation-through-time.ipynb) (the sweep of a plain RNN),
# [3.2](3.2-the-block-backward.ipynb) (one block backward) and your checker from
# [1.5](../1-chain-rule/1.5-is-my-gradient-right.ipynb).

# %%
import matplotlib.pyplot as plt
import numpy as np

from autograde import check, guess, hint, mine, practice, progress, recall

np.set_printoptions(precision=4, suppress=True)

# %% [markdown]
# Three questions first, on blocks and ways back. Answer in place of the dots, or go on.

# %%
recall("3.3", ..., ..., ...)

# %% [markdown]
# ## A question to start with
#
# Somebody reads a review of forty words, and only then hears the verdict: friendly or not. The error is known at word 40 alone. How much of it
# belongs to word 1? Your `lstm_step_backward` knows a single block. What has to be put around it, and what changes when there is a verdict
# after every word instead of one at the end?
#
# The blocks are there already, forward and backward, and they are yours: `mine` takes them out of 3.1 and 3.2 as they passed their checks.

# %%
lstm_step, lstm_forward, lstm_step_backward = mine("lstm_step", "lstm_forward", "lstm_step_backward")

# %% [markdown]
# ## Errors flow from block to block
#
# ![Three LSTM blocks in a row. Solid arrows run forward: c and h from block to block, x in from below, h up to a loss. Dashed red arrows run back along each of them, thick along c.](figures/sweep-unrolled.svg)
#
# <details><summary>Watch it move</summary>
#
# ![Three LSTM blocks in a row. Solid arrows run forward: c and h from block to block, x in from below, h up to a loss. Dashed red arrows run back along each of them, thick along c. First the solid arrows light up from left to right. Then block 3 is handed 0 along h, dc_T along c and its own loss's share, and hands on to block 2 along both wires, block 2 to block 1, and block 1 to the initial states.](figures/sweep-unrolled-moving.svg)
#
# </details>
#
# Stand at any block of the picture and look where it is handed red arrows. There are three:
#
# - from **its own loss**, `dh_loss[t]`,
# - from the **next block along $h$**. Forward, $h_t$ forks: up to the loss and right to the next block. So the two
#   add, as in 2.2: the *total* `dh` that enters the block is `dh_loss[t]` plus what arrived,
# - from the **next block along $c$**. This wire is new.
#
# Seen at this level, says Tamura, errors flow in an LSTM just as in a plain RNN: out of the last block, into the one before, and so on to
# the first. There is one wire more.
#
# What arrives at the last block? There is no next one, so along $h$: zeros. Along $c$: `dc_T`, which is zero too unless the loss looks at the
# last cell state. (We count blocks from 1, as Kang & Seo do, and Python counts from 0: block 1 is `steps[0]`.)

# %% [markdown]
# ### Exercise: `sweep_arrivals`
# Walk from the last block to the first and note what enters each: `dh_in[t]`, the total at $h$, and `dc_in[t]`, what the next block passes
# along $c$. These are the last two arguments of `lstm_step_backward`; its last two results are what the block before receives.


# %% answer="sweep_arrivals"
def sweep_arrivals(W, steps, dh_loss, dc_T):
    """What enters each block on the way back.

    W (4, H, H + D), steps: list of T steps
    dh_loss (T, H), the loss's own gradient at each step; dc_T (H,), the gradient at the last cell state
    returns : dh_in (T, H), dc_in (T, H)
    """
    dh_in, dc_in = None, None
    ### BEGIN SOLUTION
    dh_in, dc_in = np.zeros(dh_loss.shape), np.zeros(dh_loss.shape)
    dh_next, dc_next = np.zeros(dh_loss.shape[1]), dc_T
    for t in reversed(range(len(steps))):
        dh_in[t] = dh_loss[t] + dh_next
        dc_in[t] = dc_next
        _, _, _, dh_next, dc_next = lstm_step_backward(W, steps[t], dh_in[t], dc_in[t])
    ### END SOLUTION
    return dh_in, dc_in


# %% check="sweep_arrivals"
check(sweep_arrivals)

# %% [markdown]
# ## Inside the block
#
# ![Inside one block, from right to left. The total dh enters at h; one branch goes to the output gate, one to c, where the gradient from the next block is added. From c errors go to f, i and g, and straight on to the previous c. All four gates meet in a sum that leads to the previous h and to x.](figures/sweep-inside.svg)
#
# Between the wires, each block does what you took apart in 3.2. Two sums are worth a look: `dc`, where the two branches of the $c$ fork meet,
# and the one on the left, where four gates meet. Beside these errors, each block also leaves its own contribution to `dW` and `db`.
#
# ### Exercise: `sweep_backward`
# The whole backward pass. `W` and `b` are used by **every** block, each `x[t]` by one. What leaves the first block on its left belongs
# to the states that everything started from, `h0` and `c0`.


# %% answer="sweep_backward"
def sweep_backward(W, steps, dh_loss, dc_T):
    """Backpropagation through time.

    W (4, H, H + D), steps: list of T steps
    dh_loss (T, H), the loss's own gradient at each step; dc_T (H,), the gradient at the last cell state
    returns : dW (4, H, H + D), db (4, H), dx (T, D), dh0 (H,), dc0 (H,)
    """
    dW, db, dx, dh0, dc0 = None, None, None, None, None
    ### BEGIN SOLUTION
    T, H = dh_loss.shape
    dW, db, dx = np.zeros(W.shape), np.zeros((4, H)), [None] * T
    dh_next, dc_next = np.zeros(H), dc_T
    for t in reversed(range(T)):
        dh = dh_loss[t] + dh_next
        dW_t, db_t, dx[t], dh_next, dc_next = lstm_step_backward(W, steps[t], dh, dc_next)
        dW += dW_t
        db += db_t
    dx = np.array(dx)
    dh0, dc0 = dh_next, dc_next
    ### END SOLUTION
    return dW, db, dx, dh0, dc0


# %% check="sweep_backward"
check(sweep_backward)

# %% [markdown]
# Lay it beside your sweep of 2.2. The walk from the last block to the first is the same, and so are the fork at $h$, the shared weights whose
# gradients add up, and the left edge, where $\mathrm{d}h_0$ comes out. One line is new: `dc_next`, which begins as `dc_T`, is handed from block to
# block, and ends as $\mathrm{d}c_0$. That is what sets the LSTM apart, in code: a second wire. All else that is new stays inside the block.
#
# You know this code now. Here it is with a mistake in it:

# %%
hunt = practice("sweep_backward", "sweep_arrivals")
hunt

# %%
hunt.line(...)

# %% [markdown]
# ## Ask your checker
#
# A pass from a check is good; knowing for yourself is better. Your tools from 1.5, and a small random problem in which nothing is zero. The
# loss is Kang & Seo's, half the squared error at every step:
#
# $$
# L = \frac{1}{2} \sum_{t} \lVert h_t - \text{target}_t \rVert^2
# $$


# %%
complex_step = mine("complex_step")


def relative_error(found, wanted):
    """The largest difference, relative to the largest entry of wanted (1.5)."""
    found, wanted = np.asarray(found), np.asarray(wanted)
    if found.shape != wanted.shape:
        return np.inf
    return np.abs(found - wanted).max() / np.abs(wanted).max()


def problem(seed, T=3, H=3, D=2):
    """Random weights, inputs, initial states and targets."""
    rng = np.random.default_rng(seed)
    shapes = {"W": (4, H, H + D), "b": (4, H), "x": (T, D), "h0": (H,), "c0": (H,)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}, rng.uniform(-1, 1, (T, H))


def outputs(p):
    """The outputs h (T, H) and the steps of a forward pass."""
    steps = lstm_forward(**p)
    return np.array([step.h for step in steps]), steps


def loss(p, target):
    return ((outputs(p)[0] - target) ** 2).sum() / 2


def true_gradient(p, target):
    """The gradient of the loss with respect to W, b, x, h0 and c0, without any backward pass."""
    return {name: complex_step(lambda a, name=name: loss({**p, name: a}, target), p[name]) for name in p}


def report(backward, **size):
    """Hold backward(W, steps, dh_loss, dc_T) against the complex step."""
    p, target = problem(seed=1, **size)
    h, steps = outputs(p)
    found = backward(p["W"], steps, h - target, np.zeros(h.shape[1]))
    if found is None or found[0] is None:
        print("first the exercise above")
        return
    for (name, wanted), gradient in zip(true_gradient(p, target).items(), found):
        off = relative_error(gradient, wanted)
        print(f"d{name:3} {'right' if off < 1e-10 else f'off by {off:.2g}'}")


report(sweep_backward, T=5)

# %% [markdown]
# ## One row for each block
#
# Kang & Seo write the gradient of $W_f$ as three rows, one for each block, with a plus sign between them:
#
# ![Three rows. In row 3 the gradient passes block 3 alone and drops its share of W_f there. In rows 2 and 1 what arrived from the blocks to the right enters block 2 and block 1. The three shares add up to the gradient of W_f.](figures/sweep-rows.svg)
#
# $$
# \mathrm{d}W_f = \mathrm{d}W_f^{(3)} + \mathrm{d}W_f^{(2)} + \mathrm{d}W_f^{(1)}
# $$
#
# Row $t$ answers a question of its own: *how does the loss move if $W_f$ is nudged in block $t$ and nowhere else?* Once you know what
# enters block $t$, the row is one walk: from $h_t$ to $c_t$ (and there the fork), to $f_t$, to its hat, to $W_f$.
#
# **$W_o$ is a special case**, as they point out: its road does not pass $c_t$.
#
# ### Exercise: `sweep_row`
# One block's contributions to $\mathrm{d}W_f$ and $\mathrm{d}W_o$, from what enters the block. Write the roads out; do not call
# `lstm_step_backward`. Where Kang & Seo print `*` before $[a, x]$, an outer product is meant.


# %% answer="sweep_row"
def sweep_row(step, dh_in, dc_in):
    """One block's row in the gradients of W_f and W_o.

    step: the block's memory; dh_in (H,), the total at h; dc_in (H,), what the next block passes along c
    returns : dW_f (H, H + D), dW_o (H, H + D)
    """
    dW_f, dW_o = None, None
    ### BEGIN SOLUTION
    dc = dh_in * step.o * (1 - np.tanh(step.c) ** 2) + dc_in
    df_hat = dc * step.c_prev * step.f * (1 - step.f)
    do_hat = dh_in * np.tanh(step.c) * step.o * (1 - step.o)
    dW_f, dW_o = np.outer(df_hat, step.z), np.outer(do_hat, step.z)
    ### END SOLUTION
    return dW_f, dW_o


# %% check="sweep_row"
check(sweep_row)

# %% [markdown]
# Now each row is put to its own question. `loss_untied` gives every block a `W` of its own; the complex step moves one of them and leaves the
# others.

# %%
p, target = problem(seed=1)
h, steps = outputs(p)


def loss_untied(W_of_block):
    h, c, total = p["h0"], p["c0"], 0
    for t in range(len(target)):
        step = lstm_step(W_of_block[t], p["b"], p["x"][t], h, c)
        h, c = step.h, step.c
        total += ((h - target[t]) ** 2).sum() / 2
    return total


dh_in, dc_in = sweep_arrivals(p["W"], steps, h - target, np.zeros(3))
dW = sweep_backward(p["W"], steps, h - target, np.zeros(3))[0]
if dh_in is None or dW is None or sweep_row(steps[0], dh_in[0], dc_in[0])[0] is None:
    print("first the exercises above")
else:
    rows = [sweep_row(steps[t], dh_in[t], dc_in[t]) for t in range(3)]
    alone = complex_step(loss_untied, np.array([p["W"]] * 3))
    for t in (2, 1, 0):
        size = np.abs(rows[t][0]).max()
        off = max(relative_error(rows[t][0], alone[t][0]), relative_error(rows[t][1], alone[t][3]))
        print(f"row {t + 1}: largest entry for W_f {size:.4f}; against a nudge in block {t + 1} alone: {off:.0e}")
    sums = [rows[2][k] + rows[1][k] + rows[0][k] for k in (0, 1)]
    off = max(relative_error(sums[0], dW[0]), relative_error(sums[1], dW[3]))
    print(f"the three rows summed, against your sweep: {off:.0e}")

# %% [markdown]
# ## Where the loss sits
#
# Not every step needs a loss. With **many inputs to one output** (the mood of a review), `dh_loss[t]` is zero at all steps but the
# last.

# %% guess="rows_that_vanish"


# %%
def size_of_rows(dh_loss):
    """The largest entry of each block's contribution to dW."""
    dh_in, dc_in = sweep_arrivals(p["W"], steps, dh_loss, np.zeros(3))
    if dh_in is None:
        return "first the exercise sweep_arrivals"
    rows = [lstm_step_backward(p["W"], steps[t], dh_in[t], dc_in[t])[0] for t in range(3)]
    return np.array([np.abs(row).max() for row in rows])


patterns = {
    "at every step": [1, 1, 1],
    "at the last step only": [0, 0, 1],
    "at the first step only": [1, 0, 0],
}
print("a loss                  block 1, 2, 3")
for name, mask in patterns.items():
    print(f"{name:23}", size_of_rows((h - target) * np.array(mask)[:, None]))

# %% [markdown]
# In the middle row `dh_loss[t]` is zero twice, and no block is left out: the $h$ fork reads *zero plus what arrives*. Errors flow to the left
# only, so a loss at the first step says nothing about blocks 2 and 3. With **one input to many outputs** every `dh_loss[t]` may be non-zero.
#
# That answers the question from the start. Around the block belong a loop from the last to the first, and two wires; and whether there is one
# verdict or forty changes `dh_loss` and no line of your sweep. A good place to stop for today.
#
# ## The left edge
#
# Which states does a sequence start from? $h_0$ and $c_0$ are mostly zeros. But they are inputs like any other, and your sweep returns their
# gradients. (Kang & Seo say that the first block needs no gradient for what came before it. It does, if what came before it is to be
# trained, and they suggest just that.)
#
# ### Exercise: `sweep_learn_edges`
# Make `updates` steps of gradient descent on `h0` and `c0`, both at once, with everything else held fixed. The loss is $L$ from above.


# %% answer="sweep_learn_edges"
def sweep_learn_edges(W, b, x, target, h0, c0, rate, updates):
    """Train the initial states.

    W (4, H, H + D), b (4, H), x (T, D), target (T, H), h0 (H,), c0 (H,)
    rate: a number; updates: how many
    returns : the new h0 (H,) and c0 (H,)
    """
    new_h0, new_c0 = None, None
    ### BEGIN SOLUTION
    new_h0, new_c0 = h0, c0
    for _ in range(updates):
        steps = lstm_forward(W, b, x, new_h0, new_c0)
        dh_loss = np.array([step.h for step in steps]) - target
        _, _, _, dh0, dc0 = sweep_backward(W, steps, dh_loss, np.zeros(len(c0)))
        new_h0 = new_h0 - rate * dh0
        new_c0 = new_c0 - rate * dc0
    ### END SOLUTION
    return new_h0, new_c0


# %% check="sweep_learn_edges"
check(sweep_learn_edges)

# %% [markdown]
# Left: a short and a long sequence, both started from zeros, whose edges then learn. Right: **noisy** edges, drawn
# anew 30 times, and how far each draw moves the outputs.

# %%
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4))
for T, color in ((3, "#2e8b57"), (30, "#7a5195")):
    q, aim = problem(seed=2, T=T, H=4)
    zeros = {"h0": np.zeros(4), "c0": np.zeros(4)}
    edges, curve = zeros, []
    for _ in range(60):
        curve.append(loss({**q, **edges}, aim))
        h0, c0 = sweep_learn_edges(q["W"], q["b"], q["x"], aim, **edges, rate=0.3, updates=1)
        if h0 is None:
            break
        edges = {"h0": h0, "c0": c0}
    left.plot(np.array(curve) / curve[0], color=color, label=f"{T} steps")
    if len(curve) > 1:
        print(f"{T:2} steps: loss {curve[0]:.3f} from zeros, {curve[-1]:.3f} from learned edges")
rng = np.random.default_rng(0)
calm = outputs({**q, **zeros})[0]
for _ in range(30):
    noisy = outputs({**q, "h0": rng.normal(0, 0.5, 4), "c0": rng.normal(0, 0.5, 4)})[0]
    right.semilogy(np.arange(1, T + 1), np.abs(noisy - calm).max(axis=1), color="#c2691c", alpha=0.4)
left.set(xlabel="update of the edges", ylabel="loss / first loss", ylim=(0, 1.05))
right.set(xlabel="step $t$", ylabel="how far noise moves $h_t$")
left.legend()
for axes in (left, right):
    axes.grid(alpha=0.3)
plt.tight_layout()
plt.show()

# %% [markdown]
# Edges matter near the edge. A short sequence is nearly all edge, so with **many short sequences** it pays to learn $h_0$ and $c_0$. In a
# long one their influence fades (how fast is the subject of 3.5): of twenty such pairs, the middle short one lost 38 percent of its loss, the
# middle long one 3. With **few long sequences**, a network that always starts from the
# same state may grow to rely on it; noise, drawn anew each time, keeps it from that.
#
# ## In your own words
#
# Your sweep of 2.2 carried one array from step to step; this one carries two. Say of each where it starts, where it meets something else, and
# as what it ends. And why do the blocks' contributions to `dW` add up, when each $x_t$ has a gradient of its own? (To compare with a model
# answer afterwards, run `hint("two_wires")` twice.)

# %% [markdown] written="two_wires"

# %% [markdown]
# ## What you have earned
#
# Two wires run between the blocks, and at each fork the branches add:
#
# $$
# \mathrm{d}h_t = \frac{\partial L}{\partial h_t} + \mathrm{d}h_t^{\,\text{from } t+1},
# \qquad
# \mathrm{d}c_t = \mathrm{d}h_t \odot o_t \odot (1 - \tanh^2 c_t) + \mathrm{d}c_{t+1} \odot f_{t+1}
# $$
#
# - A shared weight's gradient is a sum of one row per block; each row is the answer to a nudge in that block alone.
# - What leaves the first block on the left is the gradient of `h0` and `c0`.
# - Where the loss sits changes `dh_loss`, and no line of the sweep.
# - Check with several blocks, and with nothing zero.

# %%
progress()

# %% [markdown]
# Next: [3.4 A numerical example](3.4-a-numerical-example.ipynb), where your functions meet an example that was published digit by digit.
