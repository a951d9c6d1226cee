"""Values of a gradient, compared in the op's own precision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from gradcheck.checks import failures
from gradcheck.checks.agreement import is_extreme
from gradcheck.checks.findings import Outcome, Stop
from gradcheck.checks.posing import compare_jvp, problem_of
from gradcheck.checks.precision import native
from gradcheck.checks.trial import Trial
from gradcheck.checks.violation import Violation
from gradcheck.numeric.comparison import Comparison, Obstacle
from gradcheck.numeric.problem import Probes
from gradcheck.numeric.tally import Tally
from gradcheck.results.kind import Kind

Table = Literal["needed", "every entry"]
TABLED = 256  # arbitrary, a screen or two: entries of a case of which a table may show each


def compare_values(trial: Trial, probes: Probes, table: Table) -> Outcome:
    """Compare numbers in double precision, if the forward gave finite ones."""
    if not trial.is_finite:
        return Outcome(report=trial.report(), unusable="forward is not finite")
    problem = problem_of(trial)
    if problem.point.size == 0 or problem.point.base.size == 0:
        return _compare_empty(trial)
    tally = problem.compare(probes)
    if trial.subject.jvp is not None:
        compared = compare_jvp(trial, problem)
        if isinstance(compared, Violation):
            raise Stop(failures.of_violation(trial.subject, compared, "adjoint"))
        tally.add(compared)
    wrong = tally.failures
    comparisons = tally.proven
    if table == "every entry" and problem.point.size <= TABLED:
        extra = [c for c in tally.proven if c.argument is None or c.rule == "jvp"]
        comparisons = [*problem.prove_entries(), *extra]
        wrong = [c for c in comparisons if not c.agrees] or wrong
    return _judged(trial, tally, comparisons, wrong)


def compare_in_own_precision(trial: Trial, probes: Probes) -> Outcome:
    """Compare numbers in the only dtype that the op takes."""
    if not trial.is_finite:
        return Outcome(report=trial.report(), unusable="forward is not finite")
    if not (sum(g.size for g in trial.gradients.values()) and sum(o.size for o in trial.base)):
        return _compare_empty(trial)
    tally = native.compare(trial, probes)
    if isinstance(tally, Violation):
        raise Stop(failures.of_violation(trial.subject, tally, "adjoint"))
    return _judged(trial, tally, tally.proven, tally.failures)


def _judged(
    trial: Trial, tally: Tally, comparisons: Sequence[Comparison], wrong: Sequence[Comparison]
) -> Outcome:
    """The outcome of comparisons: a failure if some are wrong."""
    report = trial.report(comparisons)
    return Outcome(
        report=report,
        failure=failures.of_values(trial.subject, wrong, report) if wrong else None,
        unusable=tally.doubt.problem if tally.doubt else "",
        tally=tally,
    )


def _compare_empty(trial: Trial) -> Outcome:
    """Without entries or without outputs the gradient is zero everywhere."""
    for name, gradient in trial.gradients.items():
        if not np.isfinite(gradient).all() and is_extreme(trial):
            return Outcome(report=trial.report(), unusable=Obstacle.EXTREME)
        if gradient.any():
            violation = Violation(
                Kind.VALUE,
                f"∂L/∂{name} is wrong",
                f"The output has no entries, so ∂L/∂{name} is zero; the vjp returned "
                f"{gradient[gradient.nonzero()][0]:g}.",
                name,
            )
            raise Stop(failures.of_violation(trial.subject, violation, ""))
    return Outcome(report=trial.report())
