"""After the first failing case: reduce, find the root, diagnose."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gradcheck.cases.case import Case
from gradcheck.cases.reduction import reduced
from gradcheck.cases.sampling import Sample, draw_cases
from gradcheck.cases.schedule import Pass
from gradcheck.checks.examine import Outcome, breach, examine
from gradcheck.checks.properties.catalogue import property_of
from gradcheck.checks.properties.twice import nearby
from gradcheck.checks.subject import Subject
from gradcheck.checks.trial import Trial
from gradcheck.diagnosis import diagnose
from gradcheck.numeric.curve import Curve
from gradcheck.results.failure import Failure
from gradcheck.results.kind import Kind
from gradcheck.run.attempt import Attempts
from gradcheck.run.budget import LARGE, TooLarge, entry_count, is_large
from gradcheck.run.curves import curve_of

# Cases that are drawn to see what failing ones have in common. Arbitrary: a condition that holds
# for one case in eight is seen several times.
_SURVEYED = 48
# Limits are in work, about nanoseconds, not in time: equal seeds give equal results anywhere.
_SURVEY_WORK = 1_500_000_000  # arbitrary: half of what reducing may take
# Properties that a wrong value, or two equal calls that differ, may seem to break.
_BY_CHANCE = ("", "precision", "state", "zero", "linearity", "layouts", "batch", "twice")
REDUCING_WORK = 3_000_000_000  # arbitrary: what a reader waits for a smaller case


@dataclass(frozen=True, slots=True)
class Finding:
    """A failing case, as far as it has been reduced.

    Attributes:
        case: the case.
        outcome: of its examination.
        failure: the outcome's own.
        source: the pass that drew it.
    """

    case: Case
    outcome: Outcome
    failure: Failure
    source: Pass


def plainest(subject: Subject, finding: Finding) -> Finding:
    """The finding, or one of a wrong value beside equal inputs.

    A gradient that came up as wrong for equal inputs may be wrong for others as well.
    """
    if finding.failure.kind is not Kind.TWICE or finding.failure.worst is None:
        return finding
    for other in nearby(Trial(subject, finding.case)):
        outcome = examine(subject, other)
        if outcome.failure is not None and outcome.failure.kind is Kind.VALUE:
            return Finding(other, outcome, outcome.failure, finding.source)
    return finding


class FollowUp:
    """The way from a failing case to the failure that is shown.

    Attributes:
        notes: sentences for the result, about what could not be done.
    """

    def __init__(self, attempts: Attempts, finding: Finding, cases: int) -> None:
        self._attempts = attempts
        self._subject = attempts.subject
        self._finding = finding
        self._cases = cases
        self.notes: list[str] = []

    def failure(self, *, reduces: bool) -> Failure:
        """Reduce the case if asked to, examine it once more, diagnose."""
        case = self._reduced() if reduces else self._finding.case
        self._attempts.start(case)
        failure = self._again(case).failure
        if failure is None:
            self.notes.append(
                "the smallest case fails on some runs only: the op is not deterministic"
            )
            return self._finding.failure
        failure = self._root(case, failure)
        return self._explained(case, failure) if self._attempts.settings.diagnose else failure

    def _reduced(self) -> Case:
        case = reduced(
            self._attempts.spec,
            self._finding.case,
            self._attempts.fails_like(self._finding.failure, self._cases),
            goes_on=self._attempts.calls.budget(REDUCING_WORK),
        )
        if is_large(case):
            self.notes.append(f"not reduced further than {entry_count(case):,} entries")
        return case

    def _again(self, case: Case) -> Outcome:
        if is_large(case) and case is self._finding.case:
            return self._finding.outcome
        due = self._attempts.due(case)
        return examine(self._subject, case, table="every entry", due=due)

    def _root(self, case: Case, failure: Failure) -> Failure:
        """The failure, or its root: that two equal calls differ."""
        if failure.broken not in _BY_CHANCE or "determinism" in self._subject.skip:
            return failure
        return breach(self._subject, case, property_of("determinism")) or failure

    def _explained(self, case: Case, failure: Failure) -> Failure:
        if is_large(case):
            self.notes.append(f"what kind of mistake it is is looked for up to {LARGE:,} entries")
        else:
            failure = self._diagnosed(case, failure)
        return replace(failure, curve=self._curve(case, failure))

    def _diagnosed(self, case: Case, failure: Failure) -> Failure:
        """Name the mistake; a diagnosis that fails must not hide the failure."""
        failing, passing = self._survey(failure)
        try:
            diagnosis = diagnose(self._subject, [*failing, case], passing, failure)
        except Exception as error:  # noqa: BLE001 - see above
            self.notes.append(f"no diagnosis: {type(error).__name__}: {error}")
            return failure
        return replace(failure, looks_like=diagnosis.looks_like, only_where=diagnosis.only_where)

    def _survey(self, failure: Failure) -> tuple[list[Case], list[Case]]:
        """Draw cases that fail in the same way, and others that pass."""
        failing: list[Case] = []
        passing: list[Case] = []
        fails = self._attempts.fails_like(failure, self._cases)
        goes_on = self._attempts.calls.budget(_SURVEY_WORK)

        def sort(case: Case) -> None:
            if is_large(case):
                raise TooLarge
            if goes_on() and not self._attempts.is_late:
                # Every property is checked, so that a case passes only if nothing is wrong.
                (failing if fails(replace(case, turn=0)) else passing).append(case)

        seed = self._attempts.settings.seed
        sample = Sample(name=f"{self._subject.name} survey", cases=_SURVEYED, seed=seed)
        try:
            draw_cases(self._finding.source.draw, sort, sample)
        except (Exception, TooLarge):  # noqa: BLE001 - what drawing raises is reported by the search
            return failing, passing
        return failing, passing

    def _curve(self, case: Case, failure: Failure) -> Curve | None:
        """Differences over steps for the worst entry, if a value is wrong."""
        if failure.worst is None or failure.broken or self._attempts.is_late:
            return None
        try:
            return curve_of(self._subject, case, failure.worst)
        except Exception:  # noqa: BLE001 - a failure without a picture is a failure all the same
            return None
