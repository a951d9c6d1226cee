"""Constant factors are named, by a number or by a size of the case."""

import numpy as np
import pytest

from tests.sampled import sampled
from tests.small_ops import RIGHT, mean_rows, product, reduced, scaled, with_vjp

FACTORS = [
    (product, lambda g, x, w: (-g * w, g * x), f"{RIGHT} with the wrong sign"),
    (product, lambda g, x, w: (2 * g * w, g * x), f"twice {RIGHT}"),
    (product, lambda g, x, w: (g * w / 2, g * x), f"half {RIGHT}"),
    (product, lambda g, x, w: (g * w * -2, g * x), f"twice {RIGHT}, with the wrong sign"),
    (product, lambda g, x, w: (g * w * np.pi, g * x), f"{RIGHT} times π"),
    (product, lambda g, x, w: (g * w * 2 / 3, g * x), f"{RIGHT} times 2/3"),
    (product, lambda g, x, w: (g * w * 1.0001, g * x), f"{RIGHT} times 1.0001"),
    (product, lambda g, x, w: (g * w * (1 - 1e-6), g * x), f"{RIGHT} times 0.999999"),
    (product, lambda g, x, w: (np.zeros_like(x), g * x), "zero"),
    (product, lambda g, x, w: (g * w * len(x), g * x), f"{RIGHT} times n"),
    (product, lambda g, x, w: (g * w / x.shape[1], g * x), f"{RIGHT} divided by d"),
    (product, lambda g, x, w: (g * w / max(x.size, 1), g * x), f"{RIGHT} divided by x.size"),
    (scaled, lambda g: g, f"{RIGHT} divided by factor"),
    (scaled, lambda g, factor: g * factor**2, f"{RIGHT} times factor"),
    (
        mean_rows,
        lambda g, x: np.repeat(g[:, None], x.shape[1], 1) / max(len(x), 1),
        f"{RIGHT} times d / n",
    ),
    (reduced, lambda g, x: np.full_like(x, g / x.size), f"{RIGHT} divided by n"),
]


@pytest.mark.parametrize(("make", "rule", "words"), sampled(FACTORS, every=6))
def test_a_known_mistake_is_named(named, make, rule, words):
    assert words in named(with_vjp(make, rule))


@pytest.mark.parametrize("seed", range(3))
def test_any_constant_factor_is_found(named, seed):
    factor = np.random.default_rng(seed).normal()
    said = named(with_vjp(product, lambda g, x, w: (factor * g * w, g * x)))
    prefix, _, number = said.replace("−", "-").rpartition(" ")
    assert prefix == f"{RIGHT} times"
    assert float(number) == pytest.approx(factor, rel=1e-6)
