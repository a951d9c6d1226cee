"""The proof: a derivative along one path, with a trustworthy error bar.

Central differences are taken on a ladder of steps (`gradcheck.numeric.steps`), and the rung is
chosen where neighbouring ones agree best; the analytic value plays no part in it. From
the ladder itself follow the noise of the forward (differences that stop shrinking), a
kink (left and right slopes that stay apart) and a jump (differences that do not vanish).
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from gradcheck.ndarrays.types import Vector
from gradcheck.numeric.comparison import Obstacle, Reference
from gradcheck.numeric.paths import Path
from gradcheck.numeric.steps import RATIO, Extrapolation, Rung, levels_of, rungs_along

SAFETY = 4.0  # times the disagreement of neighbours; arbitrary, 2 to 16: bars are far below rtol
IMPLAUSIBLE = 2e-3  # share of the outputs that is no rounding; derived: twice half precision's
# Derived: the width of an interval is made of four differences, extrapolated, so it has at most
# this many times the noise of a central one.
_ONE_SIDED = 8
_CONFIRMING = 3  # of the shortest steps cannot be chosen; derived: a settled slope takes three
_COARSE = 1e3  # noise so many times larger than rounding is the forward's own; arbitrary
_CURVED = 0.5  # share of a slope by which one-sided ones differ; derived: beside a kink it is 2
_ABOVE_NOISE = 128.0  # times the noise of a slope; derived: 16 times that of a width
_LAWFUL = 5  # changes of a width that follow a law; arbitrary, 4 to 8
_DISTURBED = 3  # of the last ones that may not: the point is not at the singular one; arbitrary
_LEAST_POWER = 1e-7  # below it a law is a kink's; derived: the rounding of widths is 1e-10 of them
_SMOOTH = -0.87  # derived: that of x |x| is -1, and a law below it may be disturbed
_CLEAR = 0.25  # share of a slope that is its error where it is clear; arbitrary, 0.1 to 0.5
WEAK = 1e-3  # share of the value above which a bar tells little; arbitrary: mistakes are larger
_LAST = 5  # rungs that tell why there is no slope; arbitrary, 4 to 8


def climb(
    path: Path, base: Vector, weights: Vector, dtype: Any = np.float64, eps: float | None = None
) -> Reference:
    """Differentiate ⟨weights, f⟩ along a path.

    Args:
        path: the path; its slope is per unit of the path's own scaled direction.
        base: f(x), flat.
        weights: cotangents, flat.
        dtype: real dtype to compute in, float64 or wider.
        eps: the rounding unit of the forward, where it is not that of the dtype.

    Returns:
        The reference. Its `problem` is set where no derivative can be given.
    """
    rungs = [r for r in rungs_along(path, base, weights, dtype, eps) if np.isfinite(r.slope)]
    if len(rungs) < 4:
        return _unusable(Obstacle.OVERFLOWS, rungs)
    levels = levels_of(rungs)
    power, width = _power_law(rungs)
    if power > 0:
        return _without_slope(rungs)
    best = _best(levels)
    if best is None:
        return _kink(rungs) or _without_slope(rungs)
    best = _clearer(levels, best) or best
    bar = SAFETY * (best.error + best.rung.noise)
    noise = _measured_noise(levels, best, bar)
    if noise > max(IMPLAUSIBLE * best.rung.size, best.rung.beside):
        return _unusable(Obstacle.OSCILLATES, rungs)
    other = _kink_at(best, rungs, noise) or _tread(levels, best, rungs)
    if other is not None:
        return other
    # A gradient is computed from inputs that are rounded: it is off by its own slope times that.
    bar = max(bar, SAFETY * noise / best.rung.step) + SAFETY * best.rung.bend
    bar += _swallowed(levels, best) + width
    return _plain(rungs, best.slope, bar, noise) or _smooth(best, bar, noise, rungs)


def _plain(rungs: list[Rung], slope: float, bar: float, noise: float) -> Reference | None:
    """A plain difference, where known noise makes that much sharper.

    Extrapolation takes three steps, of which the shorter ones are noisy. Only where the noise is
    known: two steps may agree by accident.
    """
    pairs = pairwise(rungs)
    errors = [(abs(a.slope - b.slope) + a.noise + noise / a.step, a) for a, b in pairs]
    error, rung = min(errors, key=lambda pair: pair[0])
    sharper = SAFETY * (error + rung.bend)
    known = SAFETY * rung.noise >= sharper / 4
    if not known or not sharper < min(abs(rung.slope), bar / 4):
        return None
    if abs(rung.slope - slope) > bar:
        return None
    return Reference(
        low=rung.slope,
        high=rung.slope,
        bar=sharper,
        method="central differences",
        step=rung.step,
        hidden=rung.hidden,
    )


def _power_law(rungs: list[Rung]) -> tuple[float, float]:
    """The power of 1/step by which widths change, and the last.

    At a kink the width stays, and on a smooth stretch it falls with the step or faster. In between
    and beyond is a singular point, |x|^p, that may be nearer than the shortest step: where p < 1
    slopes grow, and where p < 2 they differ by the last width still.
    """
    clear = [r for r in rungs if r.width > _ABOVE_NOISE * r.noise and r.width > 0]
    powers = [math.log(b.width / a.width) / math.log(a.step / b.step) for a, b in pairwise(clear)]
    for end in range(len(powers), max(len(powers) - _DISTURBED, _LAWFUL) - 1, -1):
        some = powers[end - _LAWFUL : end]
        mean = sum(some) / _LAWFUL if len(some) == _LAWFUL else 0.0
        stray = max((abs(power - mean) for power in some), default=0.0)
        if abs(mean) > 4 * stray + _LEAST_POWER and mean >= _SMOOTH:
            return (mean, 0.0) if mean > 0 else (0.0, clear[-1].width)
    return 0.0, 0.0


def _clearer(levels: list[Extrapolation], best: Extrapolation) -> Extrapolation | None:
    """A level whose changes exceed rounding, where the best's do not.

    In the tail of 1 + erf(x) short steps stay between two numbers near 1, and see the slope of
    a tread; longer ones see that of the tail.
    """
    if best.rung.resolved:
        return None
    clear = []
    for level, shorter in pairwise(levels):
        apart = abs(level.slope - shorter.slope)
        error = apart + level.rung.noise + level.rung.beside / level.rung.step
        away = abs(level.slope - best.slope)
        smooth = level.rung.width < _CURVED * abs(level.slope)
        resolved = smooth and level.rung.resolved and level.rung.step > best.rung.step
        fits = resolved and error <= _CLEAR * abs(level.slope) and away > 10 * best.error + error
        if fits and not _settles_elsewhere(level, levels):
            clear.append(replace(level, error=error))
    return min(clear, key=lambda level: level.error, default=None)


def _swallowed(levels: list[Extrapolation], best: Extrapolation) -> float:
    """How far a barely moving level is from a longer step's.

    A part of the outputs may be rounded away at the shorter step: p log p with p near 1.
    """
    if best.rung.resolved:
        return 0.0
    longer = [
        level
        for level in levels
        if level.rung.step > best.rung.step
        and _rises(level)
        and not _settles_elsewhere(level, levels)
    ]
    clearest = min(longer, key=lambda level: level.error, default=best)
    return SAFETY * abs(clearest.slope - best.slope)


def _smooth(best: Extrapolation, bar: float, noise: float, rungs: list[Rung]) -> Reference:
    """The derivative at a level, weak where noise exceeds rounding."""
    if not np.isfinite(bar):
        return _unusable(Obstacle.STEEP, rungs)
    coarse = noise > max(_COARSE * best.rung.noise * best.rung.step, best.rung.beside)
    jitter = noise / best.rung.size if coarse else 0.0
    if coarse and bar > abs(best.slope):
        # Noise as large as the slope: an oscillation that the steps are in tune with looks so.
        return _unusable(Obstacle.NOISY, rungs, jitter)
    return Reference(
        low=best.slope,
        high=best.slope,
        bar=bar,
        method="central differences",
        step=best.rung.step,
        hidden=best.rung.hidden,
        weak=bool(coarse and bar > WEAK * abs(best.slope)),
        noise=jitter,
    )


def _best(levels: list[Extrapolation]) -> Extrapolation | None:
    """Choose the level of least error that shorter steps do not contradict.

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
        if len(against) < 2 and not _settles_elsewhere(level, levels):
            return level
    return None


def _settles_elsewhere(level: Extrapolation, levels: list[Extrapolation]) -> bool:
    """Whether slopes of shorter steps stay away from a level, beyond noise.

    They need not converge: those of x |x| keep falling. Noise would drive them ever further.
    """
    shorter = [o for o in levels if o.rung.step < level.rung.step and o.rung.resolved]
    for some in zip(shorter, shorter[1:], shorter[2:], strict=False):
        apart = min(abs(o.slope - level.slope) - 10 * o.rung.noise for o in some)
        slopes = [o.slope for o in some]
        if apart > 10 * level.error and max(slopes) - min(slopes) <= apart / 2:
            return True
    return False


def _kink_at(best: Extrapolation, rungs: list[Rung], noise: float) -> Reference | None:
    """The interval of slopes at a level, if its width persists.

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
        if max(shorter) <= 2 * _ONE_SIDED * RATIO**2 * best.error:
            return None
        return _without_slope(rungs)
    drift = max(_drift(a, b) for a, b in pairwise(near))
    return _interval(near, SAFETY * (drift + _ONE_SIDED * near[-1].noise))


def _kink(rungs: list[Rung]) -> Reference | None:
    """Find a kink anywhere on the ladder."""
    return _persistent([r for r in rungs if np.isfinite(r.width)])


def _persistent(rungs: list[Rung]) -> Reference | None:
    """The interval with a width that three neighbouring rungs agree on.

    On a smooth stretch the width vanishes with the step; two rungs that oscillate may
    agree by accident.
    """
    best: Reference | None = None
    for first, before, now in zip(rungs, rungs[1:], rungs[2:], strict=False):
        drift = _drift(before, now)
        noise = _ONE_SIDED * now.noise
        apart = 0.02 * now.width
        if now.width > 2 * noise and drift <= apart and _drift(first, before) <= apart:
            bar = SAFETY * (drift + noise)
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


def _tread(levels: list[Extrapolation], best: Extrapolation, rungs: list[Rung]) -> Reference | None:
    """No reference where longer steps see a slope of something flat."""
    if best.rung.resolved:
        return None
    longer = [
        level
        for level in levels
        if level.rung.step > best.rung.step
        and _rises(level)
        and abs(level.slope - best.slope) > 10 * (level.error + best.error)
        and not _settles_elsewhere(level, levels)
    ]
    return _unusable(Obstacle.STAIRCASE, rungs) if len(longer) >= 2 else None


def _rises(level: Extrapolation) -> bool:
    """Whether a level shows a smooth slope beyond rounding."""
    smooth = level.rung.width < 0.2 * abs(level.slope)
    return level.converged and level.rung.resolved and smooth


def _measured_noise(levels: list[Extrapolation], best: Extrapolation, bar: float) -> float:
    """The forward's noise, from shorter steps that stray beyond rounding.

    Extrapolated slopes: the plain ones stray because they are of lower order.
    """
    stray = [
        abs(level.slope - best.slope) * level.rung.step
        for level in levels
        if level.rung.step < best.rung.step
        and abs(level.slope - best.slope) > bar + 8 * level.rung.noise
    ]
    return max(stray, default=0.0)


def _without_slope(rungs: list[Rung]) -> Reference:
    """Say why slopes do not settle.

    Across a jump the outputs stay apart while each side settles; where they settle and meet,
    only the slopes grow. Where they do not settle, it is by an oscillation or by noise.
    """
    last = [r for r in rungs[-_LAST:] if np.isfinite(r.drift)]
    if not last:
        return _unusable(Obstacle.OVERFLOWS, rungs)
    first, shortest = last[0], last[-1]
    if shortest.drift < 0.3 * first.drift or shortest.drift < 0.1 * shortest.change:
        return _unusable(
            Obstacle.JUMPS if shortest.change > 0.3 * first.change else Obstacle.SINGULAR, rungs
        )
    jitter = float(np.median([r.drift for r in last])) / (4 * shortest.size or 1.0)
    return _unusable(Obstacle.OSCILLATES if jitter > IMPLAUSIBLE else Obstacle.NOISY, rungs, jitter)


def _unusable(problem: Obstacle, rungs: list[Rung], noise: float = 0.0) -> Reference:
    return Reference(
        low=float("nan"),
        high=float("nan"),
        bar=float("inf"),
        method="central differences",
        step=rungs[-1].step if rungs else 0.0,
        problem=problem,
        noise=noise,
    )
