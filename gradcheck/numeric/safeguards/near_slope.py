"""A claim that is the slope just beside the point.

Long steps across many small jumps agree on a slope that the forward has nowhere: floor rises by 1
a unit, and is flat. On an edge of a tread one side jumps, and the other has the slope.
"""

import numpy as np

from gradcheck.numeric.comparison import Comparison, Obstacle
from gradcheck.numeric.paths import both_ways
from gradcheck.numeric.safeguards.safeguard import Dispute, safeguard
from gradcheck.numeric.steps import STEPS, ULPS

_SHORT = 6  # neighbouring steps that agree; derived: a stretch of 4⁵ times the shortest of them
_CLEAR = 0.125  # of the disagreement, that rounding may be at such steps; arbitrary, up to ¼


@safeguard(
    "near slope",
    Obstacle.STAIRCASE,
    Obstacle.JUMPS,
    source="measured: floor at -7e5, tests/numeric/kinds/test_lattices.py",
)
def near_slope(dispute: Dispute) -> Comparison:
    """Drop long steps where short ones have the claimed slope."""
    sides = sides_with_claim(dispute)
    if not sides:
        return dispute.comparison
    return dispute.unusable(Obstacle.STAIRCASE if sides == 2 else Obstacle.JUMPS)


def sides_with_claim(dispute: Dispute) -> int:
    """The number of sides whose short steps have the claimed slope."""
    point, path, claim = dispute.point, dispute.path, dispute.claim.slope
    size = np.abs(point.weights) @ np.maximum(np.abs(point.base), 1.0)
    least = dispute.point.rtol * dispute.claim.size
    if not np.isfinite(claim):
        return 0
    steps = [step for step in STEPS if step >= path.finest]
    bars = [ULPS * dispute.near.eps * float(size) / step + least for step in steps]
    agrees: list[list[bool]] = [[], []]
    for step, bar in zip(steps, bars, strict=True):
        for side, out in zip(agrees, both_ways(path, step), strict=True):
            usable = out is not None and out.shape == point.base.shape
            slope = float(point.weights @ (out - point.base)) / step if usable else np.nan
            near = abs(slope - (claim if side is agrees[0] else -claim)) <= bar
            side.append(near and bar <= _CLEAR * _distance(dispute))
    return sum(_run(side) >= _SHORT for side in agrees)


def _distance(dispute: Dispute) -> float:
    """How far the claim is from what was put in its place."""
    apart = dispute.reference.distance(dispute.claim.slope)
    return apart if np.isfinite(apart) else abs(dispute.claim.slope)


def _run(flags: list[bool]) -> int:
    """The longest run of true ones."""
    longest = current = 0
    for flag in flags:
        current = current + 1 if flag else 0
        longest = max(longest, current)
    return longest
