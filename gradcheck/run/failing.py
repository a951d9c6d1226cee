"""After the first failing case: reduce, find the root, diagnose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.cases.reduction import reduced
from gradcheck.cases.sampling import Sample, draw_cases
from gradcheck.cases.schedule import Pass
from gradcheck.checks.examine import breach, examine
from gradcheck.checks.properties.catalogue import property_of
from gradcheck.checks.properties.twice import nearby
from gradcheck.checks.subject import Subject
from gradcheck.checks.trial import Trial
from gradcheck.checks.value_check import Table
from gradcheck.diagnosis import diagnose
from gradcheck.numeric.curve import Curve
from gradcheck.results.failure import Failure
from gradcheck.results.kind import Kind
from gradcheck.run.attempt import Attempts
from gradcheck.run.budget import LARGE, Enough, OutOfCalls, entry_count, is_large
from gradcheck.run.curves import curve_of
from gradcheck.run.resemblance import Look, glance, is_of_values

# Cases that are drawn to see what failing ones have in common. Arbitrary: a condition that holds
# for one case in eight is seen several times.
_SURVEYED = 48
# Shares of the calls that are left; arbitrary: a proof, which must not be cut, takes half of
# those that a slow forward gets, and a diagnosis a fifth.
SHRINKING = 0.08  # by Hypothesis
_REDUCING = 0.15  # on the data
_TABLE = 0.25  # to prove every entry of the smallest case
_SURVEY = 0.75  # to find others like it
_FEW = 2  # failing cases, where calls are few; derived: a mistake has to show in several
_FEW_ENTRIES = range(2, 4)  # of each of them; derived: eight calls for every one, and they differ
_PER_PROOF = 100  # calls; measured: a wrong entry of a smooth forward takes 90 to 100
# Properties that a wrong value, or two equal calls that differ, may seem to break.
_BY_CHANCE = ("", "precision", "state", "zero", "linearity", "layouts", "batch", "twice")


@dataclass(frozen=True, slots=True)
class Finding:
    """A failing case, its failure, and the pass that drew it."""

    case: Case
    failure: Failure
    source: Pass


def rooted(subject: Subject, finding: Finding) -> Finding:
    """The finding as one of equal inputs, or of any inputs.

    A gradient that is wrong for unequal inputs as well is simply wrong; one that is right for
    those is wrong where inputs are equal.
    """
    failure = finding.failure
    if failure.kind is Kind.TWICE and failure.worst is not None:
        for other in nearby(Trial(subject, finding.case)):
            outcome = examine(subject, other)
            if outcome.failure is not None and outcome.failure.kind is Kind.VALUE:
                return replace(finding, case=other, failure=outcome.failure)
    if is_of_values(failure) and _has_equal_inputs(finding.case):
        looks = [glance(subject, other, None) for other in nearby(Trial(subject, finding.case))]
        if looks and all(look is Look.RIGHT for look in looks):
            twice = breach(subject, finding.case, property_of("twice"))
            return replace(finding, failure=twice or failure)
    return finding


def _has_equal_inputs(case: Case) -> bool:
    return any(x.size and np.array_equal(x, y) for x, y in combinations(case.inputs, 2))


class FollowUp:
    """The way from a failing case to the failure that is shown.

    Attributes:
        notes: sentences for the result, about what could not be done.
    """

    def __init__(self, attempts: Attempts, proven: Finding, smallest: Case, cases: int) -> None:
        self._attempts = attempts
        self._allowance = attempts.allowance
        self._subject = replace(attempts.subject, measured=attempts.memory)
        self._proven = proven
        self._smallest = smallest
        self._cases = cases
        self.notes: list[str] = []

    def failure(self, *, reduces: bool) -> Failure:
        """Reduce the case if asked to, examine it once more, diagnose."""
        case = self._reduced() if reduces else self._smallest
        self._attempts.start(case)
        case, failure = self._proof(case)
        with self._allowance.enforced():
            failure = self._root(case, failure)
            if not self._attempts.settings.diagnose:
                return failure
            failure = self._diagnosed(case, failure)
            return replace(failure, curve=self._curve(case, failure))

    def _reduced(self) -> Case:
        case = reduced(
            self._attempts.spec,
            self._smallest,
            self._attempts.fails_like(self._proven.failure, self._cases),
            goes_on=self._allowance.share(_REDUCING),
        )
        if is_large(case):
            self.notes.append(f"not reduced further than {entry_count(case):,} entries")
        return case

    def _proof(self, smallest: Case) -> tuple[Case, Failure]:
        """The failure of the smallest case, or of the proven one."""
        proven = self._proven
        if smallest is not proven.case and (finding := self._examined(smallest)):
            return finding.case, finding.failure
        if self._allowance.is_ample and not is_large(proven.case):
            if finding := self._examined(proven.case):
                return finding.case, finding.failure
            self.notes.append(
                "the smallest case fails on some runs only: the op is not deterministic"
            )
        return proven.case, proven.failure

    def _examined(self, case: Case) -> Finding | None:
        """Examine a case, each entry of it if calls allow."""
        afford = self._allowance.left * _TABLE / _PER_PROOF
        table: Table = "every entry" if entry_count(case) <= afford else "needed"
        outcome = examine(self._subject, case, table=table, due=self._attempts.due(case))
        if outcome.failure is None:
            return None
        return rooted(self._subject, Finding(case, outcome.failure, self._proven.source))

    def _root(self, case: Case, failure: Failure) -> Failure:
        """The failure, or its root: that two equal calls differ."""
        if failure.broken not in _BY_CHANCE or "determinism" in self._subject.skip:
            return failure
        try:
            return breach(self._attempts.subject, case, property_of("determinism")) or failure
        except OutOfCalls:
            return failure

    def _diagnosed(self, case: Case, failure: Failure) -> Failure:
        """Name the mistake; a diagnosis that fails must not hide the failure."""
        if is_large(case):
            self.notes.append(f"what kind of mistake it is is looked for up to {LARGE:,} entries")
            return failure
        failing, passing = self._survey(failure)
        try:
            diagnosis = diagnose(self._subject, [*failing, case], passing, failure)
        except OutOfCalls:
            self.notes.append(f"no diagnosis within {self._allowance.total} calls of the forward")
            return failure
        except Exception as error:  # noqa: BLE001 - see above
            self.notes.append(f"no diagnosis: {type(error).__name__}: {error}")
            return failure
        return replace(failure, looks_like=diagnosis.looks_like, only_where=diagnosis.only_where)

    def _survey(self, failure: Failure) -> tuple[list[Case], list[Case]]:
        """Draw cases that fail in the same way, and others that pass."""
        failing: list[Case] = []
        passing: list[Case] = []
        few = not self._allowance.is_ample
        if few and not is_of_values(failure):
            return failing, passing
        fails = self._attempts.fails_like(failure, self._cases)
        goes_on = self._allowance.share(_SURVEY)

        def sort(case: Case) -> None:
            if is_large(case) or self._attempts.is_late or not goes_on():
                raise Enough
            if few and _entries(case, failure.argument) not in _FEW_ENTRIES:
                return
            # Every property is checked, so that a case passes only if nothing is wrong.
            (failing if fails(replace(case, turn=0)) else passing).append(case)
            if few and len(failing) == _FEW:
                raise Enough

        seed = self._attempts.settings.seed
        sample = Sample(name=f"{self._subject.name} survey", cases=_SURVEYED, seed=seed)
        try:
            draw_cases(self._proven.source.survey, sort, sample)
        except (Exception, Enough):  # noqa: BLE001 - what drawing raises is reported by the search
            return failing, passing
        return failing, passing

    def _curve(self, case: Case, failure: Failure) -> Curve | None:
        """Differences over steps for the worst entry, if a value is wrong."""
        if failure.worst is None or failure.broken or self._attempts.is_late:
            return None
        try:
            return curve_of(self._subject, case, failure.worst)
        except (Exception, OutOfCalls):  # noqa: BLE001 - a failure without a picture is one all the same
            return None


def _entries(case: Case, argument: str | None) -> int:
    """The entries of an argument, or of all."""
    named = zip(case.names, case.inputs, strict=True)
    return sum(x.size for name, x in named if argument in (None, name))
