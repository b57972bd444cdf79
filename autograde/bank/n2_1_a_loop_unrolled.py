"""The exercises of 2.1 A loop, unrolled."""

import numpy as np

from autograde.exercise import Exercise, Mistake, Written

TITLE = "2.1 A loop, unrolled"


def _numbers(rng, *shape):
    """Numbers between 0.3 and 1.2 in size, of either sign: nothing is zero, and tanh is not yet flat."""
    return rng.uniform(0.3, 1.2, shape) * rng.choice([-1.0, 1.0], shape)


def a_text(rng, T=7, K=5):
    """A text that leaves out the first letter of its vocabulary and does not begin with the next one."""
    vocab = "".join(sorted(rng.choice(list("ADLWaceilnrst ,."), K, replace=False)))
    middle = rng.permutation(list(vocab[1:] + vocab[2:]))[: T - 1]
    return {"text": vocab[-1] + "".join(middle), "vocab": vocab}


def one_step(rng, D=3, H=4):
    weights = {"Wxh": _numbers(rng, H, D), "Whh": _numbers(rng, H, H), "bh": _numbers(rng, H)}
    return weights | {"x": _numbers(rng, D), "h_prev": _numbers(rng, H)}


def a_point(rng):
    return {name: float(_numbers(rng)) for name in ("w_x", "w_h", "x_1", "x_2", "h_0")}


def a_sequence(rng, T=5, D=3, H=4, h0=1.0):
    weights = {"Wxh": _numbers(rng, H, D), "Whh": _numbers(rng, H, H), "bh": _numbers(rng, H)}
    return weights | {"x": _numbers(rng, T, D), "h0": h0 * _numbers(rng, H)}


def some_scores(rng, T=4, K=6, large=False):
    """Scores of any size; when they are large, their gaps are too, and the first target has the largest score."""
    y, targets = 2 * _numbers(rng, T, K), rng.integers(0, K, T)
    if large:
        y = np.stack([900.0 * rng.permutation(K) + 8000.0 * t for t in range(T)])
        targets[0] = y[0].argmax()
    return {"y": y, "targets": targets}


def a_masked_text(rng, T=5, D=3, H=4, K=6, keep=None):
    weights = {"Wxh": _numbers(rng, H, D), "Whh": _numbers(rng, H, H), "Why": _numbers(rng, K, H)}
    biases = {"bh": _numbers(rng, H), "by": _numbers(rng, K)}
    kept = np.array([0, 1, 0, 1, 1]) if keep is None else np.array(keep)
    data = {"x": _numbers(rng, T, D), "targets": rng.integers(0, K, T), "h0": _numbers(rng, H)}
    return weights | biases | data | {"mask": kept.astype(float)}


def a_start(rng, T=7, K=5, H=3):
    weights = {"Wxh": 2 * _numbers(rng, H, K), "Whh": 2 * _numbers(rng, H, H), "Why": 2 * _numbers(rng, K, H)}
    biases = {"bh": _numbers(rng, H), "by": _numbers(rng, K)}
    return weights | biases | {"h0": _numbers(rng, H), "first": int(rng.integers(0, K)), "u": rng.uniform(size=T)}


def char_one_hot(text, vocab):
    x = np.zeros((len(text), len(vocab)))
    for t in range(len(text)):
        x[t, vocab.index(text[t])] = 1
    return x


def rnn_step(Wxh, Whh, bh, x, h_prev):
    h_hat = Wxh @ x + Whh @ h_prev + bh
    return np.tanh(h_hat)


def h_2(w_x, w_h, x_1, x_2, h_0):
    h_1 = np.tanh(w_x * x_1 + w_h * h_0)
    return np.tanh(w_x * x_2 + w_h * h_1)


def rnn_forward(Wxh, Whh, bh, x, h0):
    h = np.zeros((len(x), len(h0)))
    h_prev = h0
    for t in range(len(x)):
        h_prev = rnn_step(Wxh, Whh, bh, x[t], h_prev)
        h[t] = h_prev
    return h


def char_losses(y, targets):
    shifted = y - y.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1))
    return log_sum - shifted[np.arange(len(y)), targets]


def char_masked_loss(Wxh, Whh, Why, bh, by, x, targets, h0, mask):
    h = rnn_forward(Wxh, Whh, bh, x, h0)
    y = h @ Why.T + by
    losses = char_losses(y, targets)
    return np.sum(mask * losses)


def draw(y, u):
    p = np.exp(y - y.max())
    p = p / p.sum()
    return int((np.cumsum(p[:-1]) <= u).sum())


def char_sample(Wxh, Whh, Why, bh, by, h0, first, u):
    h, code = h0, first
    codes = []
    for t in range(len(u)):
        x = np.zeros(Wxh.shape[1])
        x[code] = 1
        h = rnn_step(Wxh, Whh, bh, x, h)
        code = draw(Why @ h + by, u[t])
        codes.append(code)
    return np.array(codes)


LOG_SUM = "    log_sum = np.log(np.exp(shifted).sum(axis=1))\n    return log_sum - shifted[np.arange(len(y)), targets]"
PICKED = "[np.arange(len(y)), targets]"
OVERFLOW = (
    "For ordinary scores this is right. For a score of 1000, `exp` leaves the range of floating point numbers, and what "
    "comes after it is `inf` or `nan`. What may you subtract from all scores of a step without changing the probabilities?"
)
UNDERFLOW = (
    "You shifted the scores, so nothing overflows. But the probability of an unlikely target becomes exactly 0, and its "
    "logarithm is minus infinity. Can you write the loss with the logarithm of the sum alone, so that no quotient is needed?"
)
ALL_STEPS = (
    "Your probabilities sum to 1 over *all* steps together. Each step makes a bet of its own: over which axis does each "
    "row of `y` have to sum to 1?"
)
WRONG_AXIS = (
    "Your probabilities sum to 1 down the steps, not across the classes. `y` is (T, K): which axis holds the classes?"
)

EXERCISES = (
    Exercise(
        name="char_one_hot",
        problem=a_text,
        reference=char_one_hot,
        mistakes=(
            Mistake(
                "transposed",
                "return x",
                "return x.T",
                "The ones are right, and rows and columns are exchanged. In this course time comes first: a row for each "
                "character of the text.",
            ),
            Mistake(
                "class numbers where ones belong",
                "])] = 1",
                "])] = vocab.index(text[t])",
                "The right places, with the number of the class in them. In a one-hot row, which number stands there?",
            ),
            Mistake(
                "numbered by the text's own letters",
                "vocab.index",
                "sorted(set(text)).index",
                "You numbered the characters that this text happens to have. A character must have the same number in every "
                "text, also where some letter does not occur. Which argument fixes the numbers?",
            ),
            Mistake(
                "numbered in order of appearance",
                "vocab.index",
                '"".join(dict.fromkeys(text)).index',
                "You numbered the characters as they turn up. Then the same letter has another number in the next text. "
                "Which argument fixes the numbers?",
            ),
            Mistake(
                "one step late",
                "text[t]",
                "text[t - 1]",
                "Row `t` holds the character before: each row is one step late, and the first holds the last character.",
            ),
            Mistake(
                "everything in one row",
                "x[t,",
                "x[0,",
                "All ones are in one row. Each character has a row of its own.",
            ),
        ),
        hints=(
            "Begin with zeros of shape (T, K), then put a single 1 in each row.",
            "`vocab.index(character)` is the place of a character in the vocabulary.",
        ),
    ),
    Exercise(
        name="rnn_step",
        points=2,
        problem=one_step,
        reference=rnn_step,
        mistakes=(
            Mistake(
                "the tanh is missing",
                "return np.tanh(h_hat)",
                "return h_hat",
                "This is what goes *into* the tanh. Without it, the steps would be one long matrix product.",
            ),
            Mistake(
                "tanh twice",
                "return np.tanh(h_hat)",
                "return np.tanh(np.tanh(h_hat))",
                "The sum goes through tanh twice. Once is enough.",
            ),
            Mistake(
                "the bias is missing",
                " + bh",
                "",
                "Input and memory are there. The formula has one more term.",
            ),
            Mistake(
                "the memory is missing",
                " + Whh @ h_prev",
                "",
                "This step sees its input only, so it cannot know what came before. Where does `h_prev` enter?",
            ),
            Mistake(
                "the input is missing",
                "Wxh @ x + ",
                "",
                "This step sees its memory only. Where does `x` enter?",
            ),
            Mistake(
                "Whh is transposed",
                "Whh @ h_prev",
                "Whh.T @ h_prev",
                "`Whh` is square, so its transpose fits as well, and NumPy cannot warn you. Weights are (out, in) and stand "
                "left of the vector: `h_prev @ Whh` is something else.",
            ),
            Mistake(
                "the memory skips its weights",
                "Whh @ h_prev",
                "h_prev",
                "You added `h_prev` as it is. Which matrix does it pass through?",
            ),
            Mistake(
                "the memory is added after the tanh",
                "h_hat = Wxh @ x + Whh @ h_prev + bh\n    return np.tanh(h_hat)",
                "return np.tanh(Wxh @ x + bh) + Whh @ h_prev",
                "Input and bias went through tanh, the memory did not. The three are summed first.",
            ),
            Mistake(
                "a tanh for each term",
                "h_hat = Wxh @ x + Whh @ h_prev + bh\n    return np.tanh(h_hat)",
                "return np.tanh(Wxh @ x) + np.tanh(Whh @ h_prev) + bh",
                "Each term got a tanh of its own. The sum of all three goes through one.",
            ),
            Mistake(
                "the bias is added after the tanh",
                "h_hat = Wxh @ x + Whh @ h_prev + bh\n    return np.tanh(h_hat)",
                "return np.tanh(Wxh @ x + Whh @ h_prev) + bh",
                "The bias is added to what comes out of the tanh. It belongs to what goes in.",
            ),
        ),
        hints=(
            "Three terms, each an array of shape (H,). Add them, then one tanh.",
            "A matrix of shape (H, D) times a vector of shape (D,) is `Wxh @ x`.",
            "If NumPy complains about sizes, look which of `x` (D,) and `h_prev` (H,) stands beside which matrix.",
        ),
    ),
    Exercise(
        name="h_2",
        points=2,
        kind="expression",
        problem=a_point,
        reference=h_2,
        mistakes=(
            Mistake(
                "the inner tanh is missing",
                "h_1 = np.tanh(w_x * x_1 + w_h * h_0)",
                "h_1 = w_x * x_1 + w_h * h_0",
                "The second step is right. But the $h_1$ in it has not been through tanh yet.",
            ),
            Mistake(
                "the outer tanh is missing",
                "return np.tanh(w_x * x_2 + w_h * h_1)",
                "return w_x * x_2 + w_h * h_1",
                "This is what goes into the second tanh. The second layer has one, too.",
            ),
            Mistake(
                "the inputs are exchanged",
                "np.tanh(w_x * x_1 + w_h * h_0)\n    return np.tanh(w_x * x_2",
                "np.tanh(w_x * x_2 + w_h * h_0)\n    return np.tanh(w_x * x_1",
                "The innermost step is the first one. Which input does it read?",
            ),
            Mistake(
                "the first input is read twice",
                "w_x * x_2",
                "w_x * x_1",
                "Both steps read $x_1$. The second step has an input of its own.",
            ),
            Mistake(
                "the initial state is missing",
                " + w_h * h_0",
                "",
                "This is right when $h_0$ is zero. In general the first step has a memory, too.",
            ),
            Mistake(
                "the state is not carried",
                "w_h * h_1",
                "w_h * h_0",
                "Your second step remembers $h_0$. What stands between $h_0$ and $h_2$ in the figure?",
            ),
            Mistake(
                "the memory skips its weight",
                "w_h * h_1",
                "h_1",
                "The step from $h_1$ to $h_2$ has lost its weight.",
            ),
            Mistake(
                "the weights are exchanged in the second layer",
                "w_x * x_2 + w_h * h_1",
                "w_h * x_2 + w_x * h_1",
                "In the second layer the weights have changed places. They are tied: every layer has the same two, in the "
                "same places.",
            ),
            Mistake(
                "only one step",
                "return np.tanh(w_x * x_2 + w_h * h_1)",
                "return h_1",
                "That is $h_1$. Take one more step.",
            ),
        ),
        hints=(
            "Write $h_1$ first, with $x_1$ and $h_0$ in it.",
            "Then write $h_2$ with $x_2$ and $h_1$, and put in what $h_1$ is. Python does that for you: give `h_1` a line.",
            "`h_1 = sp.tanh(w_x * x_1 + w_h * h_0)` is the first layer.",
        ),
    ),
    Exercise(
        name="rnn_forward",
        points=3,
        problem=a_sequence,
        reference=rnn_forward,
        mistakes=(
            Mistake(
                "the state is not carried",
                "x[t], h_prev)",
                "x[t], h0)",
                "Every step starts from `h0` again, so nothing is remembered from one step to the next. What should the "
                "memory be after a step?",
            ),
            Mistake(
                "h0 is ignored",
                "h_prev = h0",
                "h_prev = np.zeros(len(h0))",
                "Your loop starts from zero, whatever `h0` is (`h[t - 1]` at `t = 0` does that as well: it is the last row, "
                "still zero). With a zero `h0` nobody would notice.",
            ),
            Mistake(
                "the states are one step late",
                "return h",
                "return np.vstack([h0[None], h[:-1]])",
                "`h0` stands in the first row, and the last state is missing. `h[t]` is the state *after* step `t` has read "
                "`x[t]`. Do you store before you step?",
            ),
            Mistake(
                "h0 is in the result",
                "return h",
                "return np.vstack([h0[None], h])",
                "Your result has a row too many: it begins with `h0`, which was there before the first step. Row `t` is the "
                "state after `x[t]` was read.",
            ),
            Mistake(
                "the inputs are one step late",
                "x[t]",
                "x[t - 1]",
                "Step `t` reads `x[t - 1]`, and the first one reads the last input. Which input belongs to `h[t]`?",
            ),
            Mistake(
                "the first input at every step",
                "x[t]",
                "x[0]",
                "Every step reads the same input. Is there a `t` in what you hand to the step?",
            ),
            Mistake(
                "read backward",
                "for t in range(len(x)):",
                "for t in reversed(range(len(x))):",
                "You went from the last input to the first. The gradient will go that way; the text is read from its start.",
            ),
            Mistake(
                "the tanh is missing",
                "return np.tanh(h_hat)",
                "return h_hat",
                "Your steps have lost their tanh. `rnn_step` had it.",
                of=rnn_step,
            ),
            Mistake(
                "the bias is missing",
                " + bh",
                "",
                "Your steps have lost their bias. `rnn_step` had it.",
                of=rnn_step,
            ),
            Mistake(
                "Whh is transposed",
                "Whh @ h_prev",
                "Whh.T @ h_prev",
                "`Whh` is square, so its transpose fits as well. `h_prev @ Whh` is not `Whh @ h_prev`.",
                of=rnn_step,
            ),
        ),
        hints=(
            "Keep one variable for the memory. It starts as `h0`, and each step replaces it.",
            "In the loop: call `rnn_step` with `x[t]` and the memory; what it returns is the new memory, and row `t` of the result.",
            "Begin with `h = np.zeros((len(x), len(h0)))` and `h_prev = h0`.",
        ),
        probes={"a sequence of one step": {"T": 1}, "an h0 of zeros": {"h0": 0.0}},
    ),
    Exercise(
        name="char_losses",
        points=3,
        problem=some_scores,
        reference=char_losses,
        mistakes=(
            Mistake(
                "exp overflows",
                "- y.max(axis=1, keepdims=True)",
                "",
                OVERFLOW,
            ),
            Mistake(
                "exp overflows in a quotient",
                LOG_SUM,
                f"    return -np.log((np.exp(y) / np.exp(y).sum(axis=1, keepdims=True)){PICKED})",
                OVERFLOW,
            ),
            Mistake(
                "a probability became zero",
                LOG_SUM,
                f"    return -np.log((np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)){PICKED})",
                UNDERFLOW,
            ),
            Mistake(
                "one shift for all steps",
                "y.max(axis=1, keepdims=True)",
                "y.max()",
                "You subtract the largest of all scores. A step whose scores are all far below it then has nothing but zeros "
                "left. Each step can have a shift of its own.",
            ),
            Mistake(
                "softmax over all steps",
                LOG_SUM,
                f"    return -np.log((np.exp(y - y.max()) / np.exp(y - y.max()).sum()){PICKED})",
                ALL_STEPS,
            ),
            Mistake(
                "softmax over all steps, and not shifted",
                LOG_SUM,
                f"    return -np.log((np.exp(y) / np.exp(y).sum()){PICKED})",
                ALL_STEPS,
            ),
            Mistake(
                "softmax over the wrong axis",
                LOG_SUM,
                f"    e = np.exp(y - y.max(axis=0))\n    return -np.log((e / e.sum(axis=0)){PICKED})",
                WRONG_AXIS,
            ),
            Mistake(
                "softmax over the wrong axis, and not shifted",
                LOG_SUM,
                f"    return -np.log((np.exp(y) / np.exp(y).sum(axis=0)){PICKED})",
                WRONG_AXIS,
            ),
            Mistake(
                "the sign is turned round",
                "return log_sum - shifted[np.arange(len(y)), targets]",
                "return shifted[np.arange(len(y)), targets] - log_sum",
                "All of it has the wrong sign: the logarithm of a probability is negative, and a loss should shrink as the "
                "bet gets better.",
            ),
            Mistake(
                "the probabilities themselves",
                "return log_sum - shifted[np.arange(len(y)), targets]",
                "return np.exp(shifted[np.arange(len(y)), targets] - log_sum)",
                "These are the probabilities of the targets. What is the loss of a bet that gave the truth probability $p$?",
            ),
            Mistake(
                "bits, not nats",
                "return log_sum - shifted[np.arange(len(y)), targets]",
                "return (log_sum - shifted[np.arange(len(y)), targets]) / np.log(2)",
                "This is the loss in bits. Here we use the natural logarithm, `np.log`.",
            ),
            Mistake(
                "the logarithm of the sum is missing",
                "return log_sum - shifted[np.arange(len(y)), targets]",
                "return -y[np.arange(len(y)), targets]",
                "This is the target's score with its sign turned. A high score means little when the others are as high: the "
                "sum over all classes is missing.",
            ),
        ),
        hints=(
            "Work row by row: a row of `y` holds the scores of all K classes at one step.",
            "Use the second form of the formula: subtract each row's largest score first. `y.max(axis=1, keepdims=True)` has shape (T, 1).",
            "`y[np.arange(T), targets]` picks one entry from each row: the target's score. A loop over `t` does as well.",
        ),
        probes={"a single step": {"T": 1}, "large scores": {"large": True}},
    ),
    Exercise(
        name="char_masked_loss",
        points=3,
        problem=a_masked_text,
        reference=char_masked_loss,
        mistakes=(
            Mistake(
                "the mask is ignored",
                "np.sum(mask * losses)",
                "np.sum(losses)",
                "This is the loss of all steps. Where does the mask enter?",
            ),
            Mistake(
                "averaged over all steps",
                "np.sum(mask * losses)",
                "np.mean(mask * losses)",
                "You took the mean over the steps. In this course the loss of a sequence is a sum, so that a step counts the "
                "same in a long text and in a short one.",
            ),
            Mistake(
                "averaged over the kept steps",
                "np.sum(mask * losses)",
                "np.sum(mask * losses) / np.sum(mask)",
                "You took the mean over the kept steps. In this course the loss of a sequence is a sum, so that a step counts "
                "the same in a long text and in a short one.",
            ),
            Mistake(
                "the mask is turned round",
                "np.sum(mask * losses)",
                "np.sum((1 - mask) * losses)",
                "You kept the steps that should be dropped: 1 means that a step counts.",
            ),
            Mistake(
                "the scores are masked, not the loss",
                "losses = char_losses(y, targets)\n    return np.sum(mask * losses)",
                "losses = char_losses(mask[:, None] * y, targets)\n    return np.sum(losses)",
                "You set the *scores* of a dropped step to zero. Zero scores are a bet, the uniform one, and it costs "
                "$\\ln K$. Which quantity has to be zero, so that a step costs nothing?",
            ),
            Mistake(
                "the inputs are masked",
                "rnn_forward(Wxh, Whh, bh, x, h0)",
                "rnn_forward(Wxh, Whh, bh, mask[:, None] * x, h0)",
                "You hid the inputs of the dropped steps. A step without a loss still reads its input and passes its state on.",
            ),
            Mistake(
                "the dropped steps were not run",
                "rnn_forward(Wxh, Whh, bh, x, h0)\n    y = h @ Why.T + by\n    losses = char_losses(y, targets)",
                "rnn_forward(Wxh, Whh, bh, x[mask > 0], h0)\n    y = h @ Why.T + by\n"
                "    losses = char_losses(y, targets[mask > 0])\n    mask = np.ones(len(y))",
                "You ran the kept steps alone. A step without a loss still reads its input and passes its state on.",
            ),
            Mistake(
                "h[t - 1] for h[t]",
                "y = h @ Why.T + by",
                "y = np.vstack([h0[None], h[:-1]]) @ Why.T + by",
                "The scores of a step come from the state of the step before. `y[t]` is made from `h[t]`, which has read "
                "`x[t]` already.",
            ),
            Mistake(
                "h0 is ignored",
                "bh, x, h0)",
                "bh, x, 0 * h0)",
                "The states start from zero, whatever `h0` is.",
            ),
            Mistake(
                "the state is not carried",
                "x[t], h_prev)",
                "x[t], h0)",
                "Every step starts from `h0` again. `rnn_forward` carried the state.",
                of=rnn_forward,
            ),
            Mistake(
                "the bias of the scores is missing",
                " + by",
                "",
                "The scores have lost their bias `by`.",
            ),
            Mistake(
                "only the last step",
                "np.sum(mask * losses)",
                "losses[-1]",
                "This is the loss of the last step, whatever the mask says.",
            ),
        ),
        hints=(
            "Four lines: the states, the scores, the losses of the steps, and the sum over those that count.",
            "You have `rnn_forward` and `char_losses`. For all steps at once, the scores are `h @ Why.T + by`.",
            "A step that does not count contributes `0 * loss`.",
        ),
        probes={"many-to-many": {"keep": [1, 1, 1, 1, 1]}, "many-to-one": {"keep": [0, 0, 0, 0, 1]}},
    ),
    Exercise(
        name="char_sample",
        points=3,
        problem=a_start,
        reference=char_sample,
        mistakes=(
            Mistake(
                "the state is not carried",
                "h = rnn_step(Wxh, Whh, bh, x, h)",
                "h = rnn_step(Wxh, Whh, bh, x, h0)",
                "Every step starts from `h0` again, so the network knows only the character before. Which state does the next step need?",
            ),
            Mistake(
                "the draw is not fed back",
                "code = draw(Why @ h + by, u[t])\n        codes.append(code)",
                "codes.append(draw(Why @ h + by, u[t]))",
                "Every step reads `first`. From the second step on, the input is the character that was drawn last.",
            ),
            Mistake(
                "the first character is in the result",
                "return np.array(codes)",
                "return np.array([first, *codes[:-1]])",
                "`first` was given, not drawn, and the last draw is missing. Do you store before you draw?",
            ),
            Mistake(
                "the likeliest character, not a draw",
                "draw(Why @ h + by, u[t])",
                "int(np.argmax(Why @ h + by))",
                "You always took the likeliest character, which soon goes round in circles. `u[t]` decides: use `draw`.",
            ),
            Mistake(
                "h0 is ignored",
                "h, code = h0, first",
                "h, code = np.zeros(len(h0)), first",
                "The states start from zero, whatever `h0` is.",
            ),
            Mistake(
                "the bias of the scores is missing",
                " + by",
                "",
                "The scores have lost their bias `by`.",
            ),
            Mistake(
                "softmax twice",
                "draw(Why @ h + by, u[t])",
                "draw(np.exp(Why @ h + by) / np.exp(Why @ h + by).sum(), u[t])",
                "You hand probabilities to `draw`, and `draw` takes the softmax itself. What does its first argument want?",
            ),
            Mistake(
                "the same random number every time",
                "u[t]",
                "u[0]",
                "Every step draws with `u[0]`. Each step has a number of its own.",
            ),
            Mistake(
                "the class number as an input",
                "x[code] = 1",
                "x[code] = code",
                "The input has the number of the class where a 1 belongs.",
            ),
        ),
        hints=(
            "Two things change from step to step: the state, and the last character. Start with `h, code = h0, first`.",
            "In the loop: make the one-hot `x` of `code`; take a step; compute the scores of that step; draw; store.",
            "`code = draw(Why @ h + by, u[t])`, and the next turn of the loop uses that `code`.",
        ),
        probes={"one character": {"T": 1}},
    ),
    Written(
        name="one_layer_or_thousand",
        model=(
            "Both are. The loop has one set of weights. Unrolled over a text of 1000 characters it computes what a "
            "feed-forward network of 1000 layers computes, each layer with an input of its own. What is special is that the "
            "weights of all layers are tied: they are the same numbers, each used 1000 times. So the number of weights does "
            "not grow with the text, and the work and the states to be kept do. Change one weight, and it changes in every "
            "layer at once."
        ),
        guide=(
            "The loop unrolled over T steps is a feed-forward network of T layers: the same computation, so both are right.",
            "The layers' weights are tied: one set of numbers, used at every step; it does not grow with the text, while the "
            "work and the stored states do.",
        ),
    ),
)
