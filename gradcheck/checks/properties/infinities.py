"""Infinite inputs, where the spec allows them, make no NaN.

Masks and log-space code work with −∞: exp(−∞) is 0, and what does not count has no gradient. A
rule that computes ∞ − ∞ or 0 · ∞ turns it into NaN, for the whole row. Checked where
`gc.real(infinite=True)` draws such entries and the forward returns no NaN itself. Found in the
wild: logsumexp of a row of −∞ (jax-ml/jax#6811), softmax of a row that is masked altogether
(pytorch/pytorch#41508).
"""

from __future__ import annotations

import numpy as np

from gradcheck.checks.properties.property import Property
from gradcheck.checks.trial import Trial
from gradcheck.checks.violation import Violation
from gradcheck.ndarrays.flat import flat
from gradcheck.results.kind import Kind


def check(trial: Trial) -> Violation | None:
    """Look for NaN in the gradients of a case with infinite inputs."""
    if not any(np.isinf(trial.case.inputs[i]).any() for i in trial.active):
        return None
    if any(np.isnan(out).any() for out in trial.base):
        return None
    for name, gradient in trial.gradients.items():
        wrong = np.isnan(flat(gradient))
        if wrong.any():
            where = trial.label(name, int(wrong.argmax()))
            return Violation(
                Kind.NONFINITE,
                f"∂L/∂{name} is not finite",
                f"With infinite inputs the vjp returned NaN at {where}, though the forward "
                "returned none. What is infinitely small has no gradient: put 0 in its place.",
                name,
            )
    return None


PROPERTY = Property(name="infinities", when="always", text=__doc__, check=check)
