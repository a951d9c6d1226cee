"""Entries picked by whole numbers: an entry that is picked twice gets both cotangents."""

import numpy as np
from hypothesis import strategies as st

import gradcheck as gc


def indices_into(x, axis):
    """Arrays of up to two axes of places on that axis, from the front or the back."""
    n = x.shape[axis]
    if n == 0:
        return st.just(np.zeros(0, dtype=int))
    places = gc.integers(-n, n - 1)
    shapes = st.sampled_from([(3,), (), (1,), (5,), (2, 3), (0,), (2, 0), (9,)])
    return shapes.flatmap(lambda shape: gc.arrays(shape, places))


@gc.op(
    tags=("indexing",),
    source="NumPy reference: https://numpy.org/doc/stable/reference/generated/numpy.take.html",
    params={"axis": gc.axis_of("x"), "indices": indices_into},
    example=gc.call(np.array([10.0, 20.0, 30.0]), indices=np.array([2, 0, -1]), axis=0),
)
def take(x, indices, axis):
    """Entries along an axis, by index; repeated and negative indices are welcome.

    yᵢ = x[kᵢ]  ⇒  ∂L/∂xⱼ = Σ gᵢ over all i with kᵢ = j

    `np.add.at` sums over repeated indices, where `dx[indices] += g` would keep one.
    """
    return np.take(x, indices, axis=axis)


@take.vjp
def _(g, x, indices, axis):
    dx = np.zeros_like(x)
    before = (slice(None),) * (axis % x.ndim)
    np.add.at(dx, (*before, indices), g)
    return dx
