"""A cotangent of zeros gives gradients of zeros.

An output that nobody uses sends zeros back. Rules that divide, or that multiply by a slope that
is infinite there, turn them into NaN (0 · ∞, 0 / 0), and one NaN spoils every weight. Checked
where the forward is finite. Found in the wild: the backward pass of sqrt at an exact 0 that was
not even selected downstream (Theano/Theano#1996).
"""

from __future__ import annotations

import numpy as np

from gradcheck.checks.agreement import is_extreme
from gradcheck.checks.properties.property import Property
from gradcheck.checks.trial import Trial
from gradcheck.checks.violation import Violation
from gradcheck.ndarrays.flat import flat
from gradcheck.results.kind import Kind


def check(trial: Trial) -> Violation | None:
    """Call the vjp with a cotangent of zeros."""
    if not trial.is_finite or is_extreme(trial):
        return None  # 0 · ∞ of an intermediate result that overflowed is not the rule's mistake
    nothing = [None if g is None else np.zeros(g.shape, g.dtype) for g in trial.cotangents]
    for name, gradient in trial.gradients_at(cotangents=nothing).items():
        wrong = flat(gradient) != 0
        if wrong.any():
            index = int(wrong.argmax())
            value = float(flat(gradient)[index])
            return Violation(
                Kind.ZERO,
                f"∂L/∂{name} is not zero for a cotangent of zeros",
                f"With a cotangent of zeros the vjp returned {value:g} at "
                f"{trial.label(name, index)}; a gradient is linear in its cotangent, so it must be "
                "0 there.",
                name,
            )
    return None


PROPERTY = Property(name="zero", when="in turn", text=__doc__, check=check)
