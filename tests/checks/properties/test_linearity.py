"""A gradient is linear in its cotangent."""

import numpy as np

from gradcheck.results.kind import Kind

X = np.array([1.0, -2.0, 3.0])


def test_a_term_without_the_cotangent_is_not_linear(broken):
    def vjp(g, x):
        return 2 * g * x + 1e-4 * np.sign(g)

    # The value itself is compared with a reference that a loose tolerance lets pass.
    found = broken("linearity", lambda x: x * x, vjp, X)
    assert found.kind in (Kind.VALUE, Kind.LINEARITY)


def test_what_differences_cannot_see_linearity_does(broken):
    def forward(x):
        return np.round(x * 1e2) * 1e-2  # a staircase: its reference is coarse

    def vjp(g, x):
        return g + 1e-4 * g * np.abs(g)

    found = broken("linearity", forward, vjp, X + 0.00021)
    assert (found.kind, found.broken, found.argument) == (Kind.LINEARITY, "linearity", "x")
