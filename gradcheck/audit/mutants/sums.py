"""Gradients that are sums, wrongly summed: over broadcast axes, batches, indices, blocks."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from gradcheck.audit.mutants import triggers
from gradcheck.audit.mutants.mutant import Mutant, VjpCall, of_call, of_gradient
from gradcheck.audit.mutants.repeats import repeats
from gradcheck.ndarrays.types import Array


def mutants() -> Iterator[Mutant]:
    """Yield the mutants of this family."""
    yield Mutant(
        name="sum-missing",
        description="keeps the axes along which the input was broadcast",
        trigger=triggers.BROADCAST,
        plant=of_gradient(_unsummed),
    )
    yield Mutant(
        name="mean-for-sum",
        description="is the mean over the axes along which the input was broadcast, not the sum",
        trigger=triggers.BROADCAST,
        plant=of_gradient(_mean),
    )
    yield Mutant(
        name="last-term-only",
        description="keeps one of the terms that it is a sum of",
        trigger=triggers.SUMMED,
        plant=of_call(_last_term),
    )
    yield Mutant(
        name="overwritten",
        description="keeps the last of the terms that go to one index, not their sum",
        trigger=triggers.REPEATED_INDEX,
        plant=of_call(_overwritten),
    )
    yield Mutant(
        name="last-block-dropped",
        description="is 0 in the rows beyond a multiple of 8, where there are 1024 or more",
        trigger=triggers.BLOCK,
        plant=of_gradient(lambda _call, _place, d: _without_last_block(d)),
    )
    yield Mutant(
        name="last-terms-dropped",
        description="takes no rows of the cotangent beyond a multiple of 8, of 1024 or more",
        trigger=triggers.COTANGENT_BLOCK,
        plant=of_call(lambda call, _place: call.with_cotangents(_without_last_block)),
    )
    yield Mutant(
        name="zero-beyond-65535",
        description="is 0 in all entries but the first 65535",
        trigger=triggers.MANY,
        plant=of_gradient(lambda _call, _place, d: _without_rest(d)),
    )


def _unsummed(call: VjpCall, place: int, d: Array) -> Array:
    repeated = repeats(call, place)
    if not repeated.broadcast:
        return d
    return np.broadcast_to(d, (*repeated.lead, *repeated.core)).copy()


def _mean(call: VjpCall, place: int, d: Array) -> Array:
    shape = call.outputs[0].shape
    return np.asarray(d / math.prod(shape[i] for i in repeats(call, place).broadcast), d.dtype)


def _last_term(call: VjpCall, place: int) -> VjpCall:
    """By linearity the term of one place is what a cotangent gives that is 0 elsewhere."""
    axes = repeats(call, place).summed
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
    found = triggers.repeated_index(call)
    if found is None:
        return call
    first, indices = found
    # Backwards, the first occurrence of each index is the last one.
    _, places = np.unique(indices.ravel()[::-1], return_index=True)
    kept = np.zeros(indices.size, dtype=bool)
    kept[indices.size - 1 - places] = True
    behind = call.outputs[0].ndim - first - indices.ndim
    mask = kept.reshape(indices.shape + (1,) * behind)
    return replace(call, g=np.where(mask, call.g, 0).astype(call.g.dtype))


def _without_last_block(array: Array) -> Array:
    rows = array.shape[0] if array.ndim else 0
    if rows < triggers.MANY_ROWS:
        return array
    changed = array.copy()
    changed[rows - rows % triggers.BLOCK_ROWS :] = 0
    return changed


def _without_rest(d: Array) -> Array:
    changed = d.copy()
    changed.reshape(-1)[triggers.MANY_ENTRIES :] = 0
    return changed
