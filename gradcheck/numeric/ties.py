"""Entries of equal value moved together, within and across inputs.

One by one, a gradient that counts every tie fully would pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from gradcheck.ndarrays.types import Array
from gradcheck.numeric.claim import Claim
from gradcheck.numeric.paths import SparsePath
from gradcheck.numeric.point import Point

_SOUGHT = 2**18  # entries, beyond which sorting them takes longer than the rest of a check
_ACROSS = 2**12  # members of a group in several inputs; arbitrary: it bounds memory
_GROUPS = 6  # of equal values that are moved, the largest first; arbitrary: it bounds the cost


def tied(point: Point) -> Iterator[tuple[SparsePath, Claim]]:
    """Yield the paths of the largest groups, with their claims."""
    for label, path, step in _paths(point):
        names = {point.arguments[part].name for part, _, _ in path.moves}
        claim = point.claim(path, label, names.pop() if len(names) == 1 else None)
        yield path, replace(claim, scale=step)


def _paths(point: Point) -> Iterator[tuple[str, SparsePath, float]]:
    sizes = [x.size for x in point.inputs]
    if sum(sizes) > _SOUGHT or any(a.project is not None for a in point.arguments):
        return
    values = np.concatenate(point.inputs)
    ordered = np.sort(values)
    if not (ordered[1:] == ordered[:-1]).any():
        return
    # What overflowed is judged entry by entry only: a sum with it says nothing.
    scales = np.concatenate(point.scales)
    values[~np.isfinite(np.concatenate(point.gradient)) | (scales == 0)] = np.nan
    unique, inverse, counts = np.unique(
        values, return_inverse=True, return_counts=True, equal_nan=False
    )
    ends = np.cumsum(sizes)
    for k in np.argsort(-counts, kind="stable")[:_GROUPS]:
        if counts[k] < 2:
            return
        members = np.flatnonzero(inverse == k)
        parts = np.split(members, np.searchsorted(members, ends[:-1]))
        if members.size <= _ACROSS or sum(inside.size > 0 for inside in parts) == 1:
            step = float(scales[members].min())
            path = _together(point, parts, ends - sizes, step)
            yield f"{counts[k]} ties at {unique[k]:g}", path, step


def _together(point: Point, parts: list[Array], starts: Array, step: float) -> SparsePath:
    """The path that moves some entries by the same step."""
    moves = [
        (part, inside - start, np.full(inside.size, step))
        for part, (inside, start) in enumerate(zip(parts, starts, strict=True))
        if inside.size
    ]
    return SparsePath(point.function, point.inputs, moves)
