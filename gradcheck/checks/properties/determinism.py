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

from gradcheck.checks.agreement import most_terms
from gradcheck.checks.properties.property import Property
from gradcheck.checks.trial import OpRaised, Trial
from gradcheck.checks.violation import Violation
from gradcheck.ndarrays.dtypes import unit_of
from gradcheck.ndarrays.flat import blocks, is_differentiable
from gradcheck.ndarrays.types import Array
from gradcheck.results.kind import Kind

_UNITS = 2.0**12  # arbitrary, 2**8 to 2**16: of the largest entry, that the order of a sum may cost

_FEW = 16  # arbitrary: entries up to which a call is repeated more than once
_AGAIN = 4  # derived: a mask of one entry, kept or not, is the same by chance in 1 of 16

_FORWARD = Violation(
    Kind.DETERMINISM,
    "forward is not deterministic",
    "Called again with the same inputs, the forward returned another result. If it draws random "
    "numbers, such as a new mask for each call of a dropout, make the seed or the mask a param.",
    culprit="forward",
)


def check(trial: Trial) -> Violation | None:
    """Call forward and vjp again on fresh copies."""
    for _ in range(_calls(trial)):
        outputs = trial.outputs_at(trial.case.arranged())
        if not all(map(_same, trial.outputs, outputs)):
            return _FORWARD
    if _draws_beside_zeros(trial):
        return _FORWARD
    cotangents = trial.case.cotangent.cotangents(outputs)
    del outputs
    again = trial.gradients_at(inputs=trial.case.arranged(), cotangents=cotangents)
    for name, gradient in trial.gradients.items():
        if not _same(gradient, again[name]):
            return Violation(
                Kind.DETERMINISM,
                f"∂L/∂{name} is not deterministic",
                f"Called twice with the same arguments, the vjp returned two different values for "
                f"∂L/∂{name}. If it draws random numbers, such as a new mask for each call, make "
                "the seed or the mask a param; if it keeps something between calls, do not.",
                name,
            )
    return None


def _calls(trial: Trial) -> int:
    """How often to ask: with few entries, chance repeats an answer."""
    return _AGAIN if most_terms(trial) <= _FEW else 1


def _draws_beside_zeros(trial: Trial) -> bool:
    """Whether a small forward answers differently where zeros are other numbers.

    At 0 a dropout returns 0, kept or not.
    """
    if most_terms(trial) > _FEW or all(np.all(trial.case.inputs[i]) for i in trial.active):
        return False
    domains = trial.case.domains or (None,) * len(trial.case.inputs)
    inputs = list(trial.fresh_inputs())
    for i in trial.active:
        domain, other = domains[i], np.where(inputs[i] == 0, 0.75, inputs[i])
        if domain is None or domain.contains is None or domain.contains(other):
            inputs[i] = other.astype(inputs[i].dtype)
    try:
        first, *again = (trial.outputs_at([x.copy() for x in inputs]) for _ in range(_AGAIN))
    except OpRaised:
        return False
    return not all(all(map(_same, first, outputs)) for outputs in again)


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
