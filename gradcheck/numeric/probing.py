"""A gradient judged along one path, as cheaply as possible.

1. One central difference at 2⁻¹⁷ (two forward calls). Its error is near ε^⅔; agreement
   within rtol cannot be a coincidence, so it passes.
2. Central differences at 2⁻¹⁰ and 2⁻¹¹, extrapolated to fourth order, with a rounding
   part in the tolerance: small derivatives beside large outputs pass here.
3. The ladder (`gradcheck.numeric.ladder`), and where it is too coarse or disagrees, second
   opinions: long double and complex step. Only this step can fail a gradient, and not before
   each of the safeguards has been asked.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from gradcheck.ndarrays.types import Parts, Vector
from gradcheck.numeric import complex_step, ladder, quick
from gradcheck.numeric.argument import Place
from gradcheck.numeric.claim import Claim
from gradcheck.numeric.comparison import Comparison, Obstacle, Reference, per_unit
from gradcheck.numeric.paths import Path, absolute_product
from gradcheck.numeric.point import Point
from gradcheck.numeric.safeguards.nearby import Nearby
from gradcheck.numeric.safeguards.order import settled
from gradcheck.numeric.safeguards.safeguard import Dispute
from gradcheck.numeric.steps import STEPS, eps_of
from gradcheck.numeric.tally import Tally

# Of the outputs, that a ladder's bar is about: four units over steps near 2⁻¹⁵, where rounding
# and truncation are equal for a smooth forward.
_LADDER_UNITS = 2.0**17
_ROUGH = (Obstacle.NOISY, Obstacle.STAIRCASE, Obstacle.OSCILLATES)
_HOPELESS = 1e3  # margins that no second opinion mends; arbitrary, 1e2 to 1e6


@dataclass(frozen=True)
class Prober:
    """A judge of the gradient at a point."""

    point: Point

    @cached_property
    def near(self) -> Nearby:
        """Findings that the safeguards share."""
        return Nearby(self.point)

    def judge(self, path: Path, claim: Claim) -> Comparison:
        """Compare by the short difference, the extrapolated one, or the ladder."""
        return quick.compare(self.point, path, claim) or self.prove(path, claim)

    def prove(self, path: Path, claim: Claim) -> Comparison:
        """Compare along a path with the best reference there is."""
        point, rtol = self.point, self.point.rtol
        reference = ladder.climb(path, point.base, point.weights).floored(path.reach)
        if reference.problem in _ROUGH and self.near.eps > eps_of(np.float64):
            reference = self.near.climb_coarsely(path)
        comparison = claim.beside(reference, rtol)
        unsure = bool(reference.problem) or reference.weak
        if unsure or 1 < comparison.margin < _HOPELESS:
            best = self._second_opinion(path, reference).floored(path.reach)
            if best is not reference and not best.problem:
                # Sharper than the gradient itself can be: that is computed in double precision.
                bar = point.rounding_along(path.reach)
                best = replace(best, bar=max(best.bar, bar))
            comparison = claim.beside(best, rtol)
        return per_unit(settled(Dispute(self.near, path, claim, comparison)), claim.scale)

    def _second_opinion(self, path: Path, reference: Reference) -> Reference:
        """The reference with the smallest bar among those that the forward allows."""
        weights = self.point.weights
        wider = complex_step.wider(path, weights)
        exact = complex_step.complex_step(path, self.point.base, weights, wider or reference)
        opinions = [reference, wider, exact]
        usable = [r for r in opinions if r is not None and not r.problem]
        return min(usable, key=lambda r: r.bar, default=reference)

    def prove_entry(self, place: Place) -> Comparison:
        """Compare the derivative by one entry with the best reference there is."""
        return self.prove(*self.point.entry(place))

    def add_entry(self, place: Place, comparison: Comparison, tally: Tally) -> None:
        """Count the comparison of an entry, and its power."""
        tally.add(comparison)
        part, index = place.part, place.index
        doubt = self.doubts[part][index] / self.point.scales[part][index]
        tally.power.count(np.array([abs(comparison.analytic)]), comparison.slack + doubt)

    @cached_property
    def doubts(self) -> Parts:
        """How far each slope may be off unproven, about.

        A cheap difference that agrees says nothing about the bar of the ladder, which would
        have to prove that another value is wrong.
        """
        return [self.doubts_of(scales) for scales in self.point.scales]

    def doubts_of(self, scales: Vector) -> Vector:
        """The same for entries of some scales."""
        return np.where(self.point.lost(STEPS[0] * scales), math.inf, self._floor)

    @cached_property
    def _floor(self) -> float:
        size = absolute_product(self.point.weights, self.point.base)
        return max(_LADDER_UNITS * eps_of(np.float64) * size, self.point.rounding)
