"""The main function of a worker: load the ops, do tasks."""

from __future__ import annotations

import ctypes
import faulthandler
import os
import signal
import sys
import time
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TextIO

from gradcheck.cases.sampling import op_seed
from gradcheck.errors import GradcheckError
from gradcheck.results.documents import from_plain, to_plain
from gradcheck.results.events import CaseFinished, CaseStarted, Event
from gradcheck.results.failure import CaseReport, Failure
from gradcheck.results.kind import Kind
from gradcheck.results.result import Result
from gradcheck.run.history.recall import recalled
from gradcheck.run.history.replay import replay
from gradcheck.run.history.stored_failure import StoredFailure
from gradcheck.run.memory_sizes import said_size
from gradcheck.run.search import check_op
from gradcheck.run.workers.endings import failed, is_out_of_memory
from gradcheck.run.workers.isolation import contained, own_state
from gradcheck.run.workers.last_case import Recorder
from gradcheck.run.workers.limits import limit_memory
from gradcheck.run.workers.protocol import Done, InternalError, Progress, Ready, Unusable
from gradcheck.run.workers.tasks import Again, Check, Differs, Loading, Task
from gradcheck.spec.registry import Registry

_EVERY = 0.1  # seconds between two messages of progress; arbitrary: as often as anybody looks
_DIES_WITH_PARENT = 1  # derived: PR_SET_PDEATHSIG of Linux


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Instructions for all of a worker's life.

    Attributes:
        max_memory: bytes that it may take, or None.
        case_file: where it writes the case that it is about to run.
        trace_file: where the interpreter writes where it was when a signal ends it.
        parent: the process that it is not to outlive.
    """

    loading: Loading
    max_memory: int | None
    case_file: Path
    trace_file: Path
    parent: int


def main(connection: Connection, output: Connection, setup: Setup) -> None:
    """Do tasks until the parent sends None or is gone."""
    _settle(output, setup)
    recorder = Recorder(setup.case_file)
    try:
        registry = setup.loading.registry()
        if setup.max_memory is not None:
            limit_memory(setup.max_memory)
    except GradcheckError as error:
        connection.send(Unusable(str(error)))
        return
    connection.send(Ready())
    worker = _Worker(connection, registry, recorder, setup.max_memory)
    try:
        while (task := connection.recv()) is not None:
            if worker.does(task):
                return
    except (EOFError, BrokenPipeError):
        return


def _settle(output: Connection, setup: Setup) -> None:
    """Let the process end with its children, and leave a trace."""
    if hasattr(signal, "SIGINT"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "setsid"):
        os.setsid()
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIES_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != setup.parent:
            os._exit(0)
    sys.stdout, sys.stderr = (_redirected(number, output) for number in (1, 2))
    # It has to stay open for as long as the process lives.
    faulthandler.enable(setup.trace_file.open("w", encoding="utf-8"))


def _redirected(number: int, output: Connection) -> TextIO:
    """Send a standard stream to the parent, in UTF-8."""
    os.dup2(output.fileno(), number)
    return open(
        number, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False
    )


class _Worker:
    """Does one task after the other."""

    def __init__(
        self, connection: Connection, registry: Registry, recorder: Recorder, max_memory: int | None
    ) -> None:
        self._connection = connection
        self._registry = registry
        self._recorder = recorder
        self._max_memory = max_memory

    def does(self, task: Task) -> bool:
        """Do a task and send its result; return whether the process ends."""
        self._recorder.clear()
        try:
            done = self._checked(task) if isinstance(task, Check) else self._replayed(task)
        except GradcheckError as error:
            self._connection.send(Unusable(str(error)))
            return True
        except Exception:  # noqa: BLE001 - a mistake of gradcheck's own, and sent as such
            self._connection.send(InternalError(traceback.format_exc()))
            return True
        _flush()
        self._connection.send(done)
        return done.spent

    def _checked(self, task: Check) -> Done:
        try:
            spec = task.op.found_in(self._registry)
        except Differs as error:
            return Done(to_plain(_differs(task, str(error))), spent=False)
        kept = [recalled(from_plain(CaseReport, plain, "case"), spec) for plain in task.kept]
        settings = task.settings
        started = time.perf_counter()
        try:
            listener = _Listener(self._connection, self._recorder)
            result, left = contained(
                spec.name, settings.seed, lambda: check_op(spec, settings, listener, kept=kept)
            )
        except (MemoryError, KeyboardInterrupt) as error:
            seconds = time.perf_counter() - started
            return Done(to_plain(self._broken_off(task, error, seconds)), spent=True)
        out_of_memory = result.failure is not None and is_out_of_memory(result.failure)
        if out_of_memory and self._max_memory is not None:
            result = result.noted(f"a worker may take {said_size(self._max_memory)} (--max-memory)")
        return Done(to_plain(result), spent=bool(left.said) or out_of_memory)

    def _broken_off(self, task: Check, error: BaseException, seconds: float) -> Result:
        """The result of an op broken off by an exception outside."""
        what = f"{type(error).__name__}{f': {error}' if str(error) else ''}"
        if isinstance(error, MemoryError) and self._max_memory is not None:
            what = f"{what}; a worker may take {said_size(self._max_memory)} (--max-memory)"
        message = f"Checking it was broken off by {what}."
        failure = Failure(kind=Kind.RAISED, headline="broken off", message=message)
        return failed(task.op.name, failure, seed=task.settings.seed, seconds=seconds)

    def _replayed(self, task: Again) -> Done:
        stored = from_plain(StoredFailure, task.stored, "failure")
        spec = self._registry.get(stored.op)
        self._recorder.write(recalled(stored.case, spec), 0)
        with own_state(op_seed(stored.result.seed, stored.op)):
            outcome = replay(stored, spec)
        return Done(to_plain(outcome), spent=True)


class _Listener:
    """Listens to a check: records every case before it runs, reports progress."""

    def __init__(self, connection: Connection, recorder: Recorder) -> None:
        self._connection = connection
        self._recorder = recorder
        self._finished = 0
        self._told = time.perf_counter()

    def __call__(self, event: Event) -> None:
        match event:
            case CaseStarted(drawn=case):
                self._recorder.write(case, self._finished)
            case CaseFinished(case=number, shrinking=shrinking):
                self._finished = number
                now = time.perf_counter()
                if now - self._told > _EVERY:
                    self._told = now
                    self._connection.send(Progress(number, shrinking))


def _differs(task: Check, why: str) -> Result:
    failure = Failure(kind=Kind.SPEC, headline="it is another op in a worker process", message=why)
    return failed(task.op.name, failure, seed=task.settings.seed)


def _flush() -> None:
    """Flush the output, so that the parent has it first."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            continue
    if os.name == "posix":
        ctypes.CDLL(None).fflush(None)
