"""A difference below the rounding of numbers near 1 inside the forward.

Beside a number near 1, as in p log p where p is nearly 1, parts of so small a slope are lost,
and no difference shows that they were there. A right gradient may be off by as much where its
own terms cancel, as the sum of p − y does: a proof that the slope is exactly 0 does not change
that. A claim far below such rounding has not cancelled, and is held to the proof.
"""

from gradcheck.numeric import complex_step
from gradcheck.numeric.comparison import Comparison, Obstacle
from gradcheck.numeric.paths import Path
from gradcheck.numeric.point import Point
from gradcheck.numeric.safeguards.safeguard import Dispute, safeguard

_UNSTEADY = 4.0  # derived: two samples of rounding show above a quarter of the whole, mostly

_CANCELLED = 2.0**-6  # of the rounding, below which no sum that cancelled leaves a rest; arbitrary


@safeguard(
    "faint",
    Obstacle.FAINT,
    source="measured: the entropy of a softmax at 30, tests/numeric/test_problem.py",
)
def faint(dispute: Dispute) -> Comparison:
    """Ask for a proof without cancellation, where values differ by rounding."""
    point, path, distance = dispute.point, dispute.path, dispute.comparison.distance
    rounding = point.rounding_along(path.reach)
    if dispute.reference.kink or distance > rounding:
        return dispute.comparison
    size = dispute.claim.size
    if size == 0 or distance <= _restlessness(point, path):
        # Where a factorisation cancels not even complex numbers resolve that.
        return dispute.unusable(Obstacle.FAINT)
    exact = complex_step.complex_step(path, point.base, point.weights, dispute.reference)
    if exact is None:
        return dispute.unusable(Obstacle.FAINT)
    if size > _CANCELLED * rounding and abs(exact.value) < distance:
        return dispute.with_reference(bar=max(rounding, dispute.reference.bar))
    return dispute.beside(exact.floored(path.reach))


def _restlessness(point: Point, path: Path) -> float:
    """How far claims stray where no two numbers are tied any more."""
    if point.shaken_gradient is None:
        return 0.0
    nearby = (point.shaken_gradient(point.seed + k) for k in range(2))
    claims = [path.along(gradient)[0] for gradient in nearby if gradient is not None]
    here = path.along(point.gradient)[0]
    return _UNSTEADY * max((abs(claim - here) for claim in claims), default=0.0)
