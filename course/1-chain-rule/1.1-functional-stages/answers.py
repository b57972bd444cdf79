"""Answers to 1.1 that nobody planned for."""

import functools
import itertools
import math

import numpy as np


def line_by_accumulate(stages, x):
    return list(itertools.accumulate(stages, lambda value, stage: stage[0](value), initial=x))


def line_recursive(stages, x):
    return [x] if not stages else [x, *line_recursive(stages[1:], stages[0][0](x))]


def line_into_an_array(stages, x):
    values = np.empty(len(stages) + 1)
    values[0] = x
    for k, stage in enumerate(stages):
        values[k + 1] = stage[0](values[k])
    return values


def slopes_by_zip(stages, values):
    return [slope(v) for (_, slope), v in zip(stages, values, strict=False)]


def slopes_by_index(stages, values):
    return np.array([stages[k][1](values[k]) for k in range(len(stages))])


def slopes_by_map(stages, values):
    return tuple(map(lambda stage, v: float(stage[1](v)), stages, values[:-1]))


def back_by_cumprod(stages, x):
    local = slopes_by_zip(stages, line_by_accumulate(stages, x))
    return np.cumprod([1.0, *local[::-1]])[::-1]


def back_recursive(stages, x):
    if not stages:
        return [1.0]
    rest = back_recursive(stages[1:], stages[0][0](x))
    return [stages[0][1](x) * rest[0], *rest]


class Line:
    """A line that remembers its inputs."""

    def __init__(self, stages):
        self.stages, self.inputs = stages, []

    def forward(self, x):
        for function, _ in self.stages:
            self.inputs.append(x)
            x = function(x)

    def backward(self):
        d = [1.0]
        for (_, slope), seen in zip(self.stages[::-1], self.inputs[::-1], strict=True):
            d.insert(0, slope(seen) * d[0])
        return d


def back_with_a_class(stages, x):
    line = Line(stages)
    line.forward(x)
    return line.backward()


def sigmoid_in_numbers(x):
    e = math.exp(-x)
    s = 1 / (1 + e)
    d_sum = -(s**2)
    return [x, -x, e, 1 + e, s], [-d_sum * e, d_sum * e, d_sum, d_sum, 1.0]


def sigmoid_from_its_output(x):
    s = 1 / (1 + np.exp(-x))
    ds = s * (1 - s)
    return np.array([x, -x, np.exp(-x), 1 / s, s]), np.array([ds, -ds, -(s**2), -(s**2), 1])


def sigmoid_by_a_line(x):
    stages = [
        (np.negative, lambda v: -1.0),
        (np.exp, np.exp),
        (lambda v: v + 1, lambda v: 1.0),
        (np.reciprocal, lambda v: -(v**-2.0)),
    ]
    return line_by_accumulate(stages, x), back_recursive(stages, x)


def loss_by_cosh(w, x, target):
    off = math.tanh(w * x) - target
    return off * off / 2, x * off / math.cosh(w * x) ** 2


def loss_by_complex_step(w, x, target):
    loss = (np.tanh(complex(w, 1e-30) * x) - target) ** 2 / 2
    return loss.real, loss.imag / 1e-30


def loss_as_a_dict(w, x, target):
    p = np.tanh(w * x)
    return {"dw": (p - target) * (1 - p * p) * x, "loss": np.square(p - target) / 2}


def learn_recursive(w, x, target, rate, steps):
    return (
        [w]
        if steps == 0
        else [w, *learn_recursive(w - rate * loss_by_cosh(w, x, target)[1], x, target, rate, steps - 1)]
    )


def learn_by_reduce(w, x, target, rate, steps):
    return functools.reduce(lambda p, _: [*p, p[-1] - rate * loss_by_cosh(p[-1], x, target)[1]], range(steps), [w])


def learn_into_an_array(w, x, target, rate, steps):
    path = np.full(steps + 1, float(w))
    for k in range(steps):
        p = np.tanh(path[k] * x)
        path[k + 1 :] -= rate * (p - target) * (1 - p**2) * x
    return path


RIGHT = {
    "forward_line": {"accumulate": line_by_accumulate, "recursive": line_recursive, "array": line_into_an_array},
    "local_slopes": {"zip": slopes_by_zip, "index": slopes_by_index, "map": slopes_by_map},
    "backward_line": {"cumprod": back_by_cumprod, "recursive": back_recursive, "class": back_with_a_class},
    "sigmoid_by_stages": {
        "numbers": sigmoid_in_numbers,
        "its output": sigmoid_from_its_output,
        "a line": sigmoid_by_a_line,
    },
    "loss_and_dw": {"cosh": loss_by_cosh, "complex step": loss_by_complex_step, "dict": loss_as_a_dict},
    "learn_weight": {"recursive": learn_recursive, "reduce": learn_by_reduce, "array": learn_into_an_array},
}

EQUIVALENT = {
    ("learn_weight", "loss_and_dw: loss ="): "the loss is no part of this answer; the exercise loss_and_dw kills it",
}
