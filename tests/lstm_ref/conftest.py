"""The three cells behind one face, so that a property is written once and held for rnn, lstm and gru, both forms."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from lstm_ref import gru, lstm, rnn

Array = np.ndarray


@dataclass(frozen=True)
class Model:
    module: ModuleType
    form: str
    states: int  # 1: h; 2: h and c

    @property
    def fast(self) -> ModuleType:
        return import_module(f"lstm_ref.fast.{self.module.__name__.rpartition('.')[2]}")

    def draw(
        self, T: int, batch: tuple[int, ...], D: int, H: int, seed: int = 0, dtype: type = np.float64
    ) -> "Problem":
        """Parameters, input, states and upstream gradients; no zeros anywhere, biases included."""
        rng = np.random.default_rng(seed)
        params = [rng.normal(0, (H + D) ** -0.5, p.shape) for p in self.module.init(D, H, rng)]
        x, dh = rng.normal(size=(T, *batch, D)), rng.normal(size=(T, *batch, H))
        start = [rng.normal(size=(*batch, H)) for _ in range(self.states)]
        end = [rng.normal(size=(*batch, H)) for _ in range(self.states - 1)]
        arrays = [a.astype(dtype) for a in (*params, x, *start)]
        return Problem(arrays, dh.astype(dtype), [a.astype(dtype) for a in end])

    def forward(self, arrays: list[Array]) -> tuple[Array, list[Array], Any]:
        """`h`, `[h_T]` or `[h_T, c_T]`, and what `backward` needs."""
        n = len(self.module.Params._fields)
        params = self.module.Params(*arrays[:n])
        run = self.fast.forward if self.form == "fast" else self.module.sweep_forward
        h, *c, memory = run(params, *arrays[n:])
        return h, [h[-1], *c], memory if self.form == "fast" else (params, memory)

    def backward(self, memory: Any, dh: Array, end: list[Array]) -> list[Array]:
        """The gradients, in the order of the arrays that went into `forward`."""
        if self.form == "fast":
            grads = self.fast.backward(memory, dh, *end)
        else:
            grads, _ = self.module.sweep_backward(*memory, dh, *end)
        return [*grads.params, *grads[1:]]

    def loss(self, problem: "Problem") -> Callable[..., complex]:
        def loss(*arrays: Array) -> complex:
            h, (_, *c), _ = self.forward(list(arrays))
            return (h * problem.dh).sum() + sum((a * da).sum() for a, da in zip(c, problem.end, strict=True))

        return loss

    def gradients(self, problem: "Problem") -> list[Array]:
        return self.backward(self.forward(problem.arrays)[2], problem.dh, problem.end)


@dataclass(frozen=True)
class Problem:
    arrays: list[Array]
    dh: Array
    end: list[Array]


MODELS = [Model(m, form, 2 if m is lstm else 1) for m in (rnn, lstm, gru) for form in ("textbook", "fast")]


@pytest.fixture(params=MODELS, ids=lambda m: f"{m.module.__name__.removeprefix('lstm_ref.')}-{m.form}")
def model(request: pytest.FixtureRequest) -> Model:
    return request.param
