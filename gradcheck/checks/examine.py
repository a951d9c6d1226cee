"""One case, from the call of its forward to its outcome.

Case ──▶ Trial ──standing properties──▶ numbers ──properties in turn──▶ Outcome

Whatever else is found, a case goes on to its numbers, as far as there are any.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.checks import failures
from gradcheck.checks.findings import Findings, Outcome, Stop
from gradcheck.checks.posing import argument_of, in_double, problem_of
from gradcheck.checks.precision import widened
from gradcheck.checks.properties.catalogue import properties
from gradcheck.checks.properties.property import LAYOUT_HINT, Property
from gradcheck.checks.subject import Subject, on_copies
from gradcheck.checks.surroundings import Surroundings
from gradcheck.checks.trial import Broken, OpRaised, Trial
from gradcheck.checks.value_check import TABLED, Table, compare_in_own_precision, compare_values
from gradcheck.checks.violation import Culprit, Violation
from gradcheck.ndarrays.dtypes import is_low
from gradcheck.numeric.comparison import Comparison
from gradcheck.numeric.problem import Probes
from gradcheck.results.failure import Failure
from gradcheck.results.kind import Kind

WIDENS_HINT = "If it takes {} only, say widens=False in its spec."
# How an op fails in double precision that takes, or gives, short dtypes only.
_OF_WIDENING = (Kind.RAISED, Kind.DTYPE)


def examine(
    subject: Subject,
    case: Case,
    *,
    probes: Probes = "auto",
    table: Table = "needed",
    due: Sequence[Property] = (),
    judge: Callable[[Trial], Outcome | None] = lambda trial: None,
) -> Outcome:
    """Run one case, compare its gradient, and collect all that is wrong.

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
    findings = Findings(trial)
    outcome: Outcome | None = None
    with np.errstate(all="ignore"):
        try:
            refusal = _run(trial, findings)
            if refusal:
                return Outcome(report=trial.report(), unusable=refusal)
            outcome = judge(trial) or _numbers(trial, probes, table)
            if outcome.failure is None and not findings.failures:
                _check_due(trial, due, findings)
        except Stop as stop:
            findings.add(stop.failure)
        except OpRaised as raised:
            if raised.culprit == "forward" and case.layout != "C" and not trial.outputs:
                in_c_order = replace(case, layout="C")
                outcome = examine(subject, in_c_order, probes=probes, table=table, due=due)
                if not _raises_too(outcome):
                    findings.violated(failures.layout_refusal(raised, case.layout), "layouts")
                    return findings.concluded(outcome)
            findings.add(failures.of_raise(subject, raised, hint=_hint(case)))
            outcome = None
        return findings.concluded(outcome)


def breach(subject: Subject, case: Case, checked: Property) -> Failure | None:
    """Check one property on one case, whatever its numbers are."""
    trial = Trial(subject, case)
    findings = Findings(trial)
    with np.errstate(all="ignore"):
        try:
            _run(trial, findings)
            if not findings.failures:
                _check_due(trial, [checked], findings)
        except Stop as stop:
            findings.add(stop.failure)
        except OpRaised:
            return None
    known = (*findings.failures, *findings.hazards)
    found = next((each for each in known if each.broken == checked.name), None)
    return found and replace(found, case=found.case or trial.report())


def proven_error(subject: Subject, case: Case, probe: Comparison) -> float:
    """The relative error of one passing probe; 0 within its bar."""
    trial = Trial(subject, in_double(case))
    findings = Findings(trial)
    with np.errstate(all="ignore"):
        try:
            _run(trial, findings)
        except (Stop, OpRaised):
            return 0.0
        if findings.failures:
            return 0.0
        comparison = problem_of(trial).sharpened(probe)
    return 0.0 if comparison is None else comparison.proven_error


def _run(trial: Trial, findings: Findings) -> str:
    """Call forward and vjp, check standing properties, return an excused refusal."""
    if not trial.active:
        _stop(trial, _no_differentiable_input(trial))
    around = Surroundings()
    try:
        _stop(trial, trial.call_forward())
    except OpRaised:
        if not trial.case.empty:
            raise
        return "forward raises on a size of zero"
    _check_standing(trial, findings)
    _check_surroundings(around, "forward", findings, trial)
    trial.call_vjp()
    _check_standing(trial, findings)
    _check_surroundings(around, "vjp", findings, trial)
    for breach_ in trial.breaches:
        findings.violated(breach_, "contract")
    trial.settle()
    if trial.touched:  # from now on nothing that the op writes into is anybody else's
        forward, vjp = on_copies(trial.subject.forward), on_copies(trial.subject.vjp)
        trial.subject = replace(trial.subject, forward=forward, vjp=vjp)
    return ""


def _check_surroundings(
    around: Surroundings, culprit: Culprit, findings: Findings, trial: Trial
) -> None:
    violation = around.disturbance(culprit)
    if violation is not None and "state" not in trial.subject.skip:
        findings.violated(violation, "state")


def _check_standing(trial: Trial, findings: Findings) -> None:
    """Check what needs no further call."""
    for standing in properties():
        skipped = standing.when != "always" or standing.name in trial.subject.skip
        if not skipped and standing.check is not None:
            violation = standing.check(trial)
            if violation is not None:
                findings.violated(violation, standing.name)


def _check_due(trial: Trial, due: Sequence[Property], findings: Findings) -> None:
    """Check properties that call the op again, until one fails."""
    for checked in due:
        assert checked.check is not None
        try:
            violation = checked.check(trial)
        except OpRaised as raised:
            hint = checked.hint or _hint(trial.case)
            failure = failures.of_raise(trial.subject, raised, hint=hint, broken=checked.name)
            raise Stop(failure) from raised
        except Broken as carrier:
            findings.violated(carrier.violation, carrier.broken or checked.name)
            return
        except Exception as error:  # noqa: BLE001 - a mistake of gradcheck's own must not blame the op
            findings.note(
                f"the property {checked.name!r} could not be checked: "
                f"{type(error).__name__}: {error}"
            )
            continue
        if violation is not None:
            findings.violated(violation, checked.name)
        if findings.failures:
            return


def _numbers(trial: Trial, probes: Probes, table: Table) -> Outcome:
    """Compare the usable gradients, in whatever precision the op takes."""
    if trial.breaches:
        if not trial.gradients:
            return Outcome(report=trial.report())
        trial.narrow()
    low = any(is_low(trial.arrays[i].dtype) for i in trial.active)
    if not low:
        return compare_values(trial, probes, table)
    if not trial.subject.widens:
        return compare_in_own_precision(trial, probes)
    return _in_low_precision(trial, probes)


def _in_low_precision(trial: Trial, probes: Probes) -> Outcome:
    """Check the formula in double precision, then this precision against that."""
    case = trial.case
    outcome = examine(trial.subject, in_double(case), probes=probes)
    if outcome.failure is not None and outcome.failure.kind in _OF_WIDENING:
        failure = failures.hinted(outcome.failure, WIDENS_HINT.format(case.dtype))
        return replace(outcome, failure=failure)
    if outcome.failure is not None or outcome.unusable or "precision" in trial.subject.skip:
        return outcome
    outcome = replace(outcome, report=trial.report())  # that of the wide case holds its arrays
    if not trial.is_finite or widened.forward_is_off(trial):
        off = "is inaccurate" if trial.is_finite else "overflows"
        return Outcome(report=trial.report(), unusable=f"forward {off} in {case.dtype}")
    comparison = widened.worst(trial, [argument_of(trial, i) for i in trial.active])
    report = trial.report([comparison] if comparison else [])
    if comparison is None and any(g.size for g in trial.gradients.values()):
        return Outcome(report=report, unusable=f"the gradient overflows in {case.dtype}")
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


def _stop(trial: Trial, violation: Violation | None) -> None:
    if violation is not None:
        raise Stop(failures.of_violation(trial.subject, violation, "contract"))


def _raises_too(outcome: Outcome) -> bool:
    failure = outcome.failure
    return failure is not None and failure.kind in (Kind.RAISED, Kind.FORWARD)


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


__all__ = ("TABLED", "Outcome", "breach", "examine", "proven_error")
