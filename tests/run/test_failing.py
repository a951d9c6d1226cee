"""After the first failing case: reduced, rooted, diagnosed."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.results.kind import Kind
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict
from gradcheck.run.search import check_op
from tests.run.some_ops import make


def normalized(x):
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1)


def forgetful(g, x, gamma):
    """Layer norm's vjp that leaves out the last term by x: zero if gamma is constant."""
    dx = g * gamma
    dx = (dx - dx.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1)
    return dx, g * normalized(x)


def by_value(g, x, gamma):
    """Right, but for equal values, which it takes for one array."""
    dx = g * gamma
    xhat = normalized(x)
    inner = (
        dx - dx.mean(-1, keepdims=True) - xhat * (dx * xhat).mean(-1, keepdims=True)
    ) / np.sqrt(x.var(-1, keepdims=True) + 1)
    dgamma = g * xhat
    return (inner + dgamma, dgamma) if np.array_equal(x, gamma) else (inner, dgamma)


def test_an_op_that_differs_between_calls_fails_and_says_so():
    rng = np.random.default_rng(0)
    spec = make("random_gradient", np.sin, lambda g, x: g * np.cos(x) * rng.uniform(0.5, 1.5))
    result = gc.check(spec)
    assert result.verdict is Verdict.FAIL
    assert result.failure.kind is Kind.DETERMINISM
    assert result.failure.broken == "determinism"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_gradient_is_wrong_for_equal_inputs_only_where_it_is_right_for_others(seed):
    headlines = []
    for name, vjp in (("forgetful", forgetful), ("by_value", by_value)):
        spec = gc.op("(n),(n)->(n)", name=name)(lambda x, gamma: normalized(x) * gamma)
        spec.vjp(vjp)
        failure = check_op(spec, Settings(seed=seed)).failure
        headlines.append(failure.headline)
    assert headlines == ["∂L/∂x is wrong", "the gradient is wrong where x and gamma are equal"]
