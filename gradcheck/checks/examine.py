"""One case, from the call of its forward to its outcome.

Case ──▶ Trial ──properties that hold always──▶ numbers ──properties in turn──▶ Outcome
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.checks import failures
from gradcheck.checks.posing import argument_of, compare_jvp, in_double, problem_of
from gradcheck.checks.precision import native, widened
from gradcheck.checks.properties.catalogue import properties
from gradcheck.checks.properties.property import LAYOUT_HINT, Property
from gradcheck.checks.subject import Subject
from gradcheck.checks.trial import Broken, OpRaised, Trial
from gradcheck.checks.violation import Violation
from gradcheck.ndarrays.dtypes import is_low
from gradcheck.numeric.comparison import Comparison
from gradcheck.numeric.problem import Probes
from gradcheck.numeric.tally import Tally
from gradcheck.results.failure import CaseReport, Failure
from gradcheck.results.kind import Kind

Table = Literal["needed", "every entry"]
TABLED = 256  # arbitrary, a screen or two: entries of a case of which a table may show each
WIDENS_HINT = "If it takes {} only, say widens=False in its spec."
# How an op fails in double precision that takes, or gives, short dtypes only.
_OF_WIDENING = (Kind.RAISED, Kind.DTYPE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The outcome of one case."""

    report: CaseReport  # the case and everything computed in it
    failure: Failure | None = None
    unusable: str = ""  # why there is no usable reference
    tally: Tally = field(default_factory=Tally)
    notes: tuple[str, ...] = ()  # properties that could not be checked, and why


class _Stop(Exception):
    """Ends the examination of a case with a failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def examine(
    subject: Subject,
    case: Case,
    *,
    probes: Probes = "auto",
    table: Table = "needed",
    due: Sequence[Property] = (),
    judge: Callable[[Trial], Outcome | None] = lambda trial: None,
) -> Outcome:
    """Run one case and compare its gradient.

    Args:
        subject: the op.
        case: the arguments of the call.
        probes: how many derivatives to compare, see `Problem.compare`.
        table: "needed" keeps the comparisons that had to be proven; "every entry" proves
            each entry of a small case, for a table with error bars.
        due: properties to check once the numbers are right, see `properties.due`.
        judge: asked for the numbers first, and instead where it has an answer.
    """
    trial = Trial(subject, case)
    with np.errstate(all="ignore"):
        try:
            refusal = _run(trial)
            if refusal:
                return Outcome(report=trial.report(), unusable=refusal)
            low = any(is_low(trial.arrays[i].dtype) for i in trial.active)
            outcome = judge(trial) or _way(subject, low=low)(trial, probes, table)
            if outcome.failure is None and due:
                outcome = replace(outcome, notes=tuple(_check_due(trial, due)))
        except _Stop as stop:
            failure = stop.failure
        except OpRaised as raised:
            failure = failures.of_raise(subject, raised, hint=_hint(case))
        else:
            return outcome
        report = failure.case or trial.report()
        return Outcome(report=report, failure=replace(failure, case=report))


def breach(subject: Subject, case: Case, checked: Property) -> Failure | None:
    """Check one property on one case, whatever its numbers are."""
    trial = Trial(subject, case)
    with np.errstate(all="ignore"):
        try:
            _run(trial)
            _check_due(trial, [checked])
        except _Stop as stop:
            if stop.failure.broken == checked.name:
                return replace(stop.failure, case=trial.report())
        except OpRaised:
            pass
    return None


def proven_error(subject: Subject, case: Case, probe: Comparison) -> float:
    """The relative error of one passing probe; 0 within its bar."""
    trial = Trial(subject, in_double(case))
    with np.errstate(all="ignore"):
        try:
            _run(trial)
        except (_Stop, OpRaised):
            return 0.0
        found = problem_of(trial).sharpened(probe)
    return 0.0 if found is None else found.proven_error


def _run(trial: Trial) -> str:
    """Call forward and vjp, check standing properties, return an excused refusal."""
    if not trial.active:
        _stop(trial, _no_differentiable_input(trial), "contract")
    try:
        _stop(trial, trial.call_forward(), "contract")
    except OpRaised:
        if not trial.case.empty:
            raise
        return "forward raises on a size of zero"
    _check_standing(trial)
    trial.call_vjp()
    _check_standing(trial)
    trial.settle()
    return ""


def _check_standing(trial: Trial) -> None:
    """Check what needs no further call."""
    for standing in properties():
        skipped = standing.when != "always" or standing.name in trial.subject.skip
        if not skipped and standing.check is not None:
            _stop(trial, standing.check(trial), standing.name)


def _check_due(trial: Trial, due: Sequence[Property]) -> list[str]:
    """Check properties that call the op again; note checks that crash."""
    notes = []
    for checked in due:
        assert checked.check is not None
        try:
            violation = checked.check(trial)
        except OpRaised as raised:
            hint = checked.hint or _hint(trial.case)
            failure = failures.of_raise(trial.subject, raised, hint=hint, broken=checked.name)
            raise _Stop(failure) from raised
        except Broken as broken:
            violation = broken.violation
        except Exception as error:  # noqa: BLE001 - a mistake of gradcheck's own must not blame the op
            notes.append(
                f"the property {checked.name!r} could not be checked: "
                f"{type(error).__name__}: {error}"
            )
            continue
        _stop(trial, violation, checked.name)
    return notes


def _way(subject: Subject, *, low: bool) -> Callable[[Trial, Probes, Table], Outcome]:
    if not low:
        return _compare
    return _in_low_precision if subject.widens else _in_own_precision


def _compare(trial: Trial, probes: Probes, table: Table) -> Outcome:
    """Compare numbers, if the forward gave finite ones."""
    if not trial.is_finite:
        return Outcome(report=trial.report(), unusable="forward is not finite")
    problem = problem_of(trial)
    if problem.point.size == 0 or problem.point.base.size == 0:
        return _compare_empty(trial)
    tally = problem.compare(probes)
    if trial.subject.jvp is not None:
        compared = compare_jvp(trial, problem)
        if isinstance(compared, Violation):
            _stop(trial, compared, "adjoint")
        else:
            tally.add(compared)
    found = tally.failures
    comparisons = tally.proven
    if table == "every entry" and problem.point.size <= TABLED:
        extra = [c for c in tally.proven if c.argument is None or c.rule == "jvp"]
        comparisons = [*problem.prove_entries(), *extra]
        found = [c for c in comparisons if not c.agrees] or found
    return _judged(trial, tally, comparisons, found)


def _in_own_precision(trial: Trial, probes: Probes, table: Table) -> Outcome:  # noqa: ARG001 - of one form with `_compare`
    """Compare numbers in the only dtype that the op takes."""
    if not trial.is_finite:
        return Outcome(report=trial.report(), unusable="forward is not finite")
    if not (sum(g.size for g in trial.gradients.values()) and sum(o.size for o in trial.base)):
        return _compare_empty(trial)
    tally = native.compare(trial, probes)
    if isinstance(tally, Violation):
        raise _Stop(failures.of_violation(trial.subject, tally, "adjoint"))
    return _judged(trial, tally, tally.proven, tally.failures)


def _judged(
    trial: Trial, tally: Tally, comparisons: Sequence[Comparison], found: Sequence[Comparison]
) -> Outcome:
    """The outcome of comparisons: a failure if some are wrong."""
    report = trial.report(comparisons)
    return Outcome(
        report=report,
        failure=failures.of_values(trial.subject, found, report) if found else None,
        unusable=tally.doubt.problem if tally.doubt else "",
        tally=tally,
    )


def _compare_empty(trial: Trial) -> Outcome:
    """Without entries or without outputs the gradient is zero everywhere."""
    for name, gradient in trial.gradients.items():
        if gradient.any():
            violation = Violation(
                Kind.VALUE,
                f"∂L/∂{name} is wrong",
                f"The output has no entries, so ∂L/∂{name} is zero; the vjp returned "
                f"{gradient[gradient.nonzero()][0]:g}.",
                name,
            )
            _stop(trial, violation, "")
    return Outcome(report=trial.report())


def _in_low_precision(trial: Trial, probes: Probes, table: Table) -> Outcome:  # noqa: ARG001 - of one form with `_compare`
    """Check the formula in double precision, then this precision against that one."""
    case = trial.case
    outcome = examine(trial.subject, in_double(case), probes=probes)
    if outcome.failure is not None and outcome.failure.kind in _OF_WIDENING:
        failure = failures.hinted(outcome.failure, WIDENS_HINT.format(case.dtype))
        return replace(outcome, failure=failure)
    if outcome.failure is not None or outcome.unusable or "precision" in trial.subject.skip:
        return outcome
    outcome = replace(outcome, report=trial.report())  # that of the wide case holds its arrays
    if not trial.is_finite:
        return Outcome(report=trial.report(), unusable=f"forward overflows in {case.dtype}")
    if widened.forward_is_off(trial):
        return Outcome(report=trial.report(), unusable=f"forward is inaccurate in {case.dtype}")
    comparison = widened.worst(trial, [argument_of(trial, i) for i in trial.active])
    report = trial.report([comparison] if comparison else [])
    if comparison is None or comparison.agrees:
        return replace(outcome, report=report)
    violation = Violation(
        Kind.PRECISION,
        f"∂L/∂{comparison.argument} loses precision in {case.dtype}",
        f"In {case.dtype} the gradient is off by {comparison.distance:.1e} at "
        f"{comparison.where}; rounding each step of it explains {comparison.tolerance:.1e}.",
        comparison.argument,
        worst=comparison,
    )
    failure = replace(failures.of_violation(trial.subject, violation, "precision"), case=report)
    return Outcome(report=report, failure=failure, tally=outcome.tally)


def _stop(trial: Trial, violation: Violation | None, broken: str) -> None:
    if violation is not None:
        raise _Stop(failures.of_violation(trial.subject, violation, broken))


def _hint(case: Case) -> str:
    """The option that excuses an op from cases in such a layout."""
    return LAYOUT_HINT if case.layout != "C" else ""


def _no_differentiable_input(trial: Trial) -> Violation:
    dtypes = ", ".join(f"{name} is {x.dtype}" for name, x in trial.inputs.arrays.items())
    return Violation(
        Kind.SPEC,
        "no input is differentiable",
        f"No input is differentiable ({dtypes or 'there is none'}): gradients belong to floating "
        "and complex inputs that nondiff= does not take out.",
    )
