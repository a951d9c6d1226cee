"""What is claimed about a derivative, and by which input it is taken."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gradcheck.numeric.comparison import Comparison, Obstacle, Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a rule says the slope along a path is.

    Attributes:
        where: what messages call the path, "b[1,0]".
        argument: the input that it moves, where it is one only.
        slope: the analytic slope.
        size: the 2-norm of the terms that it sums.
        rule: the rule it comes from.
        scale: how far a single entry moves per unit of the path: reports are per entry.
    """

    where: str
    argument: str | None
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
            analytic=self.slope,
            reference=reference,
            tolerance=rtol * self.size + bar,
            size=self.size,
            rule=self.rule,
        )
