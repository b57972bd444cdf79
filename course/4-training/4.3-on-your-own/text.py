# %% [markdown]
# # 4.3 On your own
#
# When you are done, you will be able to
#
# - take a network that you have never seen from its forward equations to a backward pass, without help,
# - prove a gradient right without anybody's check,
# - hold your own LSTM against a library, gradient by gradient.
#
# **About 85 minutes**, with a good place to stop after 60. You need [1.5](../1-chain-rule/1.5-is-my-gradient-right.ipynb) (your checker),
# [3.2](../3-lstm/3.2-the-block-backward.ipynb) and [3.3](../3-lstm/3.3-through-time.ipynb) (the LSTM, backward).

# %%
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import sympy as sp

from autograde import check, guess, hint, mine, practice, progress, recall

# %% [markdown]
# Three questions first, on what this notebook builds on. Put your answers in place of the dots, or go on.

# %%
recall("4.3", ..., ..., ...)

# %% [markdown]
# ## A question to start with
#
# Sooner or later you will read a paper with a cell that is new to you. It prints the forward equations, and "the gradients are
# straightforward". Are they, for you?
#
# Here is such a cell. The gated recurrent unit, **GRU**, of Cho et al. (2014) wants to do what an LSTM does with less: two gates
# instead of three, and no cell state beside the output.
#
# ![The GRU block. The state runs along the top: h_{t-1} is multiplied by z_t, then (1 - z_t) times n_t is added, giving h_t. Below, h_{t-1} and x_t feed the update gate z_t and the reset gate r_t. U_n makes q_t from h_{t-1} alone; r_t times q_t goes, together with x_t, into a tanh that gives the candidate n_t.](figures/gru-block.svg)
#
# $$
# \begin{aligned}
# r_t &= \sigma(W_r x_t + U_r h_{t-1} + b_r) && \text{reset gate} \\
# z_t &= \sigma(W_z x_t + U_z h_{t-1} + b_z) && \text{update gate} \\
# q_t &= U_n h_{t-1} + b_q && \text{what the past has to say} \\
# n_t &= \tanh(W_n x_t + b_n + r_t \odot q_t) && \text{candidate} \\
# h_t &= (1 - z_t) \odot n_t + z_t \odot h_{t-1} && \text{the mix}
# \end{aligned}
# $$
#
# The last line is the heart of it: $h_t$ is a **mix** of the candidate and the old state, and $z_t$ says how much stays old.
#
# Papers and libraries differ in two places, and code copied across the border is wrong without complaint. In some, $z$ lets the *new* value
# in, so that $z$ and $1 - z$ change places. And in some, $r$ scales $h_{t-1}$ *before* the matrix, $U_n (r_t \odot h_{t-1})$. The
# equations above are those that PyTorch computes. (Here $z$ is a gate. It is not the $[h_{t-1}, x_t]$ of unit 3.)
#
# The weights come in four arrays: `W (3, H, D)` acts on $x_t$ and `U (3, H, H)` on $h_{t-1}$, each in the order r z n; `b (3, H)` holds
# $b_r$, $b_z$, $b_n$; and `b_q (H,)` stands alone.

# %% [markdown]
# ### Exercise: `gru_step`
# One step forward, to warm up. The cell's last line keeps the step's memory, as in unit 3. (Your checker will send *complex* numbers
# through this function, as in 1.5. Whatever is computed from them with `+`, `*`, `@`, `np.exp` and `np.tanh` takes them as they are.)

# %% answer="gru_step"
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def gru_step(W, U, b, b_q, x, h_prev):
    """One step of a GRU.

    W (3, H, D), U (3, H, H), b (3, H) : in the order r z n
    b_q (H,) : the bias of q
    x (D,), h_prev (H,)
    returns : SimpleNamespace with x, h_prev, r, z, q, n, h
    """
    r, z, q, n, h = None, None, None, None, None
    ### BEGIN SOLUTION
    W_r, W_z, W_n = W
    U_r, U_z, U_n = U
    b_r, b_z, b_n = b
    r = sigmoid(W_r @ x + U_r @ h_prev + b_r)
    z = sigmoid(W_z @ x + U_z @ h_prev + b_z)
    q = U_n @ h_prev + b_q
    n = np.tanh(W_n @ x + b_n + r * q)
    h = (1 - z) * n + z * h_prev
    ### END SOLUTION
    return SimpleNamespace(x=np.copy(x), h_prev=np.copy(h_prev), r=r, z=z, q=q, n=n, h=h)

# %% check="gru_step"
check(gru_step)

# %% [markdown]
# ## Backward, alone
#
# From here on nobody takes your hand. There will be no figure with red arrows and no intermediate to check. You have the equations, a pencil,
# and all that you know. You also have your own checker from 1.5, and a small problem in which nothing is zero:

# %%
complex_step, relative_error = mine("complex_step", "relative_error")


def report(loss, arrays, gradients):
    """Hold the gradients with respect to the arrays, in the same order, against the complex step of the loss."""
    if gradients is None or any(gradient is None for gradient in gradients):
        print("first the exercise above")
        return
    for name, gradient in zip(arrays, gradients):
        wanted = complex_step(lambda a, name=name: loss(**{**arrays, name: a}), arrays[name])
        off = relative_error(np.asarray(gradient), wanted)
        print(f"d{name:7} {'right' if off < 1e-10 else f'off by {off:.2g}'}")


rng = np.random.default_rng(43)
T, H, D = 5, 4, 3
weights = {"W": (3, H, D), "U": (3, H, H), "b": (3, H), "b_q": (H,)}
weights = {name: rng.normal(size=shape) for name, shape in weights.items()}
x, h0, dh = rng.normal(size=(T, D)), rng.normal(size=H), rng.normal(size=(T, H))

# %% [markdown]
# ### Exercise: `gru_step_backward`
# One step backward. `dh` is the total at $h_t$. Return the gradients of all that went in: the weights, $x_t$ and $h_{t-1}$.
#
# Ask your own checker first, in the cell below your answer. Where it says *off*, look for what is missing. The check cell comes last. (Really
# stuck? The hints tell you how to go about it, one by one, and not what to write.)

# %% answer="gru_step_backward"
def gru_step_backward(W, U, step, dh):
    """One step of a GRU, backward.

    W (3, H, D), U (3, H, H) : in the order r z n
    step : what gru_step returned
    dh (H,) : the total gradient at h_t
    returns : dW (3, H, D), dU (3, H, H), db (3, H), db_q (H,), dx (D,), dh_prev (H,)
    """
    dW, dU, db, db_q, dx, dh_prev = None, None, None, None, None, None
    ### BEGIN SOLUTION
    W_r, W_z, W_n = W
    U_r, U_z, U_n = U
    x, h_prev, r, z, q, n = step.x, step.h_prev, step.r, step.z, step.q, step.n

    dn = dh * (1 - z)
    dz = dh * (h_prev - n)
    straight = dh * z
    dn_hat = dn * (1 - n**2)
    dr = dn_hat * q
    dq = dn_hat * r
    dr_hat = dr * r * (1 - r)
    dz_hat = dz * z * (1 - z)

    dW = np.stack([np.outer(dr_hat, x), np.outer(dz_hat, x), np.outer(dn_hat, x)])
    dU = np.stack([np.outer(dr_hat, h_prev), np.outer(dz_hat, h_prev), np.outer(dq, h_prev)])
    db = np.stack([dr_hat, dz_hat, dn_hat])
    db_q = dq
    dx = W_r.T @ dr_hat + W_z.T @ dz_hat + W_n.T @ dn_hat
    dh_prev = U_r.T @ dr_hat + U_z.T @ dz_hat + U_n.T @ dq + straight
    ### END SOLUTION
    return dW, dU, db, db_q, dx, dh_prev

# %%
def step_loss(**arrays):
    """A loss whose gradient at h_t is dh[0]."""
    return dh[0] @ gru_step(**arrays).h


arrays = {**weights, "x": x[0], "h_prev": h0}
report(step_loss, arrays, gru_step_backward(weights["W"], weights["U"], gru_step(**arrays), dh[0]))

# %% check="gru_step_backward"
check(gru_step_backward)

# %% [markdown]
# ### Exercise: `gru_backward`
# All steps, from last to first. `dh[t]` is now the loss's *own* gradient at $h_t$.

# %% answer="gru_backward"
def gru_backward(W, U, steps, dh):
    """A GRU through time, backward.

    W (3, H, D), U (3, H, H) : in the order r z n
    steps : list of T steps, as gru_step returns them
    dh (T, H) : the loss's own gradient at each output
    returns : dW (3, H, D), dU (3, H, H), db (3, H), db_q (H,), dx (T, D), dh0 (H,)
    """
    dW, dU, db, db_q, dx, dh0 = None, None, None, None, None, None
    ### BEGIN SOLUTION
    T, H = dh.shape
    dW, dU, db, db_q = np.zeros(W.shape), np.zeros(U.shape), np.zeros((3, H)), np.zeros(H)
    dx, dh_next = [None] * T, np.zeros(H)
    for t in reversed(range(T)):
        dW_t, dU_t, db_t, db_q_t, dx[t], dh_next = gru_step_backward(W, U, steps[t], dh[t] + dh_next)
        dW += dW_t
        dU += dU_t
        db += db_t
        db_q += db_q_t
    dx, dh0 = np.array(dx), dh_next
    ### END SOLUTION
    return dW, dU, db, db_q, dx, dh0

# %%
def gru_forward(x, h0, **weights):
    """All steps forward: a list, one for each row of x."""
    h, steps = h0, []
    for x_t in x:
        steps.append(gru_step(**weights, x=x_t, h_prev=h))
        h = steps[-1].h
    return steps


def gru_loss(**arrays):
    """A loss whose own gradient at each output is dh[t]."""
    return sum(dh[t] @ step.h for t, step in enumerate(gru_forward(**arrays)))


arrays = {**weights, "x": x, "h0": h0}
report(gru_loss, arrays, gru_backward(weights["W"], weights["U"], gru_forward(**arrays), dh))

# %% check="gru_backward"
check(gru_backward)

# %% [markdown]
# If your own checker had said *right* six times before you ran the check, then the check told you nothing new. That was the aim of this
# course. One more test of it: in the function below, one line is wrong. The report says which gradients, and you say which line.

# %%
hunt = practice("gru_step_backward", "gru_backward")
hunt

# %%
hunt.line(...)

# %% [markdown]
# **A good place to stop.** You have taken a cell that nobody explained to you from its equations to a gradient that you can trust. What comes next: what
# a GRU remembers, and a second witness.

# %% [markdown]
# ## What it remembers
#
# In 3.5 one product told you how far back an LSTM can learn: that of its forget gates. What plays that part in a GRU? Take a GRU with a
# single unit, so that $u_r$, $u_z$ and $u_n$ are numbers, and nudge $h_{t-1}$.

# %% [markdown]
# ### Exercise: `gru_roads`
# Write $\mathrm{d}h_t / \mathrm{d}h_{t-1}$ as a SymPy expression: one product for each road from $h_{t-1}$ to $h_t$, then the sum. Use the
# *values* `r`, `z`, `q`, `n` of the step; no tanh and no exponential function is needed.

# %% answer="gru_roads"
r, z, n, q, h_prev, u_r, u_z, u_n = sp.symbols("r z n q h_prev u_r u_z u_n")
gru_roads = ...
### BEGIN SOLUTION
dn_hat = (1 - z) * (1 - n**2)
gru_roads = z + (h_prev - n) * z * (1 - z) * u_z + dn_hat * r * u_n + dn_hat * q * r * (1 - r) * u_r
### END SOLUTION

# %% check="gru_roads"
check(gru_roads=gru_roads)

# %% [markdown]
# SymPy differentiates the five equations themselves. What is left between its answer and yours?

# %%
a, c, k, b_q = sp.symbols("a c k b_q")  # what x_t and the biases bring to r, z and n
r_of_h = 1 / (1 + sp.exp(-(u_r * h_prev + a)))
z_of_h = 1 / (1 + sp.exp(-(u_z * h_prev + c)))
q_of_h = u_n * h_prev + b_q
n_of_h = sp.tanh(k + r_of_h * q_of_h)
slope = sp.diff((1 - z_of_h) * n_of_h + z_of_h * h_prev, h_prev)
if not progress.passed("gru_roads"):
    print("first the exercise above")
else:
    print(sp.simplify(slope - gru_roads.subs({r: r_of_h, z: z_of_h, q: q_of_h, n: n_of_h})))

# %% [markdown]
# One of the roads passes no weight and no slope: there stands $z_t$ alone. Where $z_t$ is near 1, the others fade (two
# have $1 - z_t$ in them, one has $z_t (1 - z_t)$), and what comes back is nearly what was sent. So a bias on $z$ does here what
# a bias on $f$ did in 3.5. In the next cell the bias on $z$ is -2, 0, 2 and 4, and a gradient goes back 60 steps, through *your*
# backward pass.

# %% guess="gru_bias"

# %%
def reach(b_z, T=60, H=16, D=4):
    """The size of what comes back from the last output, over 0, 1, 2 ... steps, for this bias on z."""
    rng = np.random.default_rng(4)
    W, U = rng.normal(size=(3, H, D)) / 2, rng.normal(size=(3, H, H)) / np.sqrt(H)
    b = np.zeros((3, H))
    b[1] = b_z
    steps = gru_forward(rng.normal(size=(T, D)), np.zeros(H), W=W, U=U, b=b, b_q=np.zeros(H))
    back, sizes = np.ones(H), []
    for step in reversed(steps):
        if back is None:
            return [np.nan]
        sizes.append(np.linalg.norm(back))
        back = gru_step_backward(W, U, step, back)[-1]
    return np.array(sizes) / sizes[0]


plt.figure(figsize=(7, 3.6))
for b_z, colour in ((-2, "#d1495b"), (0, "#c2691c"), (2, "#2e8b57"), (4, "#1f77b4")):
    plt.semilogy(reach(b_z), color=colour, label=f"bias {b_z} on z")
plt.xlabel("steps back")
plt.ylabel("size of the gradient")
plt.ylim(1e-8, 3)
plt.legend()
plt.grid(alpha=0.3)
plt.show()

# %% [markdown]
# There is a price. An LSTM has two valves: it can keep all and add at the same time. In a GRU the two are one: what it keeps, it cannot
# renew.

# %% [markdown]
# ## Against a library
#
# A complex step compares your backward pass with your *forward* pass. If that one is wrong, both agree, and both are wrong. A second witness is
# a library that somebody else has written: PyTorch. It need not be installed here: a script of this project has asked it for its gradients in fixed cases, and
# they lie in a file. First, your LSTM of unit 3:

# %%
lstm_forward, sweep_backward = mine("lstm_forward", "sweep_backward")

# %% [markdown]
# In 3.1 you loaded weights that PyTorch had trained. Now the other way. Its layout: the gates in the order **i f g o**, stacked on top of one
# another; one matrix `weight_ih` for $x_t$ and one, `weight_hh`, for $h_{t-1}$; and two biases that it adds up, of which we leave the second
# at zero.

# %% [markdown]
# ### Exercise: `torch_weights`
# Bring `W` and `b` into PyTorch's layout.

# %% answer="torch_weights"
def torch_weights(W, b):
    """An LSTM's weights in the layout of torch.nn.LSTM.

    W (4, H, H + D) : gates in the order f i g o, acting on [h_prev, x]
    b (4, H)
    returns : weight_ih (4H, D), weight_hh (4H, H), bias (4H,), gates in the order i f g o
    """
    weight_ih, weight_hh, bias = None, None, None
    ### BEGIN SOLUTION
    H = b.shape[1]
    order = [1, 0, 2, 3]
    weight_ih = W[order, :, H:].reshape(4 * H, -1)
    weight_hh = W[order, :, :H].reshape(4 * H, H)
    bias = b[order].reshape(4 * H)
    ### END SOLUTION
    return weight_ih, weight_hh, bias

# %% check="torch_weights"
check(torch_weights)

# %% [markdown]
# Same weights, same inputs, same loss. Are the gradients the same? (A gradient has the shape of its weight, so `torch_weights` brings `dW` and
# `db` into place, too.) Your GRU is in the race as well: its layout is PyTorch's already.

# %%
def from_torch(case):
    """The arrays of one case: what went in, and PyTorch's gradients of the sum of dh * h (and of dc_T * c_T)."""
    with np.load("data/torch.npz") as file:
        return {key.partition("/")[2]: file[key] for key in file if key.startswith(f"{case}/")}


def hold(case, **gradients):
    """Say how far each gradient is from PyTorch's."""
    for name, ours in gradients.items():
        off = relative_error(np.asarray(ours), case[name])
        print(f"  {name:14}", "the same, to 1e-12" if off < 1e-12 else f"off by {off:.2g}")


def lstm_against():
    p = from_torch("lstm")
    steps = lstm_forward(p["W"], p["b"], p["x"], p["h0"], p["c0"])
    dW, db, dx, dh0, dc0 = sweep_backward(p["W"], steps, p["dh"], p["dc_T"])
    d_ih, d_hh, d_bias = torch_weights(dW, db)
    if d_bias is None:
        print("first the exercise torch_weights")
        return
    print("torch.nn.LSTM and yours")
    hold(p, dweight_ih_l0=d_ih, dweight_hh_l0=d_hh, dbias_ih_l0=d_bias, dx=dx, dh0=dh0, dc0=dc0)


def gru_against():
    p = from_torch("gru")
    steps = gru_forward(p["x"], p["h0"], **{name: p[name] for name in ("W", "U", "b", "b_q")})
    dW, dU, db, db_q, dx, dh0 = gru_backward(p["W"], p["U"], steps, p["dh"])
    if dW is None:
        print("first the exercise gru_backward")
        return
    second = np.array(db)  # PyTorch's second bias: of its three parts, ours has the last
    second[2] = db_q
    print("torch.nn.GRU and yours")
    weights = {"dweight_ih_l0": np.concatenate(dW), "dweight_hh_l0": np.concatenate(dU)}
    hold(p, **weights, dbias_ih_l0=np.ravel(db), dbias_hh_l0=np.ravel(second), dx=dx, dh0=dh0)


lstm_against()
gru_against()

# %% [markdown]
# To the last digits: `loss.backward()` knows nothing that you do not know. (The script is `course/4-training/runs/torch_cases.py`. A test of this project runs it again
# wherever PyTorch is installed, and compares.)

# %% [markdown]
# ## In your own words
#
# A friend has invented a recurrent cell and shows you its forward pass. How does she get a backward pass that she can trust? Tell her
# in five or six sentences: how to find it, what changes through time, and what would convince *you*. (To compare with a model
# answer afterwards, run `hint("a_new_cell")` twice.)

# %% [markdown] written="a_new_cell"

# %% [markdown]
# ## What you have earned
#
# - A cell that is new: stages with names, forks marked, then back, one stage at a time.
# - The GRU's straight road: $\mathrm{d}h_{t-1}$ gets $\mathrm{d}h_t \odot z_t$, with no weight on it.
# - The second witness: your own checker compares with your forward pass, a library with somebody else's.

# %%
progress()

# %% [markdown]
# Next: [4.4 Beyond one layer](4.4-beyond-one-layer.ipynb), and, if you cannot wait to see what all this is good for,
# [4.7 The reward](4.7-the-reward.ipynb).
