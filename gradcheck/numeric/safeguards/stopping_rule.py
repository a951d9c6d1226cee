"""An iteration that stops at a tolerance, and so jitters."""

from gradcheck.numeric.comparison import Comparison, Obstacle
from gradcheck.numeric.safeguards.safeguard import Dispute, safeguard

_VARIED = 64.0  # times as steep as large an error may be; arbitrary: convergence by 1 − 1/64
_SMALL = 1e-2  # relative discrepancies beyond it no tolerance explains; arbitrary, 1e-3 to 0.1


@safeguard(
    "stopping rule",
    Obstacle.NOISY,
    source="Moré and Wild (2011), SIAM Journal on Scientific Computing 33(3)",
)
def stopping_rule(dispute: Dispute) -> Comparison:
    """Drop a small discrepancy that the jitter of the outputs explains."""
    distance, jitter = dispute.comparison.distance, 0.0
    claim, value = dispute.claim, dispute.reference.value
    if distance <= _SMALL * max(claim.size, abs(claim.slope), abs(value)):
        jitter = dispute.near.jitter
    if not jitter or distance > _VARIED * jitter * dispute.near.surroundings(dispute.path).moved():
        return dispute.comparison
    return dispute.unusable(Obstacle.NOISY, jitter)
