"""Ops in worker processes: one that crashes or hangs ends nothing else.

Ready-made pools do not go that far. Those of `concurrent.futures` and loky give up
all that is under way when one worker dies; pebble takes a worker that exits with status 0 in
the middle of a task for one that is well, and waits. All three send results of all workers
through one pipe, which a worker that is killed at the wrong moment leaves locked or torn.
"""

from __future__ import annotations

import time
from multiprocessing.connection import wait
from pathlib import Path

from gradcheck.run.workers.executor import TaskExecutor, TaskLedger
from gradcheck.run.workers.limits import Patience
from gradcheck.run.workers.process import Handle, temporary_folder
from gradcheck.run.workers.protocol import (
    Done,
    Gone,
    InternalError,
    Message,
    Progress,
    Ready,
    Unusable,
)
from gradcheck.run.workers.tasks import Loading
from gradcheck.run.workers.worker_errors import WorkerError, WorkerMistake

_GLANCE = 1.0  # seconds, at most, between two looks at the clock; arbitrary: no limit is finer


class Pool(TaskExecutor):
    """Runs ops in at most `jobs` worker processes."""

    def __init__(self, loading: Loading, *, jobs: int = 1, max_memory: int | None = None) -> None:
        self.loading = loading
        self.jobs = jobs
        self.max_memory = max_memory

    def _run_all(self, tasks: TaskLedger) -> None:
        with temporary_folder() as folder, _Crew(self, folder) as crew:
            _PoolRun(crew, tasks).to_its_end()


class _Crew:
    """The living workers."""

    def __init__(self, pool: Pool, folder: Path) -> None:
        self._pool = pool
        self._folder = folder
        self._started = 0
        self.members: list[Handle] = []

    def __enter__(self) -> _Crew:
        return self

    def __exit__(self, *_: object) -> None:
        for member in self.members:
            member.kill()

    def hire(self, work: int) -> None:
        """Start as many workers as there is work for.

        Raises:
            WorkerError: if the system starts none.
        """
        while len(self.members) < min(self._pool.jobs, work):
            self._started += 1
            try:
                member = Handle(
                    self._pool.loading, self._pool.max_memory, self._folder, self._started
                )
            except OSError as error:
                raise WorkerError(f"No worker process can be started: {error}.") from error
            self.members.append(member)

    def lose(self, member: Handle) -> None:
        """End a worker."""
        if member in self.members:
            self.members.remove(member)
        member.kill()


class _PoolRun:
    """One run: hands out ops and hears of results."""

    def __init__(self, crew: _Crew, ledger: TaskLedger) -> None:
        self._crew = crew
        self._ledger = ledger
        self._places: dict[Handle, int] = {}
        self._was_ready = False

    def to_its_end(self) -> None:
        """Check all ops.

        Raises:
            WorkerError: if no worker can load the ops.
            WorkerMistake: for an error of gradcheck's own.
        """
        while True:
            self._hand_out()
            if not self._ledger.waiting and not self._places:
                return
            ends = [end for member in self._crew.members for end in member.waits_on]
            wait(ends, timeout=self._until_next_look())
            for member in list(self._crew.members):
                for message in member.news():
                    self._hear(member, message)

    def _hand_out(self) -> None:
        """Give ops to all who are idle."""
        while True:
            self._ledger.settle_unchecked()
            if not self._ledger.waiting:
                return
            self._crew.hire(self._ledger.waiting + len(self._places))
            idle = next((m for m in self._crew.members if m.is_idle), None)
            if idle is None:
                return
            place, check = self._ledger.take()
            self._places[idle] = place
            self._ledger.start(place)
            idle.give(check, Patience.with_check(check.settings.max_time))

    def _hear(self, member: Handle, message: Message | Gone) -> None:
        match message:
            case Ready():
                self._was_ready = True
            case Progress():
                self._ledger.hear(self._places[member], message)
            case Done(spent=spent):
                self._settle(member, message)
                if spent:
                    self._crew.lose(member)
            case Gone():
                self._bury(member, message)
            case Unusable(text=text):
                self._refuse(member, text)
            case InternalError(text=text):
                raise WorkerMistake(text)

    def _settle(self, member: Handle, ending: Done | Gone) -> None:
        self._ledger.settle(self._places.pop(member), ending)
        for other, place in list(self._places.items()):
            if not self._ledger.wants(place):
                del self._places[other]
                self._crew.lose(other)

    def _bury(self, member: Handle, gone: Gone) -> None:
        """Settle the op of a worker that ended unbidden."""
        if member in self._places:
            self._settle(member, gone)
        self._crew.lose(member)  # where it was idle, it died of what an earlier op left behind

    def _refuse(self, member: Handle, why: str) -> None:
        """Drop a worker that could not load the ops, as others could."""
        text = f"A worker process cannot be used: {why}"
        if not self._was_ready or member in self._places:
            raise WorkerError(text)
        self._crew.lose(member)
        if self._ledger.waiting:
            place, _ = self._ledger.take()
            self._ledger.settle_without_worker(place, text)

    def _until_next_look(self) -> float:
        now = time.perf_counter()
        ends = (member.patience_ends - now for member in self._crew.members)
        return max(min([*ends, _GLANCE]), 0.0)
