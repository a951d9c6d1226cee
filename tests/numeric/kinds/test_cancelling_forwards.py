"""A forward that cancels is flat over short steps: its slope is that of longer ones."""

import math

import numpy as np
import pytest

from tests.judged import judged

erf = np.vectorize(math.erf, otypes=[float])
erfc = np.vectorize(math.erfc, otypes=[float])


def variance(x):
    return ((x + 1e7) ** 2).mean() - (x + 1e7).mean() ** 2


def normal(x):
    return np.exp(-x * x / 2) / np.sqrt(2 * np.pi)


OPS = {
    "1 − cos x": (lambda x: 1 - np.cos(x), lambda g, x: g * np.sin(x), [6e-12]),
    "exp(x²) − 1": (
        lambda x: np.exp(x * x) - 1,
        lambda g, x: g * 2 * x * np.exp(x * x),
        [3e-11, -2e-10],
    ),
    "√(1 + x²) − 1": (
        lambda x: np.sqrt(1 + x * x) - 1,
        lambda g, x: g * x / np.sqrt(1 + x * x),
        [4e-12],
    ),
    "log(1 + x²)": (lambda x: np.log(1 + x * x), lambda g, x: g * 2 * x / (1 + x * x), [7e-12]),
    "a shifted variance": (
        variance,
        lambda g, x: g * 2 * (x - x.mean()) / x.size,
        [-5.1629462, 0.0],
    ),
    "a normal tail": (lambda x: (1 + erf(x / np.sqrt(2))) / 2, lambda g, x: g * normal(x), [-7.6]),
    "gelu's tail": (
        lambda x: x / 2 * (1 + erf(x / np.sqrt(2))),
        lambda g, x: g * (erfc(-x / np.sqrt(2)) / 2 + x * normal(x)),
        [-7.8, -7.7],
    ),
}


@pytest.mark.parametrize("seed", [2, 3])
@pytest.mark.parametrize("name", OPS)
def test_the_slope_of_longer_steps_passes(name, seed):
    forward, rule, x = OPS[name]
    tally = judged(forward, [rule], np.array(x), seed=seed)
    assert not tally.failures
    assert tally.doubt is None


@pytest.mark.parametrize("factor", [-1.0, 3.0])
@pytest.mark.parametrize("name", sorted(set(OPS) - {"a shifted variance"}))
def test_a_multiple_of_it_fails(name, factor):
    forward, rule, x = OPS[name]
    assert judged(forward, [lambda g, x: factor * rule(g, x)], np.array(x)).failures


@pytest.mark.parametrize("x", [-1e-3, -1e-5])
@pytest.mark.parametrize("slope", [0.0, 1e-3, 1.0])
def test_a_flat_side_beside_a_kink_is_no_cancellation(x, slope):
    tally = judged(lambda x: np.maximum(x, 0), [lambda g, x: g * slope], np.array([x]))
    assert bool(tally.failures) is (slope > 0)
