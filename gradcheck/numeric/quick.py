"""Cheap differences along one path, which can confirm a claim only."""

from __future__ import annotations

import math

import numpy as np

from gradcheck.ndarrays.flat import blocks
from gradcheck.numeric.batched import LONG, ROUNDING, SHORT
from gradcheck.numeric.claim import Claim
from gradcheck.numeric.comparison import Comparison, Reference, per_unit
from gradcheck.numeric.paths import Path, both_ways
from gradcheck.numeric.point import Point
from gradcheck.numeric.tally import COMFORT

# Beyond so many entries the bar of a direction, which sums the rounding of all outputs, may
# hide a mistake in one; arbitrary: the order of two searches.
MANY = 2**18
_STEPS = (SHORT, LONG)
# A sum of so many terms rounds by more than its own last places: over longer steps that is less.
_STEPS_OF_MANY = (SHORT, LONG, 2.0**-7, 2.0**-4)


def compare(point: Point, path: Path, claim: Claim) -> Comparison | None:
    """Compare by short or extrapolated differences; None if none agrees."""
    for step in _STEPS_OF_MANY if point.size > MANY else _STEPS:
        value, noise = slope(point, path, step)
        if abs(value - claim.slope) <= COMFORT * (point.rtol * claim.size + noise) < math.inf:
            reference = Reference(
                low=value,
                high=value,
                bar=noise,
                method="central differences",
                step=step,
                quick=True,
            )
            return per_unit(claim.beside(reference, point.rtol), claim.scale)
    return None


def slope(point: Point, path: Path, step: float) -> tuple[float, float]:
    """A central difference, extrapolated unless short, and its rounding."""
    change, _ = _change(point, path, step)
    if step == SHORT:
        return change / (2 * step), 0.0
    near, size = _change(point, path, step / 2)
    return (4 * (2 * near) - change) / (6 * step), ROUNDING * size / step


def _change(point: Point, path: Path, step: float) -> tuple[float, float]:
    """The change of ⟨w, f⟩, and Σ |w| |f|, in blocks."""
    base, (ahead, behind) = point.base, both_ways(path, step)
    if ahead is None or behind is None or not ahead.shape == behind.shape == base.shape:
        return float("nan"), 0.0
    change = size = still = 0.0
    for block in blocks(base.size):
        w, a, b = point.weights[block], ahead[block], behind[block]
        change += float(w @ (a - b))
        if step != SHORT:
            sizes = np.abs(w) * np.maximum(np.abs(a), np.abs(b))
            moved = (a != b) | (a != base[block])
            size += float(sizes[moved].sum())
            still += float(sizes[~moved].sum())
    # Outputs that did not move may hide a slope only where nothing else shows one.
    return change, size or still
