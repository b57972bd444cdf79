"""Right answers to 4.6, in other styles."""

import numpy as np

from autograde import course

exercises = course.beside(__file__)


def adding_by_a_mask(y, target):
    at_the_end = np.arange(len(y)) == len(y) - 1
    error = (y - target[:, None]) * at_the_end[:, None, None]
    return (error**2).sum() / len(target), 2 / len(target) * error


def adding_by_name(y, target):
    last, B = y[-1].ravel(), len(target)
    dy = np.concatenate([0 * y[:-1], ((last - target) / (B / 2))[None, :, None]])
    return {"loss": float((last - target) @ (last - target)) / B, "dy": dy}


def adding_loops(y, target):
    loss, dy = 0.0, np.zeros(y.shape)
    for n, wanted in enumerate(target):
        loss += (y[-1, n, 0] - wanted) ** 2 / len(target)
        dy[-1, n, 0] = 2 / len(target) * (y[-1, n, 0] - wanted)
    return loss, dy


def bias_of_logs(n):
    return -np.log(1 / (n - 1))


def bias_as_logit(n):
    f = 1 - 1 / n
    return np.log(f / (1 - f))


def bias_by_areatanh(n):
    return 2 * np.arctanh(1 - 2 / n)


def loss_by_hand(y, targets):
    log_p = y - np.logaddexp.reduce(y, axis=-1, keepdims=True)
    true = np.eye(y.shape[-1])[targets]
    return -(log_p * true).sum() / targets.size / np.log(2), (np.exp(log_p) - true) / targets.size


def start_ones(weights, start_h, start_c, x, targets):
    rows = np.ones((x.shape[1], 1))
    hot = (x[..., None] == np.arange(len(weights["by"]))).astype(float)
    run = exercises.there_and_back(
        weights, hot, rows * start_h, rows * start_c, lambda y: exercises.train_loss(y, targets)
    )
    return run.loss, run.gradients, (rows.T @ run.dh0)[0], (rows.T @ run.dc0)[0]


def start_broadcast(weights, start_h, start_c, x, targets):
    B, H = x.shape[1], len(start_h)
    states = (np.broadcast_to(s, (B, H)) for s in (start_h, start_c))
    run = exercises.there_and_back(weights, np.eye(len(weights["by"]))[x], *states, lambda y: loss_by_hand(y, targets))
    return {"loss": run.loss, "gradients": run.gradients, "dstart_h": sum(run.dh0), "dstart_c": sum(run.dc0)}


def start_stacked(weights, start_h, start_c, x, targets):
    B = x.shape[1]
    h0, c0 = np.stack([start_h] * B), np.array([start_c for _ in range(B)])
    one_hot = np.eye(weights["W"].shape[2] - len(start_h))[x]
    run = exercises.there_and_back(weights, one_hot, h0, c0, lambda y: loss_by_hand(y, targets))
    return run.loss, run.gradients, np.einsum("nh->h", run.dh0), np.einsum("nh->h", run.dc0)


RIGHT = {
    "adding_loss": {"a mask": adding_by_a_mask, "by name": adding_by_name, "loops": adding_loops},
    "train_forget_bias": {"another sign": bias_of_logs, "logit": bias_as_logit, "areatanh": bias_by_areatanh},
    "train_start": {"a product with ones": start_ones, "broadcast": start_broadcast, "stacked": start_stacked},
}
