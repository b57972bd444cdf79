# %% [markdown]
# # 3.1 The block, forward
#
# When you are done, you will be able to
#
# - build an LSTM block stage by stage, and say what each stage is for,
# - set its gates by hand, so that it holds a number, overwrites it or erases it,
# - run it over a sequence and, if you like, read an LSTM in anybody's notation.
#
# **About 90 minutes**, with a place to stop after 60, and 15 for an optional part. You need [1.3](../1-chain-rule/1.3-vectors-and-matrices.ipynb) (affine stages, sigmoid, tanh) and
# [2.1](../2-rnn/2.1-a-loop-unrolled.ipynb) (a recurrent network).

# %%
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import sympy as sp

from autograde import check, guess, hint, play, practice, progress, recall


def sigmoid(z):  # from 1.3
    return 1 / (1 + np.exp(-z))

# %% [markdown]
# Three questions first, on what the block is made of. Put your answers in place of the dots, or go on.

# %%
recall("3.1", ..., ..., ...)

# %% [markdown]
# ## A question to start with
#
# You are told a number. Then come thirty numbers that do not matter. Then somebody asks you for the first one. How can a
# network hold on to a number for thirty steps, and still let go of it at the thirty-first?
#
# The plain network of 2.1 can hardly do it: at every step its whole state goes through a matrix and a tanh, whether
# there is anything new to remember or not. And what should teach it to remember, the gradient, goes back through the same
# matrices and slopes, and vanishes or explodes on the way ([2.3](../2-rnn/2.3-vanishing-and-exploding.ipynb)).
#
# The **LSTM** ("long short-term memory", Hochreiter and Schmidhuber 1997) sends *two* vectors from step to step: the
# output $h$, as before, and the **cell state** $c$, a line that is made for keeping. What happens in one step is called a
# **block**. We build it in six functional stages. The figure grows with them.

# %% [markdown]
# ## Stage 1: one vector from two
#
# ![The block with its first stage. The last output h_{t-1}, from the left, and the input x_t, from below, meet at a bar and leave it as z_t. Beside it, z_t as a stack: the H numbers of h_{t-1} first, the D numbers of x_t after them.](figures/lstm-concatenate.svg)
#
# The block reads its input $x_t$, which has $D$ numbers, and its own last output $h_{t-1}$, which has $H$. Everything
# that follows needs both. So they are put one after the other, the memory first:
#
# $$
# z_t = [h_{t-1}, x_t]
# $$
#
# That saves writing, and nothing else. Let the first $H$ columns of a matrix $W$ be $W_h$ and the others $W_x$. Then
#
# $$
# W z_t = W_h\, h_{t-1} + W_x\, x_t
# $$
#
# which is the sum that you know from 2.1, where the two matrices were called $W_{hh}$ and $W_{xh}$.

# %% [markdown]
# ### Exercise: `lstm_z`
# Return $z_t$, shape `(H + D,)`. In 3.2 the complex step of 1.5 goes through all that you write here, so the check tries complex numbers, too:
# let NumPy choose the type of what you build (`np.zeros` would make room for real numbers only).

# %% answer="lstm_z"
def lstm_z(h_prev, x):
    """The last output and the input as one vector.

    h_prev (H,), x (D,) : real or complex
    returns : array (H + D,)
    """
    ### BEGIN SOLUTION
    return np.concatenate([h_prev, x])
    ### END SOLUTION

# %% check="lstm_z"
check(lstm_z)

# %% [markdown]
# ## Stage 2: four sums
#
# ![Second stage. z_t forks into four boxes with the weights W_f, W_i, W_g and W_o. Out of them come four sums: f hat, i hat, g hat and o hat.](figures/lstm-sums.svg)
#
# The plain network makes one weighted sum of what it reads. The LSTM makes four, from the same $z_t$, each with weights
# and a bias of its own:
#
# $$
# \hat f_t = W_f\, z_t + b_f \qquad \hat i_t = W_i\, z_t + b_i \qquad \hat g_t = W_g\, z_t + b_g \qquad \hat o_t = W_o\, z_t + b_o
# $$
#
# Each matrix has shape `(H, H + D)`, each bias `(H,)`. We keep them in two arrays, `W` of shape `(4, H, H + D)` and `b` of
# shape `(4, H)`, always in the order **f i g o**. Python takes such an array apart in one line, as you will see.
#
# ## Stage 3: three gates and a candidate
#
# ![Third stage. The four boxes now end in an activation: sigma for f_t, i_t and o_t, which lie between 0 and 1, and tanh for g_t, which lies between -1 and 1.](figures/lstm-gates.svg)
#
# From here on an amber box stands for both, a sum and the activation after it:
#
# $$
# f_t = \sigma(\hat f_t) \qquad i_t = \sigma(\hat i_t) \qquad g_t = \tanh(\hat g_t) \qquad o_t = \sigma(\hat o_t)
# $$
#
# A **gate** says which *share* passes, so it lies between 0 (closed) and 1 (open). That is what the sigmoid is for.
#
# - $f_t$, the **forget gate**: how much of the old memory stays. (Gers, Schmidhuber and Cummins added it in 2000.)
# - $i_t$, the **input gate**: how much of the new is written. (Kang and Seo: update gate.)
# - $o_t$, the **output gate**: how much of the memory is shown.
#
# The fourth, $g_t$, is no gate. It is the **candidate**, the *value* that might be written, and a value may have either
# sign. That is what tanh is for.

# %% [markdown]
# ### Exercise: `lstm_gates`
# Return the four sums and then what becomes of them, eight arrays of shape `(H,)`. The notebook has a `sigmoid` for you.

# %% answer="lstm_gates"
def lstm_gates(W, b, z):
    """The four sums of an LSTM block, the three gates and the candidate.

    W (4, H, H + D), b (4, H) : in the order f i g o
    z (H + D,) : real or complex
    returns : f_hat, i_hat, g_hat, o_hat, f, i, g, o, each (H,)
    """
    f_hat, i_hat, g_hat, o_hat = None, None, None, None
    f, i, g, o = None, None, None, None
    W_f, W_i, W_g, W_o = W
    b_f, b_i, b_g, b_o = b
    ### BEGIN SOLUTION
    f_hat = W_f @ z + b_f
    i_hat = W_i @ z + b_i
    g_hat = W_g @ z + b_g
    o_hat = W_o @ z + b_o

    f = sigmoid(f_hat)
    i = sigmoid(i_hat)
    g = np.tanh(g_hat)
    o = sigmoid(o_hat)
    ### END SOLUTION
    return f_hat, i_hat, g_hat, o_hat, f, i, g, o

# %% check="lstm_gates"
check(lstm_gates)

# %% [markdown]
# ## Stage 4: keep
#
# ![Fourth stage. The cell state c_{t-1} comes in at the top left and is multiplied, entry by entry, by the forget gate f_t. The other three gates are not used yet.](figures/lstm-keep.svg)
#
# Now the second line comes in, at the top. Every entry of the old cell state is multiplied by its own entry of the forget
# gate. With $f_t$ near 1 the entry stays, with $f_t$ near 0 it is gone. (The name misleads: an *open* forget gate keeps.)
#
# ## Stage 5: write
#
# ![Fifth stage. i_t times g_t, entry by entry, is added to what was kept. The sum leaves on the right as the new cell state c_t. The output gate o_t is not used yet.](figures/lstm-write.svg)
#
# The candidate, as far as the input gate lets it through, is *added* to what was kept:
#
# $$
# c_t = f_t \odot c_{t-1} + i_t \odot g_t
# $$
#
# Here $\odot$ is the product entry by entry, in NumPy `*`. (Kang and Seo call it a dot product. They mean this.)

# %% [markdown]
# ### Exercise: `lstm_cell_state`
# Return $c_t$, shape `(H,)`.

# %% answer="lstm_cell_state"
def lstm_cell_state(f, i, g, c_prev):
    """The new cell state.

    f, i, g (H,) : forget gate, input gate, candidate
    c_prev (H,) : the cell state before this step, real or complex
    returns : array (H,)
    """
    ### BEGIN SOLUTION
    return f * c_prev + i * g
    ### END SOLUTION

# %% check="lstm_cell_state"
check(lstm_cell_state)

# %% [markdown]
# Look along the blue line from $c_{t-1}$ to $c_t$. There is no matrix on it and no tanh. One product, one sum. To see
# what that means for the memory, follow a single entry over two steps.

# %% [markdown]
# ### Exercise: `c_2`
# Write $c_2$ as a SymPy expression in the gates and candidates of both steps and $c_0$. No $c_1$ may be left in it.

# %% answer="c_2"
f_1, i_1, g_1, f_2, i_2, g_2, c_0 = sp.symbols("f_1 i_1 g_1 f_2 i_2 g_2 c_0")
c_2 = ...
### BEGIN SOLUTION
c_1 = f_1 * c_0 + i_1 * g_1
c_2 = f_2 * c_1 + i_2 * g_2
### END SOLUTION

# %% check="c_2"
check(c_2=c_2)

# %%
sp.expand(c_2) if progress.passed("c_2") else "first the exercise above"

# %% [markdown]
# Three terms: what was there, what the first step wrote, what the second wrote. Each is scaled by the forget gates that it
# met *afterwards*, and by nothing else. After $T$ steps it is the same:
#
# $$
# c_T = \Big(\prod_{t=1}^{T} f_t\Big) \odot c_0 + \sum_{t=1}^{T} \Big(\prod_{s=t+1}^{T} f_s\Big) \odot i_t \odot g_t
# $$
#
# With all forget gates at 1, nothing is lost, however long ago it was written. Keep this formula for
# [3.5](3.5-why-it-remembers.ipynb).
#
# ## Stage 6: show
#
# ![The LSTM block. The cell state runs along the top: c_{t-1} is multiplied by the forget gate f_t, then i_t times g_t is added, giving c_t. Below, h_{t-1} and x_t are joined and feed four gates: sigmoid for f_t, i_t and o_t, tanh for the candidate g_t. c_t forks: right to the next block, and down through tanh, times o_t, to give h_t.](figures/lstm-cell.svg)
#
# <details><summary>Watch it move</summary>
#
# ![The LSTM block. The cell state runs along the top: c_{t-1} is multiplied by the forget gate f_t, then i_t times g_t is added, giving c_t. Below, h_{t-1} and x_t are joined and feed four gates: sigmoid for f_t, i_t and o_t, tanh for the candidate g_t. c_t forks: right to the next block, and down through tanh, times o_t, to give h_t. One after the other light up: the two inputs, the four roads into the gates, what is kept of c_{t-1}, what is written, c_t, and h_t.](figures/lstm-cell-moving.svg)
#
# </details>
#
# The block is complete. The new cell state forks: it goes right, unchanged, to the next block, and down, to become the
# output. Because things were *added* to it, it may have grown beyond 1, so the way down begins with a tanh. The output
# gate then decides how much of it the rest of the world gets to see:
#
# $$
# h_t = o_t \odot \tanh(c_t)
# $$

# %% [markdown]
# ### Exercise: `lstm_output`
# Return $h_t$, shape `(H,)`.

# %% answer="lstm_output"
def lstm_output(o, c):
    """The output of an LSTM block.

    o (H,) : output gate
    c (H,) : the cell state of this step, real or complex
    returns : array (H,)
    """
    ### BEGIN SOLUTION
    return o * np.tanh(c)
    ### END SOLUTION

# %% check="lstm_output"
check(lstm_output)

# %% [markdown]
# ## One step
#
# Put the stages in a row, and you have a block. The way back, in 3.2, will need nearly everything that was computed on the
# way forward. So a step should remember all of it, under its own name. Python has a simple box with names for that:

# %%
box = SimpleNamespace(answer=42, question=None)
box.question = "six times seven?"
print(box.question, box.answer)

# %% [markdown]
# ### Exercise: `lstm_step`
# Run one block. Call your four functions, and return a `SimpleNamespace` with these 14 names:
#
# `x` `h_prev` `c_prev` `z` `f_hat` `i_hat` `g_hat` `o_hat` `f` `i` `g` `o` `c` `h`
#
# (From here on the notebooks write `step.c`. A dictionary holds the same numbers and does not understand that, so the check refuses one.)
#
# Let it remember *copies* of the three that came from outside (`x.copy()`): one day somebody will change an `h_prev` in
# place, and the memory should not change with it. (No points hang on that. The check tells you where a tie is left.)

# %% answer="lstm_step"
def lstm_step(W, b, x, h_prev, c_prev):
    """One LSTM block, forward.

    W (4, H, H + D), b (4, H) : in the order f i g o
    x (D,) : the input of this step, real or complex
    h_prev (H,), c_prev (H,) : output and cell state of the step before
    returns : SimpleNamespace with x, h_prev, c_prev, z, f_hat, i_hat, g_hat, o_hat, f, i, g, o, c, h
    """
    ### BEGIN SOLUTION
    z = lstm_z(h_prev, x)
    f_hat, i_hat, g_hat, o_hat, f, i, g, o = lstm_gates(W, b, z)
    c = lstm_cell_state(f, i, g, c_prev)
    h = lstm_output(o, c)

    inputs = dict(x=x.copy(), h_prev=h_prev.copy(), c_prev=c_prev.copy(), z=z)
    sums = dict(f_hat=f_hat, i_hat=i_hat, g_hat=g_hat, o_hat=o_hat)
    gates = dict(f=f, i=i, g=g, o=o)
    return SimpleNamespace(**inputs, **sums, **gates, c=c, h=h)
    ### END SOLUTION

# %% check="lstm_step"
check(lstm_step)

# %% [markdown]
# ## Beside the plain network, line for line
#
# | | plain network (2.1) | LSTM |
# |---|---|---|
# | comes in | `h_prev`, `x` | `h_prev`, `x`, **`c_prev`** |
# | sum and activation | `h = np.tanh(Whh @ h_prev + Wxh @ x + bh)` | `g = np.tanh(W_g @ z + b_g)` |
# | gates | | `f = sigmoid(W_f @ z + b_f)`, and so for `i` and `o` |
# | memory | | `c = f * c_prev + i * g` |
# | output | | `h = o * np.tanh(c)` |
# | goes on | `h` | `h`, **`c`** |
#
# Up to the activation the two are the same. What the plain network puts in place of its memory, whatever was there, is
# for the LSTM a candidate, and three gates decide what becomes of it. The price is four times the weights. See for
# yourself:

# %%
H, D = 4, 2
rng = np.random.default_rng(0)
Whh, Wxh, bh = rng.normal(size=(H, H)), rng.normal(size=(H, D)), rng.normal(size=H)
W, b = rng.normal(size=(4, H, H + D)), rng.normal(size=(4, H))
W[2], b[2] = np.hstack([Whh, Wxh]), bh  # the candidate gets the plain network's weights
x, h_prev, c_prev = rng.normal(size=D), rng.normal(size=H), rng.normal(size=H)

step = lstm_step(W, b, x, h_prev, c_prev)
print("plain h  ", np.tanh(Whh @ h_prev + Wxh @ x + bh))
print("LSTM's g ", step.g if step else "first the exercise above")

# %% [markdown]
# ## Gates are valves
#
# Now turn the valves by hand. Here is a block with a single unit. Its weights are all zero, so only the biases speak: a
# bias of 8 opens a gate, one of -8 closes it. It remembers 0.80 and is offered 0.50.

# %% guess="both_valves_open"

# %%
def turn(b_f, b_i):
    """One unit that remembers 0.8 and is offered 0.5."""
    W = np.zeros((4, 1, 2))
    b = np.array([[b_f], [b_i], [np.arctanh(0.5)], [8.0]])
    return lstm_step(W, b, x=np.zeros(1), h_prev=np.zeros(1), c_prev=np.array([0.8]))


print("              f      i      c")
biases = {"hold": (8, -8), "write": (-8, 8), "erase": (-8, -8), "add": (8, 8), "half open": (0, 0)}
for name, (b_f, b_i) in biases.items():
    s = turn(b_f, b_i)
    numbers = f"{s.f[0]:6.2f} {s.i[0]:6.2f} {s.c[0]:6.2f}" if s else "first the exercise above"
    print(f"{name:<10}", numbers)

# %% [markdown]
# Two valves, and the block can hold, overwrite, erase or add up. Now turn all three yourself. The block is offered 0.50 again and
# again, twelve times, and each step is your `lstm_step`. Which biases halve the memory at every step and write nothing?

# %%
def valves(axes, forget, write, show):
    """Twelve steps of one unit, from c = 0.8; its three gates have these biases."""
    if not progress.passed("lstm_step"):
        return "first the exercise above"
    W, b = np.zeros((4, 1, 2)), np.array([[forget], [write], [np.arctanh(0.5)], [show]])
    c, h = [np.array([0.8])], []
    for _ in range(12):
        step = lstm_step(W, b, np.zeros(1), np.zeros(1), c[-1])
        c, h = [*c, step.c], [*h, step.h]
    axes.plot(np.ravel(c), "o-", color="#1f77b4", label="cell state c")
    axes.plot(range(1, 13), np.ravel(h), "s--", color="#2e8b57", label="output h")
    axes.axhline(0, color="#c9d3dd", lw=1)
    axes.set(xlabel="step", ylim=(-0.2, 7), title=f"f = {step.f[0]:.4f}   i = {step.i[0]:.4f}   o = {step.o[0]:.4f}")
    axes.legend(loc="upper left")


play(valves, forget=(-10.0, 10.0, 4.0), write=(-10.0, 10.0, 0.0), show=(-10.0, 10.0, 8.0))

# %% [markdown]
# A closed gate is never quite closed: with the biases 0 and -8 the first step gives 0.40017, and not 0.4, because $\sigma(-8)$ is 0.0003. And
# however far $c$ climbs, $h$ stays below 1.
#
# This is a good place to stop for today. You have a block, and you have had its valves in your hands.

# %% [markdown]
# ## The sequence
#
# ![Three LSTM blocks in a row. Two lines run from each block to the next: the cell state c on top, the output h below. On the left c_0 and h_0 come in. Each block reads its own input, x_1, x_2, x_3. Each output h_t forks: down to its loss L_t, and right to the next block.](figures/lstm-unrolled.svg)
#
# A sequence is one block after another, all with the same `W` and `b`. Two lines run between them, so two **initial
# states** must come from somewhere, $h_0$ and $c_0$. Zeros are usual. With many short sequences it can pay to *learn* them
# like weights, with a few long ones to draw them at random, a little noise (Kang and Seo). We come back to that in
# [3.3](3.3-through-time.ipynb). Your code should take whatever it is given.

# %% [markdown]
# ### Exercise: `lstm_forward`
# Run the block over `x`, shape `(T, D)`. Return a list of `T` steps, as `lstm_step` makes them, the first one first.

# %% answer="lstm_forward"
def lstm_forward(W, b, x, h0, c0):
    """An LSTM over a sequence, forward.

    W (4, H, H + D), b (4, H) : in the order f i g o, the same at every step
    x (T, D) : the inputs
    h0 (H,), c0 (H,) : the states before the first step
    returns : list of T steps
    """
    ### BEGIN SOLUTION
    h, c = h0, c0
    steps = []
    for t in range(len(x)):
        step = lstm_step(W, b, x[t], h, c)
        steps.append(step)
        h, c = step.h, step.c
    return steps
    ### END SOLUTION

# %% check="lstm_forward"
check(lstm_forward)

# %% [markdown]
# Where the losses sit is not the block's business. With a loss at *every* step (a text) the scores come from all
# outputs, `h = np.stack([step.h for step in steps])`, shape `(T, H)`, and `y = h @ Why.T + by`, as in 2.1. With a loss
# at the *last* step only (is this review friendly?) they come from `steps[-1].h`. On the way back, a step without a loss of its
# own simply gets a zero.
#
# Every block of it could hide a mistake. Here is one with a mistake in it:

# %%
hunt = practice("lstm_gates", "lstm_cell_state", "lstm_output", "lstm_step", "lstm_forward")
hunt

# %%
hunt.line(...)

# %% [markdown]
# ## Thirty steps
#
# Here is the answer to the question we started with: an LSTM of one unit, whose weights we set by hand. It reads two
# numbers at each step, a value and a flag. When the flag is 1, the forget gate closes and the input gate opens: the value
# is written over what was there. When it is 0, it is the other way round. `keep` is the bias of the forget gate: with 8 the gate is at
# 0.9997, with 2 at 0.88.

# %% guess="thirty_gates"

# %%
def latch(keep):
    """An LSTM of one unit that writes when its second input, the flag, is 1."""
    W, b = np.zeros((4, 1, 3)), np.zeros((4, 1))  # z = [h_prev, value, flag]
    W[0, 0, 2], b[0] = -16, keep  # f: open, closed by the flag
    W[1, 0, 2], b[1] = 16, -8  # i: closed, opened by the flag
    W[2, 0, 1] = 1  # g: tanh of the value
    b[3] = 8  # o: open
    return W, b


x = np.zeros((40, 2))
x[:, 0] = np.random.default_rng(4).uniform(-1, 1, 40)
x[3], x[34] = (1.2, 1), (-0.9, 1)  # two values with a flag; all others do not matter

plt.figure(figsize=(7, 3.6))
plt.plot(np.tanh(x[:, 0]), ".", color="#9fb3c8", label="candidate $g$")
for keep, color, style in (8, "#1f77b4", "-"), (2, "#d1495b", "--"):
    steps = lstm_forward(*latch(keep), x, np.zeros(1), np.zeros(1))
    if steps:
        c = [step.c[0] for step in steps]
        f = steps[5].f[0]
        plt.plot(c, color=color, ls=style, label=f"cell state, keep = {keep}: $f$ = {f:.4f}")
        print(f"keep = {keep}: 30 steps later {c[33] / c[3]:.3f} of it is left, and f**30 = {f**30:.3f}")
plt.axhline(0, color="#c9d3dd", lw=1)
plt.xlabel("step")
plt.ylim(-1.7, 1.1)
plt.legend(loc="lower left")
plt.show()

# %% [markdown]
# The blue line takes in the number at step 3, ignores the next thirty, and lets go of it at step 34, because the *input*
# tells its gates to. The red one leaks: a forget gate of 0.88 looks open, but thirty of them multiply to 0.02. Change `keep` until half
# of the number is left after thirty steps. How close to 1 must $f$ be?
#
# Nobody sets the weights of an LSTM by hand, of course. Training has to find such gates, and for that it needs a gradient that
# survives the way back along this line.

# %% [markdown]
# ## Stages and forks, as Kang and Seo list them
#
# Kang and Seo begin their way back with a list: which functions does a weight pass through on its way to the error? Here
# it is for $W_f$, in their notation and ours.
#
# | | stage | theirs | here |
# |---|---|---|---|
# | 1 | the weight goes into a sum | $W_f \to \mathrm{sum}_f$ | $\hat f = W_f z + b_f$ |
# | 2 | the sum goes into the sigmoid | $\mathrm{sum}_f \to \Gamma_f$ | $f = \sigma(\hat f)$ |
# | 3 | the gate goes into the cell state | $\Gamma_f \to c^{\langle t \rangle}$ | `c = f * c_prev + i * g` |
# | 4 | **fork**: down to the output, right to the next block | $c^{\langle t \rangle} \to a^{\langle t \rangle}$ and $c^{\langle t+1 \rangle}$ | `h = o * np.tanh(c)`, and `c_prev` of the next step |
# | 5 | **fork**: up to the error, right to the next block | $a^{\langle t \rangle} \to \mathrm{Error}$ and block $t+1$ | the loss, and `h_prev` of the next step |
#
# For $W_i$ and $W_g$ only the first three lines change. $W_o$ is different: its gate goes straight into the output, and
# never passes the cell state of its own step.
#
# They circle two forks, at $c$ and at $a$ (our $h$). Two more are easy to overlook: $z$ goes into *four* sums, and each
# weight is used at *every* step. At a fork, gradients add ([1.2](../1-chain-rule/1.2-forks-and-routes.ipynb)). These four
# sums are nearly all of [3.2](3.2-the-block-backward.ipynb) and [3.3](3.3-through-time.ipynb).

# %% [markdown]
# ## Optional: the Rosetta table
#
# *(15 minutes more; nothing in this unit needs it, and a day will come when you do.)* The block is the same everywhere. The letters are not.
#
# | | here | Kang & Seo | Ng's course | Gomez | Karpathy, CS231n | Tamura | PyTorch |
# |---|---|---|---|---|---|---|---|
# | output | $h$ | $a$ | $a$ | $\mathrm{out}$ | `Hout`, `next_h` | $y$ | `h` |
# | cell state | $c$ | $c$ | $c$ | $\mathrm{state}$ | `C`, `next_c` | $c$ | `c` |
# | forget gate | $f$ | $\Gamma_f$ | $\Gamma_f$ | $f$ | `f` | $f$ | `f` |
# | input gate | $i$ | $\Gamma_u$ | $\Gamma_u$, code `it` | $i$ | `i` | $i$ | `i` |
# | candidate | $g$ | $\tilde c$ | $\tilde c$, code `cct` | $a$ | `g` | $z$ | `g` |
# | output gate | $o$ | $\Gamma_o$ | $\Gamma_o$ | $o$ | `o` | $o$ | `o` |
# | sums | $\hat f$ and so on | $\mathrm{sum}_f$ and so on | | | `IFOG`; `a` | | |
# | joined input | $z = [h, x]$ | $[a, x]$ | $[a, x]$, code `concat` | apart: $W x$, $U \mathrm{out}$ | `Hin` = $[1, x, h]$; apart | apart: $W x$, $R y$ | apart: `weight_ih`, `weight_hh` |
# | weights of $i$ and $g$ | $W_i$, $W_g$ | $W_u$, $W_c$ | $W_u$, $W_c$, code `Wi`, `Wc` | $W_i, U_i$; $W_a, U_a$ | all in one | $W_{\mathrm{in}}$; $W_z$ | all in one |
# | order | f i g o | | | a i f o | i f o g | | **i f g o** |
#
# Four traps:
#
# - $a$ is the output for Kang and Seo and for Ng, the candidate for Gomez, and all four sums in CS231n.
# - $z$ is the joined input here and the candidate ("block input") for Tamura, who follows Greff et al.
# - Karpathy and CS231n write vectors as rows, so their matrices are transposed: `z @ W`.
# - The *order* of four gates in one matrix is a convention that no shape gives away.
#
# So the last exercise is a thing that you may well need one day: to load weights that PyTorch has trained.
#
# ### Exercise: `lstm_from_torch_order`
# A layer `torch.nn.LSTM(D, H)` holds `weight_ih` of shape `(4 H, D)`, which acts on $x$, `weight_hh` of shape `(4 H, H)`,
# which acts on $h$, and *two* biases of shape `(4 H,)`, which are both added to the sum. The rows come in four blocks of
# `H`, in the order i f g o. Return our `W` of shape `(4, H, H + D)` and `b` of shape `(4, H)`.

# %% answer="lstm_from_torch_order"
def lstm_from_torch_order(W_ih, W_hh, b_ih, b_hh):
    """PyTorch's LSTM weights in the layout of this course.

    W_ih (4 H, D), W_hh (4 H, H), b_ih (4 H,), b_hh (4 H,) : in the order i f g o
    returns : W (4, H, H + D), b (4, H), in the order f i g o
    """
    W, b = None, None
    ### BEGIN SOLUTION
    H = W_hh.shape[1]
    ours = [1, 0, 2, 3]
    W = np.concatenate([W_hh, W_ih], axis=1).reshape(4, H, -1)[ours]
    b = (b_ih + b_hh).reshape(4, H)[ours]
    ### END SOLUTION
    return W, b

# %% check="lstm_from_torch_order"
check(lstm_from_torch_order)

# %% [markdown]
# ## In your own words
#
# A friend wants to save memory: "The block sends two vectors to the next one. Send only $h_t$, and let the next block
# use it in place of $c_t$ as well." What would be lost? Two or three sentences. (To compare with a model answer
# afterwards, run `hint("why_two_states")` twice.)

# %% [markdown] written="why_two_states"

# %% [markdown]
# ## What you have earned
#
# The block, with $z_t = [h_{t-1}, x_t]$, in the order f i g o:
#
# $$
# \begin{aligned}
# f_t &= \sigma(W_f z_t + b_f) & i_t &= \sigma(W_i z_t + b_i) & g_t &= \tanh(W_g z_t + b_g) & o_t &= \sigma(W_o z_t + b_o) \\
# c_t &= f_t \odot c_{t-1} + i_t \odot g_t & h_t &= o_t \odot \tanh(c_t)
# \end{aligned}
# $$
#
# - Gates are shares between 0 and 1. The candidate is a value between -1 and 1.
# - From one cell state to the next there is one product and one sum. No matrix, no tanh.
# - Forks: $z_t$ into four sums, $c_t$ down and right, $h_t$ to the loss and right, each weight into every step.

# %%
progress()

# %% [markdown]
# Next: [3.2 The block, backward](3.2-the-block-backward.ipynb), the same stages from right to left.
