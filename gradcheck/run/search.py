"""The search for a failing case of one op."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, NoReturn

from hypothesis.errors import Flaky, Unsatisfiable

from gradcheck.cases.case import Case
from gradcheck.cases.coverage import Collector
from gradcheck.cases.plan import CasePlan
from gradcheck.cases.sampling import draw_cases, quiet
from gradcheck.cases.schedule import Pass, passes
from gradcheck.checks.examine import Outcome
from gradcheck.checks.subject import Subject, subject_of
from gradcheck.errors import GradcheckError
from gradcheck.results.events import Listener
from gradcheck.results.failure import Failure
from gradcheck.results.kind import Kind
from gradcheck.results.result import PINNED, Result
from gradcheck.results.settings import Settings
from gradcheck.run.attempt import Attempts, OurMistake
from gradcheck.run.budget import NOTE_LENGTH, Enough, OutOfTime
from gradcheck.run.conclusion import Counts, concluded
from gradcheck.run.failing import SHRINKING, Finding, FollowUp, rooted
from gradcheck.run.passing import Passing
from gradcheck.run.resemblance import is_of_values
from gradcheck.spec.spec import OpSpec


def check_op(
    spec: OpSpec,
    settings: Settings,
    listener: Listener = lambda event: None,
    *,
    subject: Subject | None = None,
    kept: Sequence[Case] = (),
) -> Result:
    """Check one op on as many cases as the settings ask for.

    Args:
        spec: the op.
        settings: what to run.
        listener: called with every event.
        subject: the functions to check, by default those of the spec.
        kept: cases that are run before any is drawn; one that fails is reported as it is.

    Raises:
        SpecError: if the spec does not fit together. What the op itself does wrong, or
            raises, is in the result.
    """
    spec.required_gradient()
    plan = CasePlan.of(spec)
    attempts = Attempts(spec, subject or subject_of(spec), settings, listener)
    search = Search(attempts)
    started = time.perf_counter()
    trouble = search.run(kept, passes(plan, settings.dtypes or spec.dtypes, settings.cases))
    with quiet():
        failure = search.final_failure() or trouble
        passed = failure is None
        error = search.passing.worst_error(search.counts) if passed else None
    counts = replace(search.counts, calls=attempts.calls.count)
    if error is not None:
        counts.relative_error = error
    shows_last = settings.last_case and passed
    return concluded(
        spec,
        settings,
        counts,
        failure,
        notes=(*plan.notes(), *search.notes),
        seconds=time.perf_counter() - started,
        last=search.passing.last_report() if shows_last else None,
        last_curve=search.passing.last_curve() if shows_last else None,
        coverage=search.collector.coverage() if settings.coverage else None,
    )


class CaseFails(Exception):
    """Tells Hypothesis that a case fails, by a subclass per kind."""


@cache
def _failing(kind: Kind, argument: str | None) -> type[CaseFails]:
    """The type for failures of a kind: Hypothesis shrinks within one."""
    return type(f"{kind.name}_{argument}", (CaseFails,), {})


class Search:
    """Draws cases until one fails, and lets Hypothesis shrink that one.

    Attributes:
        counts: what the cases have shown, up to the first failing one.
        proven: the failing case that was proven last.
        smallest: a smaller one, which fails by the look of it.
        passing: what is kept of the others.
        collector: knows what was drawn.
        notes: sentences for the result.
    """

    def __init__(self, attempts: Attempts) -> None:
        self._attempts = attempts
        self._settings = attempts.settings
        self.counts = Counts()
        self.proven: Finding | None = None
        self.smallest: Case | None = None
        self.passing = Passing(attempts.subject)
        self.collector = Collector(attempts.spec, attempts.settings.dtypes)
        self.notes: list[str] = []
        self._reduces = attempts.settings.shrink
        self._may_shrink: Callable[[], bool] = lambda: True

    def run(self, kept: Iterable[Case], planned: Iterable[Pass]) -> Failure | None:
        """Draw and examine; return a failure only where drawing itself fails."""
        try:
            with self._attempts.in_time():
                self._run_all(kept, planned)
        except OurMistake as carrier:
            raise carrier.error from None
        except OutOfTime:
            self.notes.append(
                f"stopped after {self._settings.max_time:g} s, at {self.counts.cases} of "
                f"{self._settings.cases} cases"
            )
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a strategy or an `assume` may raise anything
            return _undrawable(error, self._attempts.subject)
        return None

    def final_failure(self) -> Failure | None:
        """The failure of the smallest failing case, reduced and diagnosed."""
        if self.proven is None:
            return None
        case = self.smallest or self.proven.case
        follow_up = FollowUp(self._attempts, self.proven, case, self.counts.cases)
        failure = follow_up.failure(reduces=self._reduces)
        self.notes += follow_up.notes
        return failure

    def _run_all(self, kept: Iterable[Case], planned: Iterable[Pass]) -> None:
        for number, each in enumerate(planned):
            if number == 0:
                self._run_kept(kept, each)
            if self.proven is not None:
                break
            if self._attempts.scout.allows(each.stretch):
                self._run_pass(each)

    def _run_kept(self, cases: Iterable[Case], plain: Pass) -> None:
        """Examine pinned cases, as if the plain pass had drawn them."""
        for case in cases:
            self.counts.drawn += 1
            try:
                self._examine(case, plain)
            except CaseFails:
                self._reduces = False
                self.notes.append(PINNED)
                return
            except OurMistake as mistake:
                error = mistake.error
                self.notes.append(
                    f"a pinned case cannot be run: {type(error).__name__}: {error}"[:NOTE_LENGTH]
                )

    def _run_pass(self, each: Pass) -> None:
        def counted(draw: Any) -> Case:
            if self.proven is not None:
                return each.draw(draw)
            self.counts.drawn += 1
            with self.collector.drawing():
                return each.draw(draw)

        sample = replace(
            each.sample(self._attempts.subject.name, self._settings.seed),
            shrink=self._settings.shrink,
            hunts=each.hunts,
            database=self._settings.database,
        )
        try:
            draw_cases(counted, lambda case: self._examine(case, each), sample)
        except (CaseFails, Flaky, BaseExceptionGroup):
            if self.proven is None:
                raise
        except (Unsatisfiable, Enough):
            pass

    def _examine(self, case: Case, each: Pass) -> float | None:
        """Examine a case and return its margin, the score for hunts."""
        self._leave_if_due()
        if self.proven is not None and is_of_values(self.proven.failure):
            self._shrink(case, self.proven.failure)
            return None
        self._attempts.start(case)
        outcome = self._outcome(case, each)
        shrinking = self.proven is not None
        if not shrinking:
            self._count(case, outcome)
        self._attempts.finish(self.counts.cases, shrinking=shrinking)
        if outcome.failure is not None:
            self._fail(Finding(case, outcome.failure, each))
        if self._settings.last_case:
            self.passing.keep(case, outcome)
        return outcome.tally.worst.margin if outcome.tally.worst else None

    def _shrink(self, case: Case, failure: Failure) -> None:
        """Keep a case as the smallest if it looks as wrong."""
        if self._attempts.fails_like(failure, self.counts.cases)(case):
            self.smallest = case
            _fail_as(failure)

    def _leave_if_due(self) -> None:
        """Leave Hypothesis when time is up, or calls for shrinking are."""
        if self._attempts.is_late:
            raise OutOfTime
        if self.proven is not None and not self._may_shrink():
            raise Enough

    def _outcome(self, case: Case, each: Pass) -> Outcome:
        try:
            return self._attempts.outcome(case, each.stretch)
        except OutOfTime:
            self.counts.cut = self.proven is None
            raise

    def _count(self, case: Case, outcome: Outcome) -> None:
        before = self.counts.quick
        self.counts.add(outcome)
        if self.counts.quick > before and outcome.tally.quick is not None:
            self.passing.keep_quickest(case, outcome.tally.quick)
        if self._settings.coverage:
            self.collector.add(case, outcome.report.cotangents)

    def _fail(self, finding: Finding) -> None:
        if self.proven is None:
            self._may_shrink = self._attempts.allowance.share(SHRINKING)
        self.proven = rooted(self._attempts.subject, finding)
        _fail_as(self.proven.failure)


def _fail_as(failure: Failure) -> NoReturn:
    """Raise for Hypothesis, which tells failures apart by type and line."""
    raise _failing(failure.kind, failure.argument)(failure.message)


def _undrawable(error: BaseException, subject: Subject) -> Failure:
    """The failure of an op whose strategy, domain or `assume` raised."""
    text = str(error) if isinstance(error, GradcheckError) else f"{type(error).__name__}: {error}"
    return Failure(
        kind=Kind.SPEC,
        headline="no case can be drawn",
        message=f"Drawing a case failed: {text.partition(chr(10))[0]}",
        location=subject.forward_location,
    )
