"""Terms that the cotangent does not scale, by further calls of the vjp."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.results.kind import Kind
from tests.sampled import sampled
from tests.small_ops import RIGHT, of, product, with_vjp

TERMS = [
    (product, lambda g, x, w: (g * w + 1 + x**2, g * x), f"{RIGHT} plus a term"),
    (
        lambda: of("(n),(n)->()", lambda x, w: x @ w + np.sum(w * w) / 2),
        lambda g, x, w: (g * w, g * x + w),
        f"{RIGHT} with a term that the cotangent does not scale",
    ),
]


@pytest.mark.parametrize(("make", "rule", "words"), sampled(TERMS, every=1))
def test_a_known_mistake_is_named(named, make, rule, words):
    assert words in named(with_vjp(make, rule))


@pytest.mark.parametrize(
    ("rule", "kind", "words"),
    [
        (lambda g, x: 3 * x**2, Kind.ZERO, "for a cotangent of ones: the cotangent is ignored"),
        (
            lambda g, x: 3 * x**2 * g + (1 - g) * x,
            Kind.LINEARITY,
            "with a term that the cotangent does not scale",
        ),
        (
            lambda g, x: 3 * x**2 * g.ravel(order="K").reshape(g.shape),
            Kind.LAYOUT,
            "for the cotangent read in memory order",
        ),
        (lambda g, x: 3 * x**2 * g**3, Kind.LINEARITY, ""),
    ],
)
def test_what_further_calls_show_is_named(named, rule, kind, words):
    cube = of(
        "(n,d)->(n,d)",
        lambda x: x**3,
        domains={"x": gc.real(1, 9)},
        dims={"n": gc.size(min=2), "d": gc.size(min=2)},
    )
    spec = with_vjp(lambda: cube, rule)
    said = named(spec, kind=kind)
    assert words in said
    assert bool(said) == bool(words)
