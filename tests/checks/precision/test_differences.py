"""Differences of a forward that computes in a short dtype, with an error bar."""

import math

import numpy as np
import pytest

from gradcheck.checks.precision.differences import differentiate, quick_slope, quick_step
from gradcheck.ndarrays.dtypes import unit_of
from gradcheck.numeric.comparison import Obstacle
from gradcheck.numeric.forward import FlatForward
from gradcheck.numeric.paths import SparsePath

SINGLE = unit_of(np.float32)
HALF = unit_of(np.float16)


def path(f, x, dtype=np.float32):
    """The path along one number of a forward that rounds to a dtype."""

    def rounded(x):
        return np.asarray(f(x.astype(dtype))).astype(float)

    point = [np.atleast_1d(np.asarray(x, float))]
    function = FlatForward(rounded, point, [0], {}, [None])
    return SparsePath(function, point, [(0, np.array([0]), np.array([1.0]))])


def reference(f, x, dtype=np.float32):
    along = path(f, x, dtype)
    base = along.at(0.0)
    return differentiate(along, base, np.ones(base.size), unit_of(dtype), method="differences")


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [(np.sin, 0.3, math.cos(0.3)), (np.exp, -1.0, math.exp(-1)), (lambda x: x * x, 3.0, 6.0)],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_the_bar_holds_the_right_slope(f, x, slope, dtype):
    found = reference(f, np.asarray(x, dtype), dtype)
    assert not found.problem
    at = float(np.asarray(x, dtype))
    exact = {0.3: math.cos(at), -1.0: math.exp(at), 3.0: 2 * at}[x]
    assert abs(found.value - exact) <= found.bar
    assert dtype is np.float16 or found.bar < 0.01 * abs(slope)


def test_the_bar_of_single_precision_is_narrow():
    found = reference(np.sin, 0.3)
    assert found.bar < 1e-3


def test_a_kink_has_both_slopes():
    found = reference(np.abs, 0.0)
    assert found.kink
    assert (found.low, found.high) == (pytest.approx(-1, abs=1e-3), pytest.approx(1, abs=1e-3))


def test_beyond_the_domain_there_is_no_slope():
    with np.errstate(all="ignore"):
        found = reference(lambda x: np.where(x == np.float32(1), x, np.nan), 1.0)
    assert found.problem is Obstacle.OVERFLOWS
    assert math.isinf(found.bar)


def test_a_forward_that_jumps_about_has_none():
    rng = np.random.default_rng(0)
    found = reference(lambda x: x + rng.standard_normal(x.shape).astype(x.dtype), 1.0)
    assert found.problem


def test_the_quick_step_balances_two_errors():
    assert quick_step(SINGLE) == 2.0**-8
    assert quick_step(HALF) > quick_step(SINGLE)


def test_the_quick_slope_is_one_difference():
    along = path(lambda x: x * x, 3.0)
    assert quick_slope(along, np.ones(1), SINGLE) == pytest.approx(6, rel=1e-3)
    assert math.isnan(quick_slope(along, np.ones(2), SINGLE))
