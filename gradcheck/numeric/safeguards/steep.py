"""An analytic slope that overflows though every entry of the gradient is finite."""

from __future__ import annotations

import math

from gradcheck.numeric.claim import Claim
from gradcheck.numeric.comparison import Comparison, Obstacle
from gradcheck.numeric.paths import Path
from gradcheck.numeric.safeguards.nearby import Nearby
from gradcheck.numeric.safeguards.safeguard import Safeguard, unusable


def rule(near: Nearby, path: Path, claim: Claim, comparison: Comparison) -> Comparison:
    """Drop a slope that only the scaling of the path takes beyond every number."""
    if math.isfinite(claim.slope) or path.meets_infinity(near.point.gradient):
        return comparison
    return unusable(near, claim, comparison, Obstacle.STEEP)


STEEP = Safeguard(
    name="steep",
    rule=rule,
    obstacles=(Obstacle.STEEP,),
    source="derived: an entry times its scale may exceed the largest double",
)
