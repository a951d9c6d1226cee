"""The right gradient of another point, of another input, of another option."""

import numpy as np
import pytest
from hypothesis import strategies as st

import gradcheck as gc
from tests.sampled import sampled
from tests.small_ops import RIGHT, elementwise, of, with_vjp

POINTS = [
    (
        lambda: of(
            "(n,d),(d)->(n,d)",
            lambda x, w, affine=True: x * w if affine else np.sin(x),
            params={"affine": st.booleans()},
            domains={"x": gc.real(-3, 3), "w": gc.real(-3, 3)},
        ),
        lambda g, x, w, affine: (g * w if affine else g * np.cos(x), (g * x).sum(0)),
        f"{RIGHT} for affine = True, though it is switched off here",
    ),
    (lambda: elementwise(lambda x: np.maximum(x, 0)), lambda g: g * (g > 0), "at g instead of x"),
    (
        lambda: of("(n,d),(d)->(n,d)", lambda x, w: w * x / np.sqrt((x * x).sum(1)[:, None] + 1)),
        lambda g, x, w: (
            (g - x * (r := 1 / np.sqrt((x * x).sum(1)[:, None] + 1)) ** 2 * (g * x).sum(1)[:, None])
            * r,
            (g * x / np.sqrt((x * x).sum(1)[:, None] + 1)).sum(0),
        ),
        f"{RIGHT} if w were 1|{RIGHT} without the factor w",  # both are true
    ),
    (
        lambda: of(
            "(n)->(n)",
            lambda x, mode="plain": np.cumsum(np.sin(x) if mode == "plain" else np.cos(x) * x),
            params={"mode": st.sampled_from(["plain", "other"])},
            domains={"x": gc.real(-3, 3)},
        ),
        lambda g, x: np.cumsum(g[::-1])[::-1] * np.cos(x),
        f"{RIGHT} for mode = 'plain'",
    ),
]


@pytest.mark.parametrize(("make", "rule", "words"), sampled(POINTS, every=2))
def test_a_known_mistake_is_named(named, make, rule, words):
    found = named(with_vjp(make, rule))
    assert any(each in found for each in words.split("|"))
