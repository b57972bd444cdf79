"""Small data for sequence models: text, the adding problem, the delayed copy. Time is the first axis.

Whatever is random is drawn from the `numpy.random.Generator` passed in, so a seed fixes it.
"""

from collections.abc import Iterator

import numpy as np

Array = np.ndarray


def vocabulary(text: str) -> str:
    """The different characters of `text`, sorted; a character's class is its place here."""
    return "".join(sorted(set(text)))


def encode(text: str, vocab: str) -> Array:
    """`text` as class numbers, `(len(text),)`."""
    unknown = sorted(set(text) - set(vocab))
    if unknown:
        raise ValueError(f"text has characters that vocab has not: {unknown}")
    place = {character: k for k, character in enumerate(vocab)}
    return np.array([place[character] for character in text], dtype=np.int64)


def decode(codes: Array, vocab: str) -> str:
    """The text that `encode` took apart."""
    return "".join(vocab[k] for k in codes)


def one_hot(codes: Array, K: int, dtype: type = np.float64) -> Array:
    """`codes (...)` in `0 .. K-1` -> `(..., K)`, a single 1 in each row."""
    codes = np.asarray(codes)
    if codes.dtype.kind not in "iu" or codes.size == 0 or codes.min() < 0 or codes.max() >= K:
        raise ValueError(f"codes are {codes.dtype} of shape {codes.shape}, wanted integers in 0 .. {K - 1}")
    return (codes[..., None] == np.arange(K)).astype(dtype)


def streams(codes: Array, B: int) -> Array:
    """One long text `(N,)` as `B` parallel streams, `(N // B, B)`: column by column, each goes on where it left off."""
    length = len(codes) // B if B > 0 else 0
    if length == 0:
        raise ValueError(f"{len(codes)} characters cannot make B = {B} streams")
    return codes[: length * B].reshape(B, length).T


def chunks(codes: Array, T: int) -> Iterator[tuple[Array, Array]]:
    """Pairs `(input, target)` of `T` steps each, the target one step ahead; the last chunk may be shorter."""
    if T < 1:
        raise ValueError(f"T is {T}, wanted at least 1")
    for start in range(0, len(codes) - 1, T):
        stop = min(start + T, len(codes) - 1)
        yield codes[start:stop], codes[start + 1 : stop + 1]


def adding(T: int, B: int, rng: np.random.Generator, dtype: type = np.float64) -> tuple[Array, Array]:
    """The adding problem (Hochreiter & Schmidhuber 1997, experiment 4, in its usual modern form).

    `x (T, B, 2)`: a number in [0, 1) and a marker, which is 1 at one step of each half and else 0. `target (B, 1)`: the
    sum of the two marked numbers, due at the last step. Always answering 1 gives a mean squared error of 1/6.
    """
    if T < 2:
        raise ValueError(f"T is {T}, wanted at least 2: two numbers are to be marked")
    x: Array = np.zeros((T, B, 2), dtype)
    x[..., 0] = rng.random((T, B))
    rows = np.arange(B)
    first, second = rng.integers(0, T // 2, B), rng.integers(T // 2, T, B)
    x[first, rows, 1] = 1
    x[second, rows, 1] = 1
    return x, (x[first, rows, 0] + x[second, rows, 0])[:, None]


def delayed_copy(
    length: int, delay: int, B: int, K: int, rng: np.random.Generator, dtype: type = np.float64
) -> tuple[Array, Array, Array]:
    """The copy task: `length` symbols out of `K`, a wait of `delay` steps, the last of them a signal, then repeat all.

    With `T = 2 length + delay`: `x (T, B, K + 2)` one-hot, where class `K` is a blank and `K + 1` the signal;
    `target (T, B)` class numbers, blank until the end; `mask (T, B)`, 1 at the last `length` steps, where it counts.
    Guessing costs `log K` nats a symbol.
    """
    if min(length, delay, B, K) < 1:
        raise ValueError(f"length, delay, B and K are {length}, {delay}, {B}, {K}, wanted at least 1 each")
    symbols = rng.integers(0, K, (length, B))
    blank = np.full((length + delay, B), K)
    codes = np.concatenate([symbols, blank])
    codes[length + delay - 1] = K + 1
    target = np.concatenate([blank, symbols])
    mask: Array = np.zeros(target.shape, dtype)
    mask[-length:] = 1
    return one_hot(codes, K + 2, dtype), target, mask
