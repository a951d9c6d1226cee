"""Result and verdict of an op, from all of its cases."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from gradcheck.cases.coverage import Coverage
from gradcheck.checks.examine import Outcome
from gradcheck.checks.subject import Subject
from gradcheck.numeric.comparison import Comparison, Doubt
from gradcheck.numeric.curve import Curve
from gradcheck.numeric.power import Power, escape
from gradcheck.results.failure import CaseReport, Failure
from gradcheck.results.result import Result
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict
from gradcheck.spec.spec import OpSpec


@dataclass(slots=True)
class Counts:
    """Counts and extremes of the cases so far.

    Attributes:
        drawn: draws that were begun; those that are no cases were rejected.
        calls: of the forward.
        cut: whether time was up in the middle of a case, which is not counted.
        unusable: cases without a reference, by the problem.
        doubts: for each problem, the case that had the worst of it.
        quick: the worst relative error beside single differences, whose own is not known.
    """

    cases: int = 0
    drawn: int = 0
    calls: int = 0
    cut: bool = False
    unusable: Counter[str] = field(default_factory=Counter)
    doubts: dict[str, Doubt] = field(default_factory=dict)
    notes: Counter[str] = field(default_factory=Counter)
    kinks: int = 0
    probes: int = 0
    relative_error: float = 0.0
    quick: float = 0.0
    powers: list[Power] = field(default_factory=list)
    nonzero: bool = False
    worst: Comparison | None = None

    def add(self, outcome: Outcome) -> None:
        """Count a case, and keep its worst margin."""
        self.cases += 1
        if outcome.unusable:
            self.unusable[outcome.unusable] += 1
            doubt = outcome.tally.doubt or Doubt(problem=outcome.unusable)
            known = self.doubts.setdefault(doubt.problem, doubt)
            if doubt.noise > known.noise:
                self.doubts[doubt.problem] = doubt
        self.notes.update(outcome.notes)
        tally = outcome.tally
        self.probes += tally.probes
        self.kinks += any(c.reference.kink for c in tally.proven)
        self.relative_error = max(self.relative_error, tally.relative_error)
        if tally.quick is not None:
            self.quick = max(self.quick, tally.quick.relative_error)
        self.powers.append(tally.power)
        self.nonzero |= tally.nonzero
        worst = tally.worst
        if worst is not None and (self.worst is None or worst.margin > self.worst.margin):
            self.worst = worst


def concluded(
    spec: OpSpec,
    settings: Settings,
    counts: Counts,
    failure: Failure | None,
    *,
    notes: tuple[str, ...],
    seconds: float,
    last: CaseReport | None,
    last_curve: Curve | None,
    coverage: Coverage | None,
) -> Result:
    """Put a result together; see `Result` for what it holds."""
    of_cases = [f"{n} ({k} case{'s' * (k > 1)})" for n, k in counts.notes.items()]
    result = Result(
        op=spec.name,
        verdict=Verdict.PASS,
        cases=counts.cases,
        rejected=max(counts.drawn - counts.cases - counts.cut, 0),
        unusable=dict(counts.unusable),
        kinks=counts.kinks,
        probes=counts.probes,
        calls=counts.calls,
        margin=counts.worst.margin if counts.worst else 0.0,
        where=counts.worst.where if counts.worst else "",
        relative_error=counts.relative_error,
        escape=escape(counts.powers),
        seconds=seconds,
        seed=settings.seed,
        signature=str(spec.signature or ""),
        notes=(*notes, *of_cases),
        last=last,
        last_curve=last_curve,
        coverage=coverage,
    )
    if failure is not None:
        return _failed(result, failure)
    verdict, reason = _doubt(counts)
    return replace(result, verdict=verdict, reason=reason)


def concluded_at(
    subject: Subject, outcome: Outcome, *, seed: int, seconds: float, calls: int = 0
) -> Result:
    """Put the result of a single case together, without any draw."""
    tally, failure = outcome.tally, outcome.failure
    worst = failure.worst if failure and failure.worst else tally.worst
    result = Result(
        op=subject.name,
        verdict=Verdict.PASS,
        cases=1,
        unusable={outcome.unusable: 1} if outcome.unusable else {},
        calls=calls,
        notes=outcome.notes,
        kinks=int(any(c.reference.kink for c in tally.proven)),
        probes=tally.probes,
        margin=worst.margin if worst else 0.0,
        where=worst.where if worst else "",
        relative_error=tally.relative_error,
        escape=tally.power.share,
        seconds=seconds,
        seed=seed,
        failure=failure,
        last=outcome.report,
    )
    if failure is not None:
        return replace(result, verdict=failure.kind.verdict, reason=failure.message)
    if outcome.unusable:
        return replace(
            result, verdict=Verdict.INCONCLUSIVE, reason=str(tally.doubt or outcome.unusable)
        )
    if not tally.probes:
        return replace(result, verdict=Verdict.VACUOUS, reason="there is no entry to compare")
    return result


def _failed(result: Result, failure: Failure) -> Result:
    """The result with the failing entry in place of the worst."""
    worst = failure.worst
    if worst is not None:
        result = replace(
            result,
            margin=worst.margin,
            where=worst.where,
            relative_error=max(worst.relative_error, result.relative_error),
        )
    return replace(result, verdict=failure.kind.verdict, failure=failure, reason=failure.message)


def _without_cases(counts: Counts) -> str:
    if counts.cut:
        return "time was up before a case was finished"
    return f"all {counts.drawn} draws were rejected" if counts.drawn else "no case was drawn"


def _doubt(counts: Counts) -> tuple[Verdict, str]:
    """PASS, unless nothing was compared or the reference was mostly unusable."""
    if not counts.cases:
        return Verdict.VACUOUS, f"{_without_cases(counts)}: nothing was compared"
    unusable = counts.unusable.total()
    if 2 * unusable > counts.cases:
        reason, times = counts.unusable.most_common(1)[0]
        return (
            Verdict.INCONCLUSIVE,
            f"{unusable} of {counts.cases} cases have no usable reference: "
            f"{counts.doubts[reason]} ({times})",
        )
    if not counts.probes:
        return Verdict.VACUOUS, f"none of the {counts.cases} cases has an entry to compare"
    if not counts.nonzero:
        return Verdict.VACUOUS, f"all {counts.probes} derivatives that were compared are zero"
    return Verdict.PASS, ""
