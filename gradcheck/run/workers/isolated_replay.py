"""Stored failures run again in a worker, which they may take down."""

from __future__ import annotations

import time
from dataclasses import replace
from multiprocessing.connection import wait

from gradcheck.results.documents import from_plain
from gradcheck.results.result import Result
from gradcheck.run.history.replay import Replay, ReplayFate
from gradcheck.run.history.stored_failure import StoredFailure
from gradcheck.run.workers.endings import is_out_of_memory, result_of
from gradcheck.run.workers.limits import GRACE, Patience, memory_of_machine
from gradcheck.run.workers.process import Handle, temporary_folder
from gradcheck.run.workers.protocol import Done, Gone, InternalError, Ready, Unusable
from gradcheck.run.workers.tasks import Again, Loading
from gradcheck.run.workers.worker_errors import WorkerError, WorkerMistake
from gradcheck.spec.spec import OpSpec


def took_its_process(result: Result) -> bool:
    """Whether an op ended its process, hung, or ran out of memory."""
    failure = result.failure
    if failure is None:
        return False
    return failure.kind.ends_the_process or is_out_of_memory(failure)


def replay_apart(stored: StoredFailure, spec: OpSpec, loading: Loading) -> Replay:
    """Run a stored case in its own process, as long as before.

    Raises:
        WorkerError: if the op cannot be loaded there.
    """
    with temporary_folder() as folder:
        member = Handle(loading, memory_of_machine(), folder, 1)
        try:
            return _heard_from(member, stored, spec)
        finally:
            member.kill()


def _heard_from(member: Handle, stored: StoredFailure, spec: OpSpec) -> Replay:
    patience = Patience(max(stored.result.seconds, GRACE))
    while True:
        wait(member.waits_on, timeout=max(member.patience_ends - time.perf_counter(), 0.0))
        for message in member.news():
            match message:
                case Ready():
                    member.give(Again.of(stored), patience)
                case Done(plain=plain):
                    return from_plain(Replay, plain, "replay")
                case Gone():
                    return _ended(stored, result_of(spec, message, seed=stored.result.seed))
                case Unusable(text=text):
                    raise WorkerError(f"A worker process cannot be used: {text}")
                case InternalError(text=text):
                    raise WorkerMistake(text)


def _ended(stored: StoredFailure, now: Result) -> Replay:
    before = stored.result.failure
    assert before is not None
    assert now.failure is not None
    # The case is the stored one: what the worker noted of it need not be looked at again.
    failure = replace(now.failure, case=before.case)
    now = replace(now, cases=1, failure=failure)
    if failure.kind is before.kind:
        return Replay(fate=ReplayFate.STILL_FAILING, reason=now.reason, result=now)
    return Replay(
        fate=ReplayFate.CHANGED, reason=f"It failed otherwise: {before.headline}.", result=now
    )
