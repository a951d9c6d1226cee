"""Safeguards, and the disputes that they settle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from gradcheck.numeric.claim import Claim
from gradcheck.numeric.comparison import Comparison, Obstacle, Reference
from gradcheck.numeric.paths import Path
from gradcheck.numeric.point import Point
from gradcheck.numeric.safeguards.nearby import Nearby


@dataclass(frozen=True, slots=True)
class Dispute:
    """A claim about a path, compared, with findings about the forward nearby."""

    near: Nearby
    path: Path
    claim: Claim
    comparison: Comparison

    @property
    def point(self) -> Point:
        return self.near.point

    @property
    def reference(self) -> Reference:
        return self.comparison.reference

    def unusable(self, problem: Obstacle, noise: float = 0.0) -> Comparison:
        """Compare again without a usable reference."""
        return self.beside(replace(self.reference, problem=problem, noise=noise))

    def with_reference(self, **changes: Any) -> Comparison:
        """Compare again with parts of the reference changed."""
        return self.beside(replace(self.reference, **changes))

    def beside(self, reference: Reference) -> Comparison:
        """Compare again with another reference."""
        return self.claim.beside(reference, self.point.rtol)


Rule = Callable[[Dispute], Comparison]


@dataclass(frozen=True, slots=True)
class Safeguard:
    """A named rule that looks once more at a comparison.

    Attributes:
        name: what the documentation calls it.
        source: a publication, or the measurement that asked for it.
        obstacles: why it may call a reference unusable.
        of_agreement: whether it looks at comparisons that agree, not at those that differ.
        rule: gives the comparison back as it was, or another.
    """

    name: str
    source: str
    obstacles: tuple[Obstacle, ...]
    of_agreement: bool
    rule: Rule


def safeguard(
    name: str, *obstacles: Obstacle, source: str, of_agreement: bool = False
) -> Callable[[Rule], Safeguard]:
    """Make a safeguard of a rule."""
    return lambda rule: Safeguard(name, source, obstacles, of_agreement, rule)
