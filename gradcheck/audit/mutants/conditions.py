"""Gradients that are wrong for some inputs only: zeros, negatives, ties, tails, sizes, params."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from gradcheck.audit.mutants import triggers
from gradcheck.audit.mutants.mutant import (
    Gradients,
    Mutant,
    Trigger,
    VjpCall,
    of_all,
    of_call,
    of_gradient,
)
from gradcheck.ndarrays.types import Array

_AT: tuple[tuple[str, str, Trigger, Callable[[Array], Array], float], ...] = (
    ("zero-at-zero", "is 0 where the input is 0", triggers.ZERO, triggers.zeros, 0.0),
    ("doubled-at-zero", "is doubled where the input is 0", triggers.ZERO, triggers.zeros, 2.0),
    ("nan-at-zero", "is NaN where the input is 0", triggers.ZERO, triggers.zeros, np.nan),
    (
        "negated-at-negatives",
        "has the opposite sign where the input is negative",
        triggers.NEGATIVE,
        triggers.negatives,
        -1.0,
    ),
    (
        "zero-at-negatives",
        "is 0 where the input is negative",
        triggers.NEGATIVE,
        triggers.negatives,
        0.0,
    ),
    ("doubled-near-zero", "is doubled for |x| < 0.001", triggers.TINY, triggers.tiny, 2.0),
    ("nan-at-large", "is NaN for |x| > 100", triggers.LARGE, triggers.large, np.nan),
    ("infinite-at-large", "is infinite for |x| > 100", triggers.LARGE, triggers.large, np.inf),
)


def mutants() -> Iterator[Mutant]:
    """Yield the mutants of this family."""
    for name, what, trigger, where, factor in _AT:
        yield Mutant(
            name=name,
            description=what,
            trigger=trigger,
            plant=of_gradient(_scaled_where(where, factor)),
        )
    yield Mutant(
        name="summed-at-ties",
        description="gives each of several equal entries the sum of their gradients",
        trigger=triggers.TIES,
        plant=of_gradient(_summed_at_ties),
    )
    yield Mutant(
        name="merged-inputs",
        description="gives two inputs with equal values the sum of their gradients",
        trigger=triggers.EQUAL_INPUTS,
        plant=of_all(_merged),
        breaks="the vjp",
    )
    yield _whenever("doubled-at-odd-size", "is doubled where an axis is odd", triggers.ODD)
    yield _whenever(
        "doubled-at-option", "is doubled where a param is not its default", triggers.OPTION
    )
    for name, what, trigger in (
        (
            "raises-at-size-zero",
            "makes the vjp raise where the input has no entries",
            triggers.EMPTY,
        ),
        ("raises-at-scalar", "makes the vjp raise where the input has no axes", triggers.SCALAR),
        (
            "raises-at-negative-axis",
            "makes the vjp raise where a param is a negative axis",
            triggers.NEGATIVE_AXIS,
        ),
    ):
        yield Mutant(name=name, description=what, trigger=trigger, plant=of_call(_raising(trigger)))


def _scaled_where(
    where: Callable[[Array], Array], factor: float
) -> Callable[[VjpCall, int, Array], Array]:
    def change(call: VjpCall, place: int, d: Array) -> Array:
        wrong = np.full_like(d, factor) if not np.isfinite(factor) else d * d.dtype.type(factor)
        return np.where(where(call.argument(place)), wrong, d)

    return change


def _whenever(name: str, what: str, trigger: Trigger) -> Mutant:
    """Twice the right gradient where the trigger occurs."""

    def change(call: VjpCall, place: int, d: Array) -> Array:
        return np.asarray(2 * d) if trigger.occurs(call, place) else d

    return Mutant(name=name, description=what, trigger=trigger, plant=of_gradient(change))


def _summed_at_ties(call: VjpCall, place: int, d: Array) -> Array:
    values, inverse = np.unique(call.argument(place), return_inverse=True)
    sums = np.zeros(len(values), d.dtype)
    np.add.at(sums, inverse.ravel(), d.ravel())
    return sums[inverse].reshape(d.shape)


def _merged(call: VjpCall, gradients: Gradients) -> tuple[Array, ...]:
    pair = triggers.equal_pair([call.inputs[i] for i in call.active])
    if pair is not None:
        merged = gradients[pair[0]] + gradients[pair[1]]
        gradients[pair[0]], gradients[pair[1]] = merged, merged.copy()
    return tuple(gradients)


def _raising(trigger: Trigger) -> Callable[[VjpCall, int], VjpCall]:
    def change(call: VjpCall, place: int) -> VjpCall:
        if trigger.occurs(call, place):
            raise IndexError(f"no rule for {trigger.words.format(x='the input')}")
        return call

    return change
