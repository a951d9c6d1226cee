"""The derivative that a rule claims along a path."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gradcheck.numeric.argument import Place
from gradcheck.numeric.comparison import Comparison, Obstacle, Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The slope along a path, as a rule has it.

    Attributes:
        where: what messages call the path, "b[1,0]".
        argument: the input that it moves, where it is one only.
        place: the entry that it moves, where it is one only.
        slope: the analytic slope.
        size: the 2-norm of the terms that it sums.
        rule: the rule it comes from.
        scale: how far a single entry moves per unit of the path: reports are per entry.
    """

    where: str
    argument: str | None
    place: Place | None = None
    slope: float
    size: float
    rule: str = "vjp"
    scale: float = 1.0

    def beside(self, reference: Reference, rtol: float) -> Comparison:
        """Compare the claim with a reference."""
        bar = 0.0 if reference.problem else reference.bar
        beyond = reference.distance(self.slope) - (rtol * self.size + bar)
        if not reference.problem and 0 < beyond <= reference.hidden:
            reference = replace(reference, problem=Obstacle.HIDDEN)
        return Comparison(
            where=self.where,
            argument=self.argument,
            place=self.place,
            analytic=self.slope,
            reference=reference,
            tolerance=rtol * self.size + bar,
            size=self.size,
            rule=self.rule,
        )
