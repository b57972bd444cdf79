# %% [markdown]
# # 0.1 Start here
#
# When you are done, you will
#
# - know how an exercise, a check, a hint and the progress map work,
# - have made a mistake on purpose and been told its name,
# - have met the notation, and know where the course leads.
#
# **About 20 minutes.** You need to be able to read Python, and to have met a derivative once.
#
# ## What this is
#
# An LSTM is a neural network that reads a sequence and remembers. Libraries hide how it learns in one line,
# `loss.backward()`. In this course you write that line yourself, with NumPy and nothing else: first the chain rule, then
# a small network, a recurrent network, the LSTM, and at last one that writes text.
#
# At the end you can write, check, debug and train an LSTM, and say what every term of its gradient is for.
#
# ## How a notebook works
#
# A notebook is made of cells. Some hold text, some hold Python. Click on the next one and press **Shift + Enter** to run it.
# Run the cells from top to bottom: each may need what came before.

# %%
import sympy as sp

from autograde import check, given, guess, hint, progress

print("It runs. Now change the text between the quotes, and run this cell again.")

# %% [markdown]
# Nothing that you change can break anything. If a notebook gets into a muddle, use *Kernel, Restart Kernel* in the menu and run
# it again from the top, the first cell included. Work with Shift + Enter, cell by cell: *Run All* would stop at the first check
# that is still open.
#
# > **Did you open this in your browser, without installing anything?** The first time, Python itself is fetched: wait until the
# > circle at the top right, beside *Python (Pyodide)*, is empty. The stop button does nothing there. A check ends by itself; if
# > another cell does not, use *Kernel, Restart Kernel*. What you write is kept in this browser alone: now and then take a copy,
# > by *File, Download* for a notebook, by `progress.save("my-progress.txt")` for your points. Products of large matrices are slow
# > there: do unit 4, where networks are trained, on a machine of your own or on Colab.
#
# ## How an exercise works
#
# ![How a check works: you write, then check. If it is right, go on. If not yet, the check names the mistake, and you try again; if you are still stuck, there is a hint.](figures/how-a-check-works.svg)
#
# There are three parts: a text that says what is wanted, a cell for your answer, and a cell that checks it. Let us walk
# once around this picture, wrong turns included.

# %% [markdown]
# ### Exercise: `slope_of_cube`
# Return the derivative of $y = x^3$ at `x`. Please do it in this order:
#
# 1. Run the **check** below before anything else. It tells you which cell to run first.
# 2. Run the answer cell as it is, then the check. Still nothing there, and it says so.
# 3. In place of `# YOUR CODE HERE` write `return x**2`. That is **wrong**. Run both cells, and read what the check says.
# 4. Want more? Run the `hint` cell.
# 5. Now write what is right.

# %% answer="slope_of_cube"
def slope_of_cube(x):
    """The derivative of x to the power of 3.

    x : a number
    returns : a number
    """
    ### BEGIN SOLUTION
    return 3 * x**2
    ### END SOLUTION

# %% check="slope_of_cube"
check(slope_of_cube)

# %%
hint("slope_of_cube")

# %% [markdown]
# What happened there? The check called your function with random numbers and compared what came back. Why random ones? Guess first:

# %% guess="lucky_number"

# %% [markdown]
# Guesses like this one cost nothing. They come before the answer is shown, and each wrong choice is answered, too.
#
# For the wrong answer
# it did not only say "wrong". It knows mistakes that people make here, tried each of them, and found the one that gives
# exactly *your* numbers. That is why it could name it.
#
# - Check as often as you like. The map keeps your best result, and hints cost nothing.
# - Run the `hint` cell again and you get the next hint.
# - After a pass the check offers one way to write it. Unfold it and compare.
# - Some answers have several parts. Each part counts, and the check says which are right already.
# - A mistake that it has no name for gets the first number that differs. That happens.

# %% [markdown]
# ## Two more kinds of answer
#
# Sometimes a **value** is wanted, computed from data that `given` hands out.
#
# Here it is a matrix `W` with 3 rows and 2 columns, a vector `x` and a vector `b`. The formula is the most frequent one of
# the whole course, the input of a layer of neurons:
#
# $$
# z = W x + b
# $$

# %%
W, x, b = given("first_z")
print("W", W.shape)
print(W)
print("x", x.shape, x)
print("b", b.shape, b)

# %% [markdown]
# ### Exercise: `first_z`
# Compute `first_z`, an array of shape `(3,)`. The matrix product is written `@` in Python. (Look at the next cells: a value is
# checked with `check(name=name)`.)

# %% answer="first_z"
first_z = ...
### BEGIN SOLUTION
first_z = W @ x + b
### END SOLUTION

# %% check="first_z"
check(first_z=first_z)

# %% [markdown]
# And sometimes a **formula** is wanted. We write it with SymPy, which calculates with letters. Any form that is equal is
# right, so nobody has to guess how we wrote it.

# %% [markdown]
# ### Exercise: `two_forms`
# Write the derivative of $y = u (u + 1)$ as a SymPy expression in `u`, in whatever form you like. A power is written `u**2`.

# %% answer="two_forms"
u = sp.Symbol("u")
two_forms = ...
### BEGIN SOLUTION
two_forms = (u + 1) + u
### END SOLUTION

# %% check="two_forms"
check(two_forms=two_forms)

# %% [markdown]
# ## How we write things
#
# ![Notation. x_t, purple: the input at step t, shape (D,). Of shape (H,) are h_t, green: the output or hidden state; c_t, blue: the cell state; the gates f_t, i_t, o_t: forget, input, output; g_t: the candidate. A hat marks a value before its activation. dv, red: the total derivative of the loss with respect to v, shaped like v. Solid arrows run forward, dashed red ones backward; a dot is a fork, a circle a value, an amber box weights and an activation, a pink pill a function without weights, a small circle an operation entry by entry.](figures/notation.svg)
#
# You need not learn this by heart. Each symbol is explained again where it first does some work. Come back when you have
# lost one.
#
# - **Weights** have the shape `(out, in)`: a row for each output. So `W @ x` goes forward.
# - **Vectors** are arrays with one axis, exactly as in the formulas. Many sequences at once come in unit 4, as a step of
#   their own.
# - **Time** is the first axis, and counts from 0: `x` has the shape `(T, D)`, and `x[0]` is the first input.
# - **Sizes**: $T$ steps, $D$ numbers in an input, $H$ in a hidden state, $K$ classes, $B$ sequences in a batch.
# - **A hat** marks a value before its activation. In code, $\hat f$ is `f_hat`.
# - **The loss** is one number that says how wrong the network is. Learning makes it smaller.
#
# Two kinds of derivative must not be mixed up, and the course keeps them apart from the first page to the last:
#
# - a **local** derivative belongs to a single step. If $y$ is computed from $u$, it says how much $y$ moves when $u$ moves.
#   We write it out: $\partial y / \partial u$.
# - $\mathrm{d}u$, in code `du`, is always the **total** derivative of the *loss* with respect to $u$: how much the loss, at the
#   very end, moves when $u$ moves, on every way that leads there.
#
# Other texts use other letters. Notebook [3.1](../3-lstm/3.1-the-block-forward.ipynb) has a table that translates to and from Kang and Seo, Gomez, Karpathy, Ng,
# Tamura and PyTorch.

# %% [markdown]
# ## In your own words
#
# Some questions are answered in words. Double-click on the cell below, write, and press Shift + Enter. Nothing checks it here.
# In a class your teacher reads it. On your own, write first, then run `hint("local_and_total")` in a new cell: it shows what
# a full answer says, and, run again, one way to say it.
#
# **What is the difference between the local derivative of $y$ with respect to $u$, and $\mathrm{d}u$?** One or two sentences.

# %% [markdown] written="local_and_total"

# %% [markdown]
# ## The map
#
# ![The course as a path through its notebooks, in five rows, a row for each unit: 0 Start (0.2 only if you like), 1 The chain rule, 2 Recurrent networks, 3 The LSTM and 4 Training.](figures/course-map.svg)
#
# | | notebook | you end with |
# |---|---|---|
# | 0.2 | [NumPy in half an hour](0.2-numpy-in-half-an-hour.ipynb) (optional) | shapes, axes, copies and views |
# | **1** | **The chain rule** | |
# | 1.1 | [Functional stages](../1-chain-rule/1.1-functional-stages.ipynb) | a derivative, stage by stage |
# | 1.2 | [Forks and routes](../1-chain-rule/1.2-forks-and-routes.ipynb) | why a value used twice gets a sum |
# | 1.3 | [Vectors and matrices](../1-chain-rule/1.3-vectors-and-matrices.ipynb) | the backward pass of every stage you will need |
# | 1.4 | [A network by hand](../1-chain-rule/1.4-a-network-by-hand.ipynb) | a published example, and the error in it |
# | 1.5 | [Is my gradient right?](../1-chain-rule/1.5-is-my-gradient-right.ipynb) | a gradient checker, true to the last digit |
# | 1.6 | [Find the bug](../1-chain-rule/1.6-find-the-bug.ipynb) | three bugs caught with it, and a list for the day when the check is wrong |
# | **2** | **Recurrent networks** | |
# | 2.1 | [A loop, unrolled](../2-rnn/2.1-a-loop-unrolled.ipynb) | a network that reads characters |
# | 2.2 | [Backpropagation through time](../2-rnn/2.2-backpropagation-through-time.ipynb) | its gradient |
# | 2.3 | [Vanishing and exploding](../2-rnn/2.3-vanishing-and-exploding.ipynb) | why it forgets |
# | 2.4 | [Learning to read](../2-rnn/2.4-learning-to-read.ipynb) | a model trained with your own gradient, and what a falling loss hides |
# | **3** | **The LSTM** | |
# | 3.1 | [The block, forward](../3-lstm/3.1-the-block-forward.ipynb) | the LSTM cell, built up stage by stage |
# | 3.2 | [The block, backward](../3-lstm/3.2-the-block-backward.ipynb) | its gradient, one term at a time |
# | 3.3 | [Through time](../3-lstm/3.3-through-time.ipynb) | the whole backward pass, row by row |
# | 3.4 | [A numerical example](../3-lstm/3.4-a-numerical-example.ipynb) | another published example, digit by digit |
# | 3.5 | [Why it remembers](../3-lstm/3.5-why-it-remembers.ipynb) | the gradient of an RNN and of an LSTM on one plot |
# | 3.6 | [Find the fault](../3-lstm/3.6-find-the-fault.ipynb) | a printed formula and four programs, repaired |
# | **4** | **Training** | |
# | 4.1 | [From textbook to fast](../4-training/4.1-from-textbook-to-fast.ipynb) | the same LSTM, made fast without changing a number |
# | 4.2 | [Train it](../4-training/4.2-train-it.ipynb) | a model that writes |
# | 4.3 | [On your own](../4-training/4.3-on-your-own.ipynb) | another network's gradient, without help |
# | 4.4 | [Beyond one layer](../4-training/4.4-beyond-one-layer.ipynb) | layers on layers, padding, both directions, attention |
# | 4.5 | [Somebody else's LSTM](../4-training/4.5-somebody-elses-lstm.ipynb) | other people's weights, in yours |
# | 4.6 | [Does it remember?](../4-training/4.6-does-it-remember.ipynb) | what an LSTM can hold, and a fair comparison |
# | 4.7 | [The reward](../4-training/4.7-the-reward.ipynb) | all of *Alice*, and a look inside |
#
# One notebook takes between an hour and an hour and a half. They build on each other, so go in order. A pause in between does no
# harm, and at the start of each you are asked three things from before, to find your way back in.
#
# `progress()` shows how far you are: a filled dot is a finished exercise, and the last line says what is next. (It
# remembers in a small file beside the notebooks. `progress.reset("first_z")` forgets one exercise, `progress.reset()` all.)

# %%
progress()

# %% [markdown]
# Next: [1.1 Functional stages](../1-chain-rule/1.1-functional-stages.ipynb); or first, if arrays are new to you,
# [0.2 NumPy in half an hour](0.2-numpy-in-half-an-hour.ipynb).
