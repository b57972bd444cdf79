"""The exercises of 2.3 Vanishing and exploding."""

import numpy as np

from autograde.exercise import Exercise, Mistake, Written

TITLE = "2.3 Vanishing and exploding"


def _numbers(rng, *shape):
    """Numbers between 0.3 and 1.2 in size, of either sign: nothing is zero, nothing is one."""
    return rng.uniform(0.3, 1.2, shape) * rng.choice([-1.0, 1.0], shape)


def _states(rng, *shape):
    """States between 0.2 and 0.9 in size, of either sign: no slope of tanh is one, none is zero."""
    return rng.uniform(0.2, 0.9, shape) * rng.choice([-1.0, 1.0], shape)


def a_point(rng):
    return {"w_h": float(_numbers(rng))} | {name: float(_states(rng)) for name in ("h_1", "h_2", "h_3")}


def a_state(rng, H=4):
    return {"Whh": _numbers(rng, H, H), "h": _states(rng, H)}


def some_states(rng, T=5, H=4):
    return {"Whh": _numbers(rng, H, H), "h": _states(rng, T, H)}


def a_matrix(rng, kind="any"):
    if kind == "rotation":
        angle = rng.uniform(1.8, 2.8)
        return {
            "A": rng.uniform(0.6, 1.6) * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        }
    if kind == "negative":
        return {"A": -np.diag(np.sort(rng.uniform(1.2, 1.8, 3))) + np.triu(_numbers(rng, 3, 3), 1)}
    return {"A": _numbers(rng, 4, 4)}


def a_way_back(rng, T=5, H=4):
    return some_states(rng, T, H) | {"dh_T": _numbers(rng, H)}


def some_gradients(rng, times=None):
    """Gradients of a character model with D = 2, H = 3, K = 4; the limit is `times` their norm."""
    gradients = [_numbers(rng, *shape) for shape in ((3, 2), (3, 3), (4, 3), (3,), (4,))]
    norm = np.sqrt(sum((d**2).sum() for d in gradients))
    return {"gradients": gradients, "limit": float(norm * (times or rng.uniform(0.08, 0.14)))}


def two_gradients(rng, opposed=False):
    a = [_numbers(rng, *shape) for shape in ((3, 2), (3, 4), (3,))]
    sign = -1.0 if opposed else 1.0
    return {"a": a, "b": [sign * rng.uniform(0.5, 2.0) * d + _numbers(rng, *d.shape) for d in a]}


def dh3_dh0(w_h, h_1, h_2, h_3):
    step_1 = w_h * (1 - h_1**2)
    step_2 = w_h * (1 - h_2**2)
    step_3 = w_h * (1 - h_3**2)
    return step_1 * step_2 * step_3


def rnn_jacobian(Whh, h):
    slope = 1 - h**2
    return np.diag(slope) @ Whh


def rnn_jacobian_product(Whh, h):
    product = np.eye(len(Whh))
    for t in range(len(h)):
        product = rnn_jacobian(Whh, h[t]) @ product
    return product


def spectral_radius(A):
    eigenvalues = np.linalg.eigvals(A)
    return np.max(np.abs(eigenvalues))


def rnn_gradient_norms(Whh, h, dh_T):
    dh = dh_T
    norms = [np.linalg.norm(dh)]
    for t in reversed(range(len(h))):
        dh = Whh.T @ (dh * (1 - h[t] ** 2))
        norms.append(np.linalg.norm(dh))
    return np.array(norms)


def rnn_clip(gradients, limit):
    norm = np.sqrt(sum((d**2).sum() for d in gradients))
    factor = min(1.0, limit / norm)
    return [factor * d for d in gradients]


def gradient_cosine(a, b):
    dot = sum((p * q).sum() for p, q in zip(a, b))  # noqa: B905
    norm_a = np.sqrt(sum((p**2).sum() for p in a))
    norm_b = np.sqrt(sum((q**2).sum() for q in b))
    return dot / (norm_a * norm_b)


NO_SLOPE = "The slope of tanh is missing. Each step has two arrows, one through the weights and one through tanh, and you took the first."
SLOPE_TWICE = "The slope of tanh is in there twice. One step goes through one tanh."
SLOPE_OF_TANH_H = (
    "You sent `h` through tanh once more. `h` is what came out of tanh, and its slope can be written with that."
)
TANH_ITSELF = "You multiplied by the state itself where the *slope* of tanh belongs."
COLUMNS = (
    "The slopes are there, but they scale the *columns* of `Whh`: NumPy lines a vector up with the last axis. Slope $i$ belongs "
    "to the unit that the weights lead to. Where do the weights into unit $i$ stand?"
)

EXERCISES = (
    Exercise(
        name="dh3_dh0",
        kind="expression",
        points=2,
        problem=a_point,
        reference=dh3_dh0,
        mistakes=(
            Mistake(
                "one step too few, the first",
                "step_1 * step_2 * step_3",
                "step_2 * step_3",
                "That is $\\mathrm{d}h_3/\\mathrm{d}h_1$. How many arrows lead from $h_0$ to $h_3$?",
            ),
            Mistake(
                "one step too few, the last",
                "step_1 * step_2 * step_3",
                "step_1 * step_2",
                "That is $\\mathrm{d}h_2/\\mathrm{d}h_0$. The way ends one step later.",
            ),
            Mistake(
                "only the last step",
                "step_1 * step_2 * step_3",
                "step_3",
                "That is the last step alone, $\\mathrm{d}h_3/\\mathrm{d}h_2$. Go on from $h_2$.",
            ),
            Mistake(
                "the steps were added",
                "step_1 * step_2 * step_3",
                "step_1 + step_2 + step_3",
                "You have all three local derivatives, and added them. They lie on one route.",
            ),
            Mistake(
                "the slopes are missing",
                "step_1 * step_2 * step_3",
                "w_h**3",
                "The weights are there. Each step goes through a tanh as well, and its slope is seldom 1.",
            ),
            Mistake(
                "the weight is there only once",
                "step_1 * step_2 * step_3",
                "step_1 * step_2 * step_3 / w_h**2",
                "$w_h$ stands in your product once. The route passes through it at every step.",
            ),
            Mistake(
                "the weight is missing",
                "step_1 * step_2 * step_3",
                "step_1 * step_2 * step_3 / w_h**3",
                "The three slopes are there. Between two tanhs the route passes through a weight.",
            ),
            Mistake(
                "one weight too many",
                "step_1 * step_2 * step_3",
                "w_h * step_1 * step_2 * step_3",
                "There is one $w_h$ too many. Count the arrows from $h_0$ to $h_3$.",
            ),
            Mistake(
                "the same state at every step",
                "step_1 * step_2 * step_3",
                "step_3**3",
                "You used the slope of the last step three times. Each step has a slope of its own.",
            ),
            Mistake(
                "the slope's square is missing",
                "step_1 * step_2 * step_3",
                "w_h**3 * (1 - h_1) * (1 - h_2) * (1 - h_3)",
                "Look at the slope of tanh again: one minus *what* of the output?",
            ),
            Mistake(
                "tanh was taken of the states",
                "step_1 * step_2 * step_3",
                "w_h**3 * (1 - np.tanh(h_1) ** 2) * (1 - np.tanh(h_2) ** 2) * (1 - np.tanh(h_3) ** 2)",
                "You sent the states through tanh once more. They came out of tanh, and its slope can be written with what came out.",
            ),
            Mistake(
                "the states instead of the slopes",
                "step_1 * step_2 * step_3",
                "w_h**3 * h_1 * h_2 * h_3",
                TANH_ITSELF,
            ),
        ),
        hints=(
            "From $h_0$ to $h_3$ there is one route with three arrows. What do local derivatives do along a route?",
            "The arrow into $h_1$ has the local derivative $(1 - h_1^2)\\,w_h$; the other two look alike.",
        ),
    ),
    Exercise(
        name="rnn_jacobian",
        points=2,
        problem=a_state,
        reference=rnn_jacobian,
        mistakes=(
            Mistake("the slopes scale the columns", "np.diag(slope) @ Whh", "Whh * slope", COLUMNS),
            Mistake("the slope is missing", "np.diag(slope) @ Whh", "Whh * 1.0", NO_SLOPE),
            Mistake(
                "the weights are missing",
                "np.diag(slope) @ Whh",
                "np.diag(slope)",
                "That is the way through tanh. Between the two states lie the weights as well.",
            ),
            Mistake(
                "transposed",
                "np.diag(slope) @ Whh",
                "(np.diag(slope) @ Whh).T",
                "Rows and columns are exchanged. A row belongs to an entry of $h_t$, which moves; a column to an entry of "
                "$h_{t-1}$, which is nudged. (The transpose is what a *gradient* is multiplied by on its way back.)",
            ),
            Mistake(
                "the weights are transposed",
                "np.diag(slope) @ Whh",
                "np.diag(slope) @ Whh.T",
                "The slopes scale the rows, as they should, but the weights are transposed. `Whh[i, j]` leads from which unit to "
                "which?",
            ),
            Mistake("tanh was taken of h", "1 - h**2", "1 - np.tanh(h) ** 2", SLOPE_OF_TANH_H),
            Mistake("the state instead of the slope", "1 - h**2", "h", TANH_ITSELF),
            Mistake(
                "the slope of the sigmoid",
                "1 - h**2",
                "h * (1 - h)",
                "$h(1 - h)$ is the slope of the sigmoid. Which function makes these states?",
            ),
            Mistake("the slope is there twice", "1 - h**2", "(1 - h**2) ** 2", SLOPE_TWICE),
            Mistake(
                "one number instead of a slope for each unit",
                "1 - h**2",
                "(1 - h @ h) * np.ones(len(h))",
                "You scaled all weights by one number. Each unit has a slope of its own.",
            ),
        ),
        hints=(
            "Row $i$ of the Jacobian is row $i$ of `Whh`, times one number. Which?",
            "`np.diag(v)` makes the diagonal matrix; `v[:, None] * A` scales the rows of `A` and builds no matrix of zeros.",
        ),
    ),
    Exercise(
        name="rnn_jacobian_product",
        points=2,
        problem=some_states,
        reference=rnn_jacobian_product,
        mistakes=(
            Mistake(
                "the wrong order",
                "rnn_jacobian(Whh, h[t]) @ product",
                "product @ rnn_jacobian(Whh, h[t])",
                "All factors are there, in the opposite order. A nudge of $h_0$ meets the Jacobian of the first step first: on which "
                "side of the product does that one stand?",
            ),
            Mistake(
                "transposed",
                "return product",
                "return product.T",
                "The whole product is transposed. That is what a gradient is multiplied by on its way back. Here rows belong to the "
                "entries of $h_T$.",
            ),
            Mistake(
                "each Jacobian is transposed",
                "rnn_jacobian(Whh, h[t])",
                "rnn_jacobian(Whh, h[t]).T",
                "Every factor is transposed, and the order is that of the forward way. Do one or the other: this is neither the "
                "Jacobian nor its transpose.",
            ),
            Mistake(
                "entry by entry",
                "rnn_jacobian(Whh, h[t]) @ product",
                "rnn_jacobian(Whh, h[t]) * (product if t else 1)",
                "You multiplied entry by entry. In a matrix product, every entry of a state reaches every entry of the next.",
            ),
            Mistake(
                "the steps were added",
                "rnn_jacobian(Whh, h[t]) @ product",
                "rnn_jacobian(Whh, h[t]) + (product if t else 0)",
                "You added the Jacobians. They lie one behind the other on the way from $h_0$ to $h_T$.",
            ),
            Mistake(
                "the first factor is missing",
                "range(len(h))",
                "range(1, len(h))",
                "The first step is missing: this is $\\mathrm{d}h_T/\\mathrm{d}h_1$. In code `h[0]` is $h_1$, the state *after* it.",
            ),
            Mistake(
                "the last factor is missing",
                "range(len(h))",
                "range(len(h) - 1)",
                "The last step is missing: this is the derivative of the state before $h_T$.",
            ),
            Mistake(
                "one factor too many",
                "return product",
                "return product @ Whh",
                "There is a `Whh` too many. Each of the $T$ steps brings one.",
            ),
            Mistake(
                "only the last step",
                "@ product",
                "@ np.eye(len(Whh))",
                "Only the Jacobian of the last step is left. Does each turn of your loop use the product so far?",
            ),
            Mistake(
                "the same state at every step",
                "rnn_jacobian(Whh, h[t])",
                "rnn_jacobian(Whh, h[-1])",
                "Every factor has the slopes of the last state. Each step has slopes of its own.",
            ),
            Mistake("the slopes are missing", "np.diag(slope) @ Whh", "Whh * 1.0", NO_SLOPE, of=rnn_jacobian),
            Mistake("the slopes scale the columns", "np.diag(slope) @ Whh", "Whh * slope", COLUMNS, of=rnn_jacobian),
        ),
        hints=(
            "Start from the identity, `np.eye(H)`, and multiply one Jacobian at a time onto it.",
            "`rnn_jacobian(Whh, h[t])` is the Jacobian of the step that ends in `h[t]`. The later step stands further left.",
        ),
        probes={"a single step": {"T": 1}},
    ),
    Exercise(
        name="spectral_radius",
        problem=a_matrix,
        reference=spectral_radius,
        mistakes=(
            Mistake(
                "the largest entry",
                "np.max(np.abs(eigenvalues))",
                "np.max(np.abs(A))",
                "That is the largest entry. What a matrix does to a vector, step after step, no single entry can tell.",
            ),
            Mistake(
                "the trace",
                "np.max(np.abs(eigenvalues))",
                "np.trace(A)",
                "That is the trace, the *sum* of the eigenvalues. The largest of them is wanted, by its size.",
            ),
            Mistake(
                "the determinant",
                "np.max(np.abs(eigenvalues))",
                "np.abs(np.linalg.det(A))",
                "That is the determinant: the *product* of the eigenvalues. The largest of them is wanted.",
            ),
            Mistake(
                "the real part instead of the modulus",
                "np.abs(eigenvalues)",
                "eigenvalues.real",
                "That is the largest real part. An eigenvalue of a rotation is complex, and that of a mirror is negative: its "
                "*modulus* says how much it stretches.",
            ),
            Mistake(
                "the size of the real part",
                "np.abs(eigenvalues)",
                "np.abs(eigenvalues.real)",
                "You took the size of the real part, and the imaginary part is lost. How long is the arrow from 0 to a complex "
                "number?",
            ),
            Mistake(
                "the modulus is missing",
                "np.abs(eigenvalues)",
                "eigenvalues",
                "That is an eigenvalue itself, and it may be complex or negative. Its *modulus* is wanted, a real number.",
            ),
            Mistake(
                "the eigenvalue instead of its modulus",
                "np.max(np.abs(eigenvalues))",
                "eigenvalues[np.argmax(np.abs(eigenvalues))]",
                "You found the right eigenvalue. It may be complex or negative, and what is wanted is how far it is from 0.",
            ),
            Mistake(
                "the largest singular value",
                "np.max(np.abs(eigenvalues))",
                "np.linalg.norm(A, 2)",
                "That is the largest *singular* value: how much the matrix can lengthen a vector in one step. In the long run, "
                "something else decides.",
            ),
            Mistake(
                "the length of all entries",
                "np.max(np.abs(eigenvalues))",
                "np.linalg.norm(A)",
                "`np.linalg.norm(A)` takes all entries as one long vector. It knows nothing of eigenvalues.",
            ),
            Mistake(
                "the smallest eigenvalue",
                "np.max",
                "np.min",
                "That is the smallest one. After many steps, which one is left?",
            ),
            Mistake(
                "the first eigenvalue, not the largest",
                "np.max(np.abs(eigenvalues))",
                "np.abs(eigenvalues[0])",
                "That is the modulus of the first eigenvalue. NumPy gives them in no particular order.",
            ),
            Mistake(
                "a routine for symmetric matrices",
                "np.linalg.eigvals",
                "np.linalg.eigvalsh",
                "`eigvalsh` is made for symmetric matrices: it looks at one half of `A` only. Weights are seldom symmetric.",
            ),
        ),
        hints=(
            "`np.linalg.eigvals(A)` gives the eigenvalues. Some may be complex.",
            "`np.abs` of a complex number is its modulus.",
        ),
        probes={"a rotation": {"kind": "rotation"}, "a matrix with negative eigenvalues": {"kind": "negative"}},
    ),
    Exercise(
        name="rnn_gradient_norms",
        points=3,
        problem=a_way_back,
        reference=rnn_gradient_norms,
        mistakes=(
            Mistake(
                "the weights are not transposed",
                "Whh.T",
                "Whh",
                "The weights are the wrong way round. Backward, each unit collects from all units that it fed.",
            ),
            Mistake("the slope is missing", "(dh * (1 - h[t] ** 2))", "dh", NO_SLOPE),
            Mistake("the slope is there twice", "(1 - h[t] ** 2)", "(1 - h[t] ** 2) ** 2", SLOPE_TWICE),
            Mistake("tanh was taken of h", "h[t] ** 2", "np.tanh(h[t]) ** 2", SLOPE_OF_TANH_H),
            Mistake("the state instead of the slope", "(1 - h[t] ** 2)", "h[t]", TANH_ITSELF),
            Mistake(
                "the slope comes after the weights",
                "Whh.T @ (dh * (1 - h[t] ** 2))",
                "(Whh.T @ dh) * (1 - h[t] ** 2)",
                "You went through the weights first, and through tanh then. Forward, tanh came last; what does the way back meet first?",
            ),
            Mistake(
                "the slope of the state before",
                "h[t] ** 2",
                "h[t - 1] ** 2",
                "The slope is that of the state one step earlier. The gradient at $h_t$ goes back through the tanh that made $h_t$.",
            ),
            Mistake(
                "the steps in forward order",
                "reversed(range(len(h)))",
                "range(len(h))",
                "The gradient starts at the last state. Your loop begins at the first step.",
            ),
            Mistake(
                "the gradient is not carried on",
                "(dh * (1 - h[t] ** 2))",
                "(dh_T * (1 - h[t] ** 2))",
                "Every step starts from `dh_T` again. What arrives at a state is what the next step has made of it.",
            ),
            Mistake(
                "ordered by step, not by distance",
                "return np.array(norms)",
                "return np.array(norms[::-1])",
                "The numbers are right, and their order is turned. `norms[0]` is the norm at distance 0, at the last state.",
            ),
            Mistake(
                "distance 0 is missing",
                "return np.array(norms)",
                "return np.array(norms[1:])",
                "The list begins at distance 1. Distance 0 is `dh_T` itself: $T + 1$ numbers in all.",
            ),
            Mistake(
                "the initial state is missing",
                "return np.array(norms)",
                "return np.array(norms[:-1])",
                "The list ends at $h_1$. The gradient goes one step further, to the initial state: $T + 1$ numbers in all.",
            ),
            Mistake(
                "the squares of the norms",
                "return np.array(norms)",
                "return np.array(norms) ** 2",
                "These are the squares. The length of a vector is the *root* of the sum of its squares.",
            ),
            Mistake(
                "the sum of the sizes instead of the length",
                "return np.array(norms)",
                "return np.array([np.linalg.norm(d, 1) for d in _all_dh(Whh, h, dh_T)])",
                "You added up the sizes of the entries. The norm is the *length* of the vector.",
            ),
            Mistake(
                "the largest entry instead of the length",
                "return np.array(norms)",
                "return np.array([np.abs(d).max() for d in _all_dh(Whh, h, dh_T)])",
                "You took the largest entry of each gradient. The norm is the *length* of the vector.",
            ),
        ),
        hints=(
            "It is the sweep of 2.2 without the weight gradients. Keep `dh`, what has arrived; start with `dh_T`.",
            "One step back: times the slope of tanh at `h[t]`, then times `Whh.T`. `np.linalg.norm(dh)` is the length.",
            "Store one norm before the loop and one in each turn. `t` runs from `T - 1` down to 0.",
        ),
        probes={"a single step": {"T": 1}},
    ),
    Exercise(
        name="rnn_clip",
        points=2,
        problem=some_gradients,
        reference=rnn_clip,
        outputs=("dWxh", "dWhh", "dWhy", "dbh", "dby"),
        mistakes=(
            Mistake(
                "each array on its own",
                "[factor * d for d in gradients]",
                "[min(1.0, limit / np.linalg.norm(d)) * d for d in gradients]",
                "You shortened each array on its own, by a factor of its own. Together they then point in another direction. One "
                "length, one factor, for all of them.",
            ),
            Mistake(
                "each array brought to the limit",
                "[factor * d for d in gradients]",
                "[limit / np.linalg.norm(d) * d for d in gradients]",
                "Every array comes out with the length of the limit, also one that was short. All arrays together are one vector: one "
                "length, one factor, and nothing is lengthened.",
            ),
            Mistake(
                "clipped by value",
                "[factor * d for d in gradients]",
                "[np.clip(d, -limit, limit) for d in gradients]",
                "You cut off every entry that is too large (Karpathy's program does that too). It bends the direction, as in the "
                "figure on the right. Here the whole arrow is to be shortened.",
            ),
            Mistake(
                "short gradients were made longer",
                "min(1.0, limit / norm)",
                "limit / norm",
                "Long gradients come out right. But one that is shorter than the limit was *lengthened* to it: near the minimum the "
                "steps would never become small.",
            ),
            Mistake(
                "short instead of long",
                "min(1.0, limit / norm)",
                "max(1.0, limit / norm)",
                "You lengthen short gradients and leave long ones as they are. It should be the other way round.",
            ),
            Mistake(
                "shortened to length 1",
                "limit / norm",
                "1.0 / norm",
                "Long gradients end up with length 1. They should keep as much as the limit allows.",
            ),
            Mistake(
                "the factor is upside down",
                "limit / norm",
                "norm / limit",
                "The factor is upside down. The further the norm is above the limit, the smaller it has to be.",
            ),
            Mistake(
                "compared with the squared norm",
                "np.sqrt(sum((d**2).sum() for d in gradients))",
                "sum((d**2).sum() for d in gradients)",
                "You compare the limit with the sum of squares. The length is its root.",
            ),
            Mistake(
                "the lengths of the arrays were added",
                "np.sqrt(sum((d**2).sum() for d in gradients))",
                "sum(np.linalg.norm(d) for d in gradients)",
                "You added the lengths of the arrays. All of them are one long vector: its *squares* add, and the root comes last.",
            ),
            Mistake(
                "the longest array decides",
                "np.sqrt(sum((d**2).sum() for d in gradients))",
                "max(np.linalg.norm(d) for d in gradients)",
                "You looked at the longest array only. The length is that of all arrays together.",
            ),
            Mistake(
                "the last array decides",
                "np.sqrt(sum((d**2).sum() for d in gradients))",
                "np.linalg.norm(gradients[-1])",
                "You looked at the last array only. Does a loop overwrite where it should add?",
            ),
            Mistake(
                "the largest entry decides",
                "np.sqrt(sum((d**2).sum() for d in gradients))",
                "max(np.abs(d).max() for d in gradients)",
                "You compared the limit with the largest entry. The length of the whole gradient is what counts.",
            ),
            Mistake(
                "the mean of the squares",
                "np.sqrt(sum((d**2).sum() for d in gradients))",
                "np.sqrt(sum((d**2).sum() for d in gradients) / sum(d.size for d in gradients))",
                "You averaged the squares. In a length they are added.",
            ),
            Mistake(
                "not clipped at all",
                "[factor * d for d in gradients]",
                "[1.0 * d for d in gradients]",
                "The gradients came back as they were. Is the shortened version returned?",
            ),
        ),
        hints=(
            "Two lines come before the result: the norm over all arrays, then the factor.",
            "`sum((d**2).sum() for d in gradients)` adds up the squares of all entries of all arrays.",
            "The factor is `limit / norm`, but never more than 1. Make new arrays: the old ones belong to the caller.",
        ),
        probes={"a gradient shorter than the limit": {"times": 2.5}},
    ),
    Exercise(
        name="gradient_cosine",
        problem=two_gradients,
        reference=gradient_cosine,
        mistakes=(
            Mistake(
                "not divided by the norms",
                "dot / (norm_a * norm_b)",
                "dot",
                "That is the dot product, which grows with the size of the gradients. A cosine lies between -1 and 1.",
            ),
            Mistake(
                "divided by the first norm only",
                "(norm_a * norm_b)",
                "norm_a",
                "You divided by the norm of `a` alone. If `b` became twice as long, the cosine must not change.",
            ),
            Mistake(
                "divided by the second norm only",
                "(norm_a * norm_b)",
                "norm_b",
                "You divided by the norm of `b` alone. If `a` became twice as long, the cosine must not change.",
            ),
            Mistake(
                "divided by a squared norm",
                "(norm_a * norm_b)",
                "norm_a**2",
                "You divided by the square of one norm. Both vectors have a say: one norm of each.",
            ),
            Mistake(
                "the roots are missing",
                "(norm_a * norm_b)",
                "(norm_a**2 * norm_b**2)",
                "You divided by the sums of squares. A norm is the root of such a sum.",
            ),
            Mistake(
                "the norms were added",
                "norm_a * norm_b",
                "norm_a + norm_b",
                "You added the two norms. For two equal vectors the cosine must come out as 1: does it?",
            ),
            Mistake(
                "the sign is lost",
                "dot / (norm_a * norm_b)",
                "abs(dot) / (norm_a * norm_b)",
                "The sign is lost, and it is the most important part: it says whether a step goes up or down.",
            ),
            Mistake(
                "an average over the arrays",
                "dot / (norm_a * norm_b)",
                "np.mean([(p * q).sum() / np.linalg.norm(p) / np.linalg.norm(q) for p, q in zip(a, b)])",
                "You averaged a cosine of each array. All arrays together are *one* vector: add up first, divide once.",
            ),
            Mistake(
                "only the first array",
                "dot / (norm_a * norm_b)",
                "(a[0] * b[0]).sum() / np.linalg.norm(a[0]) / np.linalg.norm(b[0])",
                "You looked at the first array only. All arrays together are one vector.",
            ),
            Mistake(
                "only the last array",
                "dot / (norm_a * norm_b)",
                "(a[-1] * b[-1]).sum() / np.linalg.norm(a[-1]) / np.linalg.norm(b[-1])",
                "You looked at the last array only. Does a loop overwrite where it should add?",
            ),
            Mistake(
                "the lengths of the arrays were added",
                "(norm_a * norm_b)",
                "(sum(np.linalg.norm(p) for p in a) * sum(np.linalg.norm(q) for q in b))",
                "You added the lengths of the arrays. In the length of one long vector *squares* add, and the root comes last.",
            ),
        ),
        hints=(
            "All arrays together are one long vector. `(p * q).sum()` is what one pair of arrays adds to the dot product.",
            "Three sums over the arrays: one of `p * q`, one of `p**2`, one of `q**2`. Two of them need a root.",
        ),
        probes={"two that point apart": {"opposed": True}},
    ),
    Written(
        name="healthy_norm",
        model=(
            "No. The gradient of a weight is a sum over all steps. The terms of the last few steps can be large while those of "
            "distant steps are nearly zero, and the norm of the sum shows only the large ones. To see whether the gradient "
            "vanishes, plot the norm of what reaches each step against its distance from the loss. The falling loss is no proof "
            "either: it falls for every direction with a positive cosine to the true gradient, even when the long-range part is "
            "missing, or the backward pass is wrong."
        ),
        guide=(
            "A weight's gradient is a sum over steps: near terms keep its norm healthy while distant terms vanish. Look at the "
            "norm against the distance.",
            "A falling loss needs no more than a positive cosine with the true gradient, so it shows neither that distant steps "
            "are learned nor that the gradient is right.",
        ),
    ),
)


def _all_dh(Whh, h, dh_T):
    found = [dh_T]
    for row in h[::-1]:
        found.append(Whh.T @ (found[-1] * (1 - row**2)))
    return found
