"""A forward that jitters, and has the claimed slope over longer steps."""

from __future__ import annotations

from gradcheck.numeric.claim import Claim
from gradcheck.numeric.comparison import Comparison, Obstacle
from gradcheck.numeric.paths import Path
from gradcheck.numeric.safeguards.nearby import Nearby
from gradcheck.numeric.safeguards.safeguard import Safeguard, unusable


def rule(near: Nearby, path: Path, claim: Claim, comparison: Comparison) -> Comparison:
    """Drop short differences where steps beyond the jitter agree with the claim."""
    rough = near.roughness(path)
    if rough is None or not abs(rough.slope - claim.slope) <= rough.bar:
        return comparison
    return unusable(near, claim, comparison, rough.obstacle, rough.noise)


FAR_SLOPE = Safeguard(
    name="far slope",
    rule=rule,
    obstacles=(Obstacle.RANDOM, Obstacle.STAIRCASE, Obstacle.NOISY),
    source="Moré and Wild (2011), SIAM Journal on Scientific Computing 33(3)",
)
