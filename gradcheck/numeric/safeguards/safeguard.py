"""The form of a safeguard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gradcheck.numeric.claim import Claim
from gradcheck.numeric.comparison import Comparison, Obstacle
from gradcheck.numeric.paths import Path
from gradcheck.numeric.safeguards.nearby import Nearby

Rule = Callable[[Nearby, Path, Claim, Comparison], Comparison]


@dataclass(frozen=True, slots=True, kw_only=True)
class Safeguard:
    """A named rule that looks once more at a comparison.

    Attributes:
        name: what the documentation calls it.
        rule: gives the comparison back, with a wider bar, without a usable reference, or as
            it was.
        obstacles: why it may call a reference unusable.
        source: where it comes from: a publication, or the measurement that asked for it.
        of_agreement: whether it looks at comparisons that agree, not at those that differ.
    """

    name: str
    rule: Rule
    obstacles: tuple[Obstacle, ...] = ()
    source: str
    of_agreement: bool = False


def unusable(
    near: Nearby, claim: Claim, comparison: Comparison, problem: Obstacle, noise: float = 0.0
) -> Comparison:
    """Compare again without a usable reference."""
    return claim.beside(comparison.reference.without_use(problem, noise), near.point.rtol)
