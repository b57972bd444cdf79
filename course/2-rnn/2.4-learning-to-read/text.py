# %% [markdown]
# # 2.4 Learning to read
#
# When you are done, you will be able to
#
# - train a character model on a book with nothing but your own gradient, and save a run that explodes,
# - cut the way back in two ways, in chunks and by a window, and measure what each cut costs,
# - explain why a falling loss proves little about a gradient.
#
# **About 60 minutes**, with a place to stop after 35. You need [2.2](2.2-backpropagation-through-time.ipynb): the gradient of the
# character model, and chunks, and from [2.3](2.3-vanishing-and-exploding.ipynb) your `rnn_clip`.

# %%
import matplotlib.pyplot as plt
import numpy as np

from autograde import check, guess, hint, mine, practice, progress, recall

# %% [markdown]
# Three questions first, on what this builds on. Answer in place of the dots, or go on.

# %%
recall("2.4", ..., ..., ...)

# %% [markdown]
# ## A question to start with
#
# Chapter I of *Alice* has 11 252 characters. Your network will go back over 25 of them at a time: half a line. Is that enough to
# learn to read? And if the gradient were wrong, would you see it in the loss?
#
# Everything is there for it, and it is yours:

# %%
rnn_forward, rnn_backward, rnn_truncated, rnn_clip = mine("rnn_forward", "rnn_backward", "rnn_truncated", "rnn_clip")
char_losses, char_dy, char_gradients, char_sample = mine("char_losses", "char_dy", "char_gradients", "char_sample")

with open("data/alice.txt") as file:
    text = file.read()
vocab = "".join(sorted(set(text)))
alice = np.array([vocab.index(c) for c in text])

# %% [markdown]
# ## The loop
#
# It is Karpathy's (`min-char-rnn`, 2015). Go through the text in chunks of 25 characters: forward from the state so far, your
# `char_gradients`, your `rnn_clip`, one step of gradient descent, on to the next chunk.

# %%
H = 48


def first_weights(K, seed):
    """Small random weights, zero biases."""
    rng = np.random.default_rng(seed)
    Wxh, Whh, Why = rng.normal(0, 0.5, (H, K)), rng.normal(0, 0.1, (H, H)), rng.normal(0, 0.1, (K, H))
    return [Wxh, Whh, Why, np.zeros(H), np.zeros(K)]


def train(codes, gradient=char_gradients, chunk=25, updates=1800, rate=0.1, limit=5, seed=7):
    """The trained weights, and for each update the loss per character and the norm of the gradient.

    After every tenth update of a wrong gradient, also its cosine with the true one.
    """
    K = codes.max() + 1
    weights, start, h0 = first_weights(K, seed), 0, np.zeros(H)
    losses, norms, cosines = [], [], []
    for _ in range(updates):
        if start + chunk >= len(codes):
            start, h0 = 0, np.zeros(H)
        x, targets = np.eye(K)[codes[start : start + chunk]], codes[start + 1 : start + chunk + 1]
        question = x, targets, h0, np.ones(chunk)
        gradients = [np.array(d) for d in gradient(*weights, *question)]
        norms.append(np.sqrt(sum((d**2).sum() for d in gradients)))
        if gradient is not char_gradients and len(norms) % 10 == 0:
            cosines.append(gradient_cosine(gradients, [np.array(d) for d in char_gradients(*weights, *question)]))

        Wxh, Whh, Why, bh, by = weights
        h = rnn_forward(Wxh, Whh, bh, x, h0)
        losses.append(np.mean(char_losses(h @ Why.T + by, targets)))
        start, h0 = start + chunk, h[-1]
        if limit:
            gradients = rnn_clip(gradients, limit)
        weights = [w - rate * d for w, d in zip(weights, gradients)]
    return weights, np.array(losses), np.array(norms), cosines


def smooth(losses):
    """For each update from the 50th on: its number, and the mean of the last 50 losses."""
    return np.arange(50, len(losses) + 1), np.convolve(losses, np.ones(50) / 50, "valid")

# %% [markdown]
# 1800 updates are four times through the chapter (some seconds). The two lines are the marks of 2.1: whoever knows nothing pays
# $\ln K$, and whoever knows how often each character occurs pays a little over 3 nats.

# %%
trained, losses, norms, _ = train(alice)

share = np.bincount(alice) / len(alice)
plt.figure(figsize=(7, 3.6))
plt.plot(np.arange(1, len(losses) + 1), losses, color="#c9d3dd", lw=0.8)
plt.plot(*smooth(losses), color="#2e8b57", label="your network, mean of 50 chunks")
plt.axhline(np.log(len(vocab)), color="#d1495b", ls="--", label="uniform guess")
plt.axhline(-np.sum(share * np.log(share)), color="#d1495b", ls=":", label="letter counts")
plt.xlabel("update")
plt.ylabel("nats per character")
in_bits = plt.gca().secondary_yaxis("right", functions=(lambda v: v / np.log(2), lambda v: v * np.log(2)))
in_bits.set_ylabel("bits per character")
plt.legend()
plt.show()
print(f"first chunk {losses[0]:.2f} nats, last 100 chunks {np.mean(losses[-100:]):.2f}")

# %% [markdown]
# Let it write, before and after. (Your sampling of 2.1, with the same random numbers both times.)

# %%
def write(weights, u):
    """What the network writes after an A."""
    drawn = char_sample(*weights, np.zeros(H), vocab.index("A"), u)
    return "A" + "".join(vocab[int(k)] for k in drawn)


u = np.random.default_rng(3).random(240)
print("BEFORE\n" + write(first_weights(len(vocab), 7), u))
print("\nAFTER\n" + write(trained, u))

# %% [markdown]
# Before, noise. After, words of about the right length, some of them English, with nothing but your own gradient. (For more, train
# with `train(alice, updates=9000)`. It takes five times as long.)
#
# ## A run, lost and saved
#
# What does the clipping do? The same run twice: the same weights to begin with, the same text, the same learning rate (0.04), once
# without clipping and once with yours (limit 30, the dotted line on the right).

# %%
runs = {"without clipping": (None, "#d1495b"), "with clipping": (30, "#2e8b57")}
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
for name, (limit, color) in runs.items():
    weights, lost, norms, _ = train(alice, updates=600, rate=0.04, limit=limit)
    left.plot(*smooth(lost), color=color, label=name)
    right.semilogy(np.arange(1, len(norms) + 1), norms, color=color, lw=1)
    radius = np.abs(np.linalg.eigvals(weights[1])).max()
    print(f"{name:17} last 50 chunks {lost[-50:].mean():5.2f} nats, spectral radius of Whh {radius:.1f}")
left.axhline(np.log(len(vocab)), color="#66788a", ls="--", label="uniform guess")
left.set(xlabel="chunk of 25 characters", ylabel="loss in nats, mean of 50 chunks")
right.axhline(30, color="#22303c", ls=":")
right.set(xlabel="chunk of 25 characters", ylabel="norm of the gradient")
left.legend()
fig.tight_layout()
plt.show()

# %% [markdown]
# For a hundred chunks the two are hard to tell apart. Then come gradients that are far longer than those before.
# Without clipping, such a step throws the weights far away, the next gradients are long again, and all that was learned is
# lost. With clipping no step is longer than any other, whatever comes.
#
# It was no bad luck. From twenty starts, all twenty runs without clipping were lost (the first gradient longer than 100 came
# between the 36th chunk and the 154th) and ended above a uniform guess; with clipping all twenty ended between 2.7 and 2.8 nats.
#
# $W_{hh}$ began with a spectral radius near 0.7, and learning raised it, with clipping too: to remember, something must pass from
# step to step. So a careful start does not protect you. That is why one clips from the beginning.
#
# ## Another way to cut
#
# What did the chunks cost? "Truncated" has a second meaning, and the two are often mixed up. Instead of cutting the *text* into
# chunks, give each *loss* a **window**: it is sent back over $n$ steps, its own and the $n - 1$ before it, wherever it stands. (Denny
# Britz's much read tutorial does so, WildML 2015; its `bptt_truncate` is our $n - 1$.)
#
# ![Three tables, a row for each loss L_1 to L_6 and a column for each step. A red square: the loss is sent back to that step. In full, a triangle of 21 squares. In chunks of 3, two small triangles, 12 squares. With a window of 3, a band of three squares in a row, 15 squares.](figures/two-truncations.svg)
#
# <details><summary>Watch it move</summary>
#
# ![Three tables, a row for each loss L_1 to L_6 and a column for each step. A red square: the loss is sent back to that step. In full, a triangle of 21 squares. In chunks of 3, two small triangles, 12 squares. With a window of 3, a band of three squares in a row, 15 squares. Row after row, from L_1 to L_6, the red squares appear, in all three tables.](figures/two-truncations-moving.svg)
#
# </details>
#
# In chunks, a loss goes back over anything from one step to $n$: it depends on where it stands. With windows each goes
# back over $n$ (where there are so many). That is fairer, and it costs: a sweep over a chunk takes all its losses along at
# once, and here every loss walks by itself.

# %% [markdown]
# ### Exercise: `rnn_window`
# The gradients when each loss goes back over `n` steps and no further, added up over the losses. The forward pass is cut
# nowhere. `rnn_backward` over a stretch of the sequence, with an error at the last step of the stretch only, is the way of one
# loss.

# %% answer="rnn_window"
def rnn_window(Wxh, Whh, bh, x, h0, dh_loss, n):
    """Truncated backpropagation through time, with a window of n steps for each loss.

    Wxh (H, D), Whh (H, H), bh (H,), x (T, D), h0 (H,)
    dh_loss (T, H) : the loss's own gradient at each state
    n : steps over which each loss goes back, its own among them
    returns : dWxh (H, D), dWhh (H, H), dbh (H,), dx (T, D)
    """
    dWxh, dWhh, dbh, dx = None, None, None, None
    ### BEGIN SOLUTION
    dWxh, dWhh, dbh = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(bh)
    dx = np.zeros_like(x)
    h = rnn_forward(Wxh, Whh, bh, x, h0)
    for t in range(len(x)):
        first = max(0, t - n + 1)
        window = slice(first, t + 1)
        before = h[first - 1] if first > 0 else h0
        error = np.zeros_like(dh_loss[window])
        error[-1] = dh_loss[t]
        part = rnn_backward(Wxh, Whh, x[window], before, h[window], error)
        dWxh += part[0]
        dWhh += part[1]
        dbh += part[2]
        dx[window] += part[3]
    ### END SOLUTION
    return dWxh, dWhh, dbh, dx

# %% check="rnn_window"
check(rnn_window)

# %% [markdown]
# A good place to stop: you have trained a network that writes. What comes now asks how good a gradient must be.
#
# ## How good is a direction?
#
# A step changes the weights along *some* direction $d$ that is meant to be the gradient. What if it is not, because it was cut, or
# because it is wrong? For a small rate $\eta$, a step from $W$ to $W - \eta d$ changes the loss by
#
# $$
# L(W - \eta\, d) - L(W) \;\approx\; -\eta \sum_j d_j\, \mathrm{d}W_j = -\eta\, \|d\|\, \|\mathrm{d}W\| \cos\theta
# $$
#
# where $\theta$ is the angle between $d$ and the true gradient:
#
# $$
# \cos\theta = \frac{\sum_j d_j\, \mathrm{d}W_j}{\|d\|\,\|\mathrm{d}W\|}
# $$
#
# It is 1 when both point the same way. The loss falls for *every* direction whose cosine is positive. Half of all directions have one.

# %% [markdown]
# ### Exercise: `gradient_cosine`
# Return the cosine of the angle between two gradients. Each is a list of arrays; take all arrays of a list as one long
# vector.

# %% answer="gradient_cosine"
def gradient_cosine(a, b):
    """The cosine of the angle between two gradients.

    a, b : lists of arrays, with the same shapes in the same order
    returns : a number between -1 and 1
    """
    ### BEGIN SOLUTION
    dot = sum((p * q).sum() for p, q in zip(a, b))
    norm_a = np.sqrt(sum((p**2).sum() for p in a))
    norm_b = np.sqrt(sum((q**2).sum() for q in b))
    return dot / (norm_a * norm_b)
    ### END SOLUTION

# %% check="gradient_cosine"
check(gradient_cosine)

# %% [markdown]
# First the cuts. For the network that you have trained, on 200 characters: the cosine between the truncated gradient and the full
# one, by both ways to truncate.

# %%
Wxh, Whh, Why, bh, by = trained
x, h0 = np.eye(len(vocab))[alice[:200]], np.zeros(H)
dy = char_dy(rnn_forward(Wxh, Whh, bh, x, h0) @ Why.T + by, alice[1:201], np.ones(200))


def truncated(way, n):
    """The gradients of Wxh, Whh and bh."""
    return [np.array(d) for d in way(Wxh, Whh, bh, x, h0, dy @ Why, n)[:3]]


ways = {"in chunks of n": (rnn_truncated, (1, 2, 4, 8, 25, 50, 100, 200)), "with windows of n": (rnn_window, (1, 2, 4, 8, 25))}
curves = {name: {} for name in ways}
if progress.passed("rnn_window") and progress.passed("gradient_cosine"):
    full = truncated(rnn_truncated, 200)
    for name, (way, lengths) in ways.items():
        curves[name] = {n: gradient_cosine(truncated(way, n), full) for n in lengths}
else:
    print("first rnn_window and gradient_cosine above")

plt.figure(figsize=(7, 3.6))
for (name, curve), color in zip(curves.items(), ("#7a5195", "#c2691c")):
    plt.semilogx(curve.keys(), curve.values(), "o-", color=color, label=name)
    print(name, *(f"{n}: {cosine:.3f}" for n, cosine in curve.items()), sep="   ")
plt.xticks((1, 2, 4, 8, 25, 50, 100, 200), (1, 2, 4, 8, 25, 50, 100, 200))
plt.minorticks_off()
plt.ylim(0, 1.05)
plt.xlabel("n")
plt.ylabel("cosine with the full gradient")
plt.grid(alpha=0.3)
plt.legend()
plt.show()

# %% [markdown]
# In chunks of 25 the direction is nearly right: for the next character, the last few matter most. A window of 8 comes even
# nearer (from all ten starts that we tried), for eight steps of work where a chunk has one.
#
# Do not read too much into it. A network that has learned nothing distant yet does not miss much. And a dependency that is *only*
# distant gets a gradient of zero, by either cut, as you saw in 2.2.
#
# Look at the first point, too. With $n = 1$ nothing is handed back at all: it is a sweep that forgets `dh_next`. Its cosine is
# far from 0.
#
# ## It still trains
#
# So let us train with it. Two wrong sweeps, both of them classics:
#
# - **recurrence cut**: `dh_next` was forgotten. No gradient passes from a step to the one before it.
# - **overwritten**: `=` where `+=` belongs. Of the sum over time only one step is left, the one that the sweep meets
#   last.

# %%
def recurrence_cut(Wxh, Whh, x, h0, h, dh_loss):
    return rnn_backward(Wxh, 0 * Whh, x, h0, h, dh_loss)  # with zeros for Whh, nothing is handed back


def overwritten(Wxh, Whh, x, h0, h, dh_loss):
    dh_next = rnn_backward(Wxh, Whh, x[1:], h[0], h[1:], dh_loss[1:])[4]
    return rnn_backward(Wxh, Whh, x[:1], h0, h[:1], dh_loss[:1] + dh_next)


def char_gradients_with(sweep):
    """The gradients of the character model, with this sweep in the place of rnn_backward."""

    def gradients(Wxh, Whh, Why, bh, by, x, targets, h0, mask):
        h = rnn_forward(Wxh, Whh, bh, x, h0)
        dy = char_dy(h @ Why.T + by, targets, mask)
        dWxh, dWhh, dbh = sweep(Wxh, Whh, x, h0, h, dy @ Why)[:3]
        return dWxh, dWhh, dy.T @ h, dbh, dy.sum(axis=0)

    return gradients

# %% [markdown]
# Each starts from the weights from which yours started. Would you notice it from the loss?

# %% guess="three_losses"

# %%
def compare(*runs):
    """Loss curves of several runs, each a name, a colour, and what `train` returned."""
    for name, color, (_, losses, _, cosines) in runs:
        plt.plot(*smooth(losses), color=color, label=name)
        print(f"{name:15} last 100 chunks {losses[-100:].mean():.3f} nats   mean cosine {np.mean(cosines or 1):.2f}")
    plt.xlabel("chunk")
    plt.ylabel("loss in nats, mean of 50 chunks")
    plt.legend(loc="upper right")
    plt.show()


plt.figure(figsize=(7, 3.6))
plt.axhline(np.log(len(vocab)), color="#66788a", ls="--", label="uniform guess")
yours = "true gradient", "#2e8b57", (trained, losses, norms, [])
if progress.passed("gradient_cosine"):
    cut = "recurrence cut", "#d1495b", train(alice, char_gradients_with(recurrence_cut))
    over = "overwritten", "#c2691c", train(alice, char_gradients_with(overwritten))
    compare(yours, cut, over)
else:
    compare(yours)

# %% [markdown]
# All three have left the uniform guess behind by the 50th chunk, and fall. The orange one stays well above, which looks
# suspicious, if one has something to compare it with. But the red one lies close to the green one all the way, although its
# direction is 40 degrees off on average, and although no gradient ever passes from one step to the one before. (From ten
# starts, the true gradient ended at 2.05 to 2.10 nats, the cut one at 2.11 to 2.15, the overwritten one at 2.48 to 2.54.) Experts
# have overlooked it, too: for years, the "expected output" that a well-known course printed for its LSTM was that of a
# backward pass with its recurrences cut.
#
# Why does it do so well? In a text the next letter depends most on the last one or two. So take a text that needs
# memory. Its words are `a......a` and `b......b`: the last letter repeats the first, six dots later. Whoever remembers
# pays for the first letter of a word alone; whoever forgets pays for both.

# %%
letters = np.random.default_rng(5).choice(list("ab"), 4000)
words = "".join(c + "......" + c for c in letters)
repeats = np.array([".ab".index(c) for c in words])

plt.figure(figsize=(7, 3.6))
plt.axhline(2 * np.log(2) / 8, color="#66788a", ls="--", label="both letters guessed")
plt.axhline(np.log(2) / 8, color="#66788a", ls=":", label="the first letter guessed, the last known")
plt.ylim(0, 0.9)
true = "true gradient", "#2e8b57", train(repeats, chunk=32, updates=1000)
if progress.passed("gradient_cosine"):
    gradients = char_gradients_with(recurrence_cut)
    compare(true, ("recurrence cut", "#d1495b", train(repeats, gradients, chunk=32, updates=1000)))
else:
    compare(true)

# %% [markdown]
# Here the two part. The true gradient has learned to remember after some 300 chunks. The other falls as well, then wanders, mostly
# above what guessing both letters costs. (From ten starts, the true gradient ended at 0.10 nats nine times and once at 0.13, the
# cut one between 0.18 and 0.34 nine times. Once it came down to 0.12: chance may hand a network what nobody taught it.)
#
# On Alice you would never have known. It was not a lower loss that you needed, but a check: the nudges of
# [1.5](../1-chain-rule/1.5-is-my-gradient-right.ipynb) find both bugs before the first step of training.
#
# Last, somebody else's code, with one wrong line. Ask the checker first.

# %%
hunt = practice("rnn_window", "rnn_clip", "gradient_cosine")
hunt

# %%
hunt.line(...)

# %% [markdown]
# ## In your own words
#
# A friend trains a recurrent network. "At every update the norm of my gradient is about 5, and the loss goes down. So
# my gradient does not vanish, and it is right." What do you tell them, and what should they look at instead? Three or
# four sentences. (To compare with a model answer afterwards, run `hint("healthy_norm")` twice.)

# %% [markdown] written="healthy_norm"

# %% [markdown]
# ## What you have earned
#
# - A character model that writes, trained with your own gradient: chunks of 25 characters were enough for it, and clipping kept the run.
# - In chunks of $n$ steps, the gradient stops at the border. With a window for each loss, every loss goes back over $n$ steps, and costs
#   as many. Either way, a dependency longer than $n$ gets a gradient of zero.
# - A loss falls for every direction with a positive cosine:
#
# $$
# \cos\theta = \frac{\sum_j d_j\, \mathrm{d}W_j}{\|d\|\,\|\mathrm{d}W\|}
# $$
#
# - Only a check says that a gradient is right.

# %%
progress()

# %% [markdown]
# Next: [3.1 The block, forward](../3-lstm/3.1-the-block-forward.ipynb), a cell that is built so that its gradient need
# not vanish.
