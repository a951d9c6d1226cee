"""A wrong slope behind a forward that jitters: beyond the jitter it shows."""

from __future__ import annotations

import math

from gradcheck.numeric.claim import Claim
from gradcheck.numeric.comparison import Comparison, Obstacle, Reference
from gradcheck.numeric.paths import Path
from gradcheck.numeric.safeguards.nearby import Nearby
from gradcheck.numeric.safeguards.safeguard import Safeguard, unusable

_BEYOND_DOUBT = 3.0  # times the bar of a slope over long steps; arbitrary: it may not fail alone


def rule(near: Nearby, path: Path, claim: Claim, comparison: Comparison) -> Comparison:
    """Compare with a slope over long steps, where short ones only jitter."""
    if comparison.reference.problem not in (Obstacle.NOISY, Obstacle.STAIRCASE):
        return comparison
    rough = near.roughness(path)
    if rough is None or not math.isfinite(rough.bar):
        return comparison
    reference = Reference(
        low=rough.slope,
        high=rough.slope,
        bar=_BEYOND_DOUBT * rough.bar,
        method="central differences over long steps",
        step=rough.step,
        noise=rough.noise,
    )
    refuted = claim.beside(reference, near.point.rtol)
    if not refuted.agrees:
        return refuted
    return unusable(near, claim, comparison, rough.obstacle, rough.noise)


FAR_REFUTATION = Safeguard(
    name="far refutation",
    rule=rule,
    obstacles=(Obstacle.RANDOM, Obstacle.STAIRCASE, Obstacle.NOISY),
    source="Moré and Wild (2011), SIAM Journal on Scientific Computing 33(3)",
    of_agreement=True,
)
