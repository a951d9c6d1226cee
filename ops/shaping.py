"""Rearrangements of entries: the gradient is the opposite rearrangement of the cotangent.

Each rule returns a copy: a view would share its memory with the caller's cotangent.
"""

import numpy as np
from hypothesis import strategies as st

import gradcheck as gc

NUMPY = "NumPy reference: https://numpy.org/doc/stable/reference/generated/numpy."


@gc.op(
    tags=("shape",),
    source=f"{NUMPY}transpose.html",
    params={"axes": gc.permutation_of("x")},
    example=gc.call(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), axes=(1, 0)),
)
def transpose(x, axes):
    """Axes in another order: axis k of the result is axis `axes[k]` of x.

    y = P x  ⇒  ∂L/∂x = P⁻¹ g;  the inverse of a permutation is its argsort
    """
    return np.transpose(x, axes)


@transpose.vjp
def _(g, axes):
    inverse = np.argsort([axis % len(axes) for axis in axes])
    return np.transpose(g, inverse).copy()


def shapes_of(x):
    """Shapes that x can take: reversed, flat, or split in two, once with -1."""
    pairs = [(n, x.size // n) for n in range(1, x.size + 1) if x.size % n == 0]
    guessed = [(n, -1) for n, _ in pairs]
    return st.sampled_from([x.shape[::-1], (x.size,), *pairs, *guessed])


@gc.op(
    tags=("shape",),
    source=f"{NUMPY}reshape.html",
    params={"shape": shapes_of},
    example=gc.call(np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), shape=(3, -1)),
)
def reshape(x, shape):
    """The same entries in C order, in another shape; one size may be -1.

    y = x, entry by entry in C order  ⇒  ∂L/∂x = g, back in the shape of x
    """
    return np.reshape(x, shape)


@reshape.vjp
def _(g, x):
    return np.reshape(g, x.shape, copy=True)


# Now and then beyond the sizes at which kernels change their ways.
LENGTHS = st.sampled_from([*(1, 2, 3, 0) * 8, 1027, 1036, 65541])


@st.composite
def arrays_to_join(draw):
    """One to four arrays of one rank whose sizes differ along one axis only; some are equal."""
    sizes = draw(st.lists(st.integers(0, 3), min_size=1, max_size=3))
    axis = draw(st.integers(-len(sizes), len(sizes) - 1))
    arrays: list[np.ndarray] = []
    for n in draw(st.lists(LENGTHS, min_size=1, max_size=4)):
        sizes[axis] = n
        repeats = arrays and arrays[-1].shape == tuple(sizes) and draw(st.booleans())
        arrays.append(arrays[-1].copy() if repeats else draw(gc.arrays(tuple(sizes))))
    return gc.call(*arrays, axis=axis)


@gc.op(
    tags=("shape",),
    source=f"{NUMPY}concatenate.html",
    cases=arrays_to_join(),
    example=gc.call(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0], [5.0, 6.0]]), axis=0),
)
def concatenate(*arrays, axis=0):
    """Arrays joined along an axis that they have.

    y = [x₁, x₂, …]  ⇒  ∂L/∂xᵢ = the part of g that came from xᵢ
    """
    return np.concatenate(arrays, axis=axis)


@concatenate.vjp
def _(g, arrays, axis):
    ends = np.cumsum([x.shape[axis] for x in arrays])
    return tuple(part.copy() for part in np.split(g, ends[:-1], axis=axis))
