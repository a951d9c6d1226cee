"""Entries have labels, and a label from a document leads back to its entry."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.numeric.argument import Argument


@pytest.mark.parametrize(
    ("shape", "is_complex", "index", "label"),
    [
        ((), False, 0, "b"),
        ((), True, 1, "b.imag"),
        ((3,), False, 2, "b[2]"),
        ((2, 3), False, 5, "b[1,2]"),
        ((2, 2), True, 5, "b[1,0].imag"),
    ],
)
def test_an_entry_is_called_by_its_position(shape, is_complex, index, label):
    assert Argument("b", shape, is_complex).label(index) == label


@given(st.lists(st.integers(1, 4), max_size=3), st.booleans(), st.data())
def test_a_label_leads_back_to_its_entry(shape, is_complex, data):
    argument = Argument("xs[0]", tuple(shape), is_complex)
    size = math.prod(shape) * (1 + is_complex)
    index = data.draw(st.integers(0, size - 1))
    assert argument.index_of(argument.label(index)) == index


@pytest.mark.parametrize(
    "label",
    ["b", "b[1]", "b[2,0]", "b[0,0].real", "b[0,0", "bb[0,0]", "a[0,0]", "2 ties at 0", "b[00,0]"],
)
def test_what_names_no_entry_leads_nowhere(label):
    assert Argument("b", (2, 2), False).index_of(label) is None


def test_an_axis_of_twelve_has_no_entry_one_that_stands_for_ten():
    argument = Argument("b", (12, 12), False)
    assert argument.index_of("b[1,11]") == 23
    assert argument.index_of("b[11,1]") == 133


def test_an_argument_without_entries_has_no_label():
    assert Argument("b", (0, 2), False).index_of("b[0,0]") is None


def test_the_size_of_an_axis_does_not_matter():
    argument = Argument("b", (2**62, 1), False)  # a loop over its indices would never end
    assert argument.index_of(f"b[{2**62 - 1},0]") == 2**62 - 1
    assert argument.index_of(f"b[{2**62},0]") is None
    assert argument.index_of(f"b[{'9' * 5000},0]") is None
