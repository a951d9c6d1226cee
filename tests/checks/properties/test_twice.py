"""Equal inputs have right gradients."""

import numpy as np

from gradcheck.results.kind import Kind

X = np.array([1.0, -2.0, 3.0])


def test_gradients_kept_by_identity_are_found_where_one_array_is_passed_twice(broken):
    def vjp(g, x, y):
        if x is y:
            return 2 * g, 2 * g
        return g.copy(), g.copy()

    found = broken("twice", np.add, vjp, X, X * 2)
    assert (found.kind, found.broken) == (Kind.TWICE, "twice")
    assert "one array" in found.headline


def test_gradients_kept_by_value_are_found_where_two_inputs_are_equal(broken):
    def vjp(g, x, y):
        if (x == y).all():
            return 2 * g, 2 * g
        return g.copy(), g.copy()

    found = broken("twice", np.add, vjp, X, X * 2)
    assert (found.kind, found.broken) == (Kind.TWICE, "twice")
    assert found.headline == "the gradient is wrong where x and y are equal"
