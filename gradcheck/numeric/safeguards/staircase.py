"""A forward that is flat here, and a staircase where every input moves far."""

from __future__ import annotations

from gradcheck.numeric.claim import Claim
from gradcheck.numeric.comparison import Comparison, Obstacle
from gradcheck.numeric.paths import Path
from gradcheck.numeric.safeguards.nearby import Nearby
from gradcheck.numeric.safeguards.safeguard import Safeguard, unusable


def rule(near: Nearby, _path: Path, claim: Claim, comparison: Comparison) -> Comparison:
    """Drop a derivative of zero that is that of a tread."""
    if comparison.reference.value != 0 or not near.is_stepped:
        return comparison
    return unusable(near, claim, comparison, Obstacle.STAIRCASE)


STAIRCASE = Safeguard(
    name="staircase",
    rule=rule,
    obstacles=(Obstacle.STAIRCASE,),
    source="derived: between two treads a forward of short numbers has no slope of its own",
)
