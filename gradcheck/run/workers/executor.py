"""Executors that run ops elsewhere: tasks go out, messages come back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

from gradcheck.cases.case import Case
from gradcheck.results.events import CaseFinished, Listener, RunFinished
from gradcheck.results.failure import Failure
from gradcheck.results.kind import Kind
from gradcheck.results.settings import Settings
from gradcheck.run import ledger
from gradcheck.run.ledger import Ledger
from gradcheck.run.workers.endings import failed, result_of
from gradcheck.run.workers.protocol import Done, Gone, Progress
from gradcheck.run.workers.tasks import Check
from gradcheck.spec.spec import OpSpec


class TaskLedger(Ledger):
    """The ops of a run that is not in this process."""

    def take(self) -> tuple[int, Check]:
        """Hand out the next op."""
        spec, place = self.next()
        return place, Check.of(spec, self.share(), self.kept.get(spec.name, ()))

    def hear(self, place: int, progress: Progress) -> None:
        """Report how far an op is."""
        if self.wants(place):
            op = self.specs[place].name
            self.listener(CaseFinished(op, progress.case, progress.shrinking))

    def settle(self, place: int, ending: Done | Gone, *notes: str) -> None:
        """Finish an op by its ending, with further notes."""
        self.start(place)
        result = result_of(self.specs[place], ending, seed=self.settings.seed)
        self.finish(place, result.noted(*notes))

    def settle_without_worker(self, place: int, why: str) -> None:
        """Finish an op that cannot be run anywhere."""
        failure = Failure(kind=Kind.SPEC, headline="no worker process for it", message=why)
        self.finish(place, failed(self.specs[place].name, failure, seed=self.settings.seed))


class TaskExecutor(ABC):
    """Has ops run by workers, of whatever kind."""

    def run(
        self,
        specs: Sequence[OpSpec],
        settings: Settings,
        listener: Listener,
        kept: Mapping[str, Sequence[Case]],
    ) -> RunFinished:
        """Check ops; see `gradcheck.run.engine.run`.

        Raises:
            WorkerError: if there is no worker, or none can load the ops.
        """
        tasks = TaskLedger(specs, settings, listener, kept)
        return ledger.run(tasks, lambda: self._run_all(tasks))

    @abstractmethod
    def _run_all(self, tasks: TaskLedger) -> None:
        """Hand out all ops, and settle each."""
