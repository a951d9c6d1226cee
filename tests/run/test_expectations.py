"""Ops that are expected to fail, skipped, or out of time."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.results.events import CaseFinished, OpFinished, OpStarted
from gradcheck.results.result import Result
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict
from gradcheck.run.engine import run
from gradcheck.run.expectations import as_expected


def spec(name, factor):
    return gc.op("(...)->(...)", name=name)(np.sin).vjp(lambda g, x: factor * g * np.cos(x))


RIGHT, WRONG = spec("right", 1), spec("wrong", 2)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("PASS", "XPASS"),
        ("FAIL", "XFAIL"),
        ("ERROR", "XFAIL"),
        ("CRASH", "XFAIL"),
        ("TIMEOUT", "XFAIL"),
        ("INCONCLUSIVE", "INCONCLUSIVE"),
        ("VACUOUS", "VACUOUS"),
    ],
)
def test_what_an_expectation_makes_of_a_verdict(before, after):
    result = Result(op="a", verdict=Verdict(before), cases=3, reason="as it was")
    judged = as_expected(result, "issue 12")
    assert judged.verdict == after
    assert judged.cases == 3
    assert ("issue 12" in judged.reason) == (before != after)
    assert as_expected(result, "") is result


def events_of(specs, **given):
    events = []
    finished = run(specs, Settings(cases=3, shrink=False, diagnose=False, **given), events.append)
    return finished, events


def test_a_failure_that_is_expected_does_not_stop_the_run():
    finished, _ = events_of([WRONG, RIGHT], xfail={"wrong": "issue 12"}, fail_fast=True)
    assert [r.verdict for r in finished.results] == ["XFAIL", "PASS"]
    assert finished.results[0].failure is not None


def test_a_pass_that_is_not_expected_stops_it():
    finished, _ = events_of([RIGHT, WRONG], xfail={"right": "issue 12"}, fail_fast=True)
    (result,) = finished.results
    assert result.verdict == "XPASS"
    assert result.reason == "it passes, though it is expected to fail: issue 12"
    assert not result


def test_a_skipped_op_is_told_and_not_run():
    finished, events = events_of([WRONG, RIGHT], skip={"wrong": "slow"})
    assert [(r.verdict, r.reason) for r in finished.results] == [("SKIP", "slow"), ("PASS", "")]
    assert not finished.results[0]
    assert {e.op for e in events if isinstance(e, OpStarted | CaseFinished)} == {"right"}
    assert [e.result.op for e in events if isinstance(e, OpFinished)] == ["wrong", "right"]


def test_ops_that_a_run_has_no_time_for_are_told():
    finished, _ = events_of([RIGHT, WRONG], max_run_time=1e-9)
    for result in finished.results:
        assert result.verdict == "VACUOUS"
        assert result.reason == "not run: the 1e-09 s that the run may take are used up"


def test_an_op_gets_no_more_time_than_is_left():
    endless = Settings(cases=10**6, max_run_time=0.05, diagnose=False)
    finished = run([RIGHT, RIGHT], endless, lambda event: None)
    first, second = finished.results
    assert first.notes[0].startswith("stopped after 0.0")
    assert second.verdict == "VACUOUS"
    assert finished.seconds < 60


def test_a_budget_does_not_change_the_cases():
    plain, _ = events_of([RIGHT])
    limited, _ = events_of([RIGHT], max_run_time=1000)
    assert plain.results[0].probes == limited.results[0].probes
    assert plain.results[0].margin == limited.results[0].margin
