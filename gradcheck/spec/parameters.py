"""Parameters of a forward: which are inputs, and which are params with a default."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gradcheck.errors import SpecError, listing
from gradcheck.spec.binding import parameters_of
from gradcheck.spec.options import Function, SpecOptions
from gradcheck.spec.signature import Signature

UFUNC_NAMES = ("x", "y", "z", "u", "v", "w")


@dataclass(frozen=True, slots=True)
class Parameters:
    """Inputs by name, and the default of each param, None where there is none.

    `variadic` where the one input stands for any number, `*xs`.
    """

    inputs: tuple[str, ...]
    defaults: dict[str, Any]
    variadic: bool = False


def split_parameters(
    forward: Function, name: str, signature: Signature | None, options: SpecOptions
) -> Parameters:
    """Split forward's parameters into inputs and params.

    Raises:
        SpecError: if there are too few for the signature, or one is left without a value.
    """
    if not callable(forward):
        raise SpecError(f"The forward of {name!r} must be a function; got {forward!r}.")
    parameters = parameters_of(forward)
    if parameters is None:
        return _of_ufunc(forward, name, signature, options)
    placed = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    star = next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), None)
    variadic = star is not None and not placed and signature is None
    inputs = (str(star),) if variadic else _inputs(placed, name, signature, options)
    named = [
        p
        for p in parameters
        if p.name not in inputs and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]
    if options.cases is None:
        _refuse_unknown_values(named, name, inputs, options)
    defaults = {p.name: None if p.default is p.empty else p.default for p in named}
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        defaults |= {p: None for p in options.params if p not in defaults}
    return Parameters(inputs, defaults, variadic)


def _of_ufunc(
    forward: Function, name: str, signature: Signature | None, options: SpecOptions
) -> Parameters:
    """Name the inputs of a function that has no readable parameters."""
    count = _count(signature)
    taken = getattr(forward, "nin", count)
    if taken != count and options.cases is None:
        raise SpecError(
            f"The forward of {name!r} takes {taken} inputs, but its signature "
            f"{signature or '(...)'} has {count}."
        )
    return Parameters(UFUNC_NAMES[:taken], dict.fromkeys(options.params))


def _count(signature: Signature | None) -> int:
    return len(signature.inputs) if signature else 1


def _inputs(
    placed: Sequence[inspect.Parameter],
    name: str,
    signature: Signature | None,
    options: SpecOptions,
) -> tuple[str, ...]:
    """Take the first parameters for inputs, or what a strategy of calls must pass."""
    count = _count(signature)
    if len(placed) < count:
        raise SpecError(
            f"The signature {signature} of {name!r} has {count} input(s), but forward takes "
            f"{len(placed)} by place: {listing(p.name for p in placed)}."
        )
    if options.cases is not None and signature is None:
        required = [p for p in placed if p.default is p.empty and p.name not in options.params]
        placed = required or placed[:count]
    else:
        placed = placed[:count]
    return tuple(p.name for p in placed)


def _refuse_unknown_values(
    named: Sequence[inspect.Parameter], name: str, inputs: Sequence[str], options: SpecOptions
) -> None:
    missing = [p.name for p in named if p.default is p.empty and p.name not in options.params]
    if missing:
        raise SpecError(
            f"forward of {name!r} takes {listing(map(repr, missing))} beside its input(s) "
            f"{listing(inputs)}: say what to pass with params={{{missing[0]!r}: strategy}}, "
            "or name one more input in the signature."
        )
