"""Gradients that are sums, wrongly summed: over broadcast axes, batches, indices, blocks."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from gradcheck.audit.mutants.mutant import Mutant, VjpCall, of_call, of_gradient
from gradcheck.cases.conditions import CONDITIONS
from gradcheck.cases.conditions.on_gradients import BLOCK_ROWS, MANY_ENTRIES, MANY_ROWS
from gradcheck.cases.conditions.repeats import Repeats, repeats
from gradcheck.ndarrays.types import Array


def mutants() -> Iterator[Mutant]:
    """Yield the mutants of this family."""
    yield Mutant(
        name="sum-missing",
        description="keeps the axes along which the input was broadcast",
        trigger=CONDITIONS["gradient", "broadcast"],
        plant=of_gradient(_unsummed),
    )
    yield Mutant(
        name="mean-for-sum",
        description="is the mean over the axes along which the input was broadcast, not the sum",
        trigger=CONDITIONS["gradient", "broadcast"],
        plant=of_gradient(_mean),
    )
    yield Mutant(
        name="last-term-only",
        description="keeps one of the terms that it is a sum of",
        trigger=CONDITIONS["gradient", "summed"],
        plant=of_call(_last_term),
    )
    yield Mutant(
        name="overwritten",
        description="keeps the last of the terms that go to one index, not their sum",
        trigger=CONDITIONS["gradient", "repeated index"],
        plant=of_call(_overwritten),
    )
    yield Mutant(
        name="last-block-dropped",
        description="is 0 in the rows beyond a multiple of 8, where there are 1024 or more",
        trigger=CONDITIONS["gradient", "rows"],
        plant=of_gradient(lambda _call, _place, d: _without_last_block(d)),
    )
    yield Mutant(
        name="last-terms-dropped",
        description="takes no rows of the cotangent beyond a multiple of 8, of 1024 or more",
        trigger=CONDITIONS["gradient", "output rows"],
        plant=of_call(lambda call, _place: call.with_cotangents(_without_last_block)),
    )
    yield Mutant(
        name="zero-beyond-65535",
        description="is 0 in all entries but the first 65535",
        trigger=CONDITIONS["gradient", "many"],
        plant=of_gradient(lambda _call, _place, d: _without_rest(d)),
    )


def _repeats(call: VjpCall, place: int) -> Repeats:
    return repeats(call.view, call.name(place))


def _unsummed(call: VjpCall, place: int, d: Array) -> Array:
    repeated = _repeats(call, place)
    if not repeated.broadcast:
        return d
    return np.broadcast_to(d, (*repeated.lead, *repeated.core)).copy()


def _mean(call: VjpCall, place: int, d: Array) -> Array:
    shape = call.outputs[0].shape
    return np.asarray(d / math.prod(shape[i] for i in _repeats(call, place).broadcast), d.dtype)


def _last_term(call: VjpCall, place: int) -> VjpCall:
    """Keep the cotangent at one place, which leaves its term alone."""
    axes = _repeats(call, place).summed
    if not axes:
        return call
    kept = tuple(
        slice(-1, None) if axis in axes else slice(None) for axis in range(call.outputs[0].ndim)
    )

    def masked(g: Array) -> Array:
        only = np.zeros_like(g)
        only[kept] = g[kept]
        return only

    return call.with_cotangents(masked)


def _overwritten(call: VjpCall, _place: int) -> VjpCall:
    """Without the cotangents of all but the last occurrence of each index."""
    repeated = _repeated_index(call)
    if repeated is None:
        return call
    first, indices = repeated
    # Backwards, the first occurrence of each index is the last one.
    _, places = np.unique(indices.ravel()[::-1], return_index=True)
    kept = np.zeros(indices.size, dtype=bool)
    kept[indices.size - 1 - places] = True
    behind = call.outputs[0].ndim - first - indices.ndim
    mask = kept.reshape(indices.shape + (1,) * behind)
    return replace(call, g=np.where(mask, call.g, 0).astype(call.g.dtype))


def _repeated_index(call: VjpCall) -> tuple[int, Array] | None:
    """Indices with repeats, and their first axis in the output.

    Indices are an input or a param of whole numbers whose axes stand side by side among
    those of the one output.
    """
    if isinstance(call.g, tuple):
        return None
    for name, k in call.view.arrays.items():
        if name in call.view.active or k.dtype.kind not in "iu" or not k.ndim:
            continue
        for first in range(np.ndim(call.out) - k.ndim + 1):
            beside = np.shape(call.out)[first : first + k.ndim] == k.shape
            if beside and len(np.unique(k)) < k.size:
                return first, k
    return None


def _without_last_block(array: Array) -> Array:
    rows = array.shape[0] if array.ndim else 0
    if rows < MANY_ROWS:
        return array
    changed = array.copy()
    changed[rows - rows % BLOCK_ROWS :] = 0
    return changed


def _without_rest(d: Array) -> Array:
    changed = d.copy()
    changed.reshape(-1)[MANY_ENTRIES:] = 0
    return changed
