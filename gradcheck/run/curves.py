"""Curves: one entry of a case, taken down the ladder of steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.checks.posing import problem_of, wide
from gradcheck.checks.subject import Subject
from gradcheck.checks.trial import OpRaised, Trial
from gradcheck.ndarrays.dtypes import double_of, is_low, named
from gradcheck.numeric.argument import Place
from gradcheck.numeric.comparison import Comparison
from gradcheck.numeric.curve import Curve, CurvePoint
from gradcheck.numeric.point import Point
from gradcheck.numeric.problem import Problem
from gradcheck.numeric.steps import rungs_along

_TRIED = 8  # entries, until one has a reference; arbitrary: the first one has it as a rule


def curve_of(subject: Subject, case: Case, comparison: Comparison) -> Curve | None:
    """The curve of an entry that was compared in a case.

    Returns:
        None where the comparison is about no single entry, or nothing can be evaluated.
    """
    with np.errstate(all="ignore"):
        problem = _problem(subject, case)
        return None if problem is None else _traced(problem, comparison)


def ordinary_curve(subject: Subject, case: Case) -> Curve | None:
    """The curve of an entry with a derivative of medium size.

    Returns:
        None where no entry has a derivative that is not zero and a reference.
    """
    with np.errstate(all="ignore"):
        problem = _problem(subject, case)
        if problem is None:
            return None
        for place in _ordinary(problem.point):
            comparison = problem.prober.prove_entry(place)
            if not comparison.reference.problem:
                return _traced(problem, comparison)
    return None


def _problem(subject: Subject, case: Case) -> Problem | None:
    """The comparison that a case asks for, in double precision."""
    if any(is_low(x.dtype) for x in case.inputs):
        inputs = tuple(map(wide, case.inputs))
        case = replace(case, inputs=inputs, dtype=double_of(named(case.dtype)).name)
    trial = Trial(subject, case)
    try:
        if trial.call_forward() is not None:
            return None
        trial.call_vjp()
        trial.settle()
    except OpRaised:
        return None
    return problem_of(trial) if not trial.breaches and trial.is_finite else None


def _traced(problem: Problem, comparison: Comparison) -> Curve | None:
    point, place = problem.point, comparison.place
    if place is None or not point.scales[place.part][place.index]:
        return None
    path, claim = point.entry(place)
    reference = comparison.reference
    points = tuple(
        CurvePoint(step=r.step, difference=r.slope / claim.scale, rounding=r.noise / claim.scale)
        for r in rungs_along(path, point.base, point.weights, np.float64)
        if np.isfinite(r.slope) and np.isfinite(r.noise)
    )
    if not points:
        return None
    return Curve(
        where=comparison.where,
        analytic=float(comparison.analytic),
        low=float(reference.low),
        high=float(reference.high),
        bar=float(reference.bar),
        chosen=float(reference.step / claim.scale),
        points=points,
    )


def _ordinary(point: Point) -> Iterator[Place]:
    """A few entries that are not zero, the median derivative first."""
    pairs = zip(point.gradient, point.scales, strict=True)
    sizes = np.concatenate([np.abs(gradient * scales) for gradient, scales in pairs])
    (moving,) = (np.isfinite(sizes) & (sizes > 0)).nonzero()
    if not moving.size:
        return
    apart = np.abs(sizes[moving] - np.median(sizes[moving]))
    ends = np.cumsum([scales.size for scales in point.scales])
    for place in map(int, moving[np.argsort(apart, kind="stable")[:_TRIED]]):
        part = int(np.searchsorted(ends, place, "right"))
        yield Place(part, place - int(ends[part] - point.scales[part].size))
