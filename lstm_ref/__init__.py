"""LSTM by Hand: the reference. Forward and backward passes in plain NumPy, written to be read.

Start with `stages`, then `rnn`, then `lstm` (and `gru`): the textbook forms. `fast` computes the same, faster; `layers` and
`attention` go beyond one layer. `python -m lstm_ref` works through Gomez's example.
"""
