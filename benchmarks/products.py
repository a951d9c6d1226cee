"""The plain functions that several benchmarks check: a product and a layer norm."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MATMUL = "(...,m,n),(...,n,p)->(...,m,p)"
_EPS = 1e-5


def matmul(a: Array, b: Array) -> Array:
    """A B."""
    product: Array = a @ b
    return product


def matmul_vjp(g: Array, a: Array, b: Array) -> tuple[Array, Array]:
    """G Bᵀ and Aᵀ G, each summed over the axes that its factor does not have."""
    da, db = g @ b.mT, a.mT @ g
    return _summed(da, a.ndim), _summed(db, b.ndim)


def layer_norm(x: Array, gamma: Array, beta: Array) -> Array:
    """Rows of mean 0 and variance 1, scaled by gamma and shifted by beta."""
    return gamma * _normalized(x)[0] + beta


def layer_norm_vjp(g: Array, x: Array, gamma: Array, beta: Array) -> tuple[Array, Array, Array]:
    """The gradients of `layer_norm`, for a matrix x."""
    x_hat, deviation = _normalized(x)
    a = g * gamma
    dx = a - a.mean(-1, keepdims=True) - x_hat * (a * x_hat).mean(-1, keepdims=True)
    return dx / deviation, (g * x_hat).sum(0), g.sum(0).reshape(beta.shape)


def random_arrays(*shapes: tuple[int, ...], seed: int = 0) -> list[Array]:
    """Normally distributed arrays."""
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape) for shape in shapes]


def _normalized(x: Array) -> tuple[Array, Array]:
    centered = x - x.mean(-1, keepdims=True)
    deviation = np.sqrt(np.square(centered).mean(-1, keepdims=True) + _EPS)
    return centered / deviation, deviation


def _summed(gradient: Array, ndim: int) -> Array:
    """A gradient, summed over leading axes that its input does not have."""
    axes = tuple(range(gradient.ndim - ndim))
    return np.asarray(gradient.sum(axes)) if axes else gradient
