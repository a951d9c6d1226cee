"""The ops of a run and their results, wherever they are run."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from gradcheck.cases.case import Case
from gradcheck.results.events import Listener, OpFinished, OpStarted, RunFinished, RunStarted
from gradcheck.results.result import Result
from gradcheck.results.settings import Settings
from gradcheck.run.expectations import Budget, as_expected, unchecked
from gradcheck.spec.spec import OpSpec


class Ledger:
    """The ops of one run by their place, finished in any order.

    Attributes:
        settings: of the run as a whole.
        kept: cases by op, which come before any that is drawn.
    """

    def __init__(
        self,
        specs: Sequence[OpSpec],
        settings: Settings,
        listener: Listener,
        kept: Mapping[str, Sequence[Case]],
    ) -> None:
        self.specs = specs
        self.settings = settings
        self.listener = listener
        self.kept = kept
        self._budget = Budget.of(settings, time.perf_counter())
        self._pending = deque(range(len(specs)))
        self._started: set[int] = set()
        self._results: dict[int, Result] = {}
        self._ends_at = len(specs)

    @property
    def results(self) -> tuple[Result, ...]:
        """Results in the order of the ops, up to the stop."""
        return tuple(
            self._results[place] for place in sorted(self._results) if place <= self._ends_at
        )

    @property
    def waiting(self) -> int:
        """The number of ops still to be handed out."""
        return len(self._pending)

    def wants(self, place: int) -> bool:
        """Whether the result of an op is still of use."""
        return place <= self._ends_at and place not in self._results

    def settle_unchecked(self) -> bool:
        """Finish the next ops that are not run; say if others wait."""
        while self._pending:
            known = unchecked(self.specs[self._pending[0]].name, self.settings, self._budget)
            if known is None:
                return True
            self.finish(self._pending.popleft(), known)
        return False

    def next(self) -> tuple[OpSpec, int]:
        """Hand out the next op, with its place."""
        place = self._pending.popleft()
        return self.specs[place], place

    def share(self) -> Settings:
        """The settings of an op that begins now."""
        return self._budget.share(self.settings)

    def start(self, place: int) -> None:
        """Report that an op has begun, the first time that it does."""
        if place not in self._started and self.wants(place):
            self._started.add(place)
            self.listener(OpStarted(self.specs[place].name, place))

    def finish(self, place: int, result: Result) -> None:
        """Record an op's result, applying xfail and skip."""
        if not self.wants(place):
            return
        result = as_expected(result, self.settings.xfail.get(self.specs[place].name, ""))
        self._results[place] = result
        self.listener(OpFinished(result))
        limit = 1 if self.settings.fail_fast else self.settings.max_failures
        failed = sorted(p for p, known in self._results.items() if known.verdict.is_failure)
        if limit is not None and len(failed) >= limit:
            # What comes behind the last failure does not count, what comes before it does.
            self._ends_at = failed[limit - 1]
            self._pending = deque(p for p in self._pending if p < self._ends_at)


def run(ledger: Ledger, run_all: Callable[[], None]) -> RunFinished:
    """Check the ops of a ledger by a function that takes them.

    Interrupted from the keyboard, it keeps what was finished until then.
    """
    began = datetime.now(UTC).isoformat(timespec="seconds")
    started = time.perf_counter()
    names = tuple(spec.name for spec in ledger.specs)
    ledger.listener(RunStarted(names, ledger.settings.seed, ledger.settings.cases))
    interrupted = False
    try:
        run_all()
    except KeyboardInterrupt:
        interrupted = True
    finished = RunFinished(ledger.results, time.perf_counter() - started, interrupted, began)
    ledger.listener(finished)
    return finished
