"""Numbers that a case has by name: sizes, ranks, counts and numeric params."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.diagnosis.specimen import Specimen
from gradcheck.spec.signature import ArgumentAxes, Signature

Quantities = Mapping[str, float]


def quantities_of(specimen: Specimen) -> Quantities:
    """Numbers that a gradient may be multiplied or divided by, the most natural names first."""
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


def leading_axes(case: Case, signature: Signature | None) -> dict[str, tuple[int, ...]]:
    """The leading axes of each input that may have some; they broadcast against each other."""
    if signature is None:
        return {}
    return {
        name: _lead(x.shape, argument, case.sizes)
        for name, x, argument in zip(case.names, case.inputs, signature.inputs, strict=False)
        if argument.leading
    }


def _lead(
    shape: tuple[int, ...], argument: ArgumentAxes, sizes: Mapping[str, int | None]
) -> tuple[int, ...]:
    core = sum(dim.name is None or sizes.get(dim.name) is not None for dim in argument.dims)
    return shape[: len(shape) - core]


def _copies(specimen: Specimen) -> int:
    """How often broadcasting of leading axes repeats the input."""
    leads = leading_axes(specimen.case, specimen.trial.subject.signature)
    own = math.prod(leads.get(specimen.name, ()))
    if specimen.name not in leads or not own:
        return 1
    return math.prod(np.broadcast_shapes(*leads.values())) // own


def shape_of(name: str, shape: tuple[int, ...]) -> dict[str, float]:
    """The sizes of an array: along each axis from either end, and in all."""
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
