"""A forward that computes in short numbers inside."""

import numpy as np

from gradcheck.numeric.comparison import Comparison
from gradcheck.numeric.safeguards.safeguard import Dispute, safeguard
from gradcheck.numeric.steps import eps_of


@safeguard("short numbers", source="derived: values of float32 have 29 digits that are 0")
def short_numbers(dispute: Dispute) -> Comparison:
    """Climb again with the rounding unit that the forward shows."""
    near = dispute.near
    if near.eps <= eps_of(np.float64) or dispute.claim.rule == "jvp":
        return dispute.comparison
    return dispute.beside(near.climb_coarsely(dispute.path))
