"""Small slips in one expression: what else could stand there by mistake, and words for each kind of slip.

An alternative is a kind, a key of ``WORDS``, the text that would stand there, and a rank: the likelier, the smaller.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

Alternative = tuple[str, str, int]

WORDS = {
    "term missing": "a term is missing",
    "sign of a term": "one term has the wrong sign",
    "difference turned": "a difference is turned round",
    "product for sum": "two things are multiplied that should be added",
    "sum for product": "two things are added that should be multiplied",
    "complement": "something stands in it where 1 minus that belongs",
    "factor missing": "a factor is missing",
    "division for product": "something divides that should multiply",
    "product for division": "something multiplies that should divide",
    "division turned": "a division is turned round",
    "divisor missing": "a division is missing",
    "power missing": "a power is missing",
    "double for square": "something is doubled that should be squared",
    "slope missing": "the slope of an activation is missing",
    "other slope": "the slope is that of another activation",
    "slope elsewhere": "the slope is taken at another value than it should be",
    "activation for slope": "an activation stands in it where its slope belongs",
    "square for slope": "the slope is not complete",
    "slope turned": "the slope has the wrong sign",
    "activation missing": "an activation is missing",
    "activation twice": "an activation is applied twice",
    "other activation": "the activation is another one",
    "function missing": "a function is left out",
    "matrix product turned": "the two sides of a matrix product are exchanged",
    "transpose": "a matrix stands the wrong way round: look at its transpose",
    "product by entries": "a product is taken entry by entry that should be a matrix product",
    "product summed": "a product is summed that should be taken entry by entry",
    "sign": "the sign is turned",
    "mean for sum": "a mean is taken where a sum belongs",
    "sum for mean": "a sum is taken where a mean belongs",
    "other axis": "a sum runs along another axis than it should",
    "sum missing": "a sum is missing",
    "bound missing": "a bound is missing",
    "arguments exchanged": "two things are handed over in the wrong order",
    "index shifted": "an index is off by one",
    "one index": "the same entry is used at every step",
    "other index": "another row or entry is used than the one that belongs there",
    "cut elsewhere": "something is cut at another place than it should be",
    "other part": "the other part of something is used",
    "case missing": "a special case is not treated on its own",
    "other quantity": "another quantity stands in it than the one that belongs there",
    "other number": "a number in it is another one",
    "other end": "the loop runs from the other end",
    "last turn missing": "the last turn of the loop is missing",
    "first turn missing": "the first turn of the loop is missing",
    "one turn": "the loop makes one turn only",
    "overwritten": "each turn overwrites it, where the shares of all turns add up",
    "not carried": "its new value is not carried on to the next step",
    "start value": "it does not start from the value that is given",
    "twice": "it is twice as large as it should be",
    "half": "it is half as large as it should be",
}
"""What is said of a slip, after the step that it is in."""

SIGMOID = "(1 / (1 + np.exp(-({})))) "
_ROUND = ("np.tanh", "sigmoid", "stages.sigmoid", "stages.tanh", "tanh")


def alternatives(node: ast.expr, shapes: Mapping[str, tuple[int, ...]]) -> Iterator[Alternative]:
    """What else could stand in place of ``node``.

    shapes : the shape of every name that can be used there.
    """
    match node:
        case ast.BinOp():
            yield from _of_operation(node)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield "sign", _text(operand), 1
        case ast.Call():
            yield from _of_call(node)
        case ast.Subscript():
            yield from _of_index(node)
        case ast.IfExp(body=body, orelse=other):
            yield "case missing", _text(body), 1
            yield "case missing", _text(other), 2
        case ast.Attribute(attr="T", value=value):
            yield "transpose", _text(value), 1
    if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
        here = ast.unparse(node)
        shape = shapes.get(here)
        for name, its in shapes.items():
            if shape is not None and name != here and its == shape:
                yield "other quantity", name, 4 if shape else 5


def _text(node: ast.expr) -> str:
    return f"({ast.unparse(node)})"


def _of_operation(node: ast.BinOp) -> Iterator[Alternative]:
    a, b = _text(node.left), _text(node.right)
    match node.op:
        case ast.Add():
            yield "term missing", a, 1
            yield "term missing", b, 1
            yield "product for sum", f"{a} * {b}", 2
            yield "sign of a term", f"{a} - {b}", 2
            yield "sign of a term", f"{b} - {a}", 3
        case ast.Sub() if a == "(1)":
            yield "complement", b, 1
            yield "factor missing", "1", 1
            yield "sign of a term", f"1 + {b}", 2
            yield "difference turned", f"{b} - 1", 2
            yield from _of_slope(node.right)
        case ast.Sub():
            yield "term missing", a, 1
            yield "term missing", f"-{b}", 2
            yield "term missing", b, 3
            yield "difference turned", f"{b} - {a}", 1
            yield "sign of a term", f"{a} + {b}", 1
        case ast.Mult():
            yield "factor missing", a, 1
            yield "factor missing", b, 1
            yield "sum for product", f"{a} + {b}", 2
            yield "division for product", f"{a} / {b}", 3
            yield "product summed", f"np.sum({a} * {b})", 3
            yield from _of_sigmoid_slope(node)
        case ast.Div():
            yield "divisor missing", a, 1
            yield "product for division", f"{a} * {b}", 2
            yield "division turned", f"{b} / {a}", 2
        case ast.Pow():
            yield "power missing", a, 1
            yield "double for square", f"2 * {a}", 4
        case ast.MatMult():
            yield "transpose", f"{_turned(node.left)} @ {b}", 1
            yield "transpose", f"{a} @ {_turned(node.right)}", 1
            yield "matrix product turned", f"{b} @ {a}", 2
            yield "product by entries", f"{a} * {b}", 3


def _turned(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return _text(node.value)
    return f"{_text(node)}.T"


def _of_slope(square: ast.expr) -> Iterator[Alternative]:
    """Of ``1 - y**2``, which is the slope of tanh by its output y."""
    if not (isinstance(square, ast.BinOp) and isinstance(square.op, ast.Pow)):
        return
    y = _text(square.left)
    yield "other slope", f"{y} * (1 - {y})", 2
    yield "slope elsewhere", f"1 - np.tanh({y})**2", 2
    yield "activation for slope", y, 2
    if isinstance(square.left, ast.Call) and len(square.left.args) == 1:
        yield "slope elsewhere", f"1 - {_text(square.left.args[0])}**2", 2


def _of_sigmoid_slope(node: ast.BinOp) -> Iterator[Alternative]:
    """Of ``y * (1 - y)``, and of that after another factor."""
    match node.right:
        case ast.BinOp(left=ast.Constant(value=1), op=ast.Sub(), right=output):
            y = _text(output)
        case _:
            return
    left = node.left
    if isinstance(left, ast.BinOp) and isinstance(left.op, ast.Mult) and _text(left.right) == y:
        before = f"{_text(left.left)} * "
        yield "slope missing", _text(left.left), 1
    elif _text(left) == y:
        before = ""
    else:
        return
    yield "other slope", f"{before}(1 - {y}**2)", 2
    s = SIGMOID.format(y)
    yield "slope elsewhere", f"{before}{s} * (1 - {s})", 2
    yield "square for slope", f"{before}{y}**2", 2
    yield "slope turned", f"{before}{y} * ({y} - 1)", 2


def _of_call(node: ast.Call) -> Iterator[Alternative]:
    function = ast.unparse(node.func)
    arguments = [_text(a) for a in node.args]
    if len(arguments) == 1 and not node.keywords:
        if function in _ROUND:
            yield "activation missing", arguments[0], 1
            yield "activation twice", f"{function}({function}({arguments[0]}))", 2
            other = f"np.tanh({arguments[0]})" if "sigmoid" in function else SIGMOID.format(arguments[0])
            yield "other activation", other, 1
        elif function.startswith("np."):
            yield "function missing", arguments[0], 2
    if function.split(".")[-1] == "outer" and len(arguments) == 2:
        yield "transpose", f"{function}({arguments[1]}, {arguments[0]})", 1
    elif not function.startswith("np."):
        for n in range(len(arguments) - 1):
            swapped = [*arguments[:n], arguments[n + 1], arguments[n], *arguments[n + 2 :]]
            yield "arguments exchanged", f"{function}({', '.join(swapped)})", 3
    if function in ("min", "max"):
        for argument in arguments:
            yield "bound missing", argument, 2
    if isinstance(node.func, ast.Attribute) and node.func.attr in ("sum", "mean"):
        yield from _of_sum(node, node.func)


def _of_sum(node: ast.Call, function: ast.Attribute) -> Iterator[Alternative]:
    inside = ", ".join([*(ast.unparse(a) for a in node.args), *(ast.unparse(k) for k in node.keywords)])
    owner = ast.unparse(function.value)
    other = "mean" if function.attr == "sum" else "sum"
    yield f"{other} for {function.attr}", f"({owner}).{other}({inside})", 1
    if owner != "np":
        yield "sum missing", f"({owner})", 2
    for keyword in node.keywords:
        if keyword.arg == "axis" and isinstance(keyword.value, ast.Constant) and keyword.value.value in (0, 1):
            elsewhere = inside.replace(f"axis={keyword.value.value}", f"axis={1 - keyword.value.value}")
            yield "other axis", f"({owner}).{function.attr}({elsewhere})", 2


def _of_index(node: ast.Subscript) -> Iterator[Alternative]:
    if not isinstance(node.ctx, ast.Load):
        return
    whole = ast.unparse(node.value)
    match node.slice:
        case ast.Name(id=name):
            yield "index shifted", f"{whole}[{name} - 1]", 2
            yield "index shifted", f"{whole}[{name} + 1]", 2
            yield "one index", f"{whole}[0]", 3
            yield "one index", f"{whole}[-1]", 3
        case ast.BinOp(left=ast.Name(id=name), right=ast.Constant()):
            yield "index shifted", f"{whole}[{name}]", 1
        case ast.Constant(value=int(number)):
            for other in range(4):
                if other != number:
                    yield "other index", f"{whole}[{other}]", 2
        case ast.Slice(lower=None, upper=ast.expr() as upper, step=None):
            end = ast.unparse(upper)
            yield "other part", f"{whole}[{end}:]", 2
            if isinstance(upper, ast.UnaryOp):
                yield "index shifted", f"{whole}[1:]", 1
            else:
                yield "cut elsewhere", f"{whole}[len({whole}) - ({end}):]", 1
        case ast.Slice(lower=ast.expr() as lower, upper=None, step=None):
            start = ast.unparse(lower)
            yield "other part", f"{whole}[:{start}]", 2
            yield "cut elsewhere", f"{whole}[: len({whole}) - ({start})]", 1
            if start == "1":
                yield "index shifted", f"{whole}[:-1]", 1
        case ast.Tuple(elts=[*before, ast.Slice(lower=None, upper=ast.expr() as upper, step=None)]):
            kept, end = ", ".join(map(ast.unparse, before)), ast.unparse(upper)
            yield "other part", f"{whole}[{kept}, {end}:]", 2
            yield "cut elsewhere", f"{whole}[{kept}, {whole}.shape[-1] - ({end}) :]", 1
        case ast.Tuple(elts=[*before, ast.Slice(lower=ast.expr() as lower, upper=None, step=None)]):
            kept, start = ", ".join(map(ast.unparse, before)), ast.unparse(lower)
            yield "other part", f"{whole}[{kept}, :{start}]", 2
            yield "cut elsewhere", f"{whole}[{kept}, : {whole}.shape[-1] - ({start})]", 1
