"""A ladder of steps: slopes along one path at each of them, and what rounding does to them.

Central differences are taken at steps from 2⁻² down to 2⁻⁴⁸. With the ratio r = 4 between
steps, Richardson extrapolation removes the leading error term: (r² D(h/r) − D(h)) / (r² − 1)
for central differences, (r S(h/r) − S(h)) / (r − 1) for one-sided slopes.
Source: Ridders (1982), Advances in Engineering Software 4(2).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from gradcheck.forward import Vector
from gradcheck.paths import Path, both_ways

STEPS = tuple(2.0**-k for k in range(2, 50, 2))
RATIO = 4.0
# Every value that a forward returns is taken to be off by up to four of its own units in
# the last place, all of them in the worst direction.
ULPS = 4.0
_AGREE = 0.05  # rungs further apart than this share of the value have not converged
_VANISHING = 1e-9  # slopes that fall below this share of earlier ones tend to zero


@dataclass(frozen=True, slots=True)
class Rung:
    """What is known at one step: slopes contracted with the cotangent.

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
            _AGREE * abs(self.slope), 4 * RATIO * self.rung.noise, _VANISHING * self.steepest
        )


def rungs_along(path: Path, base: Vector, weights: Vector, dtype: Any) -> Iterator[Rung]:
    """Evaluate from the longest step to the shortest, extrapolating one-sided slopes.

    Steps at which the forward gives no finite number are left out.

    Args:
        path: the path.
        base: f(x), flat.
        weights: cotangents, flat.
        dtype: real dtype to compute in.
    """
    rounding = _Rounding(weights, base, dtype)
    absolute = np.abs(weights)
    relative, steepness = path.relative, np.inf
    before: tuple[Vector, Vector] | None = None
    moved_before = 0.0, 0.0
    finest = path.finest
    for step in STEPS:
        if step < finest:
            return
        ahead, behind = both_ways(path, step, dtype)
        if not (_finite(ahead, base) and _finite(behind, base)):
            before = None
            continue
        assert ahead is not None
        assert behind is not None
        change = ahead - behind
        right, left = (ahead - base) / step, (base - behind) / step
        moving = (right != 0) | (left != 0)
        noise, size = rounding.at(step, ahead, behind, moving)
        # Terms of the size of x ∂f/∂x may cancel within an output: they round by their own
        # size. A slope that grows as the step shrinks is that of a jump, and of no term.
        steepness = min(steepness, float(absolute @ np.maximum(np.abs(right), np.abs(left))))
        noise += ULPS * eps_of(dtype) * relative * steepness / step
        low = high = drift = np.nan
        moved = float(weights @ left) * step, float(weights @ right) * step
        if before is not None:
            low, high = _bounds(before, (left, right), weights)
            drift = sum(abs(a - b) for a, b in zip(moved, moved_before, strict=True))
        yield Rung(
            step=step,
            slope=float(weights @ change / (2 * step)),
            noise=noise,
            low=low,
            high=high,
            change=float(absolute @ np.abs(change)),
            drift=drift,
            size=size,
            hidden=rounding.hidden,
            bend=eps_of(dtype) * float(absolute @ np.abs(right - left)) / step,
            resolved=rounding.resolved(change),
            flat=not moving.any(),
        )
        before, moved_before = (left, right), moved


def levels_of(rungs: Sequence[Rung]) -> list[Level]:
    """Extrapolate neighbouring rungs and measure how far neighbouring results differ."""
    slopes = extrapolated([r.slope for r in rungs])
    steepest = list(accumulate((abs(r.slope) for r in rungs), max))
    levels = []
    for i in range(1, len(slopes) - 1):
        apart = max(abs(slopes[i] - slopes[i - 1]), abs(slopes[i] - slopes[i + 1]))
        rung = rungs[i + 1]
        levels.append(Level(rung, slopes[i], apart + rung.noise, steepest[i + 1]))
    return levels


def extrapolated(slopes: Sequence[float]) -> list[float]:
    """Central differences at steps in the ratio 4, to fourth order: one fewer than given."""
    square = RATIO**2
    return [(square * b - a) / (square - 1) for a, b in pairwise(slopes)]


def eps_of(dtype: Any) -> float:
    """The rounding unit of a real dtype, long double included."""
    return float(np.finfo(dtype).eps)


class _Rounding:
    """What rounding of the outputs may add to a slope, or hide from it.

    Rounding hides a slope beside the output, as in 1e200 + x, or beside some number near 1
    inside the forward: log(1 + exp(x)) moves in steps of ε, and is exactly 0 at -40.
    """

    def __init__(self, weights: Vector, base: Vector, dtype: Any) -> None:
        self._weights = np.abs(weights)
        self._value = base
        self._base = np.abs(base)
        self._eps = eps_of(dtype)
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
        return (ULPS * self._eps * affected + unseen) / step + self._beside(1.0), affected

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
        return bool((np.abs(change) > 4 * ULPS * self._beside_one).any())


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
    return out is not None and out.shape == base.shape and bool(np.isfinite(out).all())
