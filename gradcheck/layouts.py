"""Memory layouts: the same values, laid out as callers lay them out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
LAYOUTS = ("C", "Fortran", "strided", "reversed")


def laid_out(array: Array, layout: str) -> Array:
    """Return a fresh array of equal values in the given layout."""
    if layout == "Fortran":
        return np.array(array, order="F")
    if layout == "strided" and array.ndim:
        room = np.empty((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
        room[..., ::2] = array
        return room[..., ::2]
    if layout == "reversed" and array.ndim:
        return np.array(array[..., ::-1], order="C")[..., ::-1]
    return np.array(array, order="C")
