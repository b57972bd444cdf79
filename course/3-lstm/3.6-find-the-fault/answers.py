"""Right answers to 3.6, in other styles."""

import numpy as np

from autograde import course

earlier = course.notebooks()["3.3-through-time"].load("answers.py")


def looped_step(W, step, dh, dc_next):
    H, D = len(step.c), len(step.x)
    dW, db, dz, dc_prev = np.zeros((4, H, H + D)), np.zeros((4, H)), np.zeros(H + D), []
    local = earlier.slopes(step)
    for j in range(H):
        dc = dh[j] * step.o[j] * (1 - np.tanh(step.c[j]) ** 2) + dc_next[j]
        dc_prev.append(dc * step.f[j])
        for k, gate in enumerate((dc * step.c_prev[j], dc * step.g[j], dc * step.i[j], dh[j] * np.tanh(step.c[j]))):
            db[k, j] = gate * local[k, j]
            dz += W[k, j] * db[k, j]
            dW[k, j] = db[k, j] * step.z
    return {"dW": dW, "db": db, "dx": dz[H:], "dh_prev": dz[:H], "dc_prev": dc_prev}


def printed(step_backward, W, steps, dh):
    total, dh_next = 0, 0
    gates = [step.f for step in steps[1:]] + [0 * dh[0]]
    for step, own, gate in zip(steps[::-1], dh[::-1], gates[::-1], strict=True):
        dW, _, _, dh_next, _ = step_backward(W, step, own + dh_next, gate)
        total = total + dW
    return total


def printed_rows(W, steps, dh):
    rows, dh_next = [], np.zeros(dh.shape[1])
    for t in range(len(steps) - 1, -1, -1):
        fork = steps[t + 1].f if t + 1 < len(steps) else np.zeros(dh.shape[1])
        row, _, _, dh_next, _ = earlier.reference_step(W, steps[t], dh[t] + dh_next, fork)
        rows.append(row)
    return np.sum(rows, axis=0)


STEPS = {
    "fused": lambda *problem: earlier.fused_step(*problem)[:4],
    "loops, a dictionary": looped_step,
    "reference": lambda *problem: earlier.reference_step(*problem)[:4],
}

RIGHT = {
    "sweep_as_printed": {
        "gates in a list": lambda *problem: printed(earlier.fused_step, *problem),
        "rows": printed_rows,
        "reference": lambda *problem: printed(earlier.reference_step, *problem),
    },
    "sweep_linearity": {
        "halved": lambda backward, dh: abs(backward(2 * dh) / 2 - backward(dh)).max() / abs(backward(dh)).max(),
        "sum": lambda backward, dh: (
            np.max(abs(backward(dh + dh) - backward(dh) - backward(dh))) / np.max(abs(2 * backward(dh)))
        ),
        "a list": lambda backward, dh: (
            max(abs(a - 2 * b) for a, b in zip(np.ravel(backward(2 * dh)), np.ravel(backward(dh)), strict=True))
            / max(2 * abs(np.ravel(backward(dh))))
        ),
    },
    "mended_sweep": earlier.SWEEPS,
    "mended_slopes": STEPS,
    "mended_gate": STEPS,
    "mended_fork": earlier.SWEEPS,
}

_OFF_THE_FORK = (
    "output_backward: do = ",
    "output_backward: return (do, dc)  ->  return (dh, dc)",
    "output_backward: return (do, dc)  ->  return (dc_next, dc)",
    "output_backward: return (do, dc)  ->  return (dc, dc)",
    "update_backward: df = ",
    "update_backward: di = ",
    "update_backward: dg = ",
    "update_backward: return (df, di, dg, dc_prev)",
)
_NOT_HANDED_ON = dict.fromkeys(
    ("update_backward: dc_prev = ", "update_backward: return (df, di, dg, dc_prev)  ->  return (df, di, dg, "),
    earlier._UNUSED,
)
_EQUIVALENT = {
    "sweep_as_printed": earlier._BLOCK
    | {
        "update_backward: dc_prev = ": "the printed formula replaces what is passed along c, so dc_prev is not used",
        "weights_backward: db = ": earlier._UNUSED,
    },
    "sweep_fork": dict.fromkeys(_OFF_THE_FORK, earlier._UNUSED),
    "mended_sweep": earlier._BLOCK | earlier._SWEEP,
    "mended_slopes": earlier._BLOCK | _NOT_HANDED_ON,
    "mended_gate": earlier._BLOCK | _NOT_HANDED_ON,
    "mended_fork": earlier._BLOCK | earlier._SWEEP,
}
EQUIVALENT = {(name, mutant): why for name, found in _EQUIVALENT.items() for mutant, why in found.items()}
