"""One attempt at a case: its properties, its deadline, mistakes that are not the op's."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.cases.case import Case
from gradcheck.checks.subject import subject_of
from gradcheck.results.events import CaseFinished, CaseStarted
from gradcheck.results.kind import Kind
from gradcheck.results.settings import Settings
from gradcheck.run.attempt import Attempts, OurMistake
from gradcheck.run.budget import OutOfTime
from tests.run.some_ops import right, wrong

CASE = Case(inputs=(np.array([0.5, 2.0]),), names=("x",))


def attempts(spec, listener=lambda event: None, **settings):
    return Attempts(spec, subject_of(spec), Settings(**settings), listener)


def test_a_case_is_examined_and_its_calls_are_counted():
    attempt = attempts(right())
    outcome = attempt.outcome(CASE, None)
    assert outcome.failure is None
    assert outcome.tally.probes >= 2
    assert attempt.calls.count > 2


def test_properties_on_request_are_due_on_every_turn():
    plain, asked = attempts(right()), attempts(right(), also=("tails",))
    for turn in range(6):
        case = replace(CASE, turn=turn)
        names = {each.name for each in asked.due(case)}
        assert names - {each.name for each in plain.due(case)} == {"tails"}


def test_without_a_limit_it_is_never_late():
    assert attempts(right()).deadline == float("inf")
    assert not attempts(right()).is_late


def test_a_forward_after_the_deadline_leaves_the_case():
    attempt = attempts(right(), max_time=1e-9)
    assert attempt.is_late
    with pytest.raises(OutOfTime), attempt.in_time():
        attempt.outcome(CASE, None)


def test_an_error_of_our_own_is_carried_as_such(monkeypatch):
    def broken(*_, **__):
        raise KeyError("ours")

    monkeypatch.setattr("gradcheck.run.attempt.examine", broken)
    with pytest.raises(OurMistake) as caught:
        attempts(right()).outcome(CASE, None)
    assert isinstance(caught.value.error, KeyError)


def test_a_case_fails_alike_only_by_kind_and_argument():
    events = []
    attempt = attempts(wrong(), events.append)
    failure = attempt.outcome(CASE, None).failure
    assert attempt.fails_like(failure, 7)(CASE)
    assert not attempt.fails_like(replace(failure, kind=Kind.SHAPE), 7)(CASE)
    assert not attempt.fails_like(replace(failure, argument="y"), 7)(CASE)
    started, finished = events[:2]
    assert isinstance(started, CaseStarted)
    assert finished == CaseFinished("wrong", 7, shrinking=True)


def test_when_it_is_late_nothing_fails_any_more():
    events = []
    failure = attempts(wrong()).outcome(CASE, None).failure
    assert not attempts(wrong(), events.append, max_time=1e-9).fails_like(failure, 7)(CASE)
    assert not events
