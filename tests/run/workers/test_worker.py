"""The main function of a worker: what it answers to each task, and when it ends."""

import sys
from multiprocessing.connection import wait

import pytest

import gradcheck as gc
from gradcheck.results.documents import from_plain
from gradcheck.results.result import Result
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict
from gradcheck.run.history.replay import Replay, ReplayFate
from gradcheck.run.history.stored_failure import Origins, StoredFailure
from gradcheck.run.workers.limits import Patience
from gradcheck.run.workers.process import Handle
from gradcheck.run.workers.protocol import Done, Gone, Ready
from gradcheck.run.workers.tasks import Again, Check
from tests.run.workers.small_ops import loading_in

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits are those of Linux")
OPS = """
import threading
import time
import gradcheck as gc

def op(name, forward, factor=1):
    return gc.op("(...)->(...)", name=name)(forward).vjp(lambda g: factor * g)

def leaves_a_thread(x):
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    return x.copy()

def hoards(x):
    return x + bytearray(2**34)[0]

OPS = [
    op("right", lambda x: x.copy()),
    op("wrong", lambda x: x.copy(), factor=3),
    op("leaves_a_thread", leaves_a_thread),
    op("hoards", hoards),
]
"""


@pytest.fixture
def loading(tmp_path):
    return loading_in(tmp_path, OPS)


@pytest.fixture
def member(loading, tmp_path):
    handle = Handle(loading, 2**33, tmp_path, 1)
    yield handle
    handle.kill()


def answer(member, task):
    while not member.is_ready:
        wait(member.waits_on, timeout=0.2)
        assert all(isinstance(message, Ready) for message in member.news())
    member.give(task, Patience())
    while True:
        wait(member.waits_on, timeout=0.2)
        for message in member.news():
            if isinstance(message, Done | Gone):
                return message


def checked(member, spec):
    done = answer(member, Check.of(spec, Settings(cases=3), ()))
    return from_plain(Result, done.plain, "result"), done.spent


@pytest.mark.usefixtures("own_modules")
def test_a_worker_goes_on_until_an_op_leaves_something_behind(member, loading):
    registry = loading.registry()
    result, spent = checked(member, registry.get("right"))
    assert (result.verdict, result.cases, spent) == (Verdict.PASS, 3, False)
    other = gc.op("(...)->(...)", name="right")(lambda x: 2 * x).vjp(lambda g: 2 * g)
    result, spent = checked(member, other)
    assert (result.verdict, spent) == (Verdict.ERROR, False)
    assert "is another one when its module is imported again" in result.reason
    result, spent = checked(member, registry.get("leaves_a_thread"))
    assert spent
    assert any("running" in note for note in result.notes)


@pytest.mark.usefixtures("own_modules")
def test_an_op_that_takes_too_much_memory_ends_its_worker(member, loading):
    result, spent = checked(member, loading.registry().get("hoards"))
    assert (result.verdict, spent) == (Verdict.ERROR, True)
    assert "a worker may take 8 GiB (--max-memory)" in result.notes


@pytest.mark.usefixtures("own_modules")
def test_a_stored_failure_is_replayed_in_a_worker_of_its_own(member, loading):
    spec = loading.registry().get("wrong")
    stored = StoredFailure.of(gc.check(spec, cases=3, diagnose=False), spec, Origins())
    done = answer(member, Again.of(stored))
    assert from_plain(Replay, done.plain, "replay").fate is ReplayFate.STILL_FAILING
    assert done.spent
