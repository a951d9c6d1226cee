"""Runs and failures to show on a page."""

import pytest

from gradcheck.numeric.curve import Curve, CurvePoint
from gradcheck.numeric.steps import STEPS
from gradcheck.reports.report import Report
from gradcheck.results.events import RunFinished
from gradcheck.results.failure import CaseReport, Failure
from gradcheck.results.kind import Kind
from gradcheck.results.result import Result
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict


def _report_of(*results, **given):
    return Report(
        finished=RunFinished(results, 3.21, False),
        planned=len(results),
        settings=Settings(seed=7),
        command_for=lambda op: f"gradcheck run {op} --seed 7",
        **given,
    )


def _failing(values, gradient, comparisons, *, name="x", where=0, curve=None):
    case = CaseReport(
        inputs={name: values}, gradients={name: gradient}, comparisons=tuple(comparisons)
    )
    failure = Failure(
        kind=Kind.VALUE,
        headline=f"∂L/∂{name} is wrong",
        message="",
        argument=name,
        case=case,
        worst=comparisons[where],
        curve=curve,
    )
    return Result(op="f", verdict=Verdict.FAIL, failure=failure)


def _curve(**given):
    points = tuple(
        CurvePoint(step=h, difference=1 + h * h + 1e-17 / h, rounding=4e-16 / h) for h in STEPS
    )
    told = {"analytic": 1.5, "low": 1.0, "high": 1.0, "bar": 1e-10, "chosen": STEPS[5]}
    return Curve(where="x[0]", **{"points": points, **told, **given})


@pytest.fixture
def report_of():
    """Make the report of a run from its results."""
    return _report_of


@pytest.fixture
def failing():
    """Make the result of an op with wrong values."""
    return _failing


@pytest.fixture
def make_curve():
    """Make the curve of a wrong gradient, with what a test needs otherwise."""
    return _curve
