"""Whether two computations of one gradient agree, within what rounding explains."""

import numpy as np
import pytest

from gradcheck.cases.case import Case
from gradcheck.checks.agreement import difference
from gradcheck.checks.subject import Subject
from gradcheck.checks.trial import Trial

X = np.array([[1.0, -2.0, 3.0], [0.5, 0.25, -4.0]])


def trial(forward=np.sin, vjp=lambda g, x: g * np.cos(x), x=X):
    subject = Subject(
        name="op", forward=forward, vjp=lambda g, xs, params, out: vjp(g, *xs), rtol=1e-8
    )
    found = Trial(subject, Case(inputs=(x,), names=("x",), dtype=str(x.dtype)))
    assert found.call_forward() is None
    found.call_vjp()
    assert found.breach is None
    return found


def test_the_same_numbers_agree():
    run = trial()
    assert difference(run, run.gradients_at(), run.gradients) is None


def test_the_entry_that_is_furthest_off_is_named():
    run = trial()
    moved = run.gradients["x"].copy()
    moved[0, 1] += 1e-6
    moved[1, 2] += 1e-3
    found = difference(run, {"x": moved}, run.gradients)
    assert (found.argument, found.where) == ("x", "x[1,2]")
    assert found.result - found.expected == pytest.approx(1e-3)
    assert str(found).endswith("at x[1,2]")


def test_a_rounding_is_no_difference():
    run = trial()
    assert difference(run, {"x": run.gradients["x"] * (1 + 4e-16)}, run.gradients) is None


def test_what_cancels_may_be_off_by_what_it_was_made_of():
    def softmax(x):
        e = np.exp(x - x.max())
        return e / e.sum()

    def vjp(g, x):
        p = softmax(x)
        return p * (g - (g * p).sum())

    run = trial(softmax, vjp, np.array([40.0, 0.0, 0.0]))
    other = {"x": run.gradients["x"] + np.array([2e-16, 0, 0])}
    assert difference(run, other, run.gradients) is None


def test_what_is_not_finite_has_nothing_to_agree_with_but_must_not_appear():
    run = trial()
    wanted = {"x": np.where(X == 1, np.nan, run.gradients["x"])}
    assert difference(run, run.gradients, wanted) is None
    found = difference(run, wanted, run.gradients)
    assert found.where == "x[0,0]"


def test_a_sum_in_another_order_agrees():
    weights = np.linspace(0.1, 1, 3000)
    run = trial(lambda x: x * weights, lambda g, x: np.sum(g * weights, keepdims=True), np.ones(1))
    backwards = {"x": np.array([sum((run.cotangents[0] * weights)[::-1].tolist())])}
    assert difference(run, backwards, run.gradients) is None
