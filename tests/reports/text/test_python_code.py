"""Values as code: tidy, on lines that fit, and the same bits again."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.reports.text.python_code import WIDTH, array, bracketed, call, literal, text


def evaluated(code):
    return eval(code, {"np": np, "base64": __import__("base64")})  # noqa: S307 - our own code


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (1.5, "1.5"),
        (-np.inf, "-np.inf"),
        (float("nan"), "np.nan"),
        (complex(1, -0.0), "complex(1.0, -0.0)"),
        ("it's", '"it\'s"'),
        (b"\x00a", 'bytes.fromhex("0061")'),
        ((1,), "(1,)"),
        ([True, None], "[True, None]"),
        ({"a": (1, 2)}, '{"a": (1, 2)}'),
        (frozenset({1}), "frozenset([1])"),
        (..., "..."),
        (np.float32(0.5), 'np.array(0.5, "float32")[()]'),
        (np.dtype("int8"), 'np.dtype("int8")'),
    ],
)
def test_a_value_as_code(value, code):
    assert literal(value) == code


def test_usual_dtypes_are_not_written():
    assert array(np.array([1.0, 2.0])) == "np.array([1.0, 2.0])"
    assert array(np.array([1, 2], np.int8)) == 'np.array([1, 2], "int8")'
    assert array(np.zeros((0, 2))) == 'np.zeros((0, 2), "float64")'


@given(st.integers(0, 2**52 - 1), st.booleans())
def test_every_float_comes_back_bit_for_bit(payload, negative):
    bits = (negative << 63) | (0x7FF << 52) | payload  # infinities and every NaN
    value = struct.unpack("<d", struct.pack("<Q", bits))[0]
    assert struct.pack("<d", evaluated(literal(value))) == struct.pack("<d", value)


@pytest.mark.parametrize("size", [64, 65, 5000])
def test_arrays_come_back_whether_written_out_or_as_bytes(size):
    x = np.arange(float(size)).reshape(-1, 1) / 3
    back = evaluated(array(x))
    assert back.tobytes() == x.tobytes()
    assert back.shape == x.shape
    assert back.flags.writeable
    assert max(map(len, array(x).splitlines())) <= WIDTH or size == 64


def test_items_stand_on_one_line_if_they_fit():
    assert bracketed("f(", ["a", "b"], ")") == "f(a, b)"
    assert bracketed("(", ["a"], ")", single=",") == "(a,)"
    long = call("f", *["x" * 30] * 4)
    assert long.splitlines() == ["f(", *["    " + "x" * 30 + ","] * 4, ")"]
    assert call("f", "a\nb").splitlines() == ["f(", "    a", "    b,", ")"]


def test_a_string_cannot_end_itself():
    assert evaluated(text('"; import os #')) == '"; import os #'
    assert text("∂\n") == '"\\u2202\\n"'
