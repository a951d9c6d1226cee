"""Ops within a Dask worker, checked by processes of its own.

An op never reaches the Dask worker itself, and results are those of a run on one machine.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import wait
from pathlib import Path
from typing import TypeVar

from distributed import get_worker

from gradcheck.run.workers.limits import Patience
from gradcheck.run.workers.process import Handle
from gradcheck.run.workers.protocol import (
    Done,
    Ending,
    Gone,
    InternalError,
    Message,
    Progress,
    Ready,
    Unusable,
)
from gradcheck.run.workers.tasks import Check, Loading

_IDLE = 60.0  # seconds until idle processes end; arbitrary: their run may be gone by then
_PARENTING = threading.Lock()


@dataclass(frozen=True, slots=True)
class Run:
    """The run of a task; its unique name is their topic."""

    name: str
    loading: Loading
    max_memory: int | None


@dataclass(frozen=True, slots=True)
class TaskReport:
    """The endings of some ops, with their places in the run."""

    places: tuple[int, ...]
    endings: tuple[Ending, ...]
    seconds: float = 0.0


def check(run: Run, tasks: Sequence[tuple[int, Check]]) -> TaskReport:
    """Check ops with their places in the run, and log their progress."""
    worker = get_worker()
    started = time.perf_counter()
    places = tuple(place for place, _ in tasks)
    worker.log_event(run.name, {"taken": places, "worker": worker.address})

    def checked(place: int, task: Check) -> Ending:
        def tell(progress: Progress) -> None:
            event = {"place": place, "case": progress.case, "shrinking": progress.shrinking}
            worker.log_event(run.name, event)

        return _at_site(run, lambda site: site.check(_here(task), tell))

    endings = tuple(checked(place, task) for place, task in tasks)
    return TaskReport(places, endings, time.perf_counter() - started)


def greet(run: Run) -> Unusable | InternalError | None:
    """Start a process, and return why it cannot be used."""
    return _at_site(run, _Site.start)


def close(name: str) -> None:
    """End all processes of a run; late tasks find it over."""
    _retire(name, over=(name,))


class _Closed(Exception):
    """A site has been closed since it was looked up."""


class _Over(Exception):
    """The run of a task is over."""


class _Site:
    """The processes of one run in this Dask worker, one per thread.

    They are bound to threads because the system ends a process with the thread that began it.
    """

    def __init__(self, run: Run, home: str) -> None:
        self._run = run
        # Dask sees to it that nothing stays of a worker that is lost.
        self._folder = tempfile.TemporaryDirectory(dir=home, ignore_cleanup_errors=True)
        self._members: dict[int, Handle] = {}
        self._started = 0
        self._busy = 0
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._is_closed = False

    def check(self, task: Check, tell: Callable[[Progress], None]) -> Ending:
        """Check an op in the process of this thread."""
        with self._member() as member:
            trouble = _until_ready(member)
            if trouble is not None:
                return trouble
            member.give(task, Patience.with_check(task.settings.max_time))
            for message in _news(member):
                match message:
                    case Ready():
                        continue
                    case Progress():
                        tell(message)
                        continue
                    case Done(spent=True):
                        member.kill()
                return message
        raise AssertionError

    def start(self) -> Unusable | InternalError | None:
        """Start the process of this thread; return why it is unusable."""
        with self._member() as member:
            return _until_ready(member)

    def close(self) -> None:
        """End all processes; threads that wait learn that theirs is gone."""
        with self._lock:
            self._is_closed = True
            for member in self._members.values():
                member.stop()
            if not self._busy:
                self._clear()

    def _clear(self) -> None:
        for member in self._members.values():
            member.kill()
        self._members.clear()
        self._folder.cleanup()

    @contextmanager
    def _member(self) -> Iterator[Handle]:
        """The process of this thread, kept if it is idle afterwards."""
        with self._lock:
            if self._is_closed:
                raise _Closed
            if self._timer is not None:
                self._timer.cancel()
            member = self._living()
            self._busy += 1
        try:
            yield member
        finally:
            with self._lock:
                self._busy -= 1
                if not member.is_idle:
                    self._members.pop(threading.get_ident(), None)
                    member.kill()
                self._rest()

    def _living(self) -> Handle:
        mine = threading.get_ident()
        member = self._members.get(mine)
        if member is not None and member.is_alive:
            return member
        if member is not None:
            member.kill()
        self._started += 1
        with _may_have_children():
            member = Handle(
                self._run.loading, self._run.max_memory, Path(self._folder.name), self._started
            )
        self._members[mine] = member
        return member

    def _rest(self) -> None:
        if self._busy:
            return
        if self._is_closed:
            self._clear()
            return
        self._timer = threading.Timer(_IDLE, _retire, (self._run.name,))
        self._timer.daemon = True
        self._timer.start()


_sites: dict[str, _Site] = {}
_over: set[str] = set()
_LOCK = threading.Lock()


T = TypeVar("T")


def _at_site(run: Run, do: Callable[[_Site], T]) -> T | Unusable:
    """Do something at the site of a run."""
    while True:
        try:
            return do(_site(run))
        except _Closed:  # since it was looked up, for nothing had come for so long
            continue
        except _Over:
            return Unusable("the run is over.")


def _site(run: Run) -> _Site:
    with _LOCK:
        if run.name in _over:
            raise _Over
        if run.name not in _sites:
            _sites[run.name] = _Site(run, get_worker().local_directory)
        return _sites[run.name]


def _retire(name: str, over: Sequence[str] = ()) -> None:
    """End the processes of a run, for good if it is over."""
    with _LOCK:
        _over.update(over)
        site = _sites.pop(name, None)
    if site is not None:
        site.close()


def _until_ready(member: Handle) -> Unusable | InternalError | None:
    """Wait until it is ready; return why it never is."""
    if member.is_ready:
        return None
    for message in _news(member):
        match message:
            case Ready():
                return None
            case Unusable(text=text):
                return Unusable(f"The Dask worker {get_worker().address} cannot be used: {text}")
            case InternalError():
                return message
    raise AssertionError


def _news(member: Handle) -> Iterator[Message | Gone]:
    while True:
        wait(member.waits_on, timeout=max(member.patience_ends - time.perf_counter(), 0.0))
        yield from member.news()


def _here(task: Check) -> Check:
    """The task without its folder of kept draws, unless that is shared."""
    kept = task.settings.database
    if kept is None or kept.parents[1].is_dir():
        return task
    return replace(task, settings=replace(task.settings, database=None))


@contextmanager
def _may_have_children() -> Iterator[None]:
    """Let this process start others, even as a daemon of its nanny.

    They end with it all the same: each asks the system for that.
    """
    process = multiprocessing.current_process()
    with _PARENTING:
        was_daemon, process.daemon = process.daemon, False
        try:
            yield
        finally:
            process.daemon = was_daemon
