"""The subject of a check, as plain functions: no names, no registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from gradcheck.ndarrays.layouts import LAYOUTS, copied
from gradcheck.ndarrays.types import Array
from gradcheck.results.severity import Hazards
from gradcheck.spec.binding import Location
from gradcheck.spec.signature import Signature
from gradcheck.spec.spec import OpSpec

Params = Mapping[str, Any]
Function = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A forward and its rules as plain functions of arrays.

    A forward is called as `(*inputs, **params)`, a vjp as `(g, inputs, params, out)`, a jvp as
    `(tangents, inputs, params, out)`.
    """

    name: str
    forward: Callable[..., Any]
    vjp: Callable[[Any, Sequence[Array], Params, Any], Any]
    jvp: Callable[[tuple[Array, ...], Sequence[Array], Params, Any], Any] | None = None
    signature: Signature | None = None
    nondiff: frozenset[str] = frozenset()  # inputs without a gradient
    layouts: tuple[str, ...] = LAYOUTS  # that it takes
    widens: bool = True  # whether it takes the double precision of a short dtype
    rtol: float
    measured: Callable[..., Any] | None = None  # the forward for differences, if another
    reference: Callable[..., Any] | None = None  # a slow forward that is right for sure
    skip: frozenset[str] = frozenset()  # properties that need not hold
    hazards: Hazards = "note"  # or "fail": what they count as
    location: Location | None = None  # of the gradient
    jvp_location: Location | None = None
    forward_location: Location | None = None


def _as_it_is(function: Function) -> Function:
    return function


def on_copies(function: Function) -> Function:
    """The function on writable copies of its arrays, in their layouts."""

    def called(*arguments: Any, **params: Any) -> Any:
        return function(*map(_own, arguments), **{name: _own(p) for name, p in params.items()})

    return called


def _own(argument: Any) -> Any:
    if isinstance(argument, np.ndarray):
        return copied(argument)
    if type(argument) in (tuple, list):
        return type(argument)(map(_own, argument))
    if type(argument) in (dict, MappingProxyType):
        return {name: _own(value) for name, value in argument.items()}
    return argument


def subject_of(spec: OpSpec) -> Subject:
    """The functions of a spec, which binds its rules by name."""

    def values(inputs: Sequence[Array], params: Params, out: Any) -> dict[str, Any]:
        named: dict[str, Any] = (
            {spec.inputs[0]: tuple(inputs)}
            if spec.variadic
            else dict(zip(spec.inputs, inputs, strict=False))
        )
        return {**named, **spec.param_defaults, **params, "out": out}

    def vjp(g: Any, inputs: Sequence[Array], params: Params, out: Any) -> Any:
        return spec.apply_vjp(g, values(inputs, params, out))

    def jvp(t: tuple[Array, ...], inputs: Sequence[Array], params: Params, out: Any) -> Any:
        return spec.apply_jvp(t, values(inputs, params, out))

    # What may write into its arguments is given arguments of its own.
    guarded = on_copies if "purity" in spec.skip else _as_it_is
    return Subject(
        name=spec.name,
        forward=guarded(spec.forward),
        vjp=guarded(vjp),
        jvp=None if spec.tangent_rule is None else guarded(jvp),
        signature=spec.signature,
        nondiff=spec.nondiff,
        layouts=spec.layouts,
        widens=spec.widens,
        rtol=spec.rtol,
        reference=spec.reference,
        skip=frozenset(spec.skip),
        location=spec.gradient.location if spec.gradient else None,
        jvp_location=spec.tangent_rule.location if spec.tangent_rule else None,
        forward_location=spec.location,
    )
