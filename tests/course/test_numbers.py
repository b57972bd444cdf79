"""What the course says of printed examples, against `lstm_ref`."""

import numpy as np

from autograde import course
from lstm_ref import lstm, published, stages


def test_gomez_zeros_are_the_exact_zeros_of_his_example():
    params, zero = published.gomez_params(), np.zeros(1)
    h, _, steps = lstm.sweep_forward(params, published.GOMEZ_X, zero, zero)
    dh_loss = stages.squared_error_backward(h, published.GOMEZ_LABEL)
    gradients, blocks = lstm.sweep_backward(params, steps, dh_loss)
    values = {"dout_before": gradients.h0}
    for k, (his, ours) in enumerate(zip("fiao", "figo", strict=True)):
        values |= {f"d{his}_{t}": getattr(block, f"d{ours}_hat") for t, block in enumerate(blocks)}
        dW, db = blocks[0].dW[k], blocks[0].db[k]
        values |= {f"dU_{his}_0": dW[:, :1], f"dW_{his}_0": dW[:, 1:], f"db_{his}_0": db}
    exercise = course.find("gomez_zeros")
    (problem,) = exercise.problems()
    assert exercise.reference(**problem) == [name for name in problem["names"] if not values[name].any()]
