"""Runs of several ops: events, their order, and what ends a run."""

import dataclasses

import numpy as np
import pytest

from gradcheck.results.events import CaseFinished, OpFinished, OpStarted, RunFinished, RunStarted
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict
from gradcheck.run import engine
from tests.run.some_ops import make, plain, right, wrong


def run(*specs, **settings):
    events = []
    finished = engine.run(specs, Settings(**settings), events.append)
    return finished, events


def test_events_come_in_order():
    finished, events = run(right("one"), wrong("two"), right("three"), cases=10)
    assert isinstance(events[0], RunStarted)
    assert (events[0].ops, events[0].cases) == (("one", "two", "three"), 10)
    assert events[-1] is finished
    assert not finished.interrupted
    started = [e for e in events if isinstance(e, OpStarted)]
    assert [(e.op, e.place) for e in started] == [("one", 0), ("two", 1), ("three", 2)]
    ended = [e.result for e in events if isinstance(e, OpFinished)]
    assert tuple(ended) == finished.results
    assert [r.verdict for r in ended] == [Verdict.PASS, Verdict.FAIL, Verdict.PASS]
    assert finished.count(Verdict.PASS) == 2


def test_cases_are_counted_up_while_an_op_runs():
    _, events = run(right("one"), cases=10)
    cases = [e for e in events if isinstance(e, CaseFinished)]
    assert [e.case for e in cases] == list(range(1, 11))
    assert not any(e.shrinking for e in cases)


def test_reducing_is_told():
    _, events = run(wrong("one"))
    shrinking = [e.shrinking for e in events if isinstance(e, CaseFinished)]
    assert shrinking == sorted(shrinking)
    assert True in shrinking


def test_events_are_frozen():
    _, events = run(right("one"), cases=2)
    for event in events:
        field = dataclasses.fields(event)[0].name
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(event, field, None)


def test_fail_fast_stops_at_the_first_failure():
    finished, events = run(right("a"), wrong("b"), right("c"), cases=10, fail_fast=True)
    assert [r.op for r in finished.results] == ["a", "b"]
    assert not finished.interrupted
    assert isinstance(events[-1], RunFinished)


def test_fail_fast_does_not_stop_at_a_doubtful_op():
    constant = make("a", np.ones_like, lambda g: 0 * g)
    finished, _ = run(constant, right("b"), cases=10, fail_fast=True)
    assert len(finished.results) == 2


@pytest.mark.parametrize("place", ["forward", "vjp"])
def test_an_interrupt_keeps_what_is_done(place):
    def stop(*args):
        raise KeyboardInterrupt

    forward = (lambda x: stop()) if place == "forward" else np.sin
    spec = make("stops", forward, lambda g, x: stop())
    finished, events = run(right("a"), spec, right("c"), cases=5)
    assert finished.interrupted
    assert [r.op for r in finished.results] == ["a"]
    assert events[-1] is finished


def test_what_else_is_selected_changes_nothing():
    settings = {"cases": 30, "last_case": True}
    alone, _ = run(right("b"), **settings)
    among, _ = run(wrong("a"), right("b"), right("c"), **settings)
    turned, _ = run(right("c"), right("b"), **settings)
    results = [next(r for r in f.results if r.op == "b") for f in (alone, among, turned)]
    assert plain(results[0]) == plain(results[1]) == plain(results[2])


def test_the_ops_after_a_broken_one_go_on():
    def explode(x):
        raise MemoryError("too large")

    finished, _ = run(make("a", explode, lambda g: g), right("b"), cases=5)
    assert [r.verdict for r in finished.results] == [Verdict.ERROR, Verdict.PASS]
