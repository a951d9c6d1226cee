"""What is drawn finds mistakes, and shrinks to what a person would write."""

from functools import cache

import numpy as np
import pytest
from hypothesis import find, given
from hypothesis import strategies as st

import gradcheck as gc
from tests.domain_samples import (
    ANY_DTYPE,
    DTYPES,
    FLOAT64,
    INFINITE,
    MATRICES,
    MATRIX_SHAPES,
    SHAPES,
    VALUES,
    by_name,
    has_ties,
    simplest,
)
from tests.drawn import drawn


@by_name(VALUES | {"unit norm": gc.unit_norm()})
@given(data=st.data(), shape=SHAPES, dtype=ANY_DTYPE)
def test_arrays_have_the_shape_and_dtype_and_are_finite(domain, data, shape, dtype):
    x = data.draw(domain.strategy(shape, dtype))
    assert isinstance(x, np.ndarray)
    assert (x.shape, x.dtype) == (shape, dtype)
    assert np.isfinite(x).all()


@cache
def samples():
    return drawn(gc.real().strategy((8,), FLOAT64), 300)


def share(condition):
    return sum(map(bool, map(condition, samples()))) / len(samples())


@pytest.mark.parametrize(
    ("what", "condition"),
    [
        ("exact zeros", lambda x: (x == 0).any()),
        ("ties", has_ties),
        ("ties of numbers other than zero", lambda x: has_ties(x[x != 0])),
        ("values near zero", lambda x: ((x != 0) & (abs(x) < 1e-4)).any()),
        ("values around 1 of both signs", lambda x: (x > 0.5).any() and (x < -0.5).any()),
        ("distinct values only", lambda x: not has_ties(x)),
        ("values above 20", lambda x: (abs(x) >= 20).any()),
        ("values that overflow exp", lambda x: (x > 710).any()),
        ("near ties", lambda x: (abs(np.diff(np.sort(x[x != 0]))) % 1 < 1e-3).any()),
    ],
)
def test_buckets_that_find_mistakes_are_frequent(what, condition):
    assert share(condition) > 0.1, what


@pytest.mark.parametrize(
    ("what", "condition"),
    [
        ("one value everywhere", lambda x: (x == x[0]).all()),
        ("zeros only", lambda x: not x.any()),
        ("values near zero only", lambda x: (abs(x) > 0).all() and (abs(x) < 0.1).all()),
        ("values that overflow when squared", lambda x: (abs(x) > 1e155).any()),
        ("large values only", lambda x: (abs(x) >= 20).all()),
        ("values that vanish when squared", lambda x: ((x != 0) & (abs(x) < 1e-170)).any()),
    ],
)
def test_buckets_at_the_ends_occur(what, condition):
    assert share(condition) > 0, what


def test_values_near_a_bound_and_far_from_it():
    near = np.concatenate(drawn(gc.real(-1, 1).strategy((8,), FLOAT64)))
    assert (near > 0.999).any()
    assert (near < -0.999).any()
    assert (abs(near) < 1e-6).any()
    assert np.median(abs(near)) < 0.9
    positive = np.concatenate(drawn(gc.positive().strategy((8,), FLOAT64)))
    assert (positive < 1e-9).any()
    assert (positive > 1e9).any()


def test_closed_bounds_are_drawn():
    for domain, ends in ((gc.nonnegative(), (0,)), (gc.real(-1, 1, closed=True), (-1, 1))):
        samples = drawn(domain.strategy((8,), FLOAT64))
        for end in ends:
            assert np.mean([(x == end).any() for x in samples]) > 0.1


@by_name(INFINITE)
@pytest.mark.parametrize("dtype", ["f8", "f4", "c16"])
def test_infinities_are_drawn_and_are_not_the_rule(domain, dtype):
    samples = drawn(domain.strategy((3, 4), np.dtype(dtype)))
    infinite = [np.isinf(x) for x in samples]
    assert 0.15 < np.mean([x.any() for x in infinite]) < 0.6
    assert any(x.all() for x in infinite)
    assert any(x.sum() == 1 for x in infinite)
    assert any(x.all(axis=-1).sum() == 1 for x in infinite)


def test_matrices_are_structured_in_a_share():
    samples = drawn(gc.real().strategy((3, 3), FLOAT64))
    for structured in (
        lambda x: (x == np.tril(x)).all() and (x != 0).sum() > 3,
        lambda x: (x == x.T).all() and len(np.unique(x)) > 3,
        lambda x: np.linalg.matrix_rank(x) == 1 and len(np.unique(x)) > 4,
    ):
        assert 0 < np.mean([bool(structured(x)) for x in samples]) < 0.2


def test_complex_numbers_are_zero_in_both_parts_or_in_one():
    samples = drawn(gc.real().strategy((8,), np.dtype("c16")))
    assert any((x == 0).any() for x in samples)
    assert any(((x.real == 0) & (x.imag != 0)).any() for x in samples)
    assert np.mean([(x.imag != 0).any() for x in samples]) > 0.8


def test_long_arrays_overflow_nothing():
    samples = drawn(gc.real().strategy((2000,), FLOAT64), 60)
    assert np.mean([abs(x).max() < 700 for x in samples]) > 0.8
    assert any((x == x[0]).all() for x in samples)


def test_whole_numbers_repeat_reach_both_ends_and_leave_gaps():
    samples = drawn(gc.integers(-2, 3).strategy((5,), FLOAT64))
    together = np.concatenate(samples)
    assert (together.min(), together.max()) == (-2, 3)
    assert any(has_ties(x) for x in samples)
    assert any(not has_ties(x) for x in samples)


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_distinct_has_no_ties(dtype):
    for x in drawn(gc.distinct().strategy((10, 20), dtype), 60):
        assert not has_ties(x)


def test_distinct_is_not_drawn_where_a_short_dtype_has_too_few_numbers():
    assert gc.distinct().strategy((2000,), np.dtype("f2")).is_empty
    assert not gc.distinct().strategy((2000,), np.dtype("f4")).is_empty


@given(data=st.data(), shape=MATRIX_SHAPES)
@by_name(MATRICES)
def test_matrices_are_fresh_and_writeable(domain, data, shape):
    x = data.draw(domain.strategy((*shape[:-1], shape[-2]), FLOAT64))
    x[...] = 0


EYE = np.eye(2)


SIMPLEST = [
    (gc.real(), (2, 2), np.ones((2, 2))),
    (gc.real(), (), np.ones(())),
    (gc.positive(), (3,), np.ones(3)),
    (gc.nonzero(), (3,), np.ones(3)),
    (gc.distinct(), (3,), [1.0, 2.0, 3.0]),
    (gc.integers(2, 5), (3,), [2, 2, 2]),
    (gc.unit_norm(), (2, 3), [[1.0, 0.0, 0.0]] * 2),
    (gc.orthogonal(), (2, 2), EYE),
    (gc.orthogonal(), (3, 2), np.eye(3, 2)),
    (gc.well_conditioned(), (2, 3), np.eye(2, 3)),
    (gc.spd(), (2, 2, 2), np.array([EYE, EYE])),
    (gc.symmetric(), (2, 2), EYE),
    (gc.lower_triangular(), (3, 2), np.eye(3, 2)),
    (gc.nonnegative(), (3,), np.ones(3)),
    (gc.real(infinite=True), (3,), np.ones(3)),
]


@pytest.mark.parametrize(
    ("domain", "shape", "simple"), SIMPLEST, ids=[f"{d} {s}" for d, s, _ in SIMPLEST]
)
def test_shrinks_to_what_a_person_would_write(domain, shape, simple):
    np.testing.assert_array_equal(simplest(domain, shape), simple)


def test_shrinks_to_short_decimals():
    x = find(gc.real().strategy((3,), FLOAT64), lambda x: len(set(x)) == 3 and x.sum() < 0)
    np.testing.assert_array_equal(x, x.round(2))
