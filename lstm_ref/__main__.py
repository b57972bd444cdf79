"""`python -m lstm_ref`: Gomez's two-step LSTM example, forward, backward and updated, in the course's symbols."""

import numpy as np

from lstm_ref import lstm, published


def table(title: str, head: list[str], rows: list[tuple[str, list[float]]]) -> None:
    print(f"\n{title}\n{'':>8}" + "".join(f"{name:>10}" for name in head))
    for name, numbers in rows:
        print(f"{name:>8}" + "".join(f"{number + 0.0:>10.5f}" for number in numbers))


def main() -> None:
    params, x = published.gomez_params(), published.GOMEZ_X
    zero = np.zeros(1)
    h, _, steps = lstm.sweep_forward(params, x, zero, zero)
    delta = h - published.GOMEZ_LABEL
    grads, blocks = lstm.sweep_backward(params, steps, delta)

    print("Gomez's LSTM: one unit, two steps. The loss is half the squared error of h at each step.")
    names = ["f", "i", "g", "o", "c", "h"]
    table("Forward", names, [(f"t={t}", [getattr(s, n)[0] for n in names]) for t, s in enumerate(steps)])
    names = ["dh", "dc", "df_hat", "di_hat", "dg_hat", "do_hat", "dh_prev"]
    rows = [(f"t={t}", [delta[t, 0], *(getattr(b, n)[0] for n in names), *b.dx]) for t, b in enumerate(blocks)]
    table("Backward, from the last step to the first", ["h - label", *names, "dx_1", "dx_2"], rows[::-1])
    head = ["U", "W_1", "W_2", "b"]
    for title, p in (("Gradients, summed over both steps", grads.params), ("Updated, rate 0.1", None)):
        p = p or lstm.Params(*(a - published.GOMEZ_RATE * d for a, d in zip(params, grads.params, strict=True)))
        table(title, head, [(gate, [*W[0], b[0]]) for gate, W, b in zip("figo", *p, strict=True)])
    print("\nWhere the article differs:")
    for name, note in published.GOMEZ_ERRATA.items():
        print(f"  {name}: {note}")


if __name__ == "__main__":
    main()
