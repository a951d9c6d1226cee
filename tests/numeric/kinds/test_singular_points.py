"""Points nearer to a singular one than the shortest step: slopes there are out of reach."""

import numpy as np
import pytest

from tests.judged import judged


def power(p):
    def forward(x):
        return np.abs(x) ** p

    def rule(g, x):
        return g * p * np.sign(x) * np.abs(x) ** (p - 1)

    return forward, rule


def entropy(x):
    return np.abs(x) * np.log(np.abs(x))


def entropy_rule(g, x):
    return g * np.sign(x) * (np.log(np.abs(x)) + 1)


def length(x):
    return np.sqrt(np.sqrt(np.abs(x).sum()))


def length_rule(g, x):
    return g * np.sign(x) / 4 * np.abs(x).sum() ** -0.75


OPS = {
    **{f"|x|^{p}": power(p) for p in (0.5, 0.9, 0.995, 0.9999, 1.01, 1.5, 1.8)},
    "|x| log |x|": (entropy, entropy_rule),
    "a root of a norm": (length, length_rule),
}


@pytest.mark.parametrize("x", [[1e-20], [1e-160, -2e-20], [3e-18, 1e-30]])
@pytest.mark.parametrize("name", OPS)
def test_a_right_gradient_nearer_than_the_shortest_step_never_fails(name, x):
    forward, rule = OPS[name]
    assert not judged(forward, [rule], np.array(x)).failures


@pytest.mark.parametrize("name", OPS)
@pytest.mark.parametrize("factor", [0.0, 1.001, -1.0])
def test_further_away_a_wrong_one_fails(name, factor):
    forward, rule = OPS[name]
    x = np.array([0.3, 1.7])
    assert not judged(forward, [rule], x).failures
    assert judged(forward, [lambda g, x: factor * rule(g, x)], x).failures


@pytest.mark.parametrize(
    "forward",
    [
        np.abs,
        lambda x: np.abs(x) + x * x,
        lambda x: np.abs(np.sin(x)),
        lambda x: np.maximum(x, 0.3 * x),
    ],
    ids=["abs", "with curvature", "of a sine", "leaky"],
)
@pytest.mark.parametrize("slope", [1.2, -1.2])
def test_a_kink_is_still_a_kink(forward, slope):
    tally = judged(forward, [lambda g, x: slope * g], np.array([0.0]))
    assert tally.failures
    assert not judged(forward, [lambda g, x: 0.5 * g], np.array([0.0])).failures
    assert all(c.reference.kink for c in tally.failures)


@pytest.mark.parametrize("slope", [1e-6, -0.1])
def test_a_jump_of_the_second_derivative_is_no_singular_point(slope):
    assert judged(lambda x: x * np.abs(x), [lambda g, x: slope * g], np.array([0.0])).failures
