"""Differences of a forward in a short dtype, with an error bar.

Between the numbers of float32 there is room for a dozen steps, of float16 for half as many;
the ladder of `gradcheck.numeric.ladder` needs more. So steps are halved here, not quartered, each
central difference D(h) is extrapolated with the one before, (4 D(h/2) − D(h)) / 3, and the
step is chosen where neighbours agree best beside their rounding. Shorter steps must not have
settled on another slope; how far they stray beyond rounding is noise, which widens the bar.
One-sided slopes that stay apart make a kink. The analytic value plays no part in it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from gradcheck.ndarrays.dtypes import Unit
from gradcheck.ndarrays.types import Vector
from gradcheck.numeric.comparison import Obstacle, Reference
from gradcheck.numeric.paths import Path, both_ways
from gradcheck.numeric.steps import ULPS

_LONGEST = 2.0**-2  # of the scale of a number: arbitrary, 2**-1 to 2**-4 do as well
_STEPS = 24  # derived: from 2**-2 down to below the spacing of float32
_SPACINGS = 4.0  # arbitrary, 2 to 16: of numbers near the point, that a step has at least
_FEWEST = 4  # derived: one extrapolated slope with a neighbour on each side
_SAFETY = 4.0  # arbitrary, 2 to 8: times the disagreement of neighbours
_CONVERGED = 0.1  # arbitrary, 0.03 to 0.3: of the slope, by which neighbours may differ
# Arbitrary: levels of shorter step that, settled on another slope, rule out a longer one.
_SETTLED = 2
# Extrapolated one-sided slopes of both sides have so many times the noise of a central one.
_ONE_SIDED = 10.0
_PERSISTENT = 0.35  # of a smooth stretch, the width falls to a quarter from step to step


@dataclass(frozen=True, slots=True)
class _Rung:
    """Slopes at one step, central and one-sided, and their rounding."""

    step: float
    slope: float
    noise: float
    right: Vector
    left: Vector


@dataclass(frozen=True, slots=True)
class _Level:
    """An extrapolated slope, its distance from neighbours, and its rounding."""

    place: int  # of its rung
    step: float
    slope: float
    apart: float
    noise: float

    @property
    def converged(self) -> bool:
        return self.apart <= max(_CONVERGED * abs(self.slope), 2 * self.noise)

    @property
    def bar(self) -> float:
        return _SAFETY * (self.apart + self.noise)


def quick_step(unit: Unit) -> float:
    """The step that balances truncation and rounding of a central difference."""
    return float(2.0 ** round(math.log2(unit.eps) / 3))


def quick_slope(path: Path, weights: Vector, unit: Unit) -> float:
    """One central difference; NaN where there is none."""
    step = quick_step(unit)
    ahead, behind = both_ways(path, step)
    if ahead is None or behind is None or not ahead.shape == behind.shape == weights.shape:
        return math.nan
    return float(weights @ (ahead - behind)) / (2 * step)


def differentiate(
    path: Path, base: Vector, weights: Vector, unit: Unit, *, method: str
) -> Reference:
    """Differentiate ⟨weights, f⟩ along a path, where f rounds to a unit.

    The path is in double precision, base is f(x), and `method` is for messages.
    """
    rungs, hidden = _climb(path, base, weights, unit)
    if len(rungs) < _FEWEST:
        return _unusable(Obstacle.OVERFLOWS, method)
    levels = _levels(rungs)
    best = _best(levels)
    if best is None:
        return _unusable(Obstacle.OSCILLATES, method)
    sides = _sides(rungs, best, weights)
    kink = _kink(rungs, best, sides, method)
    if kink is not None:
        return kink
    stray = max(
        (
            (abs(rung.slope - best.slope) - best.bar - 2 * rung.noise) * rung.step
            for rung in rungs[best.place + 1 :]
        ),
        default=0.0,
    )
    # A kink may be too small beside the noise to be told from it: any slope in it is right.
    width = min((high - low for low, high in sides), default=0.0)
    bar = best.bar + _SAFETY * max(stray, 0.0) / best.step + width / 2
    if stray > 0 and bar > abs(best.slope):
        return _unusable(Obstacle.NOISY, method)
    return Reference(
        low=best.slope,
        high=best.slope,
        bar=bar,
        method=method,
        step=best.step,
        hidden=hidden,
    )


def _climb(path: Path, base: Vector, weights: Vector, unit: Unit) -> tuple[list[_Rung], float]:
    """Slopes from long steps to short, and the share of unmoved outputs."""
    absolute, size = np.abs(weights), np.abs(base)
    relative = path.relative
    shortest = _SPACINGS * unit.eps * max(relative, 1.0)
    moved = np.zeros(base.shape, bool)
    rungs: list[_Rung] = []
    for step in (_LONGEST * 2.0**-k for k in range(_STEPS)):
        if step < shortest:
            break
        ahead, behind = both_ways(path, step)
        if not (_usable(ahead, base) and _usable(behind, base)):
            rungs.clear()  # beyond its domain a forward is no judge of what it does inside
            continue
        assert ahead is not None
        assert behind is not None
        right, left = (ahead - base) / step, (base - behind) / step
        moved |= (right != 0) | (left != 0)
        largest = np.maximum(size, np.maximum(np.abs(ahead), np.abs(behind)))
        # Values round; so do the numbers at which they are taken; what has not moved may have
        # been rounded away beside a number near 1.
        units = absolute[moved] @ largest[moved]
        units += relative * (absolute @ np.maximum(np.abs(right), np.abs(left)))
        still = np.minimum(size[~moved], 1.0) if moved.any() else np.maximum(size, 1.0)
        units += (absolute[~moved] @ still) / ULPS * step / _LONGEST
        noise = ULPS * (unit.eps * float(units) + unit.tiny * float(absolute.sum())) / step
        slope = float(weights @ (ahead - behind)) / (2 * step)
        rungs.append(_Rung(step, slope, noise, right, left))
    hidden = unit.eps * float(absolute[~moved] @ size[~moved]) / _LONGEST
    return rungs, hidden


def _levels(rungs: Sequence[_Rung]) -> list[_Level]:
    slopes = [(4 * b.slope - a.slope) / 3 for a, b in pairwise(rungs)]
    return [
        _Level(
            place=k + 1,
            step=rungs[k + 1].step,
            slope=slopes[k],
            apart=max(abs(slopes[k] - slopes[k - 1]), abs(slopes[k] - slopes[k + 1])),
            noise=rungs[k + 1].noise,
        )
        for k in range(1, len(slopes) - 1)
    ]


def _best(levels: Sequence[_Level]) -> _Level | None:
    """The level with the smallest bar, unless shorter steps settle elsewhere."""
    for level in sorted((each for each in levels if each.converged), key=lambda each: each.bar):
        against = [
            other
            for other in levels
            if other.step < level.step
            and other.apart + other.noise <= abs(other.slope) / 4
            and abs(other.slope - level.slope) > level.bar + other.bar
        ]
        if len(against) < _SETTLED:
            return level
    return None


def _sides(rungs: Sequence[_Rung], best: _Level, weights: Vector) -> list[tuple[float, float]]:
    """Sums of one-sided slopes, at a level and two shorter ones."""
    pairs = list(pairwise(rungs))[best.place - 1 : best.place + 2]
    return [_one_sided(long, short, weights) for long, short in pairs]


def _kink(
    rungs: Sequence[_Rung], best: _Level, near: list[tuple[float, float]], method: str
) -> Reference | None:
    """The interval of slopes at a level, if its width persists."""
    widths = [high - low for low, high in near]
    noises = [_ONE_SIDED * rung.noise for rung in rungs[best.place :]]
    if any(width <= noise for width, noise in zip(widths, noises, strict=False)):
        return None
    if min(widths) <= _PERSISTENT * widths[0]:
        return None
    drift = max(
        abs(a - b) for one in near for other in near for a, b in zip(one, other, strict=True)
    )
    return Reference(
        low=min(low for low, _ in near),
        high=max(high for _, high in near),
        bar=_SAFETY * drift + noises[len(near) - 1],
        method=method,
        step=best.step,
    )


def _one_sided(long: _Rung, short: _Rung, weights: Vector) -> tuple[float, float]:
    """Sum the smaller and the larger one-sided slope over the outputs."""
    right, left = (
        weights * (2 * b - a) for a, b in ((long.right, short.right), (long.left, short.left))
    )
    return float(np.minimum(left, right).sum()), float(np.maximum(left, right).sum())


def _usable(out: Vector | None, base: Vector) -> bool:
    return out is not None and out.shape == base.shape and bool(np.isfinite(out).all())


def _unusable(problem: Obstacle, method: str) -> Reference:
    return Reference(
        low=math.nan, high=math.nan, bar=math.inf, method=method, step=0.0, problem=problem
    )
