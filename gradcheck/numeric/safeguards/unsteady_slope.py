"""Slopes that differ though the inputs are a rounding apart.

Such a point cannot be resolved in double precision, by no gradient. Measured on the forward:
the gradient under test may not widen its own bar. Ties are left as they are, for next to a tie
the slope is another one for a good reason.
"""

import math
from dataclasses import replace

import numpy as np

from gradcheck.ndarrays import buckets
from gradcheck.numeric import quick
from gradcheck.numeric.batched import LONG
from gradcheck.numeric.comparison import Comparison
from gradcheck.numeric.conditioning import nudged
from gradcheck.numeric.safeguards.safeguard import Dispute, safeguard
from gradcheck.numeric.steps import eps_of

_UNSTEADY = 4.0  # derived: the spread of two samples is above a quarter of the whole, mostly
_SAMPLES = 2  # arbitrary: each costs four calls


@safeguard("unsteady slope", source="derived: no gradient of rounded inputs is sharper than that")
def unsteady_slope(dispute: Dispute) -> Comparison:
    """Widen a smooth slope's bar by how far slopes nearby differ."""
    if dispute.reference.kink or dispute.claim.rule == "jvp":
        return dispute.comparison
    return dispute.with_reference(bar=dispute.reference.bar + _unsteadiness(dispute))


def _unsteadiness(dispute: Dispute) -> float:
    point, path = dispute.point, dispute.path
    step = dispute.reference.step or LONG
    here, _ = quick.slope(point, path, step)
    apart = 0.0
    for seed in range(_SAMPLES):
        rng = buckets.generator(point.seed + seed)
        there = [nudged(x, rng, eps_of(np.float64)) for x in point.inputs]
        slope, _ = quick.slope(point, replace(path, point=there), step)
        apart = max(apart, abs(slope - here))
    return _UNSTEADY * apart if math.isfinite(apart) else 0.0
