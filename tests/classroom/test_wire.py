"""Plain data crosses whole; hostile bytes are refused with a reason, or are the plain data that they say they are."""

import json
import pickle
import struct
import types

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograde import course
from autograde.asking import wire
from autograde.asking.ask import Answer, Opaque, Raised, identical
from autograde.asking.given import Given
from autograde.asking.wire import WireError, pack, unpack
from autograde.judging.exercise import Exercise

leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.complex_numbers(), st.text(), st.binary(), st.just(...),
    hnp.arrays(st.sampled_from(["f8", "f4", "i8", "u1", "?", "c16", "U3", "S2"]), hnp.array_shapes(min_dims=0, min_side=0)),
)  # fmt: skip
keys = st.one_of(st.text(), st.integers(), st.tuples(st.text(), st.integers()))
values = st.recursive(
    leaves, lambda v: st.one_of(st.lists(v), st.lists(v).map(tuple), st.dictionaries(keys, v)), max_leaves=20
)


@given(values)
def test_what_goes_in_comes_out(value):
    back = unpack(pack(value))
    assert type(back) is type(value) and identical(back, value)


def test_records_namespaces_and_functions():
    sent = [
        Answer(np.ones(3), None, ("a",), ("b",), True, "hi"),
        Raised("E", "m", 3, "t"),
        Opaque("f"),
        Given("linear", (2.0, 1.0)),
    ]
    back = unpack(pack([*sent, types.SimpleNamespace(h=np.zeros(2))]))
    assert back[1:4] == sent[1:] and back[3](1.0) == 3.0
    assert back[0].changed == ("a",) and back[0].unsteady and back[4].h.shape == (2,)


def test_every_problem_of_the_course_crosses():
    for exercise in (e for e in course.exercises().values() if isinstance(e, Exercise)):
        for problem in exercise.problems(11):
            back = unpack(pack(problem))
            assert repr(back) == repr(problem) and list(back) == list(problem), exercise.name


def test_other_things_become_opaque():
    assert unpack(pack([object(), print, np.array([object()]), {1}, 10**99_999])) == [
        Opaque("object"), Opaque("builtin_function_or_method"), Opaque("array of object"), Opaque("set"),
        Opaque("number of thousands of digits"),
    ]  # fmt: skip


def deep(n):
    return [] if n == 0 else [deep(n - 1)]


@pytest.mark.parametrize(
    "value, says",
    [
        (deep(100), "deeper"),
        (list(range(10**5)), "50000 values"),
        ("x" * 10**6, "1000000 characters"),
        (np.ones(3_000_000), "bytes of arrays"),
    ],
)
def test_too_much_is_not_packed(value, says):
    with pytest.raises(WireError, match=says):
        pack(value)


def message(data, tail=b"") -> bytes:
    text = data if isinstance(data, bytes) else json.dumps(data).encode()
    return wire.MAGIC + struct.pack(">I", len(text)) + text + tail


@pytest.mark.parametrize(
    "data, says",
    [
        (b"", "no message"),
        (pickle.dumps([1]), "no message"),
        (b"PK\x03\x04" + bytes(100), "no message"),
        (wire.MAGIC + b"\xff\xff\xff\xff", "cut off"),
        (message(b"\xff"), "no JSON"),
        (message(b"[" * 100_000), "no JSON"),
        (message(b'["tuple",' * 500 + b"1" + b"]" * 500), "deeper"),
        (message(["tuple"] + [0] * 60_000), "values"),
        (message({"a": 1}), "known tag"),
        (message(["pickle", "x"]), "known tag"),
        (message(["array", "O", [1], 0, 8], bytes(8)), "type and a shape"),
        (message(["array", "f8,(9,9)f8", [1], 0, 8], bytes(8)), "type and a shape"),
        (message(["array", "<f8", [10**9, 10**9], 0, 8], bytes(8)), "does not fit"),
        (message(["array", "<f8", [-1], 0, 8], bytes(8)), "does not fit"),
        (message(["array", "<f8", [1], 4, 8], bytes(8)), "beyond the end"),
        (message(["array", "<f8", [1], -8, 8], bytes(8)), "beyond the end"),
        (message(["list"] + [["array", "<f8", [1], 0, 8]] * 3, bytes(8)), "share their bytes"),
        (message(["answer", 1]), "no Answer"),
        (message(["answer", 1, "raised", ["tuple"], ["tuple"], False, ""]), "no Answer"),
        (message(["raised", "a", "b", "c", "d"]), "no Raised"),
        (message(["given", "exec", ["tuple", "1"]]), "no Given"),
        (message(["dict", [["list"], 1]]), "broken dict"),
        (message(["space", [1, 2]]), "broken space"),
        (message(["complex", "a"]), "broken complex"),
        (message(b"1" * 10_000), "no JSON"),
        (bytes(wire.LIMIT + 1), "are allowed"),
    ],
)
def test_hostile_bytes_are_refused(data, says):
    with pytest.raises(WireError, match=says):
        unpack(data)


WHOLE = pack([Answer(np.arange(6.0).reshape(2, 3), None, ("a",)), {"a": (1, 2.5, "x"), ("b", 1): [None, ...]}, 1j])


@settings(max_examples=500)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_damaged_bytes_never_surprise(changes):
    data = bytearray(WHOLE)
    for at, value in changes:
        data[at] = value
    try:
        unpack(bytes(data))
    except WireError:
        pass
