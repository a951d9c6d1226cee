"""Right in part of the digits: rounded, or not finite in places."""

import numpy as np
import pytest

from gradcheck.results.kind import Kind
from tests.sampled import sampled
from tests.small_ops import RIGHT, elementwise, with_vjp

PARTS = [
    (
        lambda: elementwise(np.exp),
        lambda g, out: (g * out).astype(np.float32).astype(np.float64),
        f"{RIGHT} rounded to float32",
    ),
    (
        lambda: elementwise(np.exp),
        lambda g, x, out: g * out * (1 + 3e-6 * np.sin(97 * x)),
        f"{RIGHT} to 5 digits only",
    ),
]


@pytest.mark.parametrize(("make", "rule", "words"), sampled(PARTS, every=2))
def test_a_known_mistake_is_named(named, make, rule, words):
    assert words in named(with_vjp(make, rule))


def test_a_gradient_that_is_right_where_it_is_finite_is_said_to_be(named):
    spec = with_vjp(
        lambda: elementwise(np.exp), lambda g, x, out: np.where(x == 0, np.nan, g * out)
    )
    assert named(spec, cases=60, kind=Kind.NONFINITE) == f"{RIGHT} where it is finite"
