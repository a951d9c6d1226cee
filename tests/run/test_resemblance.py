"""The look of a gradient beside one difference: wrong, right, or unclear."""

from dataclasses import replace

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.checks.examine import examine
from gradcheck.checks.subject import subject_of
from gradcheck.run.resemblance import Look, glance, is_of_values
from tests.run.some_ops import make, right, wrong

CASE = Case(inputs=(np.array([0.5, -1.0, 2.0]),), names=("x",))


def look(spec, *entries, argument="x"):
    x = np.array(entries or [0.5, -1.0, 2.0])
    return glance(subject_of(spec), Case(inputs=(x,), names=("x",)), argument)


def test_a_wrong_gradient_looks_wrong_and_a_right_one_right():
    assert look(wrong()) is Look.WRONG
    assert look(right()) is Look.RIGHT
    assert look(wrong(), argument=None) is Look.WRONG


def test_three_calls_are_enough():
    calls = []

    def forward(x):
        calls.append(x)
        return np.sin(x)

    look(make("counted", forward, lambda g, x: -g * np.cos(x)))
    assert len(calls) == 3


@pytest.mark.parametrize("factor", [1 + 1e-4, 0.5, 2, -1])
def test_a_single_wrong_entry_shows(factor):
    def vjp(g, x):
        dx = g * np.cos(x)
        dx[1] *= factor
        return dx

    assert look(make("one", np.sin, vjp)) is Look.WRONG


@pytest.mark.parametrize("slope", [0.0, 0.3, 1.0])
def test_at_a_kink_any_slope_between_may_be_right(slope):
    relu = make("relu", lambda x: np.maximum(x, 0), lambda g, x: g * np.where(x == 0, slope, x > 0))
    assert look(relu, 0.0) is not Look.WRONG
    assert look(relu, 1.0, -1.0) is Look.RIGHT


def test_another_argument_is_not_looked_at():
    spec = gc.op("(n),(n)->(n)", name="two")(lambda x, y: x * y)
    subject = subject_of(spec.vjp(lambda g, x, y: (2 * g * y, g * x)))
    case = Case(inputs=(np.ones(2), np.ones(2)), names=("x", "y"))
    assert glance(subject, case, "x") is Look.WRONG
    assert glance(subject, case, "y") is Look.RIGHT
    assert glance(subject, case, None) is Look.WRONG


def test_a_case_that_fails_otherwise_does_not_fail_alike():
    def raises(x):
        raise ValueError

    assert look(make("raises", raises, lambda g: g)) is Look.RIGHT
    assert look(make("rule", np.sin, lambda g: g.no_such_thing)) is Look.RIGHT
    assert look(make("shape", np.sin, lambda g, x: g[:1])) is Look.RIGHT
    assert look(make("infinite", np.log, lambda g, x: g), -1.0) is Look.RIGHT
    assert glance(subject_of(wrong()), Case(inputs=(np.ones(0),), names=("x",)), "x") is Look.RIGHT


def test_a_short_dtype_is_looked_at_in_double_precision_or_not_at_all():
    case = replace(CASE, inputs=(CASE.inputs[0].astype(np.float32),), dtype="float32")
    subject = subject_of(wrong())
    assert glance(subject, case, "x") is Look.WRONG
    assert glance(replace(subject, widens=False), case, "x") is Look.UNCLEAR


def test_only_wrong_values_of_a_vjp_can_be_told_by_a_look():
    failure = examine(subject_of(wrong()), CASE).failure
    assert is_of_values(failure)
    assert not is_of_values(replace(failure, broken="batch"))
    assert not is_of_values(replace(failure, worst=replace(failure.worst, rule="jvp")))
    shape = examine(subject_of(make("shape", np.sin, lambda g, x: g[:1])), CASE).failure
    assert not is_of_values(shape)
