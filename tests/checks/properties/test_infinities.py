"""Infinite inputs make no NaN."""

import numpy as np

from gradcheck.results.kind import Kind

INFINITE = np.array([1.0, -np.inf, 2.0])


def test_infinite_inputs_make_no_nan(broken):
    def naive(g, x):
        return g * np.exp(x) * (x - x + 1)

    found = broken("infinities", np.exp, naive, INFINITE)
    assert (found.kind, found.broken, found.argument) == (Kind.NONFINITE, "infinities", "x")
    assert "x[1]" in found.message
    assert broken("infinities", np.exp, lambda g, x: g * np.exp(x), INFINITE) is None


def test_where_the_forward_returns_nan_itself_nothing_is_asked_for(broken):
    assert broken("infinities", lambda x: x - x, lambda g, x: g * (x - x), INFINITE) is None
