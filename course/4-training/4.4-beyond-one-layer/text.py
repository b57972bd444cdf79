# %% [markdown]
# # 4.4 Beyond one layer
#
# When you are done, you will be able to
#
# - send a gradient through stacked layers, dropout, an embedding and a layer that reads from the right,
# - batch sequences of unequal lengths, and say which values and which gradients their padding has,
# - hold all of it against PyTorch, and find the sum over routes again in attention.
#
# **About 90 minutes**, with a good place to stop after 40. You need your fast LSTM of [4.1](4.1-from-textbook-to-fast.ipynb), the training of
# [4.2](4.2-train-it.ipynb) and the layout of [4.3](4.3-on-your-own.ipynb).

# %%
import os

for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"  # matrices this small are slower on two threads than on one

import matplotlib.pyplot as plt
import numpy as np
import sympy as sp

from autograde import check, guess, hint, mine, practice, progress, recall

# %% [markdown]
# Three questions first, on what this notebook builds on. Put your answers in place of the dots, or go on.

# %%
recall("4.4", ..., ..., ...)

# %% [markdown]
# ## A question to start with
#
# The LSTM that people use is seldom the one that you have written. They say
#
# ```python
# torch.nn.LSTM(D, H, num_layers=2, dropout=0.3, bidirectional=True)
# ```
#
# put an embedding before it, and feed it a batch of sentences that are not equally long. How much of the backward pass of all this is
# new to you? Make a bet. Here are your own functions, as they passed their checks:

# %%
fast_forward, fast_backward = mine("fast_forward", "fast_backward")
central_difference, relative_error = mine("central_difference", "relative_error")


def need(answer):
    """What one of your functions returned, once it is written."""
    if answer is None or answer is ...:
        raise NotImplementedError("first the exercise above")
    return answer


def draw(seed, *shapes):
    """Random arrays of these shapes, nothing zero."""
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) / np.sqrt(shape[-1]) for shape in shapes]


# %% [markdown]
# ## A layer on top
#
# The outputs of an LSTM are a sequence. So another LSTM can read them:
#
# ![Two rows of three LSTM blocks, the lower layer and the upper layer. Solid arrows go from x up into the lower layer, from its h up into the upper layer, and from there up to the losses; along each row the states go from left to right. Dashed red arrows come back: from each loss into the upper layer, from the upper layer, as its dx, into the lower layer, where they take the place of a loss's own gradient, and along each row from right to left.](figures/two-layers.svg)
#
# <details><summary>Watch it move</summary>
#
# ![Two rows of three LSTM blocks, the lower layer and the upper layer, with the same arrows. First the lower layer lights up from left to right, then the upper one. Then the gradients come back: through all of the upper layer from right to left, down between the layers, and through all of the lower layer from right to left.](figures/two-layers-moving.svg)
#
# </details>
#
# Each layer has weights and states of its own. Between the two there is one equation, and one on the way back:
#
# $$
# x^{\text{upper}}_t = h^{\text{lower}}_t, \qquad
# \frac{\partial L}{\partial h^{\text{lower}}_t} = \mathrm{d}x^{\text{upper}}_t
# $$
#
# Read the right one slowly. The lower layer has no loss. But what the upper layer sends down *is* what a loss would be: the gradient at the
# output of one step, without what comes from later steps of its own layer. That is what `dh_loss` means.

# %% [markdown]
# ### Exercise: `deep_stack_backward`
# The whole backward pass of two layers, with your `fast_backward`. The loss sees the upper layer's outputs only, and no last cell state.
# (`fast_backward` asks for what a layer *read*. In its memory `c` and `h` have $T + 1$ rows, the initial states first.)


# %% answer="deep_stack_backward"
def deep_stack_backward(W_lower, W_upper, x, memory_lower, memory_upper, dh_loss):
    """The backward pass of two LSTM layers, one on top of the other.

    W_lower (4, H, H + D), W_upper (4, H, H + H) : the weights
    x (T, B, D) : what the lower layer read
    memory_lower, memory_upper : gates, c, h of each, as fast_forward returned them
    dh_loss (T, B, H) : the loss's own gradient at the upper layer's outputs
    returns : dW_lower, db_lower, dW_upper, db_upper, dx (T, B, D)
    """
    dW_lower, db_lower, dW_upper, db_upper, dx = None, None, None, None, None
    ### BEGIN SOLUTION
    _, _, h = memory_lower
    zeros = np.zeros(h[0].shape)
    dW_upper, db_upper, dh_lower, _, _ = fast_backward(W_upper, h[1:], memory_upper, dh_loss, zeros)
    dW_lower, db_lower, dx, _, _ = fast_backward(W_lower, x, memory_lower, dh_lower, zeros)
    ### END SOLUTION
    return dW_lower, db_lower, dW_upper, db_upper, dx


# %% check="deep_stack_backward"
check(deep_stack_backward)

# %% [markdown]
# A third layer would be a third call, and so on down.
#
# ## Dropout, in between
#
# A large network learns its text by heart (you saw it in 4.2). **Dropout** makes that harder: while training, each number that goes up from one layer to the next is
# dropped with probability $p$, and those that stay are multiplied by $1/(1-p)$, so that on average nothing changes:
#
# $$
# m = \begin{cases} 0 & \text{if } u < p \\ \dfrac{1}{1 - p} & \text{otherwise,} \end{cases}
# \qquad
# y = m \odot h, \qquad \mathrm{d}h = m \odot \mathrm{d}y
# $$
#
# Here $u$ is uniform between 0 and 1, a new one for each number. To the backward pass $m$ is a constant, and $\odot$ a product like any other. It must be
# the *same* $m$.

# %% [markdown]
# ### Exercise: `deep_dropout`
# Both directions at once: the outputs `y`, and `dh` from `dy`.


# %% answer="deep_dropout"
def deep_dropout(h, u, p, dy):
    """Dropout, forward and backward.

    h, u, dy (T, B, H) : what comes up, uniform random numbers, the gradient at y
    p : the share that is dropped
    returns : y (T, B, H), dh (T, B, H)
    """
    y, dh = None, None
    ### BEGIN SOLUTION
    mask = (u >= p) / (1 - p)
    y, dh = mask * h, mask * dy
    ### END SOLUTION
    return y, dh


# %% check="deep_dropout"
check(deep_dropout)

# %% [markdown]
# Now the two layers with dropout between them, and a gradient check as in 1.5. The loss is a random weighing of the upper layer's outputs.

# %%
T, B, D, H, p = 4, 3, 2, 5, 0.3
W_lower, W_upper, x, dh_loss = draw(44, (4, H, H + D), (4, H, 2 * H), (T, B, D), (T, B, H))
b, zeros = np.zeros((4, H)), np.zeros((B, H))
rng = np.random.default_rng(0)


def two_layers(x, u):
    """Both memories, with the dropout that u says."""
    lower = fast_forward(W_lower, b, x, zeros, zeros)
    read = need(deep_dropout(lower[2][1:], u, p, dh_loss)[0])
    return lower, fast_forward(W_upper, b, read, zeros, zeros), read


def dx_of(x, u):
    """The gradient at x, by your functions."""
    lower, upper, read = two_layers(x, u)
    _, _, d_read, _, _ = fast_backward(W_upper, read, upper, dh_loss, zeros)
    _, dh_lower = deep_dropout(lower[2][1:], u, p, d_read)
    return fast_backward(W_lower, x, lower, dh_lower, zeros)[2]


def loss(x):
    return (two_layers(x, rng.random((T, B, H)))[1][2][1:] * dh_loss).sum()


try:
    wanted = central_difference(loss, x, 1e-5)
    print(f"off by {relative_error(dx_of(x, rng.random((T, B, H))), wanted):.0e}")
except NotImplementedError as first:
    print(first)

# %% [markdown]
# Off, by orders of magnitude. Do not look for the bug in the backward pass yet. In [1.6](../1-chain-rule/1.6-find-the-bug.ipynb) there is a list of what
# to look at *before* you doubt a gradient.

# %% guess="deep_dropout_check"

# %%
u = rng.random((T, B, H))


def loss_with_one_mask(x):
    return (two_layers(x, u)[1][2][1:] * dh_loss).sum()


try:
    print(f"off by {relative_error(dx_of(x, u), central_difference(loss_with_one_mask, x, 1e-5)):.0e}")
except NotImplementedError as first:
    print(first)

# %% [markdown]
# So it was the check. With one mask for both runs and for the way back, the gradient is right to the last digit that a difference can see. (And
# when the network is *used*, nothing is dropped at all: $m$ is 1.)
#
# ## An embedding
#
# So far a character came in as a one-hot vector, and $W_x$ times a one-hot vector is one column of $W_x$. The rest of the product is zeros. With words instead of
# characters, $K$ is fifty thousand, and that is a lot of zeros. An **embedding** leaves the product out. It is a table $E$ with a row of $D$ numbers for each
# class, and reading is `E[codes]`.
#
# ![A table E with a row for each of five classes, and the codes of three steps, 1, 3 and 1. Solid arrows lead from row 1 to x_0 and to x_2, and from row 3 to x_1. Dashed red arrows lead back: dx_0 and dx_2 both arrive at row 1 and are added there, dx_1 arrives at row 3. The other rows get nothing.](figures/embedding-rows.svg)
#
# Backward, a row that was read at several places is a fork: at a fork we add, and a row that was never read gets zero.
#
# $$
# x_t = E_{k_t}, \qquad
# \mathrm{d}E_k = \sum_{t:\, k_t = k} \mathrm{d}x_t
# $$
#
# In NumPy there is a trap in that sum.

# %% guess="deep_lost_rows"

# %%
counts = np.zeros(4, int)
counts[[1, 1, 3]] += 1
print("counts[[1, 1, 3]] += 1          ", counts)

counts = np.zeros(4, int)
np.add.at(counts, [1, 1, 3], 1)
print("np.add.at(counts, [1, 1, 3], 1) ", counts)

# %% [markdown]
# ### Exercise: `deep_embedding_backward`
# The gradient of the table.


# %% answer="deep_embedding_backward"
def deep_embedding_backward(codes, dx, K):
    """The gradient of an embedding's table.

    codes (T, B) : which row was read, whole numbers from 0 to K - 1
    dx (T, B, D) : the gradient at what was read
    returns : dE (K, D)
    """
    ### BEGIN SOLUTION
    dE = np.zeros((K, dx.shape[2]))
    np.add.at(dE, codes, dx)
    return dE
    ### END SOLUTION


# %% check="deep_embedding_backward"
check(deep_embedding_backward)

# %% [markdown]
# ## All of it, against a library
#
# A character model with an embedding and two layers, of your own parts. The first weights come from a file, and so do the losses of a model in PyTorch that started
# from the same weights and read the same chunks. The file was made by a script of this project, so you need not have PyTorch.

# %%
adam_step, train_streams, train_loss, torch_weights = mine("adam_step", "train_streams", "train_loss", "torch_weights")


def from_torch(case):
    """The arrays of one case that PyTorch has computed."""
    with np.load("data/torch.npz") as file:
        return {key.partition("/")[2]: file[key].astype(float) for key in file if key.startswith(f"{case}/")}


with open("data/alice.txt", encoding="utf-8") as file:
    text = file.read()[:9000]
vocab = "".join(sorted(set(text)))
inputs, targets = train_streams(np.array([vocab.index(character) for character in text]), 16, 20)
inputs, targets = (np.concatenate([chunks] * 5) for chunks in (inputs, targets))  # five passes
model = from_torch("model")
losses_of_torch = model.pop("losses")
print(f"{len(vocab)} characters, {len(inputs)} chunks, {sum(w.size for w in model.values())} weights")


# %%
def model_gradients(w, codes, targets, states):
    """A chunk, forward and back: the loss in bits, all gradients, the last states."""
    x = w["E"][codes]
    lower = fast_forward(w["W_lower"], w["b_lower"], x, *states[0])
    upper = fast_forward(w["W_upper"], w["b_upper"], lower[2][1:], *states[1])
    h = upper[2][1:]
    bits, dy = train_loss(h @ w["Wy"].T + w["by"], targets)
    *layers, dx = deep_stack_backward(w["W_lower"], w["W_upper"], x, lower, upper, dy @ w["Wy"])
    need(dx)
    d = dict(zip(("W_lower", "b_lower", "W_upper", "b_upper"), layers))
    d["E"] = np.array(need(deep_embedding_backward(codes, dx, len(w["E"]))))
    d["Wy"], d["by"] = np.tensordot(dy, h, ([0, 1], [0, 1])), dy.sum(axis=(0, 1))
    return bits, d, [(memory[2][-1], memory[1][-1]) for memory in (lower, upper)]


def train(w, rate=0.01):
    """The losses of all chunks, states carried from each to the next, an update after each."""
    H, B = w["Wy"].shape[1], inputs.shape[2]
    w, states, losses = dict(w), [(np.zeros((B, H)), np.zeros((B, H)))] * 2, []
    m = v = {name: np.zeros(a.shape) for name, a in w.items()}
    for t in range(len(inputs)):
        bits, d, states = model_gradients(w, inputs[t], targets[t], states)
        steps = {name: adam_step(w[name], m[name], v[name], np.array(d[name]), t + 1, rate) for name in w}
        w, m, v = ({name: step[k] for name, step in steps.items()} for k in range(3))
        losses.append(bits)
    return np.array(losses)


try:
    yours = train(model)
except NotImplementedError as first:
    yours = None
    print(first)

# %% [markdown]
# And here is the other one: the same model, the same training, in PyTorch. It ran when the file was made. Where PyTorch is installed, it runs
# again now.


# %%
def torch_losses(torch, model, torch_weights, inputs, targets, rate=0.01):
    (K, D), H = model["E"].shape, model["Wy"].shape[1]
    codes, wanted = torch.tensor(inputs), torch.tensor(targets)
    table = torch.nn.Embedding(K, D, dtype=torch.float64)
    lstm = torch.nn.LSTM(D, H, num_layers=2, dtype=torch.float64)
    readout = torch.nn.Linear(H, K, dtype=torch.float64)
    parts = torch.nn.ModuleList([table, lstm, readout])
    lower, upper = (torch_weights(model[f"W_{layer}"], model[f"b_{layer}"]) for layer in ("lower", "upper"))
    second = np.zeros(4 * H)  # PyTorch has two biases; ours is the first, and the second is not trained here
    first = [model["E"], *lower, second, *upper, second, model["Wy"], model["by"]]
    for parameter, array in zip(parts.parameters(), first):
        parameter.data = torch.tensor(np.asarray(array))
    lstm.bias_hh_l0.requires_grad_(False), lstm.bias_hh_l1.requires_grad_(False)
    adam, states, losses = torch.optim.Adam(parts.parameters(), rate), None, []
    for x, k in zip(codes, wanted):
        h, states = lstm(table(x), states)
        loss = torch.nn.functional.cross_entropy(readout(h).flatten(0, 1), k.flatten())
        adam.zero_grad(), loss.backward(), adam.step()
        states = [state.detach() for state in states]  # the cut between two chunks
        losses.append(loss.item() / np.log(2))
    return np.array(losses)


# %% tags=["timing"]
try:
    import torch
except ImportError:
    print("PyTorch is not installed here. The curve in the file is shown.")
else:
    again = torch_losses(torch, model, torch_weights, inputs, targets)
    print(f"PyTorch, now and when the file was made: losses differ by {np.abs(again - losses_of_torch).max():.0e}")

# %%
plt.figure(figsize=(7, 3.2))
plt.plot(losses_of_torch, color="#9fb3c8", lw=5, label="PyTorch")
if yours is not None:
    plt.plot(yours, color="#c2691c", lw=1.5, label="yours")
    print("differ by less than 1e-8:", bool(np.abs(yours - losses_of_torch).max() < 1e-8))
plt.xlabel("update")
plt.ylabel("bits per character")
plt.legend()
plt.show()

# %% [markdown]
# One line covers the other, update by update. A wrong gradient anywhere would have driven them apart. (Two lines of PyTorch's version
# are there for its second bias: with Adam, two biases where one would do take two steps where one would do.)
#
# **A good place to stop.** You have built a two-layer model with an embedding and dropout, and a library agrees with each of its updates. What comes next:
# sequences that are not equally long, reading from the right, and where all this leads.
#
# ## Unequal lengths
#
# Sentences are not equally long; arrays are rectangles. So the short ones are **padded** at their end with something, say zeros, and
# `lengths` says how many steps are their own.
#
# ![A grid of three rows and five columns. Row a has five steps of its own, row b three, row c two; the places after them are padding, drawn pale. Below, the packed array: the own steps only, one step after the other: a_0 b_0 c_0, a_1 b_1 c_1, a_2 b_2, a_3, a_4, and under each block how many rows it has: 3, 3, 2, 1, 1.](figures/padded-batch.svg)
#
# The layer goes on over the padding and computes something there. Two things keep it harmless:
#
# - **Values.** What happens at step $t$ depends on earlier steps only, and padding comes after all steps that are real.
# - **Gradients.** A loss at a padded step must not count. With a mask that is 1 inside and 0 outside, the mean over the *real* characters is
#
# $$
# L = \frac{1}{N} \sum_{t,n} m_{t,n}\, \ell_{t,n}, \qquad
# N = \sum_{t,n} m_{t,n}, \qquad
# \frac{\partial L}{\partial \ell_{t,n}} = \frac{m_{t,n}}{N}
# $$

# %% [markdown]
# ### Exercise: `deep_mean_loss`
# The loss of a padded batch, and its gradient at `losses`: what each character's loss counts.


# %% answer="deep_mean_loss"
def deep_mean_loss(losses, lengths):
    """The mean loss over all real characters of a padded batch.

    losses (T, B) : the loss at each step of each sequence, padding included
    lengths (B,) : how many steps of each sequence are its own
    returns : loss, a number; dlosses (T, B)
    """
    loss, dlosses = None, None
    ### BEGIN SOLUTION
    mask = np.arange(len(losses))[:, None] < lengths
    dlosses = mask / mask.sum()
    loss = (dlosses * losses).sum()
    ### END SOLUTION
    return loss, dlosses


# %% check="deep_mean_loss"
check(deep_mean_loss)

# %% [markdown]
# Does it matter *what* one pads with? In the next cell, once zeros and once large random numbers, with your mask on the gradients:

# %%
lengths = np.array([5, 3, 2])
W, x, dh = draw(7, (4, 4, 4 + 2), (5, 3, 2), (5, 3, 4))
b, start = np.zeros((4, 4)), np.zeros((3, 4))
_, counted = deep_mean_loss(np.ones((5, 3)), lengths)


def with_padding(noise):
    """Outputs and gradients, with this in place of the padding."""
    inside = (counted > 0)[..., None]
    padded = np.where(inside, x, noise)
    memory = fast_forward(W, b, padded, start, start)
    dW, _, dx, _, _ = fast_backward(W, padded, memory, counted[..., None] * dh, start)
    return memory[2][1:], inside, dW, dx


if counted is None:
    print("first the exercise above")
else:
    h, inside, dW, dx = with_padding(0.0)
    h2, _, dW2, dx2 = with_padding(10 * np.random.default_rng(1).normal(size=x.shape))
    print("outputs at real steps are the same:  ", np.allclose(h[inside[..., 0]], h2[inside[..., 0]]))
    print("the weights' gradient is the same:   ", np.allclose(dW, dW2))
    print("gradient at the padding:             ", np.abs(dx2[~inside[..., 0]]).max())
    print("last row of h is the same:           ", np.allclose(h[-1], h2[-1]))
    last = h[lengths - 1, np.arange(3)], h2[lengths - 1, np.arange(3)]
    print("each sequence's own last output:     ", np.allclose(*last))

# %% [markdown]
# The padding is invisible, with one exception. `h[-1]` is *not* the last output of a short sequence. Whoever reads "the mood of the review" there reads
# padding, for every review but the longest. Own last outputs stand at `h[lengths - 1, range(B)]`.
#
# The padded steps are also wasted work. With the longest sequence first, the sequences that still run at step $t$ are the *first* rows of the batch. PyTorch's
# `pack_padded_sequence` stores just those, in one array without gaps, and beside it how many there are at each step.

# %% guess="deep_packed"

# %%
own = np.arange(3)[:, None] < np.array([3, 2, 1])
names = np.array([[f"{name}_{t}" for name in "abc"] for t in range(3)])
print("packed:   ", *names[own])
print("rows at each step:", own.sum(axis=1))

# %% [markdown]
# ## From the right
#
# At the word "bank" one would like to know what comes *after* it. So a second layer, with weights of its own, reads the sequence from the right, and the outputs of both are
# put side by side:
#
# ![A row of three inputs. Above it a layer whose states go from left to right and, above that, one whose states go from right to left. Every input goes up into both: a fork. The outputs of both at one step are joined to one vector of length 2H. Dashed red arrows come back from the joined vector to both layers, and from both layers to each input, where they are added.](figures/both-ways.svg)
#
# It needs no new code. Turn the sequence round, run the same function, and turn its outputs back. In a padded batch there is a trap: turn the whole time axis,
# and this layer reads the *padding first*. Then it is not invisible any more.

# %% [markdown]
# ### Exercise: `deep_turn`
# Each sequence from its own last step to its first. The padding stays where it is.


# %% answer="deep_turn"
def deep_turn(x, lengths):
    """Turns each sequence of a padded batch round within its own length.

    x (T, B, D) : a padded batch
    lengths (B,) : how many steps of each sequence are its own
    returns : array (T, B, D)
    """
    ### BEGIN SOLUTION
    turned = x.copy()
    for k, n in enumerate(lengths):
        turned[:n, k] = x[:n, k][::-1]
    return turned
    ### END SOLUTION


# %% check="deep_turn"
check(deep_turn)

# %% [markdown]
# Turning twice changes nothing. And turning only moves numbers, so its way back is to move them back: turning again. So the layer from the right
# *is* `fast_backward`, with everything turned that goes in or comes out.

# %% [markdown]
# ### Exercise: `deep_both_backward`
# The backward pass of both. The forward pass was `fast_forward(W_left, b_left, x, ...)` and `fast_forward(W_right, b_right, deep_turn(x, lengths), ...)`; the outputs of
# the second were turned back, and then joined to those of the first, left ones first. The last cell states have no gradient.


# %% answer="deep_both_backward"
def deep_both_backward(W_left, W_right, x, lengths, memory_left, memory_right, dh_loss):
    """The backward pass of two layers, one that reads from the left and one from the right.

    W_left, W_right (4, H, H + D) : the weights
    x (T, B, D), lengths (B,) : a padded batch
    memory_left, memory_right : gates, c, h of each, in the order in which it read
    dh_loss (T, B, 2 * H) : the loss's own gradient at the joined outputs, zero at padded steps
    returns : dW_left, db_left, dW_right, db_right, dx (T, B, D)
    """
    dW_left, db_left, dW_right, db_right, dx = None, None, None, None, None
    ### BEGIN SOLUTION
    H = W_left.shape[1]
    zeros = np.zeros((len(lengths), H))
    dW_left, db_left, dx_left, _, _ = fast_backward(W_left, x, memory_left, dh_loss[..., :H], zeros)
    read, dh = deep_turn(x, lengths), deep_turn(dh_loss[..., H:], lengths)
    dW_right, db_right, dx_right, _, _ = fast_backward(W_right, read, memory_right, dh, zeros)
    dx = dx_left + deep_turn(dx_right, lengths)
    ### END SOLUTION
    return dW_left, db_left, dW_right, db_right, dx


# %% check="deep_both_backward"
check(deep_both_backward)

# %% [markdown]
# Two more witnesses: `torch.nn.LSTM` with `num_layers=2`, and with `bidirectional=True` over a packed batch. Their gradients are in the file. (A gradient has the shape of its weight, so your `torch_weights` of 4.3
# brings it into PyTorch's layout.)


# %%
def say(name, off):
    print(f"  {name:24}", "the same, to 1e-12" if off < 1e-12 else f"off by {off:.1g}")


def hold(case, names, found, dx):
    """Hold the gradients (dW, db) of two layers and dx against those of PyTorch."""
    for name, (dW, db) in zip(names, found):
        for kind, ours in zip(("weight_ih", "weight_hh", "bias_ih"), torch_weights(dW, db)):
            say(f"d{kind}{name}", relative_error(np.asarray(ours), case[f"d{kind}{name}"]))
    say("dx", relative_error(np.asarray(dx), case["dx"]))


def stack_against():
    case = from_torch("stack")
    zeros = np.zeros(case["dh"].shape[1:])
    lower = fast_forward(case["W_lower"], case["b_lower"], case["x"], zeros, zeros)
    upper = fast_forward(case["W_upper"], case["b_upper"], lower[2][1:], zeros, zeros)
    found = deep_stack_backward(case["W_lower"], case["W_upper"], case["x"], lower, upper, case["dh"])
    need(found[0])
    print("torch.nn.LSTM with num_layers=2, and yours")
    hold(case, ("_l0", "_l1"), (found[:2], found[2:4]), found[4])


def both_against():
    case = from_torch("both")
    x, lengths, weights = case["x"], case["lengths"].astype(int), (case["W_left"], case["W_right"])
    zeros = np.zeros((len(lengths), case["b_left"].shape[1]))
    left = fast_forward(case["W_left"], case["b_left"], x, zeros, zeros)
    right = fast_forward(case["W_right"], case["b_right"], need(deep_turn(x, lengths)), zeros, zeros)
    found = deep_both_backward(*weights, x, lengths, left, right, case["dh"])
    need(found[0])
    print("torch.nn.LSTM with bidirectional=True, over a packed batch, and yours")
    hold(case, ("_l0", "_l0_reverse"), (found[:2], found[2:4]), found[4])


for against in (stack_against, both_against):
    try:
        against()
    except NotImplementedError as first:
        print(first)

# %% [markdown]
# Now the hardest hunt of the course. There may be two bugs in it, and it may be the code of one layer or of both. Start from what the checker says.

# %%
hunt = practice("deep_both_backward", level=3)
hunt

# %%
hunt.line(...)

# %% [markdown]
# So much for the bet. Between layers there are forks, joints, masks and orders, all of unit 1. Inside them is your LSTM, untouched.
#
# ## Where this leads
#
# In 3.5 one road made the LSTM remember: along the cell state a gradient passes no weight and no tanh, only forget gates. Two ideas that came later take that
# road and make it wider.
#
# ![Three small graphs of four values each, with the routes along which a gradient comes back from the last to the first. Left, the LSTM's highway: from c_3 to c_0 straight, times f at each step. Middle, residual connections: from x_3 to x_0 straight, times 1 at each step, beside a route through each block F. Right, attention: from y one arrow to each of h_0 to h_3, times its weight a.](figures/highways.svg)
#
# - **Residual connections** (He et al., 2016) put the highway between *layers*: $y = x + F(x)$. Back comes $\mathrm{d}x = \mathrm{d}y + F'(x)^\top \mathrm{d}y$, a fork whose first road has the
#   factor 1, as if all forget gates were open. With that, a hundred layers can be trained.
# - **Attention** (Bahdanau et al., 2015) does away with distance. An output $y$ reads *all* outputs of a sequence at once, each in proportion to how well it fits a query $q$:
#
# $$
# s_t = q \cdot h_t, \qquad
# a_t = \frac{e^{s_t}}{\sum_j e^{s_j}}, \qquad
# y = \sum_t a_t\, h_t
# $$
#
# From $y$ to $h_0$ it is one step, however long the sequence. There are $T$ routes of length one where there was one route of length $T$, and their gradients add, as ever.
#
# Its way back has three stages, and only softmax is new on its own (in 1.3 it came with the loss). Its local derivatives are
#
# $$
# \frac{\partial a_t}{\partial s_t} = a_t (1 - a_t), \qquad
# \frac{\partial a_j}{\partial s_t} = -a_j\, a_t \quad (j \ne t)
# $$

# %% [markdown]
# ### Exercise: `deep_attend_slope`
# Two outputs that are plain numbers: $y = a_1 v_1 + a_2 v_2$, where $a$ is the softmax of $s_1$ and $s_2$. Write $\mathrm{d}y / \mathrm{d}s_1$ as a SymPy expression: a sum over two routes.
# (There is a short form, with $a_1$, $v_1$ and $y$ alone. Can you find it?)

# %% answer="deep_attend_slope"
a_1, a_2, v_1, v_2, y = sp.symbols("a_1 a_2 v_1 v_2 y")
deep_attend_slope = ...
### BEGIN SOLUTION
deep_attend_slope = a_1 * (v_1 - y)
### END SOLUTION

# %% check="deep_attend_slope"
check(deep_attend_slope=deep_attend_slope)

# %% [markdown]
# Of all $T$ outputs this stays true: a score is pushed up if its output is better than the mean that is already there, and by as much as it weighs.

# %%
s_1, s_2 = sp.symbols("s_1 s_2")
soft = [sp.exp(s) / (sp.exp(s_1) + sp.exp(s_2)) for s in (s_1, s_2)]
mean = soft[0] * v_1 + soft[1] * v_2
if not progress.passed("deep_attend_slope"):
    print("first the exercise above")
else:
    yours_now = deep_attend_slope.subs({y: a_1 * v_1 + a_2 * v_2}).subs({a_1: soft[0], a_2: soft[1]})
    print("SymPy's own derivative minus yours:", sp.simplify(sp.diff(mean, s_1) - yours_now))

# %% [markdown]
# ### Exercise: `deep_attend_backward`
# Attention, backward, by the stages: `da` from `dy`, `ds` from `da`, and then both `dq` and `dh`. Where is `h[t]` used?


# %% answer="deep_attend_backward"
def deep_attend_backward(q, h, a, dy):
    """The backward pass of softmax attention over the outputs of a sequence.

    q (H,) : the query
    h (T, H) : the outputs
    a (T,) : their weights, softmax of h @ q
    dy (H,) : the gradient at y = a @ h
    returns : da (T,), ds (T,), dq (H,), dh (T, H)
    """
    da, ds, dq, dh = None, None, None, None
    ### BEGIN SOLUTION
    da = h @ dy
    ds = a * (da - a @ da)
    dq = ds @ h
    dh = np.outer(a, dy) + np.outer(ds, q)
    ### END SOLUTION
    return da, ds, dq, dh


# %% check="deep_attend_backward"
check(deep_attend_backward)

# %% [markdown]
# Nowhere in your four lines is there a distance. An output at the beginning gets its gradient just as the last one does. A transformer is built from this: attention in place of
# recurrence, and residual connections around all of it. Backward it is stages, products along a route, and sums over routes.
#
# ## In your own words
#
# Somebody says: "I understand the LSTM's backward pass, but a bidirectional two-layer one with embeddings and padding is beyond me." Tell them in four or five
# sentences what is added, and what is not. (To compare with a model answer afterwards, run `hint("deep_nothing_new")` twice.)

# %% [markdown] written="deep_nothing_new"

# %% [markdown]
# ## What you have earned
#
# - Between layers: $\frac{\partial L}{\partial h^{\text{lower}}_t} = \mathrm{d}x^{\text{upper}}_t$. Nothing else.
# - Dropout is a product with a mask, the same one both ways; while you check a gradient, it is held still.
# - An embedding's gradient is a sum over the places where a row was read: `np.add.at`, as `+=` with an index loses rows.
# - Padding is invisible when it comes last and no loss counts it. `h[-1]` is not the last output. From the right, each sequence is turned within its own length.
# - Both directions read each input: their `dx` add.
# - Attention: $\mathrm{d}s_t = a_t (\mathrm{d}a_t - \sum_j a_j\, \mathrm{d}a_j)$, and two routes lead back to every $h_t$.

# %%
progress()

# %% [markdown]
# Next: [4.5 Somebody else's LSTM](4.5-somebody-elses-lstm.ipynb), whose weights are laid out in another way.
