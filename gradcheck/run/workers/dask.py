"""Ops on the workers of a Dask cluster (extra `dask`).

Dask hands out the ops and runs those again whose worker is lost; what an op may do to a process
is dealt with by the `site` at each of its workers.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from typing import Any

import distributed
from distributed import Client, Future, LocalCluster

from gradcheck.errors import listing
from gradcheck.run.machine import processors
from gradcheck.run.workers import dask_site
from gradcheck.run.workers.executor import TaskExecutor, TaskLedger
from gradcheck.run.workers.protocol import Done, Ending, Gone, InternalError, Progress, Unusable
from gradcheck.run.workers.tasks import Check, Loading
from gradcheck.run.workers.worker_errors import WorkerError, WorkerMistake

# Times in seconds, all arbitrary: several times as long as it takes on a slow network.
_ANSWERS = 10.0  # until a scheduler has to have answered
_ARRIVES = 30.0  # until a cluster without workers has to have some
_GREETS = 120.0  # until its workers have to have loaded the ops
_GLANCE = 1.0  # between two looks at who is there
_MOMENT = 0.3  # that a task of several ops is to take: a hundred times its overhead
_AHEAD = 2  # tasks per thread; derived: one that runs and one that waits, so that none is idle
_ATTEMPTS = 3  # with a task whose result is lost; arbitrary: more losses have a cause
_SAME = ("gradcheck", "numpy", "hypothesis")  # draws, numbers and messages depend on them


class Cluster(TaskExecutor):
    """Runs ops on a Dask cluster.

    Attributes:
        address: of its scheduler; None for a cluster that is started here and ends with the run.
        jobs: how many ops are run at a time at most; None for as many as it has threads.
        max_memory: bytes that each op's process may take, or None.
    """

    def __init__(
        self,
        loading: Loading,
        *,
        address: str | None = None,
        jobs: int | None = None,
        max_memory: int | None = None,
    ) -> None:
        self.loading = loading
        self.address = address
        self.jobs = jobs
        self.max_memory = max_memory

    def _run_all(self, tasks: TaskLedger) -> None:
        this = dask_site.Run(
            f"gradcheck-{uuid.uuid4().hex}", self.loading.absolute(), self.max_memory
        )
        with (
            _quiet_logs(),
            _connected(self.address, self.jobs) as client,
            _DaskRun(client, tasks, this, self.jobs if self.address else None) as run,
        ):
            run.to_its_end()


class _DaskRun:
    """One run: hands out ops to Dask and hears of results."""

    def __init__(
        self, client: Client, ledger: TaskLedger, this: dask_site.Run, jobs: int | None
    ) -> None:
        self._client = client
        self._ledger = ledger
        self._this = this
        self._most = jobs
        self._news: SimpleQueue[Future | Mapping[str, Any]] = SimpleQueue()
        self._given: dict[Future, _Given] = {}
        self._pace = _Pace()
        self._homes = _Homes()
        self._threads = 0
        self._looked = float("-inf")
        self._seen = time.monotonic()

    def __enter__(self) -> _DaskRun:
        self._client.subscribe_topic(self._this.name, lambda event: self._news.put(event[1]))
        return self

    def __exit__(self, *_: object) -> None:
        # Of a cluster that is gone nothing needs to be ended.
        with suppress(OSError, TimeoutError, RuntimeError, ValueError):
            self._client.unsubscribe_topic(self._this.name)
            self._client.cancel(list(self._given))
            self._client.run(dask_site.close, self._this.name, on_error="ignore")

    def to_its_end(self) -> None:
        """Check all ops.

        Raises:
            WorkerError: if a worker that is there at the beginning cannot load the ops.
            WorkerMistake: for an error of gradcheck's own.
        """
        _require_same_versions(self._client)
        _greet(self._client, self._this)
        try:
            self._check_all()
        except OSError as error:
            self._give_up(f"The Dask cluster does not answer any more: {error}.")

    def _check_all(self) -> None:
        while True:
            self._ledger.settle_unchecked()
            self._look()
            self._hand_out()
            if not self._ledger.waiting and not self._given:
                return
            self._hear()

    def _look(self) -> None:
        """Count the threads, and give up after a while without any."""
        now = time.monotonic()
        if now - self._looked < _GLANCE:
            return
        self._looked = now
        self._threads = sum(self._client.nthreads().values())
        if self._threads:
            self._seen = now
        elif now - self._seen > _ARRIVES:
            self._give_up(f"The Dask cluster has had no worker for {_ARRIVES:g} s.")

    def _give_up(self, why: str) -> None:
        """Finish the ops that are left without a result."""
        for given in self._given.values():
            for place in given.places:
                self._ledger.settle_without_worker(place, why)
        self._given.clear()
        while self._ledger.waiting:
            place, _ = self._ledger.take()
            self._ledger.settle_without_worker(place, why)

    def _hand_out(self) -> None:
        ahead = _AHEAD * self._threads
        most = ahead if self._most is None else min(self._most, ahead)
        while self._ledger.waiting and len(self._given) < most:
            count = self._pace.at_once(self._ledger.waiting, most)
            self._submit(_Given(tuple(self._taken(count))))

    def _submit(self, given: _Given) -> None:
        first = given.places[0]
        future = self._client.submit(
            dask_site.check,
            self._this,
            given.tasks,
            key=f"{self._this.name}-ops-{first}-{given.attempt}",
            priority=-first,
        )
        self._given[future] = given
        future.add_done_callback(self._news.put)

    def _taken(self, count: int) -> Iterator[tuple[int, Check]]:
        for _ in range(count):
            yield self._ledger.take()
            self._ledger.settle_unchecked()
            if not self._ledger.waiting:
                return

    def _hear(self) -> None:
        """Wait for news, and deal with all that there are."""
        done: list[Future] = []
        with suppress(Empty):
            news = self._news.get(timeout=_GLANCE)
            while True:
                if isinstance(news, Future):
                    done.append(news)
                else:
                    self._follow(news)
                news = self._news.get_nowait()
        finished = [future for future in done if future.status == "finished"]
        gathered = self._client.gather(finished, errors="skip")
        reports = {report.places: report for report in gathered}
        for future in done:
            given = self._given.pop(future, None)
            if given is not None:
                self._end(given, future, reports.get(given.places))
        self._drop_unwanted()

    def _end(self, given: _Given, future: Future, report: dask_site.TaskReport | None) -> None:
        """Settle the ops of a task that is done or lost."""
        if report is not None:
            self._pace.hear(len(given.tasks), report.seconds)
            for place, ending in zip(report.places, report.endings, strict=True):
                self._settle(place, ending)
            return
        if future.status != "error" and given.attempt < _ATTEMPTS:
            # Its worker was lost after it was done, before its result was fetched.
            self._submit(replace(given, attempt=given.attempt + 1))
            return
        why = _why(future)
        for place in given.places:
            if self._ledger.wants(place):
                self._ledger.settle_without_worker(place, why)

    def _follow(self, event: Mapping[str, Any]) -> None:
        """Record which ops a worker has taken, and how far it is."""
        for place in event.get("taken", ()):
            self._homes.take(place, event["worker"])
            self._ledger.start(place)
        if "place" in event:
            self._ledger.hear(event["place"], Progress(event["case"], event["shrinking"]))

    def _settle(self, place: int, ending: Ending) -> None:
        if not self._ledger.wants(place):
            return
        match ending:
            case Done() | Gone():
                self._ledger.settle(place, ending, *self._homes.losses(place))
            case Unusable(text=text):
                self._ledger.settle_without_worker(place, text)
            case InternalError(text=text):
                raise WorkerMistake(text)

    def _drop_unwanted(self) -> None:
        unwanted = [
            future
            for future, given in self._given.items()
            if not any(map(self._ledger.wants, given.places))
        ]
        for future in unwanted:
            del self._given[future]
        if unwanted:
            self._client.cancel(unwanted)


@dataclass(frozen=True, slots=True)
class _Given:
    """One task for Dask: ops with their places in the run."""

    tasks: tuple[tuple[int, Check], ...]
    attempt: int = 1

    @property
    def places(self) -> tuple[int, ...]:
        return tuple(place for place, _ in self.tasks)


class _Homes:
    """The Dask workers that have ops, and those lost with them."""

    def __init__(self) -> None:
        self._at: dict[int, str] = {}
        self._lost: dict[int, list[str]] = {}

    def take(self, place: int, worker: str) -> None:
        """Record the worker that takes an op; an earlier one was lost."""
        home = self._at.setdefault(place, worker)
        if home != worker:
            self._at[place] = worker
            note = f"the Dask worker {home} was lost while it had this op, which was run again"
            self._lost.setdefault(place, []).append(note)

    def losses(self, place: int) -> tuple[str, ...]:
        """Notes on the workers that were lost with an op."""
        return tuple(self._lost.get(place, ()))


class _Pace:
    """The number of ops per task, whose overhead is some milliseconds."""

    def __init__(self) -> None:
        self._ops = 0
        self._seconds = 0.0

    def hear(self, ops: int, seconds: float) -> None:
        self._ops += ops
        self._seconds += seconds

    def at_once(self, waiting: int, tasks: int) -> int:
        """As many as take a moment, fewer towards the end."""
        if not self._ops:
            return 1
        in_a_moment = int(_MOMENT * self._ops / max(self._seconds, 1e-9))
        return max(1, min(in_a_moment, waiting // (2 * tasks)))


def _greet(client: Client, this: dask_site.Run) -> None:
    """Have all workers load the ops, before any is run."""
    answers = [
        client.submit(
            dask_site.greet,
            this,
            workers=[address],
            allow_other_workers=True,  # it may be lost in the meantime
            key=f"{this.name}-{number}",
        )
        for number, address in enumerate(client.nthreads())
    ]
    with suppress(TimeoutError), client.as_current():
        distributed.wait(answers, timeout=_GREETS)
    for answer in answers:
        trouble = answer.result() if answer.status == "finished" else None
        match trouble:
            case Unusable(text=text):
                raise WorkerError(text)
            case InternalError(text=text):
                raise WorkerMistake(text)


def _why(future: Future) -> str:
    """Why a task has no result."""
    if future.status != "error":
        return "The Dask cluster lost it: its scheduler ended or forgot the task."
    error = future.exception()
    if isinstance(error, distributed.scheduler.KilledWorker):
        return (
            "Every Dask worker that ran it was lost: look at how the last one, "
            f"{error.last_worker}, ended."
        )
    return f"The Dask cluster could not run it: {type(error).__name__}: {error}"


@contextmanager
def _connected(address: str | None, jobs: int | None) -> Iterator[Client]:
    """Connect to a cluster that has workers, or start one."""
    if address is None:
        with _local(jobs) as cluster, Client(cluster, set_as_default=False) as client:
            yield client
        return
    try:
        client = Client(address, timeout=_ANSWERS, set_as_default=False)
    except (OSError, TimeoutError, ValueError, RuntimeError) as error:
        raise WorkerError(
            f"No Dask scheduler answers at {address!r}: {error}. Give the address that "
            "'dask scheduler' prints, as tcp://host:8786; without one a cluster is started here."
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_ARRIVES)
        except TimeoutError:
            raise WorkerError(
                f"The Dask cluster at {address} has no workers; start some there: "
                f"dask worker {address}."
            ) from None
        yield client


def _local(jobs: int | None) -> LocalCluster:
    """A cluster within this process, as ops have processes anyhow."""
    return LocalCluster(
        n_workers=jobs or processors(),
        threads_per_worker=1,
        processes=False,
        dashboard_address="127.0.0.1:0",
    )


def _require_same_versions(client: Client) -> None:
    """Raise a `WorkerError` unless scheduler and workers have what equal results need.

    The scheduler takes tasks apart, so it needs gradcheck as well.
    """
    asking = _asking(_SAME)
    here = asking()
    versions = {f"worker {address}": there for address, there in client.run(asking).items()}
    with suppress(ValueError):  # a scheduler may be told to run nothing
        versions = {"scheduler": client.run_on_scheduler(asking)} | versions
    differing: dict[str, list[str]] = {}
    for who, there in versions.items():
        for name in _SAME:
            if there[name] != here[name]:
                has = f"{name} {there[name]}" if there[name] else f"no {name}"
                differing.setdefault(f"has {has}, here it is {here[name]}", []).append(who)
    if not differing:
        return
    how, those = next(iter(differing.items()))
    more = f" (and {len(those) - 1} more)" if len(those) > 1 else ""
    raise WorkerError(
        f"The Dask {those[0]}{more} {how}. Install the same versions of {listing(_SAME)} where "
        "the scheduler and its workers run: results would not be comparable."
    )


def _asking(names: Sequence[str]) -> Callable[[], dict[str, str]]:
    """Return a function that returns the versions of packages, "" for none.

    As it is made within another function it travels as a whole, not by name: where gradcheck
    is missing, a name in it would be an error that takes the connection down.
    """

    def versions() -> dict[str, str]:
        import importlib

        by_name = {}
        for name in names:
            try:
                by_name[name] = str(importlib.import_module(name).__version__)
            except ImportError:
                by_name[name] = ""
        return by_name

    return versions


@contextmanager
def _quiet_logs() -> Iterator[None]:
    """Keep Dask's own log off the terminal: results and errors say enough."""
    loggers = [
        logging.getLogger(name)
        for name in ("distributed", *logging.root.manager.loggerDict)
        if name.partition(".")[0] == "distributed"
    ]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
