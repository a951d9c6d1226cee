"""Params survive a document with their types."""

import json
from collections import namedtuple
from enum import StrEnum

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.results.documents import DocumentError
from gradcheck.results.documents.values import (
    Opaque,
    decode_value,
    encode_value,
    is_held,
)


def through(plain):
    """What JSON makes of plain data."""
    return json.loads(json.dumps(plain, allow_nan=False))


PARAMS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.floats(allow_nan=False)
    | st.complex_numbers(allow_nan=False)
    | st.binary()
    | st.builds(slice, st.integers(), st.none(), st.integers())
    | st.builds(range, st.integers(), st.integers())
    | st.just(...),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(), inner, max_size=3)
        | st.dictionaries(st.integers(), inner, max_size=3)
        | st.frozensets(st.integers() | st.text())
    ),
    max_leaves=8,
)


@given(PARAMS)
def test_a_param_comes_back_as_it_was(value):
    assert is_held(value)
    back = decode_value(through(encode_value(value)), "p")
    assert back == value
    assert type(back) is type(value)


@pytest.mark.parametrize(
    "value",
    [
        np.float32(0.1),
        np.int8(-3),
        np.bool_(True),
        np.complex64(1 + 2j),
        np.str_("word"),
        np.dtype("float16"),
    ],
)
def test_a_scalar_of_numpy_keeps_its_type(value):
    back = decode_value(through(encode_value(value)), "p")
    assert back == value
    assert type(back) is type(value)


def test_an_array_among_params_is_one_again():
    back = decode_value(through(encode_value({"mask": np.array([True, False])})), "p")
    assert back["mask"].dtype == bool
    assert back["mask"].tolist() == [True, False]


class Mode(StrEnum):
    SAME = "same"


Window = namedtuple("Window", "height width")


@pytest.mark.parametrize(
    "value", [len, object(), np.array([len], object), np.timedelta64(3), Mode.SAME, Window(1, 2)]
)
def test_of_what_is_no_data_the_text_is_kept(value):
    assert not is_held(value)
    assert not is_held({"a": (1, value)})
    assert decode_value(through(encode_value(value)), "p") == Opaque(repr(value))


@pytest.mark.parametrize(
    ("plain", "message"),
    [
        ({"$pickle": "gASV"}, r"p has '\$pickle'; known are \$array, "),
        ({"$tuple": [1], "more": 1}, r"an object with \$tuple has no other key"),
        ({"$tuple": 1}, r"p.\$tuple should be a list; it is 1."),
        ({"$slice": [1]}, "a list of 3"),
        ({"$range": [0, 1, 0]}, "a step that is not 0"),
        ({"$bytes": "*"}, "base64"),
        ({"$dict": [[[1], 2]]}, "has a key that cannot be one"),
        ({"$set": [[1]]}, "has a key that cannot be one"),
        ({"$dtype": "object"}, "the name of a dtype"),
        ({"$scalar": {"dtype": "bool", "shape": [1], "data": [True]}}, "a scalar has none"),
        ({"$complex": [1]}, "a list of two numbers"),
        ({"$repr": 1}, "a string"),
    ],
)
def test_a_tag_that_means_nothing_is_refused(plain, message):
    with pytest.raises(DocumentError, match=message):
        decode_value(plain, "p")
