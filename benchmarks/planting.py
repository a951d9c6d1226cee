"""Gradients that are wrong in one entry, and ops as functions of arrays alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gradcheck as gc
from gradcheck.checks.subject import Subject, subject_of

Array = NDArray[Any]
Vjp = Callable[..., tuple[Array | None, ...]]
_PLACE = 0.618  # of the entry that is spoiled, among those that are not zero


def planted(spec: gc.OpSpec, delta: float) -> Subject:
    """The functions of an op, with one entry of what its vjp returns multiplied by 1 + δ."""
    right = subject_of(spec)

    def vjp(g: Any, inputs: Sequence[Array], params: Any, out: Any) -> tuple[Array | None, ...]:
        return spoiled(right.vjp(g, inputs, params, out), delta)

    return replace(right, vjp=vjp)


def spoiled(returned: Any, delta: float) -> tuple[Array | None, ...]:
    """Multiply one entry by 1 + δ: neither the first nor the largest, but one that is not zero.

    It stays the same entry as long as the same entries are zero.
    """
    gradients = list(returned if isinstance(returned, tuple) else (returned,))
    places = [_spoilable(gradient) for gradient in gradients]
    at = int(_PLACE * sum(place.size for place in places))
    for k, place in enumerate(places):
        if at < place.size:
            wrong = np.array(gradients[k])
            wrong.flat[place[at]] *= 1 + delta
            gradients[k] = wrong
            break
        at -= place.size
    return tuple(gradients)


def as_function_of_arrays(spec: gc.OpSpec, params: dict[str, Any], count: int) -> tuple[Any, Vjp]:
    """Forward and vjp of `count` arrays each, with the params held fixed."""
    subject = subject_of(spec)

    def forward(*arrays: Array) -> Any:
        return spec.forward(*arrays, **params)

    def vjp(g: Array, *arrays: Array) -> tuple[Array | None, ...]:
        returned = subject.vjp(g, arrays, params, forward(*arrays))
        gradients = returned if isinstance(returned, tuple) else (returned,)
        return _in_place(gradients, arrays) if len(gradients) < count else gradients

    return forward, vjp


def _in_place(
    gradients: Sequence[Array | None], arrays: Sequence[Array]
) -> tuple[Array | None, ...]:
    """Put None where an array of integers has no gradient."""
    rest = iter(gradients)
    return tuple(next(rest) if x.dtype.kind == "f" else None for x in arrays)


def _spoilable(gradient: Any) -> Array:
    """The places of the entries that are neither zero nor infinite."""
    if gradient is None:
        return np.zeros(0, int)
    entries = np.ravel(gradient)
    return np.flatnonzero(np.isfinite(entries) & (entries != 0))
