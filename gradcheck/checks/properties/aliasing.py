"""Gradients share no writable memory with anything else.

Neither with each other nor with the cotangent or an input. Gradients are accumulated in place:
`grad += g`. If two of them are the same array, or one is the cotangent itself, adding to one
changes the other. That is a hazard: where the values are right and nothing was changed it is
noted, and fails with `hazards="fail"` only, since autograd and many textbooks do the same. Where
one array was written over another, its values are wrong, or the argument was changed, and that
fails. Typical of first implementations: the backward pass of an addition, or of an
identity, hands the very array that came in to both of its operands.
"""

from __future__ import annotations

from gradcheck.checks.properties.property import Property
from gradcheck.checks.trial import Trial
from gradcheck.checks.violation import Violation
from gradcheck.ndarrays.memory import overlap
from gradcheck.results.kind import Kind


def check(trial: Trial) -> Violation | None:
    """Report the first gradient through which another array could be changed.

    Where one was changed already, that is what is wrong, not that it could be.
    """
    if trial.touched:
        return None
    items = list(trial.gradients.items())
    for i, (name, gradient) in enumerate(items):
        for other, array in items[i + 1 :]:
            if overlap(gradient, array):
                return Violation(
                    Kind.ALIASING,
                    f"∂L/∂{name} and ∂L/∂{other} share memory",
                    f"∂L/∂{name} and ∂L/∂{other} are the same memory: adding to one in place "
                    "changes the other. Return a copy of one.",
                    name,
                )
        for other, array in trial.arguments.items():
            if overlap(gradient, array):
                called = "the cotangent" if other == "g" else other
                return Violation(
                    Kind.ALIASING,
                    f"∂L/∂{name} shares memory with {called}",
                    f"∂L/∂{name} is a view of {called}: adding to it in place changes {called}. "
                    "Return a copy.",
                    name,
                )
    return None


PROPERTY = Property(name="aliasing", when="always", text=__doc__, check=check)
