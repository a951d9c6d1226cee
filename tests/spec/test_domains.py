"""Domains keep their promise for every shape and dtype."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.errors import SpecError
from gradcheck.spec.domains import Domain
from tests.domain_samples import (
    ANY_DTYPE,
    BOUNDED,
    CLOSED,
    DTYPES,
    FLOAT64,
    INFINITE,
    MATRICES,
    MATRIX_SHAPES,
    SHAPES,
    VALUES,
    by_name,
    simplest,
)
from tests.drawn import drawn, first


def room(domain, x):
    return domain.room(np.asarray(x))


def contains(domain, x):
    return domain.contains(np.asarray(x))


def along(domain, u):
    """A direction turned into one that stays on the domain."""
    return domain.project(u, u)


def tolerance(dtype):
    return 50 * float(np.finfo(dtype).eps)


@by_name(VALUES | INFINITE)
@given(data=st.data(), shape=SHAPES, dtype=ANY_DTYPE)
def test_every_value_lies_in_the_domain(domain, data, shape, dtype):
    assert domain.contains(data.draw(domain.strategy(shape, dtype)))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@by_name(VALUES)
def test_every_value_of_large_arrays_lies_in_the_domain(domain, dtype):
    assert all(domain.contains(x) for x in drawn(domain.strategy((13, 24), dtype), 60))


@by_name(
    {"nonzero": VALUES["nonzero"], "distinct": VALUES["distinct"], **BOUNDED, **CLOSED, **INFINITE}
)
@given(data=st.data(), shape=SHAPES, dtype=ANY_DTYPE, seed=st.integers(0, 99))
def test_a_step_of_a_quarter_of_the_room_stays_inside(domain, data, shape, dtype, seed):
    # Derivatives are taken in double precision, whatever the case was drawn in.
    x = data.draw(domain.strategy(shape, dtype)).astype(np.result_type(dtype, float))
    far = room(domain, x)
    assert np.shape(far) == shape
    assert (far >= 0).all()
    directions = np.array([1, -1] if dtype.kind == "f" else [1, -1, 1j, -1j])
    u = np.random.default_rng(seed).choice(directions, shape)
    step = np.where(np.isfinite(far), far, 1) / 4 * u
    assert domain.contains(x + step)


def test_numbers_without_bounds_have_unlimited_room():
    assert gc.real().room is None
    assert room(gc.distinct(), 3.0) == math.inf


def test_room_ends_at_the_nearest_bound():
    x = np.array([0.25, 0.5, 0.9])
    np.testing.assert_allclose(room(gc.real(0, 1), x), [0.25, 0.5, 0.1])
    np.testing.assert_allclose(room(gc.positive(), x), x)
    np.testing.assert_allclose(room(gc.nonzero(), -x), x)
    np.testing.assert_allclose(room(gc.distinct(), x), [0.125, 0.125, 0.2])
    np.testing.assert_allclose(room(gc.real(0, 1), x + 0.95j), [0.05, 0.05, 0.05])


@pytest.mark.parametrize(
    ("domain", "x", "inside"),
    [
        (gc.real(), [1e300, -1.0], True),
        (gc.real(), [np.nan], False),
        (gc.real(), [np.inf], False),
        (gc.real(0, 1), [0.5], True),
        (gc.real(0, 1), [0.5, 0.0], False),
        (gc.real(0, 1), [1.0], False),
        (gc.real(0, 1), [0.5 + 0.5j], True),
        (gc.real(0, 1), [0.5 + 1.5j], False),
        (gc.positive(), [1e-300], True),
        (gc.positive(), [0.0], False),
        (gc.nonzero(), [-1e-300, 1.0], True),
        (gc.nonzero(), [-0.0], False),
        (gc.nonzero(), [np.inf, 1.0], False),
        (gc.nonzero(), [-np.inf], False),
        (gc.nonzero(), [np.nan], False),
        (gc.distinct(), [1.0, 2.0, 3.0], True),
        (gc.distinct(), [1.0, 2.0, 1.0], False),
        (gc.distinct(), [1.0, 1.001], False),
        (gc.distinct(), [], True),
        (gc.distinct(), [np.inf, 1.0], False),
        (gc.integers(0, 3), [0, 3], True),
        (gc.integers(0, 3), [-1], False),
        (gc.integers(-3, 3), [-3], True),
        (gc.integers(0, 3), [1.0], False),
        (gc.integers(0, 3), [True], False),
        (gc.nonnegative(), [0.0, 2.0], True),
        (gc.nonnegative(), [-1e-300], False),
        (gc.nonnegative(), [np.inf], False),
        (gc.real(0, 1, closed=True), [0.0, 1.0], True),
        (gc.real(0, 1, closed=True), [1.0 + 1e-15], False),
        (gc.real(infinite=True), [np.inf, -np.inf, 0.0], True),
        (gc.real(infinite=True), [np.nan], False),
        (gc.real(high=1, infinite=True), [-np.inf, 0.0], True),
        (gc.real(high=1, infinite=True), [np.inf], False),
        (gc.symmetric(), [[1.0, 2.0], [2.0, 0.0]], True),
        (gc.symmetric(), [[1.0, 2.0], [2.5, 0.0]], False),
        (gc.symmetric(), [[1.0, 2j], [-2j, 0.0]], True),
    ],
)
def test_contains(domain, x, inside):
    assert contains(domain, x) is inside


def test_what_lies_on_a_closed_bound_or_is_infinite_has_no_room():
    np.testing.assert_array_equal(room(gc.nonnegative(), [0.0, 0.5]), [0.0, 0.5])
    np.testing.assert_array_equal(
        room(gc.real(-1, 1, closed=True), [-1.0, 0.5, 1.0]), [0.0, 0.5, 0.0]
    )
    infinite = gc.real(infinite=True)
    np.testing.assert_array_equal(room(infinite, [-np.inf, 3.0, np.inf]), [0.0, np.inf, 0.0])
    assert room(gc.real(high=1, infinite=True), [-np.inf, 0.25]).tolist() == [0.0, 0.75]


@given(data=st.data(), shape=SHAPES, dtype=ANY_DTYPE)
def test_unit_norm(data, shape, dtype):
    x = data.draw(gc.unit_norm().strategy(shape, dtype))
    lengths = np.linalg.norm(x.astype("c16"), axis=-1) if shape else abs(x)
    if x.size:
        np.testing.assert_allclose(lengths, 1, atol=tolerance(dtype))


@given(data=st.data(), shape=MATRIX_SHAPES, dtype=ANY_DTYPE)
def test_orthogonal(data, shape, dtype):
    x = data.draw(gc.orthogonal().strategy(shape, dtype))
    assert (x.shape, x.dtype) == (shape, dtype)
    wide = x.astype("c16")
    adjoint = np.conj(wide.swapaxes(-1, -2))
    small = adjoint @ wide if shape[-1] <= shape[-2] else wide @ adjoint
    target = np.broadcast_to(np.eye(min(shape[-2:])), small.shape)
    np.testing.assert_allclose(small, target, atol=tolerance(dtype))


@given(data=st.data(), shape=MATRIX_SHAPES, dtype=ANY_DTYPE)
def test_well_conditioned(data, shape, dtype):
    x = data.draw(gc.well_conditioned().strategy(shape, dtype))
    assert (x.shape, x.dtype) == (shape, dtype)
    if x.size:
        values = np.linalg.svd(x.astype("c16"), compute_uv=False)
        assert values.min() >= 0.5 - tolerance(dtype)
        assert values.max() <= 2 + tolerance(dtype)


@given(data=st.data(), shape=MATRIX_SHAPES.map(lambda s: (*s[:-1], s[-2])), dtype=ANY_DTYPE)
def test_spd(data, shape, dtype):
    x = data.draw(gc.spd().strategy(shape, dtype))
    assert (x.shape, x.dtype) == (shape, dtype)
    np.testing.assert_array_equal(x, np.conj(x.swapaxes(-1, -2)))
    if x.size:
        values = np.linalg.eigvalsh(x.astype("c16"))
        assert values.min() >= 0.5 - tolerance(dtype)
        assert values.max() <= 2 + tolerance(dtype)


@given(data=st.data(), shape=MATRIX_SHAPES.map(lambda s: (*s[:-1], s[-2])), dtype=ANY_DTYPE)
def test_symmetric(data, shape, dtype):
    x = data.draw(gc.symmetric().strategy(shape, dtype))
    assert (x.shape, x.dtype) == (shape, dtype)
    assert gc.symmetric().contains(x)


@given(data=st.data(), shape=MATRIX_SHAPES, dtype=ANY_DTYPE)
def test_lower_triangular(data, shape, dtype):
    x = data.draw(gc.lower_triangular().strategy(shape, dtype))
    assert (x.shape, x.dtype) == (shape, dtype)
    np.testing.assert_array_equal(x, np.tril(x))
    diagonal = np.abs(np.diagonal(x, axis1=-2, axis2=-1))
    assert ((diagonal >= 0.49) & (diagonal <= 2)).all()


def test_a_triangle_is_moved_within_the_triangle():
    np.testing.assert_array_equal(
        along(gc.lower_triangular(), np.full((2, 3), 7.0)), [[7, 0, 0], [7, 7, 0]]
    )


@pytest.mark.parametrize("domain", [gc.unit_norm(), gc.orthogonal()], ids=str)
@given(data=st.data(), shape=MATRIX_SHAPES, seed=st.integers(0, 99))
def test_what_is_moved_along_a_curved_domain_comes_back_onto_it(domain, data, shape, seed):
    x = data.draw(domain.strategy(shape, FLOAT64))
    u = domain.project(x, np.random.default_rng(seed).standard_normal(shape))
    moved = domain.retract(x + u / 4)
    again = domain.retract(moved)
    np.testing.assert_allclose(moved, again, atol=1e-12)


@pytest.mark.parametrize("domain", [gc.spd(), gc.symmetric()], ids=str)
@given(st.integers(0, 99), st.booleans())
def test_symmetric_matrices_are_left_in_symmetric_directions_only(domain, seed, is_complex):
    rng = np.random.default_rng(seed)
    u = rng.integers(-9, 10, (2, 3, 3)) + (
        1j * rng.integers(-9, 10, (2, 3, 3)) if is_complex else 0
    )
    moved = along(domain, u)
    np.testing.assert_array_equal(moved, np.conj(moved.swapaxes(-1, -2)))
    np.testing.assert_array_equal(along(domain, moved), moved)


@given(
    data=st.data(), shape=SHAPES, dtype=ANY_DTYPE, bounds=st.tuples(st.integers(), st.integers())
)
def test_integers(data, shape, dtype, bounds):
    low, high = (max(-(2**63), min(2**63 - 1, n)) for n in sorted(bounds))
    x = data.draw(gc.integers(low, high).strategy(shape, dtype))
    assert (x.shape, x.dtype) == (shape, np.int64)
    assert gc.integers(low, high).contains(x)
    if x.size:
        assert low <= x.min() <= x.max() <= high


@pytest.mark.parametrize(
    ("domain", "name"),
    [
        (gc.real(), "real"),
        (gc.real(0, 1), "real(0, 1)"),
        (gc.real(low=-0.5), "real(-0.5, inf)"),
        (gc.positive(), "positive"),
        (gc.nonzero(), "nonzero"),
        (gc.real(0, 1, closed=True), "real[0, 1]"),
        (gc.real(high=2, closed=True), "real(-inf, 2]"),
        (gc.real(infinite=True), "extended real"),
        (gc.real(high=1, infinite=True), "extended real(-inf, 1)"),
        (gc.nonnegative(), "nonnegative"),
        (gc.symmetric(), "symmetric"),
        (gc.lower_triangular(), "lower triangular"),
        (gc.distinct(), "distinct"),
        (gc.unit_norm(), "unit norm"),
        (gc.spd(), "symmetric positive definite"),
        (gc.well_conditioned(), "well-conditioned"),
        (gc.orthogonal(), "orthogonal"),
        (gc.integers(0, 3), "integers(0, 3)"),
        (gc.domain(lambda shape, dtype: st.nothing()), "custom"),
        (gc.domain(lambda shape, dtype: st.nothing(), name="even"), "even"),
    ],
)
def test_names(domain, name):
    assert str(domain) == name


MISTAKES = [
    (lambda: gc.real(1, 0), "real(low=1, high=0): low must be smaller than high."),
    (lambda: gc.real(1, 1), "real(low=1, high=1): low must be smaller than high."),
    (lambda: gc.real(math.nan), "real(low=nan, high=inf): low must be smaller than high."),
    (
        lambda: gc.real(0, 1, infinite=True),
        "real(low=0, high=1, infinite=True): both sides are bounded.",
    ),
    (lambda: gc.integers(3, 2), "integers(low=3, high=2) is empty: low must not exceed high."),
    (
        lambda: gc.integers(0.5, 2),  # type: ignore[arg-type]
        "integers(low=0.5, high=2): 0.5 is no whole number that fits int64.",
    ),
    (
        lambda: gc.integers(0, 2**63),
        f"integers(low=0, high={2**63}): {2**63} is no whole number that fits int64.",
    ),
    (
        lambda: gc.domain(3),  # type: ignore[arg-type]
        "A domain is made from a function (shape, dtype); got 3.",
    ),
    (
        lambda: simplest(gc.spd(), (2, 3)),
        "spd() gives square matrices; the input has shape (2, 3).",
    ),
    (
        lambda: simplest(gc.symmetric(), (2, 3)),
        "symmetric() gives square matrices; the input has shape (2, 3).",
    ),
    *(
        (
            lambda domain=domain: simplest(domain, (3,)),
            "A matrix domain needs at least two axes; the input has shape (3,).",
        )
        for domain in MATRICES.values()
    ),
]


@pytest.mark.parametrize(("make", "said"), MISTAKES)
def test_mistakes(make, said):
    with pytest.raises(SpecError) as caught:
        make()
    assert str(caught.value) == said


def test_a_domain_of_ones_own_gets_shape_and_dtype():
    def halves(shape, dtype):
        return st.just(np.full(shape, 0.5, dtype))

    own = gc.domain(halves)
    assert isinstance(own, Domain)
    x = first(own.strategy((2, 3), np.dtype("f4")))
    assert (x.shape, x.dtype, x[0, 0]) == ((2, 3), np.float32, 0.5)

    square = gc.op(name="square", domains={"x": own})(np.square).derivative(lambda x: 2 * x)
    result = gc.check(square, cases=10, last_case=True)
    assert result
    assert result.last is not None
    assert (result.last.inputs["x"] == 0.5).all()
