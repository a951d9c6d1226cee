"""A slope that overflows though every entry of the gradient is finite."""

import math

from gradcheck.numeric.comparison import Comparison, Obstacle
from gradcheck.numeric.safeguards.safeguard import Dispute, safeguard


@safeguard("steep", Obstacle.STEEP, source="derived: an entry times its scale may overflow")
def steep(dispute: Dispute) -> Comparison:
    """Drop a slope that overflows by the scaling of its path alone."""
    finite = math.isfinite(dispute.claim.slope)
    if finite or dispute.path.meets_infinity(dispute.point.gradient):
        return dispute.comparison
    return dispute.unusable(Obstacle.STEEP)
