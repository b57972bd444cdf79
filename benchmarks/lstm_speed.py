"""How fast is `lstm_ref.lstm`? Forward plus backward, on one thread, against others and against the limit.

`make bench` runs it and rewrites `lstm_speed.md` and `lstm_speed.svg` beside this file. All contenders compute the
gradients of the same things (weights, biases, inputs, initial states). They take turns, and what is reported is the
median over turns of a ratio, so that a busy machine slows both sides alike.
"""

import _blas  # isort: skip  before NumPy
import argparse
import gc
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import matplotlib.pyplot as plt
import numpy as np

from lstm_ref import layouts, lstm
from lstm_ref.fast import lstm as fast

try:
    import torch

    torch.set_num_threads(1)
except ImportError:
    torch = None
try:
    import autograd
    import autograd.numpy as anp
except ImportError:
    autograd = None

Run = Callable[[], object]
HERE = Path(__file__).parent
SIZES = [(25, 1, 65, 100), (50, 32, 64, 128), (100, 64, 128, 256), (35, 20, 650, 650)]
DTYPES = [np.float64, np.float32]
OURS, LIMIT, TORCH, HIPS, TEXTBOOK = (
    "lstm_ref",
    "matrix products alone",
    "torch.nn.LSTM",
    "HIPS autograd",
    "textbook loop",
)


def problem(T: int, B: int, D: int, H: int, dtype: type) -> tuple:
    rng = np.random.default_rng(0)
    shapes = ((T, B, D), (B, H), (B, H), (T, B, H))
    return lstm.init(D, H, rng, dtype), *(rng.normal(size=shape).astype(dtype) for shape in shapes)


def ours(params, x, h0, c0, dh) -> Run:
    def run():
        _, _, cache = fast.forward(params, x, h0, c0)
        return fast.backward(cache, dh)

    return run


def limit(params, x, h0, c0, dh) -> Run:
    """The matrix products that no LSTM can do without, into buffers made beforehand, and nothing else."""
    (T, B, D), H = x.shape, h0.shape[1]
    W = params.W.reshape(4 * H, H + D)
    W_h, W_x = W[:, :H], W[:, H:]
    z, step, dW = (np.ones(shape, x.dtype) for shape in ((T * B, 4 * H), (B, 4 * H), W.shape))
    dx, dh_prev = np.empty((T * B, D), x.dtype), np.empty((B, H), x.dtype)

    def run():
        np.matmul(x.reshape(T * B, D), W_x.T, out=z)
        for t in range(T):
            np.matmul(dh[t], W_h.T, out=step)
        for _ in range(T):
            np.matmul(step, W_h, out=dh_prev)
        np.matmul(z.T, dh.reshape(T * B, H), out=dW[:, :H])
        np.matmul(z.T, x.reshape(T * B, D), out=dW[:, H:])
        np.matmul(z, W_x, out=dx)

    return run


def textbook(params, x, h0, c0, dh) -> Run:
    """The textbook sweeps, a product per gate and step, their checks of the arguments switched off: a fair opponent."""

    def run():
        with mock.patch.multiple(lstm, check=lambda *a, **k: None, check_upstream=lambda *a, **k: None):
            _, _, steps = lstm.sweep_forward(params, x, h0, c0)
            return lstm.sweep_backward(params, steps, dh)

    return run


def with_torch(params, x, h0, c0, dh) -> Run | None:
    if torch is None:
        return None
    net = torch.nn.LSTM(x.shape[-1], h0.shape[-1]).to(torch.from_numpy(x).dtype)
    net.load_state_dict({name: torch.from_numpy(a) for name, a in layouts.lstm_to_torch(params).items()})
    tensors = [torch.tensor(a, requires_grad=True) for a in (x, h0[None], c0[None])]
    upstream = torch.tensor(dh)

    def run():
        y, _ = net(tensors[0], (tensors[1], tensors[2]))
        return torch.autograd.grad(y, [*net.parameters(), *tensors], upstream)

    return run


def with_autograd(params, x, h0, c0, dh) -> Run | None:
    """As one would write it: four gates in one product per step, differentiated by tracing."""
    if autograd is None:
        return None
    H, half = h0.shape[1], x.dtype.type(0.5)

    def loss(W, b, x, h, c):
        W, b, total = W.reshape(4 * H, -1).T, b.reshape(4 * H), 0
        for t in range(len(x)):
            a = anp.dot(anp.concatenate([h, x[t]], axis=1), W) + b
            f, i, o = (half + half * anp.tanh(half * a[:, k * H : (k + 1) * H]) for k in (0, 1, 3))
            c = f * c + i * anp.tanh(a[:, 2 * H : 3 * H])
            h = o * anp.tanh(c)
            total = total + anp.sum(h * dh[t])
        return total

    gradient = autograd.grad(loss, (0, 1, 2, 3, 4))
    return lambda: gradient(*params, x, h0, c0)


CONTENDERS = {OURS: ours, LIMIT: limit, TORCH: with_torch, HIPS: with_autograd, TEXTBOOK: textbook}


def agree(params, x, h0, c0, dh, runs: dict[str, Run]) -> None:
    """A race counts only if all compute the same thing: here, dx."""
    wanted = runs[OURS]().x
    found = {TORCH: lambda g: g[-3].numpy(), HIPS: lambda g: g[2], TEXTBOOK: lambda g: g[0].x}
    for name in found.keys() & runs.keys():
        gap = np.abs(found[name](runs[name]()) - wanted).max() / np.abs(wanted).max()
        assert gap < (1e-11 if x.dtype == np.float64 else 1e-4), (name, gap)


def race(runs: dict[str, Run], seconds: float) -> dict[str, np.ndarray]:
    """Seconds of each turn, by contender. The order is shuffled: who comes next finds the cache as the last one left it."""
    times, start, rng = {name: [] for name in runs}, time.perf_counter(), np.random.default_rng(0)
    gc.disable()
    while len(times[OURS]) < 7 or time.perf_counter() - start < seconds:
        for name in rng.permutation(list(runs)):
            before = time.perf_counter()
            runs[name]()
            times[name].append(time.perf_counter() - before)
        gc.collect()
    gc.enable()
    return {name: np.array(t) for name, t in times.items()}


def machine() -> str:
    model, cpuinfo = platform.processor() or platform.machine(), Path("/proc/cpuinfo")
    if cpuinfo.exists():
        model = next((s.split(":")[1].strip() for s in cpuinfo.read_text().splitlines() if "model name" in s), model)
    parts = [f"{model}, {os.cpu_count()} cores, of which one is used", f"{platform.system()}"]
    parts += [f"Python {platform.python_version()}", f"NumPy {np.__version__} ({_blas.kernel()})"]
    parts += [f"PyTorch {torch.__version__}" if torch else "no PyTorch"]
    return "; ".join(parts)


def growth(seconds: float) -> list[str]:
    """Time per step as T grows, relative to the shortest: 1.0 throughout is linear."""
    runs = {T: ours(*problem(T, 8, 32, 64, np.float64)) for T in (50, 100, 200, 400, 800)}
    per_step = {T: [] for T in runs}
    for run in runs.values():
        run()
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        for T, run in runs.items():
            before = time.perf_counter()
            run()
            per_step[T].append((time.perf_counter() - before) / T)
    ratios = {T: np.median(np.array(t) / np.array(per_step[50])) for T, t in per_step.items()}
    row = "| time per step | " + " | ".join(f"{ratio:.2f}" for ratio in ratios.values()) + " |"
    head = "| T | " + " | ".join(str(T) for T in ratios) + " |"
    return [head, "|---|" + "---:|" * len(ratios), row]


def plot(results: dict, path: Path) -> None:
    plt.rcParams.update({"svg.hashsalt": "lstm", "font.size": 9})
    colours = {LIMIT: "#22303c", TORCH: "#d1495b", HIPS: "#7a5195", TEXTBOOK: "#2e8b57"}
    fig, axes = plt.subplots(1, 2, figsize=(9, 3.2), sharey=True, layout="constrained")
    for ax, dtype in zip(axes, DTYPES, strict=True):
        for row, size in enumerate(SIZES):
            for name, colour in colours.items():
                if name in results[size, dtype]:
                    ratio = np.median(results[size, dtype][name] / results[size, dtype][OURS])
                    ax.plot(ratio, -row, "o", color=colour, label=name if row == 0 else None, markersize=7)
        ax.axvline(1, color="#1f77b4", lw=2)
        ax.set(xscale="log", title=np.dtype(dtype).name, xlabel=f"time / time of {OURS}")
        ax.set_xticks([0.25, 0.5, 1, 2, 4, 8, 16], ["¼", "½", "1", "2", "4", "8", "16"])
        ax.minorticks_off()
        ax.grid(axis="x", alpha=0.3)
        ax.spines[["top", "right"]].set_visible(False)
    axes[0].set_yticks([-k for k in range(len(SIZES))], [f"T{T} B{B} D{D} H{H}" for T, B, D, H in SIZES])
    fig.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=4, frameon=False)
    fig.savefig(path, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=15, help="for each size and precision (default 15)")
    seconds = parser.parse_args().seconds
    lines = [
        "# Speed of the LSTM, forward plus backward",
        "",
        f"Written by `make bench`. {machine()}.",
        "",
        f"Numbers are times relative to `{OURS}`, medians over interleaved turns: above 1 is slower than `{OURS}`. The",
        f"fraction of the limit is the time of the {LIMIT} over our time; its range is from the first to the third",
        "quartile.",
        "",
        f"| T, B, D, H | dtype | {OURS}, ms | fraction of the limit | {TORCH} | {HIPS} | {TEXTBOOK} |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    results = {}
    for size in SIZES:
        for dtype in DTYPES:
            arrays = problem(*size, dtype)
            runs = {name: make(*arrays) for name, make in CONTENDERS.items()}
            runs = {name: run for name, run in runs.items() if run is not None}
            agree(*arrays, runs)
            times = results[size, dtype] = race(runs, seconds)
            low, fraction, high = np.percentile(times[LIMIT] / times[OURS], [25, 50, 75])
            row = [", ".join(map(str, size)), np.dtype(dtype).name, f"{1e3 * np.median(times[OURS]):.2f}"]
            row += [f"{fraction:.2f} ({low:.2f} to {high:.2f})"]
            for name in (TORCH, HIPS, TEXTBOOK):
                row.append(f"{np.median(times[name] / times[OURS]):.2f}" if name in times else "not installed")
            lines.append(f"| {' | '.join(row)} |")
            print(lines[-1], flush=True)
    lines += ["", "Time per step as the sequence grows (B = 8, D = 32, H = 64, float64), relative to T = 50:", ""]
    lines += growth(seconds)
    lines += ["", "![Dots: the time of each contender over ours, by size and precision.](lstm_speed.svg)", ""]
    (HERE / "lstm_speed.md").write_text("\n".join(lines))
    plot(results, HERE / "lstm_speed.svg")


if __name__ == "__main__":
    main()
