"""A jvp is the transpose of a vjp."""

import numpy as np

from gradcheck.results.kind import Kind

X = np.array([1.0, -2.0, 3.0])


def test_a_jvp_must_be_the_transpose_of_the_vjp(broken):
    def jvp(tangents, xs, params, out):
        return tangents[0] * np.cos(xs[0]) * (1 + 1e-7)

    found = broken("adjoint", np.sin, lambda g, x: g * np.cos(x), X, jvp=jvp)
    assert found.kind in (Kind.ADJOINT, Kind.JVP)


def test_numbers_too_small_to_round_well_are_no_reason(broken):
    """Near the smallest numbers of float32 neighbours are far apart."""
    small = np.float32(3e-22)

    def jvp(tangents, inputs, params, out):
        return (tangents[0] * small) * small

    def vjp(g, x):
        return g * np.float32(9e-44)

    x = np.array([1.0, 2.0, 3.0], "f4")
    found = broken("adjoint", lambda x: x * small * small, vjp, x, jvp=jvp, widens=False)
    assert found is None
