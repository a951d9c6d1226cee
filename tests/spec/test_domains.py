"""Domains keep their promise for every shape and dtype, and draw what finds mistakes."""

import math
from functools import cache

import numpy as np
import pytest
from hypothesis import find, given
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.errors import SpecError
from gradcheck.spec.domains import Domain
from tests.drawn import drawn, first

FLOAT64 = np.dtype("f8")
DTYPES = tuple(map(np.dtype, ("float64", "float32", "float16", "complex128", "complex64")))
BOUNDED = {
    "positive": gc.positive(),
    "0…1": gc.real(0, 1),
    "±1": gc.real(-1, 1),
    "2…3": gc.real(2, 3),
    "at most -0.1": gc.real(high=-0.1),
    "at least 1.5": gc.real(low=1.5),
    "narrow": gc.real(1, 1.25),
}
CLOSED = {
    "nonnegative": gc.nonnegative(),
    "0…1 closed": gc.real(0, 1, closed=True),
    "at most 2.5 closed": gc.real(high=2.5, closed=True),
}
VALUES = {
    "real": gc.real(),
    "nonzero": gc.nonzero(),
    "distinct": gc.distinct(),
    **BOUNDED,
    **CLOSED,
}
INFINITE = {
    "extended": gc.real(infinite=True),
    "up to 1": gc.real(high=1, infinite=True),
    "from 0, closed": gc.real(low=0, closed=True, infinite=True),
}
MATRICES = {
    "orthogonal": gc.orthogonal(),
    "well-conditioned": gc.well_conditioned(),
    "spd": gc.spd(),
    "symmetric": gc.symmetric(),
    "lower triangular": gc.lower_triangular(),
}
SHAPES = st.lists(st.integers(0, 4), max_size=3).map(tuple)
ANY_DTYPE = st.sampled_from(DTYPES)


def by_name(domains):
    return pytest.mark.parametrize("domain", domains.values(), ids=domains)


def simplest(domain, shape):
    return first(domain.strategy(shape, FLOAT64))


def room(domain, x):
    return domain.room(np.asarray(x))


def contains(domain, x):
    return domain.contains(np.asarray(x))


def along(domain, u):
    """A direction turned into one that stays on the domain."""
    return domain.project(u, u)


def tolerance(dtype):
    return 50 * float(np.finfo(dtype).eps)


# --- every domain


@by_name(VALUES | {"unit norm": gc.unit_norm()})
@given(data=st.data(), shape=SHAPES, dtype=ANY_DTYPE)
def test_arrays_have_the_shape_and_dtype_and_are_finite(domain, data, shape, dtype):
    x = data.draw(domain.strategy(shape, dtype))
    assert isinstance(x, np.ndarray)
    assert (x.shape, x.dtype) == (shape, dtype)
    assert np.isfinite(x).all()


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


# --- what the buckets hold


@cache
def samples():
    return drawn(gc.real().strategy((8,), FLOAT64), 300)


def share(condition):
    return sum(map(bool, map(condition, samples()))) / len(samples())


def has_ties(x):
    return len(np.unique(x)) < x.size


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


# --- one domain at a time


@given(data=st.data(), shape=SHAPES, dtype=ANY_DTYPE)
def test_unit_norm(data, shape, dtype):
    x = data.draw(gc.unit_norm().strategy(shape, dtype))
    lengths = np.linalg.norm(x.astype("c16"), axis=-1) if shape else abs(x)
    if x.size:
        np.testing.assert_allclose(lengths, 1, atol=tolerance(dtype))


MATRIX_SHAPES = st.tuples(
    st.lists(st.integers(0, 2), max_size=2), st.integers(0, 4), st.integers(0, 4)
).map(lambda drawn: (*drawn[0], *drawn[1:]))


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


# --- small and readable

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


# --- names and mistakes


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


# --- domains of one's own


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
