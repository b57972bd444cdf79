"""Plain data as bytes and back, without pickle: what goes into the sandbox and what comes out of it.

A message is ``MAGIC``, the length of a JSON text (4 bytes, big endian), that text, and the bytes of its arrays one after
another. In the JSON, a list is always ``[tag, ...]``. Nothing is compressed and nothing is executed, so a hostile message
can only be refused or be the plain data that it says it is.
"""

from __future__ import annotations

import dataclasses
import json
import math
import re
import struct
import types
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from autograde.asking.ask import Answer
from autograde.asking.calls import Called
from autograde.asking.given import TABLE, Given
from autograde.asking.plain import Opaque, Raised
from autograde.asking.trace import Seen

MAGIC = b"LbH1"
LIMIT = 16 * 2**20
"""Bytes that a message may have."""
ITEMS = 50_000
"""Values that a message may hold; an array counts as one."""
DEPTH = 40
ODD = 50
"""How many values a key counts as that is neither text nor a whole number of usual size."""
TEXT = 200_000
"""Characters that one text may have."""
_DTYPE = re.compile(r"[<>|][biufcUS][1-9][0-9]{0,5}")


class WireError(ValueError):
    """Bytes that are no message, or one that is larger, deeper or of another kind than is allowed."""


def pack(value: Any) -> bytes:
    """``value`` as a message.

    Arrays, numbers, text, ``None``, ``...``, bytes, tuples, lists, dicts, namespaces, ``Given`` and the records
    of ``ask`` come back as they are; anything else comes back as ``Opaque``.

    Raises
    ------
    WireError : it is too large or too deep.
    """
    buffers: list[bytes] = []
    text = json.dumps(_Packer(buffers).pack(value, 0), separators=(",", ":")).encode()
    message = b"".join([MAGIC, struct.pack(">I", len(text)), text, *buffers])
    if len(message) > LIMIT:
        raise WireError(f"{len(message)} bytes, and {LIMIT} are allowed")
    return message


def unpack(message: bytes) -> Any:
    """The value that ``pack`` was given. Safe on bytes from anywhere.

    Raises
    ------
    WireError : the bytes are no message, or break a limit.
    """
    if len(message) > LIMIT:
        raise WireError(f"{len(message)} bytes, and {LIMIT} are allowed")
    if len(message) < 8 or message[:4] != MAGIC:
        raise WireError("these bytes are no message")
    (length,) = struct.unpack(">I", message[4:8])
    if length > len(message) - 8:
        raise WireError("the message is cut off")
    try:
        data = json.loads(message[8 : 8 + length].decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise WireError(f"its text is no JSON: {error}") from None
    return _Unpacker(memoryview(message)[8 + length :]).unpack(data, 0)


class _Packer:
    def __init__(self, buffers: list[bytes]) -> None:
        self.buffers, self.items, self.offset = buffers, 0, 0

    def pack(self, value: Any, depth: int) -> Any:
        self.items += 1
        if self.items > ITEMS or depth > DEPTH:
            raise WireError(f"more than {ITEMS} values" if self.items > ITEMS else f"nested deeper than {DEPTH}")
        if value is None or value is True or value is False:
            return value
        if isinstance(value, str):
            return self.text(str.__str__(value))
        if isinstance(value, np.ndarray):
            return self.array("array", np.asarray(value))
        if isinstance(value, np.generic):
            return self.array("scalar", np.asarray(value))
        if isinstance(value, int):
            return int(value) if value.bit_length() < 10_000 else ["opaque", "number of thousands of digits"]
        if isinstance(value, float):
            return float(value)
        if isinstance(value, complex):
            return ["complex", value.real, value.imag]
        if isinstance(value, bytes):
            return ["bytes", *self.buffer(value)]
        if value is Ellipsis:
            return ["..."]
        for kind, tag, fields in _RECORDS:
            if type(value) is kind:
                return [tag, *(self.pack(getattr(value, name), depth + 1) for name in fields)]
        if isinstance(value, tuple | list):
            tag = "tuple" if isinstance(value, tuple) else "list"
            return [tag, *(self.pack(v, depth + 1) for v in value)]
        if isinstance(value, dict | types.SimpleNamespace):
            tag, pairs = ("dict", value) if isinstance(value, dict) else ("space", vars(value))
            return [tag, *([self.pack(k, depth + 1), self.pack(v, depth + 1)] for k, v in pairs.items())]
        return ["opaque", type(value).__name__[:100]]

    def text(self, value: str) -> str:
        if len(value) > TEXT:
            raise WireError(f"a text of {len(value)} characters, and {TEXT} are allowed")
        return value

    def array(self, tag: str, value: np.ndarray) -> list:
        if value.dtype.kind not in "biufcUS" or value.dtype.itemsize == 0:
            return ["opaque", f"array of {value.dtype.name[:60]}"]
        return [tag, value.dtype.str, list(value.shape), *self.buffer(np.ascontiguousarray(value).tobytes())]

    def buffer(self, data: bytes) -> list[int]:
        start, self.offset = self.offset, self.offset + len(data)
        if self.offset > LIMIT:
            raise WireError(f"more than {LIMIT} bytes of arrays")
        self.buffers.append(data)
        return [start, len(data)]


class _Unpacker:
    def __init__(self, buffers: memoryview) -> None:
        self.buffers, self.items, self.bytes = buffers, 0, 0

    def unpack(self, data: Any, depth: int) -> Any:
        self.items += 1
        if self.items > ITEMS or depth > DEPTH:
            raise WireError(f"more than {ITEMS} values" if self.items > ITEMS else f"nested deeper than {DEPTH}")
        if isinstance(data, str) and len(data) > TEXT:
            raise WireError(f"a text of {len(data)} characters, and {TEXT} are allowed")
        if data is None or isinstance(data, bool | int | float | str):
            return data
        if not isinstance(data, list) or not data or not isinstance(data[0], str) or data[0] not in _TAGS:
            raise WireError("a value without a known tag")
        try:
            return _TAGS[data[0]](self, data[1:], depth + 1)
        except (TypeError, ValueError, OverflowError) as error:
            raise error if isinstance(error, WireError) else WireError(f"a broken {data[0]}: {error}") from None

    def many(self, data: list, depth: int) -> list:
        return [self.unpack(v, depth) for v in data]

    def pairs(self, data: list, depth: int) -> dict:
        found = {}
        for k, v in data:
            key = self.unpack(k, depth)
            if not isinstance(key, str) and not (isinstance(key, int) and abs(key) < 2**53):
                self.items += ODD  # many such keys can be chosen to collide, which takes quadratic time
            found[key] = self.unpack(v, depth)
        return found

    def buffer(self, start: Any, length: Any) -> memoryview:
        if type(start) is not int or type(length) is not int or not 0 <= start <= start + length <= len(self.buffers):
            raise WireError("an array beyond the end")
        self.bytes += length
        if self.bytes > len(self.buffers):
            raise WireError("arrays that share their bytes")
        return self.buffers[start : start + length]

    def array(self, data: list, depth: int) -> np.ndarray:
        code, shape, start, length = data
        if not isinstance(code, str) or not _DTYPE.fullmatch(code) or not isinstance(shape, list) or len(shape) > 16:
            raise WireError("an array without a type and a shape")
        dtype = np.dtype(code)
        if not all(type(n) is int and 0 <= n <= LIMIT for n in shape) or math.prod(shape) * dtype.itemsize != length:
            raise WireError(f"an array whose shape does not fit its {length} bytes")
        return np.frombuffer(bytes(self.buffer(start, length)), dtype).reshape(shape).copy()

    def record(self, data: list, depth: int, kind: type, fields: dict[str, Callable[[Any], bool]]) -> Any:
        values = self.many(data, depth)
        if len(values) != len(fields) or not all(ok(v) for ok, v in zip(fields.values(), values, strict=True)):
            raise WireError(f"no {kind.__name__}")
        return kind(*values)


def _text(value: Any) -> bool:
    return type(value) is str


def _whole(value: Any) -> bool:
    return type(value) is int


def _names(value: Any) -> bool:
    return type(value) is tuple and all(map(_text, value))


_FIELDS: dict[type, dict[str, Callable[[Any], bool]]] = {
    Opaque: {"type": _text},
    Raised: {"type": _text, "message": _text, "line": _whole, "text": _text, "function": _text},
    Answer: {
        "value": lambda v: True,
        "raised": lambda v: v is None or type(v) is Raised,
        "changed": _names,
        "aliases": _names,
        "unsteady": lambda v: type(v) is bool,
        "printed": _text,
        "calls": lambda v: type(v) is tuple and all(type(c) is Called for c in v),
        "way": lambda v: type(v) is tuple and all(type(s) is Seen for s in v),
        "written": lambda v: v is None or type(v) is tuple,
        "keyed": lambda v: type(v) is bool,
    },
    Called: {
        "name": _text,
        "arguments": lambda v: type(v) is tuple,
        "result": lambda v: True,
        "raised": lambda v: v is None or type(v) is Raised,
    },
    Seen: {
        "function": _text,
        "line": _whole,
        "text": _text,
        "name": _text,
        "value": lambda v: isinstance(v, np.ndarray | float | int | complex),
    },
    Given: {"name": lambda v: _text(v) and v in TABLE, "parameters": lambda v: type(v) is tuple},
}
assert all([f.name for f in dataclasses.fields(kind)] == list(fields) for kind, fields in _FIELDS.items())
_RECORDS = [(kind, kind.__name__.lower(), tuple(fields)) for kind, fields in _FIELDS.items()]

_TAGS: dict[str, Callable[[_Unpacker, list, int], Any]] = {
    "...": lambda u, d, n: Ellipsis,
    "complex": lambda u, d, n: complex(*(float(v) for v in d)),
    "bytes": lambda u, d, n: bytes(u.buffer(*d)),
    "array": _Unpacker.array,
    "scalar": lambda u, d, n: u.array(d, n)[()],
    "tuple": lambda u, d, n: tuple(u.many(d, n)),
    "list": _Unpacker.many,
    "dict": _Unpacker.pairs,
    "space": lambda u, d, n: types.SimpleNamespace(**u.pairs(d, n)),
}
_TAGS |= {
    kind.__name__.lower(): partial(_Unpacker.record, kind=kind, fields=fields) for kind, fields in _FIELDS.items()
}
