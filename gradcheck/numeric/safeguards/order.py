"""The safeguards in their order, which is the algorithm."""

from dataclasses import replace

from gradcheck.numeric.comparison import Comparison
from gradcheck.numeric.safeguards.faint import faint
from gradcheck.numeric.safeguards.far_slope import far_refutation, far_slope
from gradcheck.numeric.safeguards.lost_step import lost_step
from gradcheck.numeric.safeguards.near_slope import near_slope
from gradcheck.numeric.safeguards.neighbours import neighbours
from gradcheck.numeric.safeguards.other_steps import other_steps
from gradcheck.numeric.safeguards.rounded_inputs import rounded_inputs
from gradcheck.numeric.safeguards.safeguard import Dispute, Safeguard
from gradcheck.numeric.safeguards.short_numbers import short_numbers
from gradcheck.numeric.safeguards.steep import steep
from gradcheck.numeric.safeguards.stopping_rule import stopping_rule
from gradcheck.numeric.safeguards.unsteady_slope import unsteady_slope

SAFEGUARDS: tuple[Safeguard, ...] = (
    steep,
    lost_step,
    other_steps,
    short_numbers,
    rounded_inputs,
    neighbours,
    unsteady_slope,
    faint,
    far_slope,
    stopping_rule,
    near_slope,
    far_refutation,
)


def settled(dispute: Dispute) -> Comparison:
    """Ask one after another, until one changes whether the two agree."""
    agreed = dispute.comparison.agrees
    for safeguard in SAFEGUARDS:
        if dispute.comparison.agrees != agreed:
            break
        if safeguard.of_agreement == agreed:
            dispute = replace(dispute, comparison=safeguard.rule(dispute))
    return dispute.comparison
