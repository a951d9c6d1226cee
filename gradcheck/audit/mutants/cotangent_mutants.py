"""Vjps that use the cotangent wrongly, each seen by one gradient only."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from gradcheck.audit.mutants.mutant import Mutant, VjpCall, of_call, of_gradient
from gradcheck.cases.conditions import CONDITIONS
from gradcheck.cases.conditions.on_gradients import in_memory_order
from gradcheck.ndarrays.types import Array

_NO_COTANGENT = CONDITIONS["gradient", "no cotangent"]
_READINGS: dict[str, tuple[str, Callable[[Array], Array]]] = {
    "cotangent-ignored": ("is computed from ones, not from the cotangent", np.ones_like),
    "cotangent-sign": ("is computed from the sign of the cotangent", np.sign),
    "cotangent-magnitude": (
        "is computed from the magnitude of the cotangent",
        lambda g: np.asarray(abs(g), g.dtype),
    ),
    "cotangent-squared": ("is computed from g + 1e-3 g², not from g", lambda g: g + 1e-3 * g * g),
}


def mutants() -> Iterator[Mutant]:
    """Yield the mutants of this family."""
    for name, (what, read) in _READINGS.items():
        yield Mutant(
            name=name,
            description=what,
            trigger=CONDITIONS["gradient", "filled"],
            plant=of_call(_reading(read)),
        )
    yield Mutant(
        name="cotangent-in-memory-order",
        description="is computed from the cotangent as it lies in memory",
        trigger=CONDITIONS["gradient", "cotangent order"],
        plant=of_call(_reading(in_memory_order)),
    )
    yield Mutant(
        name="nan-at-zero-cotangent",
        description="is NaN where the cotangent is 0",
        trigger=CONDITIONS["cotangent", "zeros"],
        plant=of_gradient(_nan_at_zero),
    )
    yield Mutant(
        name="ones-at-no-cotangent",
        description="is 1 everywhere if the whole cotangent is 0",
        trigger=_NO_COTANGENT,
        plant=of_gradient(
            lambda call, place, d: np.ones_like(d) if call.meets(_NO_COTANGENT, place) else d
        ),
        shows="in further calls",
    )


def _reading(read: Callable[[Array], Array]) -> Callable[[VjpCall, int], VjpCall]:
    return lambda call, _place: call.with_cotangents(read)


def _nan_at_zero(call: VjpCall, _place: int, d: Array) -> Array:
    """NaN at the zeros of an equally shaped cotangent, else everywhere."""
    for g in call.cotangents:
        if not g.all():
            return np.where(g == 0, np.nan, d) if g.shape == d.shape else np.full_like(d, np.nan)
    return d
