"""A forward that is flat here, and a staircase further away."""

from gradcheck.numeric.comparison import Comparison, Obstacle
from gradcheck.numeric.safeguards.safeguard import Dispute, safeguard


@safeguard(
    "staircase", Obstacle.STAIRCASE, source="derived: a tread has no slope of what it stands for"
)
def staircase(dispute: Dispute) -> Comparison:
    """Drop a derivative of zero that is that of a tread."""
    if dispute.reference.value != 0 or not dispute.near.is_stepped:
        return dispute.comparison
    return dispute.unusable(Obstacle.STAIRCASE)
