"""Factors of the chain rule, and derivatives of other functions."""

import numpy as np
import pytest
from hypothesis import strategies as st

import gradcheck as gc
from tests.sampled import sampled
from tests.small_ops import RIGHT, elementwise, layer, mean_rows, of, with_vjp

CHAINS = [
    (mean_rows, lambda g, x: g[:, None] * x, "the cotangent times x"),
    (lambda: of("(n)->()", lambda x: x.sum()), lambda g, x: g * x, "the cotangent times x"),
    (
        layer,
        lambda g, x, w, out: (g @ w.T, x.T @ (g * (1 - out**2))),
        "without the factor 1 − out²",
    ),
    (layer, lambda g, x, w, out: (g * 0 @ w.T, x.T @ (g * (1 - out**2))), "zero"),
    (
        layer,
        lambda g, x, w, out: ((g * (1 - out**2) ** 2) @ w.T, x.T @ (g * (1 - out**2))),
        f"{RIGHT} times 1 − out²",
    ),
    (lambda: elementwise(np.sin), lambda g, x: g * -np.sin(x), "times −sin(x)"),
    (lambda: elementwise(np.tanh), lambda g, x: g * (1 - x**2), "the cotangent times 1 − x²"),
    (
        lambda: elementwise(lambda x: 1 / (1 + np.exp(-x))),
        lambda g, out: g * (t := 1 / (1 + np.exp(-out))) * (1 - t),
        "σ(out)·(1 − σ(out))",
    ),
    (
        lambda: of(
            "(n)->(n)",
            lambda x, mode="sin": np.sin(x) + (np.cos(2 * x) if mode == "both" else 0),
            params={"mode": st.sampled_from(["sin", "both"])},
            domains={"x": gc.real(-3, 3)},
        ),
        lambda g, x: g * np.cos(x),
        "the cotangent times cos(x), the derivative of the sine",
    ),
]


@pytest.mark.parametrize(("make", "rule", "words"), sampled(CHAINS, every=3))
def test_a_known_mistake_is_named(named, make, rule, words):
    assert words in named(with_vjp(make, rule))
