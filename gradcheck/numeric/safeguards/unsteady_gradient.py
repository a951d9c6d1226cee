"""Gradients that differ though their inputs are a rounding apart.

Such a point cannot be resolved in double precision. Ties are left as they are: next to a tie
the gradient is another one for a good reason. So is the point itself: a gradient that is wrong
at one value only is steady around it. But where numbers are so large that even the next ones
are far away, a tie (a row of variance 0) has nothing beside it that a difference could see:
there the point itself counts too.
"""

import math

import numpy as np

from gradcheck.numeric.comparison import Comparison
from gradcheck.numeric.conditioning import COARSE
from gradcheck.numeric.paths import Path, SparsePath
from gradcheck.numeric.safeguards.nearby import Nearby
from gradcheck.numeric.safeguards.safeguard import Dispute, safeguard
from gradcheck.numeric.steps import eps_of

UNSTEADY = 4.0  # derived: the spread of two samples is above a quarter of the whole in most cases


@safeguard(
    "unsteady gradient", source="measured: layer norm at equal rows, tests/numeric/test_problem.py"
)
def unsteady_gradient(dispute: Dispute) -> Comparison:
    """Widen a smooth slope's bar by how far nearby claims differ."""
    if dispute.reference.kink or dispute.claim.rule == "jvp":
        return dispute.comparison
    apart = _unsteadiness(dispute.near, dispute.path)
    return dispute.with_reference(bar=dispute.reference.bar + apart)


def _unsteadiness(near: Nearby, path: Path) -> float:
    inputs, eps = near.point.inputs, eps_of(np.float64)
    coarse = any(eps * np.abs(x).max(initial=0.0) >= COARSE for x in inputs)
    # Ties of two inputs are not kept: each input is moved by itself.
    across = isinstance(path, SparsePath) and len(path.moves) > 1
    one, other = near.gradients
    if (across and not coarse) or one is None or other is None:
        return 0.0
    claims = [path.along(one)[0], path.along(other)[0]]
    if coarse:
        claims.append(path.along(near.point.gradient)[0])
    apart = max(claims) - min(claims)
    return UNSTEADY * apart if math.isfinite(apart) else 0.0
