"""Vjps that return the right numbers in the wrong form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gradcheck.audit.mutants.mutant import Gradients, Mutant, VjpCall, of_all, of_gradient
from gradcheck.cases.conditions import CONDITIONS, Condition
from gradcheck.ndarrays.types import Array

_OTHER_DTYPE = {"e": "f", "f": "d", "d": "f", "F": "D", "D": "F"}
_EACH: dict[str, tuple[str, Condition, Callable[[Array], Any]]] = {
    "axis-added": (
        "has an axis of size 1 too many",
        CONDITIONS["gradient", "always"],
        lambda d: d[np.newaxis],
    ),
    "raveled": ("is flat", CONDITIONS["gradient", "not flat"], np.ravel),
    "squeezed": (
        "lacks its axes of size 1",
        CONDITIONS["axis", "1"],
        lambda d: np.squeeze(d).copy(),
    ),
    "other-dtype": (
        "is of another precision",
        CONDITIONS["gradient", "always"],
        lambda d: d.astype(_OTHER_DTYPE.get(d.dtype.char, "d")),
    ),
    "none-returned": ("is None", CONDITIONS["gradient", "always"], lambda _: None),
    "nested-list": ("is a list of numbers", CONDITIONS["gradient", "always"], lambda d: d.tolist()),
}
_WHOLE: dict[str, tuple[str, Callable[[Gradients], Any]]] = {
    "list-returned": ("returns a list for the tuple", list),
    "one-missing": ("leaves out the last gradient", lambda gradients: tuple(gradients[:-1])),
    "one-too-many": (
        "returns one gradient too many",
        lambda gradients: (*gradients, np.zeros(())),
    ),
}


def mutants() -> Iterator[Mutant]:
    """Yield the mutants of this family."""
    for name, (what, trigger, form) in _EACH.items():
        yield Mutant(name=name, description=what, trigger=trigger, plant=of_gradient(_formed(form)))
    for name, (what, collect) in _WHOLE.items():
        yield Mutant(
            name=name,
            description=what,
            trigger=CONDITIONS["gradient", "always"],
            plant=of_all(_collected(collect)),
            breaks="the vjp",
        )


def _formed(form: Callable[[Array], Any]) -> Callable[[VjpCall, int, Array], Any]:
    return lambda _call, _place, d: form(d)


def _collected(collect: Callable[[Gradients], Any]) -> Callable[[VjpCall, Gradients], Any]:
    return lambda _call, gradients: collect(gradients)
