"""Ops in worker processes: one that ends its process, or never comes back, ends nothing else.

Pools that are ready-made do not go that far. Those of `concurrent.futures` and loky give up
all that is under way when one worker dies; pebble takes a worker that exits with status 0 in
the middle of a task for one that is well, and waits. All three send results of all workers
through one pipe, which a worker that is killed at the wrong moment leaves locked or torn.
"""

from __future__ import annotations

import tempfile
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.connection import wait
from pathlib import Path

from gradcheck.cases import Case
from gradcheck.document import from_plain
from gradcheck.errors import GradcheckError
from gradcheck.events import (
    CaseFinished,
    Listener,
    OpFinished,
    OpStarted,
    RunFinished,
    RunStarted,
)
from gradcheck.execution.ended import crashed, given_up
from gradcheck.execution.handle import Handle
from gradcheck.execution.limits import SILENCE, Deadline
from gradcheck.execution.messages import Done, Message, Mistake, Progress, Ready, Unusable
from gradcheck.execution.tasks import Check, Loading
from gradcheck.expectations import Budget, as_expected, unchecked
from gradcheck.results import Failure, Kind, Result
from gradcheck.settings import Settings
from gradcheck.spec import OpSpec

_GLANCE = 1.0  # seconds, at most, between two looks at the clock


class WorkerError(GradcheckError):
    """No worker process can be started, or the ops cannot be loaded there."""


class WorkerMistake(RuntimeError):
    """An error of gradcheck's own that came up in a worker; its text is the traceback."""


class Pool:
    """Runs ops in worker processes.

    Attributes:
        loading: where the workers load the ops from.
        jobs: how many workers there are at most.
        max_memory: bytes that each may take, or None.
    """

    def __init__(self, loading: Loading, *, jobs: int = 1, max_memory: int | None = None) -> None:
        self.loading = loading
        self.jobs = jobs
        self.max_memory = max_memory

    def run(
        self,
        specs: Sequence[OpSpec],
        settings: Settings,
        listener: Listener,
        kept: Mapping[str, Sequence[Case]],
    ) -> RunFinished:
        """Check ops; see `gradcheck.engine.run`.

        Results are in the order of the ops; events come as they happen.

        Raises:
            WorkerError: if no worker can load the ops.
        """
        began = datetime.now(UTC).isoformat(timespec="seconds")
        started = time.perf_counter()
        listener(RunStarted(tuple(spec.name for spec in specs), settings.seed, settings.cases))
        interrupted = False
        with (
            tempfile.TemporaryDirectory(prefix="gradcheck-", ignore_cleanup_errors=True) as folder,
            _Crew(self, Path(folder)) as crew,
        ):
            run = _Run(crew, specs, settings, listener, kept)
            try:
                run.to_its_end()
            except KeyboardInterrupt:
                interrupted = True
        seconds = time.perf_counter() - started
        finished = RunFinished(run.results, seconds, interrupted, began)
        listener(finished)
        return finished


class _Crew:
    """The workers that there are."""

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
        self.members.remove(member)
        member.kill()


class _Run:
    """One run: hands out ops, hears of results, and keeps the time."""

    def __init__(
        self,
        crew: _Crew,
        specs: Sequence[OpSpec],
        settings: Settings,
        listener: Listener,
        kept: Mapping[str, Sequence[Case]],
    ) -> None:
        self._crew = crew
        self._specs = specs
        self._settings = settings
        self._listener = listener
        self._kept = kept
        self._budget = Budget.of(settings, time.perf_counter())
        self._pending = deque(range(len(specs)))
        self._limits: dict[int, float | None] = {}
        self._results: dict[int, Result] = {}
        self._ends_at = len(specs)
        self._was_ready = False

    @property
    def results(self) -> tuple[Result, ...]:
        """In the order of the ops, up to the first failure if the run stops there."""
        return tuple(
            self._results[place] for place in sorted(self._results) if place <= self._ends_at
        )

    def to_its_end(self) -> None:
        """Check all ops.

        Raises:
            WorkerError: if no worker can load the ops.
            WorkerMistake: for an error of gradcheck's own.
        """
        while True:
            self._hand_out()
            busy = [m for m in self._crew.members if m.place is not None]
            if not self._pending and not busy:
                return
            ends = [end for member in self._crew.members for end in member.waits_on]
            wait(ends, timeout=self._until_next_look())
            for member in list(self._crew.members):
                self._look_after(member)

    def _hand_out(self) -> None:
        """Settle the ops that are not to be run, and give the others to who is idle."""
        while self._pending:
            place = self._pending[0]
            known = unchecked(self._specs[place].name, self._settings, self._budget)
            if known is not None:
                self._pending.popleft()
                self._finish(place, known)
                continue
            busy = sum(member.place is not None for member in self._crew.members)
            self._crew.hire(len(self._pending) + busy)
            idle = next((m for m in self._crew.members if m.is_idle), None)
            if idle is None:
                return
            self._pending.popleft()
            self._give(idle, place)

    def _give(self, member: Handle, place: int) -> None:
        spec = self._specs[place]
        settings = self._budget.share(self._settings)
        self._limits[place] = settings.max_time
        self._listener(OpStarted(spec.name, place))
        member.give(Check.of(spec, settings, self._kept.get(spec.name, ())), place)

    def _look_after(self, member: Handle) -> None:
        """Hear what a worker tells, and see whether it lives and keeps to its time."""
        alive = member.is_alive  # before its last words are heard, not after
        for message in member.messages():
            self._hear(member, message)
            if member not in self._crew.members:
                return
        if not alive:
            self._bury(member)
        elif time.perf_counter() > self._end_of(member):
            self._give_up(member)

    def _hear(self, member: Handle, message: Message) -> None:
        match message:
            case Ready():
                member.is_ready = self._was_ready = True
            case Progress(case=case, shrinking=shrinking):
                assert member.place is not None
                self._listener(CaseFinished(self._specs[member.place].name, case, shrinking))
            case Done(plain=plain, spent=spent):
                self._settle(member, from_plain(Result, plain, "result"))
                if spent and member in self._crew.members:
                    self._crew.lose(member)
            case Unusable(text=text):
                self._unusable(member, text)
            case Mistake(text=text):
                raise WorkerMistake(f"in a worker process:\n{text}")

    def _bury(self, member: Handle) -> None:
        """A worker ended that was not told to."""
        if member.place is None:
            ready, status = member.is_ready, member.status
            said = member.output
            if ready:
                self._crew.lose(member)  # it died of what an earlier op left behind
                return
            self._unusable(member, f"it ended with status {status}{f'; {said}' if said else ''}")
            return
        seconds = time.perf_counter() - member.began
        spec = self._specs[member.place]
        result = crashed(
            spec, member.status, member.traces(), seed=self._settings.seed, seconds=seconds
        )
        self._settle(member, result)
        self._drop(member)

    def _give_up(self, member: Handle) -> None:
        """A worker did not come back in time."""
        member.give_up()
        if member.place is None:
            self._unusable(member, f"it was not ready after {SILENCE:g} s")
            return
        seconds = time.perf_counter() - member.began
        spec = self._specs[member.place]
        result = given_up(
            spec,
            self._deadline(member).said,
            member.traces(),
            seed=self._settings.seed,
            seconds=seconds,
        )
        self._settle(member, result)
        self._drop(member)

    def _drop(self, member: Handle) -> None:
        if member in self._crew.members:
            self._crew.lose(member)

    def _unusable(self, member: Handle, said: str) -> None:
        """A worker could not load the ops; once another one could, that is an op's error."""
        text = f"A worker process cannot be used: {said}"
        if not self._was_ready or member.place is not None:
            raise WorkerError(text)
        self._drop(member)
        if not self._pending:
            return
        place = self._pending.popleft()
        failure = Failure(kind=Kind.SPEC, headline="no worker process for it", message=text)
        self._finish(
            place,
            Result(
                op=self._specs[place].name,
                verdict=failure.kind.verdict,
                reason=text,
                failure=failure,
                seed=self._settings.seed,
            ),
        )

    def _settle(self, member: Handle, result: Result) -> None:
        """The op of a worker is done."""
        place = member.place
        assert place is not None
        said = member.output
        member.place = None
        if said:
            result = replace(result, notes=(*result.notes, said))
        spec = self._specs[place]
        self._finish(place, as_expected(result, self._settings.xfail.get(spec.name, "")))

    def _finish(self, place: int, result: Result) -> None:
        self._results[place] = result
        self._listener(OpFinished(result))
        if self._settings.fail_fast and result.verdict.is_failure and place < self._ends_at:
            self._stop_at(place)

    def _stop_at(self, place: int) -> None:
        """What comes behind the first failure does not count, what comes before it does."""
        self._ends_at = place
        self._pending = deque(p for p in self._pending if p < place)
        for member in list(self._crew.members):
            if member.place is not None and member.place > place:
                self._crew.lose(member)

    def _deadline(self, member: Handle) -> Deadline:
        limit = None if member.place is None else self._limits[member.place]
        return Deadline(began=member.began, heard=member.heard, limit=limit)

    def _end_of(self, member: Handle) -> float:
        return float("inf") if member.is_idle else self._deadline(member).end

    def _until_next_look(self) -> float:
        now = time.perf_counter()
        ends = (self._end_of(member) - now for member in self._crew.members)
        return max(min([*ends, _GLANCE]), 0.0)
