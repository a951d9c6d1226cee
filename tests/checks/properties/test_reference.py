"""A forward agrees with its reference."""

import numpy as np

from gradcheck.results.kind import Kind

X = np.array([1.0, -2.0, 3.0])


def test_a_forward_is_held_to_its_reference(broken):
    def slow(x):
        return np.array([float(v) ** 2 for v in x])

    def fast(x):
        return x * x

    def vjp(g, x):
        return 2 * g * x

    assert broken("reference", fast, vjp, X, reference=slow) is None
    found = broken("reference", fast, vjp, X, reference=lambda x: slow(x) + 1e-6)
    assert (found.kind, found.broken) == (Kind.REFERENCE, "reference")
    assert "out[0]" in found.message
    found = broken("reference", fast, vjp, X, reference=lambda x: slow(x)[:1])
    assert "shapes" in found.message
