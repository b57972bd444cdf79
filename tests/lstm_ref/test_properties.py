"""What must hold for any numbers and any sizes."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lstm_ref import rnn
from lstm_ref.gradcheck import relative_error

sizes = st.tuples(st.integers(1, 9), st.integers(1, 4), st.integers(1, 5), st.integers(1, 6))
seeds = st.integers(0, 2**32 - 1)
each = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def draw(model, sizes, seed):
    T, B, D, H = sizes
    return model.draw(T, (B,), D, H, seed)


def agree(found, wanted, tolerance=1e-12):
    for a, b in zip(found, wanted, strict=True):
        assert relative_error(a, b) < tolerance


@each
@given(sizes, seeds)
def test_backward_is_linear_in_the_upstream_gradient(model, sizes, seed):
    p, q = draw(model, sizes, seed), draw(model, sizes, seed + 1)
    memory = model.forward(p.arrays)[2]
    end = [2 * a - 3 * b for a, b in zip(p.end, q.end, strict=True)]
    both = model.backward(memory, 2 * p.dh - 3 * q.dh, end)
    one, other = model.backward(memory, p.dh, p.end), model.backward(memory, q.dh, q.end)
    for whole, a, b in zip(both, one, other, strict=True):
        scale = max(np.abs(a).max(), np.abs(b).max())
        assert np.abs(whole - (2 * a - 3 * b)).max() <= 1e-12 * scale


@each
@given(sizes, seeds, st.integers(1, 9))
def test_in_chunks_with_the_state_carried_forward_equals_the_whole(model, sizes, seed, size):
    problem = draw(model, sizes, seed)
    h, end, _ = model.forward(problem.arrays)
    *params, x = problem.arrays[: -model.states]
    states, pieces = problem.arrays[-model.states :], []
    for start in range(0, len(x), size):
        piece, states, _ = model.forward([*params, x[start : start + size], *states])
        pieces.append(piece)
    agree([np.concatenate(pieces), *states], [h, *end], 1e-13)


@each
@given(sizes, seeds, st.integers(1, 9))
def test_in_chunks_with_the_gradient_carried_back_equals_the_whole(model, sizes, seed, size):
    """And cut instead of carried, in one chunk as long as the sequence: truncation that truncates nothing."""
    problem = draw(model, sizes, seed)
    wanted = model.gradients(problem)
    *params, x = problem.arrays[: -model.states]
    n, T = len(params), len(x)
    states, memories = problem.arrays[-model.states :], []
    starts = list(range(0, T, size))
    for start in starts:
        _, states, memory = model.forward([*params, x[start : start + size], *states])
        memories.append(memory)
    carried, total, dx = [np.zeros_like(states[0]), *problem.end], [0] * n, []
    for start, memory in zip(reversed(starts), reversed(memories), strict=True):
        dh = problem.dh[start : start + size].copy()
        dh[-1] += carried[0]
        grads = model.backward(memory, dh, carried[1:])
        total = [a + b for a, b in zip(total, grads[:n], strict=True)]
        dx.insert(0, grads[n])
        carried = grads[n + 1 :]
    agree([*total, np.concatenate(dx), *carried], wanted)
    if size >= T:
        agree(model.backward(memories[0], problem.dh, problem.end), wanted, 1e-15)


@each
@given(sizes, seeds)
def test_a_batch_equals_its_rows(model, sizes, seed):
    problem = draw(model, sizes, seed)
    *params, x = problem.arrays[: -model.states]
    states = problem.arrays[-model.states :]
    whole = model.gradients(problem)
    n, B = len(params), x.shape[1]
    rows = []
    for b in range(B):
        memory = model.forward([*params, x[:, b], *(s[b] for s in states)])[2]
        rows.append(model.backward(memory, problem.dh[:, b], [a[b] for a in problem.end]))
    agree([sum(row[k] for row in rows) for k in range(n)], whole[:n])
    agree([np.stack([row[n] for row in rows], axis=1)], [whole[n]])
    agree([np.stack([row[k] for row in rows]) for k in range(n + 1, len(whole))], whole[n + 1 :])


@each
@given(sizes, seeds)
def test_arguments_and_memory_are_left_alone(model, sizes, seed):
    problem = draw(model, sizes, seed)
    kept = [a.copy() for a in (*problem.arrays, problem.dh, *problem.end)]
    memory = model.forward(problem.arrays)[2]
    once, twice = (model.backward(memory, problem.dh, problem.end) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(once, twice, strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(kept, (*problem.arrays, problem.dh, *problem.end), strict=True))


@each
@given(sizes, seeds)
def test_backward_is_holomorphic_and_the_second_derivative_symmetric(model, sizes, seed):
    """A complex step through forward *and* backward gives the second derivative along a direction."""
    problem = draw(model, sizes, seed)
    rng = np.random.default_rng(seed)
    one, other = ([rng.normal(size=a.shape) for a in problem.arrays] for _ in range(2))

    def bend(first, second):
        moved = [a + 1e-30j * d for a, d in zip(problem.arrays, first, strict=True)]
        grads = model.backward(model.forward(moved)[2], problem.dh, problem.end)
        return [(g.imag / 1e-30 * d).sum() for g, d in zip(grads, second, strict=True)]

    a, b = bend(one, other), bend(other, one)
    assert abs(sum(a) - sum(b)) < 1e-12 * sum(map(abs, a + b))


@each
@given(st.integers(2, 9), st.integers(1, 8), seeds)
def test_truncated_character_model(T, size, seed):
    """The losses add up to the whole loss; the gradients do so only where nothing is cut."""
    rng = np.random.default_rng(seed)
    K, H = 4, 3
    params = rnn.CharParams(*(rng.normal(0, 0.5, p.shape) for p in rnn.char_init(K, H, K, rng)))
    x, target, h0 = np.eye(K)[rng.integers(0, K, T)], rng.integers(0, K, T), rng.normal(size=H)
    whole, grads, h_T = rnn.char_loss(params, x, target, h0)
    loss, h, dWhh, dWhy = 0, h0, 0, 0
    for start in range(0, T, size):
        part, pieces, h = rnn.char_loss(params, x[start : start + size], target[start : start + size], h)
        loss, dWhh, dWhy = loss + part, dWhh + pieces.params.Whh, dWhy + pieces.params.Why
    assert abs(loss - whole) < 1e-12 * whole
    agree([h, dWhy], [h_T, grads.params.Why])
    assert (relative_error(dWhh, grads.params.Whh) < 1e-12) == (size >= T)
