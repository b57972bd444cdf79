# %% [markdown]
# # 1.1 Functional stages
#
# When you are done, you will be able to
#
# - cut a computation into a line of small stages, and run it forward,
# - run it backward, and so find how the result depends on every value on the way,
# - let a weight learn from that.
#
# **About 80 minutes.** You need Python functions and lists, and to have met a derivative once.
# [0.1](../0-start/0.1-start-here.ipynb) shows how the checks work.

# %%
import matplotlib.pyplot as plt
import numpy as np
import sympy as sp

from autograde import check, guess, hint, play, progress

# %% [markdown]
# ## A question to start with
#
# Take $\sin(2x + 2)$ and put it into itself, ten times over. Its derivative, written out, takes more than six hundred
# characters, and an LSTM is a far longer computation than that. Yet a program of a few lines finds the exact value of such a derivative,
# and never writes the formula. What does it do?
#
# It looks at the computation as a line of **functional stages**: small operations, each of which takes what the one
# before put out. (The name is from Kang and Seo, *Understanding Backpropagation as Applied to LSTM*.)
#
# ![sin(2x + 2) as two stages in a line. Solid arrows forward: x goes into g = 2x + 2, and g goes into f = sin g. Each stage remembers its input. Dashed arrows backward: df = 1 comes in on the right, is multiplied by cos g, then by 2, and comes out on the left as dx.](figures/stages.svg)
#
# Read the solid arrows first, from left to right. We come back for the dashed ones.
#
# ## Forward
#
# Each stage does one thing, and each has a derivative that you know from school. So we write a stage as a pair: what it
# does, and its **slope**, the derivative as a function of what goes in. (For $2x + 2$ the slope is 2 whatever goes in.)
# A line is a list of stages.

# %%
double_and_add = (lambda x: 2 * x + 2, lambda x: 2.0)
sine = (np.sin, np.cos)

sine_line = [double_and_add, sine]

# %% [markdown]
# ### Exercise: `forward_line`
# Run a line of stages and remember every value on the way. For $n$ stages that makes $n + 1$ numbers: `x`, what comes
# out of the first stage, and so on to the result. For `sine_line` and $x = 0.5$ they are $0.5$, then $g = 3$, then
# $\sin 3$.

# %% answer="forward_line"
def forward_line(stages, x):
    """All values along a line of stages.

    stages : list of n pairs (function, slope); the first one takes x
    x : a number
    returns : array (n + 1,), from x to the result
    """
    ### BEGIN SOLUTION
    values = [x]
    for function, _ in stages:
        values.append(function(values[-1]))
    return np.array(values)
    ### END SOLUTION

# %% check="forward_line"
check(forward_line)

# %%
forward_line(sine_line, 0.5)

# %% [markdown]
# ## The slope of a line
#
# Now nudge $x$ by one thousandth, and watch the nudge travel.

# %% guess="nudge_sign"

# %%
start, nudge = 0.5, 0.001
g, g_moved = 2 * start + 2, 2 * (start + nudge) + 2
f, f_moved = np.sin(g), np.sin(g_moved)

print(f"g moves {(g_moved - g) / nudge:7.4f} times as far as x")
print(f"f moves {(f_moved - f) / (g_moved - g):7.4f} times as far as g")
print(f"f moves {(f_moved - f) / nudge:7.4f} times as far as x")

# %% [markdown]
# The third number is the product of the first two. The first stage makes the nudge 2 times as large. The second makes
# that $\cos g$ times as large, since $\cos$ is the slope of $\sin$: here $\cos 3 \approx -0.99$, and the minus says
# that $f$ moves the other way. For any two stages in a line:
#
# $$
# \frac{\mathrm{d}}{\mathrm{d}x}\, f(g(x)) = f'(g(x))\; g'(x)
# $$
#
# A dash is the slope. Look at where each is taken: $g'$ at $x$, but $f'$ at $g(x)$, because that is what went into
# *its* stage. The slope of one stage at its own input is called its **local derivative**.
#
# ![A nudge on its way through sin(2x + 2), at x = 0.5: 1 long at x, 2 long after the stage 2x + 2, 1.98 long and the other way round after the sine.](figures/nudge.svg)
#
# <details><summary>Watch it move</summary>
#
# ![A nudge on its way through sin(2x + 2), at x = 0.5. A mark of length 1 appears at x. After the stage 2x + 2 it is 2 long. After the sine it is 1.98 long and points the other way.](figures/nudge-moving.svg)
#
# </details>
#
# The chain rule has two halves, and this is the first: *along a line, multiply*. The second is for a value that goes
# into two stages. There one adds, over all routes to the end, and all of [1.2](1.2-forks-and-routes.ipynb) is about
# it. Every gradient in this course is made of these two.

# %% [markdown]
# ### Exercise: `dfdx`
# Write the derivative of $\sin(2x + 2)$ as a SymPy expression in $x$: the slope of each stage at its own input,
# multiplied. Any equal form is right. (`sp.diff` knows the answer. Ask it afterwards.)

# %% answer="dfdx"
x = sp.Symbol("x")
dfdx = ...
### BEGIN SOLUTION
dfdx = sp.cos(2 * x + 2) * 2
### END SOLUTION

# %% check="dfdx"
check(dfdx=dfdx)

# %% [markdown]
# SymPy knows nothing of our stages, and agrees: the difference is zero.

# %%
sp.simplify(dfdx - sp.diff(sp.sin(2 * x + 2), x)) if progress.passed("dfdx") else "first the exercise above"

# %% [markdown]
# Play with it. The straight line has the slope of the curve at $x$: the number that your `dfdx` gives there.

# %%
def nudged(axes, x):
    if not progress.passed("dfdx"):
        return "first the exercise above"
    slope, at = float(dfdx.subs("x", x)), np.sin(2 * x + 2)
    grid = np.linspace(-2, 2, 300)
    axes.plot(grid, np.sin(2 * grid + 2), color="#22303c")
    axes.plot(x + np.array([-0.6, 0.6]), at + slope * np.array([-0.6, 0.6]), color="#d1495b")
    axes.plot(x, at, "o", color="#7a5195")
    axes.set(xlabel="x", ylabel="sin(2x + 2)", ylim=(-1.6, 1.6), title=f"slope {slope:.2f}")


play(nudged, x=(-2.0, 2.0, 0.4))

# %% [markdown]
# ## Neighbours cancel
#
# Put one more stage at the end: $x$ goes into $g$, $g$ into $f$, and $f$ into $e$. There is one more factor, and
# nothing else is new:
#
# $$
# \frac{\mathrm{d}e}{\mathrm{d}x} = \frac{\mathrm{d}e}{\mathrm{d}f} \cdot \frac{\mathrm{d}f}{\mathrm{d}g} \cdot \frac{\mathrm{d}g}{\mathrm{d}x}
# $$
#
# ![Four values in a line: x, g, f, e. In the product de/df times df/dg times dg/dx, df stands once below and once above a bar and cancels, and so does dg. What is left is de/dx.](figures/cancel.svg)
#
# In each factor the stage's output is on top and its input below. One stage's output is the next one's input, so the
# neighbours cancel. That gives you a test by eye: **if they do not cancel, a stage is missing.**
#
# Are derivatives fractions, then? The nudges are. Here are three real ones, for $g = x^2$, $f = \sin g$, $e = \exp
# f$; a derivative is what such a fraction comes to as the nudge shrinks.

# %%
x0, x1 = 0.5, 0.501
g0, g1 = x0**2, x1**2
f0, f1 = np.sin(g0), np.sin(g1)
e0, e1 = np.exp(f0), np.exp(f1)

factors = [(e1 - e0) / (f1 - f0), (f1 - f0) / (g1 - g0), (g1 - g0) / (x1 - x0)]
print("three fractions", " * ".join(f"{factor:.6f}" for factor in factors))
print(f"their product   {np.prod(factors):.6f}")
print(f"e against x     {(e1 - e0) / (x1 - x0):.6f}")

# %% [markdown]
# ### Exercise: `dedx`
# For this same line, $e = \exp(\sin(x^2))$, write $\mathrm{d}e/\mathrm{d}x$ as a SymPy expression in $x$. Three
# stages, three slopes, each taken at what goes into its stage.

# %% answer="dedx"
x = sp.Symbol("x")
dedx = ...
### BEGIN SOLUTION
g = x**2
f = sp.sin(g)
dedx = sp.exp(f) * sp.cos(g) * 2 * x
### END SOLUTION

# %% check="dedx"
check(dedx=dedx)

# %%
sp.simplify(dedx - sp.diff(sp.exp(sp.sin(x**2)), x)) if progress.passed("dedx") else "first the exercise above"

# %% [markdown]
# ## Backward
#
# You have written what goes into each stage out in full, all the way back to $x$. A program need not: it has run
# forward, and it **remembers** what went into each stage. A local derivative is then just a number.
#
# Number the values along the line: $v_0$ is $x$, stage $k$ turns $v_k$ into $v_{k+1}$, and $v_n$ is the result.

# %% [markdown]
# ### Exercise: `local_slopes`
# Return the local derivative of each stage: $n$ numbers, the first stage first. `values` are the $n + 1$ numbers of
# your `forward_line`.

# %% answer="local_slopes"
def local_slopes(stages, values):
    """The slope of each stage at the stage's own input.

    stages : list of n pairs (function, slope)
    values : array (n + 1,), from x to the result
    returns : array (n,)
    """
    ### BEGIN SOLUTION
    local = []
    for k, (_, slope) in enumerate(stages):
        local.append(slope(values[k]))
    return np.array(local)
    ### END SOLUTION

# %% check="local_slopes"
check(local_slopes)

# %% [markdown]
# Now the dashed arrows. Write $\mathrm{d}v_k$ for the **total** derivative: how far the *result* moves when $v_k$
# moves. At the end it is 1, for the result moves as far as itself. Then walk back, and let each stage multiply by its
# local derivative:
#
# $$
# \mathrm{d}v_n = 1, \qquad \mathrm{d}v_k = f_k'(v_k)\; \mathrm{d}v_{k+1}
# $$
#
# Here $f_k'$ is the slope of stage $k$. In the first picture, with $x = 0.5$: $\mathrm{d}f = 1$, then
# $\mathrm{d}g = \cos 3 \cdot 1 \approx -0.990$, then $\mathrm{d}x = 2 \cdot (-0.990) = -1.980$.
#
# One could also multiply from the front, and $\mathrm{d}x$ would be the same. But going back, *every* product on the
# way is an answer: it tells how the result depends on that value. A network has weights all along the line, and one
# run backward serves them all.

# %% [markdown]
# ### Exercise: `backward_line`
# Run the line forward, then backward. Return all $n + 1$ total derivatives, in the order of the line:
# $\mathrm{d}v_0$ (which is $\mathrm{d}x$) first, and the 1 of the result last. You may call your two functions.

# %% answer="backward_line"
def backward_line(stages, x):
    """The derivative of a line's result with respect to every value along the line.

    stages : list of n pairs (function, slope); the first one takes x
    x : a number
    returns : array (n + 1,), from dx to the 1 of the result
    """
    ### BEGIN SOLUTION
    values = forward_line(stages, x)
    local = local_slopes(stages, values)
    d = np.ones(len(stages) + 1)
    for k in reversed(range(len(stages))):
        d[k] = local[k] * d[k + 1]
    return d
    ### END SOLUTION

# %% check="backward_line"
check(backward_line)

# %% [markdown]
# The question from the start: $\sin(2x + 2)$ put into itself, ten times over. SymPy writes the derivative out, and
# then puts $x = 0.5$ in. You run forward through 20 stages, take a slope at each (ten of them are cosines), and walk back with
# one product each: about 60 operations. Longer lines make the gap wider: SymPy's formula repeats what it has computed already, and your
# run does not.

# %%
x = sp.Symbol("x")
nested = x
for _ in range(10):
    nested = sp.sin(2 * nested + 2)
formula = sp.diff(nested, x)
print(f"SymPy's formula: {float(formula.subs(x, 0.5)):.10f}, by way of {sp.count_ops(formula)} operations")

d = backward_line(sine_line * 10, 0.5)
if d is not None:
    print(f"your way back:   {d[0]:.10f}, by way of {3 * (len(d) - 1)}: a stage, a slope and a product each time")

# %% [markdown]
# ## Cut one yourself
#
# The **sigmoid** squeezes any number to between 0 and 1. You will meet it in every gate of an LSTM:
#
# $$
# s = \frac{1}{1 + e^{-x}}
# $$
#
# It is four stages: change the sign of $x$, take exp, add 1, and take one over what you have.

# %% [markdown]
# ### Exercise: `sigmoid_by_stages`
# Write the sigmoid as a list of four stages, each a pair as above. Return what your `forward_line` makes of it, and
# what your `backward_line` does: twice five numbers.

# %% answer="sigmoid_by_stages"
def sigmoid_by_stages(x):
    """The values along the four stages of the sigmoid, and the sigmoid's derivative with respect to each.

    x : a number
    returns : values, d, arrays (5,)
    """
    ### BEGIN SOLUTION
    negate = (lambda x: -x, lambda x: -1.0)
    exp = (np.exp, np.exp)
    add_one = (lambda x: x + 1, lambda x: 1.0)
    one_over = (lambda x: 1 / x, lambda x: -1 / x**2)
    line = [negate, exp, add_one, one_over]
    return forward_line(line, x), backward_line(line, x)
    ### END SOLUTION

# %% check="sigmoid_by_stages"
check(sigmoid_by_stages)

# %% [markdown]
# Look at the slope of the sigmoid beside $s(1 - s)$. That they agree is no accident, and
# [1.3](1.3-vectors-and-matrices.ipynb) makes good use of it.

# %%
if sigmoid_by_stages(0.5) is not None:
    values, d = sigmoid_by_stages(0.5)
    s = values[-1]
    print(f"slope {d[0]:.6f}, and s(1 - s) is {s * (1 - s):.6f}")

# %% [markdown]
# ## A weight that learns
#
# Nothing says that a line must start at $x$. Let it start at a **weight**: a number $w$ that we may choose, while the
# input $x$ is what it is. Here is the smallest network there is:
#
# ![A line of three stages that starts at the weight w: z = w x, with x coming in from below, then p = tanh z, then L = half the square of p minus t, with the target t coming in from below. Dashed arrows lead back from dL = 1 through dp and dz to dw.](figures/weight-line.svg)
#
# $$
# z = w x, \qquad p = \tanh z, \qquad L = \tfrac{1}{2}\,(p - t)^2
# $$
#
# **tanh** (say "tanch", or "hyperbolic tangent") squeezes any number to between -1 and 1, as the sigmoid does to between 0 and 1. It is
# steep in the middle and flat on both sides. Here it is, with its slope below it:

# %%
z_axis = np.linspace(-4, 4, 300)

plt.figure(figsize=(7, 2.6))
plt.plot(z_axis, np.tanh(z_axis), color="#22303c", label="tanh z")
plt.plot(z_axis, 1 - np.tanh(z_axis) ** 2, color="#d1495b", label="its slope")
plt.xlabel("z")
plt.legend()
plt.grid(alpha=0.3)
plt.show()

# %% [markdown]
# $p$ is the prediction, $t$ is the target that it should hit, and $L$ is the **loss**: it says how far off we are. The
# half is there to keep its slope plain, and the slope of tanh needs only the tanh itself. These are local derivatives, each of
# one stage, so they are written with a curly d:
#
# $$
# \frac{\partial L}{\partial p} = p - t, \qquad \frac{\partial p}{\partial z} = 1 - \tanh^2 z
# $$
#
# And `dp` in a program is, from now on and all through the course, the **total** derivative of the loss with respect to `p`: what all
# the stages after `p` have multiplied together.

# %% [markdown]
# ### Exercise: `loss_and_dw`
# By hand, with no list of stages: forward to `z`, `p` and the loss, then back to `dp`, `dz` and `dw`. Return the
# loss and `dw`. Each takes one line.

# %% answer="loss_and_dw"
def loss_and_dw(w, x, target):
    """Half the squared error of tanh(w x), and its derivative with respect to w.

    w, x, target : numbers
    returns : loss, dw
    """
    ### BEGIN SOLUTION
    z = w * x
    p = np.tanh(z)
    loss = 0.5 * (p - target) ** 2
    dp = p - target
    dz = (1 - p**2) * dp
    dw = x * dz
    return loss, dw
    ### END SOLUTION

# %% check="loss_and_dw"
check(loss_and_dw)

# %% [markdown]
# `dw` says which way the loss rises, and how steeply. We want it to fall, so we go a little way *against* it:
#
# $$
# w_{\text{new}} = w - \alpha\, \mathrm{d}w
# $$
#
# That is the **update formula**, and $\alpha$ (alpha) is the **rate**, a small positive number. Every network in this
# course learns by this line or a refinement of it. The work is in getting `dw` right.

# %% [markdown]
# ### Exercise: `learn_weight`
# Take `steps` steps with the update formula, each from where the last one ended and with the gradient *there*. Return
# all weights on the way, `w` first: `steps + 1` numbers. Call your `loss_and_dw`.

# %% answer="learn_weight"
def learn_weight(w, x, target, rate, steps):
    """The way of a weight that learns.

    w, x, target, rate : numbers
    steps : how many updates
    returns : array (steps + 1,), the weights from the first to the last
    """
    ### BEGIN SOLUTION
    path = [w]
    for _ in range(steps):
        _, dw = loss_and_dw(path[-1], x, target)
        path.append(path[-1] - rate * dw)
    return np.array(path)
    ### END SOLUTION

# %% check="learn_weight"
check(learn_weight)

# %% [markdown]
# The curve is the loss for every weight that there could be. Your weight starts on the left, sees only the slope
# under its feet, and walks down.

# %%
rate, one_input, target = 0.5, 1.5, 0.6
w_axis = np.linspace(-1.5, 5.0, 300)
path = learn_weight(-0.8, one_input, target, rate, 20)

plt.figure(figsize=(7, 3.6))
plt.plot(w_axis, 0.5 * (np.tanh(w_axis * one_input) - target) ** 2, color="#22303c")
if path is not None:
    path = np.array(path)
    plt.plot(path, 0.5 * (np.tanh(path * one_input) - target) ** 2, "o--", color="#d1495b")
    print(f"after 20 steps w is {path[-1]:.4f}, and the prediction {np.tanh(path[-1] * one_input):.4f}")
plt.xlabel("weight w")
plt.ylabel("loss L")
plt.grid(alpha=0.3)
plt.show()

# %% [markdown]
# Set `rate = 0.05` and run the cell again: twenty steps do not get there.

# %% guess="too_fast"

# %% [markdown]
# Then `rate = 8`: the first step leaps over
# the valley onto the plain on its right, where tanh is flat and `dw` is nearly zero, and there the weight stays.
# Slopes that are nearly zero come back in [2.3](../2-rnn/2.3-vanishing-and-exploding.ipynb): they are why plain
# recurrent networks forget.

# %% [markdown]
# ## In your own words
#
# Why must the forward run remember what went into each stage? Why would the result of the line not be enough? And
# name a stage that could forget its input. (To compare with a model answer afterwards, run `hint("why_remember")`
# twice.)

# %% [markdown] written="why_remember"

# %% [markdown]
# ## What you have earned
#
# - Any computation is made of stages. Along a line of them, local derivatives multiply, each taken at its own stage's
#   input.
# - Run forward and remember; run backward and multiply. One run gives the derivative for every value on the way:
#
# $$
# \mathrm{d}v_n = 1, \qquad \mathrm{d}v_k = f_k'(v_k)\; \mathrm{d}v_{k+1}
# $$
#
# - If neighbours do not cancel, a stage is missing.
# - A weight learns by small steps against its gradient:
#
# $$
# w_{\text{new}} = w - \alpha\, \mathrm{d}w
# $$

# %%
progress()

# %% [markdown]
# Next: [1.2 Forks and routes](1.2-forks-and-routes.ipynb), where one value goes two ways, and the second half of the
# chain rule waits.
