"""Statistics of arrays, and that they are right for empty and infinite ones."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.cases.conditions.numbers_of import Numbers

ENTRIES = st.lists(st.sampled_from([0.0, 1.0, 1.0, -2.5, 17.0, 1e-7, np.inf, -np.inf]), max_size=7)


@given(ENTRIES)
def test_statistics_agree_with_their_definition(entries):
    numbers = Numbers(np.array(entries))
    finite = [abs(n) for n in entries if math.isfinite(n)]
    nonzero = [abs(n) for n in entries if n]
    assert numbers.zeros == entries.count(0)
    assert numbers.ties == len(entries) - len(set(entries))
    assert numbers.largest == max(finite, default=0)
    assert numbers.smallest == min(nonzero, default=math.inf)
    assert numbers.reaches(np.inf) == (np.inf in entries)
    assert numbers.reaches(-np.inf) == (-np.inf in entries)


@pytest.mark.parametrize(
    ("x", "halves", "half_integers"),
    [([0.5, 1.0, 0.3], 2, 1), ([0.0], 0, 0), ([17.0, 16.5], 0, 0), ([-1.5, 16.0], 2, 1)],
)
def test_small_multiples_of_a_half(x, halves, half_integers):
    numbers = Numbers(np.array(x))
    assert (numbers.halves.size, numbers.half_integers) == (halves, half_integers)


@pytest.mark.parametrize(
    ("x", "holds"),
    [
        ([[0.0, 0, 1], [1, 2, 3]], True),
        ([[0.0, 1], [0, 1]], True),
        ([[0.0, 0, 0]], False),
        ([[0.0, 1], [1, 0]], False),
        (0.0, False),
    ],
)
def test_two_zeros_in_a_slice(x, holds):
    assert Numbers(np.array(x)).two_in_a_slice is holds


def test_rows_and_columns():
    numbers = Numbers(np.array([[1.0, 1.0], [1.0, 2.0]]))
    assert numbers.constant_row
    assert numbers.whole_slice(-1, 1.0)
    assert numbers.whole_slice(-2, 1.0)
    assert not numbers.whole_slice(-3, 1.0)
    assert not Numbers(np.ones((0, 2))).constant_row


def test_dtypes_that_numpy_does_not_know_are_widened():
    ml_dtypes = pytest.importorskip("ml_dtypes")
    assert Numbers(np.array([1.5], ml_dtypes.bfloat16)).kind == "f"
