"""An iteration that stops at a tolerance, and so jitters.

It is smooth between two changes of its number of steps, with a slope of its own. That differs
from the true one by no more than what the jitter amounts to over the way on which it holds.
"""

from gradcheck.numeric.comparison import Comparison, Obstacle
from gradcheck.numeric.safeguards.safeguard import Dispute, safeguard

_SMALL = 1e-2  # relative discrepancies beyond it no tolerance explains; arbitrary, 1e-3 to 0.1
_BOTH_ENDS = 2.0  # derived: values at either end of a step may be off by the whole jitter
_SAME = 0.5  # of the discrepancy, within which longer steps have the same slope; arbitrary


@safeguard(
    "stopping rule",
    Obstacle.NOISY,
    source="Moré and Wild (2011), SIAM Journal on Scientific Computing 33(3)",
)
def stopping_rule(dispute: Dispute) -> Comparison:
    """Drop a small discrepancy that the jitter of the outputs explains."""
    distance, claim, value = dispute.comparison.distance, dispute.claim, dispute.reference.value
    if not distance <= _SMALL * max(claim.size, abs(claim.slope), abs(value)):
        return dispute.comparison
    jitter, around = dispute.near.jitter, dispute.near.surroundings(dispute.path)
    if jitter is None:
        return dispute.comparison
    reach = around.reach(value, _SAME * distance)
    if distance * reach > _BOTH_ENDS * around.amount(jitter):
        return dispute.comparison
    return dispute.unusable(Obstacle.NOISY, float(jitter.max()))
