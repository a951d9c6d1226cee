"""A step that is rounding beside another input: 8e20 + 1."""

import numpy as np

from gradcheck.numeric.comparison import Comparison, Obstacle
from gradcheck.numeric.paths import SparsePath
from gradcheck.numeric.safeguards.safeguard import Dispute, safeguard
from gradcheck.numeric.steps import STEPS


@safeguard(
    "lost step", Obstacle.LOST, source="derived: a sum rounds by the last place of its largest term"
)
def lost_step(dispute: Dispute) -> Comparison:
    """Drop a path whose longest step the largest input may swallow."""
    if not isinstance(dispute.path, SparsePath):
        return dispute.comparison
    longest = STEPS[0] * max(np.abs(values).max() for *_, values in dispute.path.moves)
    return dispute.unusable(Obstacle.LOST) if dispute.point.lost(longest) else dispute.comparison
