"""Ops elsewhere: tasks go out, messages come back, results are in order."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.results.documents import to_plain
from gradcheck.results.events import CaseFinished, OpFinished, OpStarted
from gradcheck.results.result import Result
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict
from gradcheck.run.workers.executor import TaskExecutor, TaskLedger
from gradcheck.run.workers.protocol import Done, Progress

SPECS = [gc.op("(...)->(...)", name=name)(np.sin).vjp(lambda g, x: g * np.cos(x)) for name in "ab"]
CASE = Case(inputs=(np.array([1.0]),), names=("x",))


class Backwards(TaskExecutor):
    """Settles the last op first."""

    def _run_all(self, tasks):
        places = [tasks.take()[0] for _ in range(tasks.waiting)]
        for place in reversed(places):
            result = Result(op=tasks.specs[place].name, verdict=Verdict.PASS)
            tasks.settle(place, Done(to_plain(result), spent=False), "note")


@pytest.fixture
def events():
    return []


@pytest.fixture
def ledger(events):
    return TaskLedger(SPECS, Settings(seed=4), events.append, {"b": [CASE]})


def test_results_are_in_the_order_of_the_ops(events):
    finished = Backwards().run(SPECS, Settings(), events.append, {})
    assert [result.op for result in finished.results] == ["a", "b"]
    assert [event.result.op for event in events if isinstance(event, OpFinished)] == ["b", "a"]
    assert finished.results[0].notes == ("note",)


def test_a_task_carries_the_cases_that_are_kept(ledger):
    assert ledger.take()[1].kept == ()
    place, task = ledger.take()
    assert (place, task.op.name, task.settings.seed) == (1, "b", 4)
    assert task.kept[0]["inputs"]["x"]["data"] == [1.0]


def test_progress_is_passed_on_while_it_is_of_use(ledger, events):
    ledger.hear(0, Progress(3, shrinking=False))
    ledger.finish(0, Result(op="a", verdict=Verdict.PASS))
    ledger.hear(0, Progress(4, shrinking=False))
    assert [e for e in events if isinstance(e, CaseFinished)] == [
        CaseFinished("a", 3, shrinking=False)
    ]


def test_an_op_that_was_never_heard_of_begins_when_it_ends(ledger, events):
    ledger.settle(1, Done(to_plain(Result(op="b", verdict=Verdict.PASS)), spent=False))
    assert [type(event) for event in events] == [OpStarted, OpFinished]


def test_an_op_without_worker_is_an_error(ledger):
    ledger.settle_without_worker(0, "nobody is there")
    (result,) = ledger.results
    assert (result.verdict, result.reason, result.seed) == (Verdict.ERROR, "nobody is there", 4)
    assert result.failure.headline == "no worker process for it"
