"""Sliding windows over images, in the layout batch × channels × height × width."""

import numpy as np
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view

import gradcheck as gc


def enough_padding(h, w, r, s):
    """Paddings with which the window fits into the image at least once."""
    least = max(0, -(-max(r - h, s - w) // 2))
    return st.integers(least, least + 2)


@gc.op(
    "(n,c,h,w),(k,c,r,s)->(n,k,i,j)",
    tags=("nn",),
    source="Dumoulin and Visin (2016), A guide to convolution arithmetic, arXiv:1603.07285",
    dims={"r": gc.size(min=1, max=3), "s": gc.size(min=1, max=3)},  # windows, not images
    params={"stride": st.integers(1, 3), "padding": enough_padding},
    example=gc.call(
        np.arange(9.0).reshape(1, 1, 3, 3), np.array([[[[1.0, 0.0], [0.0, -1.0]]]]), stride=1
    ),
)
def conv2d(x, kernel, stride=1, padding=0):
    """Two-dimensional cross-correlation, with stride and zero padding.

    Y[n,k,i,j] = Σ X[n, c, stride·i + r, stride·j + s] K[k,c,r,s], summed over c, r, s  ⇒
    ∂L/∂K[k,c,r,s] = Σ G[n,k,i,j] X[n, c, stride·i + r, stride·j + s], summed over n, i, j;
    ∂L/∂X adds G[n,k,i,j] K[k,c,r,s] to each entry X[n, c, stride·i + r, stride·j + s]

    Where the stride does not divide, the last rows and columns of X are in no window: they get 0.
    """
    return np.einsum("ncijrs,kcrs->nkij", windows(x, kernel, stride, padding), kernel)


@conv2d.vjp
def _(g, x, kernel, stride, padding):
    (height, width), (rows, columns) = x.shape[2:], g.shape[2:]
    dkernel = np.einsum("nkij,ncijrs->kcrs", g, windows(x, kernel, stride, padding).conj())
    dx = np.zeros_like(pad(x, padding))
    for r, s in np.ndindex(kernel.shape[2:]):
        touched = dx[:, :, r : r + stride * rows : stride, s : s + stride * columns : stride]
        touched += np.einsum("nkij,kc->ncij", g, kernel[:, :, r, s].conj())
    return dx[:, :, padding : padding + height, padding : padding + width].copy(), dkernel


def windows(x, kernel, stride, padding):
    """View the padded image as windows, n×c×i×j×r×s."""
    every = sliding_window_view(pad(x, padding), kernel.shape[2:], axis=(2, 3))
    return every[:, :, ::stride, ::stride]


def pad(x, padding):
    """Put a border of zeros around each image."""
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
