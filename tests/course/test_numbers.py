"""What the course says of printed examples, against `lstm_ref`."""

import re

import numpy as np

from autograde import course
from autograde.judging.mistakes import variant
from lstm_ref import data, gru, layouts, lstm, optim, published, stages
from lstm_ref.fast import lstm as fast


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
    for problem in exercise.problems():
        assert exercise.reference(**problem) == [name for name in problem["names"] if not values[name].any()]


TWELVE = (
    ("lstm.sweep_backward", "dh_next is never added"),
    ("lstm.sweep_backward", "dc_next is never updated"),
    ("lstm.output_backward", "the two roads to c were multiplied"),
    ("lstm.sweep_backward", "dW is overwritten"),
    ("lstm.gates_backward", "sigma' taken of an activation"),
    ("lstm.gates_backward", "the gate instead of its slope"),
    ("lstm.gates_backward", "the forget gate's slope is missing"),
    ("lstm.output_backward", "tanh twice in the slope at c"),
    ("lstm.update_backward", "c_t where c_{t-1} belongs"),
    ("lstm.weights_backward", "h_t where h_{t-1} belongs"),
    ("lstm.sweep_backward", "f of the next block where f of this one is due"),
    ("lstm.inputs_backward", "one gate instead of four"),
)
"""The rows of 3.6's table: the function that is edited, and the mistake's name in mistakes.md."""


def test_the_table_of_twelve_mistakes_is_what_they_cost():
    text = course.notebooks()["3.6-find-the-fault"].path("text.py").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^# \|.*\| ([\d.]+) \| (-?[\d.]+) \| (looks right|shows it) \|$", text)
    sweep = course.find("sweep_backward")
    for (error, cosine, alone), (function, name) in zip(rows, TWELVE, strict=True):
        (mistake,) = (m for m in sweep.mistakes if m.name == name and m.of.__name__ == function.split(".")[1])
        wrong = variant(sweep.reference, (mistake,))
        off, along = np.median([_held_against(sweep.reference, wrong, seed, T=3) for seed in range(100)], axis=0)
        assert (f"{off:.2g}", f"{along:.3f}") == (error, cosine), name
        worst = max(_held_against(sweep.reference, wrong, seed, T=1)[0] for seed in range(5))
        assert ("looks right" if worst < 1e-10 else "shows it") == alone, name


def _held_against(right, wrong, seed, T, H=3, D=2):
    """Relative error and cosine of `dW` and `db` of a wrong sweep, on the problem that 3.6 draws from this seed."""
    rng = np.random.default_rng(seed)
    W, b, x, h0, c0 = (rng.normal(size=shape) for shape in ((4, H, H + D), (4, H), (T, D), H, H))
    target = rng.uniform(-1, 1, (T, H))
    h, _, steps = lstm.sweep_forward(lstm.Params(W, b), x, h0, c0)
    found, wanted = (np.append(*f(W, steps, h - target, np.zeros(H))[:2]) for f in (wrong, right))
    cosine = found @ wanted / np.sqrt(found @ found * (wanted @ wanted))
    return np.abs(found - wanted).max() / np.abs(wanted).max(), cosine


def test_the_shipped_run_of_alice_has_the_unit_and_the_cost_that_4_7_tells_of():
    notebook = course.notebooks()["4.7-the-reward"]
    exercises, train = notebook.load("exercises.py"), notebook.load("../runs/wonderland.py")
    text = (train.DATA / "wonderland.txt").read_text(encoding="ascii")
    held = text[int(0.9 * len(text)) :]
    codes = data.encode(held, data.vocabulary(text))
    with np.load(train.DATA / "wonderland.npz") as file:
        run = {name: file[name].astype(np.float32) for name in file.files}
    weights = {name: run[name] for name in ("W", "b", "Wy", "by")}
    assert f"{train.cost(weights, codes):.2f}" == f"{run['unseen'].min():.2f}" == "2.28"
    _, _, cache = fast.forward(
        lstm.Params(weights["W"], weights["b"]), data.one_hot(codes[:-1, None], len(weights["by"]), np.float32)
    )
    unit, r = exercises.reward_unit(np.tanh(cache.c[1:, 0]), exercises.reward_inside(held[:-1]))
    assert unit == 1 and f"{r:.2f}" == "0.92"


def test_the_script_that_made_it_learns():
    train = course.notebooks()["4.7-the-reward"].load("../runs/wonderland.py")
    rng = np.random.default_rng(0)
    weights, text = train.first_weights(rng, 5), np.tile(np.arange(5), 52)[:, None].repeat(train.B, axis=1)
    adam = optim.Adam([*weights.values()], rate=0.01)
    costs = [train.one_pass(weights, adam, text, rng) for _ in range(3)]
    assert costs[2] < 0.7 * costs[0] < np.log2(5)


def test_code_in_other_conventions_computes_what_its_name_says():
    H, D = 3, 2
    rng = np.random.default_rng(45)
    x, h, c, a, Wx, Wh = (rng.normal(size=s) for s in (D, H, H, 4 * H, (D, 4 * H), (H, 4 * H)))
    p = gru.Params(*(rng.normal(size=w.shape) for w in gru.init(D, H, rng)))
    for convention in course.notebooks()["4.5-somebody-elses-lstm"].conventions:
        space = {"np": np, "sigmoid": stages.sigmoid}
        exec(convention.code, space)
        if convention.needs == "gru_step":
            found = space["step"](x, h, p.W, p.U, p.b, p.b_q)
            assert np.allclose(found, _gru(convention.name, p, x, h), rtol=1e-12, atol=0), convention.name
            continue
        width = 3 * H if convention.name == "coupled gates" else 4 * H
        parts = dict(zip(ORDERS[convention.name], np.split((x @ Wx + h @ Wh + a)[:width], width // H), strict=True))
        i = stages.sigmoid(parts["i"])
        f = 1 - i if "f" not in parts else stages.sigmoid(parts["f"] + (convention.name == "i g f o"))
        new = lstm.update(c, f, i, np.tanh(parts["g"]))
        squeezed = new if convention.name == "h = o c" else np.tanh(new)
        found = space["step"](x, h, c, Wx[:, :width], Wh[:, :width], a[:width])
        wanted = stages.sigmoid(parts["o"]) * squeezed, new
        assert all(np.allclose(f, w, rtol=1e-12, atol=0) for f, w in zip(found, wanted, strict=True)), convention.name


ORDERS = {"i f g o": "ifgo", "i f o g": "ifog", "i g f o": "igfo", "coupled gates": "igo", "h = o c": "ifgo"}


def _gru(name, p, x, h):
    """A GRU step with the reset gate and `z` as the name says."""
    r, z = (stages.sigmoid(p.W[k] @ x + p.U[k] @ h + p.b[k]) for k in range(2))
    q = p.U[2] @ (r * h) + p.b_q if "before" in name else r * (p.U[2] @ h + p.b_q)
    n = np.tanh(p.W[2] @ x + p.b[2] + q)
    keep = z if "keeps" in name else 1 - z
    return keep * h + (1 - keep) * n


def test_weights_for_rows_go_there_and_back():
    rng = np.random.default_rng(45)
    params = lstm.init(2, 3, rng)
    there = layouts.lstm_to_rows(params)
    assert [a.shape for a in there] == [(2, 12), (3, 12), (12,)]
    assert all(np.array_equal(a, b) for a, b in zip(layouts.lstm_from_rows(*there), params, strict=True))


def test_ten_of_3_4s_own_mistakes_change_no_number_of_gomezs_example():
    """Each with the mistake wherever the five functions run it, to five decimals, as the article prints them."""
    names = ("gomez_forward", "gomez_deltas", "gomez_gradients", "gomez_update", "gomez_step_back")
    exercises = [course.find(name) for name in names]
    own = {
        m.name: m for e in exercises for m in e.mistakes if m.of is None or m.of.__module__ == e.reference.__module__
    }
    right = _his_numbers(*(e.reference for e in exercises))
    silent = [name for name, m in own.items() if _hides(m, exercises, right)]
    assert len(silent) == 10, silent


def _hides(mistake, exercises, right):
    functions = [variant(e.reference, (mistake,)) if mistake in e.mistakes else e.reference for e in exercises]
    try:
        found = _his_numbers(*functions)
    except (ValueError, TypeError):
        return False
    pairs = zip(found, right, strict=True)
    return all(np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=0, atol=5e-6) for a, b in pairs)


def _his_numbers(forward, deltas, gradients, update, _step_back):
    W, U, b = course.find("gomez_layout").reference.__globals__["his_layout"](*published.gomez_params())
    x, label, zero = published.GOMEZ_X, published.GOMEZ_LABEL, np.zeros(1)
    with np.errstate(all="ignore"):
        gates, state, out = forward(W, U, b, x, zero, zero)
        back = deltas(W, U, gates, state, out, label, zero)
        return [
            *(gates, state, out, *back, *gradients(back[2], x, out, zero)),
            *update(W, U, b, x, label, zero, zero, 0.1),
        ]
