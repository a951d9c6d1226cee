"""The right gradient of another point: an input or a param mistaken."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.diagnosis.intervals import Measured
from gradcheck.diagnosis.mistake import Mistake, everywhere
from gradcheck.diagnosis.specimen import Specimen
from gradcheck.ndarrays.types import Array

_MOST_CHOICES = 4  # of a param, that are tried
_NEUTRAL = (0, 1)

# What an input was taken for, in words and as a function of it.
_INSTEAD: tuple[tuple[str, Callable[[Array], Array | None]], ...] = (
    ("if {} were 1", np.ones_like),
    ("if {} were 0", np.zeros_like),
    ("with {} transposed", lambda v: v.mT if v.ndim > 1 and v.mT.shape == v.shape else None),
    ("with −{0} for {0}", np.negative),
    ("with |{0}| for {0}", np.abs),
    ("with {} reversed along its last axis", lambda v: v[..., ::-1] if v.ndim else None),
    ("with {} reversed along its first axis", lambda v: v[::-1] if v.ndim else None),
)


def elsewhere(specimens: Sequence[Specimen], cases: Sequence[Case]) -> Iterator[Mistake]:
    """Points that the gradient may have been taken at instead.

    Args:
        specimens: failing cases.
        cases: all cases, for the values that a param has.
    """
    first = specimens[0]
    floating = [name for name, value in first.inputs.items() if value.dtype.kind in "fc"]
    for other in ("g", "out", *floating):
        if other != first.name:
            yield everywhere(
                f"the right gradient taken at {other} instead of {first.name}",
                partial(_at, other),
            )
    for name in floating:
        for words, change in _INSTEAD:
            yield everywhere(
                f"the right gradient {words.format(name)}", partial(_with_input, name, change)
            )
    yield from _other_params(cases)


def _other_params(cases: Sequence[Case]) -> Iterator[Mistake]:
    for name, value in cases[0].params.items():
        for other in _alternatives(name, value, cases):
            shown = repr(other) if isinstance(other, str | bool | tuple) else f"{other}"
            words = f"the right gradient for {name} = {shown}"
            yield everywhere(
                f"{words}, though it is switched off here", partial(_switched_on, {name: other})
            )
            yield everywhere(words, partial(_with_params, {name: other}))


def _alternatives(name: str, value: Any, cases: Sequence[Case]) -> list[Any]:
    """Neutral numbers for a number, values of other cases for a choice."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return [type(value)(neutral) for neutral in _NEUTRAL]
    if not isinstance(value, str | bool | None):
        return []
    seen = {repr(case.params[name]): case.params[name] for case in cases if name in case.params}
    return list(seen.values())[:_MOST_CHOICES]


def _at(other: str, specimen: Specimen) -> Measured | None:
    point = specimen.array(other)
    if point.shape != specimen.x.shape or point.dtype != specimen.x.dtype:
        return None
    return specimen.elsewhere(inputs={specimen.name: point})


def _with_input(
    name: str, change: Callable[[Array], Array | None], specimen: Specimen
) -> Measured | None:
    changed = change(specimen.inputs[name])
    return None if changed is None else specimen.elsewhere(inputs={name: changed})


def _switched_on(params: Mapping[str, Any], specimen: Specimen) -> Measured | None:
    """The gradient for other params, where these switch the input off."""
    off = not specimen.slopes.value.any() and bool(np.isfinite(specimen.slopes.bar).any())
    return specimen.elsewhere(params=params) if off else None


def _with_params(params: Mapping[str, Any], specimen: Specimen) -> Measured | None:
    return specimen.elsewhere(params=params)
