"""Events of a run, the only thing that renderers consume."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gradcheck.cases.case import Case
from gradcheck.results.result import Result
from gradcheck.results.verdict import Verdict


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run over these ops begins."""

    ops: tuple[str, ...]
    seed: int
    cases: int


@dataclass(frozen=True, slots=True)
class OpStarted:
    """The op at this place (from 0) in the run begins."""

    op: str
    place: int


@dataclass(frozen=True, slots=True)
class CaseStarted:
    """The op is about to run on this case, perhaps its last."""

    op: str
    drawn: Case


@dataclass(frozen=True, slots=True)
class CaseFinished:
    """One more case was run; `shrinking` once a failure is reduced."""

    op: str
    case: int
    shrinking: bool


@dataclass(frozen=True, slots=True)
class OpFinished:
    """All that is known about one op."""

    result: Result


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run is over.

    Attributes:
        seconds: how long it took.
        interrupted: whether it was stopped before all ops were done.
        started: when it began, in UTC, as ISO 8601.
    """

    results: tuple[Result, ...]
    seconds: float
    interrupted: bool = False
    started: str = ""

    def count(self, verdict: Verdict) -> int:
        """How many ops got this verdict."""
        return sum(result.verdict is verdict for result in self.results)


Event = RunStarted | OpStarted | CaseStarted | CaseFinished | OpFinished | RunFinished
Listener = Callable[[Event], None]
