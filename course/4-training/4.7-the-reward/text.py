# %% [markdown]
# # 4.7 The reward
#
# When you are done, you will be able to
#
# - say what a loss is worth in nats, in bits and as a perplexity,
# - let your own LSTM read and write with weights that have seen a whole book, and train such weights yourself,
# - look for a single unit that knows something, and say what would prove that it does.
#
# **About 60 minutes.** You need your fast LSTM of [4.1](4.1-from-textbook-to-fast.ipynb) and the character model of
# [4.2](4.2-train-it.ipynb). You can come here right after 4.2.

# %%
import os

for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"  # matrices this small are slower on two threads than on one

from html import escape

import matplotlib.pyplot as plt
import numpy as np
import sympy as sp
from IPython.display import HTML, display

from autograde import check, guess, hint, mine, play, progress, recall

# %% [markdown]
# Three questions first, on what this notebook builds on. Put your answers in place of the dots, or go on.

# %%
recall("4.7", ..., ..., ...)

# %% [markdown]
# ## A question to start with
#
# In 4.2 your LSTM read one chapter of *Alice* and wrote words, nearly. Here it gets the whole book. Two questions. How good can it
# get? And when it has learned something that nobody told it, *where* in all those numbers is it?
#
# ![A line of text in boxes, one for each character: said, 'Oh, don't!' and ran. Below it a line that is low, jumps up at the opening quotation mark, stays up over the apostrophe of don't, and falls back at the closing mark.](figures/inside-and-outside.svg)
#
# Take quotations. Somewhere before the end of one, a closing mark is due; outside there is none to be written. Whoever predicts characters
# had better remember which it is, for a hundred characters or more. Is there a cell state that does what the line in the figure does?

# %% [markdown]
# ## The whole book
#
# In this text a quotation opens with a backtick (look at line 7 below) and closes with `'`. The same `'` also stands in *don't*.

# %%
with open("data/wonderland.txt", encoding="utf-8") as file:
    text = file.read()
vocab = "".join(sorted(set(text)))
K = len(vocab)
codes = np.array([vocab.index(k) for k in text])
cut = int(0.9 * len(codes))
train, held, unseen_text = codes[:cut], codes[cut:], text[cut:]
print(f"{K} different characters; {len(train)} to train on, {len(held)} held back\n")
print(text[:430])

# %% [markdown]
# And here is a run that was made beforehand, with your formulas: one LSTM, a readout, softmax, Adam, clipping, streams with carried states. (`course/4-training/runs/wonderland.py`
# makes it again. It uses the course's reference, whose numbers yours have equalled since 4.1. One thing is new: while it
# learned, a share of the outputs was hidden from the readout at random, so that it could not learn the text by heart.
# [4.4](4.4-beyond-one-layer.ipynb) is about this *dropout*.)

# %%
with np.load("data/wonderland.npz") as file:
    run = {name: file[name].astype(float) for name in file.files}
weights = {name: run[name] for name in ("W", "b", "Wy", "by")}
H = weights["b"].shape[1]
print(f"{H} units, {sum(w.size for w in weights.values())} weights, {len(run['seen'])} passes over the text")

# %% [markdown]
# The weights alone do nothing. What reads with them is *your* forward pass:

# %%
fast_forward, train_loss, train_baselines, train_temperature = mine(
    "fast_forward", "train_loss", "train_baselines", "train_temperature"
)


def read(codes, weights=weights):
    """The cell states c (N, H) and the outputs h (N, H) after each character of a text, from zero states."""
    h = c = np.zeros((1, 1, weights["b"].shape[1]))
    all_c, all_h = [], []
    for at in range(0, len(codes), 1000):  # a thousand characters at a time; the state goes on
        one_hot = np.eye(K)[codes[at : at + 1000, None]]
        _, c, h = fast_forward(weights["W"], weights["b"], one_hot, h[-1], c[-1])
        all_c.append(c[1:, 0])
        all_h.append(h[1:, 0])
    return np.concatenate(all_c), np.concatenate(all_h)


def scores(h, weights=weights):
    """What the readout makes of the outputs h (N, H): scores (N, K)."""
    return h @ weights["Wy"].T + weights["by"]


c, h = read(held[:-1])
bits = train_loss(scores(h)[:, None], held[1:, None])[0]

# %% guess="reward_bits"

# %%
print(f"text held back: {bits:.2f} bits per character")
plt.figure(figsize=(7, 3.4))
passes = np.arange(1, len(run["seen"]) + 1)
plt.plot(passes, run["seen"], color="#9fb3c8", lw=2, label="training text, a share of the outputs hidden")
plt.plot(passes, run["unseen"], color="#2e8b57", lw=2, label="text held back")
for name, cost, style in zip(("unigram", "bigram"), train_baselines(train, held, K, 0.1), (":", "--")):
    plt.axhline(cost, color="#d1495b", ls=style, label=f"{name}, text held back")
plt.xlabel("pass over the text")
plt.ylabel("bits per character")
plt.legend(fontsize=9)
plt.show()

# %% [markdown]
# ## Three names for one loss
#
# Papers report a loss in three ways. $p_n$ is the probability that was given to the $n$-th character, the one that came:
#
# $$
# \text{nats} = -\frac{1}{N} \sum_n \ln p_n, \qquad
# \text{bits} = \frac{\text{nats}}{\ln 2}, \qquad
# \text{perplexity} = e^{\text{nats}} = 2^{\text{bits}}
# $$
#
# The **perplexity** is a number of characters: so unsure as if one had to choose among so many, all equally likely. For words
# it is the usual number.

# %% [markdown]
# ### Exercise: `reward_perplexity`
# All three, from the probabilities.


# %% answer="reward_perplexity"
def reward_perplexity(p):
    """One loss, three names.

    p (N,) : the probabilities that were given to the characters that came
    returns : nats, bits, perplexity, three numbers
    """
    nats, bits, perplexity = None, None, None
    ### BEGIN SOLUTION
    nats = -np.log(p).mean()
    bits = nats / np.log(2)
    perplexity = np.exp(nats)
    ### END SOLUTION
    return nats, bits, perplexity


# %% check="reward_perplexity"
check(reward_perplexity)

# %% [markdown]
# ### Exercise: `reward_two`
# Which mean is that? Take a text of two characters, to which $p$ and $q$ were given. Write its perplexity as a SymPy expression in $p$
# and $q$, without logarithms.

# %% answer="reward_two"
p, q = sp.symbols("p q", positive=True)
reward_two = ...
### BEGIN SOLUTION
reward_two = 1 / sp.sqrt(p * q)
### END SOLUTION

# %% check="reward_two"
check(reward_two=reward_two)

# %% [markdown]
# One over the *geometric* mean. A single character with $p$ near 0 is dear, and no other can make up for it.

# %%
probabilities = np.exp(scores(h) - scores(h).max(axis=1, keepdims=True))
probabilities /= probabilities.sum(axis=1, keepdims=True)
of_what_came = probabilities[np.arange(len(h)), held[1:]]
costs = {"any of all": np.log2(K), **dict(zip(("unigram", "bigram"), train_baselines(train, held, K, 0.1)))}
if reward_perplexity(of_what_came)[0] is None:
    print("first the exercise above")
else:
    print(f"{'':12}{'nats':>6}{'bits':>8}{'perplexity':>13}")
    for name, cost in costs.items():
        print(f"{name:12}{cost * np.log(2):6.2f}{cost:8.2f}{2**cost:13.1f}")
    print("{:12}{:6.2f}{:8.2f}{:13.1f}".format("LSTM", *reward_perplexity(of_what_came)))

# %% [markdown]
# ## It writes
#
# The same sampling as in 4.2, with the temperature that you wrote there.


# %%
def write(weights, start, temperature, length, seed):
    """Reads start, then draws characters."""
    numbers = np.random.default_rng(seed).random(length)
    h = c = np.zeros((1, 1, weights["b"].shape[1]))
    code, written = [vocab.index(k) for k in start], start
    for number in numbers:
        _, c, h = fast_forward(weights["W"], weights["b"], np.eye(K)[code][:, None], h[-1], c[-1])
        p = train_temperature(scores(h[-1], weights)[0], temperature)
        code = [min(int((np.cumsum(p) <= number).sum()), K - 1)]
        written += vocab[code[0]]
    return written


for temperature in (0.3, 0.5, 0.8):
    print(f"TEMPERATURE {temperature}\n{write(weights, 'Alice ', temperature, 420, seed=4)}\n")

# %% [markdown]
# It has learned this from nothing but "which character comes next": many words whole and others nearly, who is who in this book, marks and capitals,
# that *the* comes before a name such as *Gryphon*. It has learned no sense; one sentence is enough to see that. (One chapter gave far less: look at the samples of 4.2. A library
# of books and a network a thousand times larger give more, by the same formulas.)
#
# ## Your own
#
# Everything is there to train one yourself, and all of it is yours: `train_streams`, `train_pass` and what they call. Set `passes` to 20, run the cell, and
# watch. A pass takes ten seconds or so, for a network of 96 units. Or leave it at 0, and go on: nothing below needs it.

# %%
train_streams, train_pass = mine("train_streams", "train_pass")
passes = 0


def bar(steps):
    """Go through range(steps), and show how far it is."""
    shown = display({"text/plain": ""}, raw=True, display_id=True)
    for k in range(steps):
        yield k
        done = 40 * (k + 1) // steps
        shown.update({"text/plain": "█" * done + "░" * (40 - done) + f" {k + 1} of {steps}"}, raw=True)


def train_yourself(passes, H=96, B=32, T=64, rate=0.004, limit=1.0, seed=0):
    """Weights after some passes over the book; says after each what it cost."""
    rng = np.random.default_rng(seed)
    inputs, targets = map(np.asarray, train_streams(train, B, T))
    own = {"W": rng.normal(0, (H + K) ** -0.5, (4, H, H + K)), "b": np.zeros((4, H))}
    own |= {"Wy": rng.normal(0, H**-0.5, (K, H)), "by": np.zeros(K)}
    own["b"][0] = 1  # the forget gates begin open
    m = v = {name: np.zeros(w.shape) for name, w in own.items()}
    t = 0
    for k in bar(passes):
        own, m, v, t, bits = train_pass(own, m, v, t, inputs, targets, rate, limit)
        print(f"pass {k + 1:2}   {bits.mean():.2f} bits per character of the training text")
    return own


if passes:
    own = train_yourself(passes)
    print(write(own, "Alice ", 0.6, 300, seed=4))
else:
    print("Set passes to 20, and run this cell again.")

# %% [markdown]
# **A good place to stop.** You have a loss that you can report, and a network that writes. What comes next: what is going on inside.
#
# ## Looking inside
#
# While it reads, each unit's cell state is one number for each character. So we can paint the text with it: blue where $\tanh c$ is near 1, orange where it is near
# -1, white near 0. This is unit 0.


# %%
def painted(text, values):
    """The text on a ground of colours: blue for values near 1, orange for values near -1."""
    parts = []
    for character, value in zip(text, values):
        color = "31,119,180" if value > 0 else "225,120,20"
        parts.append(f'<span style="background:rgba({color},{abs(value):.1f})">{escape(character)}</span>')
    style = "background:#fff;color:#111;padding:8px;line-height:1.5"
    return HTML(f'<pre style="{style}">{"".join(parts)}</pre>')


shown = slice(1880, 2700)
painted(unseen_text[shown], np.tanh(c[shown, 0]))

# %% [markdown]
# It is up and down, and nobody can say what it follows. To find a unit that follows something, first write down what *something* is.

# %% [markdown]
# ### Exercise: `reward_inside`
# For each character: once it has been read, is a quotation open? A backtick opens one. `'` closes it, unless the next character is a letter:
# then it is an apostrophe. (So an opening mark counts as inside, and a closing one as outside. At the beginning nothing is open.)


# %% answer="reward_inside"
def reward_inside(text):
    """Whether a quotation is open.

    text : N characters
    returns : array (N,), 1 where a quotation is open after the character, 0 elsewhere
    """
    ### BEGIN SOLUTION
    inside = np.zeros(len(text))
    opened = 0
    for n in range(len(text)):
        following = text[n + 1 : n + 2]
        if text[n] == "`":
            opened = 1
        if text[n] == "'" and not following.isalpha():
            opened = 0
        inside[n] = opened
    return inside
    ### END SOLUTION


# %% check="reward_inside"
check(reward_inside)

# %% [markdown]
# Now compare it with every unit. The **correlation** of a unit $s$ with the signal $v$ is the cosine of 3.6, after the means
# $\bar s$ and $\bar v$ have been taken away:
#
# $$
# r = \frac{\sum_n (s_n - \bar s)(v_n - \bar v)}{\sqrt{\sum_n (s_n - \bar s)^2 \sum_n (v_n - \bar v)^2}}
# $$
#
# 1 means that they rise and fall together, -1 that one is the other turned round, 0 that they have nothing to do with each other.

# %% guess="reward_one_unit"

# %% [markdown]
# ### Exercise: `reward_unit`
# Which unit goes with the signal most, in either direction?


# %% answer="reward_unit"
def reward_unit(states, signal):
    """The unit that follows a signal best.

    states (N, H) : a number for each character and unit
    signal (N,) : what should be followed
    returns : unit, its number from 0 to H - 1; r, its correlation with the signal, with its sign
    """
    unit, r = None, None
    ### BEGIN SOLUTION
    s = states - states.mean(axis=0)
    v = signal - signal.mean()
    all_r = s.T @ v / np.sqrt((s**2).sum(axis=0) * (v**2).sum())
    unit = np.argmax(np.abs(all_r))
    r = all_r[unit]
    ### END SOLUTION
    return unit, r


# %% check="reward_unit"
check(reward_unit)

# %%
inside = reward_inside(unseen_text[:-1])
unit, r = (None, None) if inside is None else reward_unit(np.tanh(c), inside)
if unit is None:
    print("first the exercises above")
else:
    print(f"unit {unit}, r = {r:.2f}, on {len(inside)} characters held back")
painted(unseen_text[shown], np.tanh(c[shown, unit or 0]))

# %% [markdown]
# This text was never shown to the network while it learned, and nobody told it what a quotation is. It found out that whether one is open is worth knowing, and
# gave a cell state to it. Is that luck? We made five runs, of other sizes and settings. Four of them have such a unit, with $|r|$ between 0.85 and 0.92; the one with
# the fewest units, trained without dropout, has none above 0.2. (Karpathy, Johnson and Fei-Fei found one in 2015, in a larger network.)
#
# Are there more? Ask for other signals. (Where no single unit answers well, the network may still know: in several units together, or
# nowhere.)

# %%
before = unseen_text[:-1]
position = np.array([n - 1 - before.rfind("\n", 0, n) for n in range(len(before))])
signals = {
    "inside a quotation": inside,
    "a capital letter": np.array([k.isupper() for k in before]),
    "between two words": np.array([k in " \n" for k in before]),
    "position in the line": position,
}
for name, signal in signals.items():
    best, r_best = (None, None) if signal is None else reward_unit(np.tanh(c), signal)
    print(f"{name:22}", "first the exercises above" if best is None else f"unit {best:3}   r = {r_best:5.2f}")

# %% [markdown]
# ## Does it use it?
#
# That two things go together does not show that one does anything. So turn the unit by hand. Take all places of the text held back that stand before
# a `,` or `.` or the like: there a quotation may end. Set this one cell state to its usual value on the *other* side, leave the rest of
# the network as it is, read the one character more, and look: how likely is `'` now? (All places at once: they are a batch.)

# %%
places = np.array([n for n in range(100, len(c) - 1) if unseen_text[n + 1] in ",.!?;"])
open_here = np.ones(len(places), bool) if inside is None else inside[places] == 1


def closing(value_of):
    """The probability of ' at each place, when the unit's cell state is value_of(what it is)."""
    changed = c[places]
    changed[:, unit] = value_of(changed[:, unit])
    _, _, after = fast_forward(weights["W"], weights["b"], np.eye(K)[held[places + 1]][None], h[places], changed)
    y = scores(after[-1])
    p = np.exp(y - y.max(axis=1, keepdims=True))
    return p[:, vocab.index("'")] / p.sum(axis=1)


if unit is None:
    print("first the exercises above")
else:
    usual = np.array([c[inside == side, unit].mean() for side in (0, 1)])
    print(f"the usual cell state of unit {unit}: outside {usual[0]:.1f}, inside {usual[1]:.1f}\n")
    as_it_is, turned = closing(lambda now: now), closing(lambda now: np.where(open_here, usual[0], usual[1]))
    for name, here in (("inside", open_here), ("outside", ~open_here)):
        print(f"{here.sum():4} places {name:8} probability of ' {as_it_is[here].mean():.2f}", end="")
        print(f", with the unit turned {turned[here].mean():.2f}")

# %% [markdown]
# Inside, nearly half of its probability is gone; outside, the mark has become several times likelier. So the unit is used. And it is not alone: the rest of the network still
# knows something. Turn it yourself, farther than it ever goes:


# %%
def turn(axes, state):
    """The mean probability of ' inside and outside, with the unit's cell state set to one value everywhere."""
    if unit is None:
        return "first the exercises above"
    now, before = closing(lambda _: state), closing(lambda as_is: as_is)
    for k, here in enumerate((open_here, ~open_here)):
        axes.bar(k - 0.2, before[here].mean(), 0.4, color="#9fb3c8", label="as it is" if k == 0 else None)
        axes.bar(k + 0.2, now[here].mean(), 0.4, color="#1f77b4", label="with this cell state" if k == 0 else None)
    axes.set(xticks=[0, 1], xticklabels=["inside", "outside"], ylim=(0, 0.7), ylabel="probability of '")
    axes.legend(fontsize=9)


play(turn, state=(-6.0, 6.0, 3.0))

# %% [markdown]
# ## In your own words
#
# Somebody shows you the painted text and says: "This neuron understands quotations." What has been shown, what has not, and what would you do to find out? Four or five
# sentences. (To compare with a model answer afterwards, run `hint("reward_what_it_knows")` twice.)

# %% [markdown] written="reward_what_it_knows"

# %% [markdown]
# ## What you have earned
#
# - One loss, three names: nats, bits, and the perplexity $e^{\text{nats}} = 2^{\text{bits}}$.
# - More text helps more than more passes.
# - A cell state can be read: choose a signal, correlate, paint.
# - What goes together with a thing need not do it. Change it, and see what follows.

# %% [markdown]
# ## What you can do now
#
# | unit | you can |
# |---|---|
# | 0 Start | be wrong, read what is said about it, and mend it |
# | [1 The chain rule](../1-chain-rule/1.1-functional-stages.ipynb) | take any computation apart into stages, send a gradient back through it, forks included, and test it to the last digit |
# | [2 Recurrent networks](../2-rnn/2.1-a-loop-unrolled.ipynb) | unroll a loop, go back through time, and say why a gradient vanishes or explodes |
# | [3 The LSTM](../3-lstm/3.1-the-block-forward.ipynb) | write an LSTM forward and backward, explain each term of its gradient, and find a factor that is missing in print |
# | [4 Training](4.1-from-textbook-to-fast.ipynb) | make it fast without changing a number, train it and judge what it has learned, work out the gradient of a cell that is new to you, and look inside |
#
# ## Where to go next
#
# Few, and each worth its time:
#
# - Hochreiter and Schmidhuber (1997), [Long Short-Term Memory](https://doi.org/10.1162/neco.1997.9.8.1735). The beginning. It has no
#   forget gate yet, and cuts its gradient on purpose. You can now say where.
# - Gers, Schmidhuber and Cummins (2000), [Learning to Forget](https://doi.org/10.1162/089976600300015015). Where the forget gate
#   comes from, and why it was needed.
# - Pascanu, Mikolov and Bengio (2013), [On the difficulty of training recurrent neural networks](https://arxiv.org/abs/1211.5063). 2.3 in
#   full: vanishing, exploding, clipping.
# - Cho et al. (2014), [Learning Phrase Representations using RNN Encoder-Decoder](https://arxiv.org/abs/1406.1078). The GRU, and one network that
#   reads while another writes.
# - Jozefowicz, Zaremba and Sutskever (2015),
#   [An Empirical Exploration of Recurrent Network Architectures](https://proceedings.mlr.press/v37/jozefowicz15.html). Thousands of cells
#   tried, and a bias of 1 on the forget gate.
# - Greff et al. (2017), [LSTM: A Search Space Odyssey](https://arxiv.org/abs/1503.04069). Which parts of the block matter; peepholes are
#   among those that do not, much.
# - Vaswani et al. (2017), [Attention Is All You Need](https://arxiv.org/abs/1706.03762). What came after. No recurrence, so no backpropagation through
#   time; every stage in it is one that you can send a gradient back through, or soon work out.
# - Karpathy, [micrograd](https://github.com/karpathy/micrograd). Your `reverse_sweep` of 1.2 grown into a library of a hundred lines. Write
#   your own first, then read it.

# %%
progress()

# %% [markdown]
# ## A page to keep
#
# Your progress as a page, for you or for somebody whom you want to show it to. It lists your points by notebook, the day of your last passed
# check and the hints you read, and it says plainly what it is: a record of your own, and no proof.

# %%
your_name = ""  # write it between the quotation marks, and run this cell again
progress.certificate("certificate.html", name=your_name) if your_name else "nothing written yet"

# %% [markdown]
# That was the course. You began with $\sin(2x + 2)$, and you have just looked into a network that reads with code of yours. Thank you for staying to
# the end.
