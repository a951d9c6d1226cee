"""What is to be run, what came of it, and until when: the same for all that run ops elsewhere."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from gradcheck.cases import Case
from gradcheck.events import (
    CaseFinished,
    Listener,
    OpFinished,
    OpStarted,
    RunFinished,
    RunStarted,
)
from gradcheck.execution.ended import no_worker, result_of
from gradcheck.execution.messages import Done, Gone, Progress
from gradcheck.execution.tasks import Check
from gradcheck.expectations import Budget, as_expected, unchecked
from gradcheck.results import Result
from gradcheck.settings import Settings
from gradcheck.spec import OpSpec


class Ledger:
    """The ops of one run, by their place in it; they may be finished in any order.

    Attributes:
        specs: in the order of the run.
    """

    def __init__(
        self,
        specs: Sequence[OpSpec],
        settings: Settings,
        listener: Listener,
        kept: Mapping[str, Sequence[Case]],
    ) -> None:
        self.specs = specs
        self._settings = settings
        self._listener = listener
        self._kept = kept
        self._budget = Budget.of(settings, time.perf_counter())
        self._pending = deque(range(len(specs)))
        self._started: set[int] = set()
        self._results: dict[int, Result] = {}
        self._ends_at = len(specs)

    @property
    def results(self) -> tuple[Result, ...]:
        """In the order of the ops, up to the first failure if the run stops there."""
        return tuple(
            self._results[place] for place in sorted(self._results) if place <= self._ends_at
        )

    @property
    def waiting(self) -> int:
        """How many ops are still to be handed out."""
        return len(self._pending)

    def wants(self, place: int) -> bool:
        """Whether the result of an op that is handed out is of use still."""
        return place <= self._ends_at and place not in self._results

    def settle_unchecked(self) -> None:
        """Finish the ops that are next and are not to be run."""
        while self._pending:
            known = unchecked(self.specs[self._pending[0]].name, self._settings, self._budget)
            if known is None:
                return
            self._finish(self._pending.popleft(), known)

    def take(self) -> tuple[int, Check]:
        """Hand out the op that is next."""
        place = self._pending.popleft()
        spec = self.specs[place]
        settings = self._budget.share(self._settings)
        return place, Check.of(spec, settings, self._kept.get(spec.name, ()))

    def start(self, place: int) -> None:
        """Tell that an op has begun, the first time that it does."""
        if place not in self._started and self.wants(place):
            self._started.add(place)
            self._listener(OpStarted(self.specs[place].name, place))

    def hear(self, place: int, progress: Progress) -> None:
        """Tell how far an op is."""
        if self.wants(place):
            op = self.specs[place].name
            self._listener(CaseFinished(op, progress.case, progress.shrinking))

    def settle(self, place: int, ending: Done | Gone, *notes: str) -> None:
        """Finish an op by what came of it, with further notes."""
        self.start(place)
        result = result_of(self.specs[place], ending, seed=self._settings.seed)
        self._finish(place, result.noted(*notes))

    def settle_without_worker(self, place: int, why: str) -> None:
        """Finish an op that cannot be run anywhere."""
        self._finish(place, no_worker(self.specs[place].name, why, seed=self._settings.seed))

    def _finish(self, place: int, result: Result) -> None:
        if not self.wants(place):
            return
        expected = self._settings.xfail.get(self.specs[place].name, "")
        result = as_expected(result, expected)
        self._results[place] = result
        self._listener(OpFinished(result))
        if self._settings.fail_fast and result.verdict.is_failure:
            # What comes behind the first failure does not count, what comes before it does.
            self._ends_at = place
            self._pending = deque(p for p in self._pending if p < place)


def run(
    specs: Sequence[OpSpec],
    settings: Settings,
    listener: Listener,
    kept: Mapping[str, Sequence[Case]],
    run_all: Callable[[Ledger], None],
) -> RunFinished:
    """Check ops by something that hands out all of a ledger, and tell of the run as a whole.

    Interrupted from the keyboard, it keeps what was finished until then.
    """
    began = datetime.now(UTC).isoformat(timespec="seconds")
    started = time.perf_counter()
    listener(RunStarted(tuple(spec.name for spec in specs), settings.seed, settings.cases))
    ledger = Ledger(specs, settings, listener, kept)
    interrupted = False
    try:
        run_all(ledger)
    except KeyboardInterrupt:
        interrupted = True
    finished = RunFinished(ledger.results, time.perf_counter() - started, interrupted, began)
    listener(finished)
    return finished
