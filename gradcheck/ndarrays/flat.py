"""Arrays as flat vectors of numbers, a block at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradcheck.ndarrays.dtypes import is_floating
from gradcheck.ndarrays.types import Array, Vector


def is_differentiable(array: Array) -> bool:
    """Whether an array is of a floating or complex dtype."""
    return is_floating(array.dtype)


def flat(array: Array) -> Vector:
    """View an array as a flat real vector, or copy it so."""
    vector = array.reshape(-1) if array.flags.c_contiguous else np.ravel(array)
    return vector.view(vector.real.dtype) if vector.dtype.kind == "c" else vector


BLOCK = 2**13  # derived: 64 KiB fit the cache, and are too few for BLAS to start threads


def blocks(size: int) -> Iterator[slice]:
    """Slices that cover `size` entries, a block at a time."""
    for start in range(0, size, BLOCK):
        yield slice(start, start + BLOCK)
