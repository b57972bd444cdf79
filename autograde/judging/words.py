"""Words that several finders use: names listed, kinds of values, where an error was, what the usual errors mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograde.asking.ask import Opaque, Raised

_KINDS = {"str": "text", "bool": "True or False", "dict": "a dictionary", "int": "a number", "float": "a number"}
_OPAQUE = {"ndarray": "an array", "float64": "a number", "str": "text"}
_ADVICE = (
    (
        r"unsupported operand type\(s\) for \^|ufunc 'bitwise_xor'",
        "A power is `**` in Python: `x**2`. `^` is something else.",
    ),
    (
        r"no callable (\w+) method|loop of ufunc does not support argument 0 of type \w+ which has no callable (\w+)",
        "`np.{0}` cannot take a symbol. SymPy has its own: `sp.{0}`.",
    ),
    (
        r"Cannot convert expression to float",
        "A function of `math` or `np` cannot take a symbol. SymPy has its own, such as `sp.exp`.",
    ),
    (r"shapes \((.*?)\) and \((.*?)\) not aligned", "The shapes do not fit for a product: ({0}) and ({1})."),
    (
        r"operands could not be broadcast together with (?:remapped )?shapes (\([^)]*\)) ?(?:and )?(\([^)]*\))",
        "The shapes {0} and {1} do not fit entry by entry. Print `.shape` of both sides of that line.",
    ),
    (
        r"matmul: Input operand 1 has a mismatch.*size (\d+) is different from (\d+)",
        "The shapes do not fit for `@`: the left has {1} columns, the right {0} rows. Is a transpose missing, or the order turned round?",
    ),
    (
        r"could not broadcast input array from shape (\([^)]*\)) into shape (\([^)]*\))",
        "What you put in has shape {0}, and the place for it {1}.",
    ),
    (
        r"matmul: Input operand \d does not have enough dimensions",
        "`@` wants arrays, and one side is a single number: use `*`.",
    ),
    (
        r"only (?:length-1|0-dimensional) arrays can be converted",
        "One entry takes one number, and an array is put there.",
    ),
    (
        r"'NoneType' object is not (?:subscriptable|iterable)|cannot unpack non-iterable NoneType",
        "Something that should hold values is `None`: what should have given it?",
    ),
)


def advice(kind: str, message: str) -> str:
    """What an error of this type and message usually means; empty when there is nothing to add."""
    if kind == "RecursionError":
        return "A function calls itself without end: what stops it?"
    if kind == "SyntaxError" and re.search(r"invalid decimal literal", message):
        return "A product needs its sign: `3*x`, not `3x`."
    if kind == "SystemExit":
        return "Nothing here needs to leave Python: take the `exit` out."
    if kind == "TypeError" and re.match(r"^(?!<lambda>)\w+\(\) (takes|missing) .*positional argument", message):
        return "Look at how many arguments that function takes, and in which order it is given them."
    for pattern, words in _ADVICE:
        if found := re.search(pattern, message):
            return words.format(*(g for g in found.groups() if g is not None))
    return ""


def where(error: Raised) -> str:
    """The line that raised, with the function it stands in; empty when it is not known."""
    if not error.line:
        return ""
    inside = f" of `{error.function}`" if error.function and error.function != "<module>" else ""
    return f"Line {error.line}{inside}: `{error.text}`" if error.text else f"Line {error.line}{inside}."


def listed(names: Sequence[str], code: bool = True) -> str:
    """Names as ``a, b and c``."""
    shown = [f"`{n}`" if code else n for n in names]
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1]


def kind_of(value: Any) -> str:
    """What a value is, with its article, in words that need no Python."""
    if value is None or value is Ellipsis:
        return "nothing"
    if isinstance(value, Opaque):
        return _OPAQUE.get(value.type, with_article(value.type))
    if isinstance(value, Raised):
        return "an error"
    if isinstance(value, np.ndarray | np.generic):
        return "an array" if np.ndim(value) else "a number"
    name = type(value).__name__
    return _KINDS.get(name, with_article(name))


def with_article(noun: str) -> str:
    """``an array``, ``a list``."""
    return f"{'an' if noun[:1].lower() in 'aeio' else 'a'} {noun}"
