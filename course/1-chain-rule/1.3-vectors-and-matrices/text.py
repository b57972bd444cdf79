# %% [markdown]
# # 1.3 Vectors and matrices
#
# When you are done, you will be able to
#
# - send a gradient back through every stage that an LSTM is made of, without ever writing down a Jacobian,
# - use shapes as a guide, and know where they mislead,
# - explain why two different losses both begin the way back with a plain difference.
#
# **About 90 minutes.** (A good place for a pause is before the softmax.) You need 1.2: along a route derivatives multiply, at a fork they add.

# %%
import matplotlib.pyplot as plt
import numpy as np
import sympy as sp

from autograde import check, guess, hint, practice, progress, recall

# %% [markdown]
# Three questions from before, if you like: answer in place of the dots, or go on.

# %%
recall("1.3", ..., ..., ...)

# %% [markdown]
# ## A question to start with
#
# One gate of an LSTM with 512 units and 512 inputs multiplies by a matrix of 512 rows and 1024 columns. From every
# weight to every output there is a local derivative: 268 million of them, two gigabytes. For one gate, at one time
# step. Yet the way back through it costs about as much as the way forward. Where have the 268 million gone?
#
# ## Nodes that hold arrays
#
# ![A stage as a box. Forward, solid: x of shape (n,) goes in, y = s(x) of shape (m,) comes out. Backward, dashed: dy, shaped like y, goes in, and dx = J transposed times dy, shaped like x, comes out.](figures/vjp.svg)
#
# In 1.2 a node held one number. Now $x$ holds $n$ numbers and $y$ holds $m$. Between them run up to $m$ times $n$
# arrows, each with its local derivative. Written as a table, row $i$ for $y_i$ and column $j$ for $x_j$, they are the
# **Jacobian** $J$ of the stage.
#
# As before, $\mathrm{d}v$ is the total derivative of the loss with respect to $v$. The loss is one number, so
# **$\mathrm{d}v$ has the shape of $v$**, always. The rule of the reverse sweep has not changed either: $x_j$ is a fork
# with an arrow to each $y_i$, and what comes back adds up.
#
# $$
# \mathrm{d}x_j = \sum_i \frac{\partial y_i}{\partial x_j}\,\mathrm{d}y_i
# \qquad\text{or, for all } j \text{ at once,}\qquad
# \mathrm{d}x = J^\top \mathrm{d}y
# $$
#
# This is the **vector-Jacobian product** of the stage. It is all that a stage must be able to do on the way back.

# %% [markdown]
# ## The Jacobian, once
#
# Let us build it, once in our lives. The stage is **affine**, a weighted sum for each output:
#
# $$
# z_i = \sum_j W_{ij}\,x_j + b_i
# $$
#
# We nudge one entry of $x$, then of $W$, then of $b$, and measure how the outputs move.

# %%
W = np.array([[2.0, -1.0, 0.5], [1.0, 3.0, -2.0]])
x = np.array([0.5, -1.0, 2.0])
b = np.array([0.1, -0.2])


def measured_jacobian(stage, v, nudge=1e-6):
    """Column j says how the outputs of the stage move when entry j of v is nudged."""
    columns = []
    for j in range(v.size):
        moved = v.copy()
        moved.flat[j] += nudge
        columns.append((stage(moved) - stage(v)) / nudge)
    return np.round(columns, 6).T + 0.0


J_x = measured_jacobian(lambda x: W @ x + b, x)
J_W = measured_jacobian(lambda W: W @ x + b, W)
J_b = measured_jacobian(lambda b: W @ x + b, b)
print(f"with respect to x\n{J_x}\n\nwith respect to W\n{J_W}\n\nwith respect to b\n{J_b}")

# %% [markdown]
# Nothing in these tables is new. The first is $W$ itself. The second is $x$, once for each output, and zeros. The
# third is ones and zeros. A table that holds only what we have anyway, and zeros, need not be written down.
# Instead we read the sum above three times:
#
# - **A weight.** $W_{ij}$ occurs in one output only, $z_i$, and there it stands next to $x_j$. One route.
# - **A bias.** $b_i$ occurs in $z_i$ only, and nothing stands next to it. One route.
# - **An input.** $x_j$ occurs in *every* output, next to $W_{ij}$. A fork: as many routes as outputs.
#
# $$
# \mathrm{d}W_{ij} = \mathrm{d}z_i\,x_j
# \qquad
# \mathrm{d}b_i = \mathrm{d}z_i
# \qquad
# \mathrm{d}x_j = \sum_i W_{ij}\,\mathrm{d}z_i
# $$

# %% [markdown]
# ### Exercise: `affine_backward`
# Return `dW`, `dx` and `db`, in this order, from `W (m, n)`, `x (n,)` and the gradient `dz (m,)`. Loops are welcome,
# but each result can be had in one line of NumPy. If you try that, let the shapes lead you: which product of `dz` and
# `x` has the shape of `W`?
#
# Give `db` as an array of its own (`.copy()`): one day somebody will add to it in place.

# %% answer="affine_backward"
def affine_backward(W, x, dz):
    """Back through z = W x + b.

    W : array (m, n);  x : array (n,);  dz : array (m,)
    returns : dW (m, n), dx (n,), db (m,)
    """
    ### BEGIN SOLUTION
    dW = np.outer(dz, x)
    dx = W.T @ dz
    db = dz.copy()
    return dW, dx, db
    ### END SOLUTION

# %% check="affine_backward"
check(affine_backward)

# %% [markdown]
# The long way, through the Jacobian, and yours:

# %%
dz = np.array([1.0, -0.5])
print(f"dW by its Jacobian\n{(J_W.T @ dz).reshape(W.shape)}\ndx by its Jacobian\n{J_x.T @ dz}\n")
print("yours", *(affine_backward(W, x, dz) or ["is still to be written"]), sep="\n")

# %% [markdown]
# ![The affine stage in shapes. Forward: z (H,) is W (H, D) times x (D,), plus b (H,). Backward: dW (H, D) is the outer product of dz and x; dx (D,) is W transposed times dz; db is dz.](figures/affine.svg)
#
# Here is the stage in shapes, with `H` for `m` and `D` for `n`, as in an LSTM. Count: `dW` takes one
# multiplication for each weight, and so does `dx`. So did `W @ x`. That is where the 268 million went: all but one in
# 512 of them are zeros, and the rest are copies of `x`.
#
# Shapes are a good guide. Kang and Seo, whose paper we follow in unit 3, print an elementwise product where this outer
# product belongs. With `dz` and an input of different lengths NumPy refuses, and the slip is found. But the guide
# falls silent when two sizes are equal. Here is a square matrix, as in every recurrent network, with and without its
# transpose:

# %%
U = np.array([[1.0, 2.0], [3.0, 4.0]])
print("U.T @ dz", U.T @ dz)
print("U @ dz  ", U @ dz, " no error, right shape, wrong")

# %% [markdown]
# So when you test a stage, **make all sizes different**. The checks in this course do.

# %% [markdown]
# ## Elementwise stages
#
# In $y = \tanh z$ each output depends on its own input and on no other. The Jacobian is diagonal, and the
# product with it is entry by entry, written $\odot$ (in NumPy `*`). The slope of tanh you know from 1.2:
#
# $$
# \mathrm{d}z = \mathrm{d}y \odot (1 - y^2)
# $$
#
# It needs the *output* $y$ only. We need not even remember $z$. The **sigmoid** squeezes a number into the range from
# 0 to 1, which makes it a gate:
#
# $$
# s = \sigma(z) = \frac{1}{1 + e^{-z}}
# $$
#
# Its slope, too, can be written with the output alone.

# %% [markdown]
# ### Exercise: `sigmoid_slope`
# Take the derivative of $\sigma$ with respect to $z$ by hand. Then get rid of $e^{-z}$: from $s = 1 / (1 + e^{-z})$
# follows $e^{-z} = (1 - s) / s$. Write $\mathrm{d}s/\mathrm{d}z$ as a SymPy expression in `s` and nothing else. Any equal
# form is right.

# %% answer="sigmoid_slope"
s = sp.Symbol("s")
sigmoid_slope = ...
### BEGIN SOLUTION
sigmoid_slope = s * (1 - s)
### END SOLUTION

# %% check="sigmoid_slope"
check(sigmoid_slope=sigmoid_slope)

# %% [markdown]
# SymPy takes the derivative with respect to $z$, and subtracts yours with $\sigma(z)$ put in for $s$. Once yours is
# written, that leaves zero:

# %%
z = sp.Symbol("z")
sigma = 1 / (1 + sp.exp(-z))
if progress.passed("sigmoid_slope"):
    print(sp.simplify(sp.diff(sigma, z) - sigmoid_slope.subs(s, sigma)))

# %% [markdown]
# Both slopes, over the input $z$:

# %%
zs = np.linspace(-6, 6, 241)
ss, ys = 1 / (1 + np.exp(-zs)), np.tanh(zs)

plt.figure(figsize=(7, 3.2))
plt.plot(zs, 1 - ys**2, color="#1f77b4", label="slope of tanh")
plt.plot(zs, ss * (1 - ss), color="#b5476b", label="slope of sigmoid")
plt.axhline(0.25, color="#66788a", lw=0.8, ls=":")
plt.xlabel("z")
plt.legend()
plt.grid(alpha=0.3)
plt.show()

# %% [markdown]
# The sigmoid's slope is never more than one quarter. Ten sigmoids along a route multiply it by less than a millionth.
# Keep that in mind for [2.3](../2-rnn/2.3-vanishing-and-exploding.ipynb).
#
# ## Sums and products of arrays
#
# In a sum $y = u + v$ every local derivative is 1, so $\mathrm{d}y$ goes back to both, unchanged. In a product,
#
# $$
# y = u \odot v
# \qquad
# \mathrm{d}u = \mathrm{d}y \odot v
# \qquad
# \mathrm{d}v = \mathrm{d}y \odot u
# $$
#
# **each factor scales the gradient of the other**. A gate is a product: what it lets through forward, it lets through
# backward.

# %% [markdown]
# ### Exercise: `gated_backward`
# A piece of the LSTM: a gate $i = \sigma(\hat\imath)$ times a candidate $g = \tanh(\hat g)$. The hat marks what goes
# into the activation. The way forward ends with $y = i \odot g$, and it has remembered the *outputs* `i` and `g`.
# Return the gradients of $\hat\imath$ and of $\hat g$: first back through the product, then through each activation.

# %% answer="gated_backward"
def gated_backward(i, g, dy):
    """Back through y = sigmoid(i_hat) * tanh(g_hat).

    i, g : arrays (H,), the outputs of the sigmoid and of the tanh;  dy : array (H,)
    returns : di_hat (H,), dg_hat (H,)
    """
    ### BEGIN SOLUTION
    di = dy * g
    dg = dy * i
    di_hat = di * i * (1 - i)
    dg_hat = dg * (1 - g**2)
    return di_hat, dg_hat
    ### END SOLUTION

# %% check="gated_backward"
check(gated_backward)

# %% [markdown]
# ## Joined, and cut again
#
# A gate looks at the previous output $h$ and the input $x$ together. They are **concatenated**, $v = [h, x]$: put end
# to end. Nothing is computed, so nothing happens to the gradient, except that it is cut where the two were joined:
#
# $$
# \mathrm{d}h = \mathrm{d}v_{0 \ldots H-1}
# \qquad
# \mathrm{d}x = \mathrm{d}v_{H \ldots H+D-1}
# $$
#
# Here $H$ is the length of $h$, and $D$ that of $x$. It works the other way round as well: a stage that splits an
# array joins the gradients.

# %% [markdown]
# ### Exercise: `gate_input_backward`
# The pre-activation of a forget gate is $\hat f = W\,[h, x] + b$, with `W (H, H + D)`. From `W` and `df_hat (H,)`,
# return `dh (H,)` and `dx (D,)`. Two stages back: affine, then the cut.

# %% answer="gate_input_backward"
def gate_input_backward(W, df_hat):
    """Back through f_hat = W [h, x] + b, as far as h and x.

    W : array (H, H + D);  df_hat : array (H,)
    returns : dh (H,), dx (D,)
    """
    ### BEGIN SOLUTION
    H = len(df_hat)
    dv = W.T @ df_hat
    dh = dv[:H]
    dx = dv[H:]
    return dh, dx
    ### END SOLUTION

# %% check="gate_input_backward"
check(gate_input_backward)

# %% [markdown]
# ## Copied by broadcasting
#
# ![Broadcasting, twice. Left, forward: one row b is copied into every row. Right, backward: each copy brings its own gradient, and the gradient of b is the sum of these rows.](figures/broadcast.svg)
#
# When you add `b (m,)` to an array `(n, m)`, NumPy uses `b` once for every row.

# %% guess="copied_bias"

# %% [markdown]
# A value used $n$ times is a fork with $n$ arrows:
#
# $$
# Y_{ij} = X_{ij} + b_j
# \qquad
# \mathrm{d}b_j = \sum_i \mathrm{d}Y_{ij}
# $$
#
# > **Forward a copy, backward a sum.** Add up over the axis along which NumPy copied.
#
# The sum is not a mean. If the loss is a mean, its $1/n$ is in $\mathrm{d}Y$ already.

# %% [markdown]
# ### Exercise: `broadcast_backward`
# Now two copies in one stage, along different axes: `Y = a * X + b`. Each row of `X` has a weight of its own,
# `a (n, 1)`, and all rows share `b (m,)`. Return `da` and `db`, each in the shape of what it belongs to. For `da`, go
# back through the product first.

# %% answer="broadcast_backward"
def broadcast_backward(X, dY):
    """Back through Y = a * X + b, where a (n, 1) was copied along the columns and b (m,) along the rows.

    X, dY : arrays (n, m)
    returns : da (n, 1), db (m,)
    """
    ### BEGIN SOLUTION
    da = (dY * X).sum(axis=1, keepdims=True)
    db = dY.sum(axis=0)
    return da, db
    ### END SOLUTION

# %% check="broadcast_backward"
check(broadcast_backward)

# %% [markdown]
# Broadcasting also copies when nobody asked. Three numbers minus a column of three are nine, and a comparison of
# `(4,)` with `(1, 4)` "passes". Neither gives a warning:

# %%
output = np.array([0.7, 0.2, 0.1])
column = np.array([[1.0], [0.0], [0.0]])
print("shape of the difference:", (output - column).shape)
print("np.allclose:", np.allclose(np.ones(4), np.ones((1, 4))))

# %% [markdown]
# When a gradient looks odd, print its shape before anything else.

# %% [markdown]
# ## The end of the line: a choice between classes
#
# A network that chooses between $K$ classes ends with $K$ **scores** $z$. **Softmax** makes probabilities of them,
# positive and with sum 1:
#
# $$
# p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}
# $$
#
# One trap lies in the exponential:

# %%
with np.errstate(over="ignore"):
    print(np.exp([10.0, 100.0, 1000.0]))

# %% [markdown]
# Infinity divided by infinity is no probability. But only the differences of the scores matter. Subtract any number $c$
# from all of them, and $e^{-c}$ cancels above and below:
#
# $$
# \frac{e^{z_k - c}}{\sum_j e^{z_j - c}} = \frac{e^{z_k}}{\sum_j e^{z_j}}
# $$
#
# With the right $c$, no exponent is above zero, and at least one is zero. Then nothing overflows, and the sum below
# is at least 1.

# %% [markdown]
# ### Exercise: `softmax`
# Return the probabilities for scores `z (K,)`. It must hold for scores of 1000 and of -1000 too.

# %% answer="softmax"
def softmax(z):
    """Probabilities from scores.

    z : array (K,), of any size
    returns : array (K,), positive, with sum 1
    """
    ### BEGIN SOLUTION
    shifted = z - z.max()
    e = np.exp(shifted)
    return e / e.sum()
    ### END SOLUTION

# %% check="softmax"
check(softmax)

# %% [markdown]
# The loss is the **cross-entropy**: how surprised the network is by the right class $k$. Put softmax in, and the
# logarithm takes the fraction apart:
#
# $$
# L = -\log p_k = -z_k + \log \sum_j e^{z_j}
# $$
#
# Two terms, and both are easy to differentiate.

# %% [markdown]
# ### Exercise: `dL_dz0`
# Three classes, and class 0 is right: $L = -z_0 + \log(e^{z_0} + e^{z_1} + e^{z_2})$. Write
# $\partial L / \partial z_0$ as a SymPy expression in `z0`, `z1`, `z2` (`sp.exp` is the exponential). By hand
# first, as always.

# %% answer="dL_dz0"
z0, z1, z2 = sp.symbols("z0 z1 z2")
dL_dz0 = ...
### BEGIN SOLUTION
dL_dz0 = -1 + sp.exp(z0) / (sp.exp(z0) + sp.exp(z1) + sp.exp(z2))
### END SOLUTION

# %% check="dL_dz0"
check(dL_dz0=dL_dz0)

# %% [markdown]
# Do you see a probability in your result? For a wrong class the first term of $L$ is not there, and the probability
# stays alone. With a **one-hot** vector, 1 at the right class and 0 elsewhere, all classes fit into one line:
#
# $$
# \mathrm{d}z = p - \mathrm{onehot}
# $$
#
# SymPy compares the two sides, class by class:

# %%
scores = sp.symbols("z0 z1 z2")
total = sum(sp.exp(score) for score in scores)
L = -scores[0] + sp.log(total)
onehot = [1, 0, 0]
[sp.simplify(sp.diff(L, scores[k]) - (sp.exp(scores[k]) / total - onehot[k])) for k in range(3)]

# %% [markdown]
# ![Softmax with cross-entropy. Forward: the scores z = (2, 1, 0) become probabilities p = (0.67, 0.24, 0.09), and the loss is minus the logarithm of the target's, 0.41. Backward, both stages at once: dz is p minus the one-hot target, (-0.33, 0.24, 0.09).](figures/softmax-cross-entropy.svg)
#
# Two stages were passed in one step. Each alone is awkward: softmax has a
# full Jacobian, the logarithm divides by $p_k$, which may be tiny. Together they are a subtraction. But then both are
# *done*: no softmax derivative after it.
#
# ## The end of the line: a number
#
# If the network predicts numbers $y$ and the targets are $t$, the usual loss is half the squared error. The half is
# there to cancel the 2:
#
# $$
# L = \tfrac{1}{2} \sum_j (y_j - t_j)^2
# \qquad
# \mathrm{d}y = y - t
# $$
#
# Two losses, and both **error signals** are a plain difference: what we got minus what we wanted. Mind *where* each
# belongs. Cross-entropy gives it at the scores, before softmax. Squared error gives it at the output itself; if that
# came out of an activation, the activation is still to be passed.
#
# (Some texts print target minus output. That is the direction in which to go; the gradient points the other way.)

# %% [markdown]
# ### Exercise: `error_signals`
# A network with two outputs: scores `z (K,)` for a choice whose right class is the whole number `k`, and numbers
# `y (n,)` with targets `t (n,)`. Its loss is the cross-entropy of the first plus half the squared error of the
# second. Return `dz` and `dy`. Your `softmax` is at hand.

# %% answer="error_signals"
def error_signals(z, k, y, t):
    """The gradient of cross-entropy plus half the squared error.

    z : array (K,), scores;  k : the right class, 0 .. K-1;  y, t : arrays (n,), numbers and their targets
    returns : dz (K,), dy (n,)
    """
    ### BEGIN SOLUTION
    p = softmax(z)
    onehot = np.zeros_like(z)
    onehot[k] = 1
    dz = p - onehot
    dy = y - t
    return dz, dy
    ### END SOLUTION

# %% check="error_signals"
check(error_signals)

# %% [markdown]
# Now turn it round: find a mistake that somebody else made, in code that you know. Run the first cell, and name the line in the
# second.

# %%
hunt = practice("affine_backward", "gated_backward", "gate_input_backward", "error_signals")
hunt

# %%
hunt.line(...)

# %% [markdown]
# The numbers of the figure, from your function. The entries of `dz` add up to zero: what the right class gains, the
# others lose.

# %%
error_signals(np.array([2.0, 1.0, 0.0]), 0, np.array([0.5]), np.array([1.25]))

# %% [markdown]
# ## In your own words
#
# A friend adds a bias `b (m,)` to `n` rows. The gradient that comes back has the shape `(n, m)`, so your friend takes
# the mean over the rows: "now the shape fits". What should it be, and why? And what tells you that a fitting shape is
# not enough? Two or three sentences. (To compare with a model answer afterwards, run `hint("sum_not_mean")` twice.)

# %% [markdown] written="sum_not_mean"

# %% [markdown]
# ## What you have earned
#
# A stage need not know its Jacobian. It must know how to turn the gradient of its output into that of each input.
# This card is all that the rest of the course needs:
#
# | stage | forward | backward |
# |:--|:--|:--|
# | affine | $z = W x + b$ | $\mathrm{d}W = \mathrm{d}z\, x^\top$<br>$\mathrm{d}x = W^\top \mathrm{d}z$<br>$\mathrm{d}b = \mathrm{d}z$ |
# | fork | $u = v = x$ | $\mathrm{d}x = \mathrm{d}u + \mathrm{d}v$ |
# | sum | $y = u + v$ | $\mathrm{d}u = \mathrm{d}y$<br>$\mathrm{d}v = \mathrm{d}y$ |
# | product | $y = u \odot v$ | $\mathrm{d}u = \mathrm{d}y \odot v$<br>$\mathrm{d}v = \mathrm{d}y \odot u$ |
# | tanh | $y = \tanh z$ | $\mathrm{d}z = \mathrm{d}y \odot (1 - y^2)$ |
# | sigmoid | $s = \sigma(z)$ | $\mathrm{d}z = \mathrm{d}s \odot s \odot (1 - s)$ |
# | concatenate | $v = [h, x]$ | $\mathrm{d}h = \mathrm{d}v_{0 \ldots H-1}$<br>$\mathrm{d}x = \mathrm{d}v_{H \ldots H+D-1}$ |
# | broadcast to rows | $Y_{ij} = X_{ij} + b_j$ | $\mathrm{d}X = \mathrm{d}Y$<br>$\mathrm{d}b_j = \sum_i \mathrm{d}Y_{ij}$ |
# | softmax, cross-entropy | $L = -\log \mathrm{softmax}(z)_k$ | $\mathrm{d}z = p - \mathrm{onehot}$ |
# | half squared error | $L = \tfrac{1}{2} \sum_j (y_j - t_j)^2$ | $\mathrm{d}y = y - t$ |
#
# And two rules to check yourself by. $\mathrm{d}v$ has the shape of $v$. And if the gradient that comes in doubles,
# so does all that goes out.

# %%
progress()

# %% [markdown]
# Next: [1.4 A network by hand](1.4-a-network-by-hand.ipynb), where these stages become a network, and you reproduce
# every number of a famous example.
