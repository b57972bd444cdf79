"""Answers to 1.1 that nobody planned for."""

RIGHT = {}

EQUIVALENT = {
    ("learn_weight", "loss_and_dw: loss ="): "the loss is no part of this answer; the exercise loss_and_dw kills it",
}
