"""Memory layouts: the same values, laid out as callers lay them out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from gradcheck.ndarrays.types import Array


def laid_out(array: Array, layout: str) -> Array:
    """Return a fresh array of equal values in the given layout.

    A layout that an array cannot have leaves it in C order: only 0-d arrays can be scalars,
    only equal entries can share one place in memory (stride 0).
    """
    arranged = _ARRANGED[layout](array)
    return np.array(array, order="C") if arranged is None else arranged


def copied(array: Array) -> Array:
    """Return a writable copy in the same layout, no two entries shared."""
    if type(array) is not np.ndarray or not array.size or not all(array.strides):
        return np.array(array, order="K", subok=True)
    upright: Any = (..., *(slice(None, None, -1 if s < 0 else 1) for s in array.strides))
    ahead = array[upright]
    steps = zip(array.shape, ahead.strides, strict=True)
    span = sum((n - 1) * stride for n, stride in steps) + array.itemsize
    copy: Array = np.ndarray(
        array.shape, array.dtype, np.empty(span, np.uint8), strides=ahead.strides
    )
    copy[...] = ahead
    whole: Array = copy[upright]
    return whole


def _transposed(array: Array) -> Array | None:
    if array.ndim < 2:
        return None
    return np.array(array.swapaxes(-1, -2), order="C").swapaxes(-1, -2)


def _strided(array: Array) -> Array | None:
    if not array.ndim:
        return None
    room = np.empty((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    room[..., ::2] = array
    return room[..., ::2]


def _reversed(array: Array) -> Array | None:
    return np.array(array[..., ::-1], order="C")[..., ::-1] if array.ndim else None


def _spread(array: Array) -> Array | None:
    if not array.size or (array != array[(0,) * array.ndim]).any():
        return None
    return np.broadcast_to(np.array(array[(0,) * array.ndim]), array.shape)


def _read_only(array: Array) -> Array:
    fresh = np.array(array, order="C")
    fresh.flags.writeable = False
    return fresh


_ARRANGED: Mapping[str, Callable[[Array], Array | None]] = MappingProxyType(
    {
        "C": lambda array: None,
        "Fortran": lambda array: np.array(array, order="F"),
        "transposed": _transposed,
        "strided": _strided,
        "reversed": _reversed,
        "stride 0": _spread,
        "read-only": _read_only,
        "scalar": lambda array: None if array.ndim else array[()],
    }
)
# A spec may name those that its op takes. A scalar is a 0-d input that is no array but a
# NumPy number; stride 0 is what `np.broadcast_to` gives, as for the cotangent of a sum.
LAYOUTS = tuple(_ARRANGED)
