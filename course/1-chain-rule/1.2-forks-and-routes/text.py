# %% [markdown]
# # 1.2 Forks and routes
#
# When you are done, you will be able to
#
# - say why a value that is used twice gets a *sum* of two derivatives,
# - find a derivative by listing every route, and find the same number in one sweep backward,
# - show with your own plot why the sweep is the only way that scales.
#
# **About 80 minutes.** You need 1.1: along a line of stages, local derivatives multiply.

# %%
import matplotlib.pyplot as plt
import numpy as np
import sympy as sp

from autograde import check, given, guess, hint, progress, recall

# %% [markdown]
# Three questions from before, if you like: answer in place of the dots, or go on.

# %%
recall("1.2", ..., ..., ...)

# %% [markdown]
# ## A question to start with
#
# In an LSTM, one weight reaches the loss along a great many routes: through each gate, through each time step.
# With 20 steps there are already more routes than there are people on Earth. Yet the gradient of that weight
# takes about as long to compute as the loss itself. How can that be?
#
# We start with a single route.
#
# ## One route: multiply
#
# ![One route from x through u to y. The local derivative a stands on the first arrow and b on the second. Going back, they multiply.](figures/one-route.svg)
#
# Nudge $x$ by a little. The first arrow makes the nudge $a$ times as large, the second makes that $b$ times as
# large. So $y$ moves $b \cdot a$ times as much as $x$ did:
#
# $$
# \frac{\mathrm{d}y}{\mathrm{d}x} = \frac{\mathrm{d}y}{\mathrm{d}u}\,\frac{\mathrm{d}u}{\mathrm{d}x} = b\,a
# $$
#
# The number on an arrow is called its **local derivative**: it knows only the two ends of its arrow.

# %% [markdown]
# ### Exercise: `along_route`
# `local` is an array with the local derivatives along one route, as many as there are arrows. Return the derivative of
# the end with respect to the start, one number.

# %% answer="along_route"
def along_route(local):
    """The derivative along one route.

    local : array (n,), the local derivatives in the order in which one walks
    returns : a number
    """
    ### BEGIN SOLUTION
    return np.prod(local)
    ### END SOLUTION

# %% check="along_route"
check(along_route)

# %% [markdown]
# ## Two routes: add
#
# ![Two routes from x to y, one through u with local derivatives a and c, one through v with local derivatives b and d.](figures/two-routes.svg)
#
# Now $x$ is used **twice**: it feeds $u$ and it feeds $v$, and both feed $y$. A nudge of $x$ travels along both routes
# at once. The upper one moves $y$ by $c\,a$ times the nudge, the lower one by $d\,b$ times the nudge. For a small
# nudge the two movements simply add:
#
# $$
# \frac{\mathrm{d}y}{\mathrm{d}x}
# = \frac{\partial y}{\partial u}\,\frac{\mathrm{d}u}{\mathrm{d}x}
# + \frac{\partial y}{\partial v}\,\frac{\mathrm{d}v}{\mathrm{d}x}
# $$
#
# That is the second half of the chain rule, and most bugs in backpropagation are a forgotten term of this sum.
#
# Before you trust it, watch it happen. Here $u = x^2$, $v = e^x$ and $y = u v$. We move $x$ by one thousandth,
# first on one route only, then on the other, then on both.

# %% guess="both_routes"

# %%
at, nudge = 0.7, 0.001


def y(x_for_u, x_for_v):
    return x_for_u**2 * np.exp(x_for_v)


through_u = y(at + nudge, at) - y(at, at)
through_v = y(at, at + nudge) - y(at, at)
both = y(at + nudge, at + nudge) - y(at, at)

print(f"through u only   {through_u:.10f}")
print(f"through v only   {through_v:.10f}")
print(f"their sum        {through_u + through_v:.10f}")
print(f"both at once     {both:.10f}")
print(f"the gap          {both - through_u - through_v:.10f}")

# %% [markdown]
# The sum and the whole agree up to the size of the nudge squared. Make `nudge` ten times smaller and look at the gap: it
# shrinks a hundredfold.

# %% [markdown]
# ### Exercise: `dydx`
# Now exactly. Walk both routes for $u = x^2$, $v = e^x$, $y = u v$, and write $\mathrm{d}y/\mathrm{d}x$ as a SymPy
# expression in $x$: one product per route, then the sum. Any equal form is right. (You could ask `sp.diff`, and you would
# learn nothing. Ask it afterwards.)

# %% answer="dydx"
x = sp.Symbol("x")
dydx = ...
### BEGIN SOLUTION
dydx = 2 * x * sp.exp(x) + sp.exp(x) * x**2
### END SOLUTION

# %% check="dydx"
check(dydx=dydx)

# %% [markdown]
# SymPy finds the same without routes. The difference of the two is zero:

# %%
sp.simplify(dydx - sp.diff(x**2 * sp.exp(x), x)) if progress.passed("dydx") else "first the exercise above"

# %% [markdown]
# ## A fork
#
# ![A fork. Forward, the value v is copied into two stages, f and g. Backward, each stage sends a gradient back, and at the fork they add.](figures/fork.svg)
#
# In a picture of a network, a value that is used twice is a **fork**: a dot where one line becomes two. Forward, a fork
# copies. Backward, it adds. Every recurrent network is full of forks, because it uses the *same* weights at every step.
#
# Here is the smallest case, one weight in two places:
#
# $$
# h = \tanh(w x), \qquad L = w h
# $$
#
# The two places hold the same number. To find the two routes, give them different names for a moment, $h = \tanh(w_1 x)$
# and $L = w_2 h$, take the derivative with respect to each, and add.
# You will need the slope of tanh. It can be written with the *output* of tanh, which we have anyway:
#
# $$
# \frac{\mathrm{d}}{\mathrm{d}z} \tanh z = 1 - \tanh^2 z
# $$

# %% [markdown]
# ### Exercise: `slope_of_shared`
# Return $\mathrm{d}L/\mathrm{d}w$ for $L = w \tanh(w x)$, a number, from the numbers `w` and `x`.
# Compute $h$ first, then one term per use of $w$.

# %% answer="slope_of_shared"
def slope_of_shared(w, x):
    """The derivative of L = w tanh(w x) with respect to w.

    w, x : numbers
    returns : a number
    """
    ### BEGIN SOLUTION
    h = np.tanh(w * x)
    outer = h
    inner = w * (1 - h**2) * x
    return outer + inner
    ### END SOLUTION

# %% check="slope_of_shared"
check(slope_of_shared)

# %% [markdown]
# Whoever forgets one of the two terms has a gradient that looks healthy: it has the right sign most of the time, and the
# loss goes down. It is just not the gradient. In unit 2 this very mistake is called "overwriting instead of adding".

# %% [markdown]
# ## Many routes: list them all
#
# ![Any number of routes from x to y, through u1, u2 and so on to un. Each route multiplies its two local derivatives; the n products add.](figures/n-routes.svg)
#
# With $n$ routes there are $n$ terms, and nothing new to understand:
#
# > **Multiply along each route, then add over all routes.**
#
# We write a graph down as a dictionary: for each node, where its arrows lead, with the local derivative on each. The
# picture below shows this one.

# %%
diamond = {
    "x": {"u": 2.0, "v": 3.0},
    "u": {"y": 5.0},
    "v": {"y": 7.0},
    "y": {},
}

# %% [markdown]
# ![The diamond with numbers: x to u 2, x to v 3, u to y 5, v to y 7. Through u the product is 10, through v it is 21, and the sum is 31.](figures/diamond.svg)

# %% [markdown]
# ### Exercise: `all_routes`
# Return every route from `start` to `end`, each as a list of nodes; the order of the routes does not matter. For the
# diamond: `[["x", "u", "y"], ["x", "v", "y"]]`. No graph here has a circle, and from every node there is a way to the end.
#
# A route from `start` is `start`, followed by a route from one of its neighbours. That sentence is nearly the program.

# %% answer="all_routes"
def all_routes(graph, start, end):
    """Every route from start to end.

    graph : dict, node -> {node that an arrow leads to: local derivative}
    start, end : nodes
    returns : list of routes, each a list of nodes from start to end
    """
    ### BEGIN SOLUTION
    if start == end:
        return [[end]]
    routes = []
    for node in graph[start]:
        for rest in all_routes(graph, node, end):
            routes.append([start] + rest)
    return routes
    ### END SOLUTION

# %% check="all_routes"
check(all_routes)

# %% [markdown]
# ### Exercise: `sum_over_routes`
# Return the derivative of `end` with respect to `start`: multiply along each route, add over all of them. You may call
# your `all_routes`. For the diamond it is $2 \cdot 5 + 3 \cdot 7 = 31$.

# %% answer="sum_over_routes"
def sum_over_routes(graph, start, end):
    """The derivative of end with respect to start, by listing every route.

    graph : dict, node -> {node that an arrow leads to: local derivative}
    returns : a number
    """
    ### BEGIN SOLUTION
    total = 0.0
    for route in all_routes(graph, start, end):
        product = 1.0
        for a, b in zip(route[:-1], route[1:]):
            product = product * graph[a][b]
        total = total + product
    return total
    ### END SOLUTION

# %% check="sum_over_routes"
check(sum_over_routes)

# %% [markdown]
# ## One sweep back
#
# Look at what you just did on a larger graph. Routes that share their last part multiply the *same* numbers again and
# again. What if every node remembered its total once and for all?
#
# ![A graph of five nodes. Dashed arrows run backward from y. At each node stands its total: y 1, w 2, v 14, u 11, x 64.](figures/reverse-sweep.svg)
#
# Write $\mathrm{d}n$ for the **total** derivative of $y$ with respect to node $n$, over all routes. At the end it is 1:
# $y$ moves as much as $y$. At any other node, each arrow out of it leads to a node $m$ whose total is
# already known, and all routes that begin with this arrow together give local derivative times $\mathrm{d}m$. So
#
# $$
# \mathrm{d}n = \sum_{n \to m} \frac{\partial m}{\partial n}\;\mathrm{d}m
# $$
#
# <details><summary>Watch it move</summary>
#
# ![The same graph of five nodes, the totals filling in from the end: first y is 1, then w 2, v 14, u 11, and last x 64, each when the dashed arrows into it have come.](figures/reverse-sweep-moving.svg)
#
# </details>
#
# Follow it in the picture, from right to left: $\mathrm{d}w = 2 \cdot 1$, then $\mathrm{d}v = 7 \cdot 2 = 14$, then
# $\mathrm{d}u = 5 \cdot 2 + 1 \cdot 1 = 11$, and last $\mathrm{d}x = 2 \cdot 11 + 3 \cdot 14 = 64$.
# Each arrow was used **once**. This is backpropagation. All of it. The rest of this course works out what the local
# derivatives are.

# %% [markdown]
# ### Exercise: `four_totals`
# Do one sweep with a pencil before you write it. The graph is $x \to u$ (3), $x \to v$ (2), $u \to v$ (2), $u \to y$ (4), $v \to w$ (5),
# $w \to y$ (2), and $\mathrm{d}y$ is 1. What are the other four totals?

# %% answer="four_totals"
four_totals = {"w": ..., "v": ..., "u": ..., "x": ...}
### BEGIN SOLUTION
four_totals = {"w": 2, "v": 5 * 2, "u": 2 * 10 + 4 * 1, "x": 3 * 24 + 2 * 10}
### END SOLUTION

# %% check="four_totals"
check(four_totals=four_totals)

# %% [markdown]
# ### Exercise: `reverse_sweep`
# `order` lists the nodes so that every arrow leads from an earlier one to a later one. Return a dictionary with the total
# derivative of `end` with respect to *every* node.

# %% answer="reverse_sweep"
def reverse_sweep(graph, order, end):
    """The total derivative of end with respect to every node, in one sweep from the last node to the first.

    graph : dict, node -> {node that an arrow leads to: local derivative}
    order : list of all nodes; arrows lead from earlier to later ones
    returns : dict, node -> number
    """
    ### BEGIN SOLUTION
    d = {node: 0.0 for node in order}
    d[end] = 1.0
    for node in reversed(order):
        for after, local in graph[node].items():
            d[node] += local * d[after]
    return d
    ### END SOLUTION

# %% check="reverse_sweep"
check(reverse_sweep)

# %% [markdown]
# Both of your functions on the graph of the picture. They agree, once both are written.

# %%
picture = {
    "x": {"u": 2.0, "v": 3.0},
    "u": {"w": 5.0, "y": 1.0},
    "v": {"w": 7.0},
    "w": {"y": 2.0},
    "y": {},
}
print("by routes", sum_over_routes(picture, "x", "y"))
print("by sweep ", reverse_sweep(picture, ["x", "u", "v", "w", "y"], "y"))

# %% [markdown]
# ## What it costs
#
# ![A ladder: diamonds in a row. After 1, 2, 3 and n diamonds there are 2, 4, 8 and 2 to the n routes, while the number of arrows grows by four each time.](figures/ladder.svg)
#
# <details><summary>Watch it move</summary>
#
# ![The same ladder, diamond by diamond: with each, the number of routes below doubles, 2, 4, 8, and the number of arrows grows by four, 4, 8, 12.](figures/ladder-moving.svg)
#
# </details>
#
# To see the difference, build a graph that is mean to the first way: a ladder of diamonds in a row. At every rung, each
# route splits in two.

# %%
def ladder(rungs):
    """A row of diamonds from n0 to n<rungs>; returns the graph and a forward order of its nodes."""
    graph, order = {}, []
    for k in range(rungs):
        here, up, down, there = f"n{k}", f"up{k}", f"down{k}", f"n{k + 1}"
        graph[here] = {up: 1.1, down: -0.4}
        graph[up] = {there: 0.9}
        graph[down] = {there: 0.7}
        order += [here, up, down]
    graph[f"n{rungs}"] = {}
    return graph, order + [f"n{rungs}"]


ladder(1)

# %% [markdown]
# ### Exercise: `count_routes`
# How many routes are there from each node to `end`? Listing them would take forever on a long ladder. Count without
# listing: return a dictionary from every node to its number of routes. You have written nearly this function already.

# %% answer="count_routes"
def count_routes(graph, order, end):
    """The number of routes from every node to end, without listing them.

    graph, order, end : as in reverse_sweep
    returns : dict, node -> whole number
    """
    ### BEGIN SOLUTION
    count = {node: 0 for node in order}
    count[end] = 1
    for node in reversed(order):
        for after in graph[node]:
            count[node] += count[after]
    return count
    ### END SOLUTION

# %% check="count_routes"
check(count_routes)

# %% guess="thirty_rungs"

# %% [markdown]
# Now measure. For each ladder we count the multiplications: by routes, every route costs one for each of its arrows; by
# sweep, every arrow costs one.

# %%
rungs = range(1, 31)
by_routes, by_sweep = [], []
for n in rungs:
    graph, order = ladder(n)
    counted = count_routes(graph, order, f"n{n}")
    by_routes.append(counted["n0"] * 2 * n if counted else np.nan)
    by_sweep.append(sum(len(arrows) for arrows in graph.values()))

plt.figure(figsize=(7, 3.6))
plt.semilogy(rungs, by_routes, color="#c2691c", label="by listing routes")
plt.semilogy(rungs, by_sweep, color="#d1495b", ls="--", label="by one reverse sweep")
plt.xlabel("rungs of the ladder")
plt.ylabel("multiplications")
plt.legend()
plt.grid(alpha=0.3)
plt.show()
print(f"30 rungs: {by_routes[-1]:.3g} multiplications by routes, {by_sweep[-1]} by sweep")

# %% [markdown]
# On a logarithmic axis the routes are a straight line upward: they double with every rung. The sweep goes from 4 to 120,
# four multiplications for every rung, and beside the other line that hardly shows. That answers the question we started with. An LSTM is a ladder whose
# rungs are time steps.

# %% [markdown]
# ## In your own words
#
# Why do the derivatives of two routes *add*? And what must the two terms have in common, so that adding them means
# anything? Two or three sentences. (To compare with a model answer afterwards, run `hint("why_routes_add")` twice.)

# %% [markdown] written="why_routes_add"

# %% [markdown]
# ## What you have earned
#
# - Along a route, local derivatives multiply. Over all routes, the products add.
# - A value that is used twice is a fork: forward it copies, backward it adds.
# - One sweep from the end to the start gives the total derivative for every node, and uses each arrow once:
#
# $$
# \mathrm{d}n = \sum_{n \to m} \frac{\partial m}{\partial n}\;\mathrm{d}m
# $$

# %%
progress()

# %% [markdown]
# Next: [1.3 Vectors and matrices](1.3-vectors-and-matrices.ipynb), where nodes hold arrays and local derivatives become
# matrices that we never write down.
