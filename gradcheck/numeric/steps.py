"""A ladder of steps: slopes along one path, and their rounding.

Central differences are taken at steps from 2⁻² down to 2⁻⁴⁸. With the ratio r = 4 between
steps, Richardson extrapolation removes the leading error term: (r² D(h/r) − D(h)) / (r² − 1)
for central differences, (r S(h/r) − S(h)) / (r − 1) for one-sided slopes.
Source: Ridders (1982), Advances in Engineering Software 4(2).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from gradcheck.ndarrays.flat import blocks
from gradcheck.ndarrays.types import Vector
from gradcheck.numeric.paths import Path, both_ways

STEPS = tuple(2.0**-k for k in range(2, 50, 2))
RATIO = 4.0  # of neighbouring steps; arbitrary, 2 to 10: fewer calls against finer bars
# Units in the last place by which each value of a forward is taken to be off, all in the worst
# direction. Measured: library functions err by up to four.
ULPS = 4.0
_UNITS = 16.0  # that a change between two neighbouring numbers has at most; derived: RATIO²
_AGAIN = 4  # equal changes in a row of steps that show a spacing; arbitrary, 3 to 6
_AGREE = 0.05  # share of the value, beyond which rungs have not converged; arbitrary, 0.01 to 0.2
_VANISHING = 1e-9  # slopes below this share of earlier ones tend to zero; arbitrary: below rtol


@dataclass(frozen=True, slots=True)
class Rung:
    """Findings at one step: slopes contracted with the cotangent.

    Attributes:
        step: t of the path.
        slope: central difference.
        noise: how far off it is if each output, and each term that an input adds to it, is off
            by a few units in the last place.
        low, high: the sum over outputs of the smaller and of the larger one-sided slope.
        change: Σ |w| |f(x+tu) − f(x−tu)|, which vanishes with the step but at a jump.
        drift: how far ⟨w, f⟩ has come, ahead and behind, since the next longer step.
        size: Σ |w| |f| over the outputs that moved.
        hidden: what outputs that never moved may hide.
        bend: ε Σ |w| |f″|, how far the slope moves with the rounding of the input.
        resolved: whether the outputs changed by more than rounding beside 1.
        beside: how far off ⟨w, f⟩ is if outputs are rounded beside 1 inside the forward.
        flat: whether the forward did not change at all.
    """

    step: float
    slope: float
    noise: float
    low: float
    high: float
    change: float
    drift: float
    size: float
    hidden: float
    bend: float
    resolved: bool
    flat: bool
    beside: float = 0.0

    @property
    def width(self) -> float:
        return self.high - self.low


@dataclass(frozen=True, slots=True)
class Extrapolation:
    """A rung extrapolated with the one before it.

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
            _AGREE * abs(self.slope), 4 * RATIO * self.rung.noise, _VANISHING * self.steepest
        )


def rungs_along(
    path: Path, base: Vector, weights: Vector, dtype: Any, eps: float | None = None
) -> list[Rung]:
    """Evaluate from the longest step to the shortest, extrapolating one-sided slopes.

    An output that stops moving at some step is computed with numbers of some spacing inside,
    1 − cos x with those near 1. It is off by that spacing at all other steps as well.

    Steps at which the forward gives no finite number are left out.

    Args:
        path: the path.
        base: f(x), flat.
        weights: cotangents, flat.
        dtype: real dtype to compute in.
        eps: the rounding unit of the forward, where it is not that of the dtype.
    """
    eps = eps or eps_of(dtype)
    outputs = [_Outputs(weights[b], base[b], eps) for b in blocks(base.size)]
    rungs = list(_rungs(path, base, outputs, dtype, eps))
    stuck, beside = sum(o.stuck for o in outputs), ULPS * sum(o.beside for o in outputs)
    return [replace(r, noise=r.noise + 2 * stuck / r.step, beside=beside) for r in rungs]


def _rungs(
    path: Path, base: Vector, outputs: list[_Outputs], dtype: Any, eps: float
) -> Iterator[Rung]:
    relative, steepness = path.relative, np.inf
    before: _Sums | None = None
    finest, longest = path.finest, 0.0
    for step in STEPS:
        if step < finest:
            return
        ahead, behind = both_ways(path, step, dtype)
        if not (_finite(ahead, base) and _finite(behind, base)):
            before = None
            continue
        assert ahead is not None
        assert behind is not None
        longest = longest or step
        sums = _Sums()
        for here, block in zip(outputs, blocks(base.size), strict=True):
            here.add(sums, step, ahead[block], behind[block], follows=before is not None)
        # Terms of the size of x ∂f/∂x may cancel within an output: they round by their own
        # size. A slope that grows as the step shrinks is that of a jump, and of no term.
        steepness = min(steepness, sums.steepness)
        noise = _noise(sums, step, longest, eps) + ULPS * eps * relative * steepness / step
        low = high = drift = np.nan
        if before is not None:
            low, high = sums.low, sums.high
            drift = abs(sums.behind - before.behind) + abs(sums.ahead - before.ahead)
        yield Rung(
            step=step,
            slope=sums.slope,
            noise=noise,
            low=low,
            high=high,
            change=sums.change,
            drift=drift,
            size=sums.affected,
            hidden=eps * sums.still / longest if sums.moved else 0.0,
            bend=eps * sums.bend / step,
            resolved=sums.resolved,
            flat=not sums.moving,
        )
        before = sums


def levels_of(rungs: Sequence[Rung]) -> list[Extrapolation]:
    """Extrapolate neighbouring rungs and measure how far neighbouring results differ."""
    slopes = extrapolated([r.slope for r in rungs])
    steepest = list(accumulate((abs(r.slope) for r in rungs), max))
    levels = []
    for i in range(1, len(slopes) - 1):
        apart = max(abs(slopes[i] - slopes[i - 1]), abs(slopes[i] - slopes[i + 1]))
        rung = rungs[i + 1]
        levels.append(Extrapolation(rung, slopes[i], apart + rung.noise, steepest[i + 1]))
    return levels


def extrapolated(slopes: Sequence[float]) -> list[float]:
    """Central differences to fourth order, one fewer than before."""
    square = RATIO**2
    return [(square * b - a) / (square - 1) for a, b in pairwise(slopes)]


def eps_of(dtype: Any) -> float:
    """The rounding unit of a real dtype, long double included."""
    return float(np.finfo(dtype).eps)


@dataclass(slots=True)
class _Sums:
    """Sums over all outputs at one step, named as in `Rung`.

    Attributes:
        ahead, behind: how far ⟨w, f⟩ has come.
        steepness: Σ |w| times the larger one-sided slope.
        affected: Σ |w| |f| over the outputs that have moved at any step so far.
        unseen: Σ |w| times the smallest change seen, of those that have moved but do not now.
        beside_one: Σ |w| times rounding beside 1, where nothing has moved.
        still, still_beside_one: Σ |w| |f| over those that never moved; |f| at most 1.
        moving, moved: whether any output moves at this step, or has moved at any.
    """

    slope: float = 0.0
    change: float = 0.0
    low: float = 0.0
    high: float = 0.0
    ahead: float = 0.0
    behind: float = 0.0
    bend: float = 0.0
    steepness: float = 0.0
    affected: float = 0.0
    unseen: float = 0.0
    beside_one: float = 0.0
    still: float = 0.0
    still_beside_one: float = 0.0
    moving: bool = False
    moved: bool = False
    resolved: bool = False


def _noise(sums: _Sums, step: float, longest: float, eps: float) -> float:
    """The share of a slope that may be rounding of the outputs."""
    unseen = sums.unseen if sums.moved else sums.beside_one * step / longest
    hidden = eps * sums.still_beside_one / longest if sums.moved else 0.0
    return (ULPS * eps * sums.affected + unseen) / step + hidden


class _Outputs:
    """A block of outputs, whose rounding adds to slopes or hides them.

    Rounding hides a slope beside the output, as in 1e200 + x, or beside some number near 1
    inside the forward: log(1 + exp(x)) moves in steps of ε, and is exactly 0 at -40.
    """

    def __init__(self, weights: Vector, base: Vector, eps: float) -> None:
        self._weights = weights
        self._value = base
        self._eps = eps
        # The smallest change of each output that was seen, as far as rounding explains it.
        self._quantum = self._beside_one
        self._moved = np.zeros(base.shape, bool)
        self._stuck = np.zeros(base.shape, bool)
        self._least = np.full(base.shape, np.inf)
        self._same = np.zeros(base.shape, np.int8)
        self._slopes: tuple[Vector, Vector] | None = None

    @property
    def stuck(self) -> float:
        """Σ |w| times the spacing of outputs that stopped moving."""
        # Beside a kink an output stops as well, but not after changes by single units, nor by one
        # and the same amount again and again.
        units = self._least <= _UNITS * self._beside_one
        spacing = np.where(units, self._quantum, self._least)
        stuck = self._stuck & (units | (self._same >= _AGAIN))
        return float(np.abs(self._weights[stuck]) @ spacing[stuck])

    @property
    def beside(self) -> float:
        """Σ |w| times rounding beside 1 of the outputs that moved."""
        return float(np.abs(self._weights[self._moved]) @ self._beside_one[self._moved])

    @property
    def _beside_one(self) -> Vector:
        unit: Vector = self._eps * np.maximum(np.abs(self._value), 1.0)
        return unit

    def add(self, sums: _Sums, step: float, ahead: Vector, behind: Vector, follows: bool) -> None:
        """Add up the changes at a step, which follows a longer one.

        Args:
            sums: what to add to.
            step: t of the path.
            ahead, behind: these outputs there.
            follows: whether the step before was usable: its slopes are extrapolated.
        """
        weights, absolute = self._weights, np.abs(self._weights)
        change = ahead - behind
        right, left = (ahead - self._value) / step, (self._value - behind) / step
        sums.slope += float(weights @ change / (2 * step))
        sums.change += float(absolute @ np.abs(change))
        sums.ahead += float(weights @ right) * step
        sums.behind += float(weights @ left) * step
        sums.steepness += float(absolute @ np.maximum(np.abs(right), np.abs(left)))
        sums.bend += float(absolute @ np.abs(right - left))
        sums.resolved |= bool((np.abs(change) > 4 * ULPS * self._beside_one).any())
        if follows and self._slopes is not None:
            low, high = _bounds(self._slopes, (left, right), weights)
            sums.low += low
            sums.high += high
        self._add_rounding(sums, ahead, behind, (right != 0) | (left != 0))
        self._slopes = left, right

    def _add_rounding(self, sums: _Sums, ahead: Vector, behind: Vector, moving: Vector) -> None:
        self._moved |= moving
        weights, base, moved = np.abs(self._weights), np.abs(self._value), self._moved
        change = np.maximum(np.abs(ahead - self._value), np.abs(behind - self._value))
        np.minimum(self._quantum, change, out=self._quantum, where=moving)
        self._same[moving & (change < self._least)] = 0
        np.minimum(self._least, change, out=self._least, where=moving)
        self._same += moving & (change == self._least)
        size = weights * np.maximum(base, np.maximum(np.abs(ahead), np.abs(behind)))
        sums.affected += float(size[moved].sum())
        flat = moved & ~moving
        self._stuck |= flat
        sums.unseen += float(weights[flat] @ self._quantum[flat])
        sums.moving |= bool(moving.any())
        if moved.any():
            sums.moved = True
        else:
            sums.beside_one += float(weights @ self._beside_one)
        still = ~moved
        if still.any():
            sums.still += float(weights[still] @ base[still])
            sums.still_beside_one += float(weights[still] @ np.minimum(base[still], 1.0))


def _bounds(
    before: tuple[Vector, Vector], now: tuple[Vector, Vector], weights: Vector
) -> tuple[float, float]:
    """Sum the smaller and the larger extrapolated one-sided slope over the outputs.

    Per output entry before contracting: with weights of both signs the contracted slopes
    would bracket nothing.
    """
    left, right = (
        weights * (RATIO * s - e) / (RATIO - 1) for e, s in zip(before, now, strict=True)
    )
    return float(np.minimum(left, right).sum()), float(np.maximum(left, right).sum())


def _finite(out: Vector | None, base: Vector) -> bool:
    if out is None or out.shape != base.shape:
        return False
    return all(bool(np.isfinite(out[block]).all()) for block in blocks(out.size))
