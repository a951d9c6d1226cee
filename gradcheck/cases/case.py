"""A case: one call of an op, as data to run again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcheck.cases.cotangents import CotangentPlan
from gradcheck.errors import SpecError, listing
from gradcheck.ndarrays.dtypes import is_floating, is_real, named
from gradcheck.ndarrays.layouts import laid_out
from gradcheck.ndarrays.types import Array
from gradcheck.spec.calls import Call
from gradcheck.spec.domains import Domain
from gradcheck.spec.spec import OpSpec

# Arbitrary: among how many turns the properties that call an op again are dealt out. More make
# a case cheaper and each property rarer. Turn 0, to which cases shrink, has all: it is rare.
TURNS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One concrete call.

    Attributes:
        inputs: arrays in C order, one per input.
        names: what messages call them.
        params: static options by name.
        domains: the domain of each input, where it is known.
        sizes: the signature's sizes; None for one that is missing.
        dtype: the dtype that the inputs were drawn in.
        layout: the memory layout that the op sees.
        cotangent: how the cotangents are made.
        turn: which of the properties that call the op again are checked; 0 for all.
    """

    inputs: tuple[Array, ...]
    names: tuple[str, ...]
    params: Mapping[str, Any] = field(default_factory=dict)
    domains: tuple[Domain | None, ...] = ()
    sizes: Mapping[str, int | None] = field(default_factory=dict)
    dtype: str = "float64"
    layout: str = "C"
    cotangent: CotangentPlan = field(default_factory=CotangentPlan)
    turn: int = 0

    @property
    def empty(self) -> bool:
        """Whether some input has no entries."""
        return any(x.size == 0 for x in self.inputs)

    def arranged(self) -> tuple[Array, ...]:
        """Return fresh arrays in the case's layout, for the op to see."""
        return tuple(laid_out(x, self.layout) for x in self.inputs)


def case_of(spec: OpSpec, call: Call) -> Case:
    """Return the case that a given call makes, with cotangents of ones."""
    inputs = tuple(np.array(x) for x in call.inputs)
    if not spec.widens:
        inputs = tuple(as_dtype(x, named(spec.dtypes[0])) for x in inputs)
    return Case(
        inputs=inputs,
        names=argument_names(spec, len(inputs)),
        params=dict(call.params),
        domains=tuple(
            d if isinstance(d := spec.domains.get(n), Domain) else None for n in spec.inputs
        )
        if not spec.variadic
        else (None,) * len(inputs),
        dtype=next((x.dtype.name for x in inputs if is_floating(x.dtype)), "float64"),
        cotangent=CotangentPlan(seed=0),
    )


def argument_names(spec: OpSpec, count: int) -> tuple[str, ...]:
    """Name `count` inputs: by forward's parameters, or `xs[0]`, `xs[1]` for `*xs`."""
    if spec.variadic:
        return tuple(f"{spec.inputs[0]}[{i}]" for i in range(count))
    if count > len(spec.inputs):
        raise SpecError(
            f"A call of {spec.name!r} has {count} inputs; forward takes "
            f"{len(spec.inputs)}: {listing(spec.inputs)}."
        )
    return spec.inputs[:count]


def is_assumed(
    spec: OpSpec,
    inputs: tuple[Array, ...],
    sizes: Mapping[str, int | None],
    params: Mapping[str, Any],
) -> bool:
    """Tell whether the spec's `assume` accepts a call."""
    if spec.assume is None:
        return True
    by_name = dict(zip(argument_names(spec, len(inputs)), inputs, strict=True))
    values: dict[str, Any] = {**sizes, **by_name}
    if spec.variadic:
        values[spec.inputs[0]] = inputs
    return bool(spec.assume({**values, **spec.param_defaults, **params}))


def as_dtype(value: Any, dtype: np.dtype[Any]) -> Array:
    """An input as an array, floating values in the case's dtype."""
    array = np.asarray(value)
    if is_real(array.dtype) and is_real(dtype):
        return array.astype(dtype)
    return np.array(array)
