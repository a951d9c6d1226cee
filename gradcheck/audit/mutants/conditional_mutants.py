"""Gradients that are wrong under a condition: zeros, ties, sizes, …"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from gradcheck.audit.mutants.mutant import (
    Gradients,
    Mutant,
    VjpCall,
    of_all,
    of_call,
    of_gradient,
)
from gradcheck.cases.conditions import CONDITIONS, Condition
from gradcheck.cases.conditions.on_gradients import equal_pair, is_near_zero
from gradcheck.ndarrays.types import Array

_ZERO = CONDITIONS["value", "zero"]
_NEGATIVE = CONDITIONS["value", "negative"]
_LARGE = CONDITIONS["value", "≥ 100"]


def _zeros(x: Array) -> Array:
    return np.asarray(x == 0)


def _negatives(x: Array) -> Array:
    return np.asarray(x.real < 0)


def _large(x: Array) -> Array:
    return np.asarray(abs(x) >= 100)


# fmt: off
_AT: tuple[tuple[str, str, Condition, Callable[[Array], Array], float], ...] = (
    ("zero-at-zero", "is 0 where the input is 0", _ZERO, _zeros, 0.0),
    ("doubled-at-zero", "is doubled where the input is 0", _ZERO, _zeros, 2.0),
    ("nan-at-zero", "is NaN where the input is 0", _ZERO, _zeros, np.nan),
    ("negated-at-negatives", "has the opposite sign where the input is negative", _NEGATIVE,
     _negatives, -1.0),
    ("zero-at-negatives", "is 0 where the input is negative", _NEGATIVE, _negatives, 0.0),
    ("doubled-near-zero", "is doubled for |x| < 0.001", CONDITIONS["gradient", "near zero"],
     is_near_zero, 2.0),
    ("nan-at-large", "is NaN for |x| ≥ 100", _LARGE, _large, np.nan),
    ("infinite-at-large", "is infinite for |x| ≥ 100", _LARGE, _large, np.inf),
)
_DOUBLED: tuple[tuple[str, str, Condition], ...] = (
    ("doubled-at-odd-size", "is doubled where an axis is odd", CONDITIONS["axis", "odd"]),
    ("doubled-at-option", "is doubled where a param is not its default",
     CONDITIONS["gradient", "option"]),
)
_RAISING: tuple[tuple[str, str, Condition], ...] = (
    ("raises-at-size-zero", "makes the vjp raise where the input has no entries",
     CONDITIONS["axis", "0"]),
    ("raises-at-scalar", "makes the vjp raise where the input has no axes",
     CONDITIONS["rank", "0-D"]),
    ("raises-at-negative-axis", "makes the vjp raise where a param is a negative axis",
     CONDITIONS["gradient", "negative axis"]),
)
# fmt: on


def mutants() -> Iterator[Mutant]:
    """Yield the mutants of this family."""
    for name, what, trigger, where, factor in _AT:
        plant = of_gradient(_scaled_where(where, factor))
        yield Mutant(name=name, description=what, trigger=trigger, plant=plant)
    yield Mutant(
        name="summed-at-ties",
        description="gives each of several equal entries the sum of their gradients",
        trigger=CONDITIONS["value", "ties"],
        plant=of_gradient(_summed_at_ties),
    )
    yield Mutant(
        name="merged-inputs",
        description="gives two inputs with equal values the sum of their gradients",
        trigger=CONDITIONS["gradient", "equal inputs"],
        plant=of_all(_merged),
        breaks="the vjp",
    )
    for name, what, trigger in _DOUBLED:
        plant = of_gradient(_doubled_where(trigger))
        yield Mutant(name=name, description=what, trigger=trigger, plant=plant)
    for name, what, trigger in _RAISING:
        yield Mutant(name=name, description=what, trigger=trigger, plant=of_call(_raising(trigger)))


def _scaled_where(
    where: Callable[[Array], Array], factor: float
) -> Callable[[VjpCall, int, Array], Array]:
    def change(call: VjpCall, place: int, d: Array) -> Array:
        wrong = np.full_like(d, factor) if not np.isfinite(factor) else d * d.dtype.type(factor)
        return np.where(where(call.argument(place)), wrong, d)

    return change


def _doubled_where(trigger: Condition) -> Callable[[VjpCall, int, Array], Array]:
    return lambda call, place, d: np.asarray(2 * d) if call.meets(trigger, place) else d


def _summed_at_ties(call: VjpCall, place: int, d: Array) -> Array:
    values, inverse = np.unique(call.argument(place), return_inverse=True)
    sums = np.zeros(len(values), d.dtype)
    np.add.at(sums, inverse.ravel(), d.ravel())
    return sums[inverse].reshape(d.shape)


def _merged(call: VjpCall, gradients: Gradients) -> tuple[Array, ...]:
    pair = equal_pair(call.inputs[i] for i in call.active)
    if pair is not None:
        merged = gradients[pair[0]] + gradients[pair[1]]
        gradients[pair[0]], gradients[pair[1]] = merged, merged.copy()
    return tuple(gradients)


def _raising(trigger: Condition) -> Callable[[VjpCall, int], VjpCall]:
    def change(call: VjpCall, place: int) -> VjpCall:
        if call.meets(trigger, place):
            raise IndexError(f"no rule for a case where {trigger.of('the input').words}")
        return call

    return change
