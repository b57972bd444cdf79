"""The exercises of 4.7 The reward."""

import numpy as np

from autograde.judging.exercise import Exercise, Written
from autograde.judging.questions import Choice, Guess, Recall

TITLE = "4.7 The reward"
BUILDS_ON = ("3.5", "4.1", "4.2")

SAYINGS = (
    "Alice's cat",
    "`I don't know,' said he.",
    "`Well' she thought,\n`it's late.'",
    "the King's crown:",
    "`Who's there?'",
    "and so on",
    "`That's it",
)


def some_probabilities(rng, N=7):
    return {"p": rng.uniform(0.02, 0.9, N)}


def two_probabilities(rng):
    return {"p": rng.uniform(0.1, 0.5), "q": rng.uniform(0.6, 0.9)}


def some_sayings(rng, closed=False):
    """Sayings in random order. The last one breaks off, so its quotation stays open."""
    order = rng.permutation(len(SAYINGS) - 1)
    return {"text": " ".join([*(SAYINGS[k] for k in order), SAYINGS[0 if closed else -1]])}


def states_and_signal(rng, N=40, H=6):
    """Units of different size around different means. The best is turned round, the second best is larger, not better."""
    signal = rng.permutation((np.arange(N) < 0.4 * N).astype(float))
    best, second = rng.permutation(H)[:2]
    states = rng.normal(0, 1, (N, H))
    states[:, best] -= 4 * signal
    states[:, second] = 3 * (states[:, second] + 2 * signal)
    return {"states": states * rng.uniform(0.5, 1, H) + rng.uniform(2, 4, H), "signal": signal}


def reward_perplexity(p):
    nats = -np.log(p).mean()
    bits = nats / np.log(2)
    perplexity = np.exp(nats)
    return nats, bits, perplexity


def reward_two(p, q):
    return (p * q) ** (-1 / 2)


def reward_inside(text):
    inside = np.zeros(len(text))
    opened = 0
    for n in range(len(text)):
        following = text[n + 1 : n + 2]
        if text[n] == "`":
            opened = 1
        if text[n] == "'" and not following.isalpha():
            opened = 0
        inside[n] = opened
    return inside


def reward_unit(states, signal):
    s = states - states.mean(axis=0)
    v = signal - signal.mean()
    r = s.T @ v / np.sqrt((s**2).sum(axis=0) * (v**2).sum())
    unit = np.argmax(np.abs(r))
    return unit, r[unit]


EXERCISES = (
    Exercise(
        name="reward_perplexity",
        points=2,
        problem=some_probabilities,
        reference=reward_perplexity,
        outputs=("nats", "bits", "perplexity"),
        alone="three names for one number, from probabilities",
        hints=(
            "Who gave `p` to what came pays `-np.log(p)` nats. Then the mean.",
            "A bit is `np.log(2)` nats. The perplexity turns the logarithm round: it is 2 to the bits, or e to the nats.",
        ),
    ),
    Exercise(
        name="reward_two",
        kind="expression",
        points=1,
        problem=two_probabilities,
        reference=reward_two,
        alone="an expression in SymPy",
        hints=(
            "The mean in nats of two characters is $-(\\ln p + \\ln q)/2$. Now e to that.",
            "$e^{-\\ln(pq)/2}$: a logarithm and e cancel, and the rest is a power of $pq$.",
        ),
    ),
    Exercise(
        name="reward_inside",
        points=2,
        problem=some_sayings,
        reference=reward_inside,
        alone="a property of a text, and no computation of a network",
        probes={"a text whose last mark closes a quotation": {"closed": True}},
        hints=(
            "Go through the text with a variable that says whether a quotation is open, and write it down at each character.",
            "`text[n + 1 : n + 2]` is the next character, and an empty text at the end. `.isalpha()` says whether it is a letter.",
        ),
    ),
    Exercise(
        name="reward_unit",
        points=2,
        problem=states_and_signal,
        reference=reward_unit,
        outputs=("unit", "r"),
        alone="a correlation, and no computation of a network",
        hints=(
            "First subtract from each unit its own mean (`axis=0`), and from the signal its mean.",
            "The correlation is `(s * v).sum()` over the root of `(s**2).sum() * (v**2).sum()`: `cosine` of 3.6, after the means are gone. "
            "`s.T @ v` does all units at once.",
            "A unit that is *low* inside a quotation knows as much as one that is high: search the largest `np.abs(r)`. Return `r` with its sign.",
        ),
    ),
    Written(
        name="reward_what_it_knows",
        points=3,
        model=(
            "The correlation was measured on text that the network had not seen, so the unit has not learned single quotations by "
            "heart; and it was the best of many units, so one expects one of them to look good by chance, but not 0.9. Still, a "
            "correlation shows only that the two go together: something else that changes with quotations might drive both. So I would "
            "change the unit's cell state by hand and leave everything else, and look whether the prediction of a closing quotation mark "
            "changes as it should, at many places. And the weights are from one seed: another run has the knowledge elsewhere, or spread "
            "over several units."
        ),
        guide=(
            "Measured on text held back; and of many units one may look good by chance.",
            "A correlation is no cause: change the unit alone, and see whether the prediction changes.",
            "One run, one seed: another network may keep it elsewhere, or in several units.",
        ),
    ),
)

GUESSES = (
    Guess(
        "reward_bits",
        "Twelve times as much text, the same kind of network. On text held back, the LSTM of 4.2 paid about 3 bits a character. This one?",
        {
            "a": Choice(
                "about 3 bits as well: it is the same network",
                "It is the same kind, and larger. But the limit in 4.2 was the text: ten thousand characters do not show what "
                "English can do, and after some passes it learned them by heart.",
            ),
            "b": Choice(
                "a little over 2 bits",
                "More text, later over-fitting, and less to pay. Whoever reads English well gets near 1 bit, so there is room.",
            ),
            "c": Choice(
                "near 0: it has read the whole book",
                "It has read nine tenths of the book, and pays for the last. New sentences hold news: even people pay about 1 bit.",
            ),
        },
        right="b",
    ),
    Guess(
        "reward_one_unit",
        "Nobody told the network what a quotation is. How well does the *best single unit* follow it, on text held back?",
        {
            "a": Choice(
                "hardly: what it knows is spread over all units",
                "It often is. But a cell state is made to hold one thing still for a long time, and this thing pays: it says when a "
                "closing mark is due.",
            ),
            "b": Choice(
                "well: a correlation of 0.8 or more",
                "A single number out of all carries it. Nobody asked for that; it came from the loss.",
            ),
            "c": Choice(
                "perfectly: a correlation of 1",
                "Its state takes a few characters to turn, it drifts in long quotations, and apostrophes look like closing marks.",
            ),
        },
        right="b",
    ),
)

RECALL = (
    Recall(
        "A predictor always gives the character that comes the probability 1/8. What is its perplexity?",
        (8,),
        "8: it is as unsure as if it had to choose among 8 equally likely characters.",
    ),
    Recall(
        "A loss of 3 bits a character: which perplexity is that?",
        (8,),
        "8: two to the bits.",
    ),
    Recall(
        "A unit goes *down* whenever a quotation opens, and up when it closes. Is its correlation with `inside` near 1, 0 or -1?",
        (-1,),
        "Near -1. It knows as much as one that goes up.",
    ),
    Recall(
        "What shows that a unit is *used*, and does not only go along: its correlation, or changing it by hand?",
        ("changing it", "changing it by hand", "changing", "change it", "by hand"),
        "Changing it by hand, with everything else held: then see what the prediction does.",
    ),
)
