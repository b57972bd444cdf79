# %% [markdown]
# # 2.2 Backpropagation through time
#
# When you are done, you will be able to
#
# - say what comes back to a state $h_t$, and from where,
# - write the backward pass of a recurrent network, every gradient checked,
# - cut the way back in chunks, and show with numbers what is then never learned.
#
# **About 95 minutes**, with a place to stop after 60. You need [2.1](2.1-a-loop-unrolled.ipynb): the
# network forward, [1.2](../1-chain-rule/1.2-forks-and-routes.ipynb): at a fork, gradients add, and
# [1.3](../1-chain-rule/1.3-vectors-and-matrices.ipynb): the way back through `W @ x + b`, tanh, and softmax with
# cross-entropy.

# %%
import matplotlib.pyplot as plt
import numpy as np
import sympy as sp

from autograde import check, guess, hint, mine, practice, progress, recall

# %% [markdown]
# Three questions first, on what this builds on. Answer in place of the dots, or go on.

# %%
recall("2.2", ..., ..., ...)

# %% [markdown]
# ## A question to start with
#
# Chapter I of *Alice* has 11 252 characters. A network that reads it pays a loss at each step, and its weight $w_h$
# is used at each step. Even with a single hidden unit, about 63 million routes lead from the losses back to $w_h$. Yet
# Karpathy's program (`min-char-rnn`, 2015) finds the whole gradient in a dozen lines and takes one step back for each
# step forward. How? And does it really have to walk back to the first letter?
#
# The network forward is yours, from 2.1: `mine` takes your functions as they passed their checks.

# %%
def softmax(y):
    """The probabilities of each step, (T, K), from the scores (T, K)."""
    e = np.exp(y - y.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


rnn_step, rnn_forward, char_masked_loss = mine("rnn_step", "rnn_forward", "char_masked_loss")

# %% [markdown]
# ## Two steps, by routes
#
# Take the smallest case: one input, one hidden unit, no bias, two steps, and a loss at each of them.
#
# $$
# h_1 = \tanh(w_x x_1 + w_h h_0), \qquad h_2 = \tanh(w_x x_2 + w_h h_1), \qquad L = L_1(h_1) + L_2(h_2)
# $$
#
# What the two losses are does not matter. All that we need of them is how steep they are. We call that the loss's
# **own gradient** at each step:
#
# $$
# g_1 = \frac{\partial L_1}{\partial h_1}, \qquad g_2 = \frac{\partial L_2}{\partial h_2}
# $$
#
# ![Three copies of the graph of two steps, each with one dashed route back to the weight w_h: from L_1 over h_1; from L_2 over h_2; and the long one, from L_2 over h_2 and h_1.](figures/three-routes.svg)
#
# $w_h$ is used in both steps. Three routes lead back to it: multiply along each, then add.

# %% [markdown]
# ### Exercise: `dw_h`
# Write $\mathrm{d}L/\mathrm{d}w_h$ as a SymPy expression, one product for each route. $g_1$, $g_2$, $h_0$, $h_1$,
# $h_2$ and $w_h$ are all you need: the slope of tanh can be written with its *output*.

# %% answer="dw_h"
w_x, w_h, x_1, x_2, h_0, h_1, h_2, g_1, g_2 = sp.symbols("w_x w_h x_1 x_2 h_0 h_1 h_2 g_1 g_2")
dw_h = ...
### BEGIN SOLUTION
from_L1 = g_1 * (1 - h_1**2) * h_0
from_L2_short = g_2 * (1 - h_2**2) * h_1
from_L2_long = g_2 * (1 - h_2**2) * w_h * (1 - h_1**2) * h_0
dw_h = from_L1 + from_L2_short + from_L2_long
### END SOLUTION

# %% check="dw_h"
check(dw_h=dw_h)

# %% [markdown]
# SymPy takes the long way, without routes. It needs some loss whose own gradients are $g_1$ and $g_2$, and
# $g_1 h_1 + g_2 h_2$ is one. What is left between its answer and yours?

# %%
in_full = {h_1: sp.tanh(w_x * x_1 + w_h * h_0)}
in_full[h_2] = sp.tanh(w_x * x_2 + w_h * in_full[h_1])
long_way = sp.diff((g_1 * h_1 + g_2 * h_2).subs(in_full), w_h)
sp.simplify(long_way - dw_h.subs(in_full)) if progress.passed("dw_h") else "first the exercise above"

# %% [markdown]
# Three routes for two steps, six for three steps: with $T$ steps it is $T(T+1)/2$, and the long ones have many
# factors. But look at your terms again. Two of them end alike, with $(1 - h_1^2)\,h_0$. Collect these, and give a
# name to what arrives in front of each tanh:
#
# $$
# \mathrm{d}\hat h_2 = g_2\,(1 - h_2^2), \qquad
# \mathrm{d}\hat h_1 = (g_1 + w_h\,\mathrm{d}\hat h_2)\,(1 - h_1^2)
# $$
#
# $$
# \mathrm{d}w_h = \mathrm{d}\hat h_1\,h_0 + \mathrm{d}\hat h_2\,h_1
# $$
#
# It is the same number by another program: go back *once*, from step 2 to step 1. One number travels with you,
# $w_h\,\mathrm{d}\hat h_2$. At $h_1$ it meets $g_1$, and the two add. Each step pays its share into $\mathrm{d}w_h$.
# That is all of backpropagation through time. The rest is to do it with arrays.

# %% [markdown]
# ## The fork at $h_t$
#
# ![A network unrolled over three steps. Forward, each state h_t is copied: up to the loss L_t and right into the next step. Backward, dashed, one gradient comes down from the loss of the step and one from the next step; in a circle they add. From the last step's right nothing comes.](figures/rnn-fork-at-h.svg)
#
# <details><summary>Watch it move</summary>
#
# ![A network unrolled over three steps. Forward, each state h_t is copied: up to the loss L_t and right into the next step. Backward, dashed, one gradient comes down from the loss of the step and one from the next step; in a circle they add. From the last step's right nothing comes. First the solid arrows light up from left to right. Then step 3 gets its loss's gradient and a dh_next of 0, and hands its own dh_next to step 2; there it meets the gradient of loss 2; step 2 hands on to step 1, and step 1 to h_0.](figures/rnn-fork-at-h-moving.svg)
#
# </details>
#
# Once $h_t$ has been computed it is used **twice**: up, for this step's scores, and right, by the next step. Two
# roads, so two terms. We sweep from right to left, so the next step has finished its work, and hands us its term
# under the name `dh_next` (Karpathy: `dhnext`). At the last step nobody is to our right, and `dh_next` is zero.
#
# One name, one meaning: `dh` is always the *total* derivative of the loss. What the loss of this step says by itself,
# $g_t$ above, is called `dh_loss`. So at the fork, `dh = dh_loss + dh_next`.
#
# Here is one step from near. Follow the dashed arrows: you will write them one at a time.
#
# ![One step. Forward: x_t and h_{t-1} enter the sum with W_xh, W_hh and b_h, out comes h-hat, tanh makes h_t, which forks up through W_hy, b_y to y_t and the loss, and right to the next step. Backward, dashed: dy_t and dh_next meet and give dh_t, then d h-hat, then dx_t, dh_prev and the gradients of the weights.](figures/one-step-back.svg)
#
# ### At the top: `dy`
#
# In 2.1, step $t$ cost
#
# $$
# L_t = \ln \sum_j e^{y_{t,j}} - y_{t,k_t}
# $$
#
# where $k_t$ is the class of the true next character. Take the derivative with respect to one score $y_{t,j}$: the
# logarithm of the sum gives the probability $p_{t,j}$, as in 1.3. And what does the second term give, and for which
# $j$?

# %% [markdown]
# ### Exercise: `char_dy`
# Return the gradient of $L = \sum_t m_t L_t$ at the scores, for all steps at once, shape `(T, K)`. `mask` holds the
# $m_t$ of 2.1: 1 where a step counts, 0 where it does not. You may call `softmax`.

# %% answer="char_dy"
def char_dy(y, targets, mask):
    """The gradient of the masked, summed cross-entropy at the scores.

    y (T, K) : scores
    targets (T,) : the true classes, whole numbers
    mask (T,) : 1 where a step counts, 0 where it does not
    returns : array (T, K)
    """
    ### BEGIN SOLUTION
    dy = softmax(y)
    dy[np.arange(len(y)), targets] -= 1
    return mask[:, None] * dy
    ### END SOLUTION

# %% check="char_dy"
check(char_dy)

# %% [markdown]
# ### Exercise: `rnn_dh`
# The fork, for one step. `dy` is the gradient at this step's scores $y_t = W_{hy} h_t + b_y$; `dh_next` is what the
# next step sends back. Return `dh`, the *total* derivative of the loss with respect to $h_t$.

# %% answer="rnn_dh"
def rnn_dh(Why, dy, dh_next):
    """All that comes back to h_t.

    Why (K, H), dy (K,), dh_next (H,)
    returns : array (H,)
    """
    ### BEGIN SOLUTION
    return Why.T @ dy + dh_next
    ### END SOLUTION

# %% check="rnn_dh"
check(rnn_dh)

# %% [markdown]
# ### Exercise: `rnn_dh_hat`
# Back through $h_t = \tanh \hat h_t$. The forward pass knows both, `h_hat` and `h`. You need only one of them; which
# one makes it short? (That is why the forward pass does not have to keep the other.)

# %% answer="rnn_dh_hat"
def rnn_dh_hat(dh, h_hat, h):
    """The gradient in front of the tanh.

    dh (H,) : the gradient at h
    h_hat (H,), h (H,) : what went into the tanh, and what came out
    returns : array (H,)
    """
    ### BEGIN SOLUTION
    return dh * (1 - h**2)
    ### END SOLUTION

# %% check="rnn_dh_hat"
check(rnn_dh_hat)

# %% [markdown]
# ### Exercise: `rnn_step_backward`
# Now all of one step. `dh` is the total derivative at the new state `h`. Go back through the tanh, then through
# $\hat h_t = W_{xh} x_t + W_{hh} h_{t-1} + b_h$ to everything that went into it. Each result is checked on its own.
#
# `dh_prev` is what this step sends back to the state before it: it will be *that* step's `dh_next`.

# %% answer="rnn_step_backward"
def rnn_step_backward(Wxh, Whh, x, h_prev, h, dh):
    """One step back.

    Wxh (H, D), Whh (H, H), x (D,), h_prev (H,), h (H,)
    dh (H,) : the total gradient at h
    returns : dWxh (H, D), dWhh (H, H), dbh (H,), dx (D,), dh_prev (H,)
    """
    dWxh, dWhh, dbh, dx, dh_prev = None, None, None, None, None
    ### BEGIN SOLUTION
    dh_hat = dh * (1 - h**2)
    dWxh = np.outer(dh_hat, x)
    dWhh = np.outer(dh_hat, h_prev)
    dbh = dh_hat
    dx = Wxh.T @ dh_hat
    dh_prev = Whh.T @ dh_hat
    ### END SOLUTION
    return dWxh, dWhh, dbh, dx, dh_prev

# %% check="rnn_step_backward"
check(rnn_step_backward)

# %% [markdown]
# ## The sweep
#
# Now the loop round it, from the last step to the first:
#
# 1. What comes back to `h[t]` in all? The loss's own gradient there, `dh_loss[t]`, and `dh_next`. This is the fork,
#    *before* the tanh.
# 2. One step back.
# 3. A weight is a fork with a branch for each step. So its gradient is **one** array, zero at the start, and every
#    step adds its share to it.
# 4. What this step sends back becomes `dh_next`.
#
# Mind the counting of 2.1: `h[t]` is the state *after* `x[t]` was read. The one before it is `h[t - 1]`, and before
# the first step it is `h0`, which is no row of `h`.

# %% [markdown]
# ### Exercise: `rnn_backward`
# Sweep back over the sequence. `h` holds all states, as `rnn_forward` returns them. `dh_loss` holds the loss's own
# gradient at each step, $g_t$ in the example with two steps. Return the weights' gradients, the gradient of every
# input, and that of `h0`. Nothing is shortened or cut off here, however long the way and however large the numbers.

# %% answer="rnn_backward"
def rnn_backward(Wxh, Whh, x, h0, h, dh_loss):
    """Backpropagation through time.

    Wxh (H, D), Whh (H, H)
    x (T, D), h0 (H,), h (T, H) : inputs, initial state, states
    dh_loss (T, H) : the loss's own gradient at each state
    returns : dWxh (H, D), dWhh (H, H), dbh (H,), dx (T, D), dh0 (H,)
    """
    dWxh, dWhh, dbh, dx, dh0 = None, None, None, None, None
    ### BEGIN SOLUTION
    dWxh, dWhh, dbh = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(h0)
    dx = np.zeros_like(x)
    dh_next = np.zeros_like(h0)
    for t in reversed(range(len(x))):
        h_prev = h[t - 1] if t > 0 else h0
        step = rnn_step_backward(Wxh, Whh, x[t], h_prev, h[t], dh_loss[t] + dh_next)
        dWxh += step[0]
        dWhh += step[1]
        dbh += step[2]
        dx[t] = step[3]
        dh_next = step[4]
    dh0 = dh_next
    ### END SOLUTION
    return dWxh, dWhh, dbh, dx, dh0

# %% check="rnn_backward"
check(rnn_backward)

# %% [markdown]
# Now somebody else's, with one wrong line. Try to find it from what the checker says, before you read line by line. (It is
# written for batches: `v @ W` stands for `W.T @ v`, `outer` for `np.outer`, and `over_batch(v)` for `v`.)

# %%
hunt = practice("rnn_backward", "rnn_step_backward")
hunt

# %%
hunt.line(...)

# %% [markdown]
# Do the shares really add? In 2.1 you nudged a weight in one layer only. Here is the same for 5 steps: how much does
# the loss move when `Whh[0, 1]` moves in one layer alone? It is measured by differences, with no backward pass. Below the
# sum stands what your sweep has collected.

# %%
def small_network(rng, T, D=2, H=3):
    """Weights, inputs and an initial state, all random."""
    weights = rng.normal(0, 0.6, (H, D)), rng.normal(0, 0.6, (H, H)), rng.normal(0, 0.6, H)
    return *weights, rng.normal(size=(T, D)), rng.normal(0, 0.6, H)


def loss_when_nudged(layer, nudge):
    """The loss, sum of dh_loss * h, when Whh[0, 1] is nudged in one layer only."""
    h, loss = h0, 0.0
    for t in range(5):
        W = Whh.copy()
        W[0, 1] += nudge * (t == layer)
        h = rnn_step(Wxh, W, bh, x[t], h)
        loss += dh_loss[t] @ h
    return loss


rng = np.random.default_rng(7)
Wxh, Whh, bh, x, h0 = small_network(rng, T=5)
dh_loss = rng.normal(size=(5, 3))
shares = [(loss_when_nudged(t, 1e-5) - loss_when_nudged(t, -1e-5)) / 2e-5 for t in range(5)]
for t in range(5):
    print(f"in layer {t + 1} only   {shares[t]: .6f}")
print(f"their sum         {sum(shares): .6f}")
dWhh = rnn_backward(Wxh, Whh, x, h0, rnn_forward(Wxh, Whh, bh, x, h0), dh_loss)[1]
print(f"your dWhh[0, 1]   {dWhh[0][1]: .6f}" if dWhh is not None else "first the exercise above")

# %% [markdown]
# A sweep that *overwrites* ends with the share of layer 1 alone: the right shape, often the right sign, and not the
# gradient.
#
# A good place to stop: you have backpropagation through time, and you have shown that it is right. What comes now
# puts it to work.
#
# ## An error at some steps only
#
# ![Four steps with a loss at the last only. The dashed gradient enters from L_4 at the last step and runs back from step to step to h_0. Above the other steps stands a zero.](figures/last-error.svg)
#
# In many-to-one, only the last step has an error (Kang and Seo write $0 + \ldots$ at the other forks; the figure is after one of
# Tamura's). Nothing new has to be programmed: the own gradient of the other steps is zero, and `dh_next` does the rest. Below, the
# size of the gradient of each of six inputs, for three patterns of errors.

# %% guess="inputs_without_gradient"

# %%
rng = np.random.default_rng(3)
Wxh, Whh, bh, x, h0 = small_network(rng, T=6)
h = rnn_forward(Wxh, Whh, bh, x, h0)
dh_loss = rng.normal(size=(6, 3))
masks = {"every step": [1, 1, 1, 1, 1, 1], "last step only": [0, 0, 0, 0, 0, 1], "first two only": [1, 1, 0, 0, 0, 0]}
for name, mask in masks.items():
    dx = rnn_backward(Wxh, Whh, x, h0, h, np.array(mask)[:, None] * dh_loss)[3]
    sizes = "first the exercise above" if dx is None else np.linalg.norm(dx, axis=1).round(3)
    print(f"{name:<16}{sizes}")

# %% [markdown]
# Many-to-one reaches back to the first input. An error in the first steps says nothing to later inputs: time has one
# direction, and the gradient has the other.
#
# ## The whole model
#
# ### Exercise: `char_gradients`
# Put it together: the network forward, `char_dy`, back through $y_t = W_{hy} h_t + b_y$ (for all steps: its weights
# are used at each of them, too), then `rnn_backward`. Return the gradients of the five weights, in the order of the
# arguments.

# %% answer="char_gradients"
def char_gradients(Wxh, Whh, Why, bh, by, x, targets, h0, mask):
    """The gradient of char_masked_loss with respect to its weights.

    Wxh (H, D), Whh (H, H), Why (K, H), bh (H,), by (K,) : the weights
    x (T, D), targets (T,), h0 (H,), mask (T,)
    returns : dWxh (H, D), dWhh (H, H), dWhy (K, H), dbh (H,), dby (K,)
    """
    dWxh, dWhh, dWhy, dbh, dby = None, None, None, None, None
    ### BEGIN SOLUTION
    h = rnn_forward(Wxh, Whh, bh, x, h0)
    dy = char_dy(h @ Why.T + by, targets, mask)
    dWhy = dy.T @ h
    dby = dy.sum(axis=0)
    dWxh, dWhh, dbh, _, _ = rnn_backward(Wxh, Whh, x, h0, h, dy @ Why)
    ### END SOLUTION
    return dWxh, dWhh, dWhy, dbh, dby

# %% check="char_gradients"
check(char_gradients)

# %% [markdown]
# Trust is good. The directional check of [1.5](../1-chain-rule/1.5-is-my-gradient-right.ipynb): all weights at once, one random
# direction of $\pm 1$, two runs forward.

# %%
rng = np.random.default_rng(5)
weights = [rng.normal(0, 0.1, size) for size in ((48, 39), (48, 48), (39, 48), 48, 39)]
directions = [rng.choice([-1.0, 1.0], w.shape) for w in weights]
question = np.eye(39)[rng.integers(0, 39, 40)], rng.integers(0, 39, 40), rng.normal(0, 0.5, 48), np.ones(40)


def loss_along(step):
    """The loss when all weights move along the direction at once."""
    moved = [w + step * d for w, d in zip(weights, directions)]
    return char_masked_loss(*moved, *question)


print(f"measured   {(loss_along(1e-5) - loss_along(-1e-5)) / 2e-5:.6f}")
gradients = char_gradients(*weights, *question)
if gradients[0] is not None:
    print(f"claimed    {sum(np.sum(g * d) for g, d in zip(gradients, directions)):.6f}")
else:
    print("first the exercise above")

# %% [markdown]
# ## How far back?
#
# The sweep needs every state $h_t$ again, so the forward pass has to keep them: $T \cdot H$ numbers. For this chapter
# that is nothing. For a book of a million characters and $H = 1000$ it is 8 gigabytes, and at the end of all that
# reading there would be *one* update of the weights.
#
# ![Six steps in two chunks of three. The solid arrow of the state runs through all six; the dashed gradient runs back inside each chunk and stops at its border.](figures/chunks.svg)
#
# <details><summary>Watch it move</summary>
#
# ![Six steps in two chunks of three. The solid arrow of the state runs through all six; the dashed gradient runs back inside each chunk and stops at its border. First the solid arrows of chunk 1 light up, then its dashed ones, back to its first step. Then the state crosses into chunk 2. Its solid arrows light up, then its dashed ones; at the border they stop, and step 3 gets nothing.](figures/chunks-moving.svg)
#
# </details>
#
# So one cuts. Read a **chunk** of $n$ steps, sweep back over it, update, forget its states, and go on reading. The
# next chunk starts from the last state of this one: *the state goes on, the gradient stops*. This is **truncated**
# backpropagation through time. It keeps $n \cdot H$ numbers, however long the text.

# %% [markdown]
# ### Exercise: `rnn_truncated`
# The gradients that one gets in chunks of `n` steps, added up over the chunks, with the weights held still. For each
# chunk: run forward from the state so far, sweep back over the chunk alone. The last chunk may be shorter. Use
# `rnn_forward` and `rnn_backward`.

# %% answer="rnn_truncated"
def rnn_truncated(Wxh, Whh, bh, x, h0, dh_loss, n):
    """Truncated backpropagation through time, in chunks of n steps.

    Wxh (H, D), Whh (H, H), bh (H,), x (T, D), h0 (H,)
    dh_loss (T, H) : the loss's own gradient at each state
    n : steps in a chunk, a whole number
    returns : dWxh (H, D), dWhh (H, H), dbh (H,), dx (T, D)
    """
    dWxh, dWhh, dbh, dx = None, None, None, None
    ### BEGIN SOLUTION
    dWxh, dWhh, dbh = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(bh)
    dx = np.zeros_like(x)
    state = h0
    for start in range(0, len(x), n):
        chunk = slice(start, start + n)
        h = rnn_forward(Wxh, Whh, bh, x[chunk], state)
        part = rnn_backward(Wxh, Whh, x[chunk], state, h, dh_loss[chunk])
        dWxh += part[0]
        dWhh += part[1]
        dbh += part[2]
        dx[chunk] = part[3]
        state = h[-1]
    ### END SOLUTION
    return dWxh, dWhh, dbh, dx

# %% check="rnn_truncated"
check(rnn_truncated)

# %% [markdown]
# What does the cut cost? First the hard case: 24 steps, an error at the last one only. (`Whh` is chosen so that the
# gradient does not fade by itself; fading is the subject of [2.3](2.3-vanishing-and-exploding.ipynb).) How large is the
# gradient of each input, in full and in chunks of 8?

# %% guess="first_input_in_chunks"

# %%
rng = np.random.default_rng(1)
Wxh, bh, h0 = rng.normal(0, 0.15, (6, 2)), np.zeros(6), np.zeros(6)
Whh = np.linalg.qr(rng.normal(size=(6, 6)))[0]
x = rng.normal(size=(24, 2))
dh_loss = np.zeros((24, 6))
dh_loss[-1] = 1

plt.figure(figsize=(7, 3.6))
for n, color, name in ((24, "#9fb3c8", "in full"), (8, "#d1495b", "in chunks of 8")):
    dx = rnn_truncated(Wxh, Whh, bh, x, h0, dh_loss, n)[3]
    if dx is not None:
        size = np.linalg.norm(dx, axis=1)
        plt.bar(np.arange(1, 25) + (0.2 if n == 8 else -0.2), size, 0.4, color=color, label=name)
        print(f"{name:<15} first input {size[0]:.3f}   last input {size[-1]:.3f}")
        plt.legend()
plt.xlabel("step t")
plt.ylabel("size of the gradient of input t")
plt.show()

# %% [markdown]
# Not small: **zero**. If the first input decides what is right at step 24, the full gradient says so, and the truncated
# one never does, however long you train. To learn over a distance you need a chunk that spans it.

# %% [markdown]
# ## In your own words
#
# A friend trains in chunks of 25 characters and says: "I carry the state over from chunk to chunk, so my network can
# learn from any distance." What is right about this, and what is not? Three or four sentences. (To compare with a
# model answer afterwards, run `hint("state_or_gradient")` twice.)

# %% [markdown] written="state_or_gradient"

# %% [markdown]
# ## What you have earned
#
# - A state is used twice, so two gradients meet at it:
#
# $$
# \mathrm{d}h_t = W_{hy}^\top\,\mathrm{d}y_t + W_{hh}^\top\,\mathrm{d}\hat h_{t+1}, \qquad
# \mathrm{d}\hat h_t = \mathrm{d}h_t \odot (1 - h_t^2)
# $$
#
# - A weight is used at every step, so its gradient is a sum over time:
#
# $$
# \mathrm{d}W_{xh} = \sum_t \mathrm{d}\hat h_t\,x_t^\top, \qquad
# \mathrm{d}W_{hh} = \sum_t \mathrm{d}\hat h_t\,h_{t-1}^\top, \qquad
# \mathrm{d}b_h = \sum_t \mathrm{d}\hat h_t
# $$
#
# - Many-to-one, one-to-many: the own gradient is zero at some steps, and the sweep is the same.
# - In chunks of $n$ steps, the state goes on and the gradient stops at the border: a dependency longer than $n$ gets a gradient of zero.

# %%
progress()

# %% [markdown]
# Next: [2.3 Vanishing and exploding](2.3-vanishing-and-exploding.ipynb). Even without a cut, little may be left of a
# gradient after many steps, or far too much.
