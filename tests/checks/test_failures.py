"""Failures in words."""

import numpy as np
import pytest

from gradcheck.checks.exceptions import OpRaised
from gradcheck.checks.failures import hinted, location_in, of_raise, of_values, of_violation
from gradcheck.checks.subject import Subject
from gradcheck.checks.violation import Violation
from gradcheck.numeric.comparison import Comparison, Reference
from gradcheck.results.failure import CaseReport, Failure
from gradcheck.results.kind import Kind
from gradcheck.spec.binding import Location

REPORT = CaseReport(inputs={"x": np.ones(2)})


def slow(x):
    return np.array([np.sin(v) for v in x])


SUBJECT = Subject(
    name="op",
    forward=np.sin,
    vjp=lambda g, xs, params, out: g,
    rtol=1e-8,
    reference=slow,
    location=Location("rule.py", 3),
    jvp_location=Location("rule.py", 5),
    forward_location=Location("rule.py", 1),
)


def comparison(where, analytic, argument="x", rule="vjp"):
    reference = Reference(low=1.0, high=1.0, bar=1e-9, method="differences", step=0.1)
    return Comparison(
        where=where,
        argument=argument,
        analytic=analytic,
        reference=reference,
        tolerance=1e-8,
        rule=rule,
    )


def test_a_violation_is_told_with_its_property_and_its_place():
    violation = Violation(Kind.REFERENCE, "it differs", "It differs.", culprit="forward")
    failure = of_violation(SUBJECT, violation, "reference")
    assert (failure.broken, failure.headline) == ("reference", "it differs")
    assert failure.location == SUBJECT.forward_location


def test_the_furthest_entry_stands_for_wrong_values():
    found = [comparison("x[0]", 2.0), comparison("x[1]", -7.0)]
    failure = of_values(SUBJECT, found, REPORT)
    assert (failure.kind, failure.worst.where) == (Kind.VALUE, "x[1]")
    assert failure.message == (
        "At x[1] the analytic derivative is -7; the numeric one is 1 ± 1e-09."
    )


@pytest.mark.parametrize(
    ("comparisons", "headline", "kind"),
    [
        (
            [comparison("x[0]", 2.0), comparison("y[0]", 3.0, "y")],
            "∂L/∂x and ∂L/∂y are wrong",
            Kind.VALUE,
        ),
        ([comparison("x[0]", np.nan)], "∂L/∂x is not finite", Kind.NONFINITE),
        ([comparison("a random direction", 2.0, None)], "the gradient is wrong", Kind.VALUE),
        ([comparison("a random direction", 2.0, None, "jvp")], "the jvp is wrong", Kind.JVP),
    ],
)
def test_headlines_of_wrong_values(comparisons, headline, kind):
    failure = of_values(SUBJECT, comparisons, REPORT)
    assert (failure.headline, failure.kind) == (headline, kind)


def test_entries_come_before_directions():
    direction = comparison("a random direction", 1e9, None)
    assert of_values(SUBJECT, [direction, comparison("x[0]", 2.0)], REPORT).worst.where == "x[0]"


@pytest.mark.parametrize(
    ("message", "ending"),
    [("it failed", "it failed. Try that."), ("it failed!", "it failed! Try that.")],
)
def test_a_hint_ends_the_message(message, ending):
    failure = Failure(kind=Kind.RAISED, headline="h", message=message)
    assert hinted(failure, "Try that.").message == ending


def test_a_second_hint_takes_the_place_of_the_first():
    failure = hinted(Failure(kind=Kind.RAISED, headline="h", message="it failed"), "Try this.")
    again = hinted(failure, "Try that.")
    assert (again.message, again.hint) == ("it failed. Try that.", "Try that.")


def test_an_exception_is_laid_to_the_function_that_raised_it():
    failure = of_raise(SUBJECT, OpRaised(ValueError("no"), "jvp"), broken="adjoint")
    assert (failure.headline, failure.broken) == ("the jvp raised ValueError", "adjoint")
    assert failure.location == SUBJECT.jvp_location


def test_each_function_has_a_place():
    assert location_in(SUBJECT, "vjp").line == 3
    assert location_in(SUBJECT, "reference").file == __file__
