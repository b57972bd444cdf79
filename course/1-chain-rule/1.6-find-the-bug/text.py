# %% [markdown]
# # 1.6 Find the bug
#
# When you are done, you will be able to
#
# - find the bugs in somebody else's backward pass with your own checker,
# - say which of two gradients a falling loss speaks for: neither,
# - tell a wrong gradient from a wrong *check*.
#
# **About 75 minutes**, with a place to stop after 40. You need [1.5](1.5-is-my-gradient-right.ipynb): your checkers, and
# [1.3](1.3-vectors-and-matrices.ipynb): the stages backward.

# %%
import matplotlib.pyplot as plt
import numpy as np

from autograde import check, given, guess, hint, mine, practice, progress, recall

# %% [markdown]
# Three questions first, if you like: answer in place of the dots, or go on.

# %%
recall("1.6", ..., ..., ...)

# %% [markdown]
# ## A question to start with
#
# A check has failed. Somewhere in forty lines stands a bug, or two, or three. Where do you begin to look? And what if the gradient is
# right, and the check wrong?
#
# The tools are yours, from 1.5:

# %%
complex_step, relative_error, directional_check = mine("complex_step", "relative_error", "directional_check")
central_difference = mine("central_difference")

# %% [markdown]
# ## Three bugs
#
# Here is somebody else's code. This network has a hidden layer $h_1$, then uses **one** matrix $U$ twice, as a recurrent network does, and ends with
# a sigmoid:
#
# ![From x through W to h1, through U to h2, through the same U to h3, through V to y and the loss L. U is drawn once, with a fork into both of its uses.](figures/shared-weight.svg)
#
# $$
# h_1 = \tanh(W x), \quad h_2 = \tanh(U h_1), \quad h_3 = \tanh(U h_2), \quad y = \sigma(V h_3), \quad
# L = \tfrac{1}{2} \sum_k (y_k - \text{target}_k)^2
# $$

# %%
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


rng = np.random.default_rng(5)
W, U, V = (rng.normal(0, 0.7, shape) for shape in ((4, 3), (4, 4), (2, 4)))
net_x, target = rng.normal(size=3), np.array([0.9, 0.2])


def forward(W, U, V):
    h1 = np.tanh(W @ net_x)
    h2 = np.tanh(U @ h1)
    h3 = np.tanh(U @ h2)
    return h1, h2, h3, sigmoid(V @ h3)


def loss(W, U, V):
    return ((forward(W, U, V)[-1] - target) ** 2).sum() / 2

# %% [markdown]
# And this is the backward pass that somebody careless wrote, in three pieces. It runs, and every shape fits. Read it once. Do not
# repair anything yet.

# %%
def careless_output(y, target):
    """dz, the gradient in front of the sigmoid: y = sigmoid(z)."""
    dy = y - target
    return dy * sigmoid(y) * (1 - sigmoid(y))


def careless_through(U, h, dh):
    """The gradient of what went into h = tanh(U @ what went in)."""
    dz = dh * (1 - h**2)
    return U @ dz


def careless_shared(h1, h2, h3, dh2, dh3):
    """dU, for h2 = tanh(U @ h1) and h3 = tanh(U @ h2)."""
    dU = np.outer(dh3 * (1 - h3**2), h2)
    dU = np.outer(dh2 * (1 - h2**2), h1)
    return dU


def backward(W, U, V, output=careless_output, through=careless_through, shared=careless_shared):
    """dW, dU and dV, put together from three pieces; nothing while a piece is not written."""
    h1, h2, h3, y = forward(W, U, V)
    dz = output(y, target)
    if dz is None:
        return None
    dh3 = V.T @ dz
    dh2 = through(U, h3, dh3)
    if dh2 is None:
        return None
    dh1 = through(U, h2, dh2)
    dU = shared(h1, h2, h3, dh2, dh3)
    if dU is None:
        return None
    return np.outer(dh1 * (1 - h1**2), net_x), dU, np.outer(dz, h3)

# %% [markdown]
# Ask your checkers: all at once first, then each array.

# %%
def report(**pieces):
    """What your checkers say about a backward pass with these pieces mended."""
    gradients = backward(W, U, V, **pieces)
    if gradients is None:
        print("first the exercise above")
        return
    dW, dU, dV = gradients
    signs = np.random.default_rng(1)
    directions = [signs.choice([-1.0, 1.0], a.shape) for a in (W, U, V)]
    errors = {
        "all at once": directional_check(loss, [W, U, V], gradients, directions),
        "dV": relative_error(dV, complex_step(lambda V: loss(W, U, V), V)),
        "dU": relative_error(dU, complex_step(lambda U: loss(W, U, V), U)),
        "dW": relative_error(dW, complex_step(lambda W: loss(W, U, V), W)),
    }
    for name, off in errors.items():
        print(f"{name:12} {'right' if off < 1e-10 else f'off by {off:.2g}'}")


report()

# %% [markdown]
# Nothing is right. Where to begin? **At the loss.** A backward pass hands numbers from stage to stage; behind the first wrong stage
# everything is wrong, whatever its code. $\mathrm{d}V$ comes first: between it and the loss there is only `careless_output`.
# (The number for "all at once" says whether something is wrong. It does not say how wrong: it depends on the direction.)

# %% [markdown]
# ### Exercise: `mended_output`
# Find the bug in `careless_output`, and write it mended. (Copy its lines; one of them changes.)

# %% answer="mended_output"
def mended_output(y, target):
    """dz, the gradient in front of the sigmoid: y = sigmoid(z), L = 1/2 sum of (y - target)^2.

    y, target : arrays (K,)
    returns : array (K,)
    """
    ### BEGIN SOLUTION
    dy = y - target
    return dy * y * (1 - y)
    ### END SOLUTION

# %% check="mended_output"
check(mended_output)

# %%
report(output=mended_output)

# %% [markdown]
# One is found, and $\mathrm{d}V$ is right. $\mathrm{d}W$ is still wrong; on the way to it, the gradient passes twice through
# `careless_through`. $U$ has as many rows as columns, so every shape fits, whatever you do. Only the numbers can tell.
#
# ### Exercise: `mended_through`
# Find the bug in `careless_through`, and write it mended.

# %% answer="mended_through"
def mended_through(U, h, dh):
    """The gradient of what went into h = tanh(U @ what went in).

    U : array (H, H)
    h, dh : arrays (H,)
    returns : array (H,)
    """
    ### BEGIN SOLUTION
    dz = dh * (1 - h**2)
    return U.T @ dz
    ### END SOLUTION

# %% check="mended_through"
check(mended_through)

# %%
report(output=mended_output, through=mended_through)

# %% [markdown]
# Now the gradient arrives at both ends of the network as it should, and $\mathrm{d}U$ alone is wrong. So its own piece must be.
#
# ### Exercise: `mended_shared`
# Find the bug in `careless_shared`, and write it mended.

# %% answer="mended_shared"
def mended_shared(h1, h2, h3, dh2, dh3):
    """dU, for h2 = tanh(U @ h1) and h3 = tanh(U @ h2).

    h1, h2, h3, dh2, dh3 : arrays (H,)
    returns : array (H, H)
    """
    ### BEGIN SOLUTION
    dU = np.outer(dh3 * (1 - h3**2), h2)
    dU += np.outer(dh2 * (1 - h2**2), h1)
    return dU
    ### END SOLUTION

# %% check="mended_shared"
check(mended_shared)

# %%
report(output=mended_output, through=mended_through, shared=mended_shared)

# %% [markdown]
# All three are bugs that people make in LSTMs. You will meet them again, and you have the tool now.
#
# One thing is left. Train with both gradients, from the same start.

# %% guess="which_gradient_wins"

# %%
def train(steps=200, rate=0.3, **pieces):
    """The loss before each step of gradient descent."""
    weights, losses = [W, U, V], []
    for _ in range(steps):
        losses.append(loss(*weights))
        gradients = backward(*weights, **pieces)
        if gradients is None:
            break
        weights = [a - rate * g for a, g in zip(weights, gradients)]
    return losses


careless_losses = train()
mended_losses = train(output=mended_output, through=mended_through, shared=mended_shared)

plt.figure(figsize=(7, 3.6))
plt.semilogy(careless_losses, color="#d1495b", ls="--", label="three bugs")
plt.semilogy(mended_losses, color="#2e8b57", label="the true gradient")
plt.xlabel("step")
plt.ylabel("loss")
plt.legend()
plt.grid(alpha=0.3)
plt.show()

# %% [markdown]
# The wrong one wins. Near 0 and 1 the slope of a sigmoid is small; the careless slope never falls below 0.19, and so acts like a larger
# learning rate. That is luck, and of the kind that misleads: from 100 random starts of this network, the three bugs ended lower in 59 at
# this rate, in 79 at a rate of 1 and in 20 at a rate of 0.1. A loss that goes down says little about the gradient. A check says it.
#
# This is a good place to stop. What follows is for the day when your gradient is right and the check says that it is not.

# %% [markdown]
# ## Debugging the check
#
# A check compares two numbers, and either can be at fault. In real training code the backward pass is often right and the *check* wrong. The
# definition of the derivative speaks of **one function** at two points near each other. So ask first: was it the same function both times?
#
# - **State carried on.** A recurrent network keeps its hidden state for the next piece of text. The second run starts where the first one ended.
# - **Dropout left on.** It switches off units at random, others at each call.
# - **A parameter not put back.** The entry that was moved stays moved while the next ones are looked at.
#
# Then ask whether the two numbers mean the same thing, and whether there is a derivative at all:
#
# - **Averaged.** The loss is a mean over the batch, the backward pass gives the sum, or the other way round.
# - **Clipped.** Training code shortens a long gradient to a fixed length before anybody sees it. You compare with the shortened one.
# - **Float32.** There $\varepsilon$ is about $10^{-7}$. Divided by a step of 1e-5, nothing is left of the answer but two digits.
# - **A kink.** `abs`, `max` and ReLU have corners, and there the slopes from the left and from the right differ. A central difference gives
#   something between them.
#
# The first experiment costs nothing: **call the loss twice at the same place.** If the two values differ, it is no function, and there is no
# gradient to look at yet.

# %% [markdown]
# ### Exercise: `check_suspects`
# Seven friends have a right backward pass, and a check that says otherwise. Each has made another one of the seven mistakes. The cell prints for
# each: what the backward pass gave, what the check found (central differences, step 1e-5), what it finds with a tenth of that step,
# and the loss, four times at the same place. Which is whose? Use these names:
# `"state"`, `"dropout"`, `"not put back"`, `"averaged"`, `"clipped"`, `"float32"`, `"kink"`.

# %% answer="check_suspects"
for friend, lines in given("check_suspects").items():
    print(friend)
    for line, numbers in lines.items():
        print(f"   {line:15}", *(f"{number:12.4f}" for number in numbers))
check_suspects = {"A": ..., "B": ..., "C": ..., "D": ..., "E": ..., "F": ..., "G": ...}
### BEGIN SOLUTION
check_suspects = {"A": "averaged", "B": "state", "C": "kink", "D": "float32"}
check_suspects |= {"E": "not put back", "F": "clipped", "G": "dropout"}
### END SOLUTION

# %% check="check_suspects"
check(check_suspects=check_suspects)

# %% [markdown]
# Now a loss as you meet it in training code, and a check that holds. `loss(W, h, rng)` reads a piece of text from the hidden state `h`. It
# **leaves the new state in `h`**, ready for the next piece, and it draws the units to drop from `rng`:

# %%
def loss_in_training(W, h, rng):
    """Three steps of a small recurrent network with dropout; writes the new state into h."""
    total = 0.0
    for _ in range(3):
        h[:] = np.tanh(W @ h + 0.5)
        kept = rng.random(len(h)) < 0.5
        total += ((2 * kept * h - 0.2) ** 2).sum() / 2
    return total


memory, dice = np.zeros(4), np.random.default_rng(0)
square = np.random.default_rng(3).normal(size=(4, 4))
print("the same W, four times:", *(f"{loss_in_training(square, memory, dice):.4f}" for _ in range(4)))

# %% [markdown]
# ### Exercise: `steady_difference`
# Central differences for such a loss. See to it that every call meets the same function: hand it a copy of `h` as it was at the start, and a new
# generator, `np.random.default_rng(seed)`. `W` comes in float32; work in float64. Leave `W` and `h` as they were. (No complex step
# here: what writes into an array of floats drops the imaginary part.)

# %% answer="steady_difference"
def steady_difference(loss, W, h, seed, step):
    """The derivative of loss with respect to every entry of W, by central differences.

    loss : function; loss(W, h, rng) is a number; it writes into h and draws from rng
    W : array (H, H), float32
    h : array (H,), the state from which every call starts
    seed : a whole number, for the generator that every call gets
    step : a number
    returns : array (H, H), float64
    """
    ### BEGIN SOLUTION
    def same_each_time(moved):
        return loss(moved, h.copy(), np.random.default_rng(seed))

    return central_difference(same_each_time, W.astype(float), step)
    ### END SOLUTION

# %% check="steady_difference"
check(steady_difference)

# %% [markdown]
# It is your `central_difference` with three lines around it. That is the general cure: do not repair the checker, make the loss a function again.
#
# ## The checklist
#
# When a check fails, go through this list before you touch the backward pass. When it passes, too.
#
# | ask | if not, you see | then |
# |---|---|---|
# | Is the loss the same twice at one place? | wrong everywhere, ten times worse with a tenth of the step | copy the state, set the seed, switch dropout off |
# | Are all parameters back in their place? | the first entry right, then running sums | work on a copy |
# | Sum against sum, or mean against mean? | the same whole factor everywhere | divide both, or none |
# | Before clipping? | the same odd factor everywhere; the length is the limit | compare the gradient as it leaves the backward pass |
# | Float64, all the way? | two digits right; a *larger* step helps | `.astype(float)`, data too |
# | No corner nearby? | one entry wrong, the others right | another random point, or a smaller step |
# | Nothing zero? | a right that proves little | random inputs, and random initial states |
# | All sizes different? | a wrong transpose that fits | where a matrix must be square, only numbers help |
#
# And one thing no check can say: it holds backward against forward. If forward is wrong, both may be, in perfect agreement.
#
# Now you: a stage of 1.3, or a checker, with one wrong line. Ask first what the check says.

# %%
hunt = practice("mended_shared", "mended_through", "mended_output", "steady_difference")
hunt

# %%
hunt.line(...)

# %% [markdown]
# ## In your own words
#
# A friend writes: "My check says that dW is off by 30 percent. I have read my backward pass ten times and cannot find the bug." What do
# you tell them to do, in which order? Three or four sentences. (To compare with a model answer afterwards, run
# `hint("a_check_that_fails")` twice.)

# %% [markdown] written="a_check_that_fails"

# %% [markdown]
# ## What you have earned
#
# - To locate a bug, start at the loss: the first wrong stage, seen from there, is the one.
# - A weight that is used twice is a fork: its shares add.
# - A loss that goes down says little about the gradient.
# - The checklist: the same function at every call, nothing zero, float64, no corner, sum against sum, everything back in its place.

# %%
progress()

# %% [markdown]
# Next: [2.1 A loop, unrolled](../2-rnn/2.1-a-loop-unrolled.ipynb), where one matrix is used not twice but at every step.
