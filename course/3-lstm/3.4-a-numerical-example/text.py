# %% [markdown]
# # 3.4 A numerical example, digit by digit
#
# When you are done, you will be able to
#
# - read an LSTM in somebody else's notation, and turn it into your own,
# - take it two steps forward and two steps back, and defend every digit,
# - say what a worked example proves about a program, and what it cannot prove.
#
# **About 90 minutes**, with a place to stop after 60, and 20 for an optional part. You need [3.2](3.2-the-block-backward.ipynb) (the block backward),
# [3.3](3.3-through-time.ipynb) (through time) and [1.5](../1-chain-rule/1.5-is-my-gradient-right.ipynb) (the complex step).

# %%
import matplotlib.pyplot as plt
import numpy as np
import sympy as sp

from autograde import check, guess, hint, mine, practice, progress, recall

# %% [markdown]
# Three questions from before, if you like: answer in place of the dots, or go on.

# %%
recall("3.4", ..., ..., ...)

# %% [markdown]
# ## A question to start with
#
# In April 2016 Aidan Gomez published
# [Backpropogating an LSTM: A Numerical Example](https://medium.com/@aidangomez/let-s-do-this-f9b699de31d9): one small
# LSTM, two steps, forward, backward and updated, every number printed. It is a gift. You can hold a whole program against
# it, and many people have.
#
# What does it prove about a program?

# %% guess="all_his_numbers"

# %% [markdown]
# ## His notation
#
# ![Two LSTM steps in a row, forward. Step 0 reads 1 and 2, and starts from a state and an out of zero. Its gates f i a o are .85195, .96083, .81775, .81757; they make the state .78573 and the out .53631, whose label is 0.5. Both go on to step 1, which reads 0.5 and 3. Its gates are .87030, .98118, .84980, .84993; state 1.51763, out .77198, label 1.25.](figures/gomez-forward.svg)
#
# Same block, other names:
#
# | Gomez | this course | what it is |
# |---|---|---|
# | $a$, input activation | $g$ | the candidate |
# | $i, f, o$ | $i, f, o$ | the gates |
# | state | $c$ | the cell state |
# | out | $h$ | the output |
# | $W_a$ and $U_a$ | the two parts of $W_g$ | the weights on $x$, and on the last output |
# | order a i f o | order f i g o | of the gates, where they are stacked |
# | $\delta a$ | $\mathrm{d}\hat g$ | **on the far side of the tanh**: he writes no hats |
#
# The last line is the one to trip over. His $\delta a, \delta i, \delta f, \delta o$ stand at the *pre-activations*. In this
# notebook they are called **deltas**, and `da`, `di`, `df`, `do` in code.
#
# $$
# a_t = \tanh(W_a x_t + U_a\, \text{out}_{t-1} + b_a), \qquad
# i_t = \sigma(W_i x_t + U_i\, \text{out}_{t-1} + b_i)
# $$
#
# and $f_t$ and $o_t$ as $i_t$, with weights of their own. Then
#
# $$
# \text{state}_t = a_t \odot i_t + f_t \odot \text{state}_{t-1}, \qquad
# \text{out}_t = \tanh(\text{state}_t) \odot o_t
# $$
#
# He counts steps from 0, so the start is $\text{state}_{-1}$ and $\text{out}_{-1}$. In his example both are zero. There is
# one unit, and each step reads two numbers. Here is all of it, the gates in *his* order:

# %%
W = np.array([[[0.45, 0.25]], [[0.95, 0.80]], [[0.70, 0.45]], [[0.60, 0.40]]])  # (4, H, D): a i f o
U = np.array([[[0.15]], [[0.80]], [[0.10]], [[0.25]]])  # (4, H, H)
b = np.array([[0.20], [0.65], [0.15], [0.10]])  # (4, H)
x = np.array([[1.0, 2.0], [0.5, 3.0]])  # (T, D)
label = np.array([[0.50], [1.25]])  # (T, H)
out_before, state_before = np.zeros(1), np.zeros(1)
rate = 0.1


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


# %% [markdown]
# ### Exercise: `gomez_layout`
# First translate, so that you can always go back to the LSTM that you know. The course keeps *one* array `(4, H, H + D)`,
# which acts on $[h_{t-1}, x_t]$, with the gates in the order f i g o. Build it from his `W` and `U`, and the biases to
# match from his `b`. (For his example: shapes `(4, 1, 3)` and `(4, 1)`. Your function will be asked about larger ones.)


# %% answer="gomez_layout"
def gomez_layout(W, U, b):
    """His weights in the course's layout.

    W (4, H, D), U (4, H, H), b (4, H) : gates in the order a i f o; W acts on x, U on out
    returns : W_course (4, H, H + D), b_course (4, H), gates in the order f i g o
    """
    W_course, b_course = None, None
    ### BEGIN SOLUTION
    order = [2, 1, 0, 3]
    W_course = np.concatenate([U, W], axis=2)[order]
    b_course = b[order]
    ### END SOLUTION
    return W_course, b_course


# %% check="gomez_layout"
check(gomez_layout)

# %% [markdown]
# Here is your own LSTM of 3.1 on your translated weights. The article prints 0.53631 and 0.77197. You should
# be near; the last digit we shall look into.

# %%
lstm_forward = mine("lstm_forward")

W_course, b_course = gomez_layout(W, U, b)
if W_course is None:
    print("first the exercise above")
else:
    print(*(step.h for step in lstm_forward(W_course, b_course, x, out_before, state_before)))

# %% [markdown]
# ## Forward
#
# From here on we stay in his notation. To hold *every* number against the article, keep all of them.
#
# ### Exercise: `gomez_forward`
# Run any number of steps from any start. Return for each step its four gates (in his order), its state and its out.


# %% answer="gomez_forward"
def gomez_forward(W, U, b, x, out_before, state_before):
    """His LSTM over a sequence.

    W (4, H, D), U (4, H, H), b (4, H) : gates in the order a i f o
    x (T, D); out_before (H,), state_before (H,) : the start
    returns : gates (T, 4, H) in the order a i f o, state (T, H), out (T, H)
    """
    gates, state, out = None, None, None
    ### BEGIN SOLUTION
    gates, state, out = [], [], []
    out_prev, state_prev = out_before, state_before
    for x_t in x:
        a_hat, i_hat, f_hat, o_hat = W @ x_t + U @ out_prev + b
        a = np.tanh(a_hat)
        i = sigmoid(i_hat)
        f = sigmoid(f_hat)
        o = sigmoid(o_hat)
        state_prev = a * i + f * state_prev
        out_prev = np.tanh(state_prev) * o
        gates.append([a, i, f, o])
        state.append(state_prev)
        out.append(out_prev)
    gates, state, out = np.array(gates), np.array(state), np.array(out)
    ### END SOLUTION
    return gates, state, out


# %% check="gomez_forward"
check(gomez_forward)

# %% [markdown]
# This little tool sets your numbers beside the printed ones. "Same" means: the same to the last printed digit. (The
# article shows its numbers as pictures. Its author also typed most of them into the tests of a library, BrainCore, in the
# same month.)


# %%
def beside(names, yours, printed, where="article"):
    """Print your numbers beside printed ones."""
    if yours is None:
        print(f"{names:<9} first the exercise above")
        return
    for name, value, digits in zip(names.split(), np.ravel(yours) + 0.0, printed.split(), strict=True):
        same = round(float(value), len(digits.split(".")[1])) == float(digits)
        print(f"{name:<9} yours {value: .8f}   {where} {digits:>8}   {'same' if same else 'DIFFERENT'}")


def arrays(results):
    """Results as arrays, whatever they were collected in; nothing where there are none."""
    return [None if r is None else np.array(r) for r in results]


gates, state, out = arrays(gomez_forward(W, U, b, x, out_before, state_before))
done = out is not None
beside("a_0 i_0 f_0 o_0", gates[0] if done else None, "0.81775 0.96083 0.85195 0.81757")
beside("state_0", state[0] if done else None, "0.78572")
beside("out_0", out[0] if done else None, "0.53631")
beside("a_1 i_1 f_1 o_1", gates[1] if done else None, "0.84980 0.98118 0.87030 0.84993")
beside("state_1", state[1] if done else None, "1.5176")
beside("out_1", out[1] if done else None, "0.77197")

# %% [markdown]
# Two of twelve differ, by one in the last digit. Before anybody is blamed, reproduce it. Take the *printed* numbers, and go
# on from them:

# %%
print(f"a_0 i_0 from the printed digits           {0.81775 * 0.96083:.8f}")
print(f"out_1 from the printed state_1, 1.5176    {np.tanh(1.5176) * 0.84993:.8f}")

# %% [markdown]
# Rounded, these are 0.78572 and 0.77197. So neither is an error of thought: somebody rounded a number and *went on with the
# rounded one*. Call it **carried rounding**. The rule against it: round what you show, never what you use.

# %% [markdown]
# ## The loss
#
# Half the squared error, added over both steps. Its own derivative at each step is what Gomez calls $\Delta_t$:
#
# $$
# L = \tfrac12 \sum_t (\text{out}_t - \text{label}_t)^2, \qquad
# \Delta_t = \text{out}_t - \text{label}_t
# $$
#
# One of his labels is 1.25. A sigmoid and a tanh are both below 1, so their product is too, and no weights will ever
# reach that label. (He noted it himself, later.) The gradient does not mind. What training makes of it, we shall see.
#
# ## Two forks
#
# Backward, each step has two forks. The out of a step goes to the loss and into the next step's four gates. So two terms
# add, its own error and what the next step passes back; he writes the second as $\Delta\text{out}_t$:
#
# $$
# \delta\text{out}_t = \Delta_t + \Delta\text{out}_t
# $$
#
# The other fork is at the state. It is yours.

# %% [markdown]
# ### Exercise: `gomez_dstate_0`
# One unit, so all of these are numbers. Suppose that the sweep has reached step 0, and that $\delta\text{out}_0$ and
# $\delta\text{state}_1$ are known, as totals over everything that comes later. Write $\delta\text{state}_0$ as a SymPy
# expression. Six symbols are on the table. You need five.

# %% answer="gomez_dstate_0"
dout_0, state_0, dstate_1, o_0, f_0, f_1 = sp.symbols("dout_0 state_0 dstate_1 o_0 f_0 f_1")
gomez_dstate_0 = ...
### BEGIN SOLUTION
gomez_dstate_0 = dout_0 * o_0 * (1 - sp.tanh(state_0) ** 2) + dstate_1 * f_1
### END SOLUTION

# %% check="gomez_dstate_0"
check(gomez_dstate_0=gomez_dstate_0)

# %% [markdown]
# SymPy agrees? For a small nudge of $\text{state}_0$ the loss moves by $\delta\text{out}_0$ times the change of
# $\text{out}_0$, plus $\delta\text{state}_1$ times the change of $\text{state}_1$. What is left between that and yours?

# %%
a_1, i_1 = sp.symbols("a_1 i_1")
moves = dout_0 * (sp.tanh(state_0) * o_0) + dstate_1 * (a_1 * i_1 + f_1 * state_0)
answered = progress.passed("gomez_dstate_0")
sp.simplify(sp.diff(moves, state_0) - gomez_dstate_0) if answered else "first the exercise above"

# %% [markdown]
# ## One step back
#
# With $\delta\text{state}_t$ in hand, the rest of a step is what you did in 3.2, under his names. $a$, $i$ and $f$ act on
# the state, and start from $\delta\text{state}_t$. The output gate does not, and starts from $\delta\text{out}_t$. Each then
# passes the other factor of its product, and the slope of its own activation.
#
# Last come the two things that all four gates read, $x_t$ and $\text{out}_{t-1}$.
#
# ### Exercise: `gomez_step_back`
# One step backward, for `H` units. What comes along the state arrives in his form: as `dstate_next` and `f_next`, the next
# step's $\delta\text{state}$ and its forget gate, not yet multiplied.


# %% answer="gomez_step_back"
def gomez_step_back(W, U, gates, state, state_prev, dout, dstate_next, f_next):
    """One step backward.

    W (4, H, D), U (4, H, H) : gates in the order a i f o
    gates (4, H) in this order; state (H,) after this step, state_prev (H,) before it
    dout (H,) : the total derivative at this step's out
    dstate_next (H,), f_next (H,) : the next step's dstate and its forget gate
    returns : dstate (H,), dgates (4, H) at the pre-activations, dx (D,),
        dout_prev (H,), which goes to the step before
    """
    dstate, dgates, dx, dout_prev = None, None, None, None
    ### BEGIN SOLUTION
    a, i, f, o = gates
    dstate = dout * o * (1 - np.tanh(state) ** 2) + dstate_next * f_next
    da = dstate * i * (1 - a**2)
    di = dstate * a * i * (1 - i)
    df = dstate * state_prev * f * (1 - f)
    do = dout * np.tanh(state) * o * (1 - o)
    dgates = np.array([da, di, df, do])
    dx = W[0].T @ da + W[1].T @ di + W[2].T @ df + W[3].T @ do
    dout_prev = U[0].T @ da + U[1].T @ di + U[2].T @ df + U[3].T @ do
    ### END SOLUTION
    return dstate, dgates, dx, dout_prev


# %% check="gomez_step_back"
check(gomez_step_back)

# %% [markdown]
# Now his last step, t = 1. Nothing comes back to it from later steps.

# %%
nothing = np.zeros(1)
delta_1 = out[1] - label[1] if done else None
last = [None] * 4
if done:
    last = gomez_step_back(W, U, gates[1], state[1], state[0], delta_1, nothing, nothing)
beside("delta_1", delta_1, "-0.47803")
beside("dstate_1", last[0], "-0.07111")
beside("da_1 di_1 df_1 do_1", last[1], "-0.01938 -0.00112 -0.00631 -0.05538")
beside("dx_1 dx_1", last[2], "-0.04743 -0.03073")
beside("to_out_0", last[3], "-0.01828")

# %% [markdown]
# Again two differ by one in the last digit, and again from carried rounding: his $\Delta_1$ is 0.77197 - 1.25.

# %% [markdown]
# ## Predict, then compute
#
# Step 0 is next. First say, without computing, which numbers will be **exactly zero**.
#
# `df_0` is the delta of the forget gate at step 0, and so on. `dU_i_0` is step 0's *share* in the gradient of $U_i$: the
# delta times what the weight multiplied. `dout_before` is what step 0 passes back to $\text{out}_{-1}$.

# %% [markdown]
# ### Exercise: `gomez_zeros`
# The names are `da_0`, `di_0`, `df_0`, `do_0`, the same four at step 1, `dW_a_0`, `dW_f_0`, `dU_a_0`, `dU_i_0`, `dU_f_0`, `dU_o_0`,
# `db_o_0`, `db_f_0` and `dout_before`. Decide with a pencil. Then write a function that gets some of them, in any order, and returns a
# list of those that are zero.

# %% answer="gomez_zeros"
def gomez_zeros(names):
    """Those of these numbers that are exactly zero in Gomez's example.

    names : list of texts, such as "da_0"
    returns : list of texts, in any order
    """
    ### BEGIN SOLUTION
    by_the_state = ["df_0", "dW_f_0", "db_f_0"]  # df_0 multiplies by state_{-1}
    by_the_out = ["dU_a_0", "dU_i_0", "dU_f_0", "dU_o_0"]  # dU multiplies by out_{-1}
    return [name for name in names if name in by_the_state + by_the_out]
    ### END SOLUTION

# %% check="gomez_zeros"
check(gomez_zeros)

# %% [markdown]
# A zero in an example is a place where a program may do what it likes. Remember these seven.

# %% [markdown]
# ### Exercise: `gomez_deltas`
# Now the sweep over all steps, from the last to the first, for any start. Call your `gomez_step_back`. Two things travel
# from step to step: what goes to the earlier `out`, and what goes to the earlier state.


# %% answer="gomez_deltas"
def gomez_deltas(W, U, gates, state, out, label, state_before):
    """The deltas of all steps.

    W (4, H, D), U (4, H, H) : gates in the order a i f o
    gates (T, 4, H), state (T, H), out (T, H) : from gomez_forward
    label (T, H); state_before (H,) : the state before the first step
    returns : dout (T, H), dstate (T, H), dgates (T, 4, H), dx (T, D),
        dout_before (H,), which the first step passes back
    """
    dout, dstate, dgates, dx, dout_before = None, None, None, None, None
    ### BEGIN SOLUTION
    T, H = state.shape
    D = W.shape[2]
    dout, dstate = np.zeros((T, H)), np.zeros((T, H))
    dgates, dx = np.zeros((T, 4, H)), np.zeros((T, D))
    dout_prev, dstate_next, f_next = np.zeros(H), np.zeros(H), np.zeros(H)
    for t in reversed(range(T)):
        dout[t] = out[t] - label[t] + dout_prev
        state_prev = state[t - 1] if t > 0 else state_before
        step = gomez_step_back(W, U, gates[t], state[t], state_prev, dout[t], dstate_next, f_next)
        dstate[t], dgates[t], dx[t], dout_prev = step
        dstate_next = dstate[t]
        f_next = gates[t, 2]
    dout_before = dout_prev
    ### END SOLUTION
    return dout, dstate, dgates, dx, dout_before


# %% check="gomez_deltas"
check(gomez_deltas)

# %%
dout, dstate, dgates, dx, dout_before = [None] * 5
if done:
    dout, dstate, dgates, dx, dout_before = arrays(gomez_deltas(W, U, gates, state, out, label, state_before))
swept = dout is not None
beside("delta_0", out[0] - label[0] if done else None, "0.03631")
beside("dout_0", dout[0] if swept else None, "0.01803")
beside("dstate_0", dstate[0] if swept else None, "-0.05349")
beside("da_0 di_0 df_0 do_0", dgates[0] if swept else None, "-0.01703 -0.00165 0.00000 0.00176")
beside("dx_0 dx_0", dx[0] if swept else None, "-0.00817 -0.00487")
beside("to_start", dout_before, "-0.00343")

# %% [markdown]
# ![The same two steps, backward. The error -.47802 enters at the out of step 1; d state is -.07111; below the gates f i a o stand their deltas -.00631, -.00112, -.01938, -.05538. Back to x go -.04742, -.03073, to the out of step 0 -.01828, and to its state -.06189. There the error .03631 joins: d out .01804, d state -.05348, deltas 0, -.00165, -.01702, .00176. Back to x go -.00817, -.00487, to the out before the start -.00343, to the state before it -.04557.](figures/gomez-backward.svg)
#
# Three differ, and once more it is carried rounding. (The figure has the exact digits.) Look at the two forks of step 0. At the out, the
# two terms have opposite signs: step 0 itself wants its out to fall (0.03631), step 1 wants it to rise (-0.01828). At the state, -0.06189 came along the upper line, and only 0.00840 through
# its own out: most of what step 0 hears is the error of step 1.
#
# Between them, the two steps hold **every term of the general formulas**. Step 1 has a past (its forget gate meets a
# state, its $U$ meets an out) and no future. Step 0 has a future (both forks have two terms) and no past. A longer
# sequence repeats these terms; it adds no new one.
#
# This is a good place to stop for today: two steps forward and two steps back, and every digit of them defended. Before you go, or when you come
# back, here is a piece of this sweep with a mistake in it. (The course's version goes by way of the blocks of 3.2, so you may meet
# $h$, $c$ and $g$ again.)

# %%
hunt = practice("gomez_deltas")
hunt

# %%
hunt.line(...)

# %% [markdown]
# ## Gradients
#
# A weight's share at one step: the delta that came back to its gate, times what it multiplied on the way forward. With
# several units that is an outer product. The same weights serve both steps, so the shares add.
#
# For $U$, Gomez pairs the deltas of step $t + 1$ with $\text{out}_t$. In his example that is a single pair. Ask yourself
# what happened to step 0.

# %% [markdown]
# ### Exercise: `gomez_gradients`
# The gradients of all weights and biases, in his stacking, for any start.


# %% answer="gomez_gradients"
def gomez_gradients(dgates, x, out, out_before):
    """The gradients of W, U and b: the shares of all steps, added.

    dgates (T, 4, H) : the deltas, in the order a i f o
    x (T, D), out (T, H); out_before (H,) : the out before the first step
    returns : dW (4, H, D), dU (4, H, H), db (4, H)
    """
    dW, dU, db = None, None, None
    ### BEGIN SOLUTION
    dW, dU, db = 0, 0, 0
    for t in range(len(x)):
        out_prev = out[t - 1] if t > 0 else out_before
        dW = dW + np.array([np.outer(d, x[t]) for d in dgates[t]])
        dU = dU + np.array([np.outer(d, out_prev) for d in dgates[t]])
        db = db + dgates[t]
    ### END SOLUTION
    return dW, dU, db


# %% check="gomez_gradients"
check(gomez_gradients)

# %% [markdown]
# Beside yours: what comes out by hand, from the article's five printed decimals of each delta.

# %%
dW, dU, db = arrays(gomez_gradients(dgates, x, out, out_before)) if swept else [None] * 3
beside("dW_a dW_a", None if dW is None else dW[0], "-0.02672 -0.09220", "by hand")
beside("dW_i dW_i", None if dW is None else dW[1], "-0.00221 -0.00666", "by hand")
beside("dW_f dW_f", None if dW is None else dW[2], "-0.00316 -0.01893", "by hand")
beside("dW_o dW_o", None if dW is None else dW[3], "-0.02593 -0.16262", "by hand")
beside("dU_a dU_i dU_f dU_o", dU, "-0.01039 -0.00060 -0.00338 -0.02970", "by hand")
beside("db_a db_i db_f db_o", db, "-0.03641 -0.00277 -0.00631 -0.05362", "by hand")

# %% [markdown]
# Now more than half of them differ, some by two in the last digit. Multiplying by $x$, here up to 3, and adding two steps
# enlarged what rounding had left. The smallest numbers suffer most. `di_1`, printed -0.00112, has five *decimals* and only
# three *digits*. A test that allows a gap of 0.0001 would take -0.00102 for it, nine percent off. So compare digits, not
# decimals: divide by the size, as in 1.5.

# %% [markdown]
# ## The judge
#
# Where your digits and the printed ones differ, who is right? Ask a judge who knows neither a backward pass nor his notation: the complex
# step of 1.5, through your LSTM of 3.1, with the weights that you translated. What it finds is in the course's layout; your gradients take
# the same road there, through `gomez_layout`. First for his example, then for a random one, with two units, three inputs, three steps and a
# start that is not zero.

# %%
complex_step = mine("complex_step")


def by_complex_step(W, U, b, x, label, out_before, state_before):
    """The gradients of the translated weights and biases, without any backward pass."""

    def loss(W, b):
        out = np.array([step.h for step in lstm_forward(W, b, x, out_before, state_before)])
        return ((out - label) ** 2).sum() / 2

    W, b = arrays(gomez_layout(W, U, b))
    return complex_step(lambda v: loss(v, b), W), complex_step(lambda v: loss(W, v), b)


def by_sweep(W, U, b, x, label, out_before, state_before):
    """The same gradients by your backward pass."""
    gates, state, out = arrays(gomez_forward(W, U, b, x, out_before, state_before))
    dgates = np.array(gomez_deltas(W, U, gates, state, out, label, state_before)[2])
    return arrays(gomez_layout(*arrays(gomez_gradients(dgates, x, out, out_before))))


def gap(found, wanted):
    """The larger relative error of the two."""
    return max(np.max(np.abs(g - w)) / np.max(np.abs(w)) for g, w in zip(found, wanted))


rng = np.random.default_rng(2)
shapes = (4, 2, 3), (4, 2, 2), (4, 2), (3, 3), (3, 2), (2,), (2,)  # in the order of his
his = [W, U, b, x, label, out_before, state_before]
random_one = [rng.normal(0, 0.7, shape) for shape in shapes]
ready = W_course is not None and done and swept and dW is not None
for name, example in (("Gomez's example", his), ("a random one", random_one)):
    if ready:
        agree = gap(by_sweep(*example), by_complex_step(*example)) < 1e-12
        print(f"{name:<15}", "all gradients agree" if agree else "NOT the same")
    else:
        print(f"{name:<15} first the exercises above")

# %% [markdown]
# All 16 numbers are yours, to twelve digits.
#
# ## Wrong programs that pass
#
# Back to the question. The next cell takes your functions and spoils them, in three ways that people really do:
#
# - the state before step 0 is taken to be zero on the way back, whatever it was,
# - step 0 gets no share in `dU`, as in "pair step $t + 1$ with $\text{out}_t$",
# - $U$ is not transposed on the way back.
#
# Each is tried on his example and on the random one.

# %% guess="spoiled_programs"

# %%
def spoiled(how, W, U, b, x, label, out_before, state_before):
    """The gradients by your backward pass with one thing wrong in it."""
    gates, state, out = arrays(gomez_forward(W, U, b, x, out_before, state_before))
    U_back = U.swapaxes(1, 2) if how == "U not transposed" else U
    state_back = 0 * state_before if how == "no state before" else state_before
    out_back = 0 * out_before if how == "no out before" else out_before
    dgates = np.array(gomez_deltas(W, U_back, gates, state, out, label, state_back)[2])
    return arrays(gomez_layout(*arrays(gomez_gradients(dgates, x, out, out_back))))


for how in ("nothing wrong", "no state before", "no out before", "U not transposed"):
    if ready:
        off = [gap(spoiled(how, *example), by_complex_step(*example)) for example in (his, random_one)]
        print(f"{how:<17} Gomez's example: off by {off[0]:5.1%}   a random one: off by {off[1]:5.1%}")
    else:
        print(f"{how:<17} first the exercises above")

# %% [markdown]
# On his example all four are perfect, down to the last bit. Zeros hide whatever they are multiplied by, and with one unit
# a matrix *is* its transpose. Of the wrong programs that the checks of this notebook know by a name of its own, ten reproduce every
# number in the article.
#
# So reproduce a worked example, by all means: it tells you quickly that you are wrong, and where. To learn that you are
# **right**, take what this course takes: random numbers, no zeros, a start that is not zero, sizes that all differ, at
# least three steps (so that some step has both a past and a future, and the loop goes on carrying), and a comparison to
# twelve digits.

# %% [markdown]
# ## Optional: one update, and a thousand more
#
# *(20 minutes more; nothing below needs it.)* Gradient descent with a rate of 0.1, as he does it, on all weights and all biases.

# %% [markdown]
# ### Exercise: `gomez_update`
# From weights to new weights: forward, deltas, gradients, update. Call your three functions.


# %% answer="gomez_update"
def gomez_update(W, U, b, x, label, out_before, state_before, rate):
    """One step of gradient descent.

    W (4, H, D), U (4, H, H), b (4, H) : gates in the order a i f o
    x (T, D), label (T, H), out_before (H,), state_before (H,); rate a number
    returns : the new W, U and b
    """
    new_W, new_U, new_b = None, None, None
    ### BEGIN SOLUTION
    gates, state, out = gomez_forward(W, U, b, x, out_before, state_before)
    _, _, dgates, _, _ = gomez_deltas(W, U, gates, state, out, label, state_before)
    dW, dU, db = gomez_gradients(dgates, x, out, out_before)
    new_W = W - rate * dW
    new_U = U - rate * dU
    new_b = b - rate * db
    ### END SOLUTION
    return new_W, new_U, new_b


# %% check="gomez_update"
check(gomez_update)

# %%
new_W, new_U, new_b = gomez_update(W, U, b, x, label, out_before, state_before, rate)
beside("W_a W_a", None if new_W is None else new_W[0], "0.45267 0.25922", "by hand")
beside("W_i W_i", None if new_W is None else new_W[1], "0.95022 0.80067", "by hand")
beside("W_f W_f", None if new_W is None else new_W[2], "0.70032 0.45189", "by hand")
beside("W_o W_o", None if new_W is None else new_W[3], "0.60259 0.41626", "by hand")
beside("U_a U_i U_f U_o", new_U, "0.15104 0.80006 0.10034 0.25297", "by hand")
beside("b_a b_i b_f b_o", new_b, "0.20364 0.65028 0.15063 0.10536", "by hand")

# %% [markdown]
# One of sixteen differs, where more than half of the gradients did. The rate multiplied every error by 0.1 and the new
# weight hides what is left. Rounding shows in small numbers and vanishes in large ones. So does a bug: if you check
# *weights after an update*, you see a tenth of it.

# %% [markdown]
# Let it run.

# %% guess="first_move_of_out_0"

# %%
weights, course = (W, U, b), []
for _ in range(1001):
    _, _, now = arrays(gomez_forward(*weights, x, out_before, state_before))
    after = arrays(gomez_update(*weights, x, label, out_before, state_before, rate))
    if now is None or after[0] is None:
        break
    course.append(now[:, 0])
    weights = after

plt.figure(figsize=(7, 3.6))
if course:
    for k, color in enumerate(("#0f7f8c", "#c2691c")):
        plt.plot([outs[k] for outs in course], color=color, label=f"out {k}")
        first, second, last_one = course[0][k], course[1][k], course[-1][k]
        print(f"out {k}: {first:.4f} at first, {second:.4f} after one update, {last_one:.4f} after 1000")
plt.axhline(0.5, color="#0f7f8c", ls=":", label="label 0")
plt.axhline(1.25, color="#c2691c", ls=":", label="label 1")
plt.axhline(1.0, color="#66788a", lw=1, label="out of reach above")
plt.xlabel("updates")
plt.ylim(0.4, 1.35)
plt.legend(ncol=3, loc="center", bbox_to_anchor=(0.55, 0.765))
plt.grid(alpha=0.3)
plt.show()

# %% [markdown]
# It rises, although $\delta\text{out}_0$ is positive and asks for less. There is no contradiction. $\delta\text{out}_0$
# speaks of nudging out 0 *alone*, and nobody can: the two steps share their weights, and the larger error of step 1 has the
# larger share. Only when step 1 makes little headway any more does step 0 get its way. And the label 1.25 stays out of
# reach, above the grey line at 1.

# %% [markdown]
# ## In your own words
#
# A friend's LSTM reproduces every number of Gomez's example, and so she calls it correct. What has she shown? Name two
# mistakes that her program could still have, say why the example cannot show them, and tell her what to test instead.
# (To compare with a model answer afterwards, run `hint("gomez_proves")` twice.)

# %% [markdown] written="gomez_proves"

# %% [markdown]
# ## What you have earned
#
# His backward pass, all of it, for any number of units and any start (entry by entry products are $\odot$):
#
# $$
# \delta\text{state}_t = \delta\text{out}_t \odot o_t \odot (1 - \tanh^2 \text{state}_t)
# + \delta\text{state}_{t+1} \odot f_{t+1}
# $$
#
# $$
# \begin{aligned}
# \delta a_t &= \delta\text{state}_t \odot i_t \odot (1 - a_t^2) &
# \delta i_t &= \delta\text{state}_t \odot a_t \odot i_t \odot (1 - i_t) \\
# \delta f_t &= \delta\text{state}_t \odot \text{state}_{t-1} \odot f_t \odot (1 - f_t) &
# \delta o_t &= \delta\text{out}_t \odot \tanh(\text{state}_t) \odot o_t \odot (1 - o_t)
# \end{aligned}
# $$
#
# $$
# \mathrm{d}W_a = \sum_t \delta a_t\, x_t^\top, \qquad
# \mathrm{d}U_a = \sum_t \delta a_t\, \text{out}_{t-1}^\top, \qquad
# \mathrm{d}b_a = \sum_t \delta a_t
# $$
#
# and so for the other gates.
#
# - Round what you show, never what you use.
# - Zeros, single units and few digits hide mistakes. An example that you can work by hand has all three.
# - Reproducing proves you wrong quickly. Only a check that hides nothing can show that you are right.

# %%
progress()

# %% [markdown]
# Next: [3.5 Why it remembers](3.5-why-it-remembers.ipynb). You have just multiplied a gradient by a forget gate of 0.87 on
# its way from one step to the one before. What is left of it after a hundred steps?
