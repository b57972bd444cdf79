"""The exercises of 1.1 Functional stages."""

import numpy as np

from autograde.asking.given import Given
from autograde.judging.draw import numbers
from autograde.judging.exercise import Exercise, Written
from autograde.judging.questions import Choice, Guess, Recall
from lstm_ref.stages import tanh_backward

TITLE = "1.1 Functional stages"


def _number(rng, low, high):
    """A number between low and high in size, of either sign."""
    return float(numbers(rng, low=low, high=high))


def _stage(rng, kind):
    """A pair of functions: what the stage does, and its slope."""
    if kind == "linear":
        w, b = round(_number(rng, 0.4, 2.0), 2), round(_number(rng, 0.4, 2.0), 2)
        return Given("linear", (w, b)), Given("linear", (0.0, w))
    slopes = {"sin": Given("cos"), "exp": Given("exp"), "square": Given("linear", (2.0, 0.0))}
    return Given(kind), slopes[kind]


def a_line(rng, kinds=None):
    """A line of stages and a start. Nothing on the way is nearly zero or large, and no slope is nearly 0 or 1."""
    while True:
        some = kinds or ["linear", "sin", "square", *rng.choice(["linear", "sin", "exp", "square"], rng.integers(1, 4))]
        stages = [_stage(rng, kind) for kind in (kinds or rng.permutation(some).tolist())]
        x = round(_number(rng, 0.3, 1.5), 2)
        values = forward_line(stages, x)
        local = np.abs(local_slopes(stages, values))
        plain = np.all((np.abs(values) > 0.15) & (np.abs(values) < 3)) and np.all((local > 0.2) & (local < 5))
        if plain and np.all(np.abs(local - 1) > 0.1):
            return {"stages": stages, "x": x}


def a_line_with_values(rng, kinds=None):
    line = a_line(rng, kinds)
    return {"stages": line["stages"], "values": forward_line(**line)}


def a_point(rng):
    return {"x": rng.uniform(0.3, 1.7)}


def a_number(rng):
    return {"x": _number(rng, 0.3, 2.0)}


def a_weight(rng):
    while True:
        w, x, target = _number(rng, 0.4, 1.3), _number(rng, 0.5, 1.5), _number(rng, 0.2, 0.8)
        if abs(np.tanh(w * x) - target) > 0.15:
            return {"w": w, "x": x, "target": target}


def a_weight_to_learn(rng):
    return a_weight(rng) | {"rate": rng.uniform(0.2, 0.6), "steps": int(rng.integers(4, 8))}


def forward_line(stages, x):
    values = [x]
    for function, _ in stages:
        values.append(function(values[-1]))
    return np.array(values)


def dfdx(x):
    return 2 * np.cos(2 * x + 2)


def dedx(x):
    g = x**2
    f = np.sin(g)
    return np.exp(f) * np.cos(g) * 2 * x


def local_slopes(stages, values):
    local = []
    for k, (_, slope) in enumerate(stages):
        local.append(slope(values[k]))
    return np.array(local)


def backward_line(stages, x):
    values = forward_line(stages, x)
    local = local_slopes(stages, values)
    d = np.ones(len(stages) + 1)
    for k in reversed(range(len(stages))):
        d[k] = local[k] * d[k + 1]
    return d


def sigmoid_by_stages(x):
    negate = (lambda x: -x, lambda x: -1.0)
    exp = (np.exp, np.exp)
    add_one = (lambda x: x + 1, lambda x: 1.0)
    one_over = (lambda x: 1 / x, lambda x: -1 / x**2)
    line = [negate, exp, add_one, one_over]
    return forward_line(line, x), backward_line(line, x)


def loss_and_dw(w, x, target):
    z = w * x
    p = np.tanh(z)
    loss = 0.5 * (p - target) ** 2
    dp = p - target
    dz = tanh_backward(p, dp)
    dw = x * dz
    return loss, dw


def learn_weight(w, x, target, rate, steps):
    path = [w]
    for _ in range(steps):
        _, dw = loss_and_dw(path[-1], x, target)
        path.append(path[-1] - rate * dw)
    return np.array(path)


A_LINE = "stages as pairs of functions of one number"
AN_EXPRESSION = "a derivative in one variable, written out"
ONE_STAGE = {"a line of one stage": {"kinds": ["sin"]}}

EXERCISES = (
    Exercise(
        name="forward_line",
        problem=a_line,
        reference=forward_line,
        alone=A_LINE,
        hints=(
            "Start a list with `x` in it. Each stage takes the last number of the list and puts a new one behind it.",
            "`for function, slope in stages:` gives the two halves of each pair. Here you need only the first.",
            "`values[-1]` is the last number of the list `values`, and `values.append(...)` puts one behind it.",
        ),
        probes=ONE_STAGE,
    ),
    Exercise(
        name="dfdx",
        kind="expression",
        problem=a_point,
        reference=dfdx,
        alone=AN_EXPRESSION,
        hints=(
            "Two stages, so two factors. Write the slope of each stage first, and only then multiply.",
            "The slope of $f = \\sin g$ is $\\cos g$, and $g$ is what stands in the brackets of the sine.",
            "In SymPy the cosine is `sp.cos(...)`. The other factor is the slope of $2x + 2$, a plain number.",
        ),
    ),
    Exercise(
        name="dedx",
        points=2,
        kind="expression",
        problem=a_point,
        reference=dedx,
        alone=AN_EXPRESSION,
        hints=(
            "Three stages, three factors: $\\mathrm{d}e/\\mathrm{d}f$, $\\mathrm{d}f/\\mathrm{d}g$ and $\\mathrm{d}g/\\mathrm{d}x$.",
            "exp is its own slope. Take it at $f$, take the slope of sin at $g$, and then write $f$ and $g$ out in $x$.",
            "You may let Python write them out: `g = x**2`, then `f = sp.sin(g)`, then the product with `f`, `g` and `x` in it.",
        ),
    ),
    Exercise(
        name="local_slopes",
        problem=a_line_with_values,
        reference=local_slopes,
        alone=A_LINE,
        hints=(
            "Stage $k$ has the input `values[k]`. Its slope function is the second of the pair.",
            "`for k, (function, slope) in enumerate(stages):` counts along. Collect `slope(...)` in a list.",
        ),
        probes=ONE_STAGE,
    ),
    Exercise(
        name="backward_line",
        points=3,
        problem=a_line,
        reference=backward_line,
        alone=A_LINE,
        hints=(
            "You have both halves already: `forward_line` gives the values, `local_slopes` the slope of each stage.",
            "Make an array of ones with one entry more than there are stages. Its last entry is right; fill in the others "
            "from the end.",
            "`for k in reversed(range(len(stages))):` walks backward. Inside is one line, the second formula above.",
        ),
        probes=ONE_STAGE,
    ),
    Exercise(
        name="sigmoid_by_stages",
        points=2,
        problem=a_number,
        reference=sigmoid_by_stages,
        alone=A_LINE,
        outputs=("values", "d"),
        hints=(
            "Start from the innermost: what happens to `x` first? Write its pair: what it does, and its slope.",
            "The four do $-x$, exp, $x + 1$ and $1/x$. In each pair `x` stands for what goes into *that* stage.",
            "The pair for the last is `(lambda x: 1 / x, lambda x: -1 / x**2)`.",
        ),
    ),
    Exercise(
        name="loss_and_dw",
        points=2,
        problem=a_weight,
        reference=loss_and_dw,
        outputs=("loss", "dw"),
        hints=(
            "Forward: `z`, then `p`, then `loss`, one line each. Backward: `dp`, `dz`, `dw`, one line each.",
            "Each line on the way back is the slope of one stage, times what the line before it found.",
            "The loss sends back `dp = p - target`. The tanh stage multiplies by its slope, and `p` is the tanh that you have.",
        ),
    ),
    Exercise(
        name="learn_weight",
        points=2,
        problem=a_weight_to_learn,
        reference=learn_weight,
        hints=(
            "Keep a list that starts with `w`. Each step puts one weight behind it.",
            "In each step: `loss, dw = loss_and_dw(...)` at the newest weight, then the update formula.",
            "The newest weight is `path[-1]`, if your list is called `path`.",
        ),
    ),
    Written(
        name="why_remember",
        model=(
            "Going back, each stage multiplies by its slope, and a slope is taken at the input that the stage had: cos g "
            "needs g. The result alone does not tell it, because sin g is the same for many g, and its slope is not. So the "
            "forward run keeps the input of every stage. A stage whose slope is the same everywhere, such as 2x + 2, could "
            "forget its input: it multiplies by 2 whatever went in."
        ),
        guide=(
            "The local derivative of a stage is taken at the input of that very stage, so this input must still be known on "
            "the way back; the result of the line does not tell it.",
            "An example of a stage whose slope does not depend on its input: 2x + 2, or any stage that adds a number or "
            "multiplies by a fixed one. (Also right: exp or tanh, if its own output is remembered instead.)",
        ),
    ),
)

GUESSES = (
    Guess(
        "nudge_sign",
        "$x$ grows a little, from 0.5. Does $\\sin(2x + 2)$ grow, too?",
        {
            "a": Choice(
                "It grows.",
                "So it would be, if sine rose everywhere. At $g = 3$ it is on its way down: the slope there is $\\cos 3$.",
            ),
            "b": Choice("It shrinks.", "Yes: 2x + 2 grows, and at 3 the sine is falling."),
            "c": Choice(
                "It stays.",
                "It stays only where a slope is 0, at the top of the sine or at its bottom. 3 is past the top.",
            ),
        },
        right="b",
    ),
    Guess(
        "too_fast",
        "And with `rate = 8`, sixteen times the rate of the picture?",
        {
            "a": Choice(
                "It gets there in fewer steps.",
                "So it would be on a straight slope. The slope here holds for a small step only.",
            ),
            "b": Choice(
                "It leaps over the valley and stays on the far side.",
                "Yes. And it cannot come back: where tanh is flat, the slope says nothing.",
            ),
            "c": Choice(
                "It swings to and fro, wider each time.",
                "That happens in a valley with steep walls on both sides. This one is flat on the right, so there is nothing to swing back from.",
            ),
        },
        right="b",
    ),
)

RECALL = (
    Recall(
        "Along a line of stages, are the local derivatives added or multiplied?",
        ("multiplied", "multiply", "they are multiplied"),
        "Along a line they multiply.",
    ),
    Recall(
        "At which point is the slope of $f$ taken in $f(g(x))$: at `x` or at `g(x)`?",
        ("g(x)", "at g(x)", "g"),
        "At `g(x)`: that is what went into the stage.",
    ),
    Recall(
        "What is the total derivative of the loss with respect to the loss itself? A number.",
        (1,),
        "It is 1: the loss moves as far as itself.",
    ),
    Recall(
        "`w_new = w - rate * dw`: if `dw` is negative, does `w` grow or shrink?",
        ("grow", "grows", "it grows"),
        "It grows: one goes against the gradient.",
    ),
    Recall(
        "What is the slope of tanh where its output is 0.6? A number.",
        (0.64,),
        "$1 - 0.6^2 = 0.64$: the slope of tanh from its own output.",
    ),
)
