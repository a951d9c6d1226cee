"""A worker process as its parent sees it: what it tells, what it prints, whether it lives."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path

from gradcheck.execution import worker
from gradcheck.execution.ended import Traces, output_note
from gradcheck.execution.last_case import last_case
from gradcheck.execution.messages import Message
from gradcheck.execution.tasks import Loading, Task

_TAIL = 4096  # bytes of a worker's output that are kept
_CHUNK = 2**16
_PATIENCE = 0.5  # seconds that the interpreter gets to write where it was


class Handle:
    """The parent's end of one worker.

    Attributes:
        place: of the op that it is at, in the run; None while it has none.
        began: when it got its task, or was started.
        heard: when it last told something.
        is_ready: whether it has loaded its ops.
    """

    def __init__(self, loading: Loading, max_memory: int | None, folder: Path, number: int) -> None:
        self._case_file = folder / f"case-{number}"
        self._trace_file = folder / f"trace-{number}"
        self.connection, theirs = multiprocessing.Pipe()
        self._output, output = multiprocessing.Pipe(duplex=False)
        os.set_blocking(self._output.fileno(), False)
        setup = worker.Setup(
            loading=loading,
            max_memory=max_memory,
            case_file=self._case_file,
            trace_file=self._trace_file,
            parent=os.getpid(),
        )
        context = multiprocessing.get_context("spawn")
        self._process = context.Process(
            target=worker.main, args=(theirs, output, setup), daemon=True
        )
        with _interrupts_held():
            self._process.start()
        theirs.close()
        output.close()
        self.place: int | None = None
        self.is_ready = False
        self.began = self.heard = time.perf_counter()
        self._printed, self._tail = 0, b""
        self._prints = True
        self._is_gone = False

    @property
    def waits_on(self) -> list[Connection | int]:
        """What is ready when there is something to hear of it."""
        ends: list[Connection | int] = [self.connection, self._process.sentinel]
        return [*ends, self._output] if self._prints else ends

    @property
    def is_idle(self) -> bool:
        return self.is_ready and self.place is None

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    @property
    def status(self) -> int | None:
        """Its exit status, once it has ended; a signal counts negative."""
        self._process.join(_PATIENCE)
        return self._process.exitcode

    @property
    def output(self) -> str:
        """A sentence about what it printed since it got its task; empty for nothing."""
        self._drain()
        return output_note(self._printed, self._tail)

    def give(self, task: Task, place: int) -> None:
        """Send a task; a worker that is gone by now is noticed later."""
        self._drain()
        self.place = place
        self._printed, self._tail = 0, b""
        self.began = self.heard = time.perf_counter()
        with suppress(OSError):
            self.connection.send(task)

    def messages(self) -> Iterator[Message]:
        """Yield what it tells, as far as it has come."""
        self._drain()
        while True:
            try:
                if not self.connection.poll():
                    return
                message: Message = self.connection.recv()
            except (EOFError, OSError, pickle.UnpicklingError):
                return
            self.heard = time.perf_counter()
            yield message

    def traces(self) -> Traces:
        """What it leaves behind, once it has ended."""
        try:
            trace = self._trace_file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            trace = ""
        return Traces(last=last_case(self._case_file), trace=trace)

    def give_up(self) -> None:
        """End it, and let it write where it was first."""
        if hasattr(signal, "SIGABRT") and self._process.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGABRT)
            self._process.join(_PATIENCE)
        self.kill()

    def kill(self) -> None:
        """End it and all that it started, now."""
        if self._is_gone:
            return
        self._is_gone = True
        pid = self._process.pid
        if self.is_ready and pid is not None and hasattr(os, "killpg"):
            # It leads a group of its own, which may have outlived it.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        self._process.kill()
        self._process.join()
        self.connection.close()
        self._drain()
        self._output.close()
        self._prints = False

    def _drain(self) -> None:
        """Take what it printed out of the pipe, so that it never waits, and keep the end."""
        while self._prints:
            try:
                chunk = os.read(self._output.fileno(), _CHUNK)
            except BlockingIOError:
                return
            if not chunk:
                self._prints = False
                return
            self._printed += len(chunk)
            self._tail = (self._tail + chunk)[-_TAIL:]


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Keep Ctrl-C from a process that is being started: it inherits what is blocked here."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
