"""A difference below the rounding of numbers near 1 inside the forward.

Beside a number near 1, as in p log p where p is nearly 1, parts of so small a slope are lost,
and no difference shows that they were there.
"""

from gradcheck.numeric import complex_step
from gradcheck.numeric.comparison import Comparison, Obstacle
from gradcheck.numeric.paths import Path
from gradcheck.numeric.point import Point
from gradcheck.numeric.safeguards.safeguard import Dispute, safeguard
from gradcheck.numeric.safeguards.unsteady_gradient import UNSTEADY


@safeguard(
    "faint",
    Obstacle.FAINT,
    source="measured: the entropy of a softmax at 30, tests/numeric/test_problem.py",
)
def faint(dispute: Dispute) -> Comparison:
    """Ask for a proof without cancellation, where values differ by rounding."""
    point, path, distance = dispute.point, dispute.path, dispute.comparison.distance
    if dispute.reference.kink or distance > point.rounding:
        return dispute.comparison
    if dispute.claim.size == 0 or distance <= _restlessness(point, path):
        # Where a factorisation cancels not even complex numbers resolve that.
        return dispute.unusable(Obstacle.FAINT)
    exact = complex_step.complex_step(path, point.base, point.weights, dispute.reference)
    if exact is None:
        return dispute.unusable(Obstacle.FAINT)
    return dispute.beside(exact.floored(path.reach))


def _restlessness(point: Point, path: Path) -> float:
    """How far claims stray where no two numbers are tied any more."""
    if point.shaken_gradient is None:
        return 0.0
    nearby = (point.shaken_gradient(point.seed + k) for k in range(2))
    claims = [path.along(gradient)[0] for gradient in nearby if gradient is not None]
    here = path.along(point.gradient)[0]
    return UNSTEADY * max((abs(claim - here) for claim in claims), default=0.0)
