"""The run that 4.7 shows: a character LSTM on all of Alice, trained with `lstm_ref` and kept in half precision.

    python course/4-training/runs/wonderland.py     # writes ../data/wonderland.npz; about 4 minutes on one thread

The seed fixes every draw. Another processor or NumPy rounds differently, and after some thousand updates that shows:
what 4.7 says of single units holds for the file that is shipped.
"""

# ruff: noqa: E402 - a BLAS reads its number of threads once, when NumPy is imported

import argparse
import os
from pathlib import Path
from typing import Any

for library in ("OPENBLAS", "OMP", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import numpy as np

from lstm_ref import data, lstm, optim
from lstm_ref.fast import lstm as fast
from lstm_ref.stages import cross_entropies, cross_entropy_backward

Array = np.ndarray
DATA = Path(__file__).parents[1] / "data"
SEED, H, B, T, LIMIT = 46, 160, 32, 64, 1.0
DROPPED = 0.3
"""The share of the outputs that the readout does not see, drawn anew for each chunk."""
RATES = [*[0.004] * 12, *np.geomspace(0.004, 0.0003, 28)]
"""Adam's, one for each pass over the text."""


def main() -> None:
    """Train, and keep the weights of the pass that was best on the text held back."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, default=DATA / "wonderland.npz")
    out = parser.parse_args().out
    text = (DATA / "wonderland.txt").read_text(encoding="ascii")
    vocab = data.vocabulary(text)
    codes = data.encode(text, vocab)
    cut = int(0.9 * len(codes))
    train, held = data.streams(codes[:cut], B), codes[cut:]

    rng = np.random.default_rng(SEED)
    weights = first_weights(rng, len(vocab))
    adam = optim.Adam([*weights.values()])
    best, kept, seen, unseen = np.inf, weights, [], []
    for number, adam.rate in enumerate(RATES, 1):
        seen.append(one_pass(weights, adam, train, rng))
        unseen.append(cost(weights, held))
        print(f"pass {number:2}   training text {seen[-1]:.3f}   held back {unseen[-1]:.3f}   bits", flush=True)
        if unseen[-1] < best:
            best, kept = unseen[-1], {name: w.copy() for name, w in weights.items()}
    arrays: dict[str, Any] = {name: w.astype(np.float16) for name, w in kept.items()}
    arrays |= {"seen": np.array(seen, np.float32), "unseen": np.array(unseen, np.float32)}
    np.savez_compressed(out, **arrays)


def first_weights(rng: np.random.Generator, K: int) -> dict[str, Array]:
    """`W (4, H, H + K)`, `b (4, H)`, `Wy (K, H)`, `by (K,)`, in single precision."""
    W, b = lstm.init(K, H, rng, np.float32)
    return {"W": W, "b": b, "Wy": rng.normal(0, H**-0.5, (K, H)).astype(np.float32), "by": np.zeros(K, np.float32)}


def one_pass(weights: dict[str, Array], adam: optim.Adam, text: Array, rng: np.random.Generator) -> float:
    """Go through the streams `text (N, B)` once, an update for each chunk. Returns what they cost, in bits a character."""
    W, b, Wy, by = weights.values()
    h, c = np.zeros((B, H), np.float32), np.zeros((B, H), np.float32)
    bits = []
    for x, target in data.chunks(text, T):
        out, c, cache = fast.forward(lstm.Params(W, b), data.one_hot(x, len(by), np.float32), h, c)
        h = out[-1]
        mask = (rng.random(out.shape, np.float32) >= DROPPED) / np.float32(1 - DROPPED)
        shown = out * mask
        y = shown @ Wy.T + by
        bits.append(cross_entropies(y, target).mean() / np.log(2))
        dy = cross_entropy_backward(y, target).astype(np.float32) / target.size
        dW, db = fast.backward(cache, (dy @ Wy) * mask).params
        gradients = dW, db, np.tensordot(dy, shown, ([0, 1], [0, 1])), dy.sum(axis=(0, 1))
        adam.step(optim.clip(gradients, LIMIT)[0])
    return float(np.mean(bits))


def cost(weights: dict[str, Array], codes: Array) -> float:
    """Bits per character of a text that is read from its beginning to its end, nothing dropped."""
    W, b, Wy, by = weights.values()
    out, _, _ = fast.forward(lstm.Params(W, b), data.one_hot(codes[:-1, None], len(by), np.float32))
    return float(cross_entropies(out @ Wy.T + by, codes[1:, None]).mean() / np.log(2))


if __name__ == "__main__":
    main()
