"""Inputs, params, cotangent and result are left as they were.

That is checked byte for byte. Whoever calls a vjp still holds these arrays: an optimiser reads
the weights, another vjp reads the same cotangent. A rule that works in place is right by itself
and wrong in company. Found in the wild: a kernel wrote dX into the buffer of dY and then
computed dW from it (unslothai/unsloth#4550).
"""

from __future__ import annotations

from gradcheck.checks.properties.property import Property
from gradcheck.checks.trial import Trial
from gradcheck.checks.violation import Violation
from gradcheck.errors import listing
from gradcheck.ndarrays.memory import overlap
from gradcheck.results.kind import Kind


def check(trial: Trial) -> Violation | None:
    """Report the arguments that a call changed."""
    if not trial.touched:
        return None
    first = trial.touched[0]
    changed = [each for each in trial.touched if each.culprit == first.culprit]
    called = listing("the cotangent" if each.name == "g" else each.name for each in changed)
    written = (
        f"∂L/∂{name}"
        for name, gradient in trial.gradients.items()
        if any(overlap(gradient, each.array) for each in changed)
    )
    over = f"{gradients} over" if (gradients := listing(written)) != "nothing" else "into"
    return Violation(
        Kind.MUTATION,
        f"the {first.culprit} changed {called}",
        f"The {first.culprit} wrote {over} {called}: work on a copy. Whoever called it still "
        f"holds that array.",
        None if first.name == "g" else first.name,
        first.culprit,
    )


PROPERTY = Property(name="purity", when="always", text=__doc__, check=check)
