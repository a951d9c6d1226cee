"""Cases that fail like a proven one, by three calls each."""

from __future__ import annotations

from enum import Enum, auto

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.checks.posing import in_double, point_of
from gradcheck.checks.subject import Subject
from gradcheck.checks.trial import OpRaised, Trial
from gradcheck.ndarrays.dtypes import is_low
from gradcheck.ndarrays.types import Parts
from gradcheck.numeric.batched import ROUNDING, SHORT
from gradcheck.numeric.paths import both_ways
from gradcheck.numeric.point import Point
from gradcheck.results.failure import Failure
from gradcheck.results.kind import Kind

# Tolerances between a difference and a gradient that is taken for wrong. Arbitrary, 3 to 100:
# a case in between is examined as any other.
_CLEARLY = 10.0
# Widths between one-sided slopes, likewise: at a kink any slope between them is right.
_BEYOND_KINKS = 2.0


class Look(Enum):
    """The impression that a gradient makes beside one difference."""

    WRONG = auto()
    RIGHT = auto()
    UNCLEAR = auto()


def is_of_values(failure: Failure) -> bool:
    """Whether a failure is a wrong value, which one difference shows."""
    by_vjp = failure.worst is None or failure.worst.rule == "vjp"
    return failure.kind is Kind.VALUE and not failure.broken and by_vjp


def glance(subject: Subject, case: Case, argument: str | None) -> Look:
    """Compare the gradient of an argument, or of all, with one difference.

    A case that fails in another way, or not at all, counts as right.
    """
    if any(is_low(x.dtype) for x in case.inputs):
        if not subject.widens:
            return Look.UNCLEAR
        case = in_double(case)
    with np.errstate(all="ignore"):
        trial = Trial(subject, case)
        try:
            if not trial.active or trial.call_forward() is not None:
                return Look.RIGHT
            trial.call_vjp()
        except OpRaised:
            return Look.RIGHT
        if trial.breaches or not trial.is_finite:
            return Look.RIGHT
        trial.settle()
        point = point_of(trial)
        return _impression(point, _direction(point, argument))


def _direction(point: Point, argument: str | None) -> Parts:
    """A random direction that moves one argument only, if one is named."""
    return [
        u if argument in (None, each.name) else np.zeros_like(u)
        for each, u in zip(point.arguments, point.random_direction(), strict=True)
    ]


def _impression(point: Point, direction: Parts) -> Look:
    if not point.base.size or not any(u.any() for u in direction):
        return Look.RIGHT
    path = point.path_along(direction)
    ahead, behind = both_ways(path, SHORT)
    if ahead is None or behind is None or not ahead.shape == behind.shape == point.base.shape:
        return Look.UNCLEAR
    claim = point.claim(path, "", None)
    weights, size = np.abs(point.weights), np.maximum(np.abs(ahead), np.abs(behind))
    distance = abs(float(point.weights @ (ahead - behind)) / (2 * SHORT) - claim.slope)
    tolerance = point.rtol * claim.size + ROUNDING * float(weights @ size) / SHORT
    width = float(weights @ np.abs(ahead - 2 * point.base + behind)) / SHORT
    if distance <= tolerance:
        return Look.RIGHT
    clear = distance > _CLEARLY * tolerance and distance > _BEYOND_KINKS * width
    return Look.WRONG if clear else Look.UNCLEAR
