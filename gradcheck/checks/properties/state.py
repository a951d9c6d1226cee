"""Calls in between change nothing: a vjp keeps no state.

Layers that store their input in `self` work as long as each forward is followed by its own
backward. Used twice in one network, or with a second batch in flight, the first backward reads
what the second forward has stored. Found in the wild: gradients kept in a table by the value of
a tensor instead of by the tensor (tinygrad/tinygrad#9597).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gradcheck.checks.agreement import difference
from gradcheck.checks.properties.property import Property
from gradcheck.checks.trial import OpRaised, Trial
from gradcheck.checks.violation import Violation
from gradcheck.ndarrays.flat import is_differentiable
from gradcheck.ndarrays.types import Array
from gradcheck.results.kind import Kind

_OTHERS: tuple[Callable[[Array], Array], ...] = (
    lambda x: np.roll(x, 1) * 0.75,
    lambda x: x * 0.5,
    lambda x: np.roll(x, 1),
)


def check(trial: Trial) -> Violation | None:
    """Call the forward with other inputs between forward and vjp."""
    try:
        trial.outputs_at(_others(trial))
    except OpRaised:
        return None  # the op need not take what the spec did not draw
    apart = difference(trial, trial.gradients_at(between=_others(trial)), trial.gradients)
    if apart is None:
        return None
    return apart.violation(
        Kind.STATE,
        "depends on other calls",
        f"With another call of the forward in between, the vjp returned {apart}. It must take all "
        "it needs from its arguments, not from what the last forward has stored.",
    )


def _others(trial: Trial) -> tuple[Array, ...]:
    """Fresh arrays of other inputs, the same in every call."""
    return tuple(_other(trial, place) for place in range(len(trial.case.inputs)))


def _other(trial: Trial, place: int) -> Array:
    """Other values for an input, where its domain has them."""
    x = trial.case.inputs[place]
    domain = trial.case.domains[place] if trial.case.domains else None
    if domain is None or domain.contains is None or not is_differentiable(x):
        return x.copy()
    for make in _OTHERS:
        other: Array = make(x).astype(x.dtype, copy=False)
        if domain.contains(other):
            return other
    return x.copy()


PROPERTY = Property(name="state", when="in turn", text=__doc__, check=check)
