"""Nothing is said of what has no name."""

import numpy as np
import pytest

import gradcheck as gc
from tests.sampled import sampled
from tests.small_ops import layer, matrices, of, product, running_sum, with_vjp

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


def both(rule):
    spec = of(
        "(n,d),(n,d)->(n,d)",
        lambda x, w: x * np.sin(w),
        domains={"x": gc.real(0.5, 3), "w": gc.real(-3, 3)},
    )
    spec.vjp(rule)
    return gc.check(spec, cases=30).failure


def test_two_wrong_gradients_are_both_described():
    failure = both(lambda g, x, w: (2 * g * np.sin(w), -g * x * np.cos(w)))
    assert "∂L/∂x: twice the right gradient" in failure.looks_like
    assert "∂L/∂w: the right gradient with the wrong sign" in failure.looks_like


def test_one_without_a_name_beside_one_with_a_name():
    failure = both(lambda g, x, w: (2 * g * np.sin(w), g * np.cos(w) * np.sin(3 * x + 0.1) ** 3))
    known = [part for part in failure.looks_like.split("; ") if "twice" in part]
    assert known == ["∂L/∂x: twice the right gradient"] or failure.looks_like == ""


def test_swapped_gradients_are_named_once():
    failure = both(lambda g, x, w: (g * x * np.cos(w), g * np.sin(w)))
    assert failure.looks_like.count("the two are swapped") == 1
    assert ";" not in failure.looks_like


def test_one_wrong_gradient_of_two_has_no_input_before_it():
    failure = both(lambda g, x, w: (2 * g * np.sin(w), g * x * np.cos(w)))
    assert failure.looks_like == "twice the right gradient"
