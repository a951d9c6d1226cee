"""`gc.op`: the parts of a spec, fitted together."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from hypothesis import strategies as st

from gradcheck.errors import SpecError, listing
from gradcheck.ndarrays.layouts import LAYOUTS
from gradcheck.spec.binding import Location, bind, caller, location_of, parameters_of
from gradcheck.spec.calls import Call, Values
from gradcheck.spec.dims import Size
from gradcheck.spec.signature import Signature, parse_signature
from gradcheck.spec.spec import DEFAULT_RTOL, Function, OpSpec
from gradcheck.spec.validation import check_spec

UFUNC_NAMES = ("x", "y", "z", "u", "v", "w")


def op(
    signature: str | Function | None = None,
    *,
    name: str | None = None,
    tags: str | Iterable[str] = (),
    source: str = "",
    domains: Values | None = None,
    dims: Mapping[str, Size] | None = None,
    params: Values | None = None,
    cases: st.SearchStrategy[Call] | None = None,
    assume: Function | None = None,
    dtypes: str | Sequence[str] = ("float64",),
    widens: bool = True,
    nondiff: str | Iterable[str] = (),
    rtol: float = DEFAULT_RTOL,
    reason: str = "",
    reference: Function | None = None,
    skip: Mapping[str, str] | None = None,
    also: str | Iterable[str] = (),
    layouts: str | Iterable[str] = LAYOUTS,
    example: Call | None = None,
) -> Any:
    """Describe an op; use it as a decorator of the forward, or call the result with one.

    Args:
        signature: gufunc notation, `"(...,m,n),(...,n,p)->(...,m,p)"`; without one the op
            has one input of any shape (or what `cases` says).
        name: the op's name; by default the function's.
        tags: words to select the op by.
        source: a reference for the formula.
        domains: for inputs by name, a domain or a function of sizes, inputs and params by
            name that returns a domain or a strategy of arrays.
        dims: for sizes of the signature by name, `gc.size(...)`.
        params: for params by name, a Hypothesis strategy, `gc.axis_of(...)` and the like,
            or a function of sizes, inputs and params by name that returns a strategy.
        cases: a strategy of `gc.call(*inputs, **params)`, for what all this cannot say.
        assume: a function of inputs and params by name; cases where it is false are rejected.
        dtypes: the dtypes that inputs are drawn in.
        widens: whether the op also takes the double precision of its dtypes; a kernel for
            float32 only does not, and is differentiated in float32 itself.
        nondiff: inputs without a gradient, besides integer and boolean ones.
        rtol: relative tolerance, in float64; any but the default needs a `reason`.
        reason: why the tolerance is not the default.
        reference: the forward computed in a slow way that is right for sure; called like it.
        skip: properties that need not hold, by name, each with the reason.
        also: properties to check besides, which are checked on request only.
        layouts: memory layouts in which inputs and cotangents come.
        example: the call that `gradcheck show` works through.

    Returns:
        A decorator that turns the forward into an `OpSpec`; with a function as its only
        argument (`@gc.op` without parentheses), the `OpSpec` itself.

    Raises:
        SpecError: if the parts do not fit together.
    """
    where = caller()
    module = sys._getframe(1).f_globals.get("__name__", "__main__")  # noqa: SLF001

    def make(forward: Function) -> OpSpec:
        from gradcheck.spec.definitions import note_definition

        spec = _build(
            forward,
            where=where,
            module=module,
            signature=None if callable(signature) else signature,
            name=name,
            tags=_words(tags),
            source=source,
            domains=MappingProxyType(dict(domains or {})),
            dims=MappingProxyType(dict(dims or {})),
            params=MappingProxyType(dict(params or {})),
            cases=cases,
            assume=assume,
            dtypes=_words(dtypes),
            widens=widens,
            nondiff=frozenset(_words(nondiff)),
            rtol=rtol,
            reason=reason,
            reference=reference,
            skip=MappingProxyType(dict(skip or {})),
            also=_words(also),
            layouts=_words(layouts),
            example=example,
        )
        note_definition(spec)
        return spec

    return make(signature) if callable(signature) else make


def _words(given: Iterable[str]) -> tuple[str, ...]:
    """One word, or several."""
    return (given,) if isinstance(given, str) else tuple(given)


def _build(
    forward: Function,
    *,
    where: Location,
    module: str,
    signature: str | None,
    name: str | None,
    assume: Function | None,
    **rest: Any,
) -> OpSpec:
    """Fit the parts of a spec together, or say which of them do not fit."""
    if signature is not None and not isinstance(signature, str):
        raise SpecError(f"A signature is a string such as '(...,n)->(...)'; got {signature!r}.")
    op_name = name or getattr(forward, "__name__", "")
    if not op_name or op_name == "<lambda>":
        raise SpecError(f"An op at {where} needs a name: pass name='...'.")
    parsed = None if signature is None else parse_signature(signature)
    inputs, variadic, defaults = _parameters(forward, op_name, parsed, rest)
    spec = OpSpec(
        name=op_name,
        forward=forward,
        signature=parsed,
        inputs=inputs,
        variadic=variadic,
        param_defaults=MappingProxyType(defaults),
        doc=inspect.cleandoc(getattr(forward, "__doc__", None) or ""),
        location=location_of(forward) or where,
        module=module,
        assume=None
        if assume is None
        else bind(
            assume,
            (*inputs, *defaults, *(parsed.input_names if parsed and rest["cases"] is None else ())),
            what=f"assume of {op_name!r}",
        ),
        **rest,
    )
    check_spec(spec)
    return spec


def _parameters(
    forward: Function, name: str, signature: Signature | None, rest: Values
) -> tuple[tuple[str, ...], bool, dict[str, Any]]:
    """Split forward's parameters into inputs and params with their defaults."""
    if not callable(forward):
        raise SpecError(f"The forward of {name!r} must be a function; got {forward!r}.")
    count = len(signature.inputs) if signature else 1
    parameters = parameters_of(forward)
    if parameters is None:
        taken = getattr(forward, "nin", count)
        if taken != count and rest["cases"] is None:
            raise SpecError(
                f"The forward of {name!r} takes {taken} inputs, but its signature "
                f"{signature or '(...)'} has {count}."
            )
        return UFUNC_NAMES[:taken], False, dict.fromkeys(rest["params"])
    placed = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    star = next((p for p in parameters if p.kind is p.VAR_POSITIONAL), None)
    if star is not None and not placed and signature is None:
        inputs: list[str] = [star.name]
    elif len(placed) >= count:
        from_cases = rest["cases"] is not None and signature is None
        required = [p.name for p in placed if p.default is p.empty and p.name not in rest["params"]]
        inputs = required if from_cases and required else [p.name for p in placed[:count]]
    else:
        raise SpecError(
            f"The signature {signature} of {name!r} has {count} input(s), but forward takes "
            f"{len(placed)} by place: {listing(p.name for p in placed)}."
        )
    defaults = {
        p.name: None if p.default is p.empty else p.default
        for p in parameters
        if p.name not in inputs and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    }
    missing = [
        p.name
        for p in parameters
        if p.name in defaults and p.default is p.empty and p.name not in rest["params"]
    ]
    if missing and rest["cases"] is None:
        raise SpecError(
            f"forward of {name!r} takes {listing(map(repr, missing))} beside its input(s) "
            f"{listing(inputs)}: say what to pass with params={{{missing[0]!r}: strategy}}, "
            "or name one more input in the signature."
        )
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        defaults |= {p: None for p in rest["params"] if p not in defaults}
    return tuple(inputs), star is not None and inputs == [star.name], defaults
