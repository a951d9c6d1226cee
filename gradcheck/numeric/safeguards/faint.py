"""A difference below the rounding of numbers near 1 inside the forward.

Beside a number near 1, as in p log p where p is nearly 1, parts of so small a slope are lost,
and no difference shows that they were there.
"""

from __future__ import annotations

from gradcheck.numeric import complex_step
from gradcheck.numeric.claim import Claim
from gradcheck.numeric.comparison import Comparison, Obstacle
from gradcheck.numeric.paths import Path
from gradcheck.numeric.point import Point
from gradcheck.numeric.safeguards.nearby import Nearby
from gradcheck.numeric.safeguards.safeguard import Safeguard, unusable
from gradcheck.numeric.safeguards.unsteady_gradient import UNSTEADY


def rule(near: Nearby, path: Path, claim: Claim, comparison: Comparison) -> Comparison:
    """Ask for a proof without cancellation, where two values differ by rounding only."""
    point = near.point
    if comparison.reference.kink or comparison.distance > point.rounding:
        return comparison
    if claim.size == 0 or comparison.distance <= _restlessness(point, path):
        # Where a factorisation cancels not even complex numbers resolve that.
        return unusable(near, claim, comparison, Obstacle.FAINT)
    exact = complex_step.complex_step(path, point.base, point.weights, comparison.reference)
    if exact is None:
        return unusable(near, claim, comparison, Obstacle.FAINT)
    return claim.beside(exact.floored(path.reach), point.rtol)


def _restlessness(point: Point, path: Path) -> float:
    """How far claims stray where no two numbers are tied any more."""
    if point.shaken_gradient is None:
        return 0.0
    nearby = (point.shaken_gradient(point.seed + k) for k in range(2))
    claims = [path.along(gradient)[0] for gradient in nearby if gradient is not None]
    here = path.along(point.gradient)[0]
    return UNSTEADY * max((abs(claim - here) for claim in claims), default=0.0)


FAINT = Safeguard(
    name="faint",
    rule=rule,
    obstacles=(Obstacle.FAINT,),
    source="measured: the entropy of a softmax at 30, tests/numeric/test_problem.py",
)
