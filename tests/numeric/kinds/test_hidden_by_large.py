"""Above 64 entries no large derivative hides small ones, and none without a reference takes others.

Right gradients pass, and each twin with a mistake in small derivatives fails.
"""

import numpy as np
import pytest

from tests.judged import judged

X = np.linspace(1, 3, 100)
STEEP = np.where(np.arange(100) == 3, 1e-9, X)
SCALES = np.where(np.arange(100) == 7, 1e12, 1.0)
SPREAD = 10.0 ** -np.linspace(0, 10, 100)

OPS = {
    "log beside its pole": (np.log, lambda x: 1 / x, STEEP),
    "one large weight": (lambda x: SCALES * np.sin(x), lambda x: SCALES * np.cos(x), X),
    "ten orders": (lambda x: SPREAD * x**2, lambda x: SPREAD * 2 * x, X),
    "a huge cube": (lambda x: x**3, lambda x: 3 * x**2, np.r_[1e3, X]),
}


@pytest.mark.parametrize("name", OPS)
def test_a_right_gradient_passes(name):
    forward, derivative, x = OPS[name]
    tally = judged(forward, [lambda g, x: g * derivative(x)], x)
    assert not tally.failures
    assert tally.doubt is None


@pytest.mark.parametrize("name", OPS)
@pytest.mark.parametrize("factor", [0.0, 1.01, -1.0])
def test_a_mistake_in_all_but_the_largest_fails(name, factor):
    forward, derivative, x = OPS[name]

    def wrong(g, x):
        d = g * derivative(x)
        return d * np.where(np.abs(d) == np.abs(d).max(), 1.0, factor)

    assert judged(forward, [wrong], x).failures


@pytest.mark.parametrize("factor", [1.0, 0.5, 0.0])
def test_one_input_does_not_hide_another(factor):
    def forward(x, y):
        return 1e8 * x.sum() + (y * y).sum()

    rules = [lambda g, x, y: g * 1e8 * np.ones_like(x), lambda g, x, y: factor * 2 * g * y]
    assert bool(judged(forward, rules, X, X).failures) is (factor != 1.0)


APART = {
    "infinite": (np.exp, np.exp, np.r_[X, -np.inf]),
    "beside a pole": (np.log, lambda x: 1 / x, np.r_[X, 1e-12]),
    "at a jump": (lambda x: np.where(x > 5, x + 1, x), np.ones_like, np.r_[X, 5.0]),
    "at two jumps": (lambda x: x + np.floor(x / 5), np.ones_like, np.r_[5.0, X, 10.0]),
}


@pytest.mark.parametrize("name", APART)
@pytest.mark.parametrize("wrong", [None, 40])
def test_an_entry_without_a_reference_is_left_out_alone(name, wrong):
    forward, derivative, x = APART[name]

    def rule(g, x):
        d = g * derivative(x)
        if wrong is not None:
            d[wrong] *= 1.01
        return d

    tally = judged(forward, [rule], x)
    assert [c.where for c in tally.failures if c.argument] == ([] if wrong is None else ["x[40]"])
    assert tally.doubt is None
