"""Cotangents: one per output, of its shape and dtype, in every pattern and layout."""

import numpy as np
import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from gradcheck.cases.cotangents import LONG_PATTERNS, PATTERNS, CotangentPlan, long_plans, plans
from tests.drawn import drawn

ORDERS = ("C", "Fortran", "transposed", "strided", "reversed")
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


SHAPES_WITH_ENTRIES = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)
WITH_ZEROS = ("with zeros", "zero rows", "one-hot")
ANY_SEED = st.integers(2, 2**16 - 1)


@given(
    st.sampled_from(sorted({*PATTERNS, *LONG_PATTERNS})),
    ANY_SEED,
    SHAPES_WITH_ENTRIES,
    st.booleans(),
)
def test_a_cotangent_is_never_zero_everywhere(pattern, seed, shape, is_complex):
    out = np.ones(shape, complex if is_complex else float)
    assert one(CotangentPlan(pattern, seed), out).any()
    assert any(g.any() for g in CotangentPlan(pattern, seed).cotangents((out, out)))


def zeros_of(pattern, shape, count=200):
    return [one(CotangentPlan(pattern, 100 + k), np.ones(shape)) == 0 for k in range(count)]


@pytest.mark.parametrize(
    ("pattern", "what", "condition"),
    [
        ("with zeros", "exactly one", lambda zero: zero.sum() == 1),
        ("with zeros", "about half", lambda zero: 3 < zero.sum() < 9),
        ("with zeros", "one of each row", lambda zero: (zero.sum(axis=-1) == 1).all()),
        ("zero rows", "a whole row", lambda zero: zero.all(axis=-1).sum() == 1),
        ("zero rows", "a whole column", lambda zero: zero.all(axis=-2).sum() == 1),
        ("one-hot", "all but one", lambda zero: zero.sum() == 11),
    ],
)
def test_where_the_zeros_are(pattern, what, condition):
    assert sum(map(bool, map(condition, zeros_of(pattern, (3, 4))))) > 30, what


@given(ANY_SEED, st.integers(2, 30), st.booleans())
def test_zeros_of_a_complex_output_are_zero_in_both_parts(seed, size, is_complex):
    out = np.ones(size, complex if is_complex else float)
    g = one(CotangentPlan("with zeros", seed), out)
    assert (g == 0).any()
    assert (one(CotangentPlan("one-hot", seed), out) != 0).sum() == 1


@given(ANY_SEED)
def test_one_output_alone(seed):
    outputs = (np.ones(3), np.arange(2), np.ones((2, 2)), np.ones(()))
    given_, none, *others = CotangentPlan("one output", seed).cotangents(outputs)
    assert none is None
    assert sum(g.any() for g in (given_, *others)) == 1
    assert one(CotangentPlan("one output", seed), np.ones(3)).all()


def test_each_output_is_the_one_alone_at_times():
    alone = {
        tuple(
            bool(g.any()) for g in CotangentPlan("one output", seed).cotangents((np.ones(2),) * 3)
        )
        for seed in range(2, 12)
    }
    assert alone == {(True, False, False), (False, True, False), (False, False, True)}


def test_one_hot_reaches_every_entry():
    kept = {int(np.flatnonzero(one(CotangentPlan("one-hot", s), np.ones(5)))[0]) for s in range(40)}
    assert kept == set(range(5))


@pytest.mark.parametrize("shape", [(3,), (2, 3), ()])
def test_stride_0(shape):
    g = one(CotangentPlan("stride 0", 100), np.ones(shape))
    assert g.strides == (0,) * len(shape)
    assert len(np.unique(g)) == 1
    assert g.all()


@pytest.mark.parametrize("pattern", sorted({*PATTERNS, *LONG_PATTERNS}))
@pytest.mark.parametrize("layout", ORDERS)
def test_an_output_of_size_zero(pattern, layout):
    assert one(CotangentPlan(pattern, 100, layout), np.ones((2, 0))).shape == (2, 0)


def test_layouts():
    out = np.ones((3, 4))
    plain = one(CotangentPlan(seed=100), out)
    strides_of = {
        "Fortran": (8, 24),
        "transposed": (8, 24),
        "strided": (64, 16),
        "reversed": (32, -8),
    }
    for layout, strides in strides_of.items():
        g = one(CotangentPlan(seed=100, layout=layout), out)
        assert g.strides == strides
        np.testing.assert_array_equal(g, plain)


def test_the_simplest_plan_is_ones_in_c_order():
    plan = find(plans(), lambda plan: True)
    assert plan == CotangentPlan("random", 0, "C")
    np.testing.assert_array_equal(one(plan, np.zeros((2, 2))), np.ones((2, 2)))


def test_every_pattern_and_order_is_drawn_and_the_usual_ones_are_frequent():
    found = drawn(plans(), 600)
    assert {plan.pattern for plan in found} == set(PATTERNS)
    assert {plan.layout for plan in found} == set(ORDERS)
    assert np.mean([plan.pattern == "random" for plan in found]) > 0.4
    assert np.mean([plan.pattern in WITH_ZEROS for plan in found]) > 0.3
    assert np.mean([plan.layout != "C" for plan in found]) > 1 / 3


def test_an_op_may_limit_the_layouts():
    for plan in drawn(plans(("C", "strided")), 100):
        assert plan.layout in ("C", "strided")
        assert plan.pattern != "stride 0"
    assert {plan.layout for plan in drawn(plans(("Fortran",)), 50)} == {"Fortran"}
    assert {plan.layout for plan in drawn(plans(("read-only",)), 50)} == {"read-only"}


# --- long outputs


@pytest.mark.parametrize("dtype", ["float64", "float16", "complex64"])
def test_one_sign(dtype):
    g = one(CotangentPlan("one sign", 100), np.ones((40, 3), dtype))
    assert (g.real > 0).all()
    assert (g.imag >= 0).all()
    random = one(CotangentPlan("random", 100), np.ones((40, 3), dtype))
    np.testing.assert_array_equal(abs(g.real), abs(random.real))


def test_the_simplest_plan_of_a_long_output_has_one_sign_and_no_pattern():
    plan = find(long_plans(), lambda plan: True)
    assert plan == CotangentPlan("one sign", 2, "C")


def test_plans_of_long_outputs_are_of_one_sign_often_and_of_every_other_kind():
    found = drawn(long_plans(), 600)
    assert {plan.pattern for plan in found} == {"one sign", *PATTERNS}
    assert {plan.layout for plan in found} == set(ORDERS)
    assert np.mean([plan.pattern == "one sign" for plan in found]) > 0.25
    assert min(plan.seed for plan in found) >= 2
    assert {plan.layout for plan in drawn(long_plans(("C",)), 50)} == {"C"}
