"""What PyTorch says of fixed cases, as a small file, so that notebooks 4.3 and 4.4 can be held against it where it is not installed.

`python course/4-training/runs/torch_cases.py` writes `../data/torch.npz`. A key is `case/name`; `d...` is the gradient of the sum
of `dh * h` (and of `dc_T * c_T`) as PyTorch's autograd has it, under PyTorch's own names and in its layout; everything else went in,
in the course's. `model/` holds the first weights of 4.4's character model and the losses of PyTorch's version, by the very code that
4.4 shows. All in double precision; the model's weights are rounded to half precision, to keep the file small.
"""

from pathlib import Path

import numpy as np
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from autograde import course
from autograde.asking import keep
from lstm_ref import data, gru, layers, layouts, lstm

Arrays = dict[str, np.ndarray]
FILE = course.FOLDER / "4-training" / "data" / "torch.npz"
T, B, D, H = 6, 3, 2, 4
BATCHES, STEPS, PASSES, READ = 16, 20, 5, 9000
"""How 4.4 reads the text: streams, steps of a chunk, passes, characters."""


def drawn(rng: np.random.Generator, **shapes: tuple[int, ...]) -> Arrays:
    return {name: rng.normal(size=shape) / np.sqrt(shape[-1]) for name, shape in shapes.items()}


def layer(kind: str, parts: dict[str, Arrays], **options: int | bool) -> torch.nn.Module:
    """A recurrent layer of PyTorch's; `parts` maps the end of its parameters' names, such as `_l1`, to a layout."""
    made = getattr(torch.nn, kind)(D, H, dtype=torch.float64, **options)
    state = {key.replace("_l0", end): torch.tensor(a) for end, part in parts.items() for key, a in part.items()}
    made.load_state_dict(state)
    return made


def gradients(module: torch.nn.Module, inputs: dict[str, torch.Tensor]) -> Arrays:
    """Of all parameters and inputs, after `backward()`."""
    return {f"d{name}": a.grad.numpy() for name, a in (*module.named_parameters(), *inputs.items())}


def leaves(arrays: Arrays, *names: str) -> dict[str, torch.Tensor]:
    return {name: torch.tensor(arrays[name], requires_grad=True) for name in names}


def one_lstm(rng: np.random.Generator) -> Arrays:
    """A single sequence, as in 4.3."""
    case = drawn(rng, W=(4, H, H + D), b=(4, H), x=(T, D), h0=(H,), c0=(H,), dh=(T, H), dc_T=(H,))
    module = layer("LSTM", {"_l0": layouts.lstm_to_torch(lstm.Params(case["W"], case["b"]))})
    inputs = leaves(case, "x", "h0", "c0")
    h, (_, c) = module(inputs["x"], (inputs["h0"][None], inputs["c0"][None]))
    ((h * torch.tensor(case["dh"])).sum() + (c[0] * torch.tensor(case["dc_T"])).sum()).backward()
    return case | gradients(module, inputs)


def one_gru(rng: np.random.Generator) -> Arrays:
    """A single sequence, as in 4.3."""
    case = drawn(rng, W=(3, H, D), U=(3, H, H), b=(3, H), b_q=(H,), x=(T, D), h0=(H,), dh=(T, H))
    params = gru.Params(*(case[name] for name in gru.Params._fields))
    module = layer("GRU", {"_l0": layouts.gru_to_torch(params)})
    inputs = leaves(case, "x", "h0")
    h, _ = module(inputs["x"], inputs["h0"][None])
    (h * torch.tensor(case["dh"])).sum().backward()
    return case | gradients(module, inputs)


def stack(rng: np.random.Generator) -> Arrays:
    """Two layers from zero states."""
    shapes = {"W_lower": (4, H, H + D), "b_lower": (4, H), "W_upper": (4, H, 2 * H), "b_upper": (4, H)}
    case = drawn(rng, **shapes, x=(T, B, D), dh=(T, B, H))
    both = ((f"_l{k}", lstm.Params(case[f"W_{n}"], case[f"b_{n}"])) for k, n in enumerate(("lower", "upper")))
    module = layer("LSTM", {end: layouts.lstm_to_torch(p) for end, p in both}, num_layers=2)
    inputs = leaves(case, "x")
    (module(inputs["x"])[0] * torch.tensor(case["dh"])).sum().backward()
    return case | gradients(module, inputs)


def both(rng: np.random.Generator) -> Arrays:
    """Both directions over a packed batch, from zero states."""
    shapes = {"W_left": (4, H, H + D), "b_left": (4, H), "W_right": (4, H, H + D), "b_right": (4, H)}
    case = drawn(rng, **shapes, x=(T, B, D), dh=(T, B, 2 * H)) | {"lengths": np.array([T, 4, 3])}
    case["dh"] *= layers.inside(T, case["lengths"])[..., None]
    ends = {"_l0": "left", "_l0_reverse": "right"}
    parts = {end: layouts.lstm_to_torch(lstm.Params(case[f"W_{n}"], case[f"b_{n}"])) for end, n in ends.items()}
    module = layer("LSTM", parts, bidirectional=True)
    inputs = leaves(case, "x")
    rows = pack_padded_sequence(inputs["x"], torch.tensor(case["lengths"]))
    (pad_packed_sequence(module(rows)[0])[0] * torch.tensor(case["dh"])).sum().backward()
    return case | gradients(module, inputs)


def model(rng: np.random.Generator, D: int = 16, H: int = 32) -> Arrays:
    """The first weights of 4.4's model, and its losses in PyTorch."""
    text = (FILE.parent / "alice.txt").read_text(encoding="utf-8")[:READ]
    codes = data.encode(text, data.vocabulary(text))
    K = codes.max() + 1
    n = (READ - 1) // (BATCHES * STEPS)

    def cut(codes: np.ndarray) -> np.ndarray:
        chunks = codes[: BATCHES * n * STEPS].reshape(BATCHES, n, STEPS).transpose(1, 2, 0)
        return np.concatenate([chunks] * PASSES)

    shapes = {"E": (K, D), "W_lower": (4, H, H + D), "W_upper": (4, H, 2 * H), "Wy": (K, H)}
    biases = {"b_lower": np.zeros((4, H)), "b_upper": np.zeros((4, H)), "by": np.zeros(K)}
    biases["b_lower"][0] = biases["b_upper"][0] = 1
    first = {name: a.astype(np.float16) for name, a in (drawn(rng, **shapes) | biases).items()}
    losses = _losses_of_4_4(
        torch, {name: a.astype(float) for name, a in first.items()}, cut(codes[:-1]), cut(codes[1:])
    )
    return first | {"losses": losses}


def _losses_of_4_4(torch, model: Arrays, inputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """By the cell of the notebook itself."""
    text = course.notebooks()["4.4-beyond-one-layer"].path("text.py").read_text(encoding="utf-8")
    run = keep.load("torch_losses", keep.closure("torch_losses", text), "4.4's torch_losses")

    def torch_weights(W: np.ndarray, b: np.ndarray) -> list[np.ndarray]:
        return list(layouts.lstm_to_torch(lstm.Params(W, b)).values())[:3]

    return run(torch, model, torch_weights, inputs, targets)


CASES = {"lstm": one_lstm, "gru": one_gru, "stack": stack, "both": both, "model": model}


def cases() -> Arrays:
    """Everything, each case from a seed of its own."""
    torch.set_num_threads(1)
    made = {name: make(np.random.default_rng(seed)) for seed, (name, make) in enumerate(CASES.items())}
    return {f"{name}/{key}": a for name, case in made.items() for key, a in case.items()}


def write(file: Path = FILE) -> None:
    np.savez_compressed(file, **cases())


if __name__ == "__main__":
    write()
