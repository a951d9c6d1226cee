"""A forward that jitters, looked at over steps beyond the jitter.

Two rules: where the long slope is the claimed one, short differences prove nothing; where it is
far from it, the claim is wrong though short differences only jitter.
"""

import math
from dataclasses import replace

from gradcheck.numeric.comparison import Comparison, Obstacle, Reference
from gradcheck.numeric.safeguards.near_slope import sides_with_claim
from gradcheck.numeric.safeguards.safeguard import Dispute, safeguard

_BEYOND_DOUBT = 3.0  # times a bar; arbitrary: a slope over long steps has no second opinion
_OBSTACLES = (Obstacle.RANDOM, Obstacle.STAIRCASE, Obstacle.NOISY)
_SOURCE = "Moré and Wild (2011), SIAM Journal on Scientific Computing 33(3)"


@safeguard("far slope", *_OBSTACLES, source=_SOURCE)
def far_slope(dispute: Dispute) -> Comparison:
    """Drop short differences where longer ones agree with the claim."""
    rough = dispute.near.roughness(dispute.path)
    if rough is None or not abs(rough.slope - dispute.claim.slope) <= rough.bar:
        return dispute.comparison
    return dispute.unusable(rough.obstacle, rough.noise)


@safeguard("far refutation", *_OBSTACLES, source=_SOURCE, of_agreement=True)
def far_refutation(dispute: Dispute) -> Comparison:
    """Compare with a slope over long steps, where short ones only jitter."""
    if dispute.reference.problem not in (Obstacle.NOISY, Obstacle.STAIRCASE):
        return dispute.comparison
    rough = dispute.near.roughness(dispute.path)
    if rough is None or not math.isfinite(rough.bar):
        return dispute.comparison
    reference = Reference(
        low=rough.slope,
        high=rough.slope,
        bar=_BEYOND_DOUBT * rough.bar,
        method="central differences over long steps",
        step=rough.step,
        noise=rough.noise,
    )
    refuted = replace(dispute, comparison=dispute.beside(reference))
    if refuted.comparison.agrees or sides_with_claim(refuted):
        return dispute.unusable(rough.obstacle, rough.noise)
    return refuted.comparison
