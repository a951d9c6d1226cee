"""A slope that moves with the rounding of each input that the path moves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gradcheck.numeric.claim import Claim
from gradcheck.numeric.comparison import Comparison
from gradcheck.numeric.paths import Path, SparsePath
from gradcheck.numeric.point import Point
from gradcheck.numeric.safeguards.nearby import Nearby
from gradcheck.numeric.safeguards.safeguard import Safeguard
from gradcheck.numeric.steps import ULPS, eps_of

_STEP = 2.0**-10  # of a second difference: near ε^¼, where truncation equals rounding
# Entries that move together and are worth a look each. Arbitrary: a look costs two calls, and of
# more entries the rounding averages out.
_FEW = 256


def rule(near: Nearby, path: Path, claim: Claim, comparison: Comparison) -> Comparison:
    """Widen the bar of a smooth slope by ε times its second derivatives."""
    reference = comparison.reference
    if reference.kink or not isinstance(path, SparsePath):
        return comparison
    wider = replace(reference, bar=reference.bar + bent(near.point, path))
    return claim.beside(wider, near.point.rtol)


def bent(point: Point, path: SparsePath) -> float:
    """How far the slope may be off because each input that moves is rounded."""
    if sum(indices.size for _, indices, _ in path.moves) > _FEW:
        return 0.0
    total = 0.0
    for part, indices, values in path.moves:
        for index, value in zip(indices, values, strict=True):
            move = part, np.array([index]), np.array([value])
            alone = SparsePath(point.function, path.point, [move])
            ahead, behind = alone.at(_STEP), alone.at(-_STEP)
            if ahead is not None and behind is not None:
                second = np.abs(ahead - 2 * point.base + behind) @ np.abs(point.weights)
                total += float(second) / _STEP**2
    return ULPS * eps_of(np.float64) * total if np.isfinite(total) else 0.0


ROUNDED_INPUTS = Safeguard(
    name="rounded inputs",
    rule=rule,
    source="derived: first-order error of a gradient that is computed from rounded inputs",
)
