"""A jump, a tread or a pole somewhere else excuses no mistake here."""

import numpy as np
import pytest

import gradcheck as gc
from tests.judged import judged

X = np.array([0.3, 1.1, -2.3, 5.2, 2.9])
FREE = gc.real()

OPS = {
    "one jump": (
        lambda x: np.where(x > 0, 1.001, 1.0) * np.exp(x),
        lambda x: np.where(x > 0, 1.001, 1.0) * np.exp(x),
    ),
    "rare steps": (lambda x: x + 1e-3 * np.floor(x / 99 + 0.03), np.ones_like),
    "a pole of its slope": (
        lambda x: np.sqrt(np.abs(x)),
        lambda x: np.sign(x) / 2 / np.sqrt(np.abs(x)),
    ),
    "a table far out": (
        lambda x: np.where(np.abs(x) > 30, np.round(np.sin(x), 3), np.sin(x)),
        np.cos,
    ),
}


@pytest.mark.parametrize("name", OPS)
def test_a_right_gradient_passes(name):
    forward, derivative = OPS[name]
    assert not judged(forward, [lambda g, x: g * derivative(x)], X, domain=FREE).failures


@pytest.mark.parametrize("name", OPS)
@pytest.mark.parametrize("factor", [1 + 1e-5, 0.998, 1.009])
@pytest.mark.parametrize("index", [0, 2])
def test_a_small_mistake_in_one_entry_fails(name, factor, index):
    forward, derivative = OPS[name]

    def wrong(g, x):
        return g * derivative(x) * np.where(np.arange(x.size) == index, factor, 1.0)

    assert [c.where for c in judged(forward, [wrong], X, domain=FREE).failures] == [f"x[{index}]"]


def iterated(x):
    """√x by Newton's method, which stops at a tolerance."""
    y = np.ones_like(x)
    for _ in range(50):
        if not np.abs(y * y - x).max() > 1e-4:
            break
        y = (y + x / y) / 2
    return y


@pytest.mark.parametrize("x", [[2.0, 3.0], [1.7, 0.4, 5.0]])
def test_an_iteration_is_excused_its_tolerance_and_no_more(x):
    x = np.array(x)
    right = judged(iterated, [lambda g, x: g / 2 / np.sqrt(x)], x, domain=gc.positive())
    assert not right.failures
    wrong = judged(iterated, [lambda g, x: 1.1 * g / 2 / np.sqrt(x)], x, domain=gc.positive())
    assert wrong.failures


@pytest.mark.parametrize("wrong", [False, True])
def test_a_flat_point_is_not_excused_by_treads_elsewhere(wrong):
    """A straight-through rule without its mask: clipped entries have a derivative of zero."""

    def forward(x):
        return np.clip(np.round(4 * x), -8, 7) / 4

    def rule(g, x):
        return g * (1.0 if wrong else (np.abs(4 * x + 0.5) <= 7.5))

    tally = judged(forward, [rule], np.array([4.9, -4.7, 0.3]), domain=gc.real(-5, 5))
    assert bool(tally.failures) is wrong
    assert {c.where for c in tally.failures} <= {"x[0]", "x[1]"}
