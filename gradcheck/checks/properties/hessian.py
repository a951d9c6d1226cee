"""The derivative of the vjp is the Hessian of ⟨g, f⟩.

So it is symmetric, and agrees with second differences. Who differentiates twice (a penalty on
gradients, Newton's method, implicit layers) uses the derivative of the vjp, of which its value
at a point tells nothing. Two things must hold for any directions u and v: D_v ⟨vjp(g), u⟩ = D_u
⟨vjp(g), v⟩, and D_v ⟨vjp(g), v⟩ is the second difference of ⟨g, f⟩ along v. Nothing is said
where the vjp has a kink or a jump, nor on curved domains, and only double precision is checked.
Typical of rules that are right at a point and not around it: a factor that was computed once
and is taken for a constant.
Source: Griewank and Walther (2008), Evaluating Derivatives, 2nd edition, section 5.1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.checks.posing import point_of
from gradcheck.checks.properties.property import Property
from gradcheck.checks.trial import Trial
from gradcheck.checks.violation import Violation
from gradcheck.ndarrays.dtypes import is_low
from gradcheck.ndarrays.flat import blocks
from gradcheck.ndarrays.types import Array, Parts, Vector
from gradcheck.numeric import ladder
from gradcheck.numeric.comparison import Reference
from gradcheck.numeric.forward import FlatForward
from gradcheck.numeric.notation import apart
from gradcheck.numeric.paths import DensePath, both_ways
from gradcheck.numeric.point import Point
from gradcheck.numeric.steps import ULPS, eps_of, extrapolated
from gradcheck.results.kind import Kind

_STEPS = tuple(2.0**-k for k in range(2, 26, 2))
_SHORT, _LONG = 2.0**-13, 2.0**-6  # steps of the cheap first and second differences
_PAIRS = 2  # arbitrary: of directions, all of which must show a failure
_ASYMMETRY = 1e-5  # arbitrary, 1e-6 to 1e-4: relative differences that are no failure
_CURVATURE = 1e-3  # arbitrary, 1e-4 to 1e-2: the same for second differences
_SMALLEST_NORMAL = float(np.finfo(np.float64).tiny)


def check(trial: Trial) -> Violation | None:
    """Compare derivatives of the vjp with each other and with second differences."""
    if not _applies(trial):
        return None
    point = point_of(trial)
    if not (point.size and point.base.size):
        return None
    backward = _Backward.of(trial, point)
    violation = None
    for _ in range(_PAIRS):
        u, v = point.random_direction(), point.random_direction()
        if _is_plausible(point, backward, u, v):
            return None
        floor = _floor(point, u, v)
        violation = _asymmetry(backward, u, v, floor) or _disagreement(point, backward, v, floor)
        if violation is None:
            return None
    return violation


def _applies(trial: Trial) -> bool:
    case = trial.case
    domains = [case.domains[i] for i in trial.active] if case.domains else []
    low = any(is_low(case.inputs[i].dtype) for i in trial.active)
    return trial.is_finite and not low and all(d is None or d.retract is None for d in domains)


@dataclass(frozen=True, slots=True)
class _Backward:
    """The vjp for one cotangent, from flat inputs to flat gradients."""

    function: FlatForward
    point: Parts
    base: Vector

    @classmethod
    def of(cls, trial: Trial, point: Point) -> _Backward:
        def gradients(*inputs: Array, **_: Any) -> tuple[Array, ...]:
            return tuple(trial.gradients_at(inputs=inputs).values())

        function = FlatForward(
            gradients, trial.fresh_inputs(), trial.active, dict(trial.case.params)
        )
        return cls(function, point.inputs, np.concatenate(point.gradient))

    def slope(self, along: Parts, of: Parts) -> Reference:
        """Differentiate ⟨vjp(g), of⟩ along a direction."""
        return ladder.climb(self._path(along), self.base, np.concatenate(of))

    def change(self, along: Parts) -> Vector | None:
        """A central difference of the vjp along a direction, if usable."""
        ahead, behind = both_ways(self._path(along), _SHORT)
        if ahead is None or behind is None or not ahead.shape == behind.shape == self.base.shape:
            return None
        return (ahead - behind) / (2 * _SHORT)

    def _path(self, along: Parts) -> DensePath:
        scratch = [np.empty_like(x) for x in self.point]
        return DensePath(self.function, self.point, along, scratch)


def _is_plausible(point: Point, backward: _Backward, u: Parts, v: Parts) -> bool:
    """Whether one difference of each kind agrees already: that is no coincidence."""
    by_v, by_u = backward.change(v), backward.change(u)
    seconds = list(_seconds(point, v, (_LONG,)))
    if by_v is None or by_u is None or not seconds:
        return False
    ((second, noise),) = seconds
    flat_u, flat_v = np.concatenate(u), np.concatenate(v)
    one, other, curvature = (float(x) for x in (by_v @ flat_u, by_u @ flat_v, by_v @ flat_v))
    terms = float(np.abs(backward.base) @ (np.abs(flat_u) + np.abs(flat_v)))
    rounding = ULPS * eps_of(np.float64) * terms / _SHORT
    symmetric = abs(one - other) <= _ASYMMETRY * (abs(one) + abs(other)) + rounding
    largest = max(abs(second), abs(curvature))
    return symmetric and abs(second - curvature) <= _CURVATURE * largest + noise + rounding


def _floor(point: Point, u: Parts, v: Parts) -> float:
    """The rounding of a right vjp, below which slopes say nothing.

    In softmax of (100, 0) the large entry is 1 and its cotangent cancels: a term of the size of
    the small one is gone. In x / y² with y = 1e200 it is below the smallest number.
    """
    spent = float(np.abs(point.weights) @ np.abs(point.base))
    reach = max(float(np.abs(np.concatenate(direction)).sum()) for direction in (u, v))
    entries = sum(part.size for part in u)
    lost = _SMALLEST_NORMAL * reach / _STEPS[-1]
    return ULPS * eps_of(np.float64) * spent * entries + lost


def _asymmetry(backward: _Backward, u: Parts, v: Parts, floor: float) -> Violation | None:
    """Compare D_v ⟨vjp(g), u⟩ with D_u ⟨vjp(g), v⟩."""
    one = backward.slope(along=v, of=u)
    if not _is_smooth(one):
        return None
    other = backward.slope(along=u, of=v)
    if not _is_smooth(other):
        return None
    bar = one.bar + other.bar + floor
    if abs(one.value - other.value) <= bar + _ASYMMETRY * (abs(one.value) + abs(other.value)):
        return None
    along_v, along_u = apart(one.value, other.value)
    return Violation(
        Kind.HESSIAN,
        "the Hessian by the vjp is not symmetric",
        f"For one cotangent g and two directions u and v, the derivative of ⟨vjp(g), u⟩ along v "
        f"is {along_v} and that of ⟨vjp(g), v⟩ along u {along_u}; their error bars "
        f"add up to {bar:.1g}. Near this point the vjp is the gradient of no function.",
    )


def _disagreement(point: Point, backward: _Backward, v: Parts, floor: float) -> Violation | None:
    """Compare D_v ⟨vjp(g), v⟩ with second differences of ⟨g, f⟩ along v."""
    slope = backward.slope(along=v, of=v)
    if not _is_smooth(slope):
        return None
    value, bar = second_difference(point, v)
    largest = max(abs(value), abs(slope.value))
    if not abs(slope.value - value) > bar + slope.bar + floor + _CURVATURE * largest:
        return None
    first, second = apart(slope.value, value)
    return Violation(
        Kind.HESSIAN,
        "the derivative of the vjp is wrong",
        f"For one cotangent g and one direction v, the derivative of ⟨vjp(g), v⟩ along v is "
        f"{first}; the second difference of ⟨g, f⟩ is {second} ± {bar:.1g}. The vjp "
        "is not the gradient of the forward around this point.",
    )


def _is_smooth(reference: Reference) -> bool:
    return not (reference.problem or reference.kink or reference.weak)


def second_difference(point: Point, direction: Parts) -> tuple[float, float]:
    """⟨g, f⟩ differentiated twice, and its bar: infinite where steps contradict."""
    seen = list(_seconds(point, direction, _STEPS))
    values = extrapolated([value for value, _ in seen])
    # (16 b − a) / 15 has at most 17/15 of the noise, nearly all of it from the shorter step.
    noise = [17 / 15 * noise for _, noise in seen[1:]]
    best, bar, place = math.nan, math.inf, 0
    for i, (before, value, after) in enumerate(
        zip(values, values[1:], values[2:], strict=False), start=1
    ):
        error = max(abs(value - before), abs(value - after)) + noise[i]
        if ladder.SAFETY * error < bar:
            best, bar, place = value, ladder.SAFETY * error, i
    shorter = zip(values[place + 1 :], noise[place + 1 :], strict=True)
    if any(abs(value - best) > bar + ladder.SAFETY * rounded for value, rounded in shorter):
        return math.nan, math.inf
    return best, bar


def _seconds(
    point: Point, direction: Parts, steps: Sequence[float]
) -> Iterator[tuple[float, float]]:
    """Second differences of ⟨w, f⟩ and their noise, at each usable step.

    Every value of the forward is off by a few units in the last place, of its own or of 1;
    and so are the inputs where a step takes them to where numbers are less dense.
    """
    path = point.path_along(direction)
    eps = ULPS * eps_of(np.float64)
    slopes = zip(point.gradient, point.scales, point.inputs, strict=True)
    moved = sum(float(np.abs(g) @ np.maximum(np.abs(x), scale)) for g, scale, x in slopes)
    for step in steps:
        ahead, behind = both_ways(path, step)
        if ahead is None or behind is None or not ahead.shape == behind.shape == point.base.shape:
            continue
        bent = size = 0.0
        for block in blocks(point.base.size):
            w, a, b, f = (v[block] for v in (point.weights, ahead, behind, point.base))
            bent += float(w @ ((a - f) - (f - b)))
            largest = np.maximum(np.maximum(np.abs(a), np.abs(b)), np.maximum(np.abs(f), 1.0))
            size += float(np.abs(w) @ largest)
        if math.isfinite(bent) and math.isfinite(size):
            yield bent / step**2, (4 * size + 2 * moved) * eps / step**2


PROPERTY = Property(name="hessian", when="on request", text=__doc__, check=check)
