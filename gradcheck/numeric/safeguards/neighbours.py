"""Smooth stretches that meet at a point, off the path.

Where several entries tie, a gradient may be that of any stretch that meets there: sorting
three equal numbers has six. Clarke's generalised gradient is their hull. Moving one entry alone
may show no kink at all: the median of three equal numbers stays where it is.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np

from gradcheck.ndarrays.types import Parts
from gradcheck.numeric.comparison import Comparison, Obstacle
from gradcheck.numeric.paths import Path, SparsePath, absolute_product, both_ways
from gradcheck.numeric.point import Point
from gradcheck.numeric.safeguards.rounded_inputs import bent
from gradcheck.numeric.safeguards.safeguard import Dispute, safeguard
from gradcheck.numeric.steps import ULPS, eps_of

_NEARBY = 2.0**-16  # of each scale; arbitrary: beyond rounding, and short of most other kinks
_FARTHEST = 2.0**-6  # of each scale, that the last of many entries is moved; arbitrary
_INSIDE = 64.0  # steps to a neighbour; derived: no two tied entries of a few meet within one
_NEIGHBOURS = 24  # in random directions; derived: the orders of four ties, else it is a sample
_PIECES = 4  # slopes beyond which there may be any number; derived: two folds that cross have 4
_CLEAR = 2.0**-10  # share of a slope by which others differ; arbitrary: pieces differ by more
_CLOSER = 1 / 16  # of the way to a neighbour, where slopes of a smooth stretch are 16 times nearer
_SMALLEST_NORMAL = float(np.finfo(np.float64).tiny)


@safeguard(
    "neighbours",
    Obstacle.PIECES,
    source="Clarke (1990), Optimization and Nonsmooth Analysis, section 2.5",
)
def neighbours(dispute: Dispute) -> Comparison:
    """Widen the interval to the slopes of stretches that meet here."""
    point, path, reference = dispute.point, dispute.path, dispute.reference
    if not reference.kink and not _meets_others(dispute):
        return dispute.comparison
    slopes = slopes_nearby(point, path)
    low, high = min((reference.low, *slopes)), max((reference.high, *slopes))
    bar = reference.bar + 8 * _NEARBY * max(abs(low), abs(high))
    if isinstance(path, SparsePath):
        bar += bent(point, path)
    reference = replace(reference, low=low, high=high, bar=bar)
    pieces = np.unique(np.round(np.array(slopes) / max(bar, _SMALLEST_NORMAL))).size
    if pieces > _PIECES and reference.distance(dispute.claim.slope) <= high - low:
        # Of so many slopes that meet here, those nearby are a sample only.
        reference = replace(reference, problem=Obstacle.PIECES)
    return dispute.beside(reference)


def slopes_nearby(point: Point, path: Path) -> list[float]:
    """Slopes at points close by, where no entries are tied."""
    slopes = (_slope(point, path, u, far, far / _INSIDE) for u, far in _aside(point, _NEIGHBOURS))
    return [slope for slope in slopes if np.isfinite(slope)]


def _aside(point: Point, count: int) -> Iterator[tuple[Parts, float]]:
    """Directions to neighbours, and how far to go."""
    yield from _in_order(point)
    for _ in range(count):
        yield point.random_direction(), _NEARBY


def _has_ties(point: Point) -> bool:
    """Whether two entries have the same size."""
    sizes = np.sort(np.abs(np.concatenate(point.inputs)))
    return bool((sizes[1:] == sizes[:-1]).any())


def _in_order(point: Point) -> Iterator[tuple[Parts, float]]:
    """Directions that break ties by index, up and down."""
    ends = np.cumsum([0, *(x.size for x in point.inputs)])
    unit = min(_NEARBY, _FARTHEST / point.size)
    for sign in (1.0, -1.0):
        orders = [np.arange(start, end) + 1.0 for start, end in pairwise(ends)]
        moves = zip(orders, point.scales, point.arguments, strict=True)
        yield (
            [
                sign * order * scale if a.project is None else a.project(sign * order * scale)
                for order, scale, a in moves
            ],
            unit,
        )


def _meets_others(dispute: Dispute) -> bool:
    """Whether slopes close by differ from a smooth one, however close."""
    point, path, here = dispute.point, dispute.path, dispute.reference.value
    rounding = ULPS * eps_of(np.float64) * absolute_product(point.weights, point.base)
    still = [np.zeros(x.size) for x in point.inputs]
    for u, far in _aside(point, _NEIGHBOURS if _has_ties(point) else 1):
        step = far * _CLOSER / _INSIDE
        near, nearer = (_slope(point, path, u, far * share, step) for share in (1.0, _CLOSER))
        apart = abs(near - here)
        least = max(_CLEAR * max(abs(near), abs(here)), 16 * rounding / step)
        if not apart > least or not abs(nearer - here) > apart / 2:
            continue
        same_here = abs(_slope(point, path, still, 0.0, step) - here) <= apart / 4
        if same_here and abs(_slope(point, path, u, far, step / 4) - near) <= apart / 4:
            return True
    return False


def _slope(point: Point, path: Path, aside: Parts, far: float, step: float) -> float:
    """The central slope along a path from a point aside of it."""
    there = [
        point.function.retracted(k, x + far * u)
        for k, (x, u) in enumerate(zip(point.inputs, aside, strict=True))
    ]
    ahead, behind = both_ways(replace(path, point=there), step)
    if ahead is None or behind is None or not ahead.shape == behind.shape == point.base.shape:
        return np.nan
    return float((ahead - behind) @ point.weights) / (2 * step)
