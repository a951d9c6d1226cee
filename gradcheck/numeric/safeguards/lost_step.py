"""A step that is rounding beside another input: 8e20 + 1 − 8e20."""

from __future__ import annotations

import numpy as np

from gradcheck.numeric.claim import Claim
from gradcheck.numeric.comparison import Comparison, Obstacle
from gradcheck.numeric.paths import Path, SparsePath
from gradcheck.numeric.safeguards.nearby import Nearby
from gradcheck.numeric.safeguards.safeguard import Safeguard, unusable
from gradcheck.numeric.steps import STEPS


def rule(near: Nearby, path: Path, claim: Claim, comparison: Comparison) -> Comparison:
    """Drop a path whose longest step may be lost beside the largest input."""
    if not isinstance(path, SparsePath):
        return comparison
    longest = STEPS[0] * max(np.abs(values).max() for *_, values in path.moves)
    if not near.point.lost(longest):
        return comparison
    return unusable(near, claim, comparison, Obstacle.LOST)


LOST_STEP = Safeguard(
    name="lost step",
    rule=rule,
    obstacles=(Obstacle.LOST,),
    source="derived: a sum with the largest input rounds by half a unit of its last place",
)
