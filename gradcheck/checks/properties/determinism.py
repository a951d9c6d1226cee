"""The same call gives the same answer, but for rounding.

An answer that changes cannot be compared with anything, and training with it cannot be
repeated. A rule that draws random numbers takes its seed as a param, or the mask itself. Sums
whose order is left to the machine may differ in the last digits; that is no failure. Typical of
hand-written kernels: a backward pass that adds into memory which nobody has set to zero, right
on some runs and wrong on others.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.checks.properties.property import Property
from gradcheck.checks.trial import Trial
from gradcheck.checks.violation import Violation
from gradcheck.ndarrays.dtypes import unit_of
from gradcheck.ndarrays.flat import blocks, is_differentiable
from gradcheck.ndarrays.types import Array
from gradcheck.results.kind import Kind

_UNITS = 2.0**12  # arbitrary, 2**8 to 2**16: of the largest entry, that the order of a sum may cost


def check(trial: Trial) -> Violation | None:
    """Call forward and vjp once more on fresh copies."""
    outputs = trial.outputs_at(trial.case.arranged())
    if not all(map(_same, trial.outputs, outputs)):
        return Violation(
            Kind.DETERMINISM,
            "forward is not deterministic",
            "Called twice with the same inputs, the forward returned two different results. If it "
            "draws random numbers, make the seed a param.",
            culprit="forward",
        )
    cotangents = trial.case.cotangent.cotangents(outputs)
    del outputs
    again = trial.gradients_at(inputs=trial.case.arranged(), cotangents=cotangents)
    for name, gradient in trial.gradients.items():
        if not _same(gradient, again[name]):
            return Violation(
                Kind.DETERMINISM,
                f"∂L/∂{name} is not deterministic",
                f"Called twice with the same arguments, the vjp returned two different values for "
                f"∂L/∂{name}. If it draws random numbers, make the seed a param; if it keeps "
                "something between calls, do not.",
                name,
            )
    return None


def _same(once: Any, again: Array) -> bool:
    first = np.asarray(once)
    if first.shape != again.shape or first.dtype != again.dtype:
        return False
    one, other = first.reshape(-1), again.reshape(-1)
    if not is_differentiable(first):
        return bool((one == other).all())
    sizes = (_finite_sizes(one[block]).max(initial=0.0) for block in blocks(one.size))
    unit = _UNITS * unit_of(first.dtype).eps * max(sizes, default=0.0)
    return all(_near(one[block], other[block], unit) for block in blocks(one.size))


def _finite_sizes(values: Array) -> Array:
    sizes: Array = np.abs(values[np.isfinite(values)])
    return sizes


def _near(one: Array, other: Array, unit: float) -> bool:
    finite = np.isfinite(one)
    apart = np.abs(np.where(finite, one, 0) - np.where(finite, other, 0))
    return bool((np.isfinite(other) == finite).all() and (apart <= unit).all())


PROPERTY = Property(name="determinism", when="in turn", text=__doc__, check=check)
