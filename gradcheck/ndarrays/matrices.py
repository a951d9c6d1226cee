"""Matrices of a kind, drawn and moved while they stay so.

Everything concerns the last two axes (of `unit_vectors`, the last one). Each kind that is
no linear space has a projection onto the directions that are tangent to it at a point, and
a retraction, which brings a point that was moved along one of them back onto it.

Sources: tangent spaces and polar retraction of orthonormal matrices in Absil, Mahony and
Sepulchre, Optimization Algorithms on Matrix Manifolds (2008), sections 3.5 and 4.1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from gradcheck.ndarrays.types import Array

Shape = tuple[int, ...]
Rng = np.random.Generator
_SMALL = 64  # arbitrary: rows of a square matrix of which only a part is taken; 32 kB


def adjoint(x: Array) -> Array:
    """The conjugate transpose."""
    return np.conj(x.swapaxes(-1, -2))


def identity(shape: Shape) -> Array:
    """Ones on the diagonal."""
    return np.broadcast_to(np.eye(shape[-2], shape[-1]), shape).copy()


def first_axis(shape: Shape) -> Array:
    """Vectors along the first axis."""
    return np.broadcast_to(np.eye(1, shape[-1])[0], shape).copy() if shape else np.ones(())


def gaussian(rng: Rng, shape: Shape, is_complex: bool) -> Array:
    """Normally distributed numbers."""
    x = rng.standard_normal(shape)
    return x + 1j * rng.standard_normal(shape) if is_complex else x


# --- general arrays that happen to have a structure


def structured(kind: str, rng: Rng, shape: Shape) -> NDArray[np.float64]:
    """Draw real matrices, of any shape, with one of the `STRUCTURES`."""
    if 0 in shape:
        return np.zeros(shape)
    return STRUCTURES[kind](rng, 2 * rng.standard_normal(shape).round(2))


def _repeated(rng: Rng, x: Array, axis: int) -> Array:
    """Let one of the later rows (or columns) equal the first."""
    moved = np.moveaxis(x, axis, -1)
    moved[..., int(rng.integers(moved.shape[-1])) or -1] = moved[..., 0]
    return x


def _zero_row(rng: Rng, x: Array) -> Array:
    x[..., int(rng.integers(x.shape[-2])), :] = 0
    return x


def _symmetric_corner(_rng: Rng, x: Array) -> Array:
    n = min(x.shape[-2:])
    x[..., :n, :n] = hermitian(x[..., :n, :n])
    return x


STRUCTURES: Mapping[str, Callable[[Rng, Array], Array]] = MappingProxyType(
    {
        "identity": lambda rng, x: identity(x.shape) * rng.choice((1.0, 1.0, 2.0, -1.0)),
        "diagonal": lambda _, x: identity(x.shape) * x,
        "rank one": lambda _, x: x[..., :, :1] * x[..., :1, :],
        "a zero row": _zero_row,
        "equal rows": lambda rng, x: _repeated(rng, x, -2),
        "equal columns": lambda rng, x: _repeated(rng, x, -1),
        "symmetric": _symmetric_corner,
        "lower triangular": lambda _, x: np.tril(x),
        "upper triangular": lambda _, x: np.triu(x),
        "orthogonal": lambda rng, x: orthonormal(rng, x.shape, False),
    }
)


# --- vectors of length 1


def unit_vectors(rng: Rng, shape: Shape, is_complex: bool) -> Array:
    """Vectors of length 1 along the last axis, some with one entry."""
    x = gaussian(rng, shape, is_complex)
    if shape and x.size and rng.random() < 0.25:
        x *= rng.random(shape).argsort(axis=-1) == 0
    return normalised(x)


def normalised(x: Array) -> Array:
    """Scale to length 1 along the last axis."""
    squares = (x * np.conj(x)).real
    length = np.sqrt(squares.sum(axis=-1, keepdims=True) if x.ndim else squares)
    unit: Array = x / np.where(length == 0, 1, length)
    return unit


def tangent_to_sphere(x: Array, u: Array) -> Array:
    """Project a direction at x onto those that keep its length.

    The point is the one on the sphere that is nearest to x, which may be rounded.
    """
    on = normalised(x)
    products = (np.conj(on) * u).real
    along = products.sum(axis=-1, keepdims=True) if x.ndim else products
    tangent: Array = u - on * along
    return tangent


# --- matrices with orthonormal columns, or rows where there are fewer


def orthonormal(rng: Rng, shape: Shape, is_complex: bool) -> Array:
    """Random ones; some of them permute axes and turn signs."""
    rows, columns = shape[-2:]
    longest = max(rows, columns)
    if longest <= _SMALL and rng.random() < 0.25:
        order = rng.permutation(np.eye(longest))[:rows, :columns]
        turned: Array = order * rng.choice((-1.0, 1.0), (*shape[:-2], 1, columns))
        return turned
    return polar(gaussian(rng, shape, is_complex))


def polar(x: Array) -> Array:
    """The nearest matrix with orthonormal columns or rows: the polar factor."""
    u, _, vh = np.linalg.svd(x, full_matrices=False)
    nearest: Array = u @ vh
    return nearest


def tangent_to_orthonormal(x: Array, u: Array) -> Array:
    """Project a direction at x onto those that keep columns (rows) orthonormal.

    The point is the orthonormal matrix that is nearest to x, which may be rounded.
    """
    if x.shape[-2] < x.shape[-1]:
        return adjoint(tangent_to_orthonormal(adjoint(x), adjoint(u)))
    on = polar(x)
    tangent: Array = u - on @ hermitian(adjoint(on) @ u)
    return tangent


# --- matrices given by eigenvalues or singular values


def conditioned(rng: Rng, shape: Shape, is_complex: bool) -> Array:
    """Matrices with singular values in 1/2 … 2, some of them repeated."""
    u, _, vh = np.linalg.svd(gaussian(rng, shape, is_complex), full_matrices=False)
    product: Array = (u * _spectrum(rng, u.shape[-1])) @ vh
    return product


def definite(rng: Rng, shape: Shape, is_complex: bool) -> Array:
    """Symmetric matrices with eigenvalues in 1/2 … 2, often repeated, often diagonal."""
    return _of_spectrum(rng, shape, is_complex, _spectrum(rng, shape[-1]))


def symmetric(rng: Rng, shape: Shape, is_complex: bool) -> Array:
    """Symmetric matrices: random ones, or ones with repeated and zero eigenvalues."""
    if rng.random() < 0.5:
        x = gaussian(rng, shape, is_complex)
        return hermitian(2 * (x.round(1) if rng.random() < 0.5 else x))
    values = rng.choice((-2.0, -1.0, 0.0, 0.0, 1.0, 1.0, 3.0), shape[-1])
    return _of_spectrum(rng, shape, is_complex, values)


def triangular(rng: Rng, shape: Shape, is_complex: bool) -> Array:
    """Lower triangular matrices with a diagonal of size 1/2 … 2."""
    x = gaussian(rng, shape, is_complex).round(2) / 2
    diagonal = rng.choice((-1.0, 1.0), shape) * rng.choice((0.5, 0.7, 1.0, 1.5, 2.0), shape)
    return np.where(identity(shape) == 1, diagonal, np.tril(x))


def hermitian(x: Array) -> Array:
    """The symmetric part of a square matrix, or the Hermitian one."""
    part: Array = (x + adjoint(x)) / 2
    return part


def _of_spectrum(rng: Rng, shape: Shape, is_complex: bool, values: Array) -> Array:
    """A symmetric matrix with these eigenvalues, exactly where it is diagonal."""
    if rng.random() < 0.5:
        return identity(shape) * values
    vectors = orthonormal(rng, shape, is_complex)
    return hermitian((vectors * values) @ adjoint(vectors))


def _spectrum(rng: Rng, count: int) -> Array:
    """Numbers in 1/2 … 2, all different or some of them repeated."""
    draw: Callable[[], Array] = (
        lambda: 0.5 + 1.5 * rng.random(count),
        lambda: rng.choice((0.5, 1.0, 2.0), count),
        lambda: np.full(count, rng.choice((0.5, 1.0, 1.5))),
    )[int(rng.choice((0, 0, 1, 2)))]
    return draw()
