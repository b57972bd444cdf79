# %% [markdown]
# # 3.5 Why it remembers
#
# When you are done, you will be able to
#
# - say how far back an LSTM's gradient reaches, from its forget gates and from your own backward pass,
# - set the bias of a forget gate so that it reaches as far as you want,
# - build an LSTM whose gradient vanishes and one whose gradient explodes, and say why both are possible.
#
# **About 90 minutes**, with a place to stop after 60. You need [2.3](../2-rnn/2.3-vanishing-and-exploding.ipynb) (the same measurements on a plain RNN)
# and [3.3](3.3-through-time.ipynb) (the backward pass).

# %%
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import sympy as sp

from autograde import check, guess, hint, mine, play, practice, progress, recall

np.set_printoptions(precision=3, suppress=True)

# %% [markdown]
# Three questions from before, if you like: answer in place of the dots, or go on.

# %%
recall("3.5", ..., ..., ...)

# %% [markdown]
# ## A question to start with
#
# In [3.4](3.4-a-numerical-example.ipynb) you multiplied a gradient by a forget gate of 0.87 on its way from one step to
# the one before. A hundred such steps leave this much of it:

# %%
print(f"0.87 ** 100 = {0.87**100:.1e}")

# %% [markdown]
# A millionth. That is no better than a plain RNN. Yet LSTMs are known for their memory. So what is it that remembers,
# and when?
#
# ![Four cell states in a row, c_1 to c_4, joined by a thick line, the highway. On the way back each step multiplies by one forget gate, f_4, f_3, f_2. Below stand the outputs h_1 to h_3: from each c a thin road leads down to its h, and from there through the gates W up to the next c.](figures/flow-highway.svg)
#
# From $c_4$ back to $c_1$ there are many routes. One runs straight along the top: call it the **highway**. All others
# leave it somewhere, pass an output $h$, and come back through the gates. First we follow the highway alone, then we
# measure everything.
#
# The block, forward and backward, is your own of 3.1 to 3.3. You need four of its functions. `sweep_arrivals(W, steps, dh_loss, dc_T)` returns what
# enters each block on the way back: `dh_in`, the total at $h$, and `dc_in`, what the next block passes along $c$.

# %%
lstm_step, lstm_forward = mine("lstm_step", "lstm_forward")
lstm_step_backward, sweep_arrivals = mine("lstm_step_backward", "sweep_arrivals")


def sigmoid(z):
    return 1 / (1 + np.exp(-z))

# %% [markdown]
# ## Along the highway
#
# The cell state goes from step to step as $c_t = f_t \odot c_{t-1} + i_t \odot g_t$. Hold the gates fixed, and a nudge
# of $c_{t-1}$ meets one factor: $f_t$. It is a route with one arrow for each step, and along a route local derivatives
# multiply. Entry by entry,
#
# $$
# \left.\frac{\partial c_T}{\partial c_t}\right|_{\text{along } c} = f_T \odot f_{T-1} \odot \cdots \odot f_{t+1}
# $$
#
# Compare it with the product of Jacobians in 2.3. No weight matrix, no slope of tanh, and each entry has a factor of
# its own.

# %% [markdown]
# ### Exercise: `flow_along_c`
# `steps` is what `lstm_forward` returns. Return an array with a row for each step: row `t` holds the derivative of the
# last cell state with respect to `steps[t].c`, along the highway alone. In the last row, the cell state is moved
# itself.


# %% answer="flow_along_c"
def flow_along_c(steps):
    """How the last cell state moves with each cell state, along the cell state alone.

    steps : list of T steps
    returns : array (T, H)
    """
    ### BEGIN SOLUTION
    f = np.array([step.f for step in steps])
    along = np.ones(f.shape)
    for t in reversed(range(len(f) - 1)):
        along[t] = along[t + 1] * f[t + 1]
    return along
    ### END SOLUTION


# %% check="flow_along_c"
check(flow_along_c)

# %% [markdown]
# ## The valves, seen from behind
#
# ![Three cell states with the red gradient arriving from the right. Hold: it passes to the left at full size. Write: it turns down, to what was written, and nothing goes on to the left. Erase: it ends there.](figures/flow-valves.svg)
#
# In 3.1 you turned the valves of a single unit and watched the memory. Now send a gradient of 1 into the same unit from
# the right, along $c$. How much of it reaches the older memory, the candidate that was offered, and the forget gate
# itself (its sum $\hat f$)?

# %% guess="behind_a_write"

# %%
def turn(b_f, b_i):
    """One unit that remembers 0.8 and is offered 0.5 (3.1)."""
    b = np.array([[b_f], [b_i], [np.arctanh(0.5)], [8.0]])
    return lstm_step(np.zeros((4, 1, 2)), b, x=np.zeros(1), h_prev=np.zeros(1), c_prev=np.array([0.8]))


print("               f      i     older memory   candidate   forget gate")
for name, (b_f, b_i) in {"hold": (8, -8), "write": (-8, 8), "erase": (-8, -8), "half open": (0, 0)}.items():
    step = turn(b_f, b_i)
    _, db, _, _, dc_prev = lstm_step_backward(np.zeros((4, 1, 2)), step, dh=np.zeros(1), dc_next=np.ones(1))
    older, forget = dc_prev[0], db[0, 0]
    offered = db[2, 0] / (1 - step.g[0] ** 2)  # dg, before its tanh
    print(f"{name:10} {step.f[0]:6.2f} {step.i[0]:6.2f} {older:12.2f} {offered:12.2f} {forget:12.3f}")

# %% [markdown]
# - **Hold** ($f$ open, $i$ closed): the gradient passes as it came. What was kept in full is credited in full.
# - **Write** ($f$ closed, $i$ open): it goes to the candidate, all of it, and the older memory gets nothing. That is as it should
#   be: what was overwritten has no influence any more. A zero is not always a loss.
# - **Erase** (both closed): the gradient ends here.
# - Look at the last column. A gate that is wide open or shut tight has a slope $f(1 - f)$ near 0: it hears next to nothing.
#   What remembers best learns least about *when* to remember.
#
# The first LSTM (Hochreiter and Schmidhuber, 1997) had no forget gate: in place of $f$ stood a 1, and along $c$ a gradient could neither
# vanish nor explode. But a memory that cannot be cleared fills up. So forget gates came in (Gers, Schmidhuber and Cummins, 2000), and with
# them factors below 1.
#
# ## Half-life
#
# Let a forget gate stand at the same value $f$ for a while. After $k$ steps, $f^k$ of the gradient is left on the
# highway. After how many steps is half of it gone?

# %% [markdown]
# ### Exercise: `flow_half_life`
# Solve $f^k = \frac{1}{2}$ for $k$, and write the answer as a SymPy expression in $f$. (The natural logarithm is
# `sp.log`.)

# %% answer="flow_half_life"
f = sp.Symbol("f", positive=True)
flow_half_life = ...
### BEGIN SOLUTION
flow_half_life = sp.log(sp.Rational(1, 2)) / sp.log(f)
### END SOLUTION

# %% check="flow_half_life"
check(flow_half_life=flow_half_life)

# %% [markdown]
# At the beginning of training the sums are small, so a forget gate is about $\sigma(b_f)$, and its bias sets the
# half-life.

# %% guess="bias_of_zero"

# %%
print("bias       f   half-life in steps")
for bias in (-1, 0, 1, 3, 5, 8):
    gate, answered = sigmoid(bias), progress.passed("flow_half_life")
    k = f"{float(flow_half_life.subs(f, gate)):.1f}" if answered else "first the exercise above"
    print(f"{bias:4} {gate:8.4f} {k:>10}")

# %% [markdown]
# A bias of 0 looks neutral and forgets half at every step. The gate of 0.87 from 3.4 has a half-life of five steps. To
# keep half over a hundred, $f$ must be 0.993, a bias of about 5.
#
# ![A gradient of 1 on its way back along c_5, c_4, c_3, c_2, c_1, twice. With all forget gates at 0.5 it is 0.5, 0.25, 0.12 and 0.06, drawn ever thinner. With all of them at 0.95 it is 0.95, 0.90, 0.86 and 0.81, nearly as thick at the end as at the beginning.](figures/flow-half-shut.svg)
#
# <details><summary>Watch it move</summary>
#
# ![A gradient of 1 on its way back along c_5, c_4, c_3, c_2, c_1, twice. With all forget gates at 0.5 it is 0.5, 0.25, 0.12 and 0.06, drawn ever thinner. With all of them at 0.95 it is 0.95, 0.90, 0.86 and 0.81, nearly as thick at the end as at the beginning. Both set out from c_5 together and pass one gate at each beat.](figures/flow-half-shut-moving.svg)
#
# </details>
#
# ## The whole gradient
#
# The highway is one route. Your backward pass knows them all. Suppose the loss looks at the last cell state only, so
# that a gradient `dc_T` starts there and no other step has a loss of its own. What is the *total* at each cell state on
# the way back? In 3.2 you found it at the fork of $c$:
#
# $$
# \mathrm{d}c_t = \mathrm{d}h_t \odot o_t \odot (1 - \tanh^2 c_t) + \mathrm{d}c_{t+1} \odot f_{t+1}
# $$
#
# The second term comes along the highway, the first by all the roads through $h_t$. As in 2.3, we measure its length at
# every distance.

# %% [markdown]
# ### Exercise: `flow_norms`
# Send `dc_T` back, with no other loss. Return the norm of the total $\mathrm{d}c$ at every distance: `norms[0]` at the
# last step, `norms[k]` after $k$ steps back, and so on to the first step. `sweep_arrivals` gives you what enters each
# block; both of its arrays are ordered by step.


# %% answer="flow_norms"
def flow_norms(W, steps, dc_T):
    """The norm of the total gradient at each cell state, from a gradient at the last one.

    W (4, H, H + D), steps: list of T steps
    dc_T (H,), the gradient at the last cell state
    returns : array (T,), by distance from the last step
    """
    ### BEGIN SOLUTION
    no_loss = np.zeros((len(steps), len(dc_T)))
    dh_in, dc_in = sweep_arrivals(W, steps, no_loss, dc_T)
    o = np.array([step.o for step in steps])
    c = np.array([step.c for step in steps])
    dc = dh_in * o * (1 - np.tanh(c) ** 2) + dc_in
    norms = np.linalg.norm(dc, axis=1)
    return norms[::-1]
    ### END SOLUTION


# %% check="flow_norms"
check(flow_norms)

# %% [markdown]
# Does the network agree, and how much is highway? Nudge one cell state with the complex step of 1.5, run on to the end,
# and you get the whole matrix $\mathrm{d}c_T/\mathrm{d}c_t$, all routes in it. Beside it, the highway: a diagonal
# matrix, because along the top no entry meets another.

# %%
rng = np.random.default_rng(2)
few_W, few_b = rng.normal(size=(4, 3, 5)), rng.normal(size=(4, 3))
few_steps = lstm_forward(few_W, few_b, rng.normal(size=(6, 2)), rng.normal(size=3), rng.normal(size=3))
dc_T = rng.normal(size=3)


def last_c(t, c):
    """The last cell state, if the one of step t were c."""
    h = few_steps[t].o * np.tanh(c)
    for step in few_steps[t + 1 :]:
        moved = lstm_step(few_W, few_b, step.x, h, c)
        h, c = moved.h, moved.c
    return c


t, distance = 3, 2
total = np.array([last_c(t, few_steps[t].c + 1e-30j * unit).imag / 1e-30 for unit in np.eye(3)]).T
if flow_along_c(few_steps) is None or flow_norms(few_W, few_steps, dc_T) is None:
    print("first the exercises above")
else:
    print("all routes, two steps back")
    print(total)
    print("the highway alone")
    print(np.diag(flow_along_c(few_steps)[t]))
    by_nudging, by_sweep = np.linalg.norm(total.T @ dc_T), flow_norms(few_W, few_steps, dc_T)[distance]
    print(f"length by nudging {by_nudging:.10f}, by your sweep {by_sweep:.10f}")

# %% [markdown]
# So the product of forget gates is *not* the derivative. It is one route of many. How much the others bring depends on
# the weights, as we shall see.
#
# A way back has many lines in which one can slip. Here is one with a mistake in it:

# %%
hunt = practice("flow_along_c", "flow_norms")
hunt

# %%
hunt.line(...)

# %% [markdown]
# ## RNN and LSTM on one axis
#
# Now the comparison that this notebook is about: 20 units, 3 inputs of size 1, and a gradient of length 1 at the last
# state, followed over thirty steps. The RNNs are those of 2.3, with spectral radius 1 and 1.5. The LSTM is as it comes
# out of a random number generator, with biases of 0. One network may be an accident, so we take twenty of each: the line is the
# middle one, the band reaches from the lowest to the highest.

# %% guess="as_it_comes"

# %%
H, D, T = 20, 3, 31


def network(seed):
    """A random RNN with spectral radius 1, a random LSTM, inputs, and a gradient of length 1 at the last state."""
    rng = np.random.default_rng(seed)
    Whh = rng.normal(size=(H, H))
    Whh = Whh / np.abs(np.linalg.eigvals(Whh)).max()
    Wxh, x, last = rng.normal(size=(H, D)), rng.normal(size=(T, D)), rng.normal(size=H)
    W, b = rng.normal(size=(4, H, H + D)) / np.sqrt(H + D), np.zeros((4, H))
    return SimpleNamespace(Whh=Whh, Wxh=Wxh, x=x, last=last / np.linalg.norm(last), W=W, b=b)


def rnn_gradient_norms(Wxh, Whh, x, dh_T):
    """The norm of the gradient at each state, by distance: the sweep of 2.2, measured as in 2.3."""
    h = [np.zeros(len(Whh))]
    for row in x:
        h.append(np.tanh(Wxh @ row + Whh @ h[-1]))
    dh, norms = dh_T, [np.linalg.norm(dh_T)]
    for state in reversed(h[2:]):
        dh = Whh.T @ (dh * (1 - state**2))
        norms.append(np.linalg.norm(dh))
    return np.array(norms)


def lstm_gradient_norms(net, W, b):
    """The whole gradient and the highway alone, by distance; nothing before the exercises are written."""
    steps = lstm_forward(W, b, net.x, np.zeros(H), np.zeros(H))
    whole, along = flow_norms(W, steps, net.last), flow_along_c(steps)
    if whole is None or along is None:
        return None
    return np.array(whole), np.linalg.norm(np.array(along) * net.last, axis=1)[::-1]


def band(curves, color, label, style="-"):
    """The middle one of many curves, and the range of all."""
    curves = np.array(curves)
    low, high = curves.min(axis=0), curves.max(axis=0)
    plt.fill_between(range(curves.shape[1]), low, high, color=color, alpha=0.15, lw=0)
    plt.semilogy(np.median(curves, axis=0), color=color, ls=style, label=label)


networks = [network(seed) for seed in range(20)]

plt.figure(figsize=(7, 3.9))
for rho, style in ((1.0, "--"), (1.5, "-")):
    rnns = [rnn_gradient_norms(net.Wxh, rho * net.Whh, net.x, net.last) for net in networks]
    band(rnns, "#2e8b57", f"RNN, spectral radius {rho}", style)
lstms = [lstm_gradient_norms(net, net.W, net.b) for net in networks]
if lstms[0] is not None:
    band([whole for whole, _ in lstms], "#1f77b4", "LSTM, all biases 0")
    band([highway for _, highway in lstms], "#1f77b4", "its highway alone", ":")
    kept = {"RNN 1.5": np.median(rnns, axis=0)[-1], "LSTM": np.median(lstms, axis=0)[0, -1]}
    print("30 steps back, the middle one:", ", ".join(f"{kind} {size:.0e}" for kind, size in kept.items()))
plt.xlabel("steps back from the loss")
plt.ylabel("norm of the gradient")
plt.legend()
plt.grid(alpha=0.3)
plt.show()

# %% [markdown]
# The LSTM lies near the better of the two RNNs: of a hundred networks it kept more than both in 54, and came between them in 46. But
# that is no memory: after thirty steps it had lost at least 99.98 percent in every one. It vanishes like any other network, because its forget
# gates stand near one half. The dotted line is your product of forget gates, about $2^{-30}$ or a billionth at the far end. What little arrives
# has mostly come by the roads through $h$.
#
# An LSTM is not a network that remembers. It is a network that *can be told* to. Two dials tell it.
#
# This is a good place to stop for today. You know what the highway carries, and you have measured that a new LSTM does not use it yet.
#
# ## Two dials
#
# - the **forget bias**, the entries of `b` that belong to the forget gate: they set the factors on the highway;
# - the **recurrent weights**, those columns of `W` that act on $h_{t-1}$: every road through $h$ passes them once for each step.

# %% [markdown]
# ### Exercise: `flow_dials`
# Return a new `W` in which the recurrent weights of all four gates are multiplied by `recurrent`, and a new `b` in
# which all biases of the forget gate *are* `forget_bias`. Everything else stays, and so do the arrays that were handed
# in. (Gates are in the order f i g o, and `W` acts on $z = [h_{t-1}, x_t]$.)


# %% answer="flow_dials"
def flow_dials(W, b, recurrent, forget_bias):
    """An LSTM with its two dials turned.

    W (4, H, H + D), b (4, H)
    recurrent : a number, by which the recurrent weights are multiplied
    forget_bias : a number, the new bias of the forget gate
    returns : new W (4, H, H + D), new b (4, H)
    """
    new_W, new_b = None, None
    ### BEGIN SOLUTION
    H = b.shape[1]
    new_W, new_b = W.copy(), b.copy()
    new_W[:, :, :H] = recurrent * W[:, :, :H]
    new_b[0] = forget_bias
    ### END SOLUTION
    return new_W, new_b


# %% check="flow_dials"
check(flow_dials)

# %% [markdown]
# Turn them yourself, on the first of the twenty networks, over any distance. Solid is the whole gradient, dotted the highway alone. Which bias
# keeps a tenth of it over thirty steps? Then leave the bias at 0: can the second dial do the same?

# %%
def turned(axes, forget_bias, recurrent, distance):
    """The gradient on its way back through the first network, with both dials turned."""
    if not all(progress.passed(name) for name in ("flow_along_c", "flow_norms", "flow_dials")):
        return "first the exercises above"
    net = networks[0]
    whole, highway = lstm_gradient_norms(net, *flow_dials(net.W, net.b, recurrent, forget_bias))
    axes.semilogy(whole, color="#1f77b4", label="whole")
    axes.semilogy(highway, color="#1f77b4", ls=":", label="highway")
    axes.axvline(distance, color="#d1495b", lw=1)
    axes.set(ylim=(1e-16, 1e8), xlabel="steps back")
    axes.set_title(f"{distance} steps back: whole {whole[distance]:.0e}, highway {highway[distance]:.0e}")
    axes.legend(loc="lower left")


play(turned, forget_bias=(-8.0, 8.0, 0.0), recurrent=(0.0, 10.0, 1.0), distance=(1, 30, 30))

# %% [markdown]
# And on ten networks at once, with the first dial alone:

# %%
plt.figure(figsize=(7, 3.9))
for bias, color in ((-1, "#d1495b"), (0, "#1f77b4"), (1, "#7a5195"), (3, "#c2691c")):
    dials = [flow_dials(net.W, net.b, 1, bias) for net in networks[:10]]
    if dials[0][0] is None or lstms[0] is None:
        continue
    found = [lstm_gradient_norms(net, *dial) for net, dial in zip(networks, dials)]
    band([whole for whole, _ in found], color, f"LSTM, forget bias {bias}")
    band([highway for _, highway in found], color, None, ":")
    whole, highway = np.median(found, axis=0)[:, -1]
    print(f"forget bias {bias:2}, 30 steps back, the middle one: whole {whole:.0e}, highway {highway:.0e}")
plt.xlabel("steps back from the loss")
plt.ylabel("norm of the gradient")
plt.legend(loc="lower left")
plt.grid(alpha=0.3)
plt.show()

# %% [markdown]
# One number, and what is left changes by ten powers of ten. That is why so many programs start the forget bias at 1
# (Jozefowicz and others, 2015), and why a larger one pays if you know that the memory must be long. In training, each
# unit then finds its own. And because the gate *sees* $z_t$, it can stand open for a hundred steps and close at the right moment.
#
# At the far end all lines lie above their dotted ones: the roads through $h$ have brought something. To see that nothing else makes the
# difference, close those roads: turn the second dial to 0.

# %%
closed = flow_dials(networks[0].W, networks[0].b, 0, 1)
if closed[0] is None or lstms[0] is None:
    print("first the exercises above")
else:
    whole, highway = lstm_gradient_norms(networks[0], *closed)
    print(f"whole gradient against highway: largest difference {np.abs(whole - highway).max():.0e}")

# %% [markdown]
# Without those roads, the product of forget gates is everything. With them, it is one term of a sum. Now we want to
# know how large the others can become.
#
# ## The roads through h
#
# ![One unit over one step. From c_1 a thick blue line leads straight to c_2, with the factor f_2. A second way leads down to h_1, and forks there into three: through the forget gate, the input gate and the candidate, each with its recurrent weight, up to c_2.](figures/flow-three-roads.svg)
#
# Take a single unit, so that everything is a number. Its recurrent weights are $w_f$, $w_i$, $w_g$ and $w_o$:
#
# $$
# \hat f_2 = w_f h_1 + \cdots \qquad \hat \imath_2 = w_i h_1 + \cdots \qquad \hat g_2 = w_g h_1 + \cdots
# $$
#
# where the dots are inputs and biases, which do not depend on $c_1$. And as always
#
# $$
# h_1 = o_1 \tanh(c_1), \qquad c_2 = f_2\, c_1 + i_2\, g_2
# $$
#
# From $c_1$ to $c_2$ there are four routes. (Why is $w_o$ on none of them?)

# %% [markdown]
# ### Exercise: `flow_one_step`
# Write the total $\mathrm{d}c_2/\mathrm{d}c_1$ as a SymPy expression in the symbols below: one product for each route,
# then the sum. Write the slopes of the gates with what came *out* of them, as in 3.2.

# %% answer="flow_one_step"
w_f, w_i, w_g, f_2, i_2, g_2, o_1, c_1 = sp.symbols("w_f w_i w_g f_2 i_2 g_2 o_1 c_1")
flow_one_step = ...
### BEGIN SOLUTION
to_h = o_1 * (1 - sp.tanh(c_1) ** 2)
by_f = to_h * w_f * f_2 * (1 - f_2) * c_1
by_i = to_h * w_i * i_2 * (1 - i_2) * g_2
by_g = to_h * w_g * (1 - g_2**2) * i_2
flow_one_step = f_2 + by_f + by_i + by_g
### END SOLUTION

# %% check="flow_one_step"
check(flow_one_step=flow_one_step)

# %% [markdown]
# SymPy finds the same from the forward formulas, here with the dots at zero:

# %%
h_1 = o_1 * sp.tanh(c_1)
gates = {f_2: 1 / (1 + sp.exp(-w_f * h_1)), i_2: 1 / (1 + sp.exp(-w_i * h_1)), g_2: sp.tanh(w_g * h_1)}
c_2 = (f_2 * c_1 + i_2 * g_2).subs(gates)
if not progress.passed("flow_one_step"):
    print("first the exercise above")
else:
    print("difference", sp.simplify(sp.diff(c_2, c_1) - flow_one_step.subs(gates)))

# %% [markdown]
# ($w_o$ is on none of the routes because the output gate of step 2 *shows* $c_2$; it has no part in making it. Kang and
# Seo's special case once more.)
#
# Now put numbers in: a forget gate nearly shut, everything else half open, and the three weights all the same number
# $w$.

# %%
if not progress.passed("flow_one_step"):
    print("first the exercise above")
else:
    half_open = {f_2: 0.05, i_2: 0.5, g_2: 0.3, o_1: 0.5, c_1: 0.3}
    for w in (0, 1, 2, 4, 8):
        factor = float(flow_one_step.subs({w_f: w, w_i: w, w_g: w, **half_open}))
        print(f"w = {w}   one step {factor:6.3f}   thirty steps {factor**30:8.1e}")

# %% [markdown]
# The forget gate is 0.05 on every line. The highway never exceeds it, since a gate is a share. But three of the four
# routes carry a *weight*, and nothing bounds a weight.
#
# ## Two failures, built on purpose
#
# Tamura puts it in one sentence: LSTMs do not solve the problem of vanishing gradients; they mitigate vanishing and
# exploding gradients. You now hold everything to prove it. Build both failures and measure them.

# %% [markdown]
# ### Exercise: `flow_left`
# Turn the dials, run forward from states of zero, send `dc_T` back. Return one number, the share of its length that is
# left at the first step:
#
# $$
# \frac{\|\mathrm{d}c_1\|}{\|\mathrm{d}c_T\|}
# $$
#
# Call your own functions.


# %% answer="flow_left"
def flow_left(W, b, x, dc_T, recurrent, forget_bias):
    """How much of a gradient at the last cell state is left at the first one.

    W (4, H, H + D), b (4, H) : before the dials are turned
    x (T, D) : the inputs
    dc_T (H,) : the gradient at the last cell state
    recurrent, forget_bias : the dials
    returns : a number
    """
    ### BEGIN SOLUTION
    new_W, new_b = flow_dials(W, b, recurrent, forget_bias)
    zeros = np.zeros(len(dc_T))
    steps = lstm_forward(new_W, new_b, x, zeros, zeros)
    norms = flow_norms(new_W, steps, dc_T)
    return norms[-1] / norms[0]
    ### END SOLUTION


# %% check="flow_left"
check(flow_left)

# %% [markdown]
# LSTMs with forget gates shut, half open and open, five of each. The second dial goes from 0 to 12. Thirty steps,
# one number. In the grey band a gradient is still of use: at least a thousandth, at most a thousandfold.

# %% guess="shut_and_loud"

# %%
factors = range(13)
plt.figure(figsize=(7, 3.9))
plt.axhspan(1e-3, 1e3, color="#c9d3dd", alpha=0.4, label="still of use")
for bias, color in ((-8, "#d1495b"), (0, "#1f77b4"), (3, "#c2691c")):
    if flow_left(networks[0].W, networks[0].b, networks[0].x, networks[0].last, 1, bias) is not None:
        left = [[flow_left(n.W, n.b, n.x, n.last, factor, bias) for factor in factors] for n in networks[:5]]
        band(left, color, f"forget bias {bias}")
plt.xlabel("recurrent weights, times")
plt.ylabel("left after 30 steps")
plt.ylim(1e-24, 1e8)
plt.legend(loc="lower right")
plt.grid(alpha=0.3)
plt.show()

# %% [markdown]
# Look at the edges of the grey band. On the right all three leave it in much the same place: of forty networks, about half had exploded
# at factors of 8 to 9, whatever the forget gates. On the left the forget gate decides. With gates shut one needs a factor of 4
# to stay above the lower edge, with gates half open 2, and with open ones none at all: all forty stayed inside from 0 to 4.
# *That* is what a forget gate buys: not safety, but a wider window.
#
# Here are two points of the red line and one of the orange, on the first network:

# %%
failures = {"vanishing": (1, -8), "exploding": (10, -8), "a long memory": (1, 3)}
print("               recurrent  bias   10 steps   20 steps   30 steps   highway, 30 steps")
for name, dial in failures.items():
    turned_W, turned_b = flow_dials(networks[0].W, networks[0].b, *dial)
    if turned_W is not None and lstms[0] is not None:
        whole, highway = lstm_gradient_norms(networks[0], turned_W, turned_b)
        sizes = "".join(f"{whole[k] / whole[0]:11.0e}" for k in (10, 20, 30))
        print(f"{name:15}{dial[0]:9} {dial[1]:5}{sizes} {highway[30]:19.0e}")

# %% [markdown]
# In the first two the highway carries nothing, and the LSTM is a plain RNN in disguise. With small weights the gradient is gone, in each of a hundred
# networks. With large ones it *grows* with distance, more than a thousandfold in thirty steps in 96 of a hundred, although no factor on the
# highway can exceed 1.
#
# What the LSTM has, then, is not a guarantee. It has a route on which a gradient *can* survive, and a gate with which
# training can keep that route open, unit by unit and step by step. Against explosion it has nothing: there you clip, as
# in 2.3.

# %% [markdown]
# ## In your own words
#
# "LSTMs solve the vanishing gradient problem." Why is *mitigate* the better word? Say what happens along the cell
# state, what happens on the roads through $h$, and how each of the two failures comes about. Three or four sentences.
# (To compare with a model answer afterwards, run `hint("why_mitigate")` twice.)

# %% [markdown] written="why_mitigate"

# %% [markdown]
# ## What you have earned
#
# - Along the cell state alone, a gradient meets forget gates and nothing else:
#
# $$
# \left.\frac{\partial c_T}{\partial c_t}\right|_{\text{along } c} = \prod_{s=t+1}^{T} f_s
# $$
#
# - A gate at $f$ has a half-life of $k = \ln \tfrac12 / \ln f$ steps, and the bias of the forget gate sets $f$: at 0, one step; at 3,
#   about fourteen.
# - The whole gradient takes the roads through $h$ as well. For a single unit, one step is
#
# $$
# \frac{\mathrm{d}c_2}{\mathrm{d}c_1} = f_2 + o_1 (1 - \tanh^2 c_1)
# \left( w_f\, f_2 (1 - f_2)\, c_1 + w_i\, i_2 (1 - i_2)\, g_2 + w_g\, (1 - g_2^2)\, i_2 \right)
# $$
#
# - $f_2$ is at most 1; the weights are not bounded. So an LSTM can vanish and it can explode. It mitigates both; it solves neither.

# %%
progress()

# %% [markdown]
# Next: [3.6 Find the fault](3.6-find-the-fault.ipynb). You know what an LSTM's gradient is made of. Other people's are not always right.
