"""A worker process as its parent sees it: messages, output, life."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

from gradcheck.run.memory_sizes import said_size
from gradcheck.run.workers import worker
from gradcheck.run.workers.limits import SILENCE, Patience
from gradcheck.run.workers.protocol import Done, Gone, Message, Ready, Unusable
from gradcheck.run.workers.tasks import Loading, Task
from gradcheck.run.workers.worker_errors import WorkerError

_TAIL = 4096  # bytes of a worker's output that are kept; arbitrary: many lines, of which one shows
_CHUNK = 2**16  # derived: bytes that a pipe holds on Linux
_AT_ONCE = 64  # chunks that are read before anything else is looked at; arbitrary: 4 MiB
_LONGEST = 80  # characters of it that are repeated; arbitrary: a line
_LAST_WORDS = 0.5  # seconds for the interpreter to write where it was; arbitrary: it takes 10 ms


class Handle:
    """The parent's end of one worker.

    Attributes:
        is_ready: whether it has loaded its ops.
        is_busy: whether it has a task.
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
        self.is_ready = self.is_busy = False
        self._patience = Patience()
        self._began = self._heard = time.perf_counter()
        self._printed, self._tail = 0, b""
        self._prints = True
        self._is_gone = False

    @property
    def waits_on(self) -> list[Connection | int]:
        """Objects of which one is ready when there is news."""
        ends: list[Connection | int] = [self.connection, self._process.sentinel]
        return [*ends, self._output] if self._prints else ends

    @property
    def is_idle(self) -> bool:
        return self.is_ready and not self.is_busy

    @property
    def is_alive(self) -> bool:
        return not self._is_gone and self._process.is_alive()

    @property
    def patience_ends(self) -> float:
        """When it is given up, on the clock of `time.perf_counter`."""
        if self.is_idle:
            return float("inf")
        return self._patience.end(began=self._began, heard=self._heard)

    def give(self, task: Task, patience: Patience) -> None:
        """Send a task; that a worker is gone is noticed later."""
        self._drain()
        self.is_busy = True
        self._patience = patience
        self._printed, self._tail = 0, b""
        self._began = self._heard = time.perf_counter()
        with suppress(OSError):
            self.connection.send(task)

    def news(self) -> Iterator[Message | Gone]:
        """Yield its messages so far, and that it is gone.

        One that is gone before it was ready could not be used, and nothing is known of it.
        """
        alive = self._process.is_alive()  # before its last words are heard, not after
        for message in self._messages():
            match message:
                case Ready():
                    self.is_ready = True
                    yield message
                case Done():
                    self.is_busy = False
                    yield replace(message, printed=self._output_note())
                case _:
                    yield message
        if self._is_gone:
            return
        if not alive:
            self._process.join(_LAST_WORDS)
            status = f"it ended with status {self._process.exitcode}"
            yield self._gone("") if self.is_ready else self._unusable(status)
        elif time.perf_counter() > self.patience_ends:
            self._abort()
            late = f"it was not ready after {SILENCE:g} s"
            yield self._gone(self._patience.said) if self.is_ready else self._unusable(late)

    def _messages(self) -> Iterator[Message]:
        self._drain()
        while not self._is_gone:
            try:
                if not self.connection.poll():
                    return
                message: Message = self.connection.recv()
            except (EOFError, OSError, pickle.UnpicklingError):
                return
            self._heard = time.perf_counter()
            yield message

    def _gone(self, why: str) -> Gone:
        return Gone(
            why=why,
            status=self._process.exitcode,
            case=_read(self._case_file),
            trace=_read(self._trace_file).decode(encoding="utf-8", errors="replace"),
            printed=self._output_note(),
            seconds=time.perf_counter() - self._began,
        )

    def _unusable(self, why: str) -> Unusable:
        printed = self._output_note()
        return Unusable(f"{why}{f'; {printed}' if printed else ''}.")

    def _abort(self) -> None:
        """End it, and let it write where it was first."""
        if hasattr(signal, "SIGABRT") and self._process.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGABRT)
            self._process.join(_LAST_WORDS)
        self._process.kill()
        self._process.join()

    def stop(self) -> None:
        """End it and all that it started; those who wait notice."""
        pid = self._process.pid
        if self.is_ready and pid is not None and hasattr(os, "killpg"):
            # It leads a group of its own, which may have outlived it.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        self._process.kill()

    def kill(self) -> None:
        """End it and all that it started, and forget it."""
        if self._is_gone:
            return
        self._is_gone = True
        self.stop()
        self._process.join()
        self.connection.close()
        self._drain()
        self._output.close()
        self._prints = False

    def _drain(self) -> None:
        """Empty the pipe of its output, so that it never waits.

        Who prints without end is not listened to without end: time has to be looked at.
        """
        for _ in range(_AT_ONCE):
            if not self._prints:
                return
            try:
                chunk = os.read(self._output.fileno(), _CHUNK)
            except BlockingIOError:
                return
            if not chunk:
                self._prints = False
                return
            self._printed += len(chunk)
            self._tail = (self._tail + chunk)[-_TAIL:]

    def _output_note(self) -> str:
        """A sentence about its output since it got its task, or nothing."""
        self._drain()
        return output_note(self._printed, self._tail)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder for what workers leave behind.

    Raises:
        WorkerError: if none can be made.
    """
    try:
        made = tempfile.TemporaryDirectory(prefix="gradcheck-", ignore_cleanup_errors=True)
    except OSError as error:
        raise WorkerError(
            f"Worker processes need a temporary folder, and none can be made: {error.strerror}. "
            "TMPDIR may name another place."
        ) from error
    with made as folder:
        yield Path(folder)


def output_note(size: int, tail: bytes) -> str:
    """A sentence about the output of an op, or nothing."""
    if not size:
        return ""
    lines = tail.decode("utf-8", errors="replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    if len(last) > _LONGEST:
        last = f"…{last[-_LONGEST:]}"
    return f"it printed {said_size(size)}{f', last: {last}' if last else ''}"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Keep Ctrl-C from a process that is being started."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
