"""Smooth stretches at a kink that no move of one entry visits.

Where several entries tie, a gradient may be that of any stretch that meets there: sorting
three equal numbers has six. Clarke's generalised gradient is their hull.
"""

from dataclasses import replace

import numpy as np

from gradcheck.numeric.comparison import Comparison, Obstacle
from gradcheck.numeric.paths import SparsePath
from gradcheck.numeric.point import Point
from gradcheck.numeric.safeguards.rounded_inputs import bent
from gradcheck.numeric.safeguards.safeguard import Dispute, safeguard

_NEARBY = 2.0**-16  # of each scale; arbitrary: beyond rounding, and short of most other kinks
_NEIGHBOURS = 24  # derived: the orders of four ties; of more ties it is a sample
_PIECES = 4  # slopes beyond which there may be any number; derived: two folds that cross have 4
_SMALLEST_NORMAL = float(np.finfo(np.float64).tiny)


@safeguard(
    "kink neighbours",
    Obstacle.PIECES,
    source="Clarke (1990), Optimization and Nonsmooth Analysis, section 2.5",
)
def kink_neighbours(dispute: Dispute) -> Comparison:
    """Widen the interval at a kink to slopes close by."""
    point, path, reference = dispute.point, dispute.path, dispute.reference
    if not reference.kink or not isinstance(path, SparsePath):
        return dispute.comparison
    slopes = slopes_nearby(point, path)
    low, high = min((reference.low, *slopes)), max((reference.high, *slopes))
    bar = reference.bar + bent(point, path) + 8 * _NEARBY * max(abs(low), abs(high))
    reference = replace(reference, low=low, high=high, bar=bar)
    pieces = np.unique(np.round(np.array(slopes) / max(bar, _SMALLEST_NORMAL))).size
    if pieces > _PIECES and reference.distance(dispute.claim.slope) <= high - low:
        # Of so many slopes that meet here, those nearby are a sample only.
        reference = replace(reference, problem=Obstacle.PIECES)
    return dispute.beside(reference)


def slopes_nearby(point: Point, path: SparsePath) -> list[float]:
    """Slopes at points close by, where no entries are tied."""
    slopes = []
    for _ in range(_NEIGHBOURS):
        away = zip(path.point, point.random_direction(), strict=True)
        there = [point.function.retracted(k, x + _NEARBY * u) for k, (x, u) in enumerate(away)]
        beside = SparsePath(point.function, there, path.moves)
        ahead, behind = beside.at(_NEARBY / 64), beside.at(-_NEARBY / 64)
        if ahead is not None and behind is not None:
            slopes.append(float((ahead - behind) @ point.weights) / (_NEARBY / 32))
    return [slope for slope in slopes if np.isfinite(slope)]
