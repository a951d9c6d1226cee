"""Bulk values: simple for small seeds, the same for the same seed, inside the bounds."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.ndarrays import buckets
from gradcheck.ndarrays.buckets import ANYWHERE, FLOAT64, MAGNITUDES, Bounds
from gradcheck.ndarrays.choices import Background

SEEDS = st.integers(0, buckets.SEEDS - 1)
SIZES = st.integers(0, 40)
SHAPES = st.lists(st.integers(0, 4), max_size=3).map(tuple)
BUCKETS = st.sampled_from(sorted(buckets.BUCKETS))
BOUNDS = [
    ANYWHERE,
    Bounds(low=0.0),
    Bounds(low=0.0, closed=True),
    Bounds(high=2.5),
    Bounds(high=-2.5, closed=True),
    Bounds(low=1.5),
    Bounds(low=-1.0, high=1.0),
    Bounds(low=-1.0, high=1.0, closed=True),
    Bounds(low=2.0, high=2.25),
]


@pytest.mark.parametrize(
    ("seed", "values"),
    [
        (0, [1.0, 1.0, 1.0, 1.0]),
        (1, [1.0, 2.0, 3.0, 4.0]),
        (2, [-0.5, 1.0, -1.5, 2.0]),
    ],
)
def test_the_first_seeds_give_simple_patterns(seed, values):
    for shape in ((4,), (2, 2)):
        found = buckets.ordinary(Background.of(seed), shape)
        np.testing.assert_array_equal(found, np.reshape(values, shape))


@given(st.integers(3, 63), SHAPES)
def test_small_seeds_give_one_decimal(seed, shape):
    values = buckets.ordinary(Background.of(seed), shape)
    np.testing.assert_array_equal(values, np.round(values, 1))


def test_the_bucket_that_cases_shrink_to_comes_first():
    assert buckets.MIX[0] == buckets.LONG_MIX[0] == "ordinary"
    assert {*buckets.MIX, *buckets.LONG_MIX} == set(buckets.BUCKETS)


# --- every bucket


@given(BUCKETS, SEEDS, SHAPES)
def test_equal_seeds_give_equal_values(bucket, seed, shape):
    first, again = (buckets.fill(bucket, seed, shape) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    first[...] = 99.0
    np.testing.assert_array_equal(again, buckets.fill(bucket, seed, shape))


def test_values_do_not_depend_on_the_global_generator():
    np.random.seed(1)
    first = buckets.fill("mixture", 1000, (20,))
    np.random.seed(2)
    np.testing.assert_array_equal(buckets.fill("mixture", 1000, (20,)), first)


@given(BUCKETS, SEEDS, SHAPES, st.sampled_from(BOUNDS), st.sampled_from(sorted(MAGNITUDES)))
def test_every_entry_lies_within_the_bounds(bucket, seed, shape, bounds, dtype):
    values = buckets.fill(bucket, seed, shape, bounds, MAGNITUDES[dtype])
    assert values.shape == shape
    assert np.isfinite(values).all()
    assert bounds.hold(values).all()


@pytest.mark.parametrize("bounds", BOUNDS, ids=str)
def test_bounds_hold_what_lies_between_and_the_ends_if_closed(bounds):
    for end in bounds.finite:
        assert bounds.hold(np.array(end)) == bounds.closed
    inside = np.clip(2.125, bounds.low + 0.1, bounds.high - 0.1)
    assert bounds.hold(inside)
    assert not bounds.hold(np.array([math.nan, math.inf, -math.inf])).any()


# --- one bucket at a time


def counts(condition, bucket, shape, *given, seeds=range(3000, 3400)):
    """How many of many arrays meet a condition."""
    return sum(bool(condition(buckets.fill(bucket, seed, shape, *given))) for seed in seeds)


@pytest.mark.parametrize(
    ("what", "shape", "condition"),
    [
        ("exactly one", (6,), lambda x: (x == 0).sum() == 1),
        ("exactly two in one slice", (3, 4), lambda x: ((x == 0).sum(axis=-1) == 2).any()),
        ("a whole row", (3, 4), lambda x: (x == 0).all(axis=-1).sum() == 1),
        ("a whole column", (3, 4), lambda x: (x == 0).all(axis=0).sum() == 1),
        ("one of each row", (3, 4), lambda x: ((x == 0).sum(axis=-1) == 1).all()),
        ("all but one", (3, 4), lambda x: (x == 0).sum() == 11),
        ("all", (3, 4), lambda x: not x.any()),
    ],
)
def test_zeros(what, shape, condition):
    assert counts(condition, "zeros", shape) > 20, what


def apart(x, low, high):
    gaps = np.diff(np.sort(x, axis=-1), axis=-1)
    return ((gaps > low) & (gaps < high)).any()


@pytest.mark.parametrize(
    ("what", "bucket", "condition"),
    [
        ("constant rows", "ties", lambda x: (x == x[:, :1]).all() and len(np.unique(x)) > 1),
        ("constant columns", "ties", lambda x: (x == x[:1]).all() and len(np.unique(x)) > 1),
        ("small whole numbers", "ties", lambda x: (x == x.round()).all() and x.min() < -1),
        ("one duplicate", "ties", lambda x: len(np.unique(x)) == x.size - 1),
        ("few values", "ties", lambda x: len(np.unique(x)) == 2),
        ("apart by 1e-2", "near ties", lambda x: apart(x, 0.009, 0.011)),
        ("apart by 1e-5", "near ties", lambda x: apart(x, 0.9e-5, 1.1e-5)),
        ("apart by 1e-8", "near ties", lambda x: apart(x, 0.9e-8, 1.1e-8)),
        ("apart by 1e-5 of a hundred", "near ties", lambda x: abs(x).max() > 50),
        ("equal as well", "near ties", lambda x: len(np.unique(x)) < x.size),
        ("one value", "constant", lambda x: len(np.unique(x)) == 1),
        ("whole numbers and halves", "ordinary", lambda x: (2 * x == np.round(2 * x)).all()),
        ("beyond -7", "ordinary", lambda x: x.min() < -7),
        ("a singular matrix", "structured", lambda x: np.linalg.matrix_rank(x) < 3),
    ],
)
def test_kinds_within_a_bucket(what, bucket, condition):
    assert counts(condition, bucket, (3, 4)) > 5, what


def ties_at(end, x):
    return (x == end(x, axis=-1, keepdims=True)).sum(axis=-1)


@pytest.mark.parametrize(
    ("what", "condition"),
    [
        ("a constant line", lambda x: (ties_at(np.max, x) == 100).any()),
        ("nearly all tied for the largest", lambda x: (ties_at(np.max, x) == 92).any()),
        ("nearly all tied for the smallest", lambda x: (ties_at(np.min, x) == 92).any()),
        ("a line like any", lambda x: any(len(np.unique(line)) > 60 for line in x)),
        ("unlike lines", lambda x: len({len(np.unique(line)) == 1 for line in x}) == 2),
    ],
)
def test_long_lines(what, condition):
    assert counts(condition, "lines", (2, 100)) > 60, what
    assert counts(lambda x: condition(x.T), "lines", (100, 2)) > 60, what


def test_a_structure_needs_two_axes():
    for seed in range(20):
        np.testing.assert_array_equal(
            buckets.fill("structured", seed, (5,)), buckets.ordinary(Background.of(seed), (5,))
        )


@pytest.mark.parametrize("bucket", ["tiny", "tails"])
def test_special_values_come_alone_among_ordinary_ones_or_once(bucket):
    def special(x):
        return abs(x) < 0.1 if bucket == "tiny" else abs(x) >= 20

    shares = np.array([special(buckets.fill(bucket, s, (30,))).mean() for s in range(1000, 1200)])
    assert (shares == 1).sum() > 20
    assert ((shares > 0.1) & (shares < 0.7)).sum() > 20
    assert (shares <= 0.2).sum() > 20
    assert (shares > 0).mean() > 0.95


@pytest.mark.parametrize("bucket", ["tiny", "tails"])
def test_special_values_fill_one_row_of_several(bucket):
    def one_row(x):
        special = abs(x) < 0.01 if bucket == "tiny" else abs(x) >= 20
        return special.all(axis=-1).sum() == 1 and not special.all()

    assert counts(one_row, bucket, (4, 6)) > 40


# The largest subnormal number of each dtype; a bfloat16 has the exponents of a float32.
SUBNORMAL = {
    "float64": 2.2e-308,
    "float32": 1.17e-38,
    "bfloat16": 1.17e-38,
    "float16": 6.1e-5,
}


@pytest.mark.parametrize("dtype", SUBNORMAL)
def test_subnormal_numbers_of_each_dtype(dtype):
    def subnormal(x):
        return ((x != 0) & (abs(x) <= SUBNORMAL[dtype])).any()

    assert counts(subnormal, "tiny", (6,), ANYWHERE, MAGNITUDES[dtype]) > 20


# Where exp overflows, where squares do, and where squares vanish: of each dtype its own.
ENDS = {
    "float64": (709.8, 1.4e154, 1e-160),
    "float32": (88.8, 1.9e19, 1e-19),
    "float16": (11.1, 256.0, 1e-3),
}


@pytest.mark.parametrize("dtype", ENDS)
def test_tails_go_as_far_as_each_dtype_does(dtype):
    exp, square, vanishing = ENDS[dtype]
    sizes = MAGNITUDES[dtype]
    assert counts(lambda x: x.max() > exp, "tails", (6,), ANYWHERE, sizes) > 150
    assert counts(lambda x: abs(x).max() > square, "tails", (6,), ANYWHERE, sizes) > 40
    tiny = counts(lambda x: ((x != 0) & (abs(x) < vanishing)).any(), "tiny", (6,), ANYWHERE, sizes)
    assert tiny > 20
    for bucket in buckets.BUCKETS:
        assert counts(lambda x: abs(x).max() > sizes.largest, bucket, (6,), ANYWHERE, sizes) == 0


def test_a_mixture_has_tails_zeros_ties_and_near_ties_among_ordinary_values():
    for condition in (
        lambda x: (x > 709.8).any() and (abs(x) < 5).any(),
        lambda x: (x == 0).any() and not (x == 0).all(),
        lambda x: len(np.unique(x[x != 0])) < (x != 0).sum(),
        lambda x: apart(x, 1e-9, 1e-3),
    ):
        assert counts(condition, "mixture", (8,)) > 30


# --- bounds


@pytest.mark.parametrize("bounds", [b for b in BOUNDS if b.finite], ids=str)
@pytest.mark.parametrize("near", [1e-1, 1e-3, 1e-6, 1e-10])
def test_values_come_near_every_bound(bounds, near):
    for end in bounds.finite:

        def close(x, end=end):
            distance = abs(x - end) / max(1, abs(end))
            return ((distance > 0) & (distance < near)).any()

        assert sum(counts(close, b, (8,), bounds) for b in ("ordinary", "mixture", "tiny")) > 5


@pytest.mark.parametrize("bounds", BOUNDS, ids=str)
def test_closed_bounds_are_reached_and_open_ones_are_not(bounds):
    for end in bounds.finite:
        reached = counts(lambda x, end=end: (x == end).any(), "ordinary", (8,), bounds)
        assert (reached > 20) == bounds.closed


def test_whole_numbers_and_halves_lie_within_bounds_as_well():
    pixels = Bounds(low=-1.0, high=6.0)
    for bucket in ("ordinary", "mixture", "tails"):
        assert counts(lambda x: (x == x.round()).all(), bucket, (8,), pixels) > 40
        assert counts(lambda x: (x == 5).any(), bucket, (8,), pixels) > 30
        assert counts(lambda x: (x % 1 == 0.5).any(), bucket, (8,), pixels) > 40
    far = Bounds(low=-1e100, high=1e100)
    assert counts(lambda x: (x % 1 != 0).any(), "ordinary", (8,), far) > 250


# --- infinities


@pytest.mark.parametrize(
    ("what", "condition"),
    [
        ("one", lambda x: np.isneginf(x).sum() == 1 and np.isinf(x).sum() == 1),
        ("a row", lambda x: np.isneginf(x).all(axis=-1).sum() == 1),
        ("all", lambda x: np.isneginf(x).all()),
        ("of both signs", lambda x: np.isneginf(x).any() and np.isposinf(x).any()),
        ("plus only", lambda x: np.isposinf(x).any() and not np.isneginf(x).any()),
    ],
)
def test_infinities(what, condition):
    signs = (-1.0, 1.0)
    assert sum(bool(condition(buckets.infinities(s, (3, 4), signs))) for s in range(400)) > 8, what


def test_infinities_have_the_signs_that_are_allowed():
    for sign in (-1.0, 1.0):
        values = np.array([buckets.infinities(seed, (4,), (sign,)) for seed in range(100)])
        assert set(np.unique(values)) == {0.0, sign * math.inf}


# --- whole numbers


@pytest.mark.parametrize(
    ("what", "condition"),
    [
        ("counting up", lambda n: (np.diff(n) == 1).all()),
        ("counting down", lambda n: (np.diff(n) == -1).all()),
        ("all the same", lambda n: len(set(n)) == 1 and n[0] not in (-9, 9)),
        ("the ends only", lambda n: set(n) == {-9, 9}),
        ("two values many times", lambda n: len(set(n)) == 2 and set(n) != {-9, 9}),
        ("all different and out of order", lambda n: len(set(n)) == 6 and np.ptp(np.diff(n)) > 1),
        ("repeated here and there", lambda n: len(set(n)) == 5),
        ("negative", lambda n: n.min() < 0),
    ],
)
def test_whole_numbers(what, condition):
    found = [buckets.whole(seed, (6,), -9, 9) for seed in range(2, 402)]
    assert sum(map(bool, map(condition, found))) > 15, what


@given(SEEDS, SHAPES, st.tuples(st.integers(-(2**63), 2**63 - 1), st.integers(-5, 5)).map(sorted))
def test_whole_numbers_lie_between_their_ends(seed, shape, ends):
    low, high = ends
    values = buckets.whole(seed, shape, low, high)
    assert (values.shape, values.dtype) == (shape, np.int64)
    if values.size:
        assert low <= values.min() <= values.max() <= high


# --- cotangents


@given(SEEDS, st.integers(1, 300))
def test_cotangents_are_distinct_in_magnitude_and_never_zero(seed, size):
    g = buckets.cotangent(seed, size)
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
    g = buckets.cotangent(seed, size)
    assert len(np.unique(abs(g))) == size
    assert 0.4 < (g < 0).mean() < 0.6


def test_simple_cotangents():
    np.testing.assert_array_equal(buckets.cotangent(0, 3), [1.0, 1.0, 1.0])
    np.testing.assert_array_equal(buckets.cotangent(1, 3), [1.0, 2.0, 3.0])
    short = buckets.cotangent(2, 3)
    np.testing.assert_array_equal(short, short.round(2))


@given(SEEDS, SIZES)
def test_equal_seeds_give_equal_cotangents(seed, size):
    np.testing.assert_array_equal(buckets.cotangent(seed, size), buckets.cotangent(seed, size))


def test_double_precision_is_the_default():
    np.testing.assert_array_equal(
        buckets.fill("tails", 77, (9,)), buckets.fill("tails", 77, (9,), ANYWHERE, FLOAT64)
    )


@pytest.mark.parametrize("seed", [2, 63, 64, 5000])
def test_no_cotangent_is_a_number_of_float32(seed):
    values = buckets.cotangent(seed, 50)
    assert (values != values.astype(np.float32)).mean() > 0.8


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_a_bound_beyond_a_short_dtype_holds_all_of_it_without_a_warning(dtype):
    values = np.array([-1.0, 0.0, 6e4], dtype)
    assert Bounds(low=-1e200, high=1e200).hold(values).all()
