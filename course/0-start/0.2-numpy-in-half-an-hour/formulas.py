"""The formulas of 0.2, restated."""


def a_line_of_two():
    steps = [lambda v: 2 * v, lambda v: v + 3]
    assert steps[1](steps[0](5)) == 2 * 5 + 3


FORMULAS = {r"x = 5": "setting"}
