"""A cotangent of zeros gives zeros."""

import numpy as np

from gradcheck.results.kind import Kind

X = np.array([1.0, -2.0, 3.0])


def test_a_cotangent_of_zeros_gives_zeros(broken):
    def roots(x):
        return np.sqrt(np.maximum(x, 0))

    def naive(g, x):
        with np.errstate(all="ignore"):
            return g / (2 * roots(x))

    found = broken("zero", roots, naive, np.array([4.0, 0.0]))
    # At 0 the slope is infinite and so is the gradient: only the zero cotangent shows the NaN.
    assert found is not None
    assert found.kind in (Kind.ZERO, Kind.NONFINITE)


def test_a_constant_term_is_found_by_a_cotangent_of_zeros(broken):
    # Below what differences of so large an output resolve.
    found = broken("zero", lambda x: 1e6 * x, lambda g, x: 1e6 * g + 1e-9, X)
    assert (found.kind, found.broken, found.argument) == (Kind.ZERO, "zero", "x")
