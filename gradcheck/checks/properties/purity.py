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
from gradcheck.results.kind import Kind


def check(trial: Trial) -> Violation | None:
    """Report the first argument that a call changed."""
    if not trial.touched:
        return None
    name, culprit = trial.touched[0].name, trial.touched[0].culprit
    called = "the cotangent" if name == "g" else name
    return Violation(
        Kind.MUTATION,
        f"the {culprit} changed {called}",
        f"The {culprit} wrote into {called}: work on a copy. Whoever called it still "
        f"holds that array.",
        None if name == "g" else name,
        culprit,
    )


PROPERTY = Property(name="purity", when="always", text=__doc__, check=check)
