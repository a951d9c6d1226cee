"""Cotangents: one per output, of its shape and dtype, in every pattern and layout."""

from functools import partial
from operator import eq

import numpy as np
import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from gradcheck.cotangents import PATTERNS, CotangentPlan, plans
from gradcheck.layouts import LAYOUTS

SHAPES = st.lists(st.integers(0, 4), max_size=3).map(tuple)
DTYPES = st.sampled_from(["f8", "f4", "f2", "c16", "c8"])


def one(plan, out):
    (g,) = plan.cotangents((out,))
    return g


@given(plans(), SHAPES, DTYPES)
def test_shape_and_dtype_are_those_of_the_output(plan, shape, dtype):
    g = one(plan, np.ones(shape, dtype))
    assert isinstance(g, np.ndarray)
    assert (g.shape, g.dtype) == (shape, np.dtype(dtype))
    assert np.isfinite(g).all()


@given(plans(), SHAPES, DTYPES)
def test_the_same_plan_gives_the_same_cotangents(plan, shape, dtype):
    out = np.ones(shape, dtype)
    first, again = one(plan, out), one(plan, out)
    np.testing.assert_array_equal(first, again)
    assert not np.shares_memory(first, again)


def test_an_output_without_a_derivative_has_no_cotangent():
    outputs = (np.ones(2), np.array([1, 2]), np.array([True]), np.ones(3, np.float32))
    g = CotangentPlan().cotangents(outputs)
    assert [x if x is None else x.dtype.str for x in g] == ["<f8", None, None, "<f4"]


def test_outputs_of_one_op_get_cotangents_of_their_own():
    first, second = CotangentPlan(seed=100).cotangents((np.ones(5), np.ones(5)))
    assert first is not None
    assert second is not None
    assert not np.array_equal(abs(first), abs(second))


def test_a_large_output_cannot_hide_a_small_one():
    small, large = np.full(4, 1e-6), np.full(4, 1e8)
    for g, out in zip(
        CotangentPlan(seed=100).cotangents((small, large)), (small, large), strict=True
    ):
        assert 0.2 < np.sqrt(np.mean((g * out) ** 2)) < 2
    np.testing.assert_array_equal(
        abs(one(CotangentPlan(seed=100), large)), abs(one(CotangentPlan(seed=100), small))
    )


@pytest.mark.parametrize(
    "out", [np.zeros(3), np.full(3, np.inf), np.full(3, np.nan), np.zeros((0,))]
)
def test_an_output_without_a_size_leaves_its_cotangent_alone(out):
    plain = one(CotangentPlan(seed=100), out)
    beside = CotangentPlan(seed=100).cotangents((out, np.ones(1)))[0]
    np.testing.assert_array_equal(beside, plain)


@given(st.integers(2, 2**16 - 1), st.integers(1, 30))
def test_random(seed, size):
    g = one(CotangentPlan("random", seed), np.ones(size))
    assert (g != 0).all()
    assert len(np.unique(abs(g))) == size


@given(st.integers(2, 2**16 - 1), st.integers(1, 30), st.booleans())
def test_with_zeros(seed, size, is_complex):
    g = one(CotangentPlan("with zeros", seed), np.ones(size, complex if is_complex else float))
    assert (g == 0).sum() == (size + 1) // 2


@given(st.integers(2, 2**16 - 1), st.integers(1, 30), st.booleans())
def test_one_hot(seed, size, is_complex):
    g = one(CotangentPlan("one-hot", seed), np.ones(size, complex if is_complex else float))
    assert (g != 0).sum() == 1


def test_one_hot_reaches_every_entry():
    kept = {int(np.flatnonzero(one(CotangentPlan("one-hot", s), np.ones(5)))[0]) for s in range(9)}
    assert kept == set(range(5))


@pytest.mark.parametrize("shape", [(3,), (2, 3), ()])
def test_stride_0(shape):
    g = one(CotangentPlan("stride 0", 100), np.ones(shape))
    assert g.strides == (0,) * len(shape)
    assert len(np.unique(g)) == 1
    assert g.all()


@pytest.mark.parametrize("pattern", sorted(set(PATTERNS)))
@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_output_of_size_zero(pattern, layout):
    assert one(CotangentPlan(pattern, 100, layout), np.ones((2, 0))).shape == (2, 0)


def test_layouts():
    out = np.ones((3, 4))
    plain = one(CotangentPlan(seed=100), out)
    for layout, strides in (("Fortran", (8, 24)), ("strided", (64, 16)), ("reversed", (32, -8))):
        g = one(CotangentPlan(seed=100, layout=layout), out)
        assert g.strides == strides
        np.testing.assert_array_equal(g, plain)


def test_the_simplest_plan_is_ones_in_c_order():
    plan = find(plans(), lambda plan: True)
    assert plan == CotangentPlan("random", 0, "C")
    np.testing.assert_array_equal(one(plan, np.zeros((2, 2))), np.ones((2, 2)))


def test_every_pattern_and_layout_is_drawn():
    for pattern in set(PATTERNS):
        find(plans().map(lambda plan: plan.pattern), partial(eq, pattern))
    for layout in LAYOUTS:
        find(plans().map(lambda plan: plan.layout), partial(eq, layout))
