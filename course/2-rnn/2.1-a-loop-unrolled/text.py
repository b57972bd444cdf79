# %% [markdown]
# # 2.1 A loop, unrolled
#
# When you are done, you will be able to
#
# - run a recurrent network over a text, one character at a time, and say what each weight does,
# - show with numbers that its loop is a feed-forward network whose layers share their weights,
# - say what the network pays at each step, which steps count, and whether it is better than guessing.
#
# **About 90 minutes**, with a place to stop after 50. You need
# [1.3](../1-chain-rule/1.3-vectors-and-matrices.ipynb): matrices, tanh, and softmax with cross-entropy.

# %%
import matplotlib.pyplot as plt
import numpy as np
import sympy as sp

from autograde import check, guess, hint, practice, progress, recall

# %% [markdown]
# Three questions from unit 1 first. Answer in place of the dots, or go on.

# %%
recall("2.1", ..., ..., ...)

# %% [markdown]
# ## A question to start with
#
# The network of [1.4](../1-chain-rule/1.4-a-network-by-hand.ipynb) takes two numbers, because it was built for two. A
# text has as many characters as its author liked. How can one fixed set of weights read a text of *any* length? And is
# what you get still a network on which backpropagation works?
#
# ![Left, a loop: one tanh layer takes the input x_t and its own last state h_{t-1}, and gives h_t. Right, the same loop unrolled over three steps: a chain of three tanh layers from h_0 to h_3, each with its own input. One set of weights, W_xh, W_hh and b_h, serves all three.](figures/loop-unrolled.svg)
#
# On the left, the usual picture of a **recurrent network** (RNN). On the right, what it does when it runs. This
# notebook is about the equals sign.
#
# We follow Andrej Karpathy's character model (`min-char-rnn`, 2015) and keep his names. It reads a text and, at each
# character, bets on the next one.

# %% [markdown]
# ## A text as an array
#
# Here is the text: the first chapter of *Alice's Adventures in Wonderland*. Its different characters, sorted, are the
# **vocabulary**. A character's place in the vocabulary is its **class**, and $K$ is the number of classes.

# %%
with open("data/alice.txt") as file:
    text = file.read()
vocab = "".join(sorted(set(text)))
K = len(vocab)

print(text[:175])
print("...")
print(len(text), "characters,", K, "classes:", repr(vocab))

# %% [markdown]
# The class of `b` lies between those of `a` and `c`, but `b` does not *mean* something between the two. So the network
# does not get the class as a number. It gets a **one-hot** vector: $K$ numbers, a 1 at the place of the class, zeros
# elsewhere.

# %% [markdown]
# ### Exercise: `char_one_hot`
# Turn a text of $T$ characters into an array of shape `(T, K)`: row `t` is the one-hot vector of character `t`. In this
# course the first axis of a sequence is time.

# %% answer="char_one_hot"
def char_one_hot(text, vocab):
    """A text as one-hot vectors.

    text : string of T characters, each of them in vocab
    vocab : string of K different characters
    returns : array (T, K)
    """
    ### BEGIN SOLUTION
    x = np.zeros((len(text), len(vocab)))
    for t in range(len(text)):
        x[t, vocab.index(text[t])] = 1
    return x
    ### END SOLUTION

# %% check="char_one_hot"
check(char_one_hot)

# %% [markdown]
# ## One step
#
# At step $t$ the network holds a **state** $h_{t-1}$, $H$ numbers that stand for all it has read so far. It reads $x_t$
# and makes the next state:
#
# $$
# \hat h_t = W_{xh}\, x_t + W_{hh}\, h_{t-1} + b_h, \qquad h_t = \tanh \hat h_t
# $$
#
# $W_{xh}$ has shape `(H, D)` and acts on the input, which has $D$ numbers (for characters, $D$ is $K$). $W_{hh}$ has
# shape `(H, H)` and acts on the memory. Because $x_t$ is one-hot, $W_{xh} x_t$ is simply one column of $W_{xh}$: each
# character has a column of its own.

# %% [markdown]
# ### Exercise: `rnn_step`
# Return $h_t$, shape `(H,)`.

# %% answer="rnn_step"
def rnn_step(Wxh, Whh, bh, x, h_prev):
    """One step of a recurrent network.

    Wxh (H, D), Whh (H, H), bh (H,) : the weights
    x (D,) : the input of this step
    h_prev (H,) : the state before this step
    returns : array (H,), the state after this step
    """
    ### BEGIN SOLUTION
    h_hat = Wxh @ x + Whh @ h_prev + bh
    return np.tanh(h_hat)
    ### END SOLUTION

# %% check="rnn_step"
check(rnn_step)

# %% [markdown]
# ## The loop, written out
#
# Before the first step there is no last state, so somebody has to supply one: the **initial state** $h_0$. It is often
# zero, but not always; your code should not assume that it is.
#
# Mind the counting. In formulas steps are counted from 1: $x_1$ and $h_0$ give $h_1$. In Python `x[0]` is $x_1$ and
# `h[0]` is $h_1$, the state *after* the first step. The initial state has a name of its own, `h0`, and is not a row of
# `h`.
#
# Take the smallest case: one input, one hidden unit, no bias. Then everything is a number, and the first step is
#
# $$
# h_1 = \tanh(w_x x_1 + w_h h_0)
# $$

# %% [markdown]
# ### Exercise: `h_2`
# Write $h_2$ as a SymPy expression in $w_x$, $w_h$, $x_1$, $x_2$ and $h_0$ alone: no $h_1$ may be left in it. SymPy's
# tanh is `sp.tanh`: $\tanh(2 w_h)$ is `sp.tanh(2 * w_h)`.

# %% answer="h_2"
w_x, w_h, x_1, x_2, h_0 = sp.symbols("w_x w_h x_1 x_2 h_0")
h_2 = ...
### BEGIN SOLUTION
h_1 = sp.tanh(w_x * x_1 + w_h * h_0)
h_2 = sp.tanh(w_x * x_2 + w_h * h_1)
### END SOLUTION

# %% check="h_2"
check(h_2=h_2)

# %% [markdown]
# No loop is left in it. It is a network of two layers, one tanh inside the other. The inner layer reads $x_1$, the
# outer one $x_2$, and **the same** $w_h$ stands in both. So it is used twice, and you know from
# [1.2](../1-chain-rule/1.2-forks-and-routes.ipynb) what that means for its derivative: a sum of two routes.
#
# $$
# \frac{\mathrm{d}h_2}{\mathrm{d}w_h} = (1 - h_2^2)\left(h_1 + w_h\,(1 - h_1^2)\,h_0\right)
# $$
#
# The first term comes from the outer $w_h$, the second from the inner one. With 1000 steps there are 1000 terms, and
# nobody writes them down. [2.2](2.2-backpropagation-through-time.ipynb) finds their sum in one sweep. (`sp.diff(h_2, w_h)` gives
# both, written out.)

# %% [markdown]
# ### Exercise: `rnn_forward`
# Now for any number of steps, and any $H$. Run the network over a whole sequence, starting from `h0`. Return all states, shape `(T, H)`: row `t` is the state
# after `x[t]` was read. You may call your `rnn_step`.

# %% answer="rnn_forward"
def rnn_forward(Wxh, Whh, bh, x, h0):
    """All states of a recurrent network.

    Wxh (H, D), Whh (H, H), bh (H,) : the weights, the same at every step
    x (T, D) : the inputs
    h0 (H,) : the state before the first step
    returns : array (T, H)
    """
    ### BEGIN SOLUTION
    h = np.zeros((len(x), len(h0)))
    h_prev = h0
    for t in range(len(x)):
        h_prev = rnn_step(Wxh, Whh, bh, x[t], h_prev)
        h[t] = h_prev
    return h
    ### END SOLUTION

# %% check="rnn_forward"
check(rnn_forward)

# %% [markdown]
# Would you find the mistake in somebody else's network? One line of this is wrong. (It is written for batches: `x @ Wxh.T`
# stands for `Wxh @ x`.)

# %%
hunt = practice("rnn_forward")
hunt

# %%
hunt.line(...)

# %% [markdown]
# ## Is it the same network?
#
# Here is a plain feed-forward network: three layers, each with weights *of its own*, and no loop. Layer 1 takes `h0`
# and `x[0]`, layer 2 takes what layer 1 gives and `x[1]`, and so on. We hand all three layers the same weights. That is
# what **tied weights** means.

# %%
def three_layers(layer_1, layer_2, layer_3, x, h0):
    """The last state of a feed-forward network; each layer is a tuple of its own Wxh, Whh and bh."""
    W1, U1, b1 = layer_1
    W2, U2, b2 = layer_2
    W3, U3, b3 = layer_3
    h1 = np.tanh(W1 @ x[0] + U1 @ h0 + b1)
    h2 = np.tanh(W2 @ x[1] + U2 @ h1 + b2)
    h3 = np.tanh(W3 @ x[2] + U3 @ h2 + b3)
    return h3


rng = np.random.default_rng(1)
small = rng.normal(0, 0.5, (4, 2)), rng.normal(0, 0.5, (4, 4)), rng.normal(0, 0.5, 4)
read = rng.normal(size=(3, 2)), rng.normal(size=4)  # x and h0

unrolled = three_layers(small, small, small, *read)
loop = rnn_forward(*small, *read)
print("three layers ", unrolled)
print("the loop     ", loop[-1] if loop is not None else "first the exercise above")

# %% [markdown]
# The same numbers. That answers the question we started with: the same weights serve one more layer for each further
# character, and the chain rule holds for the loop as it does for any feed-forward network.
#
# One thing is new. Nudge a single entry of $W_{hh}$ in one layer only (that unties the weights), then in each of the
# others, then in all three at once, which is what happens when the loop's own weight moves.

# %% guess="nudged_at_once"

# %%
nudge = np.zeros((4, 4))
nudge[0, 1] = 1e-5
nudged = small[0], small[1] + nudge, small[2]

before = unrolled[0]
first = three_layers(nudged, small, small, *read)[0] - before
second = three_layers(small, nudged, small, *read)[0] - before
third = three_layers(small, small, nudged, *read)[0] - before
all_three = three_layers(nudged, nudged, nudged, *read)[0] - before

print(f"in layer 1 only    {first:+.3e}")
print(f"in layer 2 only    {second:+.3e}")
print(f"in layer 3 only    {third:+.3e}")
print(f"their sum          {first + second + third:+.3e}")
print(f"in all three       {all_three:+.3e}")

# %% [markdown]
# A weight of the loop is a fork with one branch for each step, and what its branches do adds up. Keep that for 2.2.
#
# A good place to stop: you have a loop, and you have shown that it is a network you know. What comes now makes it read.
#
# ## From a state to a bet
#
# ![The network reads A, l, i, c. At each step the state h leads to scores y; the scores are compared with the next character, l, i, c, e, and give a loss, L_1 to L_4.](figures/reading-alice.svg)
#
# After each character the network bets on the next one. The state gives a **score** for each of the $K$ classes, and
# softmax turns scores into probabilities $p_t$ that sum to 1:
#
# $$
# y_t = W_{hy}\, h_t + b_y, \qquad p_{t,k} = \frac{e^{y_{t,k}}}{\sum_j e^{y_{t,j}}}
# $$
#
# Then the true next character is shown. Call its class the **target** $k_t$. The **loss** of the step is $-\ln$ of the
# probability that it had been given, the cross-entropy. A sure and right bet costs nothing, a sure and wrong one a
# great deal:
#
# $$
# L_t = -\ln p_{t,k_t} = \ln \sum_j e^{y_{t,j}} - y_{t,k_t}
# $$
#
# Computers cannot hold $e^{1000}$. But adding one number to all scores of a step changes no probability, so subtract
# the largest, $s_t = \max_j y_{t,j}$. Then no exponent is positive, and nothing overflows:
#
# $$
# L_t = \ln \sum_j e^{y_{t,j} - s_t} - (y_{t,k_t} - s_t)
# $$

# %% [markdown]
# ### Exercise: `char_losses`
# `y` holds the scores of all steps, `(T, K)`, and `targets` the class of the true next character at each step, `(T,)`,
# whole numbers. Return the loss of each step, `(T,)`, so that it stays right for very large scores.

# %% answer="char_losses"
def char_losses(y, targets):
    """The cross-entropy of each step, in nats (natural logarithm).

    y (T, K) : scores
    targets (T,) : classes, whole numbers from 0 to K - 1
    returns : array (T,)
    """
    ### BEGIN SOLUTION
    shifted = y - y.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1))
    return log_sum - shifted[np.arange(len(y)), targets]
    ### END SOLUTION

# %% check="char_losses"
check(char_losses)

# %% [markdown]
# ## What is a good loss?
#
# A loss needs something to be compared with. Whoever knows nothing gives each of the $K$ classes the probability $1/K$
# and pays
#
# $$
# -\ln \frac{1}{K} = \ln K
# $$
#
# at each character, whatever comes. Whoever knows how often each character occurs, and nothing more, pays less. A
# trained network has to beat both.
#
# The natural logarithm measures in **nats**. Divide by $\ln 2$ and you have **bits**: so many yes-or-no questions per
# character.

# %%
codes = np.array([vocab.index(c) for c in text])
inputs, targets = codes[:-1], codes[1:]  # the target is the next character
share = np.bincount(codes, minlength=K) / len(codes)

for name, nats in ("uniform guess", np.log(K)), ("letter counts", -np.sum(share * np.log(share))):
    print(f"{name}   {nats:.2f} nats   {nats / np.log(2):.2f} bits per character")

# %% [markdown]
# Now an untrained network with $H = 48$ hidden units and small random weights. It has seen nothing yet.

# %% guess="first_loss"

# %%
H = 48
rng = np.random.default_rng(2)
Wxh = rng.normal(0, 0.1, (H, K))
Whh = rng.normal(0, 0.1, (H, H))
Why = rng.normal(0, 0.1, (K, H))
bh, by, h0 = np.zeros(H), np.zeros(K), np.zeros(H)

start = text.index("Alice was")
span = slice(start, start + 40)
h = rnn_forward(Wxh, Whh, bh, np.eye(K)[inputs[span]], h0)  # np.eye(K)[codes] is one-hot, too
losses = char_losses(h @ Why.T + by, targets[span]) if h is not None else None

plt.figure(figsize=(7, 3.6))
if losses is not None:
    plt.bar(range(40), losses, color="#9fb3c8", label="untrained network")
plt.axhline(np.log(K), color="#d1495b", ls="--", label="uniform guess")
plt.xticks(range(40), [vocab[k].replace(" ", "_") for k in targets[span]], fontsize=9)
plt.xlabel("the character that had to be guessed")
plt.ylabel("loss in nats")
plt.ylim(0, 6.5)
plt.legend(ncol=2)
plt.show()
if losses is not None:
    print(f"mean {np.mean(losses):.3f} nats, uniform guess {np.log(K):.3f}")

# %% [markdown]
# It knows nothing, and pays what a guess costs. That is worth remembering: if a classifier's first loss is far above
# $\ln K$, its first weights are too large, or there is a bug.
#
# ## Which steps count
#
# ![Three patterns over three steps. Many-to-many: an input and a loss at each step, mask 1 1 1. Many-to-one: an input at each step, a loss at the last only, mask 0 0 1. One-to-many: one input from outside, then each step reads the output of the step before; a loss at each step, mask 1 1 1.](figures/three-masks.svg)
#
# The character model pays at every step. Other tasks do not: "is this review friendly?" has one answer, at the end of
# the text. No new network is needed for that, only a **mask**, a 1 for each step that counts and a 0 for each that does
# not:
#
# $$
# L = \sum_{t=1}^{T} m_t\, L_t
# $$
#
# - **Many-to-many**: every step counts.
# - **Many-to-one**: only the last does. At all other steps the error is zero, and so is its derivative, as Kang and Seo
#   point out. These steps still run: the last state is made from them.
# - **One-to-many**: a picture in, a caption out. What is special here is not the loss but the *inputs*: one comes from
#   outside, at the first step. Later steps read zeros or, as in the figure, what the network has just put out.
#
# We take the *sum*, so that a step's share does not depend on how long the text is.

# %% [markdown]
# ### Exercise: `char_masked_loss`
# Put it together: states, scores, losses, and the sum over the steps that count. Return one number. You may call your
# functions.

# %% answer="char_masked_loss"
def char_masked_loss(Wxh, Whh, Why, bh, by, x, targets, h0, mask):
    """The loss of a character model on one sequence, in nats, summed over the steps that count.

    Wxh (H, D), Whh (H, H), Why (K, H), bh (H,), by (K,) : the weights
    x (T, D) : the inputs
    targets (T,) : classes, whole numbers from 0 to K - 1
    h0 (H,) : the initial state
    mask (T,) : 1 where a step counts, 0 where it does not
    returns : a number
    """
    ### BEGIN SOLUTION
    h = rnn_forward(Wxh, Whh, bh, x, h0)
    y = h @ Why.T + by
    losses = char_losses(y, targets)
    return np.sum(mask * losses)
    ### END SOLUTION

# %% check="char_masked_loss"
check(char_masked_loss)

# %% [markdown]
# Does a step matter that has no loss? In many-to-one, change the *first* character of "Alice was" and nothing else, and
# look at the loss of the last step:

# %%
last_only = np.zeros(8)
last_only[-1] = 1
for words in ("Alice was", "Slice was"):
    k = np.array([vocab.index(c) for c in words])
    loss = char_masked_loss(Wxh, Whh, Why, bh, by, np.eye(K)[k[:-1]], k[1:], h0, last_only)
    print(words, "first the exercise above" if loss is None else f"{loss:.5f}")

# %% [markdown]
# It moves, by a few thousandths, over seven steps. The first character reaches the last loss along the chain of states,
# and along that chain a gradient can come back. How much is left of it after many steps is the subject of
# [2.3](2.3-vanishing-and-exploding.ipynb).
#
# ## Letting it write
#
# A network that bets can also write: draw a character from its probabilities, feed that in as the next input, and go
# on. This is one-to-many. To draw a class, take a random number $u$ between 0 and 1 and walk along the probabilities until their
# sum exceeds it:

# %%
def draw(y, u):
    """The class drawn from softmax(y), y (K,), by a number u in [0, 1)."""
    p = np.exp(y - y.max())
    p = p / p.sum()
    return int((np.cumsum(p[:-1]) <= u).sum())


y = np.log(np.array([0.5, 0.3, 0.2]))
print([draw(y, u) for u in (0.1, 0.4, 0.6, 0.9)])

# %% [markdown]
# ### Exercise: `char_sample`
# Write `len(u)` characters. The first input is the class `first`; every later input is the class that was just drawn.
# Step `t` draws with `u[t]`. Return the classes that were drawn, an array of whole numbers (`first` is not one of
# them).

# %% answer="char_sample"
def char_sample(Wxh, Whh, Why, bh, by, h0, first, u):
    """Classes drawn one after the other, each fed back as the next input.

    Wxh (H, K), Whh (H, H), Why (K, H), bh (H,), by (K,) : the weights
    h0 (H,) : the initial state
    first : the class of the first input
    u (T,) : numbers in [0, 1), one for each draw
    returns : array (T,) of classes
    """
    ### BEGIN SOLUTION
    h, code = h0, first
    codes = []
    for t in range(len(u)):
        x = np.zeros(Wxh.shape[1])
        x[code] = 1
        h = rnn_step(Wxh, Whh, bh, x, h)
        code = draw(Why @ h + by, u[t])
        codes.append(code)
    return np.array(codes)
    ### END SOLUTION

# %% check="char_sample"
check(char_sample)

# %%
u = np.random.default_rng(3).random(160)
sample = char_sample(Wxh, Whh, Why, bh, by, h0, vocab.index("A"), u)
print("A" + "".join(vocab[int(k)] for k in sample) if sample is not None else "first the exercise above")

# %% [markdown]
# Gibberish, as it should be: a network that pays $\ln K$ writes as if a cat walked over the keys. Everything runs
# forward now. What is missing is the way back: how should each weight change?

# %% [markdown]
# ## In your own words
#
# One friend says: "A recurrent network has one layer." Another says: "On a text of 1000 characters it has 1000 layers."
# Who is right? What is special about the layers, and what grows with the length of the text, what does not? Three or
# four sentences. (To compare with a model answer afterwards, run `hint("one_layer_or_thousand")` twice.)

# %% [markdown] written="one_layer_or_thousand"

# %% [markdown]
# ## What you have earned
#
# - A recurrent network carries a state from step to step: $h_t = \tanh(W_{xh} x_t + W_{hh} h_{t-1} + b_h)$, starting
#   from $h_0$.
# - Unrolled, it is a feed-forward network with one layer for each step and tied weights. A weight is a fork with a
#   branch for each step.
# - At each step it bets, and pays $L_t = -\ln p_{t,k_t}$. Knowing nothing costs $\ln K$.
# - A mask says which steps count: $L = \sum_t m_t L_t$. A step without a loss still passes its state on.

# %%
progress()

# %% [markdown]
# Next: [2.2 Backpropagation through time](2.2-backpropagation-through-time.ipynb), the way back through the loop.
