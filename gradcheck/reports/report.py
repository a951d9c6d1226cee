"""A run as renderers see it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gradcheck.reports.terminal.console import plain
from gradcheck.reports.terminal.panel import panel
from gradcheck.reports.text import words
from gradcheck.results.result import PINNED

if TYPE_CHECKING:
    from rich.console import RenderableType

    from gradcheck.reports.text.origins import OpOrigin
    from gradcheck.results.events import RunFinished
    from gradcheck.results.result import Result
    from gradcheck.results.settings import Settings
    from gradcheck.run.shards import Shard
    from gradcheck.spec.binding import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A run to report about, and how much of it is wanted."""

    finished: RunFinished
    planned: int  # ops that the run was to check
    settings: Settings
    ops: tuple[str, ...] = ()  # their names, as far as they are known
    sort: str | None = None  # "name", "margin" or "time"; None as they were run
    failures_only: bool = False
    verbosity: int = 0  # 1 shows failing cases entry by entry, 2 also each op's last case
    command_for: Callable[[str], str] = lambda _op: ""  # checks the op of that name again
    replay_for: Callable[[str], str] = lambda _op: ""  # runs its failing case again, if stored
    strict: bool = False  # INCONCLUSIVE and VACUOUS make the run fail
    origins: Mapping[str, OpOrigin] = field(default_factory=dict)  # of ops, where known
    shard: Shard | None = None  # None for a whole run
    _panels: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def results(self) -> list[Result]:
        """The results to show, in the order to show them in."""
        results = list(self.finished.results)
        if self.failures_only:
            results = [result for result in results if result.verdict.is_open]
        if self.sort is not None:
            results.sort(key=_ORDERS[self.sort])
        return results

    @property
    def not_passed(self) -> list[Result]:
        return [result for result in self.results if result.verdict.is_open]

    @property
    def worst_first(self) -> list[Result]:
        """All that did not pass, filters of the screen aside."""
        results = [result for result in self.finished.results if result.verdict.is_open]
        return sorted(results, key=lambda result: result.rank)

    def location(self, result: Result) -> Location | None:
        """The line to blame for a failure, else the gradient."""
        if result.failure is not None and result.failure.location is not None:
            return result.failure.location
        origin = self.origins.get(result.op)
        return origin.location if origin is not None else None

    def case_label(self, result: Result) -> str:
        """The label of the failing case."""
        if PINNED in result.notes:
            return "pinned case"
        return "smallest case" if self.settings.shrink else "failing case"

    def panel(self, result: Result) -> Iterator[RenderableType]:
        """Yield the panel of a result, with commands to repeat it."""
        return panel(
            result,
            command=self.command_for(result.op),
            replay=self.replay_for(result.op),
            case_label=self.case_label(result),
        )

    def text(self, result: Result) -> str:
        """Return the panel as plain text, laid out once for all formats."""
        if result.op not in self._panels:
            self._panels[result.op] = plain(*self.panel(result))
        return self._panels[result.op]

    def notes(self, result: Result) -> str:
        """Return the notes of a row; verbose, with cost and power."""
        more = [words.power(result), words.effort(result)] if self.verbosity else []
        return "; ".join([*words.notes(result), *filter(None, more)])

    @property
    def footer(self) -> str:
        """Return "30 passed, 1 failed in 1.9 s · seed 0"."""
        outcome = words.footer(
            self.finished.results, planned=self.planned, seconds=self.finished.seconds
        )
        each = f"{words.counted(self.settings.cases, 'case', 'cases')} each"
        parts = [outcome, f"seed {self.settings.seed}", each]
        return " · ".join(["interrupted", *parts] if self.finished.interrupted else parts)


_ORDERS: dict[str, Callable[[Result], tuple[float | str, ...]]] = {
    "name": lambda r: (r.op,),
    "margin": lambda r: (r.verdict.rank, -r.margin if r.margin == r.margin else -math.inf),
    "time": lambda r: (-r.seconds,),
}
