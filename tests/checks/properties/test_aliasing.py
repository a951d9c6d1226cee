"""Gradients share no writable memory."""

import numpy as np

from gradcheck.results.kind import Kind

X = np.array([1.0, -2.0, 3.0])


def test_gradients_that_share_memory_are_named(broken):
    def vjp(g, x, y):
        dx = g.copy()
        return dx, dx

    found = broken("aliasing", np.add, vjp, X, X, hazards="fail")
    assert (found.kind, found.broken) == (Kind.ALIASING, "aliasing")
    assert found.headline == "∂L/∂x and ∂L/∂y share memory"


def test_elements_must_be_shared_not_buffers(broken):
    def interleaved(g, x, y):
        room = np.empty((3, 2))
        room[:, 0], room[:, 1] = g, g
        return room[:, 0], room[:, 1]

    def shifted(g, x, y):
        room = np.resize(g, 4)
        room[:3], room[1:] = g, g
        return room[:3], room[1:]

    assert broken("aliasing", np.add, interleaved, X, X, hazards="fail") is None
    found = broken("aliasing", np.add, shifted, X, X)
    assert found.kind is Kind.VALUE  # the second was written over the first
    assert "∂L/∂x and ∂L/∂y are the same memory" in found.besides[0]


def test_a_skipped_property_is_not_checked(broken):
    skip = frozenset({"aliasing"})
    assert broken("aliasing", np.positive, lambda g, x: g, X, skip=skip, hazards="fail") is None
    assert broken("aliasing", np.positive, lambda g, x: g, X, hazards="fail")
