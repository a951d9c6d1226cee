"""The proof: a numeric derivative along one path, with an error bar that can be trusted.

Central differences are taken on a ladder of steps from 2⁻² down to 2⁻⁴⁸, and the rung is
chosen where neighbouring ones agree best; the analytic value plays no part in it. From
the ladder itself follow the noise of the forward (differences that stop shrinking), a
kink (left and right slopes that stay apart) and a jump (differences that do not vanish).

With the ratio r = 4 between steps, Richardson extrapolation removes the leading error
term: (r² D(h/r) − D(h)) / (r² − 1) for central differences, (r S(h/r) − S(h)) / (r − 1)
for one-sided slopes. Source: Ridders (1982), Advances in Engineering Software 4(2).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from gradcheck.forward import Vector
from gradcheck.paths import Path, both_ways
from gradcheck.verdict import Reference

STEPS = tuple(2.0**-k for k in range(2, 50, 2))
_RATIO = 4.0
# Every value that a forward returns is taken to be off by up to four of its own units in
# the last place, all of them in the worst direction.
_ULPS = 4.0
# The bar is this many times the disagreement of neighbouring rungs.
_SAFETY = 4.0
_AGREE = 0.05  # rungs further apart than this share of the value have not converged
# Noise above this share of the outputs (half precision has half of it) is no rounding.
_IMPLAUSIBLE = 2e-3
# The width of an interval is made of four differences, extrapolated: it has at most this
# many times the noise of a central difference.
_ONE_SIDED = 8
_CONFIRMING = 3  # how many of the shortest steps cannot be chosen themselves
_VANISHING = 1e-9  # slopes that fall below this share of earlier ones tend to zero
_COMPLEX_STEP = 2.0**-100
_COARSE = 1e3  # noise this many times larger than rounding is the forward's own
WEAK = 1e-3  # a bar above this share of the value tells little about the gradient


@dataclass(frozen=True, slots=True)
class Rung:
    """What is known at one step: slopes contracted with the cotangent.

    Attributes:
        step: t of the path.
        slope: central difference.
        noise: how far off it is if each output is off by a few units in the last place.
        low, high: the sum over outputs of the smaller and of the larger one-sided slope.
        change: Σ |w| |f(x+tu) − f(x−tu)|, which vanishes with the step but at a jump.
        size: Σ |w| |f| over the outputs that moved.
        hidden: what outputs that never moved may hide.
        bend: ε Σ |w| |f″|, how far the slope moves with the rounding of the input.
        resolved: whether the outputs changed by more than rounding beside 1.
        flat: whether the forward did not change at all.
    """

    step: float
    slope: float
    noise: float
    low: float
    high: float
    change: float
    size: float
    hidden: float
    bend: float
    resolved: bool
    flat: bool

    @property
    def width(self) -> float:
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class Level:
    """A rung extrapolated with the one before it, and how well its neighbours agree.

    Attributes:
        rung: the rung.
        slope: the extrapolated slope.
        error: how far neighbouring results are apart, with the rung's noise.
        steepest: the largest slope at this or any longer step.
    """

    rung: Rung
    slope: float
    error: float
    steepest: float

    @property
    def converged(self) -> bool:
        """Whether neighbours agree: beside the slope, the noise, or slopes that vanish."""
        return self.error <= max(
            _AGREE * abs(self.slope), 4 * _RATIO * self.rung.noise, _VANISHING * self.steepest
        )


def climb(path: Path, base: Vector, weights: Vector, dtype: Any = np.float64) -> Reference:
    """Differentiate ⟨weights, f⟩ along a path.

    Args:
        path: the path; its slope is per unit of the path's own scaled direction.
        base: f(x), flat.
        weights: cotangents, flat.
        dtype: real dtype to compute in, float64 or wider.

    Returns:
        The reference. Its `problem` is set where no derivative can be given.
    """
    rungs = [rung for rung in _rungs(path, base, weights, dtype) if np.isfinite(rung.slope)]
    if len(rungs) < 4:
        return _unusable("overflows or leaves its domain within a step", rungs)
    levels = _levels(rungs)
    best = _best(levels)
    if best is None:
        return _kink(rungs) or _unusable(_why_not_converged(rungs), rungs)
    bar = _SAFETY * (best.error + best.rung.noise)
    noise = _measured_noise(levels, best, bar)
    if noise > _IMPLAUSIBLE * best.rung.size:
        return _unusable("oscillates or jumps within every usable step", rungs)
    kink = _kink_at(best, rungs, noise)
    if kink is not None:
        return kink
    if not best.rung.resolved and _is_staircase(levels, best):
        return _unusable("is a staircase: flat here, yet rising over longer steps", rungs)
    # A gradient is computed from inputs that are rounded: it is off by its own slope times that.
    bar = max(bar, _SAFETY * noise / best.rung.step) + _SAFETY * best.rung.bend
    return _smooth(best, bar + _swallowed(levels, best), noise / best.rung.step, rungs)


def _swallowed(levels: list[Level], best: Level) -> float:
    """How far a level whose outputs hardly moved is from one of longer step where they did.

    A part of the outputs may be rounded away at the shorter step: p log p with p near 1.
    """
    if best.rung.resolved:
        return 0.0
    longer = [level for level in levels if _rises(level) and level.rung.step > best.rung.step]
    clearest = min(longer, key=lambda level: level.error, default=best)
    return _SAFETY * abs(clearest.slope - best.slope)


def _smooth(best: Level, bar: float, noise: float, rungs: list[Rung]) -> Reference:
    """The derivative at a level; weak if it has far more noise than rounding explains."""
    if not np.isfinite(bar):
        return _unusable("has a derivative that overflows", rungs)
    coarse = noise > _COARSE * best.rung.noise
    if coarse and bar > abs(best.slope):
        # Noise as large as the slope: an oscillation that the steps are in tune with looks so.
        return _unusable("is too noisy to be differentiated numerically", rungs)
    return Reference(
        low=best.slope,
        high=best.slope,
        bar=bar,
        method="central differences",
        step=best.rung.step,
        hidden=best.rung.hidden,
        weak=bool(coarse and bar > WEAK * abs(best.slope)),
    )


def complex_step(
    path: Path, base: Vector, weights: Vector, reference: Reference
) -> Reference | None:
    """Differentiate by Im f(x + i·t·u) / t, which has no cancellation.

    It is right only for a forward that is analytic and takes complex numbers; so it is
    given only where it reproduces f(x) and agrees with the reference that there is.
    Source: Squire and Trapp (1998), SIAM Review 40(1).
    """
    if reference.kink or reference.problem or np.any([np.iscomplexobj(p) for p in path.point]):
        return None
    out = path.function(path.imaginary(_COMPLEX_STEP))
    # A complex output is flattened to pairs of its real and its imaginary part.
    if out is None or out.size != 2 * base.size or not np.isfinite(out).all():
        return None
    real, slopes = out[::2], out[1::2] / _COMPLEX_STEP
    if not np.allclose(real, base, rtol=1e-9, atol=0):
        return None
    value = float(slopes @ weights)
    if abs(value - reference.value) > 4 * reference.bar + 1e-3 * abs(reference.value):
        return None
    bar = 64 * float(np.finfo(np.float64).eps) * float(np.abs(slopes) @ np.abs(weights))
    return replace(
        reference, low=value, high=value, bar=bar, method="complex step", step=0.0, weak=False
    )


def wider(path: Path, weights: Vector) -> Reference | None:
    """Climb in long double, where the platform has it and the forward computes in it."""
    if np.finfo(np.longdouble).eps >= np.finfo(np.float64).eps:
        return None
    base = path.at(0.0, np.longdouble)
    if base is None or base.dtype != np.longdouble:
        return None
    found = climb(path, base, weights.astype(np.longdouble), np.longdouble)
    return replace(found, method=f"{found.method} in long double")


class _Rounding:
    """What rounding of the outputs may add to a slope, or hide from it.

    Rounding hides a slope beside the output, as in 1e200 + x, or beside some number near 1
    inside the forward: log(1 + exp(x)) moves in steps of ε, and is exactly 0 at -40.
    """

    def __init__(self, weights: Vector, base: Vector, dtype: Any) -> None:
        self._weights = np.abs(weights)
        self._value = base
        self._base = np.abs(base)
        self._eps = _eps(dtype)
        self._beside_one = self._eps * np.maximum(self._base, 1.0)
        # The smallest change of each output that was seen, as far as rounding explains it.
        self._quantum = self._beside_one.copy()
        self._moved = np.zeros(base.shape, bool)
        self._longest = 0.0

    def at(self, step: float, ahead: Vector, behind: Vector, moving: Vector) -> tuple[float, float]:
        """Return the noise of a slope at a step, and Σ |w| |f| over what has moved so far.

        Steps come from the longest to the shortest.
        """
        self._longest = self._longest or step
        self._moved |= moving
        change = np.maximum(np.abs(ahead - self._value), np.abs(behind - self._value))
        np.minimum(self._quantum, change, out=self._quantum, where=moving)
        size = self._weights * np.maximum(self._base, np.maximum(np.abs(ahead), np.abs(behind)))
        affected = float(size[self._moved].sum())
        flat = self._moved & ~moving
        unseen = float(self._weights[flat] @ self._quantum[flat])
        if not self._moved.any():
            unseen = float(self._weights @ self._beside_one) * step / self._longest
        return (_ULPS * self._eps * affected + unseen) / step + self._beside(1.0), affected

    @property
    def hidden(self) -> float:
        """What may be hidden in outputs that even the longest step left alone."""
        return self._beside(np.inf)

    def _beside(self, largest: float) -> float:
        """What rounding hides in unmoved outputs, counting them as `largest` at the most."""
        if not self._moved.any():
            return 0.0
        still = self._weights[~self._moved] @ np.minimum(self._base[~self._moved], largest)
        return self._eps * float(still) / self._longest

    def resolved(self, change: Vector) -> bool:
        """Whether a change of the outputs is more than rounding beside 1 would make."""
        return bool((np.abs(change) > 4 * _ULPS * self._beside_one).any())


def _rungs(path: Path, base: Vector, weights: Vector, dtype: Any) -> Iterator[Rung]:
    """Evaluate from the longest step to the shortest, extrapolating one-sided slopes."""
    rounding = _Rounding(weights, base, dtype)
    earlier: tuple[Vector, Vector] | None = None
    finest = path.finest
    for step in STEPS:
        if step < finest:
            return
        ahead, behind = both_ways(path, step, dtype)
        if not (_finite(ahead, base) and _finite(behind, base)):
            earlier = None
            continue
        assert ahead is not None
        assert behind is not None
        right, left = (ahead - base) / step, (base - behind) / step
        change = ahead - behind
        moving = (right != 0) | (left != 0)
        noise, size = rounding.at(step, ahead, behind, moving)
        low, high = (
            (np.nan, np.nan) if earlier is None else _bounds(earlier, (left, right), weights)
        )
        yield Rung(
            step=step,
            slope=float(weights @ change / (2 * step)),
            noise=noise,
            low=low,
            high=high,
            change=float(np.abs(weights) @ np.abs(change)),
            size=size,
            hidden=rounding.hidden,
            bend=_eps(dtype) * float(np.abs(weights) @ np.abs(right - left)) / step,
            resolved=rounding.resolved(change),
            flat=not moving.any(),
        )
        earlier = left, right


def _bounds(
    earlier: tuple[Vector, Vector], now: tuple[Vector, Vector], weights: Vector
) -> tuple[float, float]:
    """Sum the smaller and the larger extrapolated one-sided slope over the outputs.

    Per output entry before contracting: with weights of both signs the contracted slopes
    would bracket nothing.
    """
    left, right = (
        weights * (_RATIO * s - e) / (_RATIO - 1) for e, s in zip(earlier, now, strict=True)
    )
    return float(np.minimum(left, right).sum()), float(np.maximum(left, right).sum())


def _levels(rungs: list[Rung]) -> list[Level]:
    """Extrapolate neighbouring rungs and measure how far neighbouring results differ."""
    square = _RATIO**2
    slopes = [(square * b.slope - a.slope) / (square - 1) for a, b in pairwise(rungs)]
    steepest = list(accumulate((abs(r.slope) for r in rungs), max))
    levels = []
    for i in range(1, len(slopes) - 1):
        apart = max(abs(slopes[i] - slopes[i - 1]), abs(slopes[i] - slopes[i + 1]))
        rung = rungs[i + 1]
        levels.append(Level(rung, slopes[i], apart + rung.noise, steepest[i + 1]))
    return levels


def _best(levels: list[Level]) -> Level | None:
    """Choose the level with the least error among those that agree down to the shortest step.

    A plateau over long steps is a false one if a shorter step settles on another value:
    the derivative is the limit. So a level is passed over when one of shorter step has
    converged, together with a neighbour, to something else; unless its outputs changed by
    less than rounding beside 1, which may have swallowed a part of them. The shortest
    steps only confirm: without any below it, agreement may be an accident of an oscillation.
    """
    converged = [level for level in levels if level.converged]
    for level in sorted(set(converged) - set(levels[-_CONFIRMING:]), key=lambda level: level.error):
        against = [
            other
            for other in converged
            if other.rung.step < level.rung.step
            and other.rung.resolved
            and abs(other.slope - level.slope) > 10 * (other.error + level.error)
        ]
        if len(against) < 2:
            return level
    return None


def _kink_at(best: Level, rungs: list[Rung], noise: float) -> Reference | None:
    """The interval of slopes at a level and the next two rungs, if its width persists.

    On a smooth stretch the width falls with the square of the step. Where it grows as the
    step falls, and noise does not explain that, the point is singular: a jump, a pole.
    """
    near = [r for r in rungs if r.step <= best.rung.step and np.isfinite(r.width)][:3]
    if len(near) < 3:
        return None
    first, *shorter = (r.width for r in near)
    floor = 2 * _ONE_SIDED * max(near[-1].noise, noise / near[-1].step)
    if min(shorter) <= max(first / 2, floor):
        return None
    if max(shorter) > 2 * first:
        if max(shorter) <= 2 * _ONE_SIDED * _RATIO**2 * best.error:
            return None
        return _unusable("jumps at this point, or within every usable step", rungs)
    drift = max(_drift(a, b) for a, b in pairwise(near))
    return _interval(near, _SAFETY * (drift + _ONE_SIDED * near[-1].noise))


def _kink(rungs: list[Rung]) -> Reference | None:
    """Find a kink anywhere on the ladder, the widest stretch of agreeing slopes first."""
    return _persistent([r for r in rungs if np.isfinite(r.width)])


def _persistent(rungs: list[Rung]) -> Reference | None:
    """The interval of slopes that three neighbouring rungs agree on, if it has a width.

    On a smooth stretch the width vanishes with the step; two rungs that oscillate may
    agree by accident.
    """
    best: Reference | None = None
    for first, before, now in zip(rungs, rungs[1:], rungs[2:], strict=False):
        drift = _drift(before, now)
        noise = _ONE_SIDED * now.noise
        apart = 0.02 * now.width
        if now.width > 2 * noise and drift <= apart and _drift(first, before) <= apart:
            bar = _SAFETY * (drift + noise)
            if best is None or bar < best.bar:
                best = _interval([before, now], bar)
    return best


def _interval(rungs: list[Rung], bar: float) -> Reference:
    return Reference(
        low=min(r.low for r in rungs),
        high=max(r.high for r in rungs),
        bar=bar,
        method="one-sided slopes at a kink",
        step=rungs[-1].step,
        hidden=rungs[-1].hidden,
    )


def _drift(before: Rung, now: Rung) -> float:
    return abs(now.low - before.low) + abs(now.high - before.high)


def _is_staircase(levels: list[Level], best: Level) -> bool:
    """Whether longer steps see a slope where the forward is flat, with no kink to explain it."""
    longer = [
        level
        for level in levels
        if level.rung.step > best.rung.step
        and _rises(level)
        and abs(level.slope - best.slope) > 10 * (level.error + best.error)
    ]
    return len(longer) >= 2


def _rises(level: Level) -> bool:
    """Whether a level shows a smooth slope by changes that are more than rounding."""
    smooth = level.rung.width < 0.2 * abs(level.slope)
    return level.converged and level.rung.resolved and smooth


def _measured_noise(levels: list[Level], best: Level, bar: float) -> float:
    """The noise of the forward, from slopes at shorter steps that stray further than rounding.

    Extrapolated slopes: the plain ones stray because they are of lower order.
    """
    stray = [
        abs(level.slope - best.slope) * level.rung.step
        for level in levels
        if level.rung.step < best.rung.step
        and abs(level.slope - best.slope) > bar + 8 * level.rung.noise
    ]
    return max(stray, default=0.0)


def _why_not_converged(rungs: list[Rung]) -> str:
    first, last = rungs[max(0, len(rungs) - 5)], rungs[-1]
    if last.change > 0.1 * first.change and last.change > 100 * last.noise * last.step:
        return "jumps at this point, or within every usable step"
    return "is too noisy to be differentiated numerically"


def _unusable(problem: str, rungs: list[Rung]) -> Reference:
    return Reference(
        low=float("nan"),
        high=float("nan"),
        bar=float("inf"),
        method="central differences",
        step=rungs[-1].step if rungs else 0.0,
        problem=f"forward {problem}",
    )


def _finite(out: Vector | None, base: Vector) -> bool:
    return out is not None and out.shape == base.shape and bool(np.isfinite(out).all())


def _eps(dtype: Any) -> float:
    return float(np.finfo(dtype).eps)
