"""Places in an array, such as those of its zeros.

Mistakes show at one place, at two places of one slice, along a whole row: the product of
a slice with two zeros has another gradient than that of one, and a masked softmax has none
in a row without any key. So the places follow the axes of the array.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ITERATED = 32  # derived: axes that NumPy sorts and iterates over; its arrays have up to 64

Mask = NDArray[np.bool_]
Shape = tuple[int, ...]


def _one(rng: np.random.Generator, shape: Shape) -> Mask:
    mask = np.zeros(shape, bool)
    mask.reshape(-1)[rng.integers(mask.size)] = True
    return mask


def _two_of_a_slice(rng: np.random.Generator, shape: Shape) -> Mask:
    mask = np.zeros(shape, bool)
    line = _line(rng, mask, int(rng.integers(len(shape))))
    line[rng.permutation(line.size)[:2]] = True
    return mask


def _some_of_each_row(rng: np.random.Generator, shape: Shape, count: int = 1) -> Mask:
    chosen: Mask = rng.random(shape).argsort(axis=-1) < count
    return chosen


def _half(rng: np.random.Generator, shape: Shape) -> Mask:
    mask = rng.random(shape) < 0.5
    return mask if mask.any() else _one(rng, shape)


def _all_but_one(rng: np.random.Generator, shape: Shape) -> Mask:
    return ~_one(rng, shape)


def _row(rng: np.random.Generator, shape: Shape) -> Mask:
    mask = np.zeros(shape, bool)
    _line(rng, mask, len(shape) - 1)[:] = True
    return mask


def _column(rng: np.random.Generator, shape: Shape) -> Mask:
    mask = np.zeros(shape, bool)
    _line(rng, mask, int(rng.integers(max(len(shape) - 1, 1))))[:] = True
    return mask


def _everywhere(_rng: np.random.Generator, shape: Shape) -> Mask:
    return np.ones(shape, bool)


def _line(rng: np.random.Generator, mask: Mask, axis: int) -> Any:
    """All entries along one axis, at a random place of the others."""
    moved = np.moveaxis(mask, axis, -1)
    return moved[tuple(int(rng.integers(n)) for n in moved.shape[:-1])]


PLACES: Mapping[str, Callable[[np.random.Generator, Shape], Mask]] = MappingProxyType(
    {
        "one": _one,
        "two of a slice": _two_of_a_slice,
        "half": _half,
        "a row": _row,
        "a column": _column,
        "one of each row": _some_of_each_row,
        "two of each row": lambda rng, shape: _some_of_each_row(rng, shape, 2),
        "all but one": _all_but_one,
        "all": _everywhere,
    }
)


def mask(kind: str, rng: np.random.Generator, shape: Shape) -> Mask:
    """Choose places of a kind; none where a shape has no entries."""
    if 0 in shape:
        return np.zeros(shape, bool)
    fewer = shape if len(shape) <= _ITERATED else (math.prod(shape[:-1]), shape[-1])
    return PLACES[kind](rng, fewer or (1,)).reshape(shape)
