"""All that is wrong with one case: each once, worst first, hazards apart."""

import numpy as np
import pytest

from gradcheck.cases.case import Case
from gradcheck.checks.findings import Findings, Outcome
from gradcheck.checks.subject import Subject
from gradcheck.checks.trial import Trial
from gradcheck.checks.violation import Violation
from gradcheck.results.failure import CaseReport
from gradcheck.results.kind import Kind

REPORT = CaseReport(inputs={})


def findings(hazards="note"):
    subject = Subject(
        name="op",
        forward=np.sin,
        vjp=lambda g, xs, params, out: g,
        rtol=1e-8,
        hazards=hazards,
    )
    return Findings(Trial(subject, Case(inputs=(np.ones(2),), names=("x",))))


def violation(kind):
    return Violation(kind, f"headline of {kind.name}", f"message of {kind.name}")


def concluded(*kinds, hazards="note"):
    collected = findings(hazards)
    for kind in kinds:
        collected.violated(violation(kind), kind.name)
    return collected.concluded(Outcome(report=REPORT, unusable="noisy"))


@pytest.mark.parametrize("order", [1, -1])
def test_form_comes_before_value_and_value_before_all_else(order):
    kinds = [Kind.SHAPE, Kind.VALUE, Kind.MUTATION][::order]
    failure = concluded(*kinds).failure
    assert failure.kind is Kind.SHAPE
    assert failure.besides == ("message of VALUE", "message of MUTATION")


def test_what_is_found_twice_is_told_once():
    failure = concluded(Kind.MUTATION, Kind.MUTATION).failure
    assert failure.besides == ()


def test_a_hazard_alone_is_a_note():
    outcome = concluded(Kind.ALIASING)
    assert outcome.failure is None
    assert outcome.notes == ("hazard: headline of ALIASING",)
    assert outcome.unusable == "noisy"


def test_a_hazard_beside_a_failure_stands_in_its_panel():
    outcome = concluded(Kind.ALIASING, Kind.ZERO)
    assert outcome.failure.kind is Kind.ZERO
    assert outcome.failure.besides == ("message of ALIASING",)
    assert (outcome.notes, outcome.unusable) == ((), "")


def test_where_hazards_fail_they_come_last():
    assert concluded(Kind.ALIASING, hazards="fail").failure.kind is Kind.ALIASING
    assert concluded(Kind.REFUSED, Kind.ZERO, hazards="fail").failure.kind is Kind.ZERO


def test_a_property_that_could_not_be_checked_is_no_failure():
    collected = findings()
    collected.note("it could not be checked")
    assert collected.concluded(None).notes == ("it could not be checked",)
