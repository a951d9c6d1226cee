"""The engine: draws cases for each op, examines them, reduces a failure, emits events.

It prints nothing and reads no configuration. Hypothesis does the drawing and the
shrinking; every one of its settings is set here, so that neither a profile nor a `CI`
variable changes what runs.
"""

from __future__ import annotations

import hashlib
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity
from hypothesis import strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase
from hypothesis.errors import Flaky, Unsatisfiable
from hypothesis.internal.conjecture import providers

from gradcheck.cases import Case, CasePlan
from gradcheck.errors import GradcheckError
from gradcheck.events import (
    CaseFinished,
    Listener,
    OpFinished,
    OpStarted,
    RunFinished,
    RunStarted,
)
from gradcheck.evidence import Outcome, examine
from gradcheck.reducing import reduced
from gradcheck.results import CaseReport, Failure, Kind, Result
from gradcheck.settings import Settings
from gradcheck.spec import OpSpec
from gradcheck.subject import Subject, subject_of
from gradcheck.verdict import Comparison, Verdict


def run(specs: Sequence[OpSpec], settings: Settings, listener: Listener) -> RunFinished:
    """Check ops one after the other.

    Args:
        specs: the ops, in order.
        settings: what to run.
        listener: called with every event.

    Returns:
        The last event. If the run was interrupted from the keyboard it holds what was
        finished until then.
    """
    started = time.perf_counter()
    listener(RunStarted(tuple(spec.name for spec in specs), settings.seed, settings.cases))
    results: list[Result] = []
    interrupted = False
    for place, spec in enumerate(specs):
        listener(OpStarted(spec.name, place))
        try:
            result = check_op(spec, settings, listener)
        except KeyboardInterrupt:
            interrupted = True
            break
        results.append(result)
        listener(OpFinished(result))
        if settings.fail_fast and result.verdict.is_failure:
            break
    finished = RunFinished(tuple(results), time.perf_counter() - started, interrupted)
    listener(finished)
    return finished


def check_op(spec: OpSpec, settings: Settings, listener: Listener = lambda event: None) -> Result:
    """Check one op on as many cases as the settings ask for.

    Raises:
        SpecError: if the spec does not fit together. What the op itself does wrong, or
            raises, is in the result.
    """
    spec.required_gradient()
    plan = CasePlan.of(spec)
    search = _Search(spec, settings, listener)
    dtypes = settings.dtypes or spec.dtypes
    started = time.perf_counter()
    trouble = search.run(lambda draw: plan.draw(draw, dtypes))
    with _quiet():
        failure = search.final_failure() or trouble
    return _result(spec, settings, search, failure, time.perf_counter() - started)


class _Found(Exception):
    """Tells Hypothesis that a case fails; there is one subclass per kind of failure."""


@cache
def _found(kind: Kind, argument: str | None) -> type[_Found]:
    """Hypothesis keeps a failure of one type while it shrinks: it cannot slip into another."""
    return type(f"{kind.name}_{argument}", (_Found,), {})


class _OurMistake(BaseException):
    """Carries an error of gradcheck's own out of Hypothesis: it is not the op's."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


class _OutOfTime(BaseException):
    """Leaves Hypothesis, which lets everything through that is no `Exception`."""


@dataclass(slots=True)
class _Counts:
    cases: int = 0
    drawn: int = 0
    unusable: Counter[str] = field(default_factory=Counter)
    kinks: int = 0
    probes: int = 0
    relative_error: float = 0.0
    power: float = 0.0
    nonzero: bool = False
    worst: Comparison | None = None

    def add(self, outcome: Outcome) -> None:
        """Count a case, and keep its worst margin."""
        self.cases += 1
        if outcome.unusable:
            self.unusable[outcome.unusable] += 1
        tally = outcome.tally
        self.probes += tally.probes
        self.kinks += any(c.reference.kink for c in tally.proven)
        self.relative_error = max(self.relative_error, tally.relative_error)
        self.power = max(self.power, tally.power)
        self.nonzero |= tally.nonzero
        worst = tally.worst
        if worst is not None and (self.worst is None or worst.margin > self.worst.margin):
            self.worst = worst


class _Search:
    """Draws cases until one fails, then reduces it."""

    def __init__(self, spec: OpSpec, settings: Settings, listener: Listener) -> None:
        self.spec = spec
        self.subject = subject_of(spec)
        self.settings = settings
        self.listener = listener
        self.counts = _Counts()
        self.smallest: tuple[Case, Outcome] | None = None
        self.last: tuple[Case, Outcome] | None = None
        self.notes: list[str] = []
        self._deadline = (
            float("inf") if settings.max_time is None else time.perf_counter() + settings.max_time
        )

    def run(self, draw_case: Callable[[Any], Case]) -> Failure | None:
        """Draw and examine; return a failure only for trouble with the drawing itself."""

        def counted(draw: Any) -> Case:
            self.counts.drawn += self.smallest is None
            return draw_case(draw)

        try:
            draw_cases(self.subject.name, counted, self._examine, self.settings)
        except (_Found, Flaky, BaseExceptionGroup):
            if self.smallest is None:
                raise
        except _OurMistake as carrier:
            raise carrier.error from None
        except _OutOfTime:
            self.notes.append(
                f"stopped after {self.settings.max_time:g} s, at {self.counts.cases} of "
                f"{self.settings.cases} cases"
            )
        except Unsatisfiable:
            pass
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a strategy or an `assume` may raise anything
            return _undrawable(error, self.subject)
        return None

    def final_failure(self) -> Failure | None:
        """Examine the smallest failing case once more, with an error bar for every entry."""
        if self.smallest is None:
            return None
        case, outcome = self.smallest
        if self.settings.shrink and outcome.failure is not None:
            case = reduced(self.spec, case, self._fails_like(outcome.failure))
        again = examine(self.subject, case, table="every entry")
        if again.failure is None:
            self.notes.append(
                "the smallest case fails on some runs only: the op is not deterministic"
            )
            return outcome.failure
        return again.failure

    def _fails_like(self, failure: Failure) -> Callable[[Case], bool]:
        def fails(case: Case) -> bool:
            if time.perf_counter() > self._deadline:
                return False
            found = examine(self.subject, case).failure
            self.listener(CaseFinished(self.subject.name, self.counts.cases, True))
            return (
                found is not None
                and found.kind is failure.kind
                and found.argument == failure.argument
            )

        return fails

    def last_report(self) -> CaseReport | None:
        """The last case that passed, with an error bar for every entry."""
        if self.last is None:
            return None
        case, outcome = self.last
        again = examine(self.subject, case, table="every entry")
        return again.report if again.failure is None else outcome.report

    def _examine(self, case: Case) -> None:
        if time.perf_counter() > self._deadline:
            raise _OutOfTime
        try:
            outcome = examine(self.subject, case)
        except Exception as error:
            raise _OurMistake(error) from error
        if self.smallest is None:
            self.counts.add(outcome)
        self.listener(CaseFinished(self.subject.name, self.counts.cases, self.smallest is not None))
        if outcome.failure is None:
            if outcome.tally.probes:
                self.last = case, outcome
            return
        self.smallest = case, outcome
        raise _found(outcome.failure.kind, outcome.failure.argument)(outcome.failure.message)


def draw_cases(
    name: str,
    draw_case: Callable[[Any], Case],
    use: Callable[[Case], None],
    settings: Settings,
) -> None:
    """Let Hypothesis draw cases and reduce the first one for which `use` raises.

    Args:
        name: of the op; with the run's seed it determines the cases.
        draw_case: draws one case from a Hypothesis `draw` function.
        use: called with each case.
        settings: how many cases, from which seed.
    """

    @st.composite
    def strategy(draw: Any) -> Case:
        return draw_case(draw)

    def test(case: Case) -> None:
        use(case)

    # Without a digest of its own every op would share one key in the database.
    test._hypothesis_internal_add_digest = name.encode()  # type: ignore[attr-defined]  # noqa: SLF001
    seeded = hypothesis.seed(op_seed(settings.seed, name))(hypothesis.given(case=strategy())(test))
    # The settings come last: `seed` takes the database out of those that it finds.
    wrapped = _hypothesis_settings(settings)(seeded)
    with _no_local_constants(), _quiet():
        wrapped()


def op_seed(seed: int, name: str) -> int:
    """The seed of one op in a run: the same whatever else is selected, and in any order."""
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big")


def _hypothesis_settings(settings: Settings) -> hypothesis.settings:
    phases = [Phase.reuse, Phase.generate, *([Phase.shrink] if settings.shrink else [])]
    database = (
        None if settings.database is None else DirectoryBasedExampleDatabase(settings.database)
    )
    return hypothesis.settings(
        max_examples=settings.cases,
        derandomize=False,
        database=database,
        verbosity=Verbosity.quiet,
        phases=phases,
        stateful_step_count=50,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        deadline=None,
        print_blob=False,
        backend="hypothesis",
    )


@contextmanager
def _no_local_constants() -> Iterator[None]:
    """Keep Hypothesis from drawing constants that it finds in the modules now imported.

    They would make the cases of an op depend on what else is imported. There is no
    setting for it; the hook is a private one, so its absence is not an error.
    """
    provider = providers.HypothesisProvider
    original = getattr(provider, "_maybe_draw_constant", None)
    if original is None:
        yield
        return
    provider._maybe_draw_constant = lambda *_, **__: None  # type: ignore[method-assign]  # noqa: SLF001
    try:
        yield
    finally:
        provider._maybe_draw_constant = original  # type: ignore[method-assign]  # noqa: SLF001


@contextmanager
def _quiet() -> Iterator[None]:
    """Ignore warnings of the op under test: its results are judged, not its style."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _undrawable(error: BaseException, subject: Subject) -> Failure:
    """A strategy, domain or `assume` of the spec failed: the op is in error, not the run."""
    text = str(error) if isinstance(error, GradcheckError) else f"{type(error).__name__}: {error}"
    return Failure(
        kind=Kind.SPEC,
        headline="no case can be drawn",
        message=f"Drawing a case failed: {text.partition(chr(10))[0]}",
        location=subject.forward_location,
    )


def _result(
    spec: OpSpec, settings: Settings, search: _Search, failure: Failure | None, seconds: float
) -> Result:
    counts = search.counts
    result = Result(
        op=spec.name,
        verdict=Verdict.PASS,
        cases=counts.cases,
        rejected=max(counts.drawn - counts.cases, 0),
        unusable=dict(counts.unusable),
        kinks=counts.kinks,
        probes=counts.probes,
        margin=counts.worst.margin if counts.worst else 0.0,
        where=counts.worst.where if counts.worst else "",
        relative_error=counts.relative_error,
        power=counts.power,
        seconds=seconds,
        seed=settings.seed,
        signature=str(spec.signature or ""),
        notes=tuple(search.notes),
        last=search.last_report() if settings.last_case and failure is None else None,
    )
    if failure is not None:
        return _failed(result, failure)
    verdict, reason = _doubt(counts)
    return replace(result, verdict=verdict, reason=reason)


def _failed(result: Result, failure: Failure) -> Result:
    """What is printed is what was tested: the failing entry takes the place of the worst."""
    worst = failure.worst
    if worst is not None:
        result = replace(
            result,
            margin=worst.margin,
            where=worst.where,
            relative_error=max(worst.relative_error, result.relative_error),
        )
    return replace(result, verdict=failure.kind.verdict, failure=failure, reason=failure.message)


def _doubt(counts: _Counts) -> tuple[Verdict, str]:
    """PASS, unless nothing was compared or the reference was mostly unusable."""
    if not counts.cases:
        if counts.drawn:
            return Verdict.VACUOUS, f"all {counts.drawn} draws were rejected: nothing was compared"
        return Verdict.VACUOUS, "no case was drawn: nothing was compared"
    unusable = counts.unusable.total()
    if 2 * unusable > counts.cases:
        reason, times = counts.unusable.most_common(1)[0]
        return (
            Verdict.INCONCLUSIVE,
            f"{unusable} of {counts.cases} cases have no usable reference: {reason} ({times})",
        )
    if not counts.probes:
        return Verdict.VACUOUS, f"none of the {counts.cases} cases has an entry to compare"
    if not counts.nonzero:
        return Verdict.VACUOUS, f"all {counts.probes} derivatives that were compared are zero"
    return Verdict.PASS, ""
