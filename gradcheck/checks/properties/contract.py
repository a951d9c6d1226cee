"""Each differentiable input has a gradient of its shape and dtype.

A gradient of another shape may broadcast and so be used without a complaint: a scalar, or (n,
1) for (n,). A gradient of another dtype makes everything behind it slow or coarse. None and
integers are for inputs that have no gradient. Found in the wild: a derivative that was not
summed over the axes along which its operand had been broadcast (pytorch/pytorch#1787).
"""

from __future__ import annotations

from gradcheck.checks.properties.property import Property
from gradcheck.checks.trial import Trial
from gradcheck.checks.violation import Violation


def check(trial: Trial) -> Violation | None:
    """Report how what the vjp returned breaks the contract."""
    return trial.breach


PROPERTY = Property(name="contract", when="always", text=__doc__, check=check)
