"""Nothing is said of what has no name."""

import numpy as np
import pytest

from tests.sampled import sampled
from tests.small_ops import layer, matrices, product, running_sum, with_vjp

UNKNOWN = [
    (product, lambda g, x, w: (g * w + 0.1 * np.sin(x) * g, g * x)),
    (product, lambda g, x, w: (g * np.sin(w + 0.3), g * x)),
    (matrices, lambda g, x, w: (g @ w.T, x.T @ np.sin(g))),
    (running_sum, lambda g: g + np.cumsum(g)),
    (layer, lambda g, x, w, out: ((g * (1 - out**2)) @ w.T, x.T @ (g * (1 - out**3)))),
]


@pytest.mark.parametrize(("make", "rule"), sampled(UNKNOWN, every=4))
def test_nothing_is_said_of_a_mistake_that_is_not_known(named, make, rule):
    assert named(with_vjp(make, rule)) == ""
