"""A formula that cancels does not widen its own bar, and a stable twin passes."""

import numpy as np
import pytest

from tests.judged import judged


def log_variance(x):
    return np.log(((x - x.mean()) ** 2).mean())


def stable_variance(g, x):
    return g * 2 * (x - x.mean()) / x.size / ((x - x.mean()) ** 2).mean()


def unstable_variance(g, x):
    return g * 2 * (x - x.mean()) / x.size / ((x * x).mean() - x.mean() ** 2)


OPS = {
    "log variance": (
        log_variance,
        stable_variance,
        unstable_variance,
        1e6 + np.array([0.0, 1.0, 3.0]),
    ),
    "1 / (x² + 1) of a difference": (
        np.arctan,
        lambda g, x: g / (x * x + 1),
        lambda g, x: g * ((x + 1e9) - 1e9) / x / (x * x + 1),
        np.array([0.3, 0.7]),
    ),
    "square by a secant": (
        np.square,
        lambda g, x: 2 * g * x,
        lambda g, x: g * ((x + 1e9) ** 2 - x * x - 1e18) / 1e9,
        np.array([0.3, -0.7]),
    ),
    "product by quotient": (
        lambda x: x.prod(),
        lambda g, x: g * np.array([x[1], x[0]]),
        lambda g, x: g * (x.prod() + 1e10 - 1e10) / x,
        np.array([1e-3, 0.7]),
    ),
}


@pytest.mark.parametrize("name", OPS)
def test_a_stable_formula_passes(name):
    forward, stable, _, x = OPS[name]
    tally = judged(forward, [stable], x)
    assert not tally.failures


@pytest.mark.parametrize("name", OPS)
@pytest.mark.parametrize("seed", [2, 3, 4])
def test_an_unstable_one_fails(name, seed):
    forward, _, unstable, x = OPS[name]
    assert judged(forward, [unstable], x, seed=seed).failures


def test_far_out_a_tie_that_is_counted_twice_fails():
    def rule(g, x, y):
        out = np.logaddexp(x, y)
        return g * np.exp(x - out)

    x = np.array([2e50])
    rules = [rule, lambda g, x, y: rule(g, y, x)]
    assert [c.where for c in judged(np.logaddexp, rules, x, x).failures] == ["2 ties at 2e+50"]
    halves = [lambda g, x, y: g / 2] * 2
    assert not judged(np.logaddexp, halves, x, x).failures
