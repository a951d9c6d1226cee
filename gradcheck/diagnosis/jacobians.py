"""The numeric Jacobian of a forward by one input, with error bars.

The judgement of a gradient needs slopes contracted with the cotangent only, and proves
them one by one (`gradcheck.numeric.ladder`). To name a mistake they are needed per output: then
what any other cotangent would have given follows without a further call. Nothing is
judged here, so a few steps are enough, and where they do not agree the number is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gradcheck.diagnosis.intervals import Measured
from gradcheck.ndarrays.types import Vector
from gradcheck.numeric.paths import Path, SparsePath, both_ways
from gradcheck.numeric.point import Point

_STEPS = tuple(2.0**-k for k in (8, 10, 12, 14, 16, 18, 20, 22))
_ENOUGH = 4  # so many steps are taken at first, the others where these do not agree
_AGREE = 1e-9  # derived: a tenth of what a gradient may be off, see `intervals`
_STRAY = 1e-2  # arbitrary: slopes across a kink differ by more, noise was told apart before
_SAFETY = 4.0  # arbitrary: bars are differences of two estimates, and twice that is common
_EPS = float(np.finfo(np.float64).eps)
_LEAST = float(np.finfo(np.float64).smallest_subnormal)  # what an underflow may lose


@dataclass(frozen=True, slots=True)
class Jacobian:
    """Slopes of all outputs by the entries of one input, both flat.

    Attributes:
        slopes: outputs × entries. Unknown at kinks, where the forward overflows, and for
            entries that were not measured.
        steepest: the same, but known at kinks: the one-sided slope of larger size.
    """

    slopes: Measured
    steepest: Measured


@dataclass(frozen=True, slots=True)
class _Differences:
    """Differences of all outputs at one step: central, and to either side."""

    step: float
    central: Vector
    ahead: Vector
    behind: Vector
    noise: Vector


def jacobian_of(point: Point, part: int, entries: Iterable[int]) -> Jacobian:
    """Measure the Jacobian by some entries of one part."""
    size, outputs = point.inputs[part].size, point.base.size
    values = [np.zeros((outputs, size)) for _ in range(2)]
    bars = [np.full((outputs, size), np.inf) for _ in range(2)]
    for index in entries:
        path = _path(point, part, index)
        if path is None:
            continue
        differences = list(_differences(path, point.base))
        smooth = _extrapolated(differences)
        for k, column in enumerate((smooth, _steepest(differences, smooth))):
            if column is not None:
                values[k][:, index] = column.value / point.scales[part][index]
                bars[k][:, index] = column.bar / point.scales[part][index]
    slopes, steepest = (Measured(v, b) for v, b in zip(values, bars, strict=True))
    return Jacobian(slopes, steepest)


def direction(point: Point, part: int, index: int) -> Vector:
    """The move of a part for one entry, by the domain."""
    argument, size = point.arguments[part], point.inputs[part].size
    unit = np.zeros(size)
    unit[index] = 1.0
    return unit if argument.project is None else argument.project(unit)


def spread(size: int, most: int) -> list[int]:
    """All of so many entries, or some spread over the whole."""
    if size <= most:
        return list(range(size))
    return sorted({round(k * (size - 1) / (most - 1)) for k in range(most)})


def _path(point: Point, part: int, index: int) -> SparsePath | None:
    """The path that moves an entry; None where there is no room."""
    room = point.arguments[part].room
    if room is not None and room[index] == 0:
        return None
    unit = direction(point, part, index) * point.scales[part][index]
    (moved,) = unit.nonzero()
    return SparsePath(point.function, point.inputs, [(part, moved, unit[moved])])


def _differences(path: Path, base: Vector) -> Iterator[_Differences]:
    """Take differences at the first steps, at all if those disagree."""
    taken: list[_Differences] = []
    for step in _STEPS:
        if step < path.finest:
            return
        if len(taken) == _ENOUGH and _settled(taken):
            return
        ahead, behind = both_ways(path, step)
        if ahead is None or behind is None or not ahead.shape == behind.shape == base.shape:
            continue
        with np.errstate(all="ignore"):
            size = np.maximum(np.abs(base), np.maximum(np.abs(ahead), np.abs(behind)))
            differences = _Differences(
                step,
                (ahead - behind) / (2 * step),
                (ahead - base) / step,
                (base - behind) / step,
                _SAFETY * (_EPS * size + _LEAST) / step,
            )
        taken.append(differences)
        yield differences


def _settled(taken: list[_Differences]) -> bool:
    column = _extrapolated(taken)
    if column is None:
        return False
    return bool((column.bar <= _AGREE * np.abs(column.value).max(initial=1.0)).all())


def _extrapolated(taken: list[_Differences]) -> Measured | None:
    """Central differences of fourth order, for each output the best ones.

    With steps in the ratio 4: (16 D(h/4) − D(h)) / 15, see `gradcheck.numeric.ladder`.
    """
    if len(taken) < 4:
        return None
    with np.errstate(all="ignore"):
        finer = [(16 * b.central - a.central) / 15 for a, b in pairwise(taken)]
        apart = [
            np.abs(b - a) + now.noise
            for (a, b), now in zip(pairwise(finer), taken[2:], strict=True)
        ]
    errors = np.nan_to_num(np.stack(apart), nan=np.inf)
    best = errors.argmin(axis=0)
    value = np.take_along_axis(np.stack(finer[1:]), best[None], axis=0)[0]
    steps = np.array([d.step for d in taken[2:]])[:, None]
    # Noise of the outputs shows at the shorter steps: a forward that cancels inside has more
    # than rounding of its results, and slopes may agree by accident.
    noise = np.maximum.accumulate((errors * steps)[::-1])[::-1] / steps
    bar = _SAFETY * np.take_along_axis(errors + noise, best[None], axis=0)[0]
    bar[_bent(taken) | _strays(finer[-1], value, taken[-1].noise)] = np.inf
    # What never moves has no slope, as far as the longest step shows.
    still = np.logical_and.reduce([(d.ahead == 0) & (d.behind == 0) for d in taken])
    bar[still] = _SAFETY * taken[0].noise[still]
    return Measured(np.where(np.isfinite(bar), value, 0.0), bar)


def _strays(shortest: Vector, value: Vector, noise: Vector) -> NDArray[np.bool_]:
    """Outputs with another slope at the shortest step, as beside a kink."""
    with np.errstate(all="ignore"):
        apart = np.abs(shortest - value)
        larger = np.maximum(np.abs(shortest), np.abs(value))
    return np.asarray((apart > _STRAY * larger) & (apart > 100 * noise))


def _bent(taken: list[_Differences]) -> NDArray[np.bool_]:
    """Outputs with a kink: one-sided slopes that stay apart."""
    with np.errstate(all="ignore"):
        first, *_, last = (np.abs(d.ahead - d.behind) for d in taken[-3:])
    # Twice the step makes a smooth one twice as wide, and halves one that is noise.
    persists = (last > first / 2) & (last < 2 * first)
    return np.asarray(persists & (last > 4 * taken[-1].noise))


def _steepest(taken: list[_Differences], smooth: Measured | None) -> Measured | None:
    """The slopes, and at kinks the one-sided slope of larger size.

    One-sided slopes extrapolated, with steps in the ratio 4: (4 S(h/4) − S(h)) / 3.
    """
    if smooth is None:
        return None
    kinks = _bent(taken)
    sides = [_one_sided([d.ahead for d in taken]), _one_sided([d.behind for d in taken])]
    with np.errstate(all="ignore"):
        larger = np.abs(sides[0].value) >= np.abs(sides[1].value)
    value = np.where(larger, sides[0].value, sides[1].value)
    bar = np.maximum(sides[0].bar, sides[1].bar) + _SAFETY * taken[-1].noise
    return Measured(np.where(kinks, value, smooth.value), np.where(kinks, bar, smooth.bar))


def _one_sided(slopes: list[Vector]) -> Measured:
    """One-sided slopes extrapolated, for steps in the ratio 4."""
    with np.errstate(all="ignore"):
        finer = [(4 * b - a) / 3 for a, b in pairwise(slopes[-3:])]
        apart = np.nan_to_num(np.abs(finer[1] - finer[0]), nan=np.inf)
    return Measured(np.nan_to_num(finer[1]), _SAFETY * apart)
