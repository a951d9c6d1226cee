"""The search for a failing case of one op."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from hypothesis.errors import Flaky, Unsatisfiable

from gradcheck.cases.case import TURNS, Case
from gradcheck.cases.coverage import Collector
from gradcheck.cases.plan import CasePlan
from gradcheck.cases.private_hooks import draws_note
from gradcheck.cases.reduction import reduced
from gradcheck.cases.sampling import Sample, draw_cases, quiet
from gradcheck.cases.schedule import Pass, passes
from gradcheck.checks.examine import Outcome, breach, examine, proven_error
from gradcheck.checks.properties.catalogue import due, property_of
from gradcheck.checks.properties.twice import nearby
from gradcheck.checks.subject import Subject, subject_of
from gradcheck.checks.trial import Trial
from gradcheck.diagnosis import diagnose
from gradcheck.errors import GradcheckError
from gradcheck.numeric.curve import Curve
from gradcheck.results.events import CaseFinished, CaseStarted, Listener
from gradcheck.results.failure import CaseReport, Failure
from gradcheck.results.kind import Kind
from gradcheck.results.result import PINNED, Result
from gradcheck.results.settings import Settings
from gradcheck.run.budget import (
    LARGE,
    NOTE_LENGTH,
    Calls,
    OutOfTime,
    TooLarge,
    entry_count,
    is_large,
)
from gradcheck.run.conclusion import Counts, concluded
from gradcheck.run.curves import curve_of, ordinary_curve
from gradcheck.run.reach import Scout
from gradcheck.spec.spec import OpSpec

_SURVEYED = 48  # cases that are drawn to see what failing ones have in common
# Limits are in work, not in time, so that equal seeds give equal results on any machine:
# about a nanosecond each, in ops that take no longer per entry than arithmetic does.
_SURVEY_WORK = 1_500_000_000
_REDUCING_WORK = 3_000_000_000
_KEPT = 8  # passing cases, of which one is to show how differences converge
_SMALL = 4096  # entries of such a case


class _OurMistake(BaseException):
    """Carries an error of gradcheck's own out of Hypothesis: it is not the op's."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


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
    search = _Search(spec, subject or subject_of(spec), settings, listener)
    started = time.perf_counter()
    trouble = search.run(kept, passes(plan, settings.dtypes or spec.dtypes, settings.cases))
    with quiet():
        failure = search.final_failure() or trouble
        error = search.worst_error() if failure is None else search.counts.relative_error
    counts = replace(search.counts, calls=search.calls.count, relative_error=error)
    return concluded(
        spec,
        settings,
        counts,
        failure,
        notes=(*draws_note(), *search.notes),
        seconds=time.perf_counter() - started,
        last=search.last_report() if settings.last_case and failure is None else None,
        last_curve=search.last_curve() if settings.last_case and failure is None else None,
        coverage=search.collector.coverage() if settings.coverage else None,
    )


class _Found(Exception):
    """Tells Hypothesis that a case fails; there is one subclass per kind of failure."""


@cache
def _found(kind: Kind, argument: str | None) -> type[_Found]:
    """Hypothesis keeps a failure of one type while it shrinks: it cannot slip into another."""
    return type(f"{kind.name}_{argument}", (_Found,), {})


class _Search:
    """Draws cases until one fails, then reduces it."""

    def __init__(
        self, spec: OpSpec, subject: Subject, settings: Settings, listener: Listener
    ) -> None:
        self.spec = spec
        self.calls = Calls(subject.forward)
        self.subject = replace(subject, forward=self.calls, hazards=settings.hazards)
        self.settings = settings
        self.listener = listener
        self.counts = Counts()
        self.smallest: tuple[Case, Outcome] | None = None
        self.last: tuple[Case, Outcome] | None = None
        self.quickest: tuple[Case, str] | None = None
        self.telling: deque[Case] = deque(maxlen=_KEPT)
        self.collector = Collector(spec, settings.dtypes)
        self.notes: list[str] = []
        self._failing_pass: Pass | None = None
        self._reduces = settings.shrink
        self._may_shrink: Callable[[], bool] = lambda: True
        self._scout = Scout(self.subject)
        self._also = frozenset((*settings.also, *spec.also))
        self._deadline = (
            float("inf") if settings.max_time is None else time.perf_counter() + settings.max_time
        )

    def run(self, kept: Iterable[Case], planned: Iterable[Pass]) -> Failure | None:
        """Draw and examine; return a failure only for trouble with the drawing itself."""
        try:
            with self.calls.until(self._deadline):
                self._run_all(kept, planned)
        except _OurMistake as carrier:
            raise carrier.error from None
        except OutOfTime:
            self.notes.append(
                f"stopped after {self.settings.max_time:g} s, at {self.counts.cases} of "
                f"{self.settings.cases} cases"
            )
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a strategy or an `assume` may raise anything
            return _undrawable(error, self.subject)
        return None

    def _run_all(self, kept: Iterable[Case], planned: Iterable[Pass]) -> None:
        for number, each in enumerate(planned):
            if number == 0:
                self._run_kept(kept, each)
            if self.smallest is not None:
                break
            if self._scout.allows(each.stretch):
                self._run_pass(each)

    def _run_kept(self, cases: Iterable[Case], plain: Pass) -> None:
        """Examine cases that are given, as if the plain pass had drawn them."""
        for case in cases:
            self.counts.drawn += 1
            try:
                self._examine(case, plain)
            except _Found:
                self._reduces = False
                self.notes.append(PINNED)
                return
            except _OurMistake as mistake:
                error = mistake.error
                self.notes.append(
                    f"a pinned case cannot be run: {type(error).__name__}: {error}"[:NOTE_LENGTH]
                )

    def _run_pass(self, each: Pass) -> None:
        def counted(draw: Any) -> Case:
            if self.smallest is not None:
                return each.draw(draw)
            self.counts.drawn += 1
            with self.collector.drawing():
                return each.draw(draw)

        sample = replace(
            each.sample(self.subject.name, self.settings.seed),
            shrink=self.settings.shrink,
            hunts=each.hunts,
            database=self.settings.database,
        )
        try:
            draw_cases(counted, lambda case: self._examine(case, each), sample)
        except (_Found, Flaky, BaseExceptionGroup):
            if self.smallest is None:
                raise
        except (Unsatisfiable, TooLarge):
            pass

    def final_failure(self) -> Failure | None:
        """Examine the smallest failing case once more, with an error bar for every entry."""
        if self.smallest is None:
            return None
        case, outcome = self.smallest
        assert outcome.failure is not None
        if self._reduces:
            budget = self.calls.budget(_REDUCING_WORK)
            case = reduced(self.spec, case, self._fails_like(outcome.failure), goes_on=budget)
            if is_large(case):
                self.notes.append(f"not reduced further than {entry_count(case):,} entries")
        self.listener(CaseStarted(self.subject.name, case))
        again = outcome
        if not (is_large(case) and case is self.smallest[0]):
            again = examine(self.subject, case, table="every entry", due=self._due(case))
        if again.failure is None:
            self.notes.append(
                "the smallest case fails on some runs only: the op is not deterministic"
            )
            return outcome.failure
        failure = self._root(case, again.failure)
        if not self.settings.diagnose:
            return failure
        if is_large(case):
            self.notes.append(f"what kind of mistake it is is looked for up to {LARGE:,} entries")
            return replace(failure, curve=self._curve(case, failure))
        return replace(self._diagnosed(case, failure), curve=self._curve(case, failure))

    def _curve(self, case: Case, failure: Failure) -> Curve | None:
        """Differences over steps for the worst entry, where it is a value that is wrong."""
        late = time.perf_counter() > self._deadline
        if failure.worst is None or failure.broken or late:
            return None
        try:
            return curve_of(self.subject, case, failure.worst)
        except Exception:  # noqa: BLE001 - a failure without a picture is a failure all the same
            return None

    def _root(self, case: Case, failure: Failure) -> Failure:
        """A value that changes from call to call is wrong for that reason."""
        if failure.broken or "determinism" in self.subject.skip:
            return failure
        return breach(self.subject, case, property_of("determinism")) or failure

    def _diagnosed(self, case: Case, failure: Failure) -> Failure:
        """Say what kind of mistake it is; that it cannot be said must not hide the failure."""
        failing, passing = self._survey(failure)
        try:
            said = diagnose(self.subject, [*failing, case], passing, failure)
        except Exception as error:  # noqa: BLE001 - see above
            self.notes.append(f"no diagnosis: {type(error).__name__}: {error}")
            return failure
        return replace(failure, looks_like=said.looks_like, only_where=said.only_where)

    def _survey(self, failure: Failure) -> tuple[list[Case], list[Case]]:
        """Draw further cases and tell those that fail in the same way from those that pass."""
        assert self._failing_pass is not None
        failing: list[Case] = []
        passing: list[Case] = []
        fails = self._fails_like(failure)
        goes_on = self.calls.budget(_SURVEY_WORK)

        def sort(case: Case) -> None:
            if is_large(case):
                raise TooLarge
            if goes_on() and time.perf_counter() < self._deadline:
                # Every property is checked, so that a case passes only if nothing is wrong.
                (failing if fails(replace(case, turn=0)) else passing).append(case)

        sample = Sample(
            name=f"{self.subject.name} survey", cases=_SURVEYED, seed=self.settings.seed
        )
        try:
            draw_cases(self._failing_pass.draw, sort, sample)
        except (Exception, TooLarge):  # noqa: BLE001 - what the drawing raises has been told already
            return failing, passing
        return failing, passing

    def _fails_like(self, failure: Failure) -> Callable[[Case], bool]:
        def fails(case: Case) -> bool:
            if time.perf_counter() > self._deadline:
                return False
            self.listener(CaseStarted(self.subject.name, case))
            try:
                with self.calls.until(self._deadline):
                    found = examine(self.subject, case, due=self._due(case)).failure
            except OutOfTime:
                found = None
            self.listener(CaseFinished(self.subject.name, self.counts.cases, True))
            return (
                found is not None
                and found.kind is failure.kind
                and found.argument == failure.argument
            )

        return fails

    def worst_error(self) -> float:
        """The worst relative error that is proven; the worst quick one is looked at again.

        Of a large case that takes too long: there a quick one stands for itself.
        """
        if self.quickest is None:
            return self.counts.relative_error
        case, where = self.quickest
        if is_large(case):
            return max(self.counts.relative_error, self.counts.quick)
        found = proven_error(self.subject, case, where)
        return max(self.counts.relative_error, found)

    def last_report(self) -> CaseReport | None:
        """The last case that passed, with an error bar for every entry."""
        if self.last is None:
            return None
        case, outcome = self.last
        again = examine(self.subject, case, table="every entry")
        return again.report if again.failure is None else outcome.report

    def last_curve(self) -> Curve | None:
        """Differences over steps for an ordinary entry of the last case that has one."""
        curves = (ordinary_curve(self.subject, case) for case in reversed(self.telling))
        return next((curve for curve in curves if curve is not None), None)

    def _due(self, case: Case) -> tuple[Any, ...]:
        return due(case.turn, TURNS, self.subject.skip, self._also)

    def _outcome(self, case: Case, each: Pass) -> Outcome:
        try:
            outcome = examine(self.subject, case, due=self._due(case))
            if each.stretch is not None:
                self._scout.look(case, each.stretch)
        except OutOfTime:
            self.counts.cut = self.smallest is None
            raise
        except Exception as error:
            raise _OurMistake(error) from error
        return outcome

    def _leave_if_due(self, case: Case) -> None:
        """Leave Hypothesis where time is up, or a large failing case has been reduced enough."""
        if time.perf_counter() > self._deadline:
            raise OutOfTime
        if self.smallest is not None and is_large(case) and not self._may_shrink():
            raise TooLarge

    def _examine(self, case: Case, each: Pass) -> float | None:
        self._leave_if_due(case)
        self.listener(CaseStarted(self.subject.name, case))
        outcome = self._outcome(case, each)
        if self.smallest is None:
            before = self.counts.quick
            self.counts.add(outcome)
            if self.counts.quick > before and outcome.tally.quick is not None:
                self.quickest = case, outcome.tally.quick.where
            if self.settings.coverage:
                self.collector.add(case, outcome.report.cotangents)
        self.listener(CaseFinished(self.subject.name, self.counts.cases, self.smallest is not None))
        if outcome.failure is None:
            if outcome.tally.probes and self.settings.last_case:
                self.last = case, outcome
            small = entry_count(case) <= _SMALL
            if self.settings.last_case and outcome.tally.nonzero and small:
                self.telling.append(case)
            return outcome.tally.worst.margin if outcome.tally.worst else None
        if self.smallest is None:
            self._may_shrink = self.calls.budget(_REDUCING_WORK)
        case, outcome, failure = self._plainest(case, outcome, outcome.failure)
        self.smallest = case, outcome
        self._failing_pass = each
        raise _found(failure.kind, failure.argument)(failure.message)

    def _plainest(
        self, case: Case, outcome: Outcome, failure: Failure
    ) -> tuple[Case, Outcome, Failure]:
        """A gradient that came up as wrong for equal inputs may be wrong for others as well."""
        if failure.kind is Kind.TWICE and failure.worst is not None:
            for other in nearby(Trial(self.subject, case)):
                found = examine(self.subject, other)
                if found.failure is not None and found.failure.kind is Kind.VALUE:
                    return other, found, found.failure
        return case, outcome, failure


def _undrawable(error: BaseException, subject: Subject) -> Failure:
    """A strategy, domain or `assume` of the spec failed: the op is in error, not the run."""
    text = str(error) if isinstance(error, GradcheckError) else f"{type(error).__name__}: {error}"
    return Failure(
        kind=Kind.SPEC,
        headline="no case can be drawn",
        message=f"Drawing a case failed: {text.partition(chr(10))[0]}",
        location=subject.forward_location,
    )
