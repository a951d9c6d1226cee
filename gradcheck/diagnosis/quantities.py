"""Numbers of a case by name: sizes, ranks, counts, numeric params."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.cases.conditions import CallView
from gradcheck.diagnosis.specimen import Specimen

Quantities = Mapping[str, float]


def quantities_of(specimen: Specimen) -> Quantities:
    """Numbers that may be a factor of a gradient, natural names first."""
    x, out = specimen.x, specimen.out
    found: dict[str, float] = {
        name: size for name, size in specimen.case.sizes.items() if size is not None
    }
    found |= numeric_params(specimen.case.params)
    axis = specimen.case.params.get("axis")
    if isinstance(axis, int) and -x.ndim <= axis < x.ndim:
        found[f"{specimen.name}.shape[axis]"] = x.shape[axis]
    copies = _copies(specimen)
    if copies > 1:
        found[f"how often {specimen.name} is repeated by broadcasting"] = copies
    if 0 < x.size < out.size and out.size % x.size == 0:
        found[f"the number of outputs per entry of {specimen.name}"] = out.size // x.size
    if 0 < out.size < x.size and x.size % out.size == 0:
        found["the number of entries per output"] = x.size // out.size
    for name, array in {**specimen.inputs, "out": out}.items():
        found |= shape_of(name, array.shape)
    return found


def _copies(specimen: Specimen) -> int:
    """How often broadcasting of leading axes repeats the input."""
    shapes = CallView.of(specimen.case, specimen.trial.subject.signature).shapes
    own = math.prod(shapes.leads.get(specimen.name, ()))
    if not (shapes.is_broadcast(specimen.name) and own and shapes.whole is not None):
        return 1
    return math.prod(shapes.whole) // own


def shape_of(name: str, shape: tuple[int, ...]) -> dict[str, float]:
    """The sizes of an array, along axes and in all."""
    if not shape:
        return {}
    found: dict[str, float] = {f"{name}.size": math.prod(shape)}
    for axis, size in enumerate(shape):
        found[f"{name}.shape[{axis}]"] = size
        found[f"{name}.shape[{axis - len(shape)}]"] = size
    return found


def numeric_params(params: Mapping[str, Any]) -> dict[str, float]:
    """Params that are numbers, by name."""
    numbers = (int, float, np.integer, np.floating)
    return {
        name: float(value)
        for name, value in params.items()
        if isinstance(value, numbers) and not isinstance(value, bool | np.bool_)
    }


def common(found: Sequence[Quantities]) -> list[str]:
    """The names that all have, in the order of the first."""
    return [name for name in found[0] if all(name in each for each in found)]
