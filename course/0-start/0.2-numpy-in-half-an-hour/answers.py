"""Right answers to 0.2, in other styles."""

from functools import reduce

import numpy as np


def sums_by_hand(X):
    sums = [sum(row) for row in X]
    largest = [max(column) for column in zip(*X, strict=True)]
    return sums, largest


def sums_by_product(X):
    return X @ np.ones(X.shape[1]), np.sort(X, axis=0)[-1]


def sums_as_dict(X):
    return {"largest": np.max(X, 0), "sums": np.sum(X, -1)}


def rows_by_loop(X, c):
    new = np.empty_like(X)
    for i in range(len(X)):
        new[i] = X[i] + c[i]
    return new


def rows_reshaped(X, c):
    return X + c.reshape(-1, 1)


def rows_transposed(X, c):
    return (X.T + c).T


def centred_by_loop(X):
    return np.stack([column - sum(column) / len(column) for column in X.T], axis=1)


def centred_kept(X):
    return X - X.mean(axis=0, keepdims=True)


def centred_by_sum(X):
    return X - np.add.reduce(X) / X.shape[0]


def off_by_where(x, k):
    return np.where(np.arange(len(x)) == k, 0, x)


def off_by_list(x, k):
    return [0.0 if n == k else v for n, v in enumerate(x)]


def off_by_mask(x, k):
    mask = np.ones_like(x)
    mask[k] = 0
    return x * mask


def line_by_reduce(functions, x):
    return reduce(lambda value, function: function(value), functions, x)


def line_by_recursion(functions, x):
    return line_by_recursion(functions[1:], functions[0](x)) if functions else x


def line_with_list(functions, x):
    values = [x]
    for function in functions:
        values.append(function(values[-1]))
    return values[-1]


RIGHT = {
    "row_and_column": {"by hand": sums_by_hand, "by a product": sums_by_product, "by name": sums_as_dict},
    "shift_rows": {"a loop": rows_by_loop, "reshaped": rows_reshaped, "transposed": rows_transposed},
    "centred": {"column by column": centred_by_loop, "axes kept": centred_kept, "by the sum": centred_by_sum},
    "switched_off": {"where": off_by_where, "a list": off_by_list, "a mask": off_by_mask},
    "one_after_another": {"reduce": line_by_reduce, "recursion": line_by_recursion, "a list": line_with_list},
}
