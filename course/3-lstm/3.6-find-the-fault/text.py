# %% [markdown]
# # 3.6 Find the fault
#
# When you are done, you will be able to
#
# - catch a wrong gradient, in a printed formula and in four pieces of code, and say *why* it is wrong,
# - test a backward pass in one line, without a true gradient to compare with,
# - say how much a falling loss proves.
#
# **About 85 minutes**, with a place to stop after 45. You need [3.3](3.3-through-time.ipynb) (the whole backward pass) and your checker from
# [1.5](../1-chain-rule/1.5-is-my-gradient-right.ipynb).

# %%
import matplotlib.pyplot as plt
import numpy as np
import sympy as sp

from autograde import check, guess, hint, mine, practice, progress, recall

np.set_printoptions(precision=4, suppress=True)

# %% [markdown]
# Three questions first, on sweeps and what they carry. Answer in place of the dots, or go on.

# %%
recall("3.6", ..., ..., ...)

# %% [markdown]
# ## A question to start with
#
# A tutorial on this very subject, careful and much read, prints the gradient of an LSTM's weights in full. One factor is
# missing in it. Trained with it, a network may well learn. How would you ever find out?
#
# You own a gradient that has been shown to be right, and a checker that asks nobody. Here they are, with the small random problem and the
# loss of 3.3, half the squared error at every step:

# %%
lstm_step, lstm_forward, lstm_step_backward = mine("lstm_step", "lstm_forward", "lstm_step_backward")
sweep_backward, complex_step = mine("sweep_backward", "complex_step")


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


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


p, target = problem(seed=1)
h, steps = outputs(p)
report(sweep_backward, T=5)

# %% [markdown]
# ## The printed formula
#
# The tutorial is *Understanding Backpropagation as Applied to LSTM* by Kang & Seo. It does what few do: it names both forks, draws them,
# and walks every road to every weight. You used its rows in 3.3. In our notation, this is what it prints for the $c$ fork:
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
    if found is None:
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
# `backward(dh_loss)` returns a gradient, an array of any shape. Doubling the loss doubles `dh_loss`. Return how far `backward` is from passing the test: the
# `relative_error` of the gradient for twice the `dh_loss` (found) against twice the gradient for `dh_loss` (wanted).


# %% answer="sweep_linearity"
def sweep_linearity(backward, dh_loss):
    """How far backward is from being linear; 0 for a gradient.

    backward: function, array -> array
    dh_loss: array (T, H)
    returns : a number
    """
    ### BEGIN SOLUTION
    return relative_error(backward(2 * dh_loss), 2 * backward(dh_loss))
    ### END SOLUTION


# %% check="sweep_linearity"
check(sweep_linearity)

# %%
if sweep_as_printed(p["W"], steps, h - target) is not None:
    sweeps = {
        "your sweep": lambda dh_loss: np.asarray(sweep_backward(p["W"], steps, dh_loss, np.zeros(3))[0]),
        "as printed": lambda dh_loss: np.asarray(sweep_as_printed(p["W"], steps, dh_loss)),
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
# A good place to stop for today: the printed formula is refuted, explained and repaired. What is left are four hunts and a table.
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
# Now you know how one finds out: not by training. One more fault, drawn for you:

# %%
hunt = practice("sweep_backward", "lstm_step_backward")
hunt

# %%
hunt.line(...)

# %% [markdown]
# ## What you have earned
#
# - Terms may be added when they are derivatives of the *same loss* with respect to the same thing:
#
# $$
# \mathrm{d}c_t = \mathrm{d}h_t \odot o_t \odot (1 - \tanh^2 c_t) + \mathrm{d}c_{t+1} \odot f_{t+1}
# $$
#
# - A gradient is linear in the loss: double the loss, and all must double; without a loss, nothing may be left.
# - Right with one block and wrong with several: look between the blocks. Wrong with one: look inside, and let the checker say which gate.
# - Check with several blocks, and with nothing zero. A falling loss proves little.

# %%
progress()

# %% [markdown]
# Next: [4.1 From textbook to fast](../4-training/4.1-from-textbook-to-fast.ipynb). You have the whole LSTM now, and you can tell whether it is
# right. It is slow.
