"""Domains keep their promise for every shape and dtype, and draw what finds mistakes."""

import math
from functools import cache

import hypothesis
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.domains import Domain, drawing, drawing_as
from gradcheck.errors import SpecError

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
VALUES = {"real": gc.real(), "nonzero": gc.nonzero(), "distinct": gc.distinct(), **BOUNDED}
MATRICES = {
    "orthogonal": gc.orthogonal(),
    "well-conditioned": gc.well_conditioned(),
    "spd": gc.spd(),
}
SHAPES = st.lists(st.integers(0, 4), max_size=3).map(tuple)
ANY_DTYPE = st.sampled_from(DTYPES)


def by_name(domains):
    return pytest.mark.parametrize("domain", domains.values(), ids=domains)


def drawn(strategy, count=300):
    """The first values that a strategy draws, always the same ones."""
    found = []

    @hypothesis.seed(1)
    @settings(
        max_examples=count,
        derandomize=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(value):
        found.append(value)

    collect()
    return found


def first(strategy):
    """The first value that Hypothesis tries, which is the one that all others shrink to."""
    return drawn(strategy, 1)[0]


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


@by_name(VALUES)
@given(data=st.data(), shape=SHAPES, dtype=ANY_DTYPE)
def test_every_value_lies_in_the_domain(domain, data, shape, dtype):
    assert domain.contains(data.draw(domain.strategy(shape, dtype)))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@by_name(VALUES)
def test_every_value_of_large_arrays_lies_in_the_domain(domain, dtype):
    assert all(domain.contains(x) for x in drawn(domain.strategy((13, 24), dtype), 60))


@by_name({"nonzero": VALUES["nonzero"], "distinct": VALUES["distinct"], **BOUNDED})
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
        (gc.distinct(), [1.0, 2.0, 3.0], True),
        (gc.distinct(), [1.0, 2.0, 1.0], False),
        (gc.distinct(), [1.0, 1.001], False),
        (gc.distinct(), [], True),
    ],
)
def test_contains(domain, x, inside):
    assert contains(domain, x) is inside


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
        ("values that overflow exp", lambda x: (x > 710).any()),
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


@given(st.integers(0, 99), st.booleans())
def test_spd_is_left_in_symmetric_directions_only(seed, is_complex):
    rng = np.random.default_rng(seed)
    u = rng.integers(-9, 10, (2, 3, 3)) + (
        1j * rng.integers(-9, 10, (2, 3, 3)) if is_complex else 0
    )
    moved = along(gc.spd(), u)
    np.testing.assert_array_equal(moved, np.conj(moved.swapaxes(-1, -2)))
    np.testing.assert_array_equal(along(gc.spd(), moved), moved)


@given(
    data=st.data(), shape=SHAPES, dtype=ANY_DTYPE, bounds=st.tuples(st.integers(), st.integers())
)
def test_integers(data, shape, dtype, bounds):
    low, high = (max(-(2**63), min(2**63 - 1, n)) for n in sorted(bounds))
    x = data.draw(gc.integers(low, high).strategy(shape, dtype))
    assert (x.shape, x.dtype) == (shape, np.int64)
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
        lambda: gc.arrays((2,), "real"),  # type: ignore[arg-type]
        "arrays(shape, domain) takes a domain such as real(); got 'real'.",
    ),
    (
        lambda: gc.arrays((2,), st.floats()),  # type: ignore[arg-type]
        "arrays(shape, domain) takes a domain such as real(); got floats().",
    ),
    (
        lambda: simplest(gc.spd(), (2, 3)),
        "spd() gives square matrices; the input has shape (2, 3).",
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


# --- domains of one's own, and arrays


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


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_arrays_draw_the_dtype_of_the_case(dtype):
    strategy = gc.arrays((2, 3))
    with drawing_as(dtype) as current:
        x = first(strategy)
        assert drawing() is current
        assert str(current.domain_of(x)) == "real"
    assert (x.shape, x.dtype) == ((2, 3), dtype)
    assert first(strategy).dtype == np.float64


def test_arrays_of_a_domain():
    assert all((x > 0).all() for x in drawn(gc.arrays((5,), gc.positive()), 50))
    assert first(gc.arrays(3, gc.integers(0, 4))).shape == (3,)
    assert first(gc.arrays([2, 1])).shape == (2, 1)


def test_arrays_draw_from_the_same_buckets():
    plain = drawn(gc.real().strategy((6,), FLOAT64), 100)
    for x, y in zip(drawn(gc.arrays((6,)), 100), plain, strict=True):
        np.testing.assert_array_equal(x, y)
