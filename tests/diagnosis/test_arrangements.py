"""The right numbers in the wrong places are recognised."""

import numpy as np
import pytest

from tests.sampled import sampled
from tests.small_ops import RIGHT, columns, matrices, product, square_matrices, with_vjp

PLACES = [
    (matrices, lambda g, x, w: (g @ w.T, g.T @ x), f"the transpose of {RIGHT} (agrees after .T)"),
    (square_matrices, lambda g, x: (2 * g * x).T, f"the transpose of {RIGHT} (agrees after .T)"),
    (product, lambda g, x, w: (g * x, g * w), "the gradient of w (the two are swapped)"),
    (product, lambda g, x, w: (g * x, g * x), "the gradient of w"),
    (columns, lambda g, x, w: (g * w, g * x), f"{RIGHT} before the sum over broadcast axes"),
    (
        columns,
        lambda g, x, w: (g * w, np.broadcast_to((g * x).sum(0), x.shape).copy()),
        f"{RIGHT}, repeated along the axes that w lacks",
    ),
    (square_matrices, lambda g, x: (2 * g * x)[::-1], f"{RIGHT} reversed along axis 0"),
    (square_matrices, lambda g, x: (2 * g * x)[:, ::-1], f"{RIGHT} reversed along axis -1"),
    (
        square_matrices,
        lambda g, x: np.roll(2 * g * x, 1, 0),
        f"{RIGHT} rolled forward by one along axis 0",
    ),
    (square_matrices, lambda g, x: np.tril(2 * g * x), f"the lower triangle of {RIGHT} only"),
    (product, lambda g, x, w: ((g * w).ravel(), g * x), f"{RIGHT} in another shape"),
    (
        product,
        lambda g, x, w: ((g * w).sum(axis=0, keepdims=True), g * x),
        f"{RIGHT} summed over axes that it has",
    ),
    (product, lambda g, x, w: (np.pad(g * w, 1), g * x), f"{RIGHT} with entries around it"),
    (product, lambda g, x, w: ((g * w)[:-1], g * x), f"the first entries of {RIGHT} only"),
    (product, lambda g, x, w: (np.sort(g * w, None).reshape(x.shape), g * x), "the right numbers"),
]


@pytest.mark.parametrize(("make", "rule", "words"), sampled(PLACES, every=6))
def test_a_known_mistake_is_named(named, make, rule, words):
    assert words in named(with_vjp(make, rule))
