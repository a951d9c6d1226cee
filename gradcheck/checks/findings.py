"""All problems of one case, the worst of them first."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from gradcheck.checks import failures
from gradcheck.checks.trial import Trial
from gradcheck.checks.violation import Violation
from gradcheck.numeric.tally import Tally
from gradcheck.results.failure import CaseReport, Failure
from gradcheck.results.kind import Kind
from gradcheck.results.severity import Severity

# Worst first: without a shape there is no value, without a value nothing else matters.
_CONTRACT = (Kind.ARITY, Kind.TYPE, Kind.MISSING, Kind.UNWANTED, Kind.SHAPE, Kind.DTYPE)
_VALUES = (Kind.VALUE, Kind.NONFINITE, Kind.JVP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The outcome of one case."""

    report: CaseReport  # the case and everything computed in it
    failure: Failure | None = None
    unusable: str = ""  # why there is no usable reference
    tally: Tally = field(default_factory=Tally)
    notes: tuple[str, ...] = ()  # hazards, properties that could not be checked, and why


class Stop(Exception):
    """Ends the examination of a case with a failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class Findings:
    """Failures, hazards and notes of one case, each once."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial
        self.failures: list[Failure] = []
        self.hazards: list[Failure] = []
        self._notes: list[str] = []

    def violated(self, violation: Violation, broken: str) -> None:
        """Record a violation of a property."""
        self.add(failures.of_violation(self._trial.subject, violation, broken))

    def add(self, failure: Failure) -> None:
        """Record a failure, or a hazard, unless it is known."""
        is_hazard = failure.kind.severity is Severity.HAZARD
        known = self.hazards if is_hazard else self.failures
        if all(each.headline != failure.headline for each in known):
            known.append(failure)

    def note(self, sentence: str) -> None:
        """Record a property that could not be checked."""
        self._notes.append(sentence)

    def concluded(self, outcome: Outcome | None) -> Outcome:
        """The outcome of the numbers, with all findings added."""
        if outcome is not None and outcome.failure is not None:
            self.add(outcome.failure)
        counted = self._trial.subject.hazards == "fail"
        worst_first = sorted(self.failures, key=lambda failure: _rank(failure.kind))
        worst_first += self.hazards if counted else []
        before = outcome or Outcome(report=self._trial.report())
        if not worst_first:
            hazards = (f"hazard: {each.headline}" for each in self.hazards)
            notes = dict.fromkeys((*before.notes, *hazards, *self._notes))
            return replace(before, notes=tuple(notes))
        worst, *others = worst_first
        besides = [*others, *(() if counted else self.hazards)]
        report = worst.case or self._trial.report(before.report.comparisons)
        failure = replace(worst, case=report, besides=tuple(each.message for each in besides))
        return replace(
            before, report=report, failure=failure, unusable="", notes=tuple(self._notes)
        )


def _rank(kind: Kind) -> int:
    """The place of a kind of failure in a panel."""
    if kind in _CONTRACT:
        return 0
    return 1 if kind in _VALUES else 2
