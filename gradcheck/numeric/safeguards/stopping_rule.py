"""An iteration that stops at a tolerance: a small jitter, where every input moves."""

from __future__ import annotations

from gradcheck.numeric.claim import Claim
from gradcheck.numeric.comparison import Comparison, Obstacle
from gradcheck.numeric.paths import Path
from gradcheck.numeric.safeguards.nearby import Nearby
from gradcheck.numeric.safeguards.safeguard import Safeguard, unusable

# An iteration's error may be this many times as steep as it is large. Arbitrary: it holds for
# rates of convergence up to about 1 − 1/64 a step.
_VARIED = 64.0
_SMALL = 1e-2  # arbitrary: relative discrepancies above it no iteration's tolerance explains


def rule(near: Nearby, path: Path, claim: Claim, comparison: Comparison) -> Comparison:
    """Drop a small discrepancy that the jitter of the outputs explains."""
    size = max(claim.size, abs(claim.slope), abs(comparison.reference.value))
    if comparison.distance > _SMALL * size or not near.jitter:
        return comparison
    if comparison.distance > _VARIED * near.jitter * near.surroundings(path).moved():
        return comparison
    return unusable(near, claim, comparison, Obstacle.NOISY, near.jitter)


STOPPING_RULE = Safeguard(
    name="stopping rule",
    rule=rule,
    obstacles=(Obstacle.NOISY,),
    source="Moré and Wild (2011), SIAM Journal on Scientific Computing 33(3)",
)
