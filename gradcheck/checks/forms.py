"""Gradients in other forms than a vjp, as vjps."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, get_args

import numpy as np

from gradcheck.checks.calling import as_tuple
from gradcheck.errors import SpecError
from gradcheck.ndarrays.broadcasting import chained
from gradcheck.ndarrays.flat import is_differentiable
from gradcheck.ndarrays.types import Array
from gradcheck.spec.binding import parameters_of

Form = Literal["vjp", "derivative", "grad", "jacobian", "jvp", "cached"]
FORMS: tuple[Form, ...] = get_args(Form)
_MOST = 4096  # arbitrary: entries up to which a jvp is called for each, for the whole Jacobian

Rule = Callable[..., Any]
Params = Mapping[str, Any]
Backward = Callable[[Any, Sequence[Array], Params, Any], Any]


def as_vjp(rule: Rule, form: Form, forward: Rule, moving: Sequence[int]) -> Backward:
    """The rule as a vjp `(g, inputs, params, out)`.

    Args:
        rule: in its form.
        form: "vjp", called as `rule(g, *inputs)`; "derivative", `rule(*inputs)`, the local
            derivatives of an elementwise function; "grad", `rule(*inputs)`, the gradients of
            a number; "jacobian", `rule(*inputs)`, arrays indexed by output and input; "jvp",
            `rule(t, *inputs)` with a tangent, or a tuple of them; "cached",
            `rule(g, cache)`, where the forward returns `(out, cache)`.
        forward: as its owner wrote it.
        moving: places of the differentiable inputs.
    """
    makers: Mapping[Form, Callable[[], Backward]] = {
        "vjp": lambda: lambda g, xs, params, out: _call(rule, (g, *xs), params, out),
        "derivative": lambda: _from_local(rule, moving, _times_local),
        "grad": lambda: _from_local(rule, moving, _times_gradient),
        "jacobian": lambda: _from_local(rule, moving, _times_jacobian),
        "jvp": lambda: _from_jvp(rule, moving),
        "cached": lambda: _from_cache(rule, forward, moving),
    }
    return makers[form]()


def forward_of(forward: Rule, form: Form) -> Rule:
    """The forward that returns its result alone."""
    if form != "cached":
        return forward

    def plain(*inputs: Array, **params: Any) -> Any:
        return _with_cache(forward, inputs, params)[0]

    return plain


def arity_hint(rule: Rule, form: Form, inputs: int) -> str:
    """A hint for a rule that takes inputs and no cotangent."""
    parameters = parameters_of(rule)
    if parameters is None:
        return ""
    places = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    required = [p for p in places if p.default is p.empty]
    if form != "vjp" or not len(required) <= inputs == len(places):
        return ""
    return "It takes no cotangent: this looks like a derivative, so say form='derivative'."


def _call(rule: Rule, arguments: tuple[Any, ...], params: Params, out: Any) -> Any:
    """Call with those params, and `out`, that the rule names."""
    parameters = parameters_of(rule)
    if parameters is None:
        return rule(*arguments)
    names = [p.name for p in parameters]
    any_name = any(p.kind is p.VAR_KEYWORD for p in parameters)
    named = {name: v for name, v in params.items() if any_name or name in names}
    if "out" in names[len(arguments) :]:
        named["out"] = out
    return rule(*arguments, **named)


def _from_local(
    rule: Rule, moving: Sequence[int], times: Callable[[Any, Array, Array], Array]
) -> Backward:
    def vjp(g: Any, xs: Sequence[Array], params: Params, out: Any) -> Any:
        if isinstance(g, tuple):
            raise SpecError("A derivative, a gradient or a Jacobian is of one output.")
        returned = _call(rule, tuple(xs), params, out)
        local = returned if isinstance(returned, tuple) else (returned,)
        if len(local) == len(xs) != len(moving):
            local = tuple(local[place] for place in moving)
        if len(local) != len(moving):
            return local  # the contract counts them and says what is wanted
        pairs = zip(local, moving, strict=True)
        return tuple(times(g, np.asarray(each), xs[place]) for each, place in pairs)

    return vjp


def _times_local(g: Any, local: Array, x: Array) -> Array:
    return chained(g, local, x.shape).astype(x.dtype, copy=False)


def _times_gradient(g: Any, gradient: Array, _x: Array) -> Array:
    if np.shape(g):
        raise SpecError(
            f"A gradient is of a number; forward returned shape {np.shape(g)}. "
            "Of an array say form='jacobian', or form='derivative' where it is elementwise."
        )
    return np.asarray(g * gradient, dtype=np.result_type(g, gradient))


def _times_jacobian(g: Any, jacobian: Array, x: Array) -> Array:
    wanted = (*np.shape(g), *x.shape)
    if jacobian.shape != wanted:
        raise SpecError(f"A Jacobian has shape {wanted} here, output first; got {jacobian.shape}.")
    return np.asarray(np.tensordot(g, np.conj(jacobian), axes=np.ndim(g)), dtype=x.dtype)


def _from_jvp(rule: Rule, moving: Sequence[int]) -> Backward:
    """The transpose of a jvp, called along each entry."""

    def vjp(g: Any, xs: Sequence[Array], params: Params, out: Any) -> tuple[Array, ...]:
        places = [xs[place] for place in moving]
        if sum(x.size for x in places) > _MOST:
            raise SpecError(f"form='jvp' takes inputs of up to {_MOST} entries together.")
        cotangents = [w for w in as_cotangents(g) if w is not None]
        gradients = tuple(np.zeros_like(x) for x in places)
        for part, gradient in enumerate(gradients):
            for index in np.ndindex(gradient.shape):
                for unit in (1.0, 1j) if gradient.dtype.kind == "c" else (1.0,):
                    tangents = tuple(np.zeros_like(x) for x in places)
                    tangents[part][index] = unit
                    tangent = tangents[0] if len(tangents) == 1 else tangents
                    moved = as_tuple(_call(rule, (tangent, *xs), params, out))
                    fitting = [m for m in moved if is_differentiable(m)]
                    gradient[index] += unit * _real_product(cotangents, fitting)
        return gradients

    return vjp


def as_cotangents(g: Any) -> tuple[Array | None, ...]:
    """The cotangent, or cotangents, as a tuple."""
    items = g if isinstance(g, tuple) else (g,)
    return tuple(None if item is None else np.asarray(item) for item in items)


def _real_product(cotangents: Sequence[Array], moved: Sequence[Array]) -> float:
    pairs = zip(cotangents, moved, strict=True)
    return math.fsum(float(np.real(np.conj(w) * m).sum()) for w, m in pairs)


def _from_cache(rule: Rule, forward: Rule, moving: Sequence[int]) -> Backward:
    names = [p.name for p in parameters_of(forward) or ()]

    def vjp(g: Any, xs: Sequence[Array], params: Params, out: Any) -> Any:
        returned = _call(rule, (g, _with_cache(forward, xs, params)[1]), params, out)
        if isinstance(returned, Mapping):
            keys = [_key(names[place], returned) for place in moving]
            return tuple(returned[key] for key in keys)
        return tuple(returned) if isinstance(returned, list) else returned

    return vjp


def _key(name: str, gradients: Mapping[str, Any]) -> str:
    """The key of an input's gradient: x or dx."""
    for key in (name, f"d{name}"):
        if key in gradients:
            return key
    raise SpecError(f"The rule returned no gradient {name!r} or 'd{name}'.")


def _with_cache(forward: Rule, inputs: Sequence[Array], params: Params) -> tuple[Any, Any]:
    returned = forward(*inputs, **params)
    if not (isinstance(returned, tuple) and len(returned) == 2):
        raise SpecError("With form='cached' the forward returns a pair (out, cache).")
    return returned
