"""Bulk values: simple for small seeds, the same for the same seed, inside the bounds."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck import fills

SEEDS = st.integers(0, fills.SEEDS - 1)
SIZES = st.integers(0, 40)
BUCKETS = st.sampled_from(sorted(fills.BUCKETS))
ANYWHERE = (-math.inf, math.inf)
BOUNDS = st.sampled_from(
    [ANYWHERE, (0.0, math.inf), (-math.inf, 2.5), (1.5, math.inf), (-1.0, 1.0), (2.0, 2.25)]
)


@pytest.mark.parametrize(
    ("seed", "values"),
    [
        (0, [1.0, 1.0, 1.0, 1.0]),
        (1, [1.0, 2.0, 3.0, 4.0]),
        (2, [-0.5, 1.0, -1.5, 2.0]),
    ],
)
def test_the_first_seeds_give_simple_patterns(seed, values):
    np.testing.assert_array_equal(fills.ordinary(seed, 4), values)


@given(st.integers(3, 63), SIZES)
def test_small_seeds_give_one_decimal(seed, size):
    values = fills.ordinary(seed, size)
    np.testing.assert_array_equal(values, values.round(1))


def test_the_bucket_that_cases_shrink_to_comes_first():
    assert fills.MIX[0] == "ordinary"
    assert set(fills.MIX) == set(fills.BUCKETS)


@given(BUCKETS, SEEDS, SIZES)
def test_equal_seeds_give_equal_values(bucket, seed, size):
    first, again = (fills.fill(bucket, seed, (size,), *ANYWHERE) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    first[:] = 99.0
    np.testing.assert_array_equal(again, fills.fill(bucket, seed, (size,), *ANYWHERE))


def test_values_do_not_depend_on_the_global_generator():
    np.random.seed(1)
    first = fills.fill("mixture", 1000, (20,), *ANYWHERE)
    np.random.seed(2)
    np.testing.assert_array_equal(fills.fill("mixture", 1000, (20,), *ANYWHERE), first)


@given(BUCKETS, SEEDS, st.lists(st.integers(0, 4), max_size=3), BOUNDS)
def test_every_entry_lies_strictly_between_the_bounds(bucket, seed, shape, bounds):
    values = fills.fill(bucket, seed, tuple(shape), *bounds)
    assert values.shape == tuple(shape)
    assert np.isfinite(values).all()
    assert ((bounds[0] < values) & (values < bounds[1])).all()


@given(SEEDS, st.integers(1, 40))
def test_zeros(seed, size):
    values = fills.with_zeros(seed, size)
    wanted = {0: 1, 1: 2, 2: size // 2, 3: size - 1}[seed % 4]
    assert (values == 0).sum() >= min(wanted, size)


@given(SEEDS, st.integers(5, 40))
def test_ties(seed, size):
    assert len(np.unique(fills.ties(seed, size))) <= 4 < size


@given(SEEDS, SIZES)
def test_constant(seed, size):
    assert len(np.unique(fills.constant(seed, size))) == min(size, 1)


def test_tiny_and_tails_come_alone_or_among_ordinary_values():
    for bucket, condition in (
        (fills.tiny, lambda x: abs(x) < 0.1),
        (fills.tails, lambda x: abs(x) >= 20),
    ):
        shares = [condition(bucket(seed, 30)).mean() for seed in range(1000, 1100)]
        assert max(shares) == 1
        assert min(shares) < 0.7
        assert np.mean([share > 0 for share in shares]) > 0.95


@given(SEEDS, st.integers(1, 300))
def test_cotangents_are_distinct_in_magnitude_and_never_zero(seed, size):
    g = fills.cotangent(seed, size)
    assert g.shape == (size,)
    if seed == 0:
        np.testing.assert_array_equal(g, np.ones(size))
    else:
        assert (g != 0).all()
        assert len(np.unique(abs(g))) == size
    if seed > 1:
        assert (abs(g) >= 0.49).all()
        assert (abs(g) <= 1.51).all()


@pytest.mark.parametrize("seed", [2, 63, 64, 65535])
@pytest.mark.parametrize("size", [5000, 70000])
def test_cotangents_of_large_outputs_are_distinct_too(seed, size):
    g = fills.cotangent(seed, size)
    assert len(np.unique(abs(g))) == size
    assert 0.4 < (g < 0).mean() < 0.6


def test_simple_cotangents():
    np.testing.assert_array_equal(fills.cotangent(0, 3), [1.0, 1.0, 1.0])
    np.testing.assert_array_equal(fills.cotangent(1, 3), [1.0, 2.0, 3.0])
    short = fills.cotangent(2, 3)
    np.testing.assert_array_equal(short, short.round(2))


@given(SEEDS, SIZES)
def test_equal_seeds_give_equal_cotangents(seed, size):
    np.testing.assert_array_equal(fills.cotangent(seed, size), fills.cotangent(seed, size))
