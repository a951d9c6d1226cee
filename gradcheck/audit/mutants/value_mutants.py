"""Gradients that are wrong everywhere: factors, entries, order, precision."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from gradcheck.audit.mutants.mutant import (
    Gradients,
    Mutant,
    Site,
    VjpCall,
    of_all,
    of_gradient,
)
from gradcheck.cases.conditions import CONDITIONS, Condition
from gradcheck.cases.conditions.on_gradients import rounded
from gradcheck.checks.subject import Subject
from gradcheck.ndarrays.types import Array

_FACTORS = {
    "negated": ("has the opposite sign", -1.0),
    "doubled": ("is twice as large", 2.0),
    "halved": ("is half as large", 0.5),
    "times-1.001": ("is too large by a thousandth", 1 + 1e-3),
    "times-0.999": ("is too small by a thousandth", 1 - 1e-3),
    "times-1.000001": ("is too large by a millionth", 1 + 1e-6),
    "times-0.999999": ("is too small by a millionth", 1 - 1e-6),
    "all-zero": ("is zero everywhere", 0.0),
}
_ENTRIES: dict[str, tuple[str, Callable[[int], int], float]] = {
    "first-entry-off": ("has its first entry × (1 + 1e-5)", lambda size: 0, 1 + 1e-5),
    "middle-entry-off": ("has its middle entry × (1 + 1e-5)", lambda size: size // 2, 1 + 1e-5),
    "last-entry-off": ("has its last entry × (1 + 1e-5)", lambda size: size - 1, 1 + 1e-5),
    "entry-zeroed": ("has its middle entry set to 0", lambda size: size // 2, 0.0),
}


def mutants() -> Iterator[Mutant]:
    """Yield the mutants of this family."""
    for name, (what, factor) in _FACTORS.items():
        yield _mutant(name, what, _scaled(factor))
    for name, (what, place, factor) in _ENTRIES.items():
        yield _mutant(name, what, _entry(place, factor))
    yield _mutant("constant-added", "has 1e-6 of its mean size added to each entry", _shifted)
    for dtype in ("float32", "float16"):
        yield _mutant(
            f"{dtype}-inside",
            f"is computed in {dtype}",
            _rounded(dtype),
            trigger=CONDITIONS["gradient", f"finer than {dtype}"],
        )
    yield _mutant(
        "conjugated",
        "is conjugated",
        lambda _call, _place, d: d.conj(),
        trigger=CONDITIONS["gradient", "complex"],
    )
    yield _mutant(
        "transposed",
        "has its last two axes transposed",
        lambda _call, _place, d: d.swapaxes(-1, -2).copy() if d.ndim > 1 else d,
        trigger=CONDITIONS["gradient", "matrix"],
    )
    yield _mutant(
        "reversed",
        "has its last axis in reverse order",
        lambda _call, _place, d: d[..., ::-1].copy() if d.ndim else d,
        trigger=CONDITIONS["gradient", "vector"],
    )
    yield Mutant(
        name="swapped",
        description="returns the gradients of the first and the last input in each other's place",
        trigger=CONDITIONS["gradient", "several"],
        plant=of_all(_swapped),
        breaks="the vjp",
    )


def _mutant(
    name: str,
    what: str,
    change: Callable[[VjpCall, int, Array], Array],
    trigger: Condition = CONDITIONS["gradient", "filled"],
) -> Mutant:
    plant: Callable[[Site], Subject] = of_gradient(change)
    return Mutant(name=name, description=what, trigger=trigger, plant=plant)


def _scaled(factor: float) -> Callable[[VjpCall, int, Array], Array]:
    return lambda _call, _place, d: np.asarray(d * factor, d.dtype)


def _entry(place: Callable[[int], int], factor: float) -> Callable[[VjpCall, int, Array], Array]:
    def change(_call: VjpCall, _place: int, d: Array) -> Array:
        changed = d.copy()
        if d.size:
            changed.flat[place(d.size)] *= d.dtype.type(factor)
        return changed

    return change


def _shifted(_call: VjpCall, _place: int, d: Array) -> Array:
    mean = np.mean(np.abs(d)) if d.size else 0.0
    return np.asarray(d + 1e-6 * mean, d.dtype)


def _rounded(dtype: str) -> Callable[[VjpCall, int, Array], Array]:
    return lambda _call, _place, d: np.asarray(rounded(d, dtype), d.dtype)


def _swapped(_call: VjpCall, gradients: Gradients) -> tuple[Array, ...]:
    if len(gradients) > 1:
        gradients[0], gradients[-1] = gradients[-1], gradients[0]
    return tuple(gradients)
