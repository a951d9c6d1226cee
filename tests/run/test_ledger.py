"""The ledger of a run: who is next, what counts, when it stops."""

import pytest

from gradcheck.results.events import OpFinished, OpStarted, RunFinished, RunStarted
from gradcheck.results.result import Result
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict
from gradcheck.run.ledger import Ledger, run
from tests.run.some_ops import right

SPECS = [right(name) for name in "abcd"]


def ledger(**settings):
    events = []
    return Ledger(SPECS, Settings(**settings), events.append, {}), events


def result(place, verdict=Verdict.PASS):
    return Result(op=SPECS[place].name, verdict=verdict)


def test_ops_are_handed_out_in_order():
    book, _ = ledger()
    assert book.waiting == 4
    assert [book.next()[1] for _ in range(4)] == [0, 1, 2, 3]
    assert not book.settle_unchecked()


def test_results_are_in_order_whichever_came_first():
    book, _ = ledger()
    for place in (2, 0, 3, 1):
        book.finish(place, result(place))
    assert [each.op for each in book.results] == list("abcd")


def test_an_op_is_finished_once():
    book, events = ledger()
    book.finish(0, result(0))
    book.finish(0, result(0, Verdict.FAIL))
    assert [each.verdict for each in book.results] == [Verdict.PASS]
    assert len(events) == 1
    assert not book.wants(0)


def test_an_op_begins_once():
    book, events = ledger()
    book.start(1)
    book.start(1)
    assert events == [OpStarted("b", 1)]


def test_after_the_first_failure_only_earlier_ops_count():
    book, events = ledger(fail_fast=True)
    for _ in range(3):
        book.next()
    book.finish(1, result(1, Verdict.FAIL))
    assert book.waiting == 0
    assert book.wants(0)
    assert not book.wants(2)
    book.start(2)
    book.finish(2, result(2))
    book.finish(0, result(0))
    assert [each.op for each in book.results] == ["a", "b"]
    assert [event.result.op for event in events if isinstance(event, OpFinished)] == ["b", "a"]


def test_so_many_failures_end_the_run_wherever_they_finish():
    book, _ = ledger(max_failures=2)
    for _ in range(4):
        book.next()
    book.finish(3, result(3, Verdict.FAIL))
    assert book.wants(2)
    book.finish(2, result(2, Verdict.FAIL))
    assert [each.op for each in book.results] == ["c", "d"]
    book.finish(1, result(1, Verdict.FAIL))  # now d is behind the second failure
    assert [each.op for each in book.results] == ["b", "c"]
    assert book.wants(0)


def test_a_failure_that_is_expected_does_not_stop_the_run():
    book, _ = ledger(fail_fast=True, xfail={"b": "known"})
    book.finish(1, result(1, Verdict.FAIL))
    assert book.results[0].verdict is Verdict.XFAIL
    assert book.wants(3)


def test_skipped_ops_are_finished_without_being_handed_out():
    book, _ = ledger(skip={"a": "slow", "b": "slow", "d": "slow"})
    assert book.settle_unchecked()
    assert book.next()[1] == 2
    assert not book.settle_unchecked()
    assert {each.op: each.verdict for each in book.results} == dict.fromkeys("abd", Verdict.SKIP)


def test_an_interrupted_run_keeps_what_is_finished():
    book, events = ledger()

    def run_all():
        book.finish(0, result(0))
        raise KeyboardInterrupt

    finished = run(book, run_all)
    assert finished.interrupted
    assert [each.op for each in finished.results] == ["a"]
    assert isinstance(events[0], RunStarted)
    assert isinstance(events[-1], RunFinished)


def test_other_errors_are_not_swallowed():
    def fails():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(ledger()[0], fails)
