"""The promise of the ladder: the true derivative lies within the error bar."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import special

from gradcheck.numeric import complex_step, ladder
from gradcheck.numeric.forward import FlatForward
from gradcheck.numeric.paths import SparsePath, scale_of

EPS = float(np.finfo(np.float64).eps)
INF = math.inf


def along_first(f, *x, weights=None, room=None, scale=None):
    """A path that moves the first of several numbers, f at it, and cotangents."""
    point = np.array(x, dtype=np.float64)
    forward = FlatForward(f, [point], [0], {})
    width = scale_of(point[:1], None if room is None else np.array([room]))
    if scale is not None:
        width = np.array([scale])
    base = forward([point])
    w = np.ones(base.size) if weights is None else np.array(weights)
    return SparsePath(forward, [point], [(0, np.array([0]), width)]), base, w, float(width[0])


def climb(f, *x, weights=None, room=None, scale=None):
    """The reference per unit of the first entry."""
    with np.errstate(all="ignore"):
        path, base, w, width = along_first(f, *x, weights=weights, room=room, scale=scale)
        found = ladder.climb(path, base, w)
    return found, width


def holds(found, width, true):
    """Whether a reference can be used, and has the true derivative within its bar."""
    slack = 4 * EPS * abs(true) * width  # the true value is rounded as well
    return not found.problem and found.distance(true * width) <= found.bar + slack


def never_wrong(found, width, true):
    """Whether a reference that can be used has the true derivative within its bar."""
    return bool(found.problem) or holds(found, width, true)


# Name: (f, f′, where to look, whether steps must keep to x > 0).
SMOOTH = {
    "exp": (np.exp, np.exp, (-700, 700), False),
    "log": (np.log, lambda x: 1 / x, (1e-3, 1e6), True),
    "sin": (np.sin, np.cos, (-1e3, 1e3), False),
    "tanh": (np.tanh, lambda x: 1 / np.cosh(x) ** 2, (-30, 30), False),
    "x squared": (np.square, lambda x: 2 * x, (-1e6, 1e6), False),
    "x cubed": (lambda x: x**3, lambda x: 3 * x**2, (-1e3, 1e3), False),
    "x to the 7": (lambda x: x**7, lambda x: 7 * x**6, (-1e3, 1e3), False),
    "reciprocal": (lambda x: 1 / x, lambda x: -1 / x**2, (1e-3, 1e6), True),
    "sqrt": (np.sqrt, lambda x: 0.5 / np.sqrt(x), (1e-3, 1e6), True),
    "sigmoid": (special.expit, lambda x: special.expit(x) * special.expit(-x), (-40, 40), False),
    "softplus": (lambda x: np.logaddexp(0, x), special.expit, (-700, 700), False),
    "arctan": (np.arctan, lambda x: 1 / (1 + x * x), (-1e3, 1e3), False),
    "gauss": (lambda x: np.exp(-(x**2)), lambda x: -2 * x * np.exp(-(x**2)), (-20, 20), False),
    "erf": (special.erf, lambda x: 2 / math.sqrt(math.pi) * np.exp(-(x**2)), (-6, 6), False),
    "gammaln": (special.gammaln, special.digamma, (0.1, 1e6), True),
    "bessel": (special.j0, lambda x: -special.j1(x), (-100, 100), False),
    "offset": (lambda x: 1e8 + np.sin(x), np.cos, (-10, 10), False),
    "log(1 + exp)": (lambda x: np.log(1 + np.exp(x)), special.expit, (-10, 700), False),
}


@pytest.mark.parametrize("name", SMOOTH)
@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(share=st.floats(0, 1), digits=st.integers(0, 6))
@example(share=0.5, digits=0)
def test_the_true_derivative_lies_within_the_bar(name, share, digits):
    f, derivative, (low, high), positive = SMOOTH[name]
    x = round(low + (high - low) * share, digits)
    if positive and x <= low:
        x = low
    found, width = climb(f, x, room=x if positive else None)
    with np.errstate(all="ignore"):
        true = float(derivative(np.float64(x)))
    assert holds(found, width, true), (x, true, found)


ORDINARY = [
    (np.exp, np.exp, 0.7),
    (np.exp, np.exp, -3.0),
    (np.log, np.reciprocal, 2.5),
    (np.sin, np.cos, 1.0),
    (np.tanh, lambda x: 1 / np.cosh(x) ** 2, 0.5),
    (np.sqrt, lambda x: 0.5 / np.sqrt(x), 4.0),
    (np.square, lambda x: 2 * x, 3.0),
    (lambda x: x**3, lambda x: 3 * x**2, 1.0),
    (lambda x: x**3, lambda x: 3 * x**2, -3.0),
    (special.expit, lambda x: special.expit(x) * special.expit(-x), 0.3),
    (lambda x: 3 * x + 1, lambda x: 3.0, 2.0),
]


@pytest.mark.parametrize(("f", "derivative", "x"), ORDINARY)
def test_bars_are_tight_at_ordinary_points(f, derivative, x):
    found, width = climb(f, x)
    true = float(derivative(np.float64(x)))
    assert holds(found, width, true)
    assert found.bar < 1e-9 * abs(true) * width
    assert not found.weak
    assert not found.kink


EXTREME = [
    (np.sin, np.cos, 1e10, {}),
    (np.tanh, lambda x: 1 / np.cosh(x) ** 2, 20.0, {}),
    (np.exp, np.exp, -700.0, {}),
    (np.log, np.reciprocal, 1e-200, {"room": 1e-200}),
    (np.log, np.reciprocal, 1e200, {}),
    (np.reciprocal, lambda x: -1 / x**2, 1e-100, {"room": 1e-100}),
    (np.sqrt, lambda x: 0.5 / np.sqrt(x), 1e-200, {"room": 1e-200}),
    (lambda x: x**7, lambda x: 7 * x**6, 1e-5, {}),
    (lambda x: x**7, lambda x: 7 * x**6, 1e40, {}),
    (lambda x: np.tanh(1e6 * x), lambda x: 1e6 / np.cosh(1e6 * x) ** 2, 1e-6, {}),
    (lambda x: np.sin(1e6 * x), lambda x: 1e6 * np.cos(1e6 * x), 1.0, {}),
    (lambda x: 1e12 + x, lambda x: 1.0, 1.0, {}),
    (lambda x: 1e200 * x, lambda x: 1e200, 0.0, {}),
    (lambda x: 1e-200 * x, lambda x: 1e-200, 1.0, {}),
    (np.cbrt, lambda x: np.cbrt(x) ** -2 / 3, 1e-9, {}),
]


@pytest.mark.parametrize(("f", "derivative", "x", "where"), EXTREME)
def test_extreme_points_have_a_usable_reference(f, derivative, x, where):
    found, width = climb(f, x, **where)
    assert holds(found, width, float(derivative(np.float64(x)))), found


FLAT = [
    (lambda x: x**3, 0.0),
    (lambda x: x**7, 0.0),
    (lambda x: x * abs(x), 0.0),
    (lambda x: np.maximum(x, 0) ** 2, 0.0),
    (np.square, 0.0),
    (lambda x: 1 - np.cos(x), 0.0),
    (lambda x: 0 * x, 1.0),
    (lambda x: abs(x) ** 1.5, 0.0),
]


@pytest.mark.parametrize(("f", "x"), FLAT)
def test_a_derivative_of_zero_is_told_from_a_small_one(f, x):
    found, width = climb(f, x)
    assert holds(found, width, 0.0), found
    assert found.distance(1e-3) > 100 * found.bar
    assert not found.weak


@pytest.mark.parametrize(
    ("f", "x", "low", "high"),
    [
        (lambda x: np.maximum(x, 0), 0.0, 0, 1),
        (lambda x: np.maximum(x, 0), -0.0, 0, 1),
        (np.abs, 0.0, -1, 1),
        (lambda x: -np.abs(x), 0.0, -1, 1),
        (lambda x: np.clip(x, -1, 1), 1.0, 0, 1),
        (lambda x: np.maximum(x, np.sin(x)), 0.0, 1, 1),
        (lambda x: np.where(x > 0, 3 * x, np.expm1(x)), 0.0, 1, 3),
        (lambda x: abs(x) + np.exp(x), 0.0, 0, 2),
    ],
)
def test_a_kink_gives_the_interval_of_slopes(f, x, low, high):
    found, _ = climb(f, x)
    assert not found.problem
    assert found.low == pytest.approx(low, abs=1e-7)
    assert found.high == pytest.approx(high, abs=1e-7)
    assert found.bar < 1e-6
    assert found.kink == (low != high)


@pytest.mark.parametrize("distance", [1e-2, 1e-5, -1e-5, 1e-7, 1e-12, -1e-12])
def test_near_a_kink_the_slope_is_that_of_its_side_or_between(distance):
    found, _ = climb(lambda x: np.maximum(x, 0), distance)
    assert not found.problem
    assert found.distance(1.0 if distance > 0 else 0.0) <= found.bar
    assert found.distance(2.0) > 100 * found.bar
    assert found.distance(-1.0) > 100 * found.bar
    if abs(distance) >= 1e-7:
        assert found.distance(0.0 if distance > 0 else 1.0) > 100 * found.bar


def test_slopes_of_a_kink_are_judged_per_output_before_they_are_contracted():
    """With cotangents of both signs the contracted slopes would bracket nothing."""
    found, _ = climb(lambda x: np.array([abs(x[0]), abs(x[0])]), 0.0, weights=[1.0, -1.0])
    assert (found.low, found.high) == pytest.approx((-2, 2), abs=1e-7)


def test_a_tie_of_a_maximum_gives_the_interval():
    found, _ = climb(lambda x: x.max(keepdims=True), 1.0, 1.0, 0.0, weights=[-2.0])
    assert (found.low, found.high) == pytest.approx((-2, 0), abs=1e-7)


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (np.floor, 1.0),
        (np.sign, 0.0),
        (lambda x: x - np.floor(x), 3.0),
        (lambda x: np.sign(x) + 1e-3 * x, 0.0),
        (np.sin, 1e100),
        (np.sin, 1e16),
        (lambda x: np.sin(1 / np.where(x == 0, 1, x)), 1e-14),
    ],
)
def test_jumps_and_oscillation_are_problems(f, x):
    found, _ = climb(f, x)
    assert found.problem.startswith("forward "), found
    assert found.bar == INF


@pytest.mark.parametrize("x", [0.1, 1.0, 3.7, 1e3])
@pytest.mark.parametrize("f", [np.sin, np.square, np.exp2], ids=["sin", "square", "exp2"])
def test_single_precision_inside_is_never_trusted_wrongly(f, x):
    derivative = {np.sin: np.cos, np.square: lambda x: 2 * x, np.exp2: lambda x: np.log(2) * 2**x}
    found, width = climb(lambda v: f(v.astype(np.float32)).astype(np.float64), min(x, 100.0))
    assert never_wrong(found, width, float(derivative[f](min(x, 100.0))))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("noise", [1e-12, 1e-9, 1e-6])
def test_noise_is_measured(seed, noise):
    rng = np.random.default_rng(seed)
    found, width = climb(lambda x: np.sin(x) + noise * rng.uniform(-1, 1, x.shape), 1.0)
    assert never_wrong(found, width, math.cos(1.0))
    if not found.problem:
        assert found.bar > noise


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (np.exp, 709.7),
        (np.log, 1e-200),
        (np.sqrt, 0.0),
        (lambda x: np.where(x == 1.0, 1.0, np.nan), 1.0),
    ],
)
def test_overflow_and_leaving_the_domain_are_problems(f, x):
    found, _ = climb(f, x)
    assert found.problem == "forward overflows or leaves its domain within a step"


def test_a_forward_that_raises_off_the_point_is_a_problem():
    def only_here(x):
        if x[0] != 1.0:
            raise ValueError("not there")
        return x

    found, _ = climb(only_here, 1.0)
    assert "leaves its domain" in found.problem


@pytest.mark.parametrize("x", [-37.0, -36.0, -34.0, -30.0, -25.0, -20.0, -10.0])
def test_a_loss_near_zero_that_cancels_inside_is_not_trusted_beyond_its_noise(x):
    """log(1 + eˣ) moves in steps of ε; a plateau between two of them is no derivative."""
    found, width = climb(lambda v: np.log(1 + np.exp(v)), x)
    assert never_wrong(found, width, float(special.expit(x))), found


@pytest.mark.parametrize("x", [-40.0, -100.0, -700.0])
def test_a_forward_that_is_rounded_flat_says_no_more_than_its_rounding(x):
    found, width = climb(lambda v: np.log(1 + np.exp(v)), x)
    assert never_wrong(found, width, float(special.expit(x))), found


def test_the_smaller_part_of_a_sum_may_be_rounded_away_at_short_steps():
    """p log p with p near 1 is flat at short steps; the other term is not."""

    def entropy(v):
        p = special.softmax(v)
        return np.sum(p * np.log(p), keepdims=True)

    found, width = climb(entropy, 30.0, 0.0, 0.0)
    p = special.softmax([30.0, 0.0, 0.0])
    logs = [math.log1p(-2 * p[1]), math.log(p[1]), math.log(p[1])]
    true = p[0] * (logs[0] - sum(a * b for a, b in zip(p, logs, strict=True)))
    assert never_wrong(found, width, float(true)), found


# Second opinions.


def first_reference(f, *x):
    path, base, w, width = along_first(f, *x)
    return path, base, w, width, ladder.climb(path, base, w)


@pytest.mark.parametrize(
    ("f", "derivative", "x"),
    [(np.exp, np.exp, 1.0), (np.sin, np.cos, 2.0), (lambda x: x**7, lambda x: 7 * x**6, -1.5)],
)
def test_the_complex_step_is_exact_for_analytic_forwards(f, derivative, x):
    path, base, w, width, found = first_reference(f, x)
    better = complex_step.complex_step(path, base, w, found)
    assert better is not None
    assert better.method == "complex step"
    assert better.bar < found.bar
    assert holds(better, width, float(derivative(x)))


@pytest.mark.parametrize(
    "f",
    [
        np.abs,
        lambda x: x * np.conj(x),
        lambda x: np.maximum(x.real, 0.5) * 2,
        lambda x: np.exp(np.asarray(x, dtype=np.float64)) if x.dtype.kind == "f" else None,
        lambda x: np.real(x) ** 2,
    ],
    ids=["abs", "conj", "real maximum", "real only", "real part"],
)
def test_the_complex_step_is_refused_where_the_forward_is_not_analytic(f):
    path, base, w, _, found = first_reference(f, 1.3)
    assert complex_step.complex_step(path, base, w, found) is None


def test_the_complex_step_is_refused_at_a_kink():
    path, base, w, _, found = first_reference(lambda x: np.maximum(x, 0), 0.0)
    assert found.kink
    assert complex_step.complex_step(path, base, w, found) is None


wide = pytest.mark.skipif(
    bool(np.finfo(np.longdouble).eps >= EPS), reason="long double is double on this platform"
)


@wide
def test_long_double_gives_tighter_bars():
    path, _, w, width, found = first_reference(lambda x: 1e8 + np.sin(x), 1.0)
    better = complex_step.wider(path, w)
    assert better is not None
    assert better.method == "central differences in long double"
    assert better.bar < found.bar / 100
    assert holds(better, width, math.cos(1.0))


@wide
def test_long_double_is_refused_where_the_forward_computes_in_double():
    path, _, w, _, _ = first_reference(lambda x: np.sin(x.astype(np.float64)), 1.0)
    assert complex_step.wider(path, w) is None


def test_the_forward_may_hand_out_one_buffer_again_and_again():
    buffer = np.empty(1)

    def reuse(x):
        buffer[:] = np.sin(x)
        return buffer

    found, width = climb(reuse, 1.0)
    assert holds(found, width, math.cos(1.0))
