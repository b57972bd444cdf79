"""LSTM by Hand: the reference. Forward and backward passes in plain NumPy, written to be read.

Start with `stages`, then `rnn`, then `lstm`. `python -m lstm_ref` works through Gomez's example.
"""
