"""Specs, built from the parts that a user gives."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from gradcheck.errors import SpecError, listing
from gradcheck.spec.binding import ANY, Location, bind, location_of, parameters_of
from gradcheck.spec.signature import Signature, parse_signature
from gradcheck.spec.spec import OpSpec
from gradcheck.spec.spec_options import Function, SpecOptions, keywords_of
from gradcheck.spec.validation import check_spec

UFUNC_NAMES = ("x", "y", "z", "u", "v", "w")


def build_spec(
    forward: Function,
    notation: str | None,
    name: str | None,
    options: SpecOptions,
    definition: tuple[Location, str],
) -> OpSpec:
    """Fit the parts of a spec, defined somewhere, together.

    Raises:
        SpecError: if they do not fit.
    """
    where, module = definition
    if notation is not None and not isinstance(notation, str):
        raise SpecError(f"A signature is a string such as '(...,n)->(...)'; got {notation!r}.")
    op_name = name or getattr(forward, "__name__", "")
    if not op_name or op_name == "<lambda>":
        raise SpecError(f"An op at {where} needs a name: pass name='...'.")
    signature = None if notation is None else parse_signature(notation)
    inputs, variadic, defaults = _split_parameters(forward, op_name, signature, options)
    assume = options.assume
    if assume is not None:
        sizes = signature.input_names if signature and options.cases is None else ()
        what = f"assume of {op_name!r}"
        passed = defaults | dict.fromkeys(options.params, ANY)
        assume = bind(assume, (*inputs, *defaults, *sizes), what=what, defaults=passed)
    spec = OpSpec(
        name=op_name,
        forward=forward,
        signature=signature,
        inputs=inputs,
        variadic=variadic,
        param_defaults=MappingProxyType(defaults),
        doc=inspect.cleandoc(getattr(forward, "__doc__", None) or ""),
        location=location_of(forward) or where,
        module=module,
        **(keywords_of(options) | {"assume": assume}),
    )
    check_spec(spec)
    return spec


def _split_parameters(
    forward: Function, name: str, signature: Signature | None, options: SpecOptions
) -> tuple[tuple[str, ...], bool, dict[str, Any]]:
    """Split forward's parameters into inputs and params with their defaults.

    Between them, whether the one input stands for any number, `*xs`.
    """
    if not callable(forward):
        raise SpecError(f"The forward of {name!r} must be a function; got {forward!r}.")
    parameters = parameters_of(forward)
    if parameters is None:
        return (
            _ufunc_inputs(forward, name, signature, options),
            False,
            dict.fromkeys(options.params),
        )
    placed = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    star = tuple(p.name for p in parameters if p.kind is p.VAR_POSITIONAL)
    variadic = bool(star) and not placed and signature is None
    inputs = star if variadic else _inputs(placed, name, signature, options)
    named = [
        p
        for p in parameters
        if p.name not in inputs and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]
    if options.cases is None:
        _refuse_missing(named, name, inputs, options)
    defaults = {p.name: None if p.default is p.empty else p.default for p in named}
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        defaults |= {p: None for p in options.params if p not in defaults}
    return inputs, variadic, defaults


def _ufunc_inputs(
    forward: Function, name: str, signature: Signature | None, options: SpecOptions
) -> tuple[str, ...]:
    """Name the inputs of a function whose parameters cannot be read."""
    count = len(signature.inputs) if signature else 1
    nin = getattr(forward, "nin", count)
    if nin != count and options.cases is None:
        raise SpecError(
            f"The forward of {name!r} takes {nin} inputs, but its signature "
            f"{signature or '(...)'} has {count}."
        )
    return UFUNC_NAMES[:nin]


def _inputs(
    placed: Sequence[inspect.Parameter],
    name: str,
    signature: Signature | None,
    options: SpecOptions,
) -> tuple[str, ...]:
    """Take the first parameters, or those that calls must pass."""
    count = len(signature.inputs) if signature else 1
    if len(placed) < count:
        raise SpecError(
            f"The signature {signature} of {name!r} has {count} input(s), but forward takes "
            f"{len(placed)} by place: {listing(p.name for p in placed)}."
        )
    required = [p.name for p in placed if p.default is p.empty and p.name not in options.params]
    if options.cases is not None and signature is None and required:
        return tuple(required)
    return tuple(p.name for p in placed[:count])


def _refuse_missing(
    named: Sequence[inspect.Parameter], name: str, inputs: Sequence[str], options: SpecOptions
) -> None:
    missing = [p.name for p in named if p.default is p.empty and p.name not in options.params]
    if missing:
        raise SpecError(
            f"forward of {name!r} takes {listing(map(repr, missing))} beside its input(s) "
            f"{listing(inputs)}: say what to pass with params={{{missing[0]!r}: strategy}}, "
            "or name one more input in the signature."
        )
