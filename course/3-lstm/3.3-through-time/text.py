# %% [markdown]
# # 3.3 Through time
#
# When you are done, you will be able to
#
# - write the whole backward pass of an LSTM through time, and read it as a sum of one row per block,
# - train the states that a sequence starts from,
# - catch a wrong gradient, in a printed formula and in four pieces of code, and say *why* it is wrong.
#
# **About 130 minutes**, with places to stop after 60 and after 95. You need [2.2](../2-rnn/2.2-backpropagation-through-time.ipynb) (the sweep of a plain RNN),
# [3.2](3.2-the-block-backward.ipynb) (one block backward) and your checker from
# [1.5](../1-chain-rule/1.5-is-my-gradient-right.ipynb).

# %%
import matplotlib.pyplot as plt
import numpy as np
import sympy as sp

from autograde import check, guess, hint, mine, practice, progress, recall

np.set_printoptions(precision=4, suppress=True)

# %% [markdown]
# Three questions first, on blocks and ways back. Answer in place of the dots, or go on.

# %%
recall("3.3", ..., ..., ...)

# %% [markdown]
# ## A question to start with
#
# A tutorial on this very subject, careful and much read, prints the gradient of an LSTM's weights in full. One factor is
# missing in it. Trained with it, a network may well learn. How would you ever find out?
#
# First we need a gradient of our own. The blocks are there already, forward and backward, and they are yours: `mine` takes them out of
# 3.1 and 3.2 as they passed their checks.

# %%
lstm_step, lstm_forward, lstm_step_backward = mine("lstm_step", "lstm_forward", "lstm_step_backward")


def sigmoid(z):
    return 1 / (1 + np.exp(-z))

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
def complex_step(f, x, step=1e-30):
    """The derivative of f with respect to every entry of x (1.5)."""
    slope = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[i] += 1j * step
        slope[i] = f(moved).imag / step
    return slope


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
# A zero in `dh_loss` changes no line of your sweep.
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
# long one their influence fades (how fast is the subject of 3.5). With **few long sequences**, a network that always starts from the
# same state may grow to rely on it; noise, drawn anew each time, keeps it from that.
#
# A good place to stop for today: you have the whole gradient of an LSTM, and you have shown that it is right. What comes now uses it to judge
# others.

# %% [markdown]
# ## The printed formula
#
# Now to the tutorial, *Understanding Backpropagation as Applied to LSTM* by Kang & Seo. It does what few do: it names both forks, draws them,
# and walks every road to every weight. You have used its rows. In our notation, this is what it prints for the $c$ fork:
#
# $$
# \text{as printed:}\qquad
# \mathrm{d}c_t \overset{?}{=} \mathrm{d}h_t \odot o_t \odot (1 - \tanh^2 c_t) + f_{t+1}
# $$
#
# $\mathrm{d}h_t$ is the total, with both branches of the $h$ fork. At the last block there is no $f_{t+1}$, and they put 0. The reason they
# give: both branches of the fork have $\partial c_t$ in the denominator, and gradients with the same denominator may be added.
#
# Does it look right to you? Do not decide yet. Build it.
#
# ### Exercise: `sweep_as_printed`
# $\mathrm{d}W$ by the printed formula. All but the $c$ fork is as in your sweep, and `lstm_step_backward` adds its last argument
# at the $c$ fork, whatever it is.

# %% answer="sweep_as_printed"
def sweep_as_printed(W, steps, dh_loss):
    """The gradient of W with the c fork as Kang & Seo print it.

    W (4, H, H + D), steps: list of T steps
    dh_loss (T, H), the loss's own gradient at each step
    returns : array (4, H, H + D)
    """
    ### BEGIN SOLUTION
    T, H = dh_loss.shape
    dW = np.zeros(W.shape)
    dh_next, fork = np.zeros(H), np.zeros(H)
    for t in reversed(range(T)):
        dW_t, _, _, dh_next, _ = lstm_step_backward(W, steps[t], dh_loss[t] + dh_next, fork)
        dW += dW_t
        fork = steps[t].f
    return dW
    ### END SOLUTION

# %% check="sweep_as_printed"
check(sweep_as_printed)

# %% [markdown]
# You have a checker. Use it: one block first, then three.

# %%
def cosine(found, wanted):
    """1 if two gradients point the same way, 0 if at a right angle, -1 if in opposite directions."""
    found, wanted = np.asarray(found), np.asarray(wanted)
    return (found * wanted).sum() / np.sqrt((found**2).sum() * (wanted**2).sum())


def by_gate(T):
    p, target = problem(seed=1, T=T)
    h, steps = outputs(p)
    wanted = true_gradient(p, target)["W"]
    yours = sweep_backward(p["W"], steps, h - target, np.zeros(3))[0]
    printed = sweep_as_printed(p["W"], steps, h - target)
    print(f"{T} block{'s' if T > 1 else ' '}        W_f     W_i     W_g     W_o")
    for name, found in {"printed": printed, "your sweep": yours}.items():
        if found is None:
            print(f"{name:11} first the exercise above")
        else:
            print(f"{name:11}", *(f"{relative_error(found[k], wanted[k]):7.2g}" for k in range(4)))


by_gate(1)
by_gate(3)

# %% [markdown]
# With one block the fork adds 0, and all is well. With three, the printed gradients of $W_f$, $W_i$ and $W_g$ miss by as much as they are
# large. $W_o$ is touched only from afar, through `dh_next`.
#
# One problem could be bad luck. Here are a thousand. Your own sweep stands for the truth; it has earned that. Besides the error, we ask for
# the **cosine** between the two gradients of the three weights whose road passes the fork.

# %%
errors, cosines = [], []
for seed in range(1000):
    q, aim = problem(seed)
    h_q, steps_q = outputs(q)
    wanted = sweep_backward(q["W"], steps_q, h_q - aim, np.zeros(3))[0]
    found = sweep_as_printed(q["W"], steps_q, h_q - aim)
    if wanted is None or found is None:
        break
    errors.append([relative_error(found[k], wanted[k]) for k in range(3)])
    cosines.append(cosine(found[:3], wanted[:3]))

if cosines:
    print("median error for W_f, W_i, W_g:", *np.median(errors, axis=0).round(2))
    print(f"median cosine {np.median(cosines):.2f}, negative in {np.mean(np.array(cosines) < 0):.0%}")
plt.figure(figsize=(7, 3))
plt.hist(cosines, bins=40, range=(-1, 1), color="#d1495b", alpha=0.8)
plt.axvline(0, color="#22303c", lw=1)
plt.xlabel("cosine between the printed gradient and the true one")
plt.ylabel("problems")
plt.show()

# %% [markdown]
# In a quarter of the problems (23 to 25 percent of three thousand others) the printed gradient points *uphill*. In the rest it points more or
# less down, and training would hide the error.
#
# ## A test in one line
#
# A gradient is **linear** in the loss: double the loss, and every gradient doubles. For this test you need no true gradient.
#
# ### Exercise: `sweep_linearity`
# `backward(dh_loss)` returns a gradient, an array. Doubling the loss doubles `dh_loss`. Return how far `backward` is from passing the test: the
# `relative_error` of the gradient for twice the `dh_loss` (found) against twice the gradient for `dh_loss` (wanted).

# %% answer="sweep_linearity"
def sweep_linearity(backward, dh_loss):
    """How far backward is from being linear; 0 for a gradient.

    backward: function, array -> array
    dh_loss: array
    returns : a number
    """
    ### BEGIN SOLUTION
    return relative_error(backward(2 * dh_loss), 2 * backward(dh_loss))
    ### END SOLUTION

# %% check="sweep_linearity"
check(sweep_linearity)

# %%
if sweep_as_printed(p["W"], steps, h - target) is not None and dW is not None:
    sweeps = {
        "your sweep": lambda dh_loss: np.ravel(sweep_backward(p["W"], steps, dh_loss, np.zeros(3))[0]),
        "as printed": lambda dh_loss: np.ravel(sweep_as_printed(p["W"], steps, dh_loss)),
    }
    for name, backward in sweeps.items():
        gap = sweep_linearity(backward, h - target)
        print(name, "" if gap is None else f"{gap:.2g}")
    left_over = np.abs(sweep_as_printed(p["W"], steps, 0 * h)).max()
    print(f"no loss at all, dh_loss = 0: the largest printed gradient is {left_over:.2f}")

# %% [markdown]
# The last line is the shortest refutation: without any loss, there is still a "gradient". You have seen where it comes from, too. One term of
# the formula does not double.
#
# ## In your own words
#
# "Gradients with the same denominator may be added." Why is that not enough here, and why does the forget gate have to *multiply*
# something? Three or four sentences. (To compare with a model answer afterwards, run `hint("why_f_multiplies")` twice.)

# %% [markdown] written="why_f_multiplies"

# %% [markdown]
# ## Repair it
#
# ![The c fork twice. Left, as printed: from h comes a derivative of the loss; from the right comes the forget gate alone, which begins nowhere. Right, corrected: both branches begin at the loss, and the forget gate stands on the arrow from the next cell state.](figures/sweep-fork.svg)
#
# ### Exercise: `sweep_fork`
# Blocks 1 and 2: $h_1 = o_1 \tanh(c_1)$ and $c_2 = f_2\, c_1 + i_2\, g_2$. The total derivatives of the loss `dh_1` and `dc_2` are known. Write
# $\mathrm{d}c_1$ as a SymPy expression, one product for each route.

# %% answer="sweep_fork"
dh_1, dc_2, o_1, f_2, c_1 = sp.symbols("dh_1 dc_2 o_1 f_2 c_1")
sweep_fork = ...
### BEGIN SOLUTION
sweep_fork = dh_1 * o_1 * (1 - sp.tanh(c_1) ** 2) + dc_2 * f_2
### END SOLUTION

# %% check="sweep_fork"
check(sweep_fork=sweep_fork)

# %% [markdown]
# SymPy can do it from the forward formulas. With a loss $L = a\,h_1 + b\,c_2$ the two total derivatives are $a$ and $b$:

# %%
i_2, g_2 = sp.symbols("i_2 g_2")
L = dh_1 * (o_1 * sp.tanh(c_1)) + dc_2 * (f_2 * c_1 + i_2 * g_2)
sp.simplify(sp.diff(L, c_1) - sweep_fork) if progress.passed("sweep_fork") else "first the exercise above"

# %% [markdown]
# Nothing is left. So the whole repair is one factor. Your sweep had it all along: `lstm_step_backward` hands on `dc * f`.
#
# (The text has a few slips more, and now you can spot them: $\text{sum}_o$ where $\text{sum}_f$ is meant, "dot product" for products entry by
# entry, and in $\mathrm{d}a_{t-1}$ a road through the output gate that passes $c$. None of it takes away from its pictures.)

# %% [markdown]
# Another good place to stop: the question from the start is answered. What is left are four hunts and a table.
#
# ## Debug this
#
# Four backward passes in the style of public code, one of them from a well-known course; each has a mistake that was really published. Work
# as in 1.5: ask the checker first, think where, then read.
#
# For a sweep you have `report`. For a single block, this one compares with the complex step of your `block_loss` of 3.2:

# %%
block_loss = mine("block_loss")


def report_block(step_backward):
    """Hold step_backward(W, step, dh, dc_next), which returns dW, db, dx and dh_prev, against the complex step, for one block."""
    rng = np.random.default_rng(0)
    H, D = 3, 2
    W, b, x, h_prev, c_prev = (rng.normal(size=s) for s in ((4, H, H + D), (4, H), D, H, H))
    dh, dc_next = rng.normal(size=(2, H))

    at = {"W": W, "b": b, "x": x, "h_prev": h_prev, "c_prev": c_prev}
    wanted = {k: complex_step(lambda a, k=k: block_loss(**at | {k: a}, dh=dh, dc_next=dc_next), at[k]) for k in at}
    found = step_backward(W, lstm_step(W, b, x, h_prev, c_prev), dh, dc_next)
    pairs = {f"dW_{gate}": (found[0][k], wanted["W"][k]) for k, gate in enumerate("figo")}
    pairs |= {"db": (found[1], wanted["b"]), "dx": (found[2], wanted["x"]), "dh_prev": (found[3], wanted["h_prev"])}
    for name, (gradient, right) in pairs.items():
        off = relative_error(gradient, right)
        print(f"{name:8} {'right' if off < 1e-10 else f'off by {off:.2g}'}")

# %% [markdown]
# **The first** is a sweep. One block, then four:

# %%
def broken_sweep(W, steps, dh_loss, dc_T):
    dW, db, dx = np.zeros(W.shape), np.zeros(W.shape[:2]), [None] * len(steps)
    dh_prev, dc_prev = np.zeros(dh_loss.shape[1]), dc_T
    for t in reversed(range(len(steps))):
        gradients = lstm_step_backward(W, steps[t], dh_loss[t], dc_T)
        dW, db = dW + gradients[0], db + gradients[1]
        dx[t], dh_prev, dc_prev = gradients[2:]
    return dW, db, np.array(dx), dh_prev, dc_prev


report(broken_sweep, T=1)
print()
report(broken_sweep, T=4)

# %% [markdown]
# ### Exercise: `mended_sweep`
# Copy it, and mend what is wrong.

# %% answer="mended_sweep"
def mended_sweep(W, steps, dh_loss, dc_T):
    """As sweep_backward: returns dW, db, dx, dh0, dc0."""
    ### BEGIN SOLUTION
    dW, db, dx = np.zeros(W.shape), np.zeros(W.shape[:2]), [None] * len(steps)
    dh_prev, dc_prev = np.zeros(dh_loss.shape[1]), dc_T
    for t in reversed(range(len(steps))):
        gradients = lstm_step_backward(W, steps[t], dh_loss[t] + dh_prev, dc_prev)
        dW, db = dW + gradients[0], db + gradients[1]
        dx[t], dh_prev, dc_prev = gradients[2:]
    return dW, db, np.array(dx), dh_prev, dc_prev
    ### END SOLUTION

# %% check="mended_sweep"
check(mended_sweep)

# %% [markdown]
# **The second** is a block with two handy helpers. (It and the third leave out `dc_prev`, which came back right.)

# %%
def d_sigmoid(z):
    return sigmoid(z) * (1 - sigmoid(z))


def d_tanh(z):
    return 1 - np.tanh(z) ** 2


def broken_slopes(W, step, dh, dc_next):
    dc = dh * step.o * d_tanh(step.c) + dc_next
    df_hat = dc * step.c_prev * d_sigmoid(step.f)
    di_hat = dc * step.g * d_sigmoid(step.i)
    dg_hat = dc * step.i * d_tanh(step.g)
    do_hat = dh * np.tanh(step.c) * d_sigmoid(step.o)
    db = np.array([df_hat, di_hat, dg_hat, do_hat])
    dW = db[:, :, None] * step.z
    dz = sum(W[k].T @ db[k] for k in range(4))
    H = len(dc)
    return dW, db, dz[H:], dz[:H]


report_block(broken_slopes)

# %% [markdown]
# ### Exercise: `mended_slopes`
# Copy it, and mend what is wrong. The helpers are right.

# %% answer="mended_slopes"
def mended_slopes(W, step, dh, dc_next):
    """As lstm_step_backward, without dc_prev: returns dW, db, dx, dh_prev."""
    ### BEGIN SOLUTION
    dc = dh * step.o * d_tanh(step.c) + dc_next
    df_hat = dc * step.c_prev * d_sigmoid(step.f_hat)
    di_hat = dc * step.g * d_sigmoid(step.i_hat)
    dg_hat = dc * step.i * d_tanh(step.g_hat)
    do_hat = dh * np.tanh(step.c) * d_sigmoid(step.o_hat)
    db = np.array([df_hat, di_hat, dg_hat, do_hat])
    dW = db[:, :, None] * step.z
    dz = sum(W[k].T @ db[k] for k in range(4))
    H = len(dc)
    return dW, db, dz[H:], dz[:H]
    ### END SOLUTION

# %% check="mended_slopes"
check(mended_slopes)

# %% [markdown]
# **The third:**

# %%
def broken_gate(W, step, dh, dc_next):
    H = len(step.c)
    tanh_c = np.tanh(step.c)
    do_hat = dh * tanh_c * step.o
    dc = dc_next + dh * step.o * (1 - tanh_c**2)
    df_hat = dc * step.c_prev * step.f * (1 - step.f)
    di_hat = dc * step.g * step.i * (1 - step.i)
    dg_hat = dc * step.i * (1 - step.g**2)
    db = np.array([df_hat, di_hat, dg_hat, do_hat])
    dW = np.einsum("kh,z->khz", db, step.z)
    dz = np.einsum("khz,kh->z", W, db)
    return dW, db, dz[H:], dz[:H]


report_block(broken_gate)

# %% [markdown]
# ### Exercise: `mended_gate`
# Copy it, and mend what is wrong.

# %% answer="mended_gate"
def mended_gate(W, step, dh, dc_next):
    """As lstm_step_backward, without dc_prev: returns dW, db, dx, dh_prev."""
    ### BEGIN SOLUTION
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
    return dW, db, dz[H:], dz[:H]
    ### END SOLUTION

# %% check="mended_gate"
check(mended_gate)

# %% [markdown]
# **The fourth** is a sweep again, with everything in one piece. One block, then four:

# %%
def broken_fork(W, steps, dh_loss, dc_T):
    dW, db, dx = np.zeros(W.shape), np.zeros(W.shape[:2]), np.zeros((len(steps), len(steps[0].x)))
    dh_next, dc_next = np.zeros(len(dc_T)), dc_T
    for t in reversed(range(len(steps))):
        f, i, g, o, tanh_c = steps[t].f, steps[t].i, steps[t].g, steps[t].o, np.tanh(steps[t].c)
        dh = dh_loss[t] + dh_next
        dc = dh * o * (1 - tanh_c**2) + dc_next
        d_hat = np.array([dc * steps[t].c_prev, dc * g, dc * i, dh * tanh_c])
        d_hat = d_hat * np.array([f * (1 - f), i * (1 - i), 1 - g**2, o * (1 - o)])
        dW, db = dW + d_hat[:, :, None] * steps[t].z, db + d_hat
        dh_next, dx[t] = np.split(np.tensordot(d_hat, W, 2), [len(f)])
        dc_next = dc + f
    return dW, db, dx, dh_next, dc_next


report(broken_fork, T=1)
print()
report(broken_fork, T=4)

# %% [markdown]
# ### Exercise: `mended_fork`
# Copy it, and mend what is wrong.

# %% answer="mended_fork"
def mended_fork(W, steps, dh_loss, dc_T):
    """As sweep_backward: returns dW, db, dx, dh0, dc0."""
    ### BEGIN SOLUTION
    dW, db, dx = np.zeros(W.shape), np.zeros(W.shape[:2]), np.zeros((len(steps), len(steps[0].x)))
    dh_next, dc_next = np.zeros(len(dc_T)), dc_T
    for t in reversed(range(len(steps))):
        f, i, g, o, tanh_c = steps[t].f, steps[t].i, steps[t].g, steps[t].o, np.tanh(steps[t].c)
        dh = dh_loss[t] + dh_next
        dc = dh * o * (1 - tanh_c**2) + dc_next
        d_hat = np.array([dc * steps[t].c_prev, dc * g, dc * i, dh * tanh_c])
        d_hat = d_hat * np.array([f * (1 - f), i * (1 - i), 1 - g**2, o * (1 - o)])
        dW, db = dW + d_hat[:, :, None] * steps[t].z, db + d_hat
        dh_next, dx[t] = np.split(np.tensordot(d_hat, W, 2), [len(f)])
        dc_next = dc * f
    return dW, db, dx, dh_next, dc_next
    ### END SOLUTION

# %% check="mended_fork"
check(mended_fork)

# %% [markdown]
# ## Twelve ways to be nearly right
#
# How bad are such mistakes? We put twelve that people make into a sweep like yours, one at a time, each an edit of one line. Against the right
# gradient of `W` and `b`, on 100 random problems like those above: the median error and the median cosine, with three blocks, and whether
# one block alone would show it.

# %% guess="nearly_right"

# %% [markdown]
# <details><summary>The twelve, measured</summary>
#
# | mistake | error | cosine | one block |
# |---|---|---|---|
# | `dh_next` is never added | 0.19 | 0.990 | looks right |
# | `dc_next` is never updated | 0.29 | 0.971 | looks right |
# | at $c$, multiplied where it should add | 1 | 0.478 | shows it |
# | `dW` overwritten, not summed | 0.71 | 0.844 | looks right |
# | $\sigma'$ taken of an activation | 0.43 | 0.941 | shows it |
# | $\sigma$ for $\sigma'$ | 1.8 | 0.799 | shows it |
# | $\sigma'$ missing at the forget gate | 2 | 0.713 | shows it |
# | tanh twice in the slope at $c$ | 0.091 | 0.998 | shows it |
# | $c_t$ for $c_{t-1}$ | 0.25 | 0.981 | shows it |
# | $h_t$ for $h_{t-1}$ in `dW` | 0.64 | 0.876 | shows it |
# | the $f$ of another block | 0.07 | 0.999 | looks right |
# | `dh_prev` from one gate alone | 0.18 | 0.990 | looks right |
#
# Look down the columns. Most of these gradients point so nearly the right way that a loss would fall and nobody would ask: nine of twelve have a
# cosine of 0.8 or more. Five pass every test with a single block. And not one of them passes a gradient check with three blocks and nothing zero.
#
# </details>
#
# Now you know how one finds out.

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
# - Terms may be added when they are derivatives of the *same loss* with respect to the same thing. Double the loss, and all must double.
# - Check with several blocks, and with nothing zero.

# %%
progress()

# %% [markdown]
# Next: [3.4 A numerical example](3.4-a-numerical-example.ipynb), where your functions meet an example that was published digit by digit.
