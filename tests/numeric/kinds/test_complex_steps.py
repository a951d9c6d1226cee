"""The complex step counts only where it fits, and says nothing below its underflow."""

import numpy as np
import pytest

from gradcheck.numeric import complex_step, ladder
from tests.judged import judged
from tests.points import entry, point_at


def opinion(f, x, index=0):
    with np.errstate(all="ignore"):
        point = point_at(f, x)
        path, _ = entry(point, index)
        seen = ladder.climb(path, point.base, point.weights)
        return complex_step.complex_step(path, point.base, point.weights, seen)


def cholesky(x):
    """The factor of a matrix made of one number: LAPACK takes conjugates of complex ones."""
    off = x[..., None] * np.array([[0.0, 1.0], [1.0, 0.0]])
    return np.linalg.cholesky(np.eye(2) + off)[..., 1, 1] + 1e9


NOT_ANALYTIC = {
    "Hermitian Cholesky": (cholesky, [0.3]),
    "|x|² in a sum": (lambda x: 1e9 + np.abs(x) ** 2, [0.7]),
    "a real part": (lambda x: 1e9 + np.real(x) ** 3 + 0 * x, [0.7]),
    "a clipped exponent": (lambda x: 1e9 + np.exp(np.maximum(np.real(x), 0) + 0 * x), [0.4]),
}


@pytest.mark.parametrize("name", NOT_ANALYTIC)
def test_beside_a_large_output_only_other_points_tell_that_it_does_not_fit(name):
    forward, x = NOT_ANALYTIC[name]
    assert opinion(forward, x) is None


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [
        (lambda x: 1e9 + np.exp(x), 0.4, np.exp(0.4)),
        (lambda x: 1e9 + x**3, 0.7, 3 * 0.49),
        (lambda x: 1e9 + np.log(x), 0.4, 2.5),
    ],
)
def test_an_analytic_forward_has_one_all_the_same(f, x, slope):
    assert opinion(f, [x]).value == pytest.approx(slope, rel=1e-12)


def test_below_its_underflow_it_proves_nothing():
    def tiny(x):
        return 1e-290 * np.exp(x)

    exact = opinion(tiny, [0.5])
    assert exact is None or exact.bar >= 2.0**-900
    assert not judged(tiny, [lambda g, x: g * tiny(x)], np.array([0.5])).failures


def factor(x):
    return np.linalg.cholesky(np.eye(2) * 2 + x[..., None] * np.array([[0.0, 1.0], [1.0, 0.0]]))


def factor_rule(g, x):
    root = np.sqrt(2 - x[0] ** 2 / 2)
    return np.array([g[1, 0] / np.sqrt(2) - g[1, 1] * x[0] / 2 / root])


@pytest.mark.parametrize("off", [1.0, 1.001, -1.0])
def test_a_factorisation_is_judged_by_differences(off):
    tally = judged(factor, [lambda g, x: off * factor_rule(g, x)], np.array([0.3]))
    assert bool(tally.failures) is (off != 1.0)
