"""Each differentiable input has a gradient of its shape and dtype."""

import numpy as np

from gradcheck.results.kind import Kind

X = np.array([1.0, -2.0, 3.0])


def test_a_gradient_of_another_shape_breaks_the_contract(broken):
    found = broken("contract", lambda x: 2 * x, lambda g, x: 2 * g[:, None], X)
    assert (found.kind, found.broken, found.argument) == (Kind.SHAPE, "contract", "x")
    assert found.headline == "∂L/∂x has the wrong shape"


def test_a_scalar_for_an_array_breaks_it_though_it_would_broadcast(broken):
    found = broken("contract", lambda x: x.sum() * np.ones(3), lambda g, x: np.sum(g), X)
    assert found.kind is Kind.SHAPE


def test_a_gradient_too_few_breaks_it(broken):
    found = broken("contract", np.multiply, lambda g, x, y: g * y, X, X)
    assert (found.kind, found.argument) == (Kind.ARITY, None)


def test_a_size_of_zero_is_a_shape_like_any_other(broken):
    assert broken("contract", lambda x: 2 * x, lambda g, x: 2 * g, X[:0]) is None
    assert broken("contract", lambda x: 2 * x, lambda g, x: np.zeros(()), X[:0]) is not None
