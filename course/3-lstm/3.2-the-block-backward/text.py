# %% [markdown]
# # 3.2 The block, backward
#
# When you are done, you will be able to
#
# - run one LSTM block backward, one intermediate at a time, and say of each factor where it comes from,
# - say which of the four weight matrices is a special case, and why $h_{t-1}$ gets a sum of four terms,
# - prove your backward pass right, array by array, with a complex step.
#
# **About 95 minutes**, with a place to stop after 45, and 12 for an optional part. You need [1.2](../1-chain-rule/1.2-forks-and-routes.ipynb) (a fork adds),
# [1.3](../1-chain-rule/1.3-vectors-and-matrices.ipynb) (every stage of the block, backward),
# [1.5](../1-chain-rule/1.5-is-my-gradient-right.ipynb) (the complex step) and
# [3.1](3.1-the-block-forward.ipynb) (the block).

# %%
import numpy as np
import sympy as sp

from autograde import check, guess, hint, mine, practice, progress, recall

# %% [markdown]
# Three questions first, on what is run backward here. Answer in place of the dots, or go on.

# %%
recall("3.2", ..., ..., ...)

# %% [markdown]
# ## A question to start with
#
# Four gates, four weight matrices, four formulas that look alike. Yet one of the four gradients does not care what the next
# block sends back along the cell state: double it, switch it off, the gradient stays as it is. Which one? And is its
# weight matrix then blind to the future?
#
# ![The LSTM block backward. Dashed red arrows come in on the right, from this step's loss L_t and from the next block at h_t, and from the next block at c_t. They run back to the four gates and leave on the left as dc_{t-1} and dh_{t-1}, and at the bottom as dx_t.](figures/block-backward.svg)
#
# <details><summary>Watch it move</summary>
#
# ![The LSTM block backward. Dashed red arrows come in on the right, from this step's loss L_t and from the next block at h_t, and from the next block at c_t. They run back to the four gates and leave on the left as dc_{t-1} and dh_{t-1}, and at the bottom as dx_t. First dh_t comes together, then do_t goes off to its gate, dc_next joins at c_t, dc_t runs to the left and turns off to f, i and g, and last the four gates send theirs to dh_{t-1} and dx_t.](figures/block-backward-moving.svg)
#
# </details>
#
# This is the block of 3.1, run backward, and this notebook walks all red lines, from right to left. Three gradients **arrive**: one from this
# step's loss $L_t$, and two from the next block, `dh_next` and `dc_next`. Three **leave**: $\mathrm{d}h_{t-1}$ and $\mathrm{d}c_{t-1}$ for the
# block before, and $\mathrm{d}x_t$. On the way each gate collects what its weights and its bias need.
#
# As always, $\mathrm{d}v$ is the *total* derivative of the loss with respect to $v$. You have sent gradients back through each of these stages
# before. What is new is that there are many of them, and that they look alike. So we take one at a time, and check it before we go on.

# %% [markdown]
# The forward pass is your `lstm_step` of 3.1, as it passed its check. `step` remembers all that was computed, under the names it had there: `step.f`, `step.f_hat`,
# `step.c_prev` and so on. A hat marks what goes *into* an activation (Kang and Seo call it `sum`).

# %%
lstm_step = mine("lstm_step")

rng = np.random.default_rng(32)
H, D = 3, 2
W, b = rng.normal(0, 0.7, (4, H, H + D)), rng.normal(0, 0.5, (4, H))
x, h_prev, c_prev = rng.normal(size=D), rng.normal(size=H), rng.normal(size=H)
dh, dc_next = rng.normal(size=H), rng.normal(size=H)

step = lstm_step(W, b, x, h_prev, c_prev)
print("c_t =", step.c.round(3))
print("h_t =", step.h.round(3))

# %% [markdown]
# ## The fork at $h_t$
#
# ![The fork at h_t, backward. One dashed arrow comes up from this step's loss L_t, one comes from the next block as dh_next; at the dot they meet and go on as dh_t.](figures/fork-at-h.svg)
#
# Forward, $h_t$ is used twice: this step's loss looks at it, and the next block reads it. So two gradients come back, and you
# know from 1.2 what a fork does with them. Say the loss of this step is
#
# $$
# L_t = \tfrac12 \sum_j (h_{t,j} - \text{target}_j)^2
# $$
#
# When there is no loss at a step (many steps in, one answer out), its own share is zero. At the last step there is no next
# block, and `dh_next` is zero.

# %% [markdown]
# ### Exercise: `back_to_h`
# Return $\mathrm{d}h_t$: this step's own share, from the loss above, together with `dh_next`, which comes ready-made.

# %% answer="back_to_h"
def back_to_h(step, target, dh_next):
    """The total derivative at the output of the block.

    step : the forward pass; step.h (H,) and the rest
    target (H,) : what this step's loss compares h with
    dh_next (H,) : what the next block sends back to h
    returns : dh (H,)
    """
    ### BEGIN SOLUTION
    own = step.h - target
    return own + dh_next
    ### END SOLUTION

# %% check="back_to_h"
check(back_to_h)

# %% [markdown]
# From here on, `dh` is this total. Whoever goes on with their own share alone has cut the block off from the future.
#
# ## Through the product at $h_t$
#
# The output is a product of two factors:
#
# $$
# h_t = o_t \odot \tanh c_t
# $$
#
# A product hands to each factor what arrives, times the *other* factor. One road leads from here to $o_t$, one to $c_t$. The
# first is the shorter one.

# %% [markdown]
# ### Exercise: `back_to_o`
# Return $\mathrm{d}o_t$. It goes as far as the output of the gate; its sigmoid has its turn later.

# %% answer="back_to_o"
def back_to_o(step, dh):
    """From the output of the block back to its output gate.

    step : the forward pass
    dh (H,) : the total derivative at h
    returns : do (H,)
    """
    ### BEGIN SOLUTION
    return dh * np.tanh(step.c)
    ### END SOLUTION

# %% check="back_to_o"
check(back_to_o)

# %% [markdown]
# ## The fork at $c_t$
#
# ![The fork at c_t, backward. One dashed arrow comes from dh_t up through the output gate's product and the tanh, one comes from the next block as dc_next; at the dot they meet and go on to the left as dc_t.](figures/fork-at-c.svg)
#
# The other road goes on through tanh, and ends at a fork. Forward, $c_t$ leaves the dot along two arrows: down into this
# block's output, and right into the next block. Backward, something comes up and something comes from the right.
#
# What comes from the right comes ready-made. The next block multiplies $c_t$ by *its* forget gate, so it is the next block that
# goes back through this product; what it hands over is `dc_next`. What comes up is your work: two stages.

# %% [markdown]
# ### Exercise: `back_to_c`
# Return $\mathrm{d}c_t$, the total derivative at the cell state. Take your time over this one: there are published
# programs, and a published paper, in which it is wrong.

# %% answer="back_to_c"
def back_to_c(step, dh, dc_next):
    """The total derivative at the cell state.

    step : the forward pass
    dh (H,) : the total derivative at h
    dc_next (H,) : what the next block sends back along the cell state
    returns : dc (H,)
    """
    ### BEGIN SOLUTION
    down = dh * step.o * (1 - np.tanh(step.c) ** 2)
    return down + dc_next
    ### END SOLUTION

# %% check="back_to_c"
check(back_to_c)

# %% [markdown]
# Do not take a formula's word for it. What lies beyond the block we do not know here, but we know what it *says*: `dh` is how
# much the loss moves when $h_t$ moves, and `dc_next` how much it moves when $c_t$ moves on the upper line. So nudge $c_t$, one
# entry at a time, and add up both movements:

# %%
nudge = 1e-6
dc = back_to_c(step, dh, dc_next)
for j in range(H):
    c = step.c.copy()
    c[j] += nudge
    h_moved = (step.o * np.tanh(c) - step.h) / nudge
    c_moved = (c - step.c) / nudge
    yours = "first the exercise above" if dc is None else f"yours {dc[j]: .5f}"
    print(f"c[{j}]   measured {dh @ h_moved + dc_next @ c_moved: .5f}   {yours}")

# %% [markdown]
# ## Through the update
#
# ![The road to c_{t-1}: from dc_t straight to the left along the upper line, through the sum and the forget gate's product, and out of the block as dc_{t-1}.](figures/road-to-c-prev.svg)
#
# Now one step to the left. The cell state was made by
#
# $$
# c_t = f_t \odot c_{t-1} + i_t \odot g_t
# $$
#
# A sum sends what arrives to both of its terms, unchanged. Each term is a product of two factors. So from $\mathrm{d}c_t$
# four gradients follow, one line for each. Three of them turn off to a gate. The fourth goes straight on, along the
# upper line, and leaves the block.

# %% [markdown]
# ### Exercise: `back_through_update`
# Return $\mathrm{d}f_t$, $\mathrm{d}i_t$, $\mathrm{d}g_t$ and $\mathrm{d}c_{t-1}$. These four lines look alike, so copying one
# and changing *most* of its names is the classic mistake here.

# %% answer="back_through_update"
def back_through_update(step, dc):
    """From the cell state back to the gates that made it, and to the cell state before.

    step : the forward pass
    dc (H,) : the total derivative at c
    returns : df, di, dg, dc_prev, each (H,)
    """
    df, di, dg, dc_prev = None, None, None, None
    ### BEGIN SOLUTION
    df = dc * step.c_prev
    di = dc * step.g
    dg = dc * step.i
    dc_prev = dc * step.f
    ### END SOLUTION
    return df, di, dg, dc_prev

# %% check="back_through_update"
check(back_through_update)

# %% [markdown]
# `dc_prev` is finished, and it is what the previous block will know as its `dc_next`. Look at its road once more. From
# $\mathrm{d}c_t$ there is one product on it, and nothing else: no matrix, no tanh, no sigmoid.
# [3.5](3.5-why-it-remembers.ipynb) shows that this is why an LSTM remembers.

# %% [markdown]
# ## Into the gates
#
# Four values are left to go back through their activations. The slopes you have from 1.3, written with the *output* $y$ of the
# activation:
#
# $$
# \sigma'(\hat y) = y\,(1 - y), \qquad \tanh'(\hat y) = 1 - y^2
# $$

# %% [markdown]
# ### Exercise: `back_to_hats`
# Return $\mathrm{d}\hat f_t$, $\mathrm{d}\hat i_t$, $\mathrm{d}\hat g_t$ and $\mathrm{d}\hat o_t$.

# %% answer="back_to_hats"
def back_to_hats(step, df, di, dg, do):
    """From the gates back through their activations.

    step : the forward pass
    df, di, dg, do (H,) : the derivatives at the gates
    returns : df_hat, di_hat, dg_hat, do_hat, each (H,)
    """
    df_hat, di_hat, dg_hat, do_hat = None, None, None, None
    ### BEGIN SOLUTION
    df_hat = df * step.f * (1 - step.f)
    di_hat = di * step.i * (1 - step.i)
    dg_hat = dg * (1 - step.g**2)
    do_hat = do * step.o * (1 - step.o)
    ### END SOLUTION
    return df_hat, di_hat, dg_hat, do_hat

# %% check="back_to_hats"
check(back_to_hats)

# %% [markdown]
# A good place to stop for today: you have walked from the right edge of the block to all four hats. What is left is one stage more, and
# then to put the walk together.

# %% [markdown]
# ## Optional: one road from end to end
#
# *(12 minutes more; nothing below needs it. Otherwise go on at "Weights and biases".)*
#
# ![The road to W_f. From the loss and the next block to dh_t, up through the output gate's product and tanh to the fork at c_t, where dc_next joins; as dc_t to the left through the sum to the forget gate's product; as df_t down into the forget gate. There it becomes the gradient of W_f and b_f.](figures/road-to-w-f.svg)
#
# You have walked it stage by stage. Now write down a whole road in one line, to see what it is made of. Take one hidden unit,
# $H = 1$, so that every value is a number.
#
# ### Exercise: `road_to_f_hat`
# Write $\mathrm{d}\hat f_t$ as a SymPy expression in the symbols of the cell ($c$ is $c_t$, $f$ is $f_t$). They end in
# an underscore, `dh_`, because `dh` is an array in this notebook. Any equal form is right.

# %% answer="road_to_f_hat"
dh_, dc_next_, o_, c_, c_prev_, f_ = sp.symbols("dh dc_next o c c_prev f")
road_to_f_hat = ...
### BEGIN SOLUTION
dc_ = dh_ * o_ * (1 - sp.tanh(c_) ** 2) + dc_next_
road_to_f_hat = dc_ * c_prev_ * f_ * (1 - f_)
### END SOLUTION

# %% check="road_to_f_hat"
check(road_to_f_hat=road_to_f_hat)

# %% [markdown]
# SymPy does not walk. It puts the forward pass together and differentiates the sum of both movements with respect to
# $\hat f$. What is left between its answer and yours?

# %%
f_hat, i_g = sp.symbols("f_hat i_g")
f_of = 1 / (1 + sp.exp(-f_hat))
c_of = f_of * c_prev_ + i_g
both = dh_ * o_ * sp.tanh(c_of) + dc_next_ * c_of
yours = road_to_f_hat.subs({f_: f_of, c_: c_of}) if progress.passed("road_to_f_hat") else None
sp.simplify(sp.diff(both, f_hat) - yours) if yours is not None else "first the exercise above"

# %% [markdown]
# The roads to $W_i$ and $W_g$ begin in the same way, and part from it at the sum. Follow each with a finger and name
# the factors as you go.
#
# ![The road to W_i. As to W_f as far as the sum; there down to the product of i_t and g_t, and as di_t to the left into the input gate.](figures/road-to-w-i.svg)
#
# ![The road to W_g. As to W_f as far as the sum; there down to the product of i_t and g_t, and as dg_t further down into the candidate.](figures/road-to-w-g.svg)
#
# ## Weights and biases
#
# In front of each activation stands the same affine stage; here is the one of the forget gate:
#
# $$
# \hat f_t = W_f\, z_t + b_f, \qquad z_t = [h_{t-1}, x_t]
# $$
#
# For 1.3 it was `y = W @ x + b`. Kang and Seo print a `*` between the gradient of a gate and $[a, x]$. An entry by entry
# product would not even have a fitting shape: each of the $H$ gradients meets each of the $H + D$ entries of $z_t$.

# %% [markdown]
# ### Exercise: `back_to_weights`
# Return `dW`, of the shape of `W`, `(4, H, H + D)`, and `db`, of the shape of `b`, `(4, H)`. The gates stand in the order
# f i g o.

# %% answer="back_to_weights"
def back_to_weights(step, df_hat, di_hat, dg_hat, do_hat):
    """What this block adds to the gradients of the weights and biases.

    step : the forward pass
    df_hat, di_hat, dg_hat, do_hat (H,) : the derivatives before the activations
    returns : dW (4, H, H + D), db (4, H)
    """
    dW, db = None, None
    ### BEGIN SOLUTION
    z = step.z
    dW_f = np.outer(df_hat, z)
    dW_i = np.outer(di_hat, z)
    dW_g = np.outer(dg_hat, z)
    dW_o = np.outer(do_hat, z)
    dW = np.stack([dW_f, dW_i, dW_g, dW_o])
    db = np.stack([df_hat, di_hat, dg_hat, do_hat])
    ### END SOLUTION
    return dW, db

# %% check="back_to_weights"
check(back_to_weights)

# %% [markdown]
# ## Four roads to $h_{t-1}$
#
# ![The road to h_{t-1}. From each of the four gates a dashed arrow goes down to the line of z_t, where the four add; the sum leaves to the left as dh_{t-1} and downward as dx_t.](figures/road-to-h-prev.svg)
#
# $h_{t-1}$ and $x_t$ come in together, as $z_t$, and $z_t$ is read by *every* gate. Forward, four arrows leave the lower line.
# You know what that means for the way back. (Kang and Seo write this sum as four rows, one for each gate. In print, the row of the
# output gate leads through $\partial a / \partial c$. Does its road in the figure?)

# %% [markdown]
# ### Exercise: `back_to_inputs`
# Return $\mathrm{d}x_t$ and $\mathrm{d}h_{t-1}$, in this order. Find $\mathrm{d}z_t$ first, then cut it where `z` was joined.

# %% answer="back_to_inputs"
def back_to_inputs(W, df_hat, di_hat, dg_hat, do_hat):
    """From the four gates back to what they read.

    W (4, H, H + D) : the weights, gates in the order f i g o
    df_hat, di_hat, dg_hat, do_hat (H,) : the derivatives before the activations
    returns : dx (D,), dh_prev (H,)
    """
    dx, dh_prev = None, None
    ### BEGIN SOLUTION
    W_f, W_i, W_g, W_o = W
    dz = W_f.T @ df_hat + W_i.T @ di_hat + W_g.T @ dg_hat + W_o.T @ do_hat
    H = len(df_hat)
    dh_prev, dx = dz[:H], dz[H:]
    ### END SOLUTION
    return dx, dh_prev

# %% check="back_to_inputs"
check(back_to_inputs)

# %% [markdown]
# ## The whole block
#
# Every red line of the first figure has its function now. What is left is to call them in an order in which each finds
# what it needs.

# %% [markdown]
# ### Exercise: `lstm_step_backward`
# One block, backward. `dh` is the total at $h_t$ (the fork at $h_t$ belongs to whoever calls you). It is worth five points, one
# for each result.

# %% answer="lstm_step_backward"
def lstm_step_backward(W, step, dh, dc_next):
    """One LSTM block, backward.

    W (4, H, H + D) : the weights, gates in the order f i g o
    step : the forward pass, as lstm_step returned it
    dh (H,) : the total derivative at h
    dc_next (H,) : what the next block sends back along the cell state
    returns : dW (4, H, H + D), db (4, H), dx (D,), dh_prev (H,), dc_prev (H,)
    """
    dW, db, dx, dh_prev, dc_prev = None, None, None, None, None
    ### BEGIN SOLUTION
    do = back_to_o(step, dh)
    dc = back_to_c(step, dh, dc_next)
    df, di, dg, dc_prev = back_through_update(step, dc)
    df_hat, di_hat, dg_hat, do_hat = back_to_hats(step, df, di, dg, do)
    dW, db = back_to_weights(step, df_hat, di_hat, dg_hat, do_hat)
    dx, dh_prev = back_to_inputs(W, df_hat, di_hat, dg_hat, do_hat)
    ### END SOLUTION
    return dW, db, dx, dh_prev, dc_prev

# %% check="lstm_step_backward"
check(lstm_step_backward)

# %% [markdown]
# That is the backward pass of an LSTM block. All of it. If you read Kang and Seo beside it, here is each of your
# factors under its name there ($a$ is our $h$, $\Gamma_u$ our $i$, $\tilde c$ our $g$):
#
# | from | to | you multiplied by | Kang and Seo |
# |---|---|---|---|
# | $\mathrm{d}h_t$ | $\mathrm{d}o_t$ | $\tanh c_t$ | $\partial a / \partial \Gamma_o$ |
# | $\mathrm{d}h_t$ | $\mathrm{d}c_t$, its first term | $o_t \odot (1 - \tanh^2 c_t)$ | $\partial a / \partial c$ |
# | $\mathrm{d}c_t$ | $\mathrm{d}f_t$ | $c_{t-1}$ | $\partial c / \partial \Gamma_f$ |
# | $\mathrm{d}c_t$ | $\mathrm{d}i_t$ | $g_t$ | $\partial c / \partial \Gamma_u$ |
# | $\mathrm{d}c_t$ | $\mathrm{d}g_t$ | $i_t$ | $\partial c / \partial \tilde c$ |
# | $\mathrm{d}c_t$ | $\mathrm{d}c_{t-1}$ | $f_t$ | $\partial c^{\langle t \rangle} / \partial c^{\langle t-1 \rangle}$ |
# | $\mathrm{d}f_t$ | $\mathrm{d}\hat f_t$ (and so for $i$, $o$) | $f_t \odot (1 - f_t)$ | $\partial \Gamma_f / \partial \mathrm{sum}_f$ |
# | $\mathrm{d}g_t$ | $\mathrm{d}\hat g_t$ | $1 - g_t^2$ | $\partial \tilde c / \partial \mathrm{sum}_c$ |
# | $\mathrm{d}\hat f_t$ | $\mathrm{d}W_f$ | $z_t$, as an outer product | $\partial \mathrm{sum}_f / \partial W_f$ |
# | $\mathrm{d}\hat f_t$ | $\mathrm{d}b_f$ | 1 | $\partial \mathrm{sum}_f / \partial b_f$ |
# | $\mathrm{d}\hat f_t$ | $\mathrm{d}h_{t-1}$, one of four terms | the first $H$ columns of $W_f$ | $\partial \mathrm{sum}_f / \partial a^{\langle t-1 \rangle}$ |
#
# These local derivatives are right in their paper. How it puts them together at the fork of the cell state is not quite how you
# did; [3.6](3.6-find-the-fault.ipynb) looks into it.
#
# You know every line of such a function now. Here is one with a mistake in it:

# %%
hunt = practice("lstm_step_backward")
hunt

# %%
hunt.line(...)

# %% [markdown]
# ## The special case
#
# ![The road to W_o. From the loss and the next block to dh_t, up to the output gate's product, and there to the left as do_t into the output gate. The tanh, the cell state and dc_next are not on it.](figures/road-to-w-o.svg)
#
# This is the road that was not shown yet. Kang and Seo call $W_o$ "a special case".

# %% guess="dc_next_doubled"

# %%
print(f"{'':20}{'dW_f':>8}{'dW_i':>8}{'dW_g':>8}{'dW_o':>8}")
for name, dh_now, dc_now in (
    ("as it is", dh, dc_next),
    ("dc_next doubled", dh, 2 * dc_next),
    ("dh switched off", 0 * dh, dc_next),
):
    dW = lstm_step_backward(W, step, dh_now, dc_now)[0]
    sizes = "" if dW is None else "".join(f"{np.abs(d).sum():8.4f}" for d in dW)
    print(f"{name:20}{sizes or '  first the exercise above'}")

# %% [markdown]
# Three of them listen to the upper line, and one does not. With `dh` switched off it is zero. Keep the reason in mind: you will be asked for it.
#
# ## Is it right?
#
# The checks say so. But the day will come when you write a cell for which there are no checks. So make your own.
#
# A check by differentiation needs a number to differentiate, and a block has no loss. We build one. What would a loss have to be,
# so that exactly `dh` arrives at $h_t$ and exactly `dc_next` comes in from the right at $c_t$? You have used it twice
# above, to measure `dc` and in SymPy:
#
# $$
# L = \sum_j \mathrm{d}h_j\, h_{t,j} + \sum_j \mathrm{dc\_next}_j\, c_{t,j}
# $$
#
# Here $\mathrm{d}h$ and $\mathrm{dc\_next}$ are fixed numbers. The gradient of this $L$, with respect to anything that goes into the
# block, is what your backward pass must return.

# %% [markdown]
# ### Exercise: `block_loss`
# Run `lstm_step` and return $L$. The complex step below will hand it complex numbers and wants a complex $L$ back, as in 1.5: no `float(...)`,
# and no `np.vdot`, which changes the sign of an imaginary part.

# %% answer="block_loss"
def block_loss(W, b, x, h_prev, c_prev, dh, dc_next):
    """A loss at which dh and dc_next arrive at the block.

    W, b, x, h_prev, c_prev : as in lstm_step, real or complex
    dh, dc_next (H,) : fixed numbers
    returns : a number
    """
    ### BEGIN SOLUTION
    step = lstm_step(W, b, x, h_prev, c_prev)
    return np.sum(dh * step.h) + np.sum(dc_next * step.c)
    ### END SOLUTION

# %% check="block_loss"
check(block_loss)

# %% [markdown]
# Now the complex step, from 1.5. Each of the five arguments is moved, entry by entry, and the result is held against your backward pass.
# With the weights and biases gate by gate, that makes eleven arrays.

# %%
def complex_step(f, a, size=1e-30):
    """The derivative of f with respect to every entry of a."""
    slope = np.zeros(a.shape)
    for k in np.ndindex(a.shape):
        moved = a.astype(complex)
        moved[k] += 1j * size
        slope[k] = f(moved).imag / size
    return slope


inputs = {"W": W, "b": b, "x": x, "h_prev": h_prev, "c_prev": c_prev}


def measured(name):
    """The gradient of block_loss with respect to one of its inputs."""
    return complex_step(lambda a: block_loss(**(inputs | {name: a}), dh=dh, dc_next=dc_next), inputs[name])


def row(name, found, wanted):
    """One line of the table."""
    found = np.asarray(found)
    error = np.abs(found - wanted).max() / np.abs(wanted).max()
    print(f"{name:8}  {str(found.shape):8} {'below 1e-14' if error < 1e-14 else f'{error:.2g}'}")


yours = dict(zip(inputs, lstm_step_backward(W, step, dh, dc_next)))
loss = block_loss(**inputs, dh=dh, dc_next=dc_next)
written = loss is not None and all(d is not None for d in yours.values())
print("array     shape    relative error" if written else "first the exercises above")
for name in inputs if written else ():
    found, wanted = yours[name], measured(name)
    if name in ("W", "b"):
        for k, gate in enumerate("figo"):
            row(f"d{name}_{gate}", found[k], wanted[k])
    else:
        row(f"d{name}", found, wanted)

# %% [markdown]
# Fourteen digits, eleven times. No formula of yours was used to get the measured side: only the forward pass.
#
# Now break it: take `dc_next` out of your `back_to_c`.

# %% guess="without_dc_next"

# %% [markdown]
# Do it: change the line, run its cell and the one with the table. The rows that stay right tell you where *not* to search. (Put it back
# afterwards, and check.)

# %% [markdown]
# ## In your own words
#
# Why is $W_o$ a special case? Say it with the roads in the figures: what does a nudge of $W_o$ move inside the block, and what
# does it leave alone? And is $W_o$ blind to what the network remembers later? Three or four sentences. (To compare with a model
# answer afterwards, run `hint("why_w_o_is_special")` twice.)

# %% [markdown] written="why_w_o_is_special"

# %% [markdown]
# ## What you have earned
#
# One block backward, from right to left. In the last two lines $k$ runs over the gates f, i, g, o:
#
# $$
# \mathrm{d}h_t = \frac{\partial L_t}{\partial h_t} + \mathrm{dh\_next}, \qquad
# \mathrm{d}o_t = \mathrm{d}h_t \odot \tanh c_t, \qquad
# \mathrm{d}c_t = \mathrm{d}h_t \odot o_t \odot (1 - \tanh^2 c_t) + \mathrm{dc\_next}
# $$
#
# $$
# \mathrm{d}f_t = \mathrm{d}c_t \odot c_{t-1}, \qquad
# \mathrm{d}i_t = \mathrm{d}c_t \odot g_t, \qquad
# \mathrm{d}g_t = \mathrm{d}c_t \odot i_t, \qquad
# \mathrm{d}c_{t-1} = \mathrm{d}c_t \odot f_t
# $$
#
# $$
# \mathrm{d}\hat f_t = \mathrm{d}f_t \odot f_t \odot (1 - f_t) \ \text{(and so for $i$, $o$)}, \qquad
# \mathrm{d}\hat g_t = \mathrm{d}g_t \odot (1 - g_t^2)
# $$
#
# $$
# \mathrm{d}W_k = \mathrm{d}\hat k_t\, z_t^\top, \qquad \mathrm{d}b_k = \mathrm{d}\hat k_t
# $$
#
# $$
# \mathrm{d}z_t = [\mathrm{d}h_{t-1}, \mathrm{d}x_t] = \sum_k W_k^\top\, \mathrm{d}\hat k_t
# $$
#
# - Two forks add two gradients each, at $h_t$ and at $c_t$. A third, at $z_t$, adds four.
# - A product hands to each factor the other one.
# - $W_o$ is reached through $h_t$ alone. The other three are reached through $c_t$.

# %%
progress()

# %% [markdown]
# **Next:** [3.3 Through time](3.3-through-time.ipynb). One block's `dh_prev` and `dc_prev` are the next one's `dh_next` and
# `dc_next`. Ten lines more, and the gradient flows through the whole sequence.
