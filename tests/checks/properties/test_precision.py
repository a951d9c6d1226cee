"""A gradient in a short dtype agrees with the one in float64."""

import numpy as np

from gradcheck.results.kind import Kind

X = np.array([1.0, -2.0, 3.0], np.float32)


def coarse(g, x):
    """Right to three digits, in single precision only."""
    return (g * np.cos(x) * (1 + 1e-3 * (x.dtype == np.float32))).astype(x.dtype)


def test_digits_that_are_lost_in_single_precision_only_are_found(broken):
    found = broken("precision", np.sin, coarse, X)
    assert (found.kind, found.broken, found.argument) == (Kind.PRECISION, "precision", "x")


def test_the_same_rule_is_right_in_double_precision(broken):
    assert broken("precision", np.sin, coarse, X.astype(float)) is None


def test_where_it_is_skipped_only_the_formula_counts(broken):
    assert broken("precision", np.sin, coarse, X, skip=frozenset({"precision"})) is None
