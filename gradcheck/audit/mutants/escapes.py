"""How a mutant escaped: why cases passed though a gradient was changed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from enum import IntEnum, auto

import numpy as np

from gradcheck.audit.mutants.mutant import Mutant, Target
from gradcheck.audit.mutants.watcher import Bench
from gradcheck.cases.case import Case
from gradcheck.checks.examine import Outcome, examine
from gradcheck.checks.subject import Subject
from gradcheck.checks.trial import Gradients, OpRaised, Trial
from gradcheck.ndarrays.flat import flat
from gradcheck.numeric.argument import Argument
from gradcheck.numeric.comparison import Comparison

_PROVEN = 256  # arbitrary: up to so many entries each gets an error bar of its own here


class Escape(IntEnum):
    """Why a change passed, the worst for the check last."""

    KINK = auto()
    """It chooses another slope at a kink, as right as the first one."""
    BELOW = auto()
    """It is smaller than the error bar."""
    UNUSABLE = auto()
    """There is no usable reference where it lies."""
    UNNOTICED = auto()
    """The check should have seen it."""


def escape_of(cases: Sequence[Case], mutant: Mutant, target: Target, bench: Bench) -> Escape:
    """Say why some cases passed, by the most telling change.

    Small cases decide where there are any: in them, each entry has an error bar of its own.
    """
    planted = bench.watch(mutant, target).subject
    small = [case for case in cases if sum(x.size for x in case.inputs) <= _PROVEN]
    return max(_in_case(case, planted, bench) for case in small or cases)


def _in_case(case: Case, planted: Subject, bench: Bench) -> Escape:
    """Judge by the entries that differ; without any it was not noticed."""
    right, wrong = _gradients(bench.subject, case), _gradients(planted, case)
    if sum(d.size for d in right.values()) > _PROVEN:
        return _in_directions(bench.examine(planted, case), right, wrong, bench.subject.rtol)
    outcome = examine(planted, case, table="every entry")
    if outcome.unusable:
        return Escape.UNUSABLE
    compared = {c.where: c for c in outcome.report.comparisons if c.argument is not None}
    escapes = (_of_entry(compared.get(where), change) for where, change in _changes(right, wrong))
    return max(escapes, default=Escape.UNNOTICED)


def _in_directions(outcome: Outcome, right: Gradients, wrong: Gradients, rtol: float) -> Escape:
    """Take all changes together where random directions are judged."""
    proven = outcome.tally.proven
    if outcome.unusable or any(c.reference.kink or c.reference.problem for c in proven):
        return Escape.UNUSABLE
    change = math.hypot(*(change for _, change in _changes(right, wrong)))
    size = math.hypot(*(float(np.linalg.norm(d)) for d in right.values()))
    return Escape.BELOW if 0 < change <= rtol * size else Escape.UNNOTICED


def _of_entry(comparison: Comparison | None, change: float) -> Escape:
    if comparison is None:
        return Escape.UNNOTICED
    if comparison.reference.problem:
        return Escape.UNUSABLE
    if comparison.reference.kink and comparison.agrees:
        return Escape.KINK
    return Escape.BELOW if change <= comparison.tolerance else Escape.UNNOTICED


def _changes(right: Gradients, wrong: Gradients) -> Iterator[tuple[str, float]]:
    """The entries in which two sets of gradients differ, with the difference."""
    if right.keys() != wrong.keys():
        return
    for name, d in right.items():
        label = Argument(name, d.shape, d.dtype.kind == "c").label
        before, after = flat(d), flat(wrong[name])
        for index in np.flatnonzero((before != after) & ~(np.isnan(before) & np.isnan(after))):
            yield label(int(index)), float(abs(after[index] - before[index]))


def _gradients(subject: Subject, case: Case) -> Gradients:
    trial = Trial(subject, case)
    try:
        trial.call_forward()
        trial.call_vjp()
    except OpRaised:
        return {}
    return trial.gradients
