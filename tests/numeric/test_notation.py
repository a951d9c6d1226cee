"""Two numbers that differ never look equal."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.numeric.notation import apart


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ((1.0, 2.0), ("1", "2")),
        ((49.52787, 49.52787), ("49.52787", "49.52787")),
        ((49.527871, 49.527872), ("49.527871", "49.527872")),
        ((1.0, 1.0 + 2**-52), ("1", "1.0000000000000002")),
        ((1e-20, 1.00000001e-20), ("1e-20", "1.00000001e-20")),
        ((math.nan, 1.0), ("nan", "1")),
        ((math.inf, -math.inf), ("inf", "-inf")),
        ((1 + 1j, 1 + 1.00000001j), ("1+1j", "1+1.00000001j")),
        ((1 / 3, 1.0, 2.0), ("0.3333333", "1", "2")),
    ],
)
def test_as_few_digits_as_show_it(values, texts):
    assert apart(*values) == texts


def test_it_may_begin_with_more_digits():
    assert apart(1 / 3, 1.0, digits=10) == ("0.3333333333", "1")


def test_long_doubles_may_take_more_digits_than_others():
    one = np.longdouble(1)
    texts = apart(one, np.nextafter(one, np.longdouble(2)))
    assert len(set(texts)) == 2


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_any_two_floats(one, other):
    texts = apart(one, other)
    assert (texts[0] == texts[1]) == (one == other) or {one, other} == {0.0}


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 4))
def test_neighbours(value, steps):
    other = value
    for _ in range(steps):
        other = math.nextafter(other, math.inf)
    if math.isfinite(other):
        one, another = apart(value, other)
        assert one != another or value == other
        assert float(one) < float(another)
