"""A cotangent that was mistaken for another one, or used in part."""

import numpy as np
import pytest

import gradcheck as gc
from tests.sampled import sampled
from tests.small_ops import RIGHT, matrices, of, pair, product, running_sum, with_vjp

COTANGENTS = [
    (pair, lambda g, x: g[0] * np.cos(x) - 2 * x * g[1], "with the wrong sign in the part that"),
    (
        lambda: of("(n)->(m)", lambda x: x[1:] - x[:-1], dims={"n": gc.size(min=2)}),
        lambda g, x: np.append(0, g) + np.append(g, 0),
        "with the wrong sign in all negative slopes of the forward",
    ),
    (
        lambda: of(
            "(n)->(n)", lambda x: np.sin(x) + np.sin(x).sum(), domains={"x": gc.real(-3, 3)}
        ),
        lambda g, x: np.cos(x) * (3 * g - g.sum()),
        "with the wrong sign in all slopes off the diagonal",
    ),
    (product, lambda g, x, w: (w, g * x), f"{RIGHT} for a cotangent of ones"),
    (product, lambda g, x, w: (w * g.sum(), g * x), f"{RIGHT} for a cotangent where each entry"),
    (product, lambda g, x, w: (w * abs(g), g * x), f"{RIGHT} for a cotangent without its signs"),
    (product, lambda g, x, w: (w * g**2, g * x), f"{RIGHT} for a cotangent squared"),
    (
        product,
        lambda g, x, w: (w * g.ravel(order="K").reshape(g.shape), g * x),
        f"{RIGHT} for the cotangent read in memory order, whatever its strides",
    ),
    (running_sum, np.cumsum, "the Jacobian times the cotangent"),
    (running_sum, lambda g: g, "the cotangent itself"),
    (pair, lambda g, x: g[0] * np.cos(x), f"{RIGHT} for the cotangent of output 0 only"),
    (pair, lambda g, x: 2 * x * g[1], f"{RIGHT} without the cotangent of output 0"),
    (
        lambda: of("(n,d)->(n,d)", lambda x: x / x.sum(1)[:, None], domains={"x": gc.positive()}),
        lambda g, x, out: g * (1 - out) / x.sum(1)[:, None],
        "the diagonal of the Jacobian times the cotangent",
    ),
    (matrices, lambda g, x, w: (g @ w.T, x[-1:].T @ g[-1:]), "the part that comes from"),
    (matrices, lambda g, x, w: (g @ w.T, x[:-1].T @ g[:-1]), f"{RIGHT} without the part"),
    (
        matrices,
        lambda g, x, w: (g @ w.T, x[: len(x) // 4 * 4].T @ g[: len(x) // 4 * 4]),
        f"{RIGHT} without the part that comes from the output's last entries along axis 0, "
        "beyond whole blocks of 4",
    ),
]


@pytest.mark.parametrize(("make", "rule", "words"), sampled(COTANGENTS, every=6))
def test_a_known_mistake_is_named(named, make, rule, words):
    assert words in named(with_vjp(make, rule))
