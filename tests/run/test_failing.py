"""After the first failing case: reduced, rooted, diagnosed."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.results.events import CaseFinished
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
@pytest.mark.parametrize("seed", [1, 2])  # with 0 equal inputs are drawn as they are, first
def test_a_gradient_is_wrong_for_equal_inputs_only_where_it_is_right_for_others(seed):
    headlines = []
    for name, vjp in (("forgetful", forgetful), ("by_value", by_value)):
        spec = gc.op("(n),(n)->(n)", name=name)(lambda x, gamma: normalized(x) * gamma)
        spec.vjp(vjp)
        failure = check_op(spec, Settings(seed=seed)).failure
        headlines.append(failure.headline)
    assert headlines == ["∂L/∂x is wrong", "the gradient is wrong where x and gamma are equal"]


def counted(clock, seconds, **settings):
    """Check a sine that is off by a half, and count calls from its first failure on."""
    calls, first = [], []

    def watched(event):
        if isinstance(event, CaseFinished) and event.shrinking and not first:
            first.append(len(calls))

    def forward(x):
        calls.append(None)
        clock(seconds)
        return np.sin(x)

    spec = make("counted", forward, lambda g, x: 0.5 * g * np.cos(x))
    result = check_op(spec, Settings(**settings), watched)
    return result, len(calls) - (first or [len(calls)])[0]


def test_a_slow_forward_is_called_less_than_200_times_after_its_first_failure(clock):
    result, calls = counted(clock, 0.02)
    assert calls < 200
    assert result.seconds < 8
    assert result.failure.headline == "∂L/∂x is wrong"
    assert result.failure.case.inputs["x"].tolist() == [0.0]
    assert result.notes in ((), ("no diagnosis within 190 calls of the forward",))


def test_with_some_more_calls_a_slow_forward_is_diagnosed(clock):
    result, calls = counted(clock, 0.02, failure_calls=400)
    assert result.failure.looks_like == "half the right gradient"
    assert result.failure.curve is not None
    assert calls <= 400


def test_more_calls_are_made_if_they_are_asked_for(clock):
    _, few = counted(clock, 0.002, failure_calls=150)
    _, many = counted(clock, 0.002, failure_calls=2000)
    assert few < 200 < many <= 2000


def test_a_quick_forward_is_called_often_enough_to_see_where_it_fails(clock):
    def vjp(g, x):
        return g * np.where(x < -1, 1, np.sign(x))

    failure = gc.check(make("side", np.abs, vjp, "(n)->(n)")).failure
    assert failure.only_where == "x < −1"
    assert "wrong sign" in failure.looks_like


def test_without_a_diagnosis_a_failure_is_reduced_and_proven():
    failure = gc.check(
        make("half", np.sin, lambda g, x: 0.5 * g * np.cos(x)), diagnose=False
    ).failure
    assert (failure.looks_like, failure.only_where, failure.curve) == ("", "", None)
    assert failure.case.inputs["x"].tolist() == [0.0]
    assert failure.worst.reference.bar < 1e-10


def test_a_case_keeps_its_kind_of_failure_while_it_shrinks():
    def vjp(g, x):
        return g[..., :1] if x.size > 3 else 2 * g * np.cos(x)

    kinds = {gc.check(make("two", np.sin, vjp, "(n)->(n)"), seed=s).failure.kind for s in range(3)}
    assert kinds <= {Kind.VALUE, Kind.SHAPE}
    for seed in range(3):
        failure = gc.check(make("two", np.sin, vjp, "(n)->(n)"), seed=seed).failure
        size = failure.case.inputs["x"].size
        assert (size > 3) == (failure.kind is Kind.SHAPE)
