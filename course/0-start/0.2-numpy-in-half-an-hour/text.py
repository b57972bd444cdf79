# %% [markdown]
# # 0.2 NumPy in half an hour
#
# When you are done, you will
#
# - read a shape, and say what shape comes out before you run a line,
# - add along an axis, and let NumPy stretch an array where that is meant,
# - know when two names share one array, and when they do not.
#
# **About 30 minutes, and optional.** If you write `X.sum(axis=0)` and `c[:, None]` without a thought, go on to
# [1.1](../1-chain-rule/1.1-functional-stages.ipynb). Come back when a shape surprises you.

# %%
import numpy as np

from autograde import check, given, guess, hint, progress

# %% [markdown]
# ## Shapes
#
# ![Three arrays. x has the shape (3,): three numbers in a line, with one axis. c has the shape (3, 1): three rows of one number each, a column with two axes. W has the shape (2, 3): two rows of three numbers.](figures/three-shapes.svg)
#
# An array is a block of numbers, and its **shape** says how many there are along each **axis**. This course writes a vector
# with one axis, `(3,)`. A column, `(3, 1)`, holds the same numbers and is something else: it has two axes. Most surprises with
# NumPy are a `(3,)` where a `(3, 1)` was meant, or the other way round.

# %%
x = np.array([1.0, 2.0, 3.0])
W = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]])

print("x", x.shape)
print("W", W.shape, "and its transpose W.T", W.T.shape)
print("a new axis at the end, x[:, None]", x[:, None].shape, "and at the front, x[None]", x[None].shape)

# %% [markdown]
# The **matrix product** `@` takes the last axis of what stands left and matches it with the first axis of what stands
# right. That axis is gone in the result: `(2, 3) @ (3,)` gives `(2,)`. Each entry of the result is a row of `W`, times `x`
# entry by entry, added up.

# %%
print(W @ x, "of shape", (W @ x).shape)
print(W[0, 0] * x[0] + W[0, 1] * x[1] + W[0, 2] * x[2], "is its first entry")

# %% [markdown]
# Shapes are the cheapest check there is. Say them before you run a line, and half of all mistakes do not get far.

# %% [markdown]
# ### Exercise: `five_shapes`
# With a pencil, without running anything: `A` has the shape `(4, 5)`, `u` the shape `(5,)`, `v` the shape `(4,)`. What are the
# shapes of these five? Write each as a tuple, such as `(2, 3)` or `(2,)`.

# %% answer="five_shapes"
five_shapes = {
    "A @ u": ...,
    "A.T @ v": ...,
    "v @ A": ...,
    "np.outer(v, u)": ...,
    "A * u": ...,
}
### BEGIN SOLUTION
five_shapes = {
    "A @ u": (4,),
    "A.T @ v": (5,),
    "v @ A": (5,),
    "np.outer(v, u)": (4, 5),
    "A * u": (4, 5),
}
### END SOLUTION

# %% check="five_shapes"
check(five_shapes=five_shapes)

# %% [markdown]
# ## Adding along an axis
#
# `X.sum()` adds up everything. `X.sum(axis=0)` adds along the first axis: down the columns. That axis is gone, so `(2, 3)` becomes
# `(3,)`. `axis=1` adds along the rows, and `axis=-1` along the last axis, whichever that is.

# %%
X = np.array([[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]])
print("axis=0", X.sum(axis=0))
print("axis=1", X.sum(axis=1))

# %% [markdown]
# ### Exercise: `row_and_column`
# Return two things: the sum of each row of `X`, and the *largest* entry of each column.

# %% answer="row_and_column"
def row_and_column(X):
    """Sums of the rows, and the largest entries of the columns.

    X : array (m, n)
    returns : sums (m,), largest (n,)
    """
    ### BEGIN SOLUTION
    return X.sum(axis=1), X.max(axis=0)
    ### END SOLUTION

# %% check="row_and_column"
check(row_and_column)

# %% [markdown]
# ## Stretching: broadcasting
#
# `X + 1` adds 1 to every entry. That is the smallest case of **broadcasting**: where an array has too few entries along an axis, NumPy
# stretches it. The rule: write the two shapes one below the other, **aligned at the right**. Along each axis the lengths must be
# equal, or one of them 1, or missing.
#
# ![Broadcasting, twice. Left: X of shape (2, 3) plus r of shape (3,): r is put below both rows. Right: X of shape (2, 3) plus c of shape (2, 1): c is put beside all three columns.](figures/broadcasting.svg)
#
# So a `(3,)` joins a `(2, 3)` as a *row*, once for every row of it. To join as a *column*, a vector needs a second axis:
# `c[:, None]` makes `(2, 1)` of `(2,)`.

# %% guess="stretched"

# %%
r = np.array([1.0, 2.0, 3.0])
print((r + r[:, None]).shape)
print(r + r[:, None])

# %% [markdown]
# No error, and nine numbers where three were meant. That is how a wrong shape stays unseen. The checks of this course
# look at shapes first.

# %% [markdown]
# ### Exercise: `shift_rows`
# Add `c[i]` to all of row `i` of `X`. The result has the shape of `X`. One line, no loop.

# %% answer="shift_rows"
def shift_rows(X, c):
    """A number of its own added to every row.

    X : array (m, n)
    c : array (m,)
    returns : array (m, n)
    """
    ### BEGIN SOLUTION
    return X + c[:, None]
    ### END SOLUTION

# %% check="shift_rows"
check(shift_rows)

# %% [markdown]
# ### Exercise: `centred`
# Subtract from every column of `X` its mean, so that each column's mean is 0. One line again: `X.mean(axis=...)` knows axes as `sum`
# does.

# %% answer="centred"
def centred(X):
    """The columns of X, each without its mean.

    X : array (m, n)
    returns : array (m, n)
    """
    ### BEGIN SOLUTION
    return X - X.mean(axis=0)
    ### END SOLUTION

# %% check="centred"
check(centred)

# %% [markdown]
# ## One array, two names
#
# `b = a` makes a second *name*, not a second array. And a slice, `a[1:3]`, is a window on the same numbers, a **view**. Who writes through
# one name is seen through the other. `a.copy()` makes new numbers.

# %%
a = np.zeros(4)
window, own = a[1:3], a[1:3].copy()
window += 5  # writes into a
own += 7  # does not
print("a is now", a)

# %% [markdown]
# `a += 5` writes *into* the array; `a = a + 5` makes a new one and gives it the old name. A function that writes into its
# arguments changes what belongs to somebody else. The checks tell you when that happens.

# %% [markdown]
# ### Exercise: `switched_off`
# Return `x` with the entry at place `k` set to 0. The caller's `x` must stay as it is.

# %% answer="switched_off"
def switched_off(x, k):
    """x with one entry set to 0.

    x : array (n,), not to be changed
    k : which entry, 0 to n - 1
    returns : array (n,)
    """
    ### BEGIN SOLUTION
    new = x.copy()
    new[k] = 0
    return new
    ### END SOLUTION

# %% check="switched_off"
check(switched_off)

# %% [markdown]
# ## Functions without a name
#
# `lambda x: 2 * x` is a function, written in one line: what stands after the colon is returned. It can stand in a list like a number, and the
# next notebook begins with lists of them.

# %%
steps = [lambda v: 2 * v, lambda v: v + 3]
double, add_three = steps
print(double(5), add_three(5), add_three(double(5)))

# %% [markdown]
# ### Exercise: `one_after_another`
# Send `x` through all the functions, each of which gets what the one before gave. For the two above and $x = 5$ that is $2 \cdot 5 + 3$.

# %% answer="one_after_another"
def one_after_another(functions, x):
    """What comes out at the end of a line of functions.

    functions : list of functions of one number
    x : a number
    returns : a number
    """
    ### BEGIN SOLUTION
    for function in functions:
        x = function(x)
    return x
    ### END SOLUTION

# %% check="one_after_another"
check(one_after_another)

# %% [markdown]
# ## In your own words
#
# A friend adds a vector of shape `(3,)` to an array of shape `(3, 3)`, meaning a number for each *row*, and gets no error. What did NumPy do instead,
# and what should the friend write?

# %% [markdown] written="which_way_it_stretches"

# %% [markdown]
# ## What you have earned
#
# - A shape is the first thing to say about an array, and the first thing to look at when something is off.
# - `@` uses up the last axis on its left and the first on its right; `axis=k` uses up axis `k`.
# - Shapes are aligned at the right. `v[:, None]` turns a vector into a column.
# - A slice is a view. `+=` writes into the array, `.copy()` makes a new one.

# %%
progress()

# %% [markdown]
# Next: [1.1 Functional stages](../1-chain-rule/1.1-functional-stages.ipynb).
