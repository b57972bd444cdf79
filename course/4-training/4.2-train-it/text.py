# %% [markdown]
# # 4.2 Train it
#
# When you are done, you will be able to
#
# - train an LSTM on text: parallel streams, carried state, clipping, Adam, each written by you,
# - say what a loss is worth: in bits per character, against simple baselines, on text that was held back,
# - make it write, and say why its samples prove little.
#
# **About 85 minutes.** You need [2.2](../2-rnn/2.2-backpropagation-through-time.ipynb) for truncated backpropagation, clipping
# from [2.3](../2-rnn/2.3-vanishing-and-exploding.ipynb), and your fast LSTM of [4.1](4.1-from-textbook-to-fast.ipynb).

# %%
import os

for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"  # matrices this small are slower on two threads than on one

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display

from autograde import check, guess, hint, mine, play, practice, progress, recall


def need(answer):
    """What one of your functions returned, once it is written."""
    if answer is None:
        raise NotImplementedError("first the exercise above")
    return answer

# %% [markdown]
# Three questions first, on what this notebook builds on. Put your answers in place of the dots, or go on.

# %%
recall("4.2", ..., ..., ...)

# %% [markdown]
# ## A question to start with
#
# "The loss went down to 2.1." Is that good? Training always gives you a number. Whether it means anything depends on what stands
# beside it. In this notebook you train an LSTM from the first line to the last, and nothing that it achieves will stand alone.
#
# ## What has to be beaten
#
# We begin with the text, and with predictors so simple that they must be beaten.

# %%
with open("data/alice.txt", encoding="utf-8") as file:
    text = file.read()
vocab = "".join(sorted(set(text)))
K = len(vocab)
codes = np.array([vocab.index(c) for c in text])
cut = int(0.9 * len(codes))
train, held = codes[:cut], codes[cut:]
print(f"{K} different characters; {len(train)} to train on, {len(held)} held back")

# %% [markdown]
# The last tenth of the chapter is **held back**. Nothing is trained on it. It answers the question that matters: how well does
# it guess text that it has *not* seen?
#
# Whoever gives the probability $p$ to the character that comes pays $-\log_2 p$ **bits**. The mean over all characters is the
# **bits per character**. Two predictors that only count:
#
# - **unigram**: how often does each character occur in the training text?
# - **bigram**: how often does each character occur *after this one*?
#
# $$
# q(b) = \frac{\varepsilon + n_b}{\sum_{b'} (\varepsilon + n_{b'})}, \qquad
# q(b \mid a) = \frac{\varepsilon + n_{ab}}{\sum_{b'} (\varepsilon + n_{ab'})}
# $$
#
# $n_b$ counts the character $b$, and $n_{ab}$ counts the pair "$a$, then $b$". The small number $\varepsilon$ is added to *every* count,
# because what has never been seen may still come, and $-\log_2 0$ is infinite.

# %% [markdown]
# ### Exercise: `train_baselines`
# Count on `train`, pay on `held`: the bits per character of both predictors. Both guess every character of `held` but the
# first (before that one there is nothing).

# %% answer="train_baselines"
def train_baselines(train, held, K, extra):
    """Bits per character of a unigram and of a bigram predictor.

    train (N,), held (M,) : texts as classes, whole numbers from 0 to K - 1
    K : how many classes there are
    extra : what is added to every count, a positive number
    returns : unigram, bigram, two numbers
    """
    ### BEGIN SOLUTION
    letters = np.bincount(train, minlength=K) + extra
    pairs = np.full((K, K), extra)
    for a, b in zip(train[:-1], train[1:]):
        pairs[a, b] += 1
    q_letter = letters / letters.sum()
    q_pair = pairs / pairs.sum(axis=1, keepdims=True)

    before, now = held[:-1], held[1:]
    unigram = -np.log2(q_letter[now]).mean()
    bigram = -np.log2(q_pair[before, now]).mean()
    return unigram, bigram
    ### END SOLUTION

# %% check="train_baselines"
check(train_baselines)

# %%
baselines = train_baselines(train, held, K, 0.1)
print(f"uniform guess   {np.log2(K):.2f} bits per character")
if baselines is not None:
    print("          added   training text   text held back")
    for extra in (0.1, 1e-6):
        for name, seen, unseen in zip(
            ("unigram", "bigram"), train_baselines(train, train, K, extra), train_baselines(train, held, K, extra)
        ):
            print(f"{name:10}{extra:<8}{seen:.2f}            {unseen:.2f}")

# %% [markdown]
# Look at the last line. With almost nothing added, the bigram table is better on the text that it has counted, and clearly worse on
# the other: it is too sure that what it has not seen does not exist. That is **over-fitting**, and a table of counts is
# enough for it. With 10 000 characters you will see it again.
#
# ## Streams
#
# Minibatches make training fast (4.1). But a text is *one* sequence. Where do $B$ sequences come from?
#
# ![A text of 36 characters in a strip, cut into three pieces. Below, the pieces lie on top of one another as three streams of 12 characters. Upright frames cut all streams into chunks of four steps. A green arrow leads from each chunk to the next: the state goes on.](figures/streams-and-chunks.svg)
#
# Cut it into $B$ long pieces and read all of them side by side. A **chunk** is a frame of $T$ steps: forward, back, one update of the
# weights. Then the frame moves on, and every stream continues where it left off. So the states at the end of chunk $k$ are the
# initial states of chunk $k+1$: row $n$ must hold the *same* stream in both, and its text must go on without a gap.

# %% [markdown]
# ### Exercise: `train_streams`
# Return inputs and targets of all chunks, each of shape `(n, T, B)`: `inputs[k]` is chunk $k$, and `inputs[:, :, 0]` read on is the beginning
# of the text. The target of a character is the one that comes next in the text. Make as many whole chunks as the text, which needs
# one more character for the last target, allows; leave out the rest. Cut the inputs from `codes[:-1]` and the targets from
# `codes[1:]` in the same way.

# %% answer="train_streams"
def train_streams(codes, B, T):
    """A text as chunks of parallel streams.

    codes (N,) : the text, as classes
    B, T : streams, and steps in a chunk; N is at least B * T + 1
    returns : inputs (n, T, B), targets (n, T, B)
    """
    ### BEGIN SOLUTION
    n = (len(codes) - 1) // (B * T)

    def cut(text):
        return text[: B * n * T].reshape(B, n, T).transpose(1, 2, 0)

    inputs = cut(codes[:-1])
    targets = cut(codes[1:])
    return inputs, targets
    ### END SOLUTION

# %% check="train_streams"
check(train_streams)

# %% [markdown]
# With your eyes: two streams of the real text, in their first three chunks. Does each line read on?

# %%
B, T = 32, 25
chunks = train_streams(train, B, T)
if chunks is None:
    print("first the exercise above")
else:
    inputs, targets = chunks = [np.asarray(made) for made in chunks]
    print(f"{len(inputs)} chunks of {T} steps and {B} streams")
    for stream in (0, 1):
        pieces = ["".join(vocab[k] for k in chunk[:, stream]).replace("\n", " ") for chunk in inputs[:3]]
        print(f"stream {stream}   " + "|".join(pieces))

# %% [markdown]
# ## The loss of a chunk
#
# $L$ is the *mean* over all $T \cdot B$ characters of the chunk, so that it means the same for every size. We report it in bits, and take
# the gradient of the mean in nats, as everyone does: the two differ by the factor $\ln 2$ only. With the scores $y$, their softmax $p$, and
# 1 at the true class $k$:
#
# $$
# L = -\frac{1}{T B} \sum_{t,n} \ln p_{t,n,k}, \qquad
# \mathrm{d}y_{t,n,j} = \frac{p_{t,n,j} - [j = k]}{T B}, \qquad
# \text{bits} = \frac{L}{\ln 2}
# $$

# %% [markdown]
# ### Exercise: `train_loss`
# Both for a whole chunk: the bits per character, and `dy`, the gradient of $L$. (Subtract the largest score of each character before
# `np.exp`, as in 1.3.)

# %% answer="train_loss"
def train_loss(y, targets):
    """The loss of a chunk and its gradient.

    y (T, B, K) : the scores
    targets (T, B) : the true classes
    returns : bits, a number; dy (T, B, K), the gradient of the mean in nats
    """
    ### BEGIN SOLUTION
    T, B, K = y.shape
    e = np.exp(y - y.max(axis=2, keepdims=True))
    p = e / e.sum(axis=2, keepdims=True)
    true = np.eye(K)[targets]

    losses = -np.log((p * true).sum(axis=2))
    bits = losses.mean() / np.log(2)
    dy = (p - true) / (T * B)
    return bits, dy
    ### END SOLUTION

# %% check="train_loss"
check(train_loss)

# %% [markdown]
# Here comes *your* LSTM of 4.1, and the readout $y_t = W_y h_t + b_y$ around it. (Where yours has not passed its check, a line says that
# it is the course's.) From here on the weights are a dictionary, `weights["W"]` and so on, and so are their gradients. Note the zeros that the backward pass gets as `dc_T`: *the
# state goes on, the gradient stops*.

# %%
fast_forward, fast_backward = mine("fast_forward", "fast_backward")


def chunk_gradients(weights, x, targets, h, c):
    """A chunk of text, x and targets (T, B), from states h, c (B, H): bits, gradients, the last states h, c."""
    W, Wy = weights["W"], weights["Wy"]
    one_hot = np.eye(len(Wy))[x]
    memory = fast_forward(W, weights["b"], one_hot, h, c)
    _, c, h = memory
    bits, dy = need(train_loss(h[1:] @ Wy.T + weights["by"], targets))
    dW, db, *_ = fast_backward(W, one_hot, memory, dy @ Wy, np.zeros(c[-1].shape))
    dWy = np.tensordot(dy, h[1:], ([0, 1], [0, 1]))
    return bits, {"W": dW, "b": db, "Wy": dWy, "by": dy.sum(axis=(0, 1))}, h[-1], c[-1]


def lstm_weights(rng, D, H, K, keep=1.0):
    """First weights; keep is the bias of the forget gate."""
    b = np.zeros((4, H))
    b[0] = keep
    W, Wy = rng.normal(0, (H + D) ** -0.5, (4, H, H + D)), rng.normal(0, H**-0.5, (K, H))
    return {"W": W, "b": b, "Wy": Wy, "by": np.zeros(K)}

# %% [markdown]
# ## Adam
#
# Plain gradient descent multiplies every gradient by the same rate. But gradients of different weights differ in size by factors of
# a thousand: the row for "e" gets one at each step, the row for "Q" hardly ever. **Adam** (Kingma and Ba, 2015) gives each
# weight a step of its own. It keeps two running means, of the gradient $d$ and of its square:
#
# $$
# m \leftarrow \beta_1 m + (1 - \beta_1)\, d, \qquad
# v \leftarrow \beta_2 v + (1 - \beta_2)\, d^2
# $$
#
# Both start at zero, so at first they are too small. At step $t = 1, 2, \ldots$ that is undone by dividing by what has come in so
# far; this is the **bias correction**. Then the step:
#
# $$
# \hat m = \frac{m}{1 - \beta_1^t}, \qquad
# \hat v = \frac{v}{1 - \beta_2^t}, \qquad
# w \leftarrow w - \eta\, \frac{\hat m}{\sqrt{\hat v} + \epsilon}
# $$
#
# $\eta$ is the rate. What is kept for the next step are $m$ and $v$; the hats are used once and forgotten.

# %% [markdown]
# ### Exercise: `adam_step`
# One step of Adam for one array. Return the new `w`, `m` and `v`.

# %% answer="adam_step"
def adam_step(w, m, v, d, t, rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """One step of Adam.

    w, m, v, d : arrays of one shape: the weights, the two running means, the gradient
    t : which step this is, counted from 1
    rate, beta1, beta2, eps : numbers
    returns : the new w, m, v
    """
    ### BEGIN SOLUTION
    m = beta1 * m + (1 - beta1) * d
    v = beta2 * v + (1 - beta2) * d**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w - rate * m_hat / (np.sqrt(v_hat) + eps)
    return w, m, v
    ### END SOLUTION

# %% check="adam_step"
check(adam_step)

# %% [markdown]
# What does it do? Three weights start at zero. Their gradients are always 100, always 0.0001, and 1 and -1 in turn.

# %% guess="adam_distance"

# %%
w = m = v = np.zeros(3)
for t in range(1, 5):
    step = adam_step(w, m, v, np.array([100, 0.0001, (-1) ** t]), t, rate=0.01)
    if step is None:
        print("first the exercise above")
        break
    w, m, v = step
    print(f"step {t}  ", "  ".join(f"{number: .4f}" for number in w))

# %% [markdown]
# The size of a gradient cancels: $\hat m / \sqrt{\hat v}$ is $\pm 1$ for a steady one, whether it is huge or tiny. So the rate is now a *distance*: how
# far a weight goes in one step. A gradient that keeps changing its sign hardly moves its weight.
#
# ## A pass over the text
#
# Now the loop. For each chunk, in order:
#
# 1. `chunk_gradients` from the states so far. It hands back the states with which the next chunk begins.
# 2. Clip, with your `rnn_clip` from 2.3: all arrays by one factor. It took a list; here it takes a dictionary as well, and returns one.
# 3. One step of Adam for each array. They all share *one* `t`.

# %%
clip_list = mine("rnn_clip")


def rnn_clip(gradients, limit):
    """Your rnn_clip of 2.3, for a list of arrays or a dictionary of arrays."""
    if isinstance(gradients, dict):
        return dict(zip(gradients, clip_list([*gradients.values()], limit)))
    return clip_list(gradients, limit)

# %% [markdown]
# ### Exercise: `train_pass`
# One pass over all chunks. `t` is the number of Adam's steps made *before* this pass, so the first step of this pass is `t + 1`. `weights`, `m`, `v` and
# the gradients have the same names in them, so `for name in weights` goes through all. The beginning is given: both states are zero when a pass begins, and
# you fill copies of the dictionaries, so that those which came in stay as they were.

# %% answer="train_pass"
def train_pass(weights, m, v, t, inputs, targets, rate, limit):
    """One pass over the text, an update for each chunk.

    weights, m, v : dictionaries of arrays, all with the same names
    t : how many steps of Adam were made so far
    inputs, targets (n, T, B) : chunks of streams
    rate : Adam's rate
    limit : the largest global norm of the gradients
    returns : the new weights, m, v, the new t, and bits (n,), the loss of each chunk
    """
    weights, m, v = dict(weights), dict(m), dict(v)
    h = c = np.zeros((inputs.shape[2], weights["b"].shape[1]))
    ### BEGIN SOLUTION
    bits = []
    for x, k in zip(inputs, targets):
        loss, gradients, h, c = chunk_gradients(weights, x, k, h, c)
        bits.append(loss)
        t = t + 1
        gradients = rnn_clip(gradients, limit)
        for name in weights:
            step = adam_step(weights[name], m[name], v[name], gradients[name], t, rate)
            weights[name], m[name], v[name] = step
    return weights, m, v, t, np.array(bits)
    ### END SOLUTION

# %% check="train_pass"
check(train_pass)

# %% [markdown]
# ## Train
#
# 36 passes, 432 updates. After each pass we look at the text held back: one stream, forward only. It takes a few seconds, so here is a
# bar to watch.

# %%
def bar(steps):
    """Go through range(steps), and show how far it is."""
    shown = display({"text/plain": ""}, raw=True, display_id=True)
    for k in range(steps):
        yield k
        done = 40 * (k + 1) // steps
        shown.update({"text/plain": "█" * done + "░" * (40 - done) + f" {k + 1} of {steps}"}, raw=True)


def cost(weights, codes):
    """Bits per character of a text that is read from its beginning to its end."""
    zeros = np.zeros((1, weights["b"].shape[1]))
    _, _, h = fast_forward(weights["W"], weights["b"], np.eye(K)[codes[:-1, None]], zeros, zeros)
    return train_loss(h[1:] @ weights["Wy"].T + weights["by"], codes[1:, None])[0]


def ready(work, *arguments):
    """What the work returns, or None while an exercise that it needs is still to be written."""
    try:
        need(adam_step(*np.ones((4, 1)), 1, 0.1)), need(train_loss(np.ones((1, 1, 2)), np.array([[0]])))
        return need(work(*arguments))
    except NotImplementedError:
        return print("first the exercises above")


def train_model(seed, passes, H=64, rate=0.01, limit=1.0):
    """The weights after each pass, and bits per character on both texts."""
    inputs, targets = need(chunks)
    weights = lstm_weights(np.random.default_rng(seed), K, H, K)
    m = v = {name: np.zeros(w.shape) for name, w in weights.items()}
    t, history, seen, unseen = 0, [], [], []
    need(train_pass(weights, m, v, t, inputs[:1], targets[:1], rate, limit))
    for _ in bar(passes):
        weights, m, v, t, bits = train_pass(weights, m, v, t, inputs, targets, rate, limit)
        history.append(weights)
        seen.append(np.mean(bits))
        unseen.append(cost(weights, held))
    return history, np.array(seen), np.array(unseen)


passes = 36
model = ready(train_model, 0, passes)

# %%
plt.figure(figsize=(7, 3.6))
if model:
    history, seen, unseen = model
    best = int(np.argmin(unseen))
    plt.plot(np.arange(1, passes + 1), seen, color="#9fb3c8", lw=2, label="LSTM, training text")
    plt.plot(np.arange(1, passes + 1), unseen, color="#2e8b57", lw=2, label="LSTM, text held back")
    plt.plot(best + 1, unseen[best], "o", color="#2e8b57")
    for name, bits, style in zip(("unigram", "bigram"), baselines or (), (":", "--")):
        plt.axhline(bits, color="#d1495b", ls=style, label=f"{name}, text held back")
    plt.legend(fontsize=9)
    for k in (0, best, passes - 1):
        print(f"pass {k + 1:2}   training text {seen[k]:.2f}   held back {unseen[k]:.2f}   bits per character")
plt.xlabel("pass over the text")
plt.ylabel("bits per character")
plt.ylim(1.5, 6)
plt.show()

# %% [markdown]
# Two things to see, one of them good. The LSTM beats the bigram on text that it has never seen, by half a bit per character (with five seeds
# of five, by 0.53 to 0.59). A bigram
# looks back one character; the LSTM has found something in those before.
#
# And then it **over-fits**. The grey curve goes on falling, and the green one turns up (with four seeds of five; the fifth was still falling). From there on the LSTM learns what is special about *this* text. Ten
# thousand characters are little for thirty-five thousand weights. What one can do is stop at the
# dot. (To be strict: as we *chose* the dot by the text held back, its value there is a little too kind. Where it matters, a third text,
# used once, gives the final number.)
#
# So "2.1 bits" alone says nothing. On which text? And clipping? In this run no gradient was longer than the limit. It is a seat belt: in the runs
# of [4.6](4.6-does-it-remember.ipynb) between none and 68 of 100 gradients are shortened, by network, rate and seed, and you cannot know beforehand in which.
#
# ## Let it write
#
# As in 2.1: draw a character, feed it in, go on. One knob is new. Divide all scores by a **temperature** $\tau$ before the softmax:
#
# $$
# p_k = \frac{e^{y_k / \tau}}{\sum_j e^{y_j / \tau}}
# $$
#
# What happens for $\tau$ near 0? And for a very large one? Think before you go on.

# %% [markdown]
# ### Exercise: `train_temperature`
# The probabilities at a temperature. It should survive a very low one: then $y / \tau$ is huge, and `np.exp` must not overflow.

# %% answer="train_temperature"
def train_temperature(y, temperature):
    """Probabilities from scores.

    y (K,) : the scores
    temperature : a positive number
    returns : array (K,)
    """
    ### BEGIN SOLUTION
    z = y / temperature
    e = np.exp(z - z.max())
    return e / e.sum()
    ### END SOLUTION

# %% check="train_temperature"
check(train_temperature)

# %%
def write(weights, start, temperature, u):
    """Reads start, then draws len(u) characters."""
    h = c = np.zeros((1, weights["b"].shape[1]))
    written, code = "", [vocab.index(k) for k in start]
    for number in u:
        _, c, h = fast_forward(weights["W"], weights["b"], np.eye(K)[code][:, None], h, c)
        h, c = h[-1], c[-1]
        p = need(train_temperature(weights["Wy"] @ h[0] + weights["by"], temperature))
        code = [min(int((np.cumsum(p) <= number).sum()), K - 1)]
        written += vocab[code[0]]
    return written


def say(temperature):
    """What your model writes at this temperature, from the same random numbers each time."""
    if not model:
        return "first the exercises above"
    return ready(write, history[best], "Alice ", temperature, np.random.default_rng(1).random(200)) or ""


for temperature in (0.2, 1.0, 1.5):
    print(f"TEMPERATURE {temperature}\n{say(temperature)}\n")
if model:
    print(f"THE LAST PASS, TEMPERATURE 1.0\n{ready(write, history[-1], 'Alice ', 1.0, np.random.default_rng(1).random(200))}")

# %% [markdown]
# Where does it turn from dull to wild? The slider asks your model.

# %%
play(say, temperature=(0.1, 2.0, 0.7))

# %% [markdown]
# Cold, it repeats what is likeliest. Hot, it spells like nobody. Near 1, it draws from what it has learned: words, nearly. The last
# sample comes from the over-fitted end, where unseen text costs more. It reads no worse; it may even read better, as more of it is Carroll's. So
# do not judge a model by its samples.
#
# ## A hunt
#
# One wrong line in `train_pass`, `adam_step` or what they call. Which?

# %%
hunt = practice("train_pass", "adam_step")
hunt

# %%
hunt.line(...)

# %% [markdown]
# ## In your own words
#
# A friend writes: "My LSTM gets down to 1.6 bits per character, and look how well it writes!" Which questions would you ask, and why? Three or four
# sentences. (To compare with a model answer afterwards, run `hint("one_number")` twice.)

# %% [markdown] written="one_number"

# %% [markdown]
# ## What you have earned
#
# - A loss needs company: bits per character beside unigram and bigram, on text held back.
# - Parallel streams: row $n$ of each chunk goes on where row $n$ of the last one stopped. The state goes on, the gradient stops.
# - Adam: $\hat m / \sqrt{\hat v}$ makes the rate a distance. One `t` for all, counted from 1.
# - Over-fitting shows on text held back, and nowhere else.

# %%
progress()

# %% [markdown]
# Next: [4.3 On your own](4.3-on-your-own.ipynb). No more help: the GRU, backward. Or go on training first: [4.6 Does it remember?](4.6-does-it-remember.ipynb) asks what
# your LSTM can remember, and [4.7 The reward](4.7-the-reward.ipynb) gives it a whole book.
