# %% [markdown]
# # 1.5 Is my gradient right?
#
# When you are done, you will be able to
#
# - differentiate any function numerically, and say how many digits of the answer are true,
# - check a gradient to the last digit with a complex step, or all of it at once with a single forward pass.
#
# **About 85 minutes**, with a place to stop after 60. You need [1.2](1.2-forks-and-routes.ipynb) (a fork adds) and
# [1.3](1.3-vectors-and-matrices.ipynb) (the stages backward).

# %%
import matplotlib.pyplot as plt
import numpy as np
import sympy as sp

from autograde import check, given, guess, hint, practice, progress, recall

np.set_printoptions(precision=4, suppress=True)

# %% [markdown]
# Three questions from before, if you like: answer in place of the dots, or go on.

# %%
recall("1.5", ..., ..., ...)

# %% [markdown]
# ## A question to start with
#
# You wrote a backward pass. It runs, the shapes fit, the loss goes down. Is the gradient right?
#
# All three signs are there for wrong gradients too: a direction that is only *roughly* downhill still goes down. In
# [1.6](1.6-find-the-bug.ipynb) you meet a gradient with three bugs that trains faster than the right one.
#
# So we need a judge who knows nothing of the chain rule. There is one: the definition of the derivative. Nudge a number, run
# the forward pass, and look how far the loss moves.

# %% [markdown]
# ## Two points and a line
#
# ![A curve with its tangent at x. The chord from x to x + h is much steeper than the tangent; the chord from x - h to x + h is nearer to its direction.](figures/secant.svg)
#
# We cannot nudge by nothing, so we take a small **step** $h$ (for this notebook, $h$ with no index is a step, not a hidden
# state). The obvious way is one-sided, forward from $x$. The other goes as far down as up:
#
# $$
# f'(x) \approx \frac{f(x + h) - f(x)}{h}
# \qquad\qquad
# f'(x) \approx \frac{f(x + h) - f(x - h)}{2h}
# $$
#
# The right one is called the **central difference**. In the figure its chord is nearly parallel to the tangent.

# %% [markdown]
# ### Exercise: `central_difference`
# `f` takes an array and returns one number: a loss. Return the central difference for **every** entry of `x`, in an array of the
# shape of `x`. Move one entry at a time, and leave `x` itself as it was. `np.ndindex(x.shape)` visits all indices, whether `x`
# is a vector or a matrix.

# %% answer="central_difference"
def central_difference(f, x, step):
    """The derivative of f with respect to every entry of x, by central differences.

    f : function, array -> number
    x : array of any shape
    step : a number
    returns : array of the shape of x
    """
    ### BEGIN SOLUTION
    slope = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        above = x.copy()
        below = x.copy()
        above[i] += step
        below[i] -= step
        slope[i] = (f(above) - f(below)) / (2 * step)
    return slope
    ### END SOLUTION

# %% check="central_difference"
check(central_difference)

# %% [markdown]
# ## How far off?
#
# Take $f(x) = x^3$ at $x = 2$. The true slope is $3x^2 = 12$. Both quotients miss it by a little.

# %% guess="ten_times_smaller"

# %%
def cube(x):
    return (x**3).sum()


two = np.array([2.0])
print("step      one-sided is off by   central is off by")
for step in (0.1, 0.01, 0.001):
    one, both = (cube(two + step) - cube(two)) / step, central_difference(cube, two, step)
    yours = "first the exercise above" if both is None else f"{both[0] - 12:.6f}"
    print(f"{step:<9} {one - 12:<21.6f} {yours}")

# %% [markdown]
# For the cube you can see why with school algebra. Multiply out, subtract, divide:
#
# $$
# \frac{(x + h)^3 - x^3}{h} = 3x^2 + 3x\,h + h^2
# \qquad\qquad
# \frac{(x + h)^3 - (x - h)^3}{2h} = 3x^2 + h^2
# $$
#
# The term with the single $h$ has cancelled: it stood in $(x + h)^3$ and in $(x - h)^3$ with the same sign.
#
# ## For every smooth function
#
# *This is the steepest page of the notebook. It takes derivatives of derivatives: $f''$ is the derivative of $f'$, and $f'''$ that of
# $f''$. SymPy finds them for you with `sp.diff(f, x, 3)`. If it is too much for today, go on to the next heading. Nothing
# later needs it but a dotted line in a plot.*
#
# Near any point, a smooth function is nearly a polynomial in the step. That is **Taylor's series**, and its coefficients are made of the
# derivatives at $x$:
#
# $$
# f(x + h) = f(x) + h f'(x) + \frac{h^2}{2} f''(x) + \frac{h^3}{6} f'''(x) + \cdots
# $$
#
# For the cube it is nothing but multiplying out: there $f''(x) = 6x$ and $f'''(x) = 6$, and then it ends. For others it goes on, but with a small
# $h$ each term is much smaller than the one before it.
#
# Take away $f(x)$ and divide by $h$. What the one-sided quotient has too much begins with the term
# $\frac{h}{2} f''(x)$: **half the step, half the error**.

# %% [markdown]
# ### Exercise: `central_error`
# Now the central one. Write the series for $f(x - h)$ below that for $f(x + h)$, subtract, divide by $2h$. The result is
# $f'(x)$ and an error. For $f(x) = \sin(2x + 2)$, give the **leading term** of this error (central difference minus
# derivative; the lowest power of $h$) as a SymPy expression in $x$ and $h$. (For the cube it was $h^2$.)

# %% answer="central_error"
x, h = sp.symbols("x h")
central_error = ...
### BEGIN SOLUTION
central_error = h**2 / 6 * -8 * sp.cos(2 * x + 2)
### END SOLUTION

# %% check="central_error"
check(central_error=central_error)

# %% [markdown]
# ## Smaller is not always better
#
# Here is your function at work on $f(x) = \sin(2x + 2)$, for steps from $10^{-1}$ down to $10^{-13}$.

# %% guess="best_step"

# %%
def f(x):
    return np.sin(2 * x + 2).sum()


def error(found):
    """How far the number found is from the true slope; not a number while there is none."""
    return np.nan if found is None else abs(found[0] - true)


at = np.array([0.7])
true = 2 * np.cos(2 * 0.7 + 2)
steps = np.logspace(-1, -13, 49)
one_sided = [error([(f(at + s) - f(at)) / s]) for s in steps]
central = [error(central_difference(f, at, s)) for s in steps]

plt.figure(figsize=(7, 3.6))
plt.loglog(steps, one_sided, ".-", color="#c2691c", label="one-sided")
plt.loglog(steps, central, ".-", color="#0f7f8c", label="central (yours)")
if progress.passed("central_error"):
    predicted = sp.lambdify(h, sp.Abs(central_error.subs(x, 0.7)))(steps)
    plt.loglog(steps, predicted, color="#66788a", ls=":", label="leading error (yours)")
plt.ylim(1e-14, 1)
plt.xlabel("step")
plt.ylabel("error")
plt.legend()
plt.grid(alpha=0.3)
plt.show()

# %% [markdown]
# Read it from right to left. First both errors fall as the formulas say: ten times per decade, and a hundred times. Your dots
# lie on the line that you derived. Then they turn, and rise again, jagged.
#
# That is **rounding**. A float64 holds about 16 digits; one unit in the last place is
# $\varepsilon \approx 2.2 \cdot 10^{-16}$ of the number. With a tiny step the two values of $f$ agree in nearly all their digits.
# The subtraction cancels what they share, and keeps the last, rounded, few; dividing by $2h$ makes those large. Together:
#
# $$
# \text{error} \;\approx\; \frac{h^2}{6}\,|f'''(x)| \;+\; \frac{\varepsilon\,|f(x)|}{h}
# $$
#
# The first term wants a small step, the second a large one. They meet near $h = \sqrt[3]{\varepsilon} \approx 6 \cdot 10^{-6}$.
# Hence the rule: **central, with a step of 1e-5**. For a large network expect nine or ten true digits, and no more.

# %% [markdown]
# ## What it costs
#
# Your function calls the loss twice for each number. An LSTM with 100 units that reads 65 different letters has
# $4 \cdot 100 \cdot (100 + 65 + 1) = 66400$ weights and biases. A single gradient by differences takes 132 800 forward passes;
# your backward sweep takes about as long as two or three. That is why nobody trains this way, and why we *check* on a tiny network
# and train the large one with the same code.
#
# ## A step to the side
#
# Rounding hurts because we subtract. Can we do without? Yes, and all it takes are complex numbers, of which you need one fact: there is a number
# $i$ with $i^2 = -1$. A complex number has two parts, like $3 + 4i$: the *real* part 3 and the *imaginary* part 4. Python writes $i$ as `1j`.
#
# Square $x + ih$ as you would any sum:
#
# $$
# (x + ih)^2 = x^2 - h^2 + 2x\,h\,i
# $$
#
# Look at the imaginary part. Divided by $h$ it is $2x$, the derivative of $x^2$. And nothing was subtracted to get it.

# %%
z = (3 + 0.001j) ** 2
print(z, "  imaginary part over the step:", z.imag / 0.001)

# %% [markdown]
# So let the step leave the real line:
#
# ![Left, the plane of inputs: from x go up by h to x + ih. Right, the plane of outputs: f(x + ih) lies about h times f'(x) above f(x).](figures/complex-step.svg)
#
# For any smooth function, put $i h$ where Taylor's series had $h$:
#
# $$
# f(x + i h) = f(x) + i h f'(x) - \frac{h^2}{2} f''(x) - \frac{i h^3}{6} f'''(x) + \cdots
# $$
#
# The value $f(x)$ went into the real part, and the derivative is the first thing in the imaginary part:
#
# $$
# f'(x) \approx \frac{\operatorname{Im} f(x + i h)}{h}
# $$
#
# So $h$ may be as small as we like, and the error, which goes with $h^2$, vanishes: with
# $h = 10^{-30}$ all 16 digits are true. This is the **complex step** (Squire and Trapp, 1998). NumPy computes with complex
# numbers unasked: a loss of `@`, `+`, `*`, `/`, `np.exp` and `np.tanh` takes them as it stands.

# %% [markdown]
# ### Exercise: `complex_step`
# As `central_difference`, with a step to the side: for every entry of `x`, one call of `f`. Return an array of floats, of
# the shape of `x`. An array of floats cannot hold a complex number; `x.astype(complex)` is a copy that can.

# %% answer="complex_step"
def complex_step(f, x, step=1e-30):
    """The derivative of f with respect to every entry of x, by complex steps.

    f : function, array -> number
    x : array of any shape, real
    step : a number
    returns : array of the shape of x, real
    """
    ### BEGIN SOLUTION
    slope = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        moved = x.astype(complex)
        moved[i] += 1j * step
        slope[i] = f(moved).imag / step
    return slope
    ### END SOLUTION

# %% check="complex_step"
check(complex_step)

# %% [markdown]
# On the same axes as before (an error of zero is drawn at the bottom):

# %%
sideways = [error(complex_step(f, at, s)) for s in steps]

plt.figure(figsize=(7, 3.6))
plt.loglog(steps, one_sided, color="#c2691c", label="one-sided")
plt.loglog(steps, central, color="#0f7f8c", label="central")
plt.loglog(steps, np.maximum(sideways, 1e-17), ".-", color="#7a5195", label="complex (yours)")
plt.ylim(3e-18, 1)
plt.xlabel("step")
plt.ylabel("error")
plt.legend()
plt.grid(alpha=0.3)
plt.show()
with np.printoptions(precision=15):
    print("true slope           ", np.array([true]))
    print("with a step of 1e-8  ", complex_step(f, at, 1e-8))
    print("with a step of 1e-300", complex_step(f, at, 1e-300))

# %% [markdown]
# The left arm of the U is gone.
#
# ## What breaks it
#
# The trick needs the imaginary part to travel untouched from the input to the loss. Some operations stop it on its way. In this
# table the two columns should agree. Where they do not, the complex step is wrong:

# %% guess="what_abs_gives"

# %%
w = np.array([0.3, -0.8, 0.5])
losses = {
    "np.abs(x).sum()": lambda x: np.abs(x).sum(),
    "np.tanh(x.real).sum()": lambda x: np.tanh(x.real).sum(),
    "np.linalg.norm(x)**2": lambda x: np.linalg.norm(x) ** 2,
    "np.vdot(x, w)": lambda x: np.vdot(x, w),
    "x.conj().T @ w": lambda x: x.conj().T @ w,
    "x.T @ w": lambda x: x.T @ w,
    "x.max()": lambda x: x.max(),
}
here = np.array([-0.7, 0.4, 1.1])
for name, one_loss in losses.items():
    print(f"{name:23}", central_difference(one_loss, here, 1e-5), complex_step(one_loss, here))

# %% [markdown]
# - `abs`, and with it every norm, returns a real number: the derivative comes out as zero. Write `np.where(x.real < 0, -x, x)`,
#   and `(x**2).sum()` for a squared norm.
# - `.real` throws the imaginary part away. So does a float cast: `float(x)`, `.astype(float)`, or filling an array that was made
#   by `np.zeros(n)`. NumPy then prints a ComplexWarning. Believe it.
# - `vdot` and a *conjugate* transpose turn the sign of the imaginary part. Use `x @ w` and `.T`.
# - `max` survives, but only because NumPy compares complex numbers by their real part first. Python's own refuse to be
#   compared.
#
# When your two checkers disagree in the first digits, look for one of these.

# %% [markdown]
# ## How near is near?
#
# Your backward pass says one thing and the checker says another, and they differ by 0.0001. Is that a lot? For a gradient of size 100
# it is little; for one of size 0.001 it is a bug. So divide by the size. But which?
#
# Suppose that a right gradient was checked by central differences, which leave a noise of about 1e-10 on every entry:

# %%
wanted = np.array([2.0, -1.0, 3e-9])
found = wanted + np.array([1e-10, -1e-10, 1e-10])
by_own_entry = (np.abs(found - wanted) / np.abs(wanted)).max()
by_largest = np.abs(found - wanted).max() / np.abs(wanted).max()
print(f"each by its own entry   {by_own_entry:.1g}")
print(f"all by the largest one  {by_largest:.1g}")

# %% [markdown]
# Divided entry by entry, the third one is off by three percent and raises an alarm about nothing. Gradients are full of such tiny
# entries. Divide by the **largest entry** of the whole array:
#
# $$
# \text{relative error} = \frac{\max_j |\,\text{found}_j - \text{wanted}_j\,|}{\max_j |\,\text{wanted}_j\,|}
# $$

# %% [markdown]
# ### Exercise: `relative_error`
# Return the relative error of `found` (what is being checked) against `wanted` (what we trust). There is a trap: with shapes `(1, 4)`
# and `(4,)`, NumPy stretches one to fit the other and subtracts without a word. When the shapes differ, return `np.inf`.

# %% answer="relative_error"
def relative_error(found, wanted):
    """The largest difference, relative to the largest entry of wanted.

    found, wanted : arrays
    returns : a number; infinity when the shapes differ
    """
    ### BEGIN SOLUTION
    if found.shape != wanted.shape:
        return np.inf
    return np.abs(found - wanted).max() / np.abs(wanted).max()
    ### END SOLUTION

# %% check="relative_error"
check(relative_error)

# %% [markdown]
# What to expect when a gradient is right, and when to look for a bug:
#
# | checked by | a right gradient gives about | a bug is likely above |
# |---|---|---|
# | central difference, step 1e-5 | 1e-9 | 1e-6 |
# | complex step | 1e-15 | 1e-10 |
#
# A real bug seldom hides in the last digits. It is mostly an error of 0.01 or more.
#
# This is a good place to stop for today. You have two checkers and a measure, and with them you can check any gradient of this course.

# %% [markdown]
# ## All weights in one pass
#
# One number at a time is thorough and slow. To learn only *whether* anything is wrong, move **all** numbers at once, each by
# $+h$ or $-h$ at random. Write $d_j = \pm 1$ for the direction of number $j$. By the chain rule the slope along this way is
#
# $$
# \frac{\mathrm{d}}{\mathrm{d}s} f(x + s\,d)\,\Big|_{s=0} = \sum_j \frac{\partial f}{\partial x_j}\, d_j
# $$
#
# The left side is a single complex step. The right side is a sum over the gradient that you claim to have. One forward pass checks
# them all.
#
# What should their gap be divided by? The sum has terms of random sign, so it may happen to be near zero. Its *typical* size is
# $\sqrt{\sum_j (\partial f / \partial x_j)^2}$, and that is never an accident.

# %% [markdown]
# ### Exercise: `directional_check`
# The loss is `f(*arrays)`, a function of several arrays, such as $W$ and $b$. Each has its gradient and its direction, of the same
# shape. Return the gap between slope and claim, as a positive number, over the typical size (from `gradients`, over all arrays).

# %% answer="directional_check"
def directional_check(f, arrays, gradients, directions):
    """How far the gradients are from the slope of f along the directions, relative to its typical size.

    f : function; f(*arrays) is a number
    arrays, gradients, directions : lists of arrays, with the same shapes in the same order
    returns : a number, not negative
    """
    ### BEGIN SOLUTION
    step = 1e-30
    moved = [a + 1j * step * d for a, d in zip(arrays, directions)]
    slope = f(*moved).imag / step
    claimed = sum((g * d).sum() for g, d in zip(gradients, directions))
    typical = np.sqrt(sum((g**2).sum() for g in gradients))
    return abs(slope - claimed) / typical
    ### END SOLUTION

# %% check="directional_check"
check(directional_check)

# %% [markdown]
# How sharp is it? Here are a layer's gradients in three versions: right; one entry wrong by a billionth; and two entries wrong by
# opposite amounts. Each is checked in 1000 random directions.

# %%
rng = np.random.default_rng(0)
layer_x, layer_target = rng.normal(size=3), rng.normal(size=4)
W0, b0 = rng.normal(size=(4, 3)), rng.normal(size=4)


def layer_loss(W, b):
    return ((np.tanh(W @ layer_x + b) - layer_target) ** 2).sum() / 2


a0 = np.tanh(W0 @ layer_x + b0)
db = (a0 - layer_target) * (1 - a0**2)
dW = np.outer(db, layer_x)
one_off, two_off = np.zeros((4, 3)), np.zeros((4, 3))
one_off[2, 1] = 1e-9
two_off[2, 1], two_off[0, 2] = 0.1, -0.1

versions = {"right": 0 * one_off, "one entry off by 1e-9": one_off, "two off, opposite": two_off}
for name, off in versions.items():
    noticed = 0
    for _ in range(1000):
        directions = [rng.choice([-1.0, 1.0], (4, 3)), rng.choice([-1.0, 1.0], 4)]
        gap = directional_check(layer_loss, [W0, b0], [dW + off, db], directions)
        noticed += gap is not None and gap > 1e-12
    print(f"{name:22} noticed {noticed} times of 1000")

# %% [markdown]
# A single wrong entry cannot hide, because no direction has a zero in it. Two errors of *exactly* opposite size cancel in
# half of all directions. That is why the signs are random, and why you take three directions when it matters. With all signs $+1$
# such a pair would escape forever.
#
# A checker is code, too, and can be wrong like any other. Here is one of yours with a mistake in it:

# %%
hunt = practice("central_difference", "complex_step", "relative_error", "directional_check")
hunt

# %%
hunt.line(...)

# %% [markdown]
# ## In your own words
#
# A friend checks a backward pass by central differences with a step of 1e-12, finds a relative error of 1e-3, and starts to look for the
# bug. What do you tell them? Two or three sentences. (To compare with a model answer afterwards, run `hint("step_too_small")` twice.)

# %% [markdown] written="step_too_small"

# %% [markdown]
# ## What you have earned
#
# - Central difference: error of order $h^2$ from the formula and $\varepsilon / h$ from rounding; step 1e-5; two forward passes per number.
# - Complex step: nothing is subtracted, any tiny step, all digits:
#
# $$
# f'(x) \approx \frac{\operatorname{Im} f(x + i h)}{h}
# $$
#
# - Relative error: the largest difference over the largest entry, after comparing the shapes.
# - A random direction of $\pm 1$ checks all weights in one forward pass.

# %%
progress()

# %% [markdown]
# Next: [1.6 Find the bug](1.6-find-the-bug.ipynb): your tools at work.
