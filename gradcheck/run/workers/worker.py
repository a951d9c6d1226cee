"""What runs in a worker process: it loads the ops by itself, then does tasks until none comes."""

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
from gradcheck.results.verdict import Verdict
from gradcheck.run.history.recall import recalled
from gradcheck.run.history.replay import replay
from gradcheck.run.history.stored_failure import StoredFailure
from gradcheck.run.memory_sizes import said_size
from gradcheck.run.search import check_op
from gradcheck.run.workers.endings import is_out_of_memory
from gradcheck.run.workers.isolation import contained, own_state
from gradcheck.run.workers.last_case import Recorder
from gradcheck.run.workers.limits import limit_memory
from gradcheck.run.workers.protocol import Done, Mistake, Progress, Ready, Unusable
from gradcheck.run.workers.tasks import Again, Check, Differs, Loading, Task
from gradcheck.spec.registry import Registry

_EVERY = 0.1  # seconds between two tales of progress
_DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a worker is told once.

    Attributes:
        loading: where its ops come from.
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
    """Make the process one that can be ended with all its children, and says where it was."""
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
    """Send a standard stream to the parent, whatever it was before and is written in."""
    os.dup2(output.fileno(), number)
    return open(
        number, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False
    )


class _Worker:
    """Does one task after the other."""

    def __init__(
        self,
        connection: Connection,
        registry: Registry,
        recorder: Recorder,
        max_memory: int | None,
    ) -> None:
        self._connection = connection
        self._registry = registry
        self._recorder = recorder
        self._max_memory = max_memory

    def does(self, task: Task) -> bool:
        """Do a task and tell what came of it; return whether the process is to end."""
        self._recorder.clear()
        try:
            done = self._checked(task) if isinstance(task, Check) else self._replayed(task)
        except GradcheckError as error:
            self._connection.send(Unusable(str(error)))
            return True
        except Exception:  # noqa: BLE001 - it is told as what it is, a mistake of gradcheck's own
            self._connection.send(Mistake(traceback.format_exc()))
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
            result, left = contained(
                spec.name,
                settings.seed,
                lambda: check_op(
                    spec, settings, _Telling(self._connection, self._recorder), kept=kept
                ),
            )
        except (MemoryError, KeyboardInterrupt) as error:
            seconds = time.perf_counter() - started
            return Done(to_plain(self._broken_off(task, error, seconds)), spent=True)
        out_of_memory = result.failure is not None and is_out_of_memory(result.failure)
        if out_of_memory and self._max_memory is not None:
            said = f"a worker may take {said_size(self._max_memory)} (--max-memory)"
            result = result.noted(said)
        return Done(to_plain(result), spent=bool(left.said) or out_of_memory)

    def _broken_off(self, task: Check, error: BaseException, seconds: float) -> Result:
        """The result of an op whose exception came up where none of its functions was called."""
        said = f"{type(error).__name__}{f': {error}' if str(error) else ''}"
        if isinstance(error, MemoryError) and self._max_memory is not None:
            said = f"{said}; a worker may take {said_size(self._max_memory)} (--max-memory)"
        message = f"Checking it was broken off by {said}."
        failure = Failure(kind=Kind.RAISED, headline="broken off", message=message)
        return Result(
            op=task.op.name,
            verdict=failure.kind.verdict,
            reason=message,
            failure=failure,
            seed=task.settings.seed,
            seconds=seconds,
        )

    def _replayed(self, task: Again) -> Done:
        stored = from_plain(StoredFailure, task.stored, "failure")
        spec = self._registry.get(stored.op)
        self._recorder.write(recalled(stored.case, spec), 0)
        with own_state(op_seed(stored.result.seed, stored.op)):
            found = replay(stored, spec)
        return Done(to_plain(found), spent=True)


class _Telling:
    """Listens to a check: records every case before it is run, and tells of progress."""

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


def _differs(task: Check, said: str) -> Result:
    failure = Failure(kind=Kind.SPEC, headline="it is another op in a worker process", message=said)
    return Result(
        op=task.op.name,
        verdict=Verdict.ERROR,
        reason=said,
        failure=failure,
        seed=task.settings.seed,
    )


def _flush() -> None:
    """Push out what Python and C hold back, so that the parent has it before the result."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            continue
    if os.name == "posix":
        ctypes.CDLL(None).fflush(None)
