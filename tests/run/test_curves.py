"""Curves: what differences over steps come to, and that they are kept with a failure."""

import dataclasses
import json
import math

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.numeric.curve import Curve, CurvePoint
from gradcheck.numeric.steps import STEPS
from gradcheck.results.settings import Settings
from gradcheck.run.search import check_op


def curve(error, *, analytic=1.0, low=1.0, high=1.0, rounding=lambda h: 0.0):
    points = tuple(
        CurvePoint(step=h, difference=high + error(h), rounding=rounding(h)) for h in STEPS
    )
    return Curve(
        where="x[0]", analytic=analytic, low=low, high=high, bar=1e-9, chosen=2**-12, points=points
    )


def sine(rule, **given):
    return gc.op("(...)->(...)", name="sine", **given)(np.sin).derivative(rule)


def small_settings(**given):
    return Settings(cases=20, **given)


def test_truncation_is_the_factor_of_the_squared_step():
    told = curve(lambda h: 0.25 * h * h + h**4, rounding=lambda h: 1e-16 / h)
    assert told.truncation == pytest.approx(0.25, rel=0.02)


@pytest.mark.parametrize(
    "error",
    [lambda h: 0.0, lambda h: 0.1 * h, lambda h: 1e-3, lambda h: 1e-16 / h],
    ids=["exact", "first order", "constant", "rounding"],
)
def test_an_error_of_another_order_is_no_truncation(error):
    assert curve(error, rounding=lambda h: 1e-16 / h).truncation == 0


def test_within_the_interval_of_a_kink_the_distance_is_zero():
    told = curve(lambda h: -0.5, low=0.0, high=1.0, analytic=0.5)
    assert set(told.from_reference) == {0.0}
    assert set(told.from_analytic) == {0.0}


def test_an_analytic_value_that_is_not_finite_is_infinitely_far():
    assert set(curve(lambda h: 0.0, analytic=math.nan).from_analytic) == {math.inf}


def test_a_wrong_value_comes_with_the_curve_of_its_worst_entry():
    failure = check_op(sine(lambda x: 1.5 * np.cos(x)), small_settings()).failure
    found = failure.curve
    assert found.where == failure.worst.where
    assert found.analytic == failure.worst.analytic
    assert (found.low, found.high) == (failure.worst.reference.low, failure.worst.reference.high)
    steps = [point.step for point in found.points]
    assert steps == sorted(steps, reverse=True)
    assert set(steps) <= set(STEPS)
    assert min(found.from_reference) < 1e-8
    assert min(found.from_analytic) > 0.1


def test_a_wrong_gradient_in_single_precision_has_a_curve_in_double():
    spec = sine(lambda x: 1.5 * np.cos(x), dtypes=("float32",))
    found = check_op(spec, small_settings()).failure.curve
    assert min(found.from_reference) < 1e-8


def test_points_are_plain_numbers():
    found = check_op(sine(lambda x: 1.5 * np.cos(x)), small_settings()).failure.curve
    back = json.loads(json.dumps(dataclasses.asdict(found)))
    assert back["points"][0]["step"] == found.points[0].step
    assert {type(value) for point in found.points for value in dataclasses.astuple(point)} == {
        float
    }


def test_a_broken_contract_has_no_curve():
    spec = gc.op("(...)->(...)", name="f")(np.sin).vjp(lambda g, x: np.zeros((7, 7)))
    failure = check_op(spec, small_settings()).failure
    assert failure.kind == "wrong shape"
    assert failure.curve is None


def test_what_goes_wrong_with_the_curve_hides_no_failure(monkeypatch):
    def raises(*_):
        raise RuntimeError("no curve today")

    spec = sine(lambda x: 1.5 * np.cos(x))
    with_curve = check_op(spec, small_settings()).failure
    monkeypatch.setattr("gradcheck.run.failing.curve_of", raises)
    without = check_op(spec, small_settings()).failure
    assert without.curve is None
    assert without.worst == with_curve.worst
    assert without.looks_like == with_curve.looks_like


def test_an_op_that_passes_has_a_curve_where_its_last_case_is_asked_for():
    spec = sine(lambda x: np.cos(x))  # noqa: PLW0108 - a rule is bound by its parameters
    assert check_op(spec, small_settings()).last_curve is None
    found = check_op(spec, small_settings(last_case=True)).last_curve
    assert found.analytic != 0
    assert min(found.from_analytic) < 1e-7 * max(1, abs(found.analytic))


def test_an_op_whose_gradient_is_zero_has_no_ordinary_entry():
    spec = gc.op("(...)->(...)", name="zero")(lambda x: 0 * x).vjp(lambda g, x: np.zeros(x.shape))
    assert check_op(spec, small_settings(last_case=True)).last_curve is None


def test_on_a_curved_domain_the_curve_follows_the_path_that_was_compared():
    spec = gc.op("(n,n)->()", name="logdet", domains={"x": gc.spd()})(
        lambda x: np.linalg.slogdet(x)[1]
    ).vjp(lambda g, x: 1.5 * g * np.linalg.inv(x).T)
    failure = check_op(spec, small_settings()).failure
    found = failure.curve
    assert found.analytic == failure.worst.analytic
    assert min(found.from_reference) < 1e-7 * abs(found.low)
