"""The adjoint of broadcasting."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.ndarrays.types import Array


def chained(g: Array, slope: Array, shape: tuple[int, ...]) -> Array:
    """Multiply a cotangent by a local slope, and sum over broadcast axes.

    Where the cotangent is 0 nothing comes back, however steep the function is there.
    """
    with np.errstate(invalid="ignore"):
        product = np.asarray(g * np.conj(slope))
    steep = np.isinf(slope) & (np.asarray(g) == 0)
    if steep.any():
        product = np.where(steep, np.zeros((), product.dtype), product)
    return unbroadcast(product, shape)


def unbroadcast(g: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """Sum a cotangent over the axes along which an input was broadcast.

    Args:
        g: cotangent of the broadcast result, of any shape that `shape` broadcasts to.
        shape: the input's own shape.

    Returns:
        An array of exactly `shape`, never sharing memory with `g`.

    Raises:
        ValueError: if `shape` does not broadcast to the shape of `g`.
    """
    g = np.asarray(g)
    extra = g.ndim - len(shape)
    if extra < 0 or any(
        n not in (1, m) for n, m in zip(shape, g.shape[max(extra, 0) :], strict=False)
    ):
        raise ValueError(f"An input of shape {shape} does not broadcast to {g.shape}.")
    stretched = (n == 1 != m for n, m in zip(shape, g.shape[extra:], strict=True))
    axes = (*range(extra), *(extra + i for i, summed in enumerate(stretched) if summed))
    if not axes:
        return g.copy()
    return np.asarray(g.sum(axis=axes), dtype=g.dtype).reshape(shape)
