"""The safeguards in their order, which is the algorithm."""

from __future__ import annotations

from gradcheck.numeric.claim import Claim
from gradcheck.numeric.comparison import Comparison
from gradcheck.numeric.paths import Path
from gradcheck.numeric.safeguards.faint import FAINT
from gradcheck.numeric.safeguards.far_refutation import FAR_REFUTATION
from gradcheck.numeric.safeguards.far_slope import FAR_SLOPE
from gradcheck.numeric.safeguards.kink_neighbours import KINK_NEIGHBOURS
from gradcheck.numeric.safeguards.lost_step import LOST_STEP
from gradcheck.numeric.safeguards.nearby import Nearby
from gradcheck.numeric.safeguards.rounded_inputs import ROUNDED_INPUTS
from gradcheck.numeric.safeguards.safeguard import Safeguard
from gradcheck.numeric.safeguards.staircase import STAIRCASE
from gradcheck.numeric.safeguards.steep import STEEP
from gradcheck.numeric.safeguards.stopping_rule import STOPPING_RULE
from gradcheck.numeric.safeguards.unsteady_gradient import UNSTEADY_GRADIENT

SAFEGUARDS: tuple[Safeguard, ...] = (
    STEEP,
    LOST_STEP,
    ROUNDED_INPUTS,
    KINK_NEIGHBOURS,
    UNSTEADY_GRADIENT,
    FAINT,
    FAR_SLOPE,
    STAIRCASE,
    STOPPING_RULE,
    FAR_REFUTATION,
)


def weighed(near: Nearby, path: Path, claim: Claim, comparison: Comparison) -> Comparison:
    """Ask one safeguard after another, until one changes whether the two agree."""
    agreed = comparison.agrees
    for safeguard in SAFEGUARDS:
        if comparison.agrees != agreed:
            break
        if safeguard.of_agreement == agreed:
            comparison = safeguard.rule(near, path, claim, comparison)
    return comparison
