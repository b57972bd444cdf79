"""Right answers to ten exercises as other people write them, each in a notebook's cell of its own: to be spoiled by mutation."""

STYLES = {
    "affine_backward": (
        """
def affine_backward(W, x, dz):
    db = 1.0 * dz
    dx = np.zeros(len(x))
    dW = np.zeros(W.shape)
    for i in range(len(dz)):
        dx += W[i] * dz[i]
        dW[i] = dz[i] * x
    return dW, dx, db
""",
        """
def affine_backward(W, x, dz):
    column = dz.reshape(-1, 1)
    row = x.reshape(1, -1)
    back = column.T @ W
    return column @ row, back[0], column[:, 0]
""",
    ),
    "network_gradients": (
        """
def squash(a):
    return 1.0 / (1.0 + np.exp(-a))


def network_gradients(W1, b1, W2, b2, x, t):
    a1 = np.dot(W1, x) + b1
    z1 = squash(a1)
    a2 = np.dot(W2, z1) + b2
    z2 = squash(a2)
    error = z2 - t
    slope2 = z2 * (1 - z2)
    delta2 = error * slope2
    slope1 = z1 * (1 - z1)
    delta1 = np.dot(W2.T, delta2) * slope1
    return np.outer(delta1, x), delta1, np.outer(delta2, z1), delta2
""",
        """
def network_gradients(W1, b1, W2, b2, x, t):
    f = lambda v: 1 / (1 + np.exp(-v))
    hid = f(W1 @ x + b1)
    out = f(W2 @ hid + b2)
    g = (out - t) * (out - out**2)
    gW2 = g[:, np.newaxis] * hid
    g1 = (g @ W2) * (hid - hid**2)
    gW1 = g1[:, np.newaxis] * x
    return gW1, g1, gW2, g
""",
    ),
    "rnn_step_backward": (
        """
def rnn_step_backward(Wxh, Whh, x, h_prev, h, dh):
    local = 1 - h * h
    da = local * dh
    gWx = da[:, None] @ x[None, :]
    gWh = da[:, None] @ h_prev[None, :]
    return gWx, gWh, da.copy(), da @ Wxh, da @ Whh
""",
        """
def rnn_step_backward(Wxh, Whh, x, h_prev, h, dh):
    z = np.concatenate([x, h_prev])
    W = np.hstack([Wxh, Whh])
    delta = dh - dh * h**2
    dW = np.outer(delta, z)
    dz = W.T @ delta
    n = len(x)
    return dW[:, :n], dW[:, n:], delta, dz[:n], dz[n:]
""",
    ),
    "rnn_backward": (
        """
def rnn_backward(Wxh, Whh, x, h0, h, dh):
    gWx = np.zeros(Wxh.shape)
    gWh = np.zeros(Whh.shape)
    gb = np.zeros(len(h0))
    gx = np.zeros(x.shape)
    carry = np.zeros(len(h0))
    before = np.vstack([h0, h[:-1]])
    for t in range(len(x) - 1, -1, -1):
        total = dh[t] + carry
        a = total * (1 - h[t] ** 2)
        gWx += np.outer(a, x[t])
        gWh += np.outer(a, before[t])
        gb += a
        gx[t] = Wxh.T @ a
        carry = Whh.T @ a
    return gWx, gWh, gb, gx, carry
""",
        """
def rnn_backward(Wxh, Whh, x, h0, h, dh):
    T = len(x)
    deltas = np.zeros(h.shape)
    slopes = 1 - h**2
    coming = np.zeros(h.shape[1])
    for k in range(T):
        t = T - 1 - k
        deltas[t] = (dh[t] + coming) * slopes[t]
        coming = deltas[t] @ Whh
    h_before = np.concatenate([h0[None, :], h[:-1]])
    return deltas.T @ x, deltas.T @ h_before, deltas.sum(axis=0), deltas @ Wxh, coming
""",
    ),
    "lstm_step_backward": (
        """
def lstm_step_backward(W, step, dh, dc_next):
    tc = np.tanh(step.c)
    d_o = dh * tc
    dc = dc_next + dh * step.o * (1 - tc**2)
    d_f = dc * step.c_prev
    d_i = dc * step.g
    d_g = dc * step.i
    a_f = d_f * step.f * (1 - step.f)
    a_i = d_i * step.i * (1 - step.i)
    a_g = d_g * (1 - step.g**2)
    a_o = d_o * step.o * (1 - step.o)
    db = np.array([a_f, a_i, a_g, a_o])
    dW = np.array([np.outer(a, step.z) for a in db])
    dz = W[0].T @ a_f + W[1].T @ a_i + W[2].T @ a_g + W[3].T @ a_o
    H = len(step.c)
    return dW, db, dz[H:], dz[:H], dc * step.f
""",
        """
def lstm_step_backward(W, step, dh, dc_next):
    f, i, g, o = step.f, step.i, step.g, step.o
    t = np.tanh(step.c)
    slopes = np.stack([f * (1 - f), i * (1 - i), 1 - g * g, o * (1 - o)])
    dc = dh * o * (1 - t * t) + dc_next
    arriving = np.stack([dc * step.c_prev, dc * g, dc * i, dh * t])
    hats = arriving * slopes
    H = len(f)
    dz = np.zeros(W.shape[2])
    for k in range(4):
        dz = dz + hats[k] @ W[k]
    dW = hats[:, :, None] * step.z[None, None, :]
    return dW, hats, dz[H:], dz[:H], f * dc
""",
    ),
    "sweep_backward": (
        """
def one_back(W, step, dh, dc_in):
    tc = np.tanh(step.c)
    dc = dh * step.o * (1 - tc**2) + dc_in
    hats = np.array(
        [
            dc * step.c_prev * step.f * (1 - step.f),
            dc * step.g * step.i * (1 - step.i),
            dc * step.i * (1 - step.g**2),
            dh * tc * step.o * (1 - step.o),
        ]
    )
    dz = sum(W[k].T @ hats[k] for k in range(4))
    n = len(step.c)
    return hats, dz[n:], dz[:n], dc * step.f


def sweep_backward(W, steps, dh, dc_T):
    dW = np.zeros(W.shape)
    db = np.zeros(W.shape[:2])
    dx = []
    dh_next = np.zeros(dh.shape[1])
    dc_next = dc_T
    for t in reversed(range(len(steps))):
        hats, dx_t, dh_next, dc_next = one_back(W, steps[t], dh[t] + dh_next, dc_next)
        dW += np.array([np.outer(hat, steps[t].z) for hat in hats])
        db += hats
        dx.append(dx_t)
    return dW, db, np.array(dx[::-1]), dh_next, dc_next
""",
    ),
    "gru_step_backward": (
        """
def gru_step_backward(W, U, step, dh):
    r, z, n, q = step.r, step.z, step.n, step.q
    dn_hat = dh * (1 - z) * (1 - n**2)
    dz_hat = dh * (step.h_prev - n) * z * (1 - z)
    dr_hat = dn_hat * q * r * (1 - r)
    dq = dn_hat * r
    db = np.array([dr_hat, dz_hat, dn_hat])
    onto_h = np.array([dr_hat, dz_hat, dq])
    dW = db[:, :, None] * step.x
    dU = onto_h[:, :, None] * step.h_prev
    dx = sum(W[k].T @ db[k] for k in range(3))
    dh_prev = dh * z + sum(U[k].T @ onto_h[k] for k in range(3))
    return dW, dU, db, dq, dx, dh_prev
""",
        """
def gru_step_backward(W, U, step, dh):
    dz = dh * step.h_prev - dh * step.n
    dn = dh - dh * step.z
    dn_hat = dn - dn * step.n**2
    dr = dn_hat * step.q
    dq = dn_hat * step.r
    dr_hat = dr * (step.r - step.r**2)
    dz_hat = dz * (step.z - step.z**2)
    dW_r, dW_z, dW_n = np.outer(dr_hat, step.x), np.outer(dz_hat, step.x), np.outer(dn_hat, step.x)
    dU_r, dU_z, dU_n = np.outer(dr_hat, step.h_prev), np.outer(dz_hat, step.h_prev), np.outer(dq, step.h_prev)
    dx = dr_hat @ W[0] + dz_hat @ W[1] + dn_hat @ W[2]
    dh_prev = dr_hat @ U[0] + dz_hat @ U[1] + dq @ U[2] + step.z * dh
    return np.array([dW_r, dW_z, dW_n]), np.array([dU_r, dU_z, dU_n]), np.array([dr_hat, dz_hat, dn_hat]), dq, dx, dh_prev
""",
    ),
    "adam_step": (
        """
def adam_step(w, m, v, d, t, rate, beta1=0.9, beta2=0.999, eps=1e-8):
    first = m + (1 - beta1) * (d - m)
    second = v + (1 - beta2) * (d * d - v)
    one = first / (1 - beta1**t)
    two = second / (1 - beta2**t)
    step = one / (two**0.5 + eps)
    return w - rate * step, first, second
""",
    ),
    "fast_backward": (
        """
def fast_backward(W, x, memory, dh, dc_T):
    gates, c, h = memory
    T, B, _, H = gates.shape
    d = np.zeros(gates.shape)
    carry_h = np.zeros((B, H))
    carry_c = dc_T.copy()
    for t in range(T - 1, -1, -1):
        f, i, g, o = gates[t, :, 0], gates[t, :, 1], gates[t, :, 2], gates[t, :, 3]
        tc = np.tanh(c[t + 1])
        total = dh[t] + carry_h
        dc = carry_c + total * o * (1 - tc**2)
        d[t, :, 0] = dc * c[t] * f * (1 - f)
        d[t, :, 1] = dc * g * i * (1 - i)
        d[t, :, 2] = dc * i * (1 - g**2)
        d[t, :, 3] = total * tc * o * (1 - o)
        carry_c = dc * f
        carry_h = sum(d[t, :, k] @ W[k, :, :H] for k in range(4))
    z = np.concatenate([h[:-1], x], axis=2)
    dW = np.einsum("tbkh,tbz->khz", d, z)
    db = d.sum(axis=(0, 1))
    dx = np.einsum("tbkh,khd->tbd", d, W[:, :, H:])
    return dW, db, dx, carry_h, carry_c
""",
    ),
    "gru_step": (
        """
def gru_step(W, U, b, b_q, x, h_prev):
    s = lambda v: 1 / (1 + np.exp(-v))
    r = s(W[0] @ x + b[0] + U[0] @ h_prev)
    z = s(W[1] @ x + b[1] + U[1] @ h_prev)
    q = b_q + U[2] @ h_prev
    inner = W[2] @ x + b[2]
    n = np.tanh(inner + r * q)
    h = n + z * (h_prev - n)
    return {"r": r, "z": z, "q": q, "n": n, "h": h}
""",
    ),
    "gated_backward": (
        """
def gated_backward(i, g, dy):
    to_gate, to_candidate = dy * g, dy * i
    slope_of_gate = i - i * i
    slope_of_candidate = 1 - g * g
    return to_gate * slope_of_gate, to_candidate * slope_of_candidate
""",
    ),
    "peephole_backward": (
        """
def peephole_backward(W, P, step, dh, dc_next):
    tc = np.tanh(step.c)
    a_o = dh * tc * step.o * (1 - step.o)
    dc = dc_next + dh * step.o * (1 - tc**2) + a_o * P[2]
    a_f = dc * step.c_prev * (step.f - step.f**2)
    a_i = dc * step.g * (step.i - step.i**2)
    a_g = dc * step.i * (1 - step.g**2)
    a = np.array([a_f, a_i, a_g, a_o])
    dW = a[:, :, None] * step.z
    dP = np.array([a_f * step.c_prev, a_i * step.c_prev, a_o * step.c])
    dz = np.einsum("kh,khz->z", a, W)
    H = len(tc)
    dc_prev = dc * step.f + a_f * P[0] + a_i * P[1]
    return dW, dP, a, dz[H:], dz[:H], dc_prev
""",
    ),
}
"""Exercise -> sources."""
