# %% [markdown]
# # 2.3 Vanishing and exploding
#
# When you are done, you will be able to
#
# - say how much of a gradient is left after fifty steps back, and what decides it,
# - measure it with your own backward pass,
# - shorten a gradient that explodes without turning it.
#
# **About 80 minutes**, with a place to stop after 55. You need [2.2](2.2-backpropagation-through-time.ipynb): the way back
# through a recurrent network.

# %%
import matplotlib.pyplot as plt
import numpy as np
import sympy as sp

from autograde import check, guess, hint, mine, play, practice, progress, recall

# %% [markdown]
# Three questions first, on the way back. Answer in place of the dots, or go on.

# %%
recall("2.3", ..., ..., ...)

# %% [markdown]
# ## A question to start with
#
# In [2.1](2.1-a-loop-unrolled.ipynb) you turned "Alice was" into "Slice was", and the loss seven steps later moved by a
# few thousandths. Suppose the first letter had been a hundred steps away. Would there be anything left for a gradient
# to bring back?
#
# ![Four states in a row, h_0 to h_3, and the loss L. Forward arrows lead from each state to the next. Backward, from the loss, a gradient passes every step, and each step multiplies it by its own local derivative, J_3, then J_2, then J_1.](figures/steps-back.svg)
#
# From the last state back to the first there is one long way, and along a way local derivatives multiply. Everything in
# this notebook follows from what long products do.
#
# ## One hidden unit
#
# Begin with a single unit, $h_t = \tanh(w_x x_t + w_h h_{t-1})$, in which everything is a number. To get from $h_{t-1}$
# to $h_t$ a nudge passes the weight $w_h$ and then tanh, whose slope is $1 - h_t^2$. So the local derivative of a step
# is
#
# $$
# \frac{\partial h_t}{\partial h_{t-1}} = (1 - h_t^2)\, w_h
# $$

# %% [markdown]
# ### Exercise: `dh3_dh0`
# Write $\mathrm{d}h_3/\mathrm{d}h_0$ as a SymPy expression in $w_h$, $h_1$, $h_2$ and $h_3$. The states are known from
# the forward pass, so no tanh and no input is needed.

# %% answer="dh3_dh0"
w_h, h_1, h_2, h_3 = sp.symbols("w_h h_1 h_2 h_3")
dh3_dh0 = ...
### BEGIN SOLUTION
dh3_dh0 = (w_h * (1 - h_1**2)) * (w_h * (1 - h_2**2)) * (w_h * (1 - h_3**2))
### END SOLUTION

# %% check="dh3_dh0"
check(dh3_dh0=dh3_dh0)

# %% [markdown]
# Three steps, three times the same $w_h$. Now go back not 3 steps but 50. Leave the slopes aside for a moment, and look
# at the powers of the weight alone:

# %%
for w in (0.5, 0.9, 1.0, 1.1, 1.5):
    print(f"w_h = {w}   after 10 steps {w**10:10.4g}   after 50 steps {w**50:10.4g}")

# %% [markdown]
# Below 1 the product **vanishes**, above 1 it **explodes**, and there is next to nothing between. The slopes are never
# larger than 1, so they can only make it smaller. We come to them further down.
#
# ## Many hidden units
#
# With $H$ units, you can nudge any entry of $h_{t-1}$, and every entry of $h_t$ moves. That makes $H \times H$ local
# derivatives. The matrix that holds them is the **Jacobian** of the step. In row $i$ and column $j$ stands how entry
# $i$ of $h_t$ moves when entry $j$ of $h_{t-1}$ is nudged:
#
# $$
# J_t = \frac{\partial h_t}{\partial h_{t-1}} = \operatorname{diag}(1 - h_t^2)\; W_{hh}
# $$
#
# It is the formula of the single unit in capital letters. $\operatorname{diag}(v)$ is the matrix with the vector $v$ on
# its diagonal and zeros elsewhere.

# %% [markdown]
# ### Exercise: `rnn_jacobian`
# Return the Jacobian $J_t$ of one step, shape `(H, H)`. All that you need is `Whh` and `h`, the state *after* the step.

# %% answer="rnn_jacobian"
def rnn_jacobian(Whh, h):
    """The Jacobian of one step: how each entry of h moves with each entry of the state before.

    Whh (H, H) : the weights
    h (H,) : the state after the step
    returns : array (H, H), a row for each entry of h
    """
    ### BEGIN SOLUTION
    slope = 1 - h**2
    return np.diag(slope) @ Whh
    ### END SOLUTION

# %% check="rnn_jacobian"
check(rnn_jacobian)

# %% [markdown]
# Along the way from $h_t$ to $h_T$ the Jacobians multiply. A nudge meets $J_{t+1}$ first, so that one stands on the
# right, next to the nudge, and the last step stands leftmost. With matrices the order matters:
#
# $$
# \frac{\mathrm{d}h_T}{\mathrm{d}h_t} = J_T\, J_{T-1} \cdots J_{t+1}
# $$

# %% [markdown]
# ### Exercise: `rnn_jacobian_product`
# `h` holds $T$ states, row by row. Return $\mathrm{d}h_T/\mathrm{d}h_0$, shape `(H, H)`. You may call your
# `rnn_jacobian`.
#
# (In code `h[0]` is $h_1$. So whoever wants $\mathrm{d}h_T/\mathrm{d}h_t$ hands over the later states only: `h[t:]`.)

# %% answer="rnn_jacobian_product"
def rnn_jacobian_product(Whh, h):
    """How the last state moves with the initial one: the product of the Jacobians of all steps.

    Whh (H, H) : the weights
    h (T, H) : the states after each step
    returns : array (H, H)
    """
    ### BEGIN SOLUTION
    product = np.eye(len(Whh))
    for t in range(len(h)):
        product = rnn_jacobian(Whh, h[t]) @ product
    return product
    ### END SOLUTION

# %% check="rnn_jacobian_product"
check(rnn_jacobian_product)

# %% [markdown]
# Does the network agree? Nudge each entry of `h0`, run your network of 2.1 forward, and compare.

# %%
rnn_forward = mine("rnn_forward")


def nudged(Wxh, Whh, bh, x, h0):
    """How the last state moves with the initial one, by nudges: column j for entry j of h0."""
    columns = []
    for nudge in 1e-5 * np.eye(len(h0)):
        above, below = (rnn_forward(Wxh, Whh, bh, x, start)[-1] for start in (h0 + nudge, h0 - nudge))
        columns.append((above - below) / 2e-5)
    return np.transpose(columns)


rng = np.random.default_rng(0)
network = [rng.normal(size=size) for size in ((4, 3), (4, 4), 4, (6, 3), 4)]
product = rnn_jacobian_product(network[1], rnn_forward(*network))
if product is None:
    print("first the exercise above")
else:
    print(f"largest difference {np.abs(product - nudged(*network)).max():.0e}")

# %% [markdown]
# ## What long products do
#
# What takes the place of "above or below 1" when the weight is a matrix? A matrix turns a vector and stretches it. Apply
# the same one again and again:
#
# ![Three spirals of dots around a circle of radius 1, each dot being the one before it times the same matrix. With modulus 0.85 they run into the middle, with modulus 1 they stay on the circle, with modulus 1.08 they run outward.](figures/three-spirals.svg)
#
# In the long run one number decides: by how much the matrix stretches at each step. It is called the **spectral radius**
# $\rho(A)$, and it is read off the **eigenvalues** $\lambda_i$ of the matrix, $H$ numbers that NumPy finds for you. They may be
# complex. The **modulus** $|\lambda|$ of a complex number is its distance from 0, and the largest one counts:
#
# $$
# \rho(A) = \max_i |\lambda_i|
# $$
#
# You need no more about eigenvalues for what follows. A box below says why just they decide.

# %% [markdown]
# ### Exercise: `spectral_radius`
# Return $\rho(A)$ of a square matrix, a real number. NumPy finds the eigenvalues: `np.linalg.eigvals`.

# %% answer="spectral_radius"
def spectral_radius(A):
    """The largest modulus of the eigenvalues of A.

    A : array (H, H)
    returns : a real number
    """
    ### BEGIN SOLUTION
    eigenvalues = np.linalg.eigvals(A)
    return np.max(np.abs(eigenvalues))
    ### END SOLUTION

# %% check="spectral_radius"
check(spectral_radius)

# %% [markdown]
# That is about the long run. In the short run a matrix can do otherwise. Here is one with eigenvalues 0.4 and 0.5, and with a
# 6 in it. We write $\|A\|$ for the most that $A$ can lengthen a vector in one step, and look at $\|A^k\|$, the most that $k$
# steps can do.

# %% guess="six_in_a_matrix"

# %%
A = np.array([[0.4, 6.0], [0.0, 0.5]])
radius = spectral_radius(A)
print("spectral radius", "first the exercise above" if radius is None else f"{radius:.2f}")
for k in (1, 2, 5, 10, 20, 40):
    size = np.linalg.norm(np.linalg.matrix_power(A, k), 2)
    print(f"{k:2} steps: size {size:9.2e}, that is {size ** (1 / k):.2f} per step")

# %% [markdown]
# First it grows sixfold. But from there on it shrinks, and per step it comes nearer and nearer to the spectral radius.
#
# <details><summary>If you like: why eigenvalues decide</summary>
#
# If $v$ is an **eigenvector**, the matrix only stretches it, by its eigenvalue: $A v = \lambda v$. So it is with every further
# step, and $\lambda$ plays the part of $w_h$:
#
# $$
# A^k v = \lambda^k v
# $$
#
# Almost every vector is a mixture of $H$ eigenvectors, and after many steps the one with the largest modulus has outgrown all
# others. (A matrix that turns every vector, as in the figure, has complex eigenvalues; there, too, the modulus stretches.)
# What holds for vectors holds for the size of the whole power:
#
# $$
# \lim_{k \to \infty} \|A^k\|^{1/k} = \rho(A)
# $$
#
# </details>
#
# ## The gradient on its way back
#
# Nobody builds the product of Jacobians to train a network. The sweep of 2.2 carries a vector. Suppose the only loss
# stands at the last step. Then what reaches $h_{t-1}$ has come from $h_t$, and from nowhere else:
#
# $$
# \mathrm{d}h_{t-1} = W_{hh}^\top \left( (1 - h_t^2) \odot \mathrm{d}h_t \right) = J_t^\top\, \mathrm{d}h_t
# $$
#
# ($\odot$ multiplies entry by entry.) Step after step that becomes
#
# $$
# \mathrm{d}h_t = \left( \frac{\mathrm{d}h_T}{\mathrm{d}h_t} \right)^{\!\top} \mathrm{d}h_T
# $$
#
# so your sweep and your product must agree. Let us measure what is left of $\mathrm{d}h_T$ on its way: its length, the
# **norm** $\|\mathrm{d}h_t\|$.

# %% [markdown]
# ### Exercise: `rnn_gradient_norms`
# Run the gradient `dh_T` of the last state back through all steps, and return its norm at every distance: `norms[0]` is
# $\|\mathrm{d}h_T\|$, `norms[k]` the norm after $k$ steps back, and the last one is $\|\mathrm{d}h_0\|$. Carry a
# vector, as in 2.2; no Jacobian is needed.

# %% answer="rnn_gradient_norms"
def rnn_gradient_norms(Whh, h, dh_T):
    """The norm of what reaches each state from a loss at the last one.

    Whh (H, H) : the weights
    h (T, H) : the states after each step
    dh_T (H,) : the gradient at the last state, h[-1]
    returns : array (T + 1,), by distance from the last state
    """
    ### BEGIN SOLUTION
    dh = dh_T
    norms = [np.linalg.norm(dh)]
    for t in reversed(range(len(h))):
        dh = Whh.T @ (dh * (1 - h[t] ** 2))
        norms.append(np.linalg.norm(dh))
    return np.array(norms)
    ### END SOLUTION

# %% check="rnn_gradient_norms"
check(rnn_gradient_norms)

# %% [markdown]
# A good place to stop: you can measure what is left of a gradient. Here is one with a bug in it. (In `step_back`, `Whh` and `h` are what they are here.)

# %%
hunt = practice("rnn_gradient_norms", "rnn_jacobian_product")
hunt

# %%
hunt.line(...)

# %% [markdown]
# Now three networks of 20 units that differ in one number only: a random matrix, scaled to spectral radius 0.5, 1 and
# 1.5. There are no inputs, and the states are kept tiny, so that tanh is as good as a straight line. Lines are from
# your sweep; dots are from your product of Jacobians; dotted lines are the powers $\rho^k$.

# %%
H, T = 20, 30
rng = np.random.default_rng(0)
unscaled = rng.normal(size=(H, H))
unscaled = unscaled / np.abs(np.linalg.eigvals(unscaled)).max()  # spectral radius 1
Wxh, x = rng.normal(size=(H, 3)), rng.normal(size=(T, 3))
h0, dh_T = 1e-7 * rng.normal(size=H), rng.normal(size=H)
dh_T = dh_T / np.linalg.norm(dh_T)
distance = np.arange(T + 1)

plt.figure(figsize=(7, 3.9))
for rho, color in ((0.5, "#1f77b4"), (1.0, "#2e8b57"), (1.5, "#d1495b")):
    Whh = rho * unscaled
    h = rnn_forward(Wxh, Whh, np.zeros(H), 0 * x, h0)
    plt.semilogy(distance, rho**distance, color=color, ls=":", label=f"spectral radius {rho}")
    norms = rnn_gradient_norms(Whh, h, dh_T)
    if norms is not None:
        plt.semilogy(distance, norms, color=color)
    if rnn_jacobian_product(Whh, h) is not None:
        products = [rnn_jacobian_product(Whh, h[T - k :]) for k in distance[1:]]
        plt.semilogy(distance[1:], [np.linalg.norm(np.transpose(p) @ dh_T) for p in products], "o", color=color, ms=4)
plt.xlabel("steps back from the loss")
plt.ylabel("norm of the gradient")
plt.legend()
plt.grid(alpha=0.3)
plt.show()

# %% [markdown]
# The dots lie on the lines: two ways, one number. And on a logarithmic axis the lines are nearly straight, with the
# slope that the spectral radius predicts. Thirty steps back, one gradient is a billionth of what it was; another has
# grown by nearly a hundred thousand.
#
# A vanishing gradient does not mean that $\mathrm{d}W_{hh}$ is small. From 2.2 you know that it is a *sum* over the
# steps. The terms of the last few steps are there, at full size. Only those of distant steps are missing, and with them
# whatever could have been learned from what happened long ago.
#
# ## Where tanh is flat
#
# ![The curve of tanh with two tangents. At 0 the slope is 1. At 2.5, where tanh is 0.99, the slope is 0.03.](figures/flat-tanh.svg)
#
# So far the slopes were 1. In a real network the states are not tiny: inputs push them towards $\pm 1$, where tanh is
# flat. A unit in that region is called **saturated**. Each Jacobian then has small numbers in front of $W_{hh}$. Here
# is the matrix with spectral radius **1.5** once more, this time with inputs:

# %%
Whh = 1.5 * unscaled
plt.figure(figsize=(7, 3.9))
plt.axhline(1, color="#66788a", ls=":", label="as long as at the loss")
for size, color in ((0, "#d1495b"), (0.3, "#c2691c"), (1, "#0f7f8c"), (3, "#7a5195")):
    h = rnn_forward(Wxh, Whh, np.zeros(H), size * x, h0)
    norms = rnn_gradient_norms(Whh, h, dh_T)
    if norms is not None:
        slope = np.mean(1 - h**2)
        plt.semilogy(distance, norms, color=color, label=f"inputs of size {size}: mean slope {slope:.2f}")
plt.xlabel("steps back from the loss")
plt.ylabel("norm of the gradient")
plt.legend()
plt.grid(alpha=0.3)
plt.show()

# %% [markdown]
# The same weights explode, idle or vanish: the data decide. (Eleven other matrices gave lines of other heights, in the same
# order.) Try it: the sweep is yours. With inputs of size 1, which spectral radius keeps the gradient about as long as it was?
# (Look far above 1.)

# %%
def way_back(axes, radius, inputs):
    if not progress.passed("rnn_gradient_norms"):
        return "first the exercise above"
    h = rnn_forward(Wxh, radius * unscaled, np.zeros(H), inputs * x, h0)
    norms = rnn_gradient_norms(radius * unscaled, h, dh_T)
    axes.semilogy(distance, radius**distance, color="#9fb3c8", ls=":", label="radius ** steps")
    axes.semilogy(distance, norms, "o-", color="#d1495b", ms=4, label="your sweep")
    axes.set(xlabel="steps back from the loss", ylabel="norm of the gradient", ylim=(1e-10, 1e10))
    axes.set(title=f"mean slope of tanh {np.mean(1 - h**2):.2f}, after 30 steps {norms[-1]:.1e}")
    axes.legend(loc="upper left", fontsize=9)


play(way_back, radius=(0.1, 4.1, 1.5), inputs=(0.0, 3.0, 0.3))

# %% [markdown]
# So the spectral radius is a guide and no law. What *is* certain has to do with $\|W_{hh}\|$, the most that the weights can
# lengthen a vector in one step (their largest *singular value*). No slope is above 1, so one step back lengthens a gradient at
# most by that factor:
#
# $$
# \|\mathrm{d}h_{t-1}\| \;\le\; \|W_{hh}\|\;\|\mathrm{d}h_t\|
# $$
#
# If $\|W_{hh}\|$ is below 1, every gradient vanishes. For one to explode, it *must* be above 1; and even then it need
# not (Pascanu, Mikolov and Bengio, 2013).
#
# And the letter a hundred steps away, with which we began? Here, with inputs of size 1, thirty steps leave a few
# hundred-thousandths of the gradient; of eleven other matrices, none left more than a ten-thousandth. A hundred steps leave
# nothing that learning could use.
#
# ## When it explodes
#
# Against vanishing there is no quick remedy; the next unit is about a network built to resist it. Against exploding
# there is one, and it takes two lines. The *direction* of a huge gradient may be fine. The step is too long. So shorten it.
#
# ![Left, clipping by norm: a long arrow is shortened to a circle of radius c, and its direction stays. Right, clipping by value: each coordinate is cut off at c, and the arrow turns.](figures/two-ways-to-clip.svg)
#
# Take all arrays of the gradient together as one long vector $d$. Its length is the **global norm**. If that exceeds a
# limit $c$, multiply *everything* by one factor, so that the length becomes $c$. If not, leave it alone:
#
# $$
# \|d\| = \sqrt{\sum_j d_j^2}, \qquad d_{\text{clipped}} = \min\!\left(1, \frac{c}{\|d\|}\right) d
# $$

# %% [markdown]
# ### Exercise: `rnn_clip`
# `gradients` is a list of arrays: those of the five weights of the character model, each with a shape of its own. `limit` is
# the number $c$. Return a list of new arrays, in the same order, clipped by the global norm of all five.

# %% answer="rnn_clip"
def rnn_clip(gradients, limit):
    """The gradients, all scaled by one factor to a global norm of at most limit.

    gradients : list of arrays
    limit : a positive number
    returns : list of arrays, with the same shapes in the same order
    """
    ### BEGIN SOLUTION
    norm = np.sqrt(sum((d**2).sum() for d in gradients))
    factor = min(1.0, limit / norm)
    return [factor * d for d in gradients]
    ### END SOLUTION

# %% check="rnn_clip"
check(rnn_clip)

# %% [markdown]
# In [2.4](2.4-learning-to-read.ipynb) you see it at work: a training run that is lost without it, and saved with it.
#
# ## In your own words
#
# "The spectral radius of my $W_{hh}$ is 1.2", says a friend. "That is above 1, so my gradients explode." What do you tell them, and
# what should they look at instead? Three or four sentences. (To compare with a model answer afterwards, run `hint("above_one")` twice.)

# %% [markdown] written="above_one"

# %% [markdown]
# ## What you have earned
#
# - Over many steps a gradient is multiplied by a product of Jacobians:
#
# $$
# \frac{\mathrm{d}h_T}{\mathrm{d}h_t} = J_T\, J_{T-1} \cdots J_{t+1}, \qquad J_s = \operatorname{diag}(1 - h_s^2)\; W_{hh}
# $$
#
# - In the long run its size goes like $\rho^k$, while the slopes of tanh are near 1. Saturated units make it smaller,
#   often by far.
# - Vanishing hides in a sum: near steps drown distant ones. Exploding is plain to see, and clipping by the global norm
#   contains it.

# %%
progress()

# %% [markdown]
# Next: [2.4 Learning to read](2.4-learning-to-read.ipynb): your own gradient, on *Alice*.
