"""Copies of an op with a gradient that is wrong in one entry."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gradcheck as gc

Array = NDArray[Any]
Vjp = Callable[..., tuple[Array | None, ...]]


def planted(spec: gc.OpSpec, delta: float) -> gc.OpSpec:
    """Copy an op, with the largest entry of each gradient it returns multiplied by 1 + δ.

    The copy has the op's name, so that equal seeds give equal cases.
    """

    def vjp(g: Any, **values: Any) -> tuple[Array | None, ...]:
        return spoiled(spec.apply_vjp(g, values), delta)

    # Rules are bound by the names in their signature: ask for all there are.
    vjp.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter("g", inspect.Parameter.POSITIONAL_ONLY),
            *(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in spec.names),
        ]
    )
    copy: gc.OpSpec = gc.op(
        None if spec.signature is None else str(spec.signature),
        name=spec.name,
        domains=spec.domains,
        dims=spec.dims,
        params=spec.params,
        cases=spec.cases,
        assume=None if spec.assume is None else spec.assume.function,
        dtypes=spec.dtypes,
        nondiff=spec.nondiff,
        rtol=spec.rtol,
        reason=spec.reason,
        example=spec.example,
    )(spec.forward)
    return copy.vjp(vjp)


def spoiled(returned: Any, delta: float) -> tuple[Array | None, ...]:
    """Multiply the finite entry of largest magnitude, in any of the gradients, by 1 + δ."""
    gradients = list(returned if isinstance(returned, tuple) else (returned,))
    largest = [_largest(gradient) for gradient in gradients]
    k = int(np.argmax([size for size, _ in largest]))
    if largest[k][0] > 0:
        wrong = np.array(gradients[k])
        wrong[largest[k][1]] *= 1 + delta
        gradients[k] = wrong
    return tuple(gradients)


def as_function_of_arrays(spec: gc.OpSpec, params: dict[str, Any], count: int) -> tuple[Any, Vjp]:
    """Forward and vjp of `count` arrays each, with the params held fixed."""

    def forward(*arrays: Array) -> Any:
        return spec.forward(*arrays, **params)

    def vjp(g: Array, *arrays: Array) -> tuple[Array | None, ...]:
        named: dict[str, Any] = (
            {spec.inputs[0]: arrays}
            if spec.variadic
            else dict(zip(spec.inputs, arrays, strict=False))
        )
        values = {**named, **spec.param_defaults, **params, "out": forward(*arrays)}
        returned = spec.apply_vjp(g, values)
        gradients = returned if isinstance(returned, tuple) else (returned,)
        return _in_place(gradients, arrays) if len(gradients) < count else gradients

    return forward, vjp


def _in_place(
    gradients: Sequence[Array | None], arrays: Sequence[Array]
) -> tuple[Array | None, ...]:
    """Put None where an array of integers has no gradient."""
    rest = iter(gradients)
    return tuple(next(rest) if x.dtype.kind == "f" else None for x in arrays)


def _largest(gradient: Any) -> tuple[float, tuple[int, ...]]:
    """The largest finite magnitude in an array, and where it is; -1 where there is none."""
    if gradient is None or not np.size(gradient):
        return -1.0, ()
    sizes = np.abs(np.asarray(gradient))
    sizes = np.where(np.isfinite(sizes), sizes, -1.0)
    where = np.unravel_index(int(sizes.argmax()), sizes.shape)
    return float(sizes[where]), tuple(map(int, where))
