"""What a mistake must explain before it is named."""

import numpy as np
import pytest

from tests.sampled import sampled
from tests.small_ops import RIGHT, product, with_vjp

PARTS = [
    (
        product,
        lambda g, x, w: (np.where(x < 0, -g * w, g * w), g * x),
        f"{RIGHT} with the wrong sign, in some entries",
    ),
    (product, lambda g, x, w: (np.where(x < 0, 0, g * w), g * x), "zero, in some entries"),
]


@pytest.mark.parametrize(("make", "rule", "words"), sampled(PARTS, every=1))
def test_a_known_mistake_is_named(named, make, rule, words):
    assert words in named(with_vjp(make, rule))
