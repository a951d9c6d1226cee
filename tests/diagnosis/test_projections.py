"""A projection that is missing leaves a multiple of the input, of the output, or of ones."""

import numpy as np
import pytest

import gradcheck as gc
from tests.small_ops import RIGHT, of, with_vjp

MISSING = "(a projection is missing)"


def lengths(x):
    return np.sqrt((x * x).sum(-1, keepdims=True))


def unit():
    return of(
        "(...,d)->(...,d)",
        lambda x: x / lengths(x),
        dims={"d": gc.size(min=2)},
        domains={"x": gc.real(0.5, 3)},
    )


def soft(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def softmax():
    return of("(...,d)->(...,d)", soft, dims={"d": gc.size(min=1)}, domains={"x": gc.real(-3, 3)})


def centred():
    return of(
        "(n,d)->(n,d)",
        lambda x: np.sinh(x) - np.sinh(x).mean(1, keepdims=True),
        dims={"d": gc.size(min=2)},
        domains={"x": gc.real(-2, 2)},
    )


@pytest.mark.parametrize(
    ("make", "rule", "words"),
    [
        (
            unit,
            lambda g, x: g / lengths(x),
            f"{RIGHT} plus a multiple of x along axis -1 {MISSING}",
        ),
        (
            unit,
            lambda g, x, out: (g + out * (g * out).sum(-1, keepdims=True)) / lengths(x),
            f"{RIGHT} plus a multiple of x along axis -1 {MISSING}",
        ),
        (
            softmax,
            lambda g, out: out * (g + (g * out).sum(-1, keepdims=True)),
            f"{RIGHT} plus a multiple of out along axis -1 {MISSING}",
        ),
    ],
)
def test_a_missing_projection_is_named(named, make, rule, words):
    assert named(with_vjp(make, rule)) == words


@pytest.mark.parametrize(
    ("make", "rule"),
    [
        (unit, lambda g, x, out: (g - out * (g * out).sum(-1, keepdims=True)) / lengths(x) + x**2),
        (centred, lambda g, x: (g - g.mean(1, keepdims=True)) * np.cosh(x) * (1 + 0.1 * np.sin(x))),
    ],
)
def test_other_mistakes_are_not_taken_for_it(named, make, rule):
    assert MISSING not in named(with_vjp(make, rule))


def test_a_right_gradient_has_none(named):
    rule = lambda g, x, out: (g - out * (g * out).sum(-1, keepdims=True)) / lengths(x)  # noqa: E731
    assert named(with_vjp(unit, rule)) == ""
