"""A stored failure again, in a worker process: a case that took one down may do so again."""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from multiprocessing.connection import wait
from pathlib import Path

from gradcheck.document import from_plain
from gradcheck.document.failures import StoredFailure
from gradcheck.execution.ended import crashed, given_up, is_out_of_memory
from gradcheck.execution.handle import Handle
from gradcheck.execution.limits import GRACE, SILENCE, memory_of_machine
from gradcheck.execution.messages import Done, Mistake, Ready, Unusable
from gradcheck.execution.pool import WorkerError, WorkerMistake
from gradcheck.execution.tasks import Again, Loading
from gradcheck.replay import Fate, Replay
from gradcheck.results import Result
from gradcheck.spec import OpSpec


def took_its_process(result: Result) -> bool:
    """Whether an op ended the process, or never came back, or ran out of memory."""
    failure = result.failure
    if failure is None:
        return False
    return failure.kind.ends_the_process or is_out_of_memory(failure)


def replay_apart(stored: StoredFailure, spec: OpSpec, loading: Loading) -> Replay:
    """Run a stored case in a process of its own, for as long as it had when it was found.

    Raises:
        WorkerError: if the op cannot be loaded there.
    """
    with tempfile.TemporaryDirectory(prefix="gradcheck-", ignore_cleanup_errors=True) as folder:
        member = Handle(loading, memory_of_machine(), Path(folder), 1)
        try:
            return _told_by(member, stored, spec)
        finally:
            member.kill()


def _told_by(member: Handle, stored: StoredFailure, spec: OpSpec) -> Replay:
    limit = max(stored.result.seconds, GRACE)
    end = member.began + SILENCE
    while True:
        wait(member.waits_on, timeout=max(end - time.perf_counter(), 0.0))
        alive = member.is_alive
        for message in member.messages():
            match message:
                case Ready():
                    member.is_ready = True
                    member.give(Again.of(stored), 0)
                    end = member.began + limit
                case Done(plain=plain):
                    return from_plain(Replay, plain, "replay")
                case Unusable(text=text):
                    raise WorkerError(text)
                case Mistake(text=text):
                    raise WorkerMistake(f"in a worker process:\n{text}")
        if not alive and not member.is_ready:
            raise WorkerError(f"A worker process ended with status {member.status}.")
        if not alive:
            return _ended(stored, _crash(member, stored, spec))
        if time.perf_counter() > end:
            member.give_up()
            why = f"{limit:.3g} s were up"
            now = given_up(spec, why, member.traces(), seed=stored.result.seed, seconds=limit)
            return _ended(stored, now)


def _crash(member: Handle, stored: StoredFailure, spec: OpSpec) -> Result:
    return crashed(
        spec,
        member.status,
        member.traces(),
        seed=stored.result.seed,
        seconds=time.perf_counter() - member.began,
    )


def _ended(stored: StoredFailure, now: Result) -> Replay:
    before = stored.result.failure
    assert before is not None
    assert now.failure is not None
    # The case is the stored one: what the worker noted of it need not be looked at again.
    failure = replace(now.failure, case=before.case)
    now = replace(now, cases=1, failure=failure)
    if failure.kind is before.kind:
        return Replay(fate=Fate.STILL_FAILING, reason=now.reason, result=now)
    return Replay(fate=Fate.CHANGED, reason=f"It failed otherwise: {before.headline}.", result=now)
