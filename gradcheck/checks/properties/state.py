"""Calls in between change nothing: a vjp keeps no state.

Layers that store their input in `self` work as long as each forward is followed by its own
backward. Used twice in one network, or with a second batch in flight, the first backward reads
what the second forward has stored. So the forward is called with other inputs between the
forward of the case and its vjp: once with all of them other, once with one entry other. Nor may
a call reset NumPy's random generator, change its error state or the current folder, or write
over the result of an earlier call. Found in the wild: gradients kept in a table by the value of
a tensor instead of by the tensor (tinygrad/tinygrad#9597).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from gradcheck.checks.agreement import difference
from gradcheck.checks.properties.property import Property
from gradcheck.checks.surroundings import reset_of_generator
from gradcheck.checks.trial import OpRaised, Trial
from gradcheck.checks.violation import Violation
from gradcheck.ndarrays.flat import is_differentiable
from gradcheck.ndarrays.types import Array
from gradcheck.results.kind import Kind
from gradcheck.spec.domains import Domain

Change = Callable[[Array], Array]
_OTHER = 1e-3  # arbitrary, 1e-6 to 0.1: of the largest number, by which another input differs


def _with_last_changed(x: Array) -> Array:
    other = np.array(x, order="C")
    if other.size:
        other.reshape(-1)[-1] = other.reshape(-1)[-1] * 0.5 + 0.25
    return other


_ALL: tuple[Change, ...] = (
    lambda x: np.roll(x, 1) * 0.75,
    lambda x: x * 0.5,
    lambda x: np.roll(x, 1),
    lambda x: x * 0.5 + 0.25,
    lambda x: np.roll(x, 1, axis=0),
)
_ONE: tuple[Change, ...] = (_with_last_changed,)


def check(trial: Trial) -> Violation | None:
    """Call the forward with other inputs between forward and vjp."""
    for changes in (_ALL, _ONE):
        if all(map(np.array_equal, _others(trial, changes), trial.case.inputs)):
            continue  # nothing else is known to be allowed
        try:
            trial.outputs_at(_others(trial, changes))
        except OpRaised:
            continue  # the op need not take what the spec did not draw
        between = _others(trial, changes)
        apart = difference(trial, trial.gradients_at(between=between), trial.gradients)
        if apart is not None:
            return apart.violation(
                Kind.STATE,
                "depends on other calls",
                f"With another call of the forward in between, the vjp returned {apart}. It must "
                "take all it needs from its arguments, not from what the last forward has stored.",
            )
    return reset_of_generator(trial)


def _others(trial: Trial, changes: tuple[Change, ...]) -> tuple[Array, ...]:
    """Fresh arrays of other inputs, the same in every call."""
    domains = trial.case.domains or (None,) * len(trial.case.inputs)
    pairs = zip(trial.case.inputs, domains, strict=True)
    return tuple(_other(x, domain, changes) for x, domain in pairs)


def _other(x: Array, domain: Domain | None, changes: tuple[Change, ...]) -> Array:
    """Other values for an input, where its domain may have them."""
    if is_differentiable(x):
        for other in _allowed(x, domain, changes):
            if np.abs(other - x).max(initial=0.0) > _OTHER * np.abs(x).max(initial=0.0):
                return other
    return x.copy()


def _allowed(x: Array, domain: Domain | None, changes: tuple[Change, ...]) -> Iterator[Array]:
    """Changed values, on the domain as far as can be told."""
    for change in changes:
        other: Array = np.asarray(change(x)).astype(x.dtype, copy=False)
        if domain is not None and domain.retract is not None:
            other = np.asarray(domain.retract(other)).astype(x.dtype, copy=False)
        if domain is None or domain.contains is None or domain.contains(other):
            yield other


PROPERTY = Property(name="state", when="in turn", text=__doc__, check=check)
