"""A derivative that is tiny beside its outputs keeps its digits.

Differences of a forward see nothing below its rounding, so a loss there is no error by
default. But 1 − tanh² at 20 rounds to 0 where the derivative is 1.7e-17, and so does s (1 − s)
at 40: behind such a layer nothing learns any more, and a logarithm of it is infinite. The
reference is the complex step, which does not cancel, or a ladder in long double, where the
forward takes such numbers and the reference proves itself. Compared to a relative 1e-6, in
double precision. Typical of saturating activations, and of losses whose gradient is p − y.
Source: Squire and Trapp (1998), SIAM Review 40(1).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from gradcheck.checks.posing import point_of
from gradcheck.checks.properties.property import Property
from gradcheck.checks.trial import Trial
from gradcheck.checks.violation import Violation
from gradcheck.ndarrays import buckets
from gradcheck.ndarrays.dtypes import is_low
from gradcheck.ndarrays.types import Vector
from gradcheck.numeric import complex_step, ladder
from gradcheck.numeric.argument import Argument
from gradcheck.numeric.claim import Claim
from gradcheck.numeric.comparison import Obstacle, Reference
from gradcheck.numeric.conditioning import nudged
from gradcheck.numeric.notation import apart
from gradcheck.numeric.paths import SparsePath
from gradcheck.numeric.point import Point
from gradcheck.numeric.steps import ULPS, eps_of
from gradcheck.results.kind import Kind

_SHARE = 1e-6  # arbitrary, 1e-7 to 1e-4: of a derivative's terms, which a rule may lose
_TRUSTED = 1e-8  # arbitrary, well below _SHARE: by which references may differ
_ENTRIES = 32  # arbitrary, for speed: that are compared in a case
_UNDERFLOW = 2.0**-900  # derived from the imaginary step: slopes that it rounds off
_EXPONENTS = range(-3, -22, -1)  # of the heights above a point at which it is examined
_HEIGHTS = 8  # arbitrary, for chance to hit rounding: with each of them
_BENDING = 2.0**-6  # arbitrary: of h², by which a mean over h may differ from the slope
_CONFIRMING = 3  # arbitrary: neighbouring exponents that must agree
_NUDGE = 256.0  # arbitrary, 64 to 1024: units of the inputs, whose effect is no loss
_NUDGES = 2  # arbitrary: a second one, should the first not move the slope


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sharp:
    """A slope with a small relative error."""

    value: float
    size: float  # Σ |w| |f′|, the terms that it sums
    bar: float
    method: str


def check(trial: Trial) -> Violation | None:
    """Compare some entries of the gradient with references of small relative error."""
    if not trial.is_finite or any(is_low(trial.case.inputs[i].dtype) for i in trial.active):
        return None
    point = point_of(trial)
    for part, index in _picked(point):
        violation = _judged(point, part, index)
        if violation is not None:
            return violation
    return None


def _picked(point: Point) -> Iterator[tuple[int, int]]:
    """Entries that may move alone: all, or a random choice."""
    places = [
        (part, int(index))
        for part, (argument, scales) in enumerate(zip(point.arguments, point.scales, strict=True))
        if argument.project is None
        for index in scales.nonzero()[0]
    ]
    rng = buckets.generator(point.seed)
    chosen = rng.permutation(len(places))[:_ENTRIES] if len(places) > _ENTRIES else None
    yield from places if chosen is None else (places[i] for i in sorted(chosen))


def _judged(point: Point, part: int, index: int) -> Violation | None:
    """Compare one entry; measure its conditioning only where it differs."""
    scale, argument = float(point.scales[part][index]), point.arguments[part]
    moves = [(part, np.array([index]), np.array([scale]))]
    path = SparsePath(point.function, point.inputs, moves)
    slope, size = path.along(point.gradient)
    if not math.isfinite(slope) or _agrees_at_once(path, point, slope):
        return None
    sharp = _sharp(path, point.base, point.weights)
    if sharp is None:
        return None
    bar = sharp.bar + _SHARE * sharp.size
    if not math.isfinite(sharp.value) or abs(slope - sharp.value) <= bar:
        return None
    bar += _conditioning(path, point.weights, sharp)
    if not abs(slope - sharp.value) > bar:
        return None
    return _violation(argument, index, (slope, size), replace(sharp, bar=bar), scale)


def _violation(
    argument: Argument, index: int, claimed: tuple[float, float], sharp: _Sharp, scale: float
) -> Violation:
    """Report a slope beside its reference, per unit of the entry."""
    slope, size = claimed
    reference = Reference(
        low=sharp.value / scale,
        high=sharp.value / scale,
        bar=sharp.bar / scale,
        method=sharp.method,
        step=0.0,
    )
    claim = Claim(
        where=argument.label(index), argument=argument.name, slope=slope / scale, size=size / scale
    )
    result, derivative = apart(claim.slope, reference.value)
    return Violation(
        Kind.TAILS,
        f"∂L/∂{argument.name} loses its digits where it is small",
        f"At {claim.where} the vjp returned {result}; by {sharp.method} the derivative is "
        f"{derivative} ± {reference.bar:.1g}. Rearrange the rule so that nothing cancels.",
        argument.name,
        worst=claim.beside(reference, 0.0),
    )


def _agrees_at_once(path: SparsePath, point: Point, slope: float) -> bool:
    """Whether an unverified complex step agrees already, as it mostly does."""
    slopes = complex_step.complex_slopes(path, point.base)
    if slopes is None:
        return False
    size = float(np.abs(point.weights) @ np.abs(slopes))
    return abs(slope - float(point.weights @ slopes)) <= _SHARE * size


def _sharp(path: SparsePath, base: Vector, weights: Vector) -> _Sharp | None:
    return _by_complex_step(path, base, weights) or _in_long_double(path, base, weights)


def _by_complex_step(path: SparsePath, base: Vector, weights: Vector) -> _Sharp | None:
    """The complex step, where it is harmonic and differences agree."""
    slopes = complex_step.complex_slopes(path, base)
    if slopes is None:
        return None
    value, size = float(weights @ slopes), float(np.abs(weights) @ np.abs(slopes))
    seen = ladder.climb(path, base, weights)
    if seen.kink or seen.problem not in ("", Obstacle.STAIRCASE):
        return None
    if not seen.problem and abs(value - seen.value) > 4 * seen.bar + 1e-3 * abs(value):
        return None
    doubt = _doubt(path, slopes, weights) if size > 0 else math.inf
    if not math.isfinite(doubt):
        return None
    bar = doubt + ULPS * eps_of(np.float64) * size + _UNDERFLOW * float(np.abs(weights).sum())
    return _Sharp(value=value, size=size, bar=bar, method="complex step")


def _doubt(path: SparsePath, slopes: Vector, weights: Vector) -> float:
    """The distance of complex steps from harmonic; infinite where not analytic.

    Of an analytic forward the imaginary part v(x, h) obeys Laplace's equation, so h f′(x) equals
    ⅔ v(x, h) plus ⅓ of the mean of v(x ± h, h), up to terms of order h⁵. Of one that takes a
    modulus or a real part it is off by terms of order h³. One that cancels, (a + 1) − a, gives 0
    by many a complex step, but its rounding shows at some of so many heights.
    """
    size = float(np.abs(weights) @ np.abs(slopes))
    rng = buckets.generator(slopes.size)
    window: list[float] = []
    for exponent in _EXPONENTS:
        heights = rng.uniform(1.0, 2.0, _HEIGHTS) * 2.0**exponent
        apart = max(_apart(path, slopes, weights, float(h)) for h in heights)
        window = [*window, apart] if apart <= min(_BENDING * 4.0**exponent, _TRUSTED) * size else []
        if len(window) == _CONFIRMING:
            return max(window)
    return math.inf


def _apart(path: SparsePath, slopes: Vector, weights: Vector, height: float) -> float:
    """The distance of the slopes from a mean at a height."""
    ahead, here, behind = (
        _imaginary(_moved(path, t), height, slopes.size) for t in (height, 0.0, -height)
    )
    if ahead is None or here is None or behind is None:
        return math.inf
    mean = (2 * here + (ahead + behind) / 2) / (3 * height)
    return float(np.abs(weights) @ np.abs(mean - slopes))


def _moved(path: SparsePath, t: float) -> SparsePath:
    """The same path from a point further along it."""
    point = list(path.point)
    for part, indices, values in path.moves:
        point[part] = point[part].copy()
        point[part][indices] += t * values
    return replace(path, point=point)


def _imaginary(path: SparsePath, height: float, size: int) -> Vector | None:
    """Imaginary parts of the outputs at a height, if they are finite."""
    out = path.function(path.imaginary(height))
    usable = out is not None and out.size == 2 * size and bool(np.isfinite(out).all())
    return out[1::2] if out is not None and usable else None


def _in_long_double(path: SparsePath, base: Vector, weights: Vector) -> _Sharp | None:
    """The ladder in long double, where it is sharp."""
    reference = complex_step.wider(path, weights)
    if reference is None or reference.problem or reference.kink or reference.weak:
        return None
    beside = np.abs(weights) @ np.maximum(np.abs(base), 1.0)
    bar = reference.bar + ULPS * eps_of(np.longdouble) * float(beside) * max(path.reach, 1.0)
    size = abs(float(reference.value))
    if not bar <= ladder.WEAK * size:
        return None
    return _Sharp(value=float(reference.value), size=size, bar=float(bar), method=reference.method)


def _conditioning(path: SparsePath, weights: Vector, sharp: _Sharp) -> float:
    """The slope's change with the rounding of the inputs; infinite if unknown."""
    shift = 0.0
    for seed in range(_NUDGES):
        rng = buckets.generator(seed)
        eps = _NUDGE * eps_of(np.float64)
        there = replace(path, point=[nudged(x, rng, eps) for x in path.point])
        base = there.at(0.0)
        near = None if base is None else _sharp(there, base, weights)
        if near is None:
            return math.inf
        shift = max(shift, abs(near.value - sharp.value))
    return shift


PROPERTY = Property(name="tails", when="on request", text=__doc__, check=check)
