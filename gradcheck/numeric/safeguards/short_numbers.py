"""A forward that computes in short numbers inside, and rounds by their unit."""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from gradcheck.numeric import ladder
from gradcheck.numeric.comparison import Comparison, Reference
from gradcheck.numeric.safeguards.safeguard import Dispute, safeguard
from gradcheck.numeric.steps import eps_of, rungs_along


@safeguard("short numbers", source="derived: values of float32 have 29 digits that are 0")
def short_numbers(dispute: Dispute) -> Comparison:
    """Climb again with the rounding unit that the forward shows."""
    point, path, eps = dispute.point, dispute.path, dispute.near.eps
    if eps <= eps_of(np.float64) or dispute.claim.rule == "jvp":
        return dispute.comparison
    fine = ladder.climb(path, point.base, point.weights, eps=eps)
    coarse = _coarse(dispute, eps)
    if fine.kink or coarse is None:
        return dispute.beside(fine)
    reference = coarse if fine.problem or coarse.bar < fine.bar else fine
    # What such numbers may hide beside 1, as they do in doubles.
    beside = point.rounding_along(path.reach) * eps / eps_of(np.float64)
    return dispute.beside(replace(reference, bar=reference.bar + beside))


def _coarse(dispute: Dispute, eps: float) -> Reference | None:
    """A plain difference over a long step: there are too few steps to extrapolate them."""
    point = dispute.point
    rungs = rungs_along(dispute.path, point.base, point.weights, np.float64, eps)
    errors = [(abs(a.slope - b.slope) + a.noise, a) for a, b in pairwise(rungs)]
    usable = [(error, rung) for error, rung in errors if np.isfinite(error)]
    if not usable:
        return None
    error, rung = min(usable, key=lambda pair: pair[0])
    return replace(
        dispute.reference,
        low=rung.slope,
        high=rung.slope,
        bar=ladder.SAFETY * error,
        step=rung.step,
        problem="",
    )
