"""A worked example: one small case with every number in it."""

from __future__ import annotations

import math
from dataclasses import replace

from gradcheck.cases.case import Case, case_of
from gradcheck.cases.cotangents import CotangentPlan
from gradcheck.cases.plan import CasePlan
from gradcheck.cases.sampling import Sample, draw_cases
from gradcheck.checks.examine import Outcome, examine
from gradcheck.checks.subject import subject_of
from gradcheck.errors import SpecError
from gradcheck.results.failure import CaseReport
from gradcheck.spec.spec import OpSpec

_CANDIDATES = 60  # arbitrary: cases of which the most readable is taken; few are readable
_READABLE = 6  # entries in the inputs of an example that is easy to follow; arbitrary: 2 by 3


def worked_example(spec: OpSpec) -> CaseReport:
    """Work through the spec's `example`, or through a small drawn case.

    The cotangent is one everywhere, so that the gradients are those of the sum of the
    outputs; where that sum is constant (softmax), it is 1, 2, 3, … instead. Every entry is
    compared with its own reference.

    Raises:
        SpecError: if the example cannot be run, with what was wrong.
    """
    case = case_of(spec, spec.example) if spec.example is not None else _drawn(spec)
    outcome = examine(subject_of(spec), case, table="every entry")
    if not outcome.tally.nonzero:
        counting = replace(case, cotangent=CotangentPlan(seed=1))
        outcome = examine(subject_of(spec), counting, table="every entry")
    if outcome.failure is not None and not outcome.report.gradients:
        raise SpecError(f"The example of {spec.name!r} cannot be run: {outcome.failure.message}")
    return outcome.report


def _drawn(spec: OpSpec) -> Case:
    """Draw cases and take the one that is easiest to read."""
    subject = subject_of(spec)
    candidates: list[tuple[float, int, Case]] = []

    def keep(case: Case) -> None:
        plain = replace(case, layout="C", cotangent=CotangentPlan(seed=0))
        outcome = examine(subject, plain)
        if outcome.report.gradients:
            candidates.append((_effort(plain, outcome), len(candidates), plain))

    plan = CasePlan.of(spec)
    sample = Sample(name=spec.name, cases=_CANDIDATES, seed=0)
    draw_cases(lambda draw: plan.draw(draw, spec.dtypes), keep, sample)
    if not candidates:
        raise SpecError(f"No case of {spec.name!r} could be drawn and run, so there is no example.")
    return min(candidates)[2]


def _effort(case: Case, outcome: Outcome) -> float:
    """How hard a case is to read: size, digits and zeros."""
    entries = [float(v) for x in case.inputs for v in abs(x).ravel()]
    size = abs(math.log((len(entries) + 0.5) / _READABLE))
    digits = sum(len(f"{v:.15g}") for v in entries) / max(len(entries), 1)
    dull = sum(v == 0 for v in entries) / max(len(entries), 1)
    return 4 * size + digits + 4 * dull + 10 * bool(outcome.unusable or outcome.failure)
