"""A right gradient may leave the rounding of its terms where they cancel, and no more."""

import numpy as np
import pytest

from tests.judged import judged


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def equal_logits(x):
    return -np.log(softmax(x * np.ones(3))[0])


def equal_logits_rule(g, x):
    d = softmax(x * np.ones(3))
    d[0] -= 1
    return g * np.array([d.sum()])


def shifted(x):
    """A loss that a common shift of the logits leaves alone."""
    return -np.log(softmax(np.array([1.0, 2.0, 4.0]) + x)[2])


def shifted_rule(g, x):
    d = softmax(np.array([1.0, 2.0, 4.0]) + x)
    d[2] -= 1
    return g * np.array([d.sum()])


def cosine(x):
    """The cosine of the angle between x (1, 2, 3) and (1, 2, 3): always 1."""
    v = x * np.array([1.0, 2.0, 3.0])
    return v @ np.array([1.0, 2.0, 3.0]) / np.sqrt(v @ v) / np.sqrt(14.0)


def cosine_rule(g, x):
    a = np.array([1.0, 2.0, 3.0])
    v = x * a
    n = np.sqrt(v @ v)
    return g * np.array([((a / n - v * (v @ a) / n**3) / np.sqrt(14.0)) @ a])


OPS = {
    "equal logits": (equal_logits, equal_logits_rule, [9e5, 3.0, -7e8]),
    "a common shift": (shifted, shifted_rule, [0.1, 1e4, -3e5]),
    "a cosine of one": (cosine, cosine_rule, [0.7, 1e-3, 1e3]),
}


@pytest.mark.parametrize(("name", "x"), [(n, x) for n in OPS for x in OPS[n][2]])
@pytest.mark.parametrize("seed", [2, 3])
def test_what_cancels_to_rounding_passes(name, x, seed):
    forward, rule, _ = OPS[name]
    tally = judged(forward, [rule], np.array([x]), seed=seed)
    assert not tally.failures
    assert tally.doubt is None


@pytest.mark.parametrize(("name", "x"), [(n, x) for n in OPS for x in OPS[n][2]])
def test_a_rest_beyond_rounding_fails(name, x):
    forward, rule, _ = OPS[name]
    assert judged(forward, [lambda g, x: rule(g, x) + 1e-9 * g], np.array([x])).failures
