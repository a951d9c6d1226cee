"""Floats and arrays survive a document bit for bit."""

import json
import math
import struct

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gradcheck.ndarrays.dtypes import BFLOAT16, named
from gradcheck.results.documents import DocumentError
from gradcheck.results.documents.array_data import (
    DTYPES,
    decode_array,
    decode_float,
    encode_array,
    encode_float,
)

SIGNALLING = struct.unpack(">d", bytes.fromhex("7ff8000000000123"))[0]


HELD = tuple(name for name in DTYPES if name not in (BFLOAT16, "str"))


def through(plain):
    """What JSON makes of plain data."""
    return json.loads(json.dumps(plain, allow_nan=False))


def bits(x):
    return struct.pack(">d", x)


@given(st.floats())
@example(-0.0)
@example(5e-324)
@example(SIGNALLING)
@example(-math.nan)
def test_a_float_keeps_its_bits(x):
    assert bits(decode_float(through(encode_float(x)), "x")) == bits(x)


@given(st.data(), st.sampled_from(HELD))
def test_an_array_keeps_its_bits(data, dtype):
    shape = data.draw(hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
    wanted = np.dtype(dtype)
    if wanted.char in "gG":  # padding bytes may differ, numbers may not
        parts = hnp.arrays(np.float64, shape, elements=st.floats(allow_nan=False))
        x = data.draw(parts).astype(wanted) / 3
    else:
        x = data.draw(hnp.arrays(wanted, shape))
    back = decode_array(through(encode_array(x)), "x")
    assert (back.dtype, back.shape) == (x.dtype, x.shape)
    if wanted.char in "gG":
        assert np.array_equal(back, x)
    elif wanted.name in ("float64", "complex128") or wanted.kind not in "fc":
        assert back.tobytes() == np.ascontiguousarray(x).tobytes()
    else:  # a short NaN may become the usual one
        assert np.array_equal(back, x, equal_nan=True)
        assert np.array_equal(np.signbit(back.real[x == 0]), np.signbit(x.real[x == 0]))


def test_an_array_in_bfloat16_keeps_its_numbers():
    pytest.importorskip("ml_dtypes")
    x = np.array([1.5, -0.0, np.inf], named(BFLOAT16))
    back = decode_array(through(encode_array(x)), "x")
    assert back.dtype == x.dtype
    assert back.tobytes() == x.tobytes()


def test_layout_is_not_kept_but_the_entries_are_in_c_order():
    x = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    assert encode_array(x)["data"] == [0, 1, 2, 3, 4, 5]
    assert encode_array(x.T)["data"] == [0, 3, 1, 4, 2, 5]


def test_of_objects_the_text_is_kept():
    plain = through(encode_array(np.array([object, None])))
    assert plain["dtype"] == "str"
    assert decode_array(plain, "x").tolist() == [str(object), "None"]


@pytest.mark.parametrize(
    ("plain", "message"),
    [
        (None, "x should be an array: dtype, shape and data; it is None."),
        ({"dtype": "float65"}, "x.dtype has 'float65'; known are .* Did you mean 'float64'?"),
        ({"dtype": 3}, "x.dtype should be the name of a dtype; it is 3."),
        ({"dtype": "bool", "shape": [], "data": [1]}, r"x.data\[0\] should be of bool; it is 1."),
        ({"dtype": "int8", "shape": [1], "data": [300]}, "x.data: a number does not fit int8."),
        ({"dtype": "int8", "shape": [1], "data": [True]}, r"should be of int8; it is True"),
        ({"dtype": "float64", "shape": [2], "data": [1]}, r"shape '\[2\]' has not 1 data"),
        ({"dtype": "float64", "shape": [-1], "data": [1]}, "should be a list of sizes"),
        ({"dtype": "float64", "shape": [2**80, 0], "data": []}, "should be a list of sizes"),
        ({"dtype": "float64", "shape": [0] * 99, "data": []}, "has not 0 data"),
        ({"dtype": "float64", "shape": [1], "data": ["infinity"]}, "'nan', 'inf' or '-inf'"),
        ({"dtype": "float64", "shape": [1], "data": [10**400]}, "that fits 64 bits"),
        ({"dtype": "float64", "shape": [1], "data": ["nan:00"]}, "of a NaN"),
        ({"dtype": "complex64", "shape": [1], "data": [1]}, "a complex number has two parts"),
        ({"dtype": "longdouble", "shape": [1], "data": ["one"]}, "a number in a string"),
        ({"dtype": "bool", "shape": [0], "data": [], "order": "F"}, "x has 'order'; known are"),
    ],
)
def test_what_is_no_array_is_refused(plain, message):
    with pytest.raises(DocumentError, match=message):
        decode_array(plain, "x")
