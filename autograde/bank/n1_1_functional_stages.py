"""The exercises of 1.1 Functional stages."""

import numpy as np

from autograde.exercise import Exercise, Mistake, Written
from autograde.functions import Given

TITLE = "1.1 Functional stages"


def _number(rng, low, high):
    """A number between low and high in size, of either sign."""
    return float(rng.uniform(low, high) * rng.choice([-1.0, 1.0]))


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
    dz = (1 - p**2) * dp
    dw = x * dz
    return loss, dw


def learn_weight(w, x, target, rate, steps):
    path = [w]
    for _ in range(steps):
        _, dw = loss_and_dw(path[-1], x, target)
        path.append(path[-1] - rate * dw)
    return np.array(path)


ONE_STAGE = {"a line of one stage": {"kinds": ["sin"]}}

EXERCISES = (
    Exercise(
        name="forward_line",
        problem=a_line,
        reference=forward_line,
        mistakes=(
            Mistake(
                "every stage is fed the start",
                "values[-1]",
                "x",
                "Every stage of yours works on `x`. Along a line, what goes into a stage is what came out of the one before.",
            ),
            Mistake(
                "the start is not remembered",
                "np.array(values)",
                "np.array(values[1:])",
                "You kept what came out of each stage. The first stage has an input too, and on the way back it will be needed.",
            ),
            Mistake(
                "the result is not remembered",
                "np.array(values)",
                "np.array(values[:-1])",
                "You kept what went into each stage. One value is still missing at the end of the line.",
            ),
            Mistake(
                "only the result",
                "np.array(values)",
                "values[-1]",
                "That is where the line ends. Here every value on the way counts, the start among them.",
            ),
            Mistake(
                "the slope was run",
                "function, _",
                "_, function",
                "A stage is a pair: first what it does, then its slope. Running forward, which of the two is called?",
            ),
            Mistake(
                "the last stage runs first",
                "in stages",
                "in stages[::-1]",
                "You ran the stages from the last to the first. The list begins with the stage that `x` goes into.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "the inner stage is left out",
                "2 * np.cos",
                "np.cos",
                "That is the slope of the outer stage alone: how far $f$ moves when $g$ moves. How far does $g$ move "
                "when $x$ does?",
            ),
            Mistake(
                "the outer slope is taken at x",
                "(2 * x + 2)",
                "(x)",
                "Both slopes are there, but you took the one of sin at $x$. What goes into that stage?",
            ),
            Mistake(
                "the inner slope was put inside",
                "2 * np.cos(2 * x + 2)",
                "np.cos(2)",
                "You put the slope of $g$ inside the cosine. What stands in the brackets is what goes into the stage, and that "
                "stays; the slope of $g$ is a factor of its own.",
            ),
            Mistake(
                "the plus 2 is lost",
                "(2 * x + 2)",
                "(2 * x)",
                "The $+2$ has a slope of zero, but it still moves the place where the slope of sin is taken. What goes into "
                "that stage?",
            ),
            Mistake(
                "the slopes were added",
                "2 * np.cos",
                "2 + np.cos",
                "You added the two slopes. The first stage makes a nudge some times as large, and the second makes "
                "*that* some times as large.",
            ),
            Mistake(
                "times g instead of its slope",
                "2 * np.cos",
                "(2 * x + 2) * np.cos",
                "You multiplied by $g$ itself. The factor that belongs there is how fast $g$ changes with $x$.",
            ),
            Mistake(
                "sin was not differentiated",
                "np.cos",
                "np.sin",
                "You multiplied by what the outer stage does, sin. What is its slope?",
            ),
            Mistake(
                "the sign of the slope of sin",
                "2 * np.cos",
                "-2 * np.cos",
                "The sign is off. The minus belongs to the slope of *cos*.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "the first stage is left out",
                " * 2 * x",
                "",
                "Write yours as fractions: $\\mathrm{d}e/\\mathrm{d}f \\cdot \\mathrm{d}f/\\mathrm{d}g$. What is left when "
                "neighbours cancel, and which fraction would bring it down to $x$?",
            ),
            Mistake(
                "the middle stage is left out",
                " * np.cos(g)",
                "",
                "Write yours as fractions: $\\mathrm{d}e/\\mathrm{d}f \\cdot \\mathrm{d}g/\\mathrm{d}x$. Those two do not cancel.",
            ),
            Mistake(
                "the last stage is left out",
                "np.exp(f) * ",
                "",
                "Write yours as fractions: $\\mathrm{d}f/\\mathrm{d}g \\cdot \\mathrm{d}g/\\mathrm{d}x$. That is how $f$ moves. "
                "One stage comes after it.",
            ),
            Mistake(
                "exp is taken at x",
                "np.exp(f)",
                "np.exp(x)",
                "The slope of the last stage is taken at $x$ in yours. What goes into that stage?",
            ),
            Mistake(
                "exp is taken at g",
                "np.exp(f)",
                "np.exp(g)",
                "The slope of the last stage is taken at $g$ in yours. Between $g$ and exp there is another stage.",
            ),
            Mistake(
                "cos is taken at x",
                "np.cos(g)",
                "np.cos(x)",
                "The slope of the middle stage is taken at $x$ in yours. What goes into that stage?",
            ),
            Mistake(
                "cos is taken at f",
                "np.cos(g)",
                "np.cos(f)",
                "The slope of the middle stage is taken at $f$, which is what comes *out* of it. What goes in?",
            ),
            Mistake(
                "the slope of sin was put inside exp",
                "np.exp(f) * np.cos(g)",
                "np.exp(np.cos(g))",
                "You put the slope of sin inside exp. What stands in the brackets is what goes into the stage, and that stays; "
                "each slope is a factor of its own.",
            ),
            Mistake(
                "the slope of the square was put inside cos",
                "np.cos(g) * 2 * x",
                "np.cos(2 * x)",
                "You put the slope of $x^2$ inside the cosine. What stands in the brackets is what goes into the stage, and "
                "that stays; each slope is a factor of its own.",
            ),
            Mistake(
                "the slopes were added",
                "np.exp(f) * np.cos(g) * 2 * x",
                "np.exp(f) + np.cos(g) + 2 * x",
                "All three slopes are there, each at the right place, and then you added them. Along a line, what do nudges do?",
            ),
        ),
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
        mistakes=(
            Mistake(
                "every slope is taken at the start",
                "values[k]",
                "values[0]",
                "All your slopes are taken at $v_0$. Only the first stage has that as its input.",
            ),
            Mistake(
                "every slope is taken at the result",
                "values[k]",
                "values[-1]",
                "All your slopes are taken at the last value. Each stage has its own input.",
            ),
            Mistake(
                "each slope is taken at what comes out",
                "values[k]",
                "values[k + 1]",
                "Each of your slopes is taken one place too far along, at what *comes out* of its stage.",
            ),
            Mistake(
                "the function instead of its slope",
                "(_, slope)",
                "(slope, _)",
                "You ran the stages again. The second function of each pair is the one that gives a slope.",
            ),
            Mistake(
                "multiplied already",
                "np.array(local)",
                "np.cumprod(local)",
                "You went on and multiplied them up. Here each slope is wanted on its own; multiplying is the next exercise.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "each slope is taken at what comes out",
                "values[k]",
                "values[k + 1]",
                "Each of your slopes is taken at the *output* of its stage. What did the stage remember?",
                of=local_slopes,
            ),
            Mistake(
                "every slope is taken at the start",
                "values[k]",
                "values[0]",
                "Every slope of yours is taken at `x`. Only the first stage has that as its input.",
                of=local_slopes,
            ),
            Mistake(
                "the function instead of its slope",
                "(_, slope)",
                "(slope, _)",
                "You multiply what the stages *do*. On the way back each stage multiplies by its slope.",
                of=local_slopes,
            ),
            Mistake(
                "each stage on its own",
                " * d[k + 1]",
                "",
                "Each entry holds the slope of one stage and no more. What came back from the stage behind it must be in the "
                "product. Does your loop run from the end, so that this is known by then?",
            ),
            Mistake(
                "added instead of multiplied",
                "local[k] * d[k + 1]",
                "local[k] + d[k + 1]",
                "You added the slopes on the way back. Each stage makes the nudge of the one before some times as large.",
            ),
            Mistake(
                "multiplied from the front",
                "    for k in reversed(range(len(stages))):\n        d[k] = local[k] * d[k + 1]",
                "    for k in range(len(stages)):\n        d[k + 1] = local[k] * d[k]",
                "Yours says how each value moves when $x$ moves. Asked is how the *result* moves when each value does: begin at "
                "the result.",
            ),
            Mistake(
                "in reversed order",
                "return d",
                "return d[::-1]",
                "Your numbers stand in the order in which you found them. The list begins with the one that belongs to $x$.",
            ),
            Mistake(
                "nothing to start from",
                "np.ones(",
                "np.zeros(",
                "All of it is zero. One derivative is known before the first step back: how far does the result move when the "
                "result moves?",
            ),
            Mistake(
                "started from the result",
                "np.ones(len(stages) + 1)",
                "np.full(len(stages) + 1, values[-1])",
                "You started the way back with the value of the result. How far does the result move when the result moves?",
            ),
            Mistake(
                "the first stage is left out",
                "reversed(range(len(stages)))",
                "reversed(range(1, len(stages)))",
                "The first stage did not multiply. Does your loop stop one short of the start?",
            ),
            Mistake(
                "the last stage is left out",
                "reversed(range(len(stages)))",
                "reversed(range(len(stages) - 1))",
                "The last stage did not multiply. The 1 stands *behind* the last stage, at the result.",
            ),
            Mistake(
                "only the one for x",
                "return d",
                "return d[0]",
                "That is $\\mathrm{d}v_0$. You came past all the others on your way to it: return them too.",
            ),
        ),
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
        outputs=("values", "d"),
        mistakes=(
            Mistake(
                "the sign of one over x",
                "-1 / x**2",
                "1 / x**2",
                "The last stage has lost a sign. When what goes into one-over grows, does the result grow?",
            ),
            Mistake(
                "the power in the slope of one over x",
                "-1 / x**2",
                "-1 / x",
                "Look at the slope of the last stage. One over $x$ is $x$ to the power of $-1$: what does the power rule make of it?",
            ),
            Mistake(
                "the sign of the first stage",
                "lambda x: -1.0",
                "lambda x: 1.0",
                "Changing the sign is a stage too: when $x$ goes up, what comes out goes down. What is its slope?",
            ),
            Mistake(
                "the slope of adding one",
                "x + 1, lambda x: 1.0",
                "x + 1, lambda x: 0.0",
                "Adding 1 stops every nudge in yours. The 1 does not change, but what it is added to does.",
            ),
            Mistake(
                "exp by the power rule",
                "(np.exp, np.exp)",
                "(np.exp, lambda x: x * np.exp(x - 1))",
                "In $e^x$ it is the exponent that moves, so the power rule does not apply. What is the slope of exp?",
            ),
            Mistake(
                "the first stage is left out",
                "[negate, exp",
                "[exp",
                "Your line has three stages. Which one stands in the exponent?",
            ),
            Mistake(
                "the stages are in reversed order",
                "[negate, exp, add_one, one_over]",
                "[one_over, add_one, exp, negate]",
                "Your line begins with one-over. The first stage of a line is the one that `x` goes into: the innermost.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "the difference is the wrong way round",
                "dp = p - target",
                "dp = target - p",
                "The sign is off. If the prediction is above the target and rises, does the loss rise or fall?",
            ),
            Mistake(
                "the loss itself was sent back",
                "dp = p - target",
                "dp = loss",
                "What you send back is the loss. It should be the *slope* of the loss.",
            ),
            Mistake(
                "the prediction was sent back",
                "dp = p - target",
                "dp = p",
                "What you send back does not know the target. What is the slope of the loss at $p$?",
            ),
            Mistake(
                "a two too many",
                "dp = p - target",
                "dp = 2 * (p - target)",
                "Yours is twice too large. The square brings a 2 down; what else stands in front of it?",
            ),
            Mistake(
                "the loss stage is left out",
                "(1 - p**2) * dp",
                "(1 - p**2)",
                "That is how the *prediction* moves when the weight moves. The loss is one stage further.",
            ),
            Mistake(
                "the tanh stage is left out",
                "(1 - p**2) * dp",
                "dp",
                "There are three stages and you have the slopes of two. Which one did the gradient pass unchanged?",
            ),
            Mistake(
                "the product stage is left out",
                "dw = x * dz",
                "dw = dz",
                "You stopped at $z$. One stage is left between $z$ and $w$.",
            ),
            Mistake(
                "the derivative with respect to x",
                "dw = x * dz",
                "dw = w * dz",
                "This is how the loss moves when $x$ moves. Here the line starts at $w$, and $x$ stays.",
            ),
            Mistake(
                "tanh' was taken at p",
                "(1 - p**2)",
                "(1 - np.tanh(p) ** 2)",
                "`p` has been through tanh already. The slope is taken at what went *into* the stage, which is `z`.",
            ),
            Mistake(
                "tanh' without the tanh",
                "(1 - p**2)",
                "(1 - z**2)",
                "In $1 - \\tanh^2 z$ the square is of the tanh, not of what goes into it.",
            ),
            Mistake(
                "the slopes were added",
                "dw = x * dz",
                "dw = x + (1 - p**2) + dp",
                "You found all three slopes and added them. Along a line they multiply.",
            ),
            Mistake(
                "the loss without its half",
                "0.5 * (p",
                "(p",
                "Your loss is twice too large: look at its formula once more.",
            ),
        ),
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
        mistakes=(
            Mistake(
                "uphill",
                "- rate * dw",
                "+ rate * dw",
                "Your weight walks uphill: the loss grows at each step. `dw` points to where the loss *rises*.",
            ),
            Mistake(
                "the rate is missing",
                "- rate * dw",
                "- dw",
                "Each step is as long as the gradient itself. Where does the rate come in?",
            ),
            Mistake(
                "the gradient is measured once",
                "loss_and_dw(path[-1]",
                "loss_and_dw(path[0]",
                "You walk on, and every step uses the gradient of the start. The ground slopes differently where you stand now.",
            ),
            Mistake(
                "every step starts from the beginning",
                "path.append(path[-1] -",
                "path.append(path[0] -",
                "Each step starts from the first weight again. It should start where the last one ended.",
            ),
            Mistake(
                "every step is the same step",
                "path[-1], x, target)\n        path.append(path[-1]",
                "path[0], x, target)\n        path.append(path[0]",
                "After the first step your weight stands still. Is the new weight used for the next step, or the first one again?",
            ),
            Mistake(
                "the loss instead of its gradient",
                "_, dw = loss",
                "dw, _ = loss",
                "You subtract the loss. It says how bad the weight is, and not which way is down: take the other result.",
            ),
            Mistake(
                "the old weight is forgotten",
                "path.append(path[-1] - rate * dw)",
                "path.append(-rate * dw)",
                "The new weight is only the step. A step starts somewhere.",
            ),
            Mistake(
                "the start is missing",
                "np.array(path)",
                "np.array(path[1:])",
                "The weight you started from belongs at the front of the list.",
            ),
            Mistake(
                "only the last weight",
                "np.array(path)",
                "path[-1]",
                "You arrive at the right place. The whole way is wanted, from the first weight to the last.",
            ),
        ),
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
