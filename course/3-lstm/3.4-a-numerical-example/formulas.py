"""The formulas of 3.4, restated and evaluated on a random LSTM, in complex steps where a derivative is meant."""

import numpy as np

RNG = np.random.default_rng(34)
T, D, H, TINY = 3, 5, 2, 1e-30
W, U, b = RNG.normal(size=(4, H, D)), RNG.normal(size=(4, H, H)), RNG.normal(size=(4, H))
x, label = RNG.normal(size=(T, D)), RNG.normal(size=(T, H))
out_before, state_before = RNG.normal(size=H), RNG.normal(size=H)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def run(W=W, U=U, b=b, nudge_out=0, nudge_state=0, nudge_hat=0):
    """Gates, state, out and loss; `nudge_*` is added to out, to the state or to the pre-activations, at every step."""
    nudge_out, nudge_state = nudge_out + np.zeros((T, H)), nudge_state + np.zeros((T, H))
    nudge_hat = nudge_hat + np.zeros((T, 4, H))
    out, state, gates, states, outs = out_before, state_before, [], [], []
    for t in range(T):
        hat = W @ x[t] + U @ out + b + nudge_hat[t]
        a, i, f, o = np.tanh(hat[0]), *sigmoid(hat[1:])
        state = a * i + f * state + nudge_state[t]
        out = np.tanh(state) * o + nudge_out[t]
        gates.append([a, i, f, o])
        states.append(state)
        outs.append(out)
    outs = np.array(outs)
    return np.array(gates), np.array(states), outs, ((outs - label) ** 2).sum() / 2


def slope(shape, **at):
    """The derivative of the loss with respect to what is named, at its value in `at`."""
    ((name, value),) = at.items()
    found = np.zeros(shape)
    for index in np.ndindex(*shape):
        moved = value + np.zeros(shape, complex)
        moved[index] += 1j * TINY
        found[index] = run(**{name: moved})[3].imag / TINY
    return found


gates, state, out, loss = run()
a, i, f, o = gates.swapaxes(0, 1)
dout, dstate = slope((T, H), nudge_out=0), slope((T, H), nudge_state=0)
dgates = slope((T, 4, H), nudge_hat=0)
out_prev, state_prev = np.vstack([out_before, out[:-1]]), np.vstack([state_before, state[:-1]])


def same(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-15)


def two_gates():
    for t in range(T):
        same(a[t], np.tanh(W[0] @ x[t] + U[0] @ out_prev[t] + b[0]))
        same(i[t], sigmoid(W[1] @ x[t] + U[1] @ out_prev[t] + b[1]))


def state_and_out():
    for t in range(T):
        same(state[t], a[t] * i[t] + f[t] * state_prev[t])
        same(out[t], np.tanh(state[t]) * o[t])


def loss_and_error():
    same(loss, 0.5 * sum(((out[t] - label[t]) ** 2).sum() for t in range(T)))
    moved = out.astype(complex)
    moved[1, 1] += 1j * TINY
    same((((moved - label) ** 2).sum() / 2).imag / TINY, out[1, 1] - label[1, 1])


def fork_at_out():
    passed = np.einsum("tkh,khj->tj", dgates, U)
    same(dout[:-1], (out - label)[:-1] + passed[1:])
    same(dout[-1], (out - label)[-1])


def fork_at_state():
    own = dout * o * (1 - np.tanh(state) ** 2)
    same(dstate[:-1], own[:-1] + dstate[1:] * f[1:])
    same(dstate[-1], own[-1])


def four_deltas():
    same(dgates[:, 0], dstate * i * (1 - a**2))
    same(dgates[:, 1], dstate * a * i * (1 - i))
    same(dgates[:, 2], dstate * state_prev * f * (1 - f))
    same(dgates[:, 3], dout * np.tanh(state) * o * (1 - o))


def gradients():
    same(slope(W.shape, W=W)[0], sum(dgates[t, 0][:, None] @ x[t][None] for t in range(T)))
    same(slope(U.shape, U=U)[0], sum(dgates[t, 0][:, None] @ out_prev[t][None] for t in range(T)))
    same(slope(b.shape, b=b)[0], dgates[:, 0].sum(axis=0))


FORMULAS = {
    r"a_t = \tanh(W_a x_t + U_a\, \text{out}_{t-1} + b_a), \qquad "
    r"i_t = \sigma(W_i x_t + U_i\, \text{out}_{t-1} + b_i)": two_gates,
    r"\text{state}_t = a_t \odot i_t + f_t \odot \text{state}_{t-1}, \qquad "
    r"\text{out}_t = \tanh(\text{state}_t) \odot o_t": state_and_out,
    r"L = \tfrac12 \sum_t (\text{out}_t - \text{label}_t)^2, \qquad "
    r"\Delta_t = \text{out}_t - \text{label}_t": loss_and_error,
    r"\delta\text{out}_t = \Delta_t + \Delta\text{out}_t": fork_at_out,
    r"\delta\text{state}_t = \delta\text{out}_t \odot o_t \odot (1 - \tanh^2 \text{state}_t) "
    r"+ \delta\text{state}_{t+1} \odot f_{t+1}": fork_at_state,
    r"\begin{aligned} "
    r"\delta a_t &= \delta\text{state}_t \odot i_t \odot (1 - a_t^2) & "
    r"\delta i_t &= \delta\text{state}_t \odot a_t \odot i_t \odot (1 - i_t) \\ "
    r"\delta f_t &= \delta\text{state}_t \odot \text{state}_{t-1} \odot f_t \odot (1 - f_t) & "
    r"\delta o_t &= \delta\text{out}_t \odot \tanh(\text{state}_t) \odot o_t \odot (1 - o_t) "
    r"\end{aligned}": four_deltas,
    r"\mathrm{d}W_a = \sum_t \delta a_t\, x_t^\top, \qquad "
    r"\mathrm{d}U_a = \sum_t \delta a_t\, \text{out}_{t-1}^\top, \qquad "
    r"\mathrm{d}b_a = \sum_t \delta a_t": gradients,
}
