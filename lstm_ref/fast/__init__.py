"""The fast forms: what `rnn`, `lstm` and `gru` compute, with as few and as large matrix products as can be."""
