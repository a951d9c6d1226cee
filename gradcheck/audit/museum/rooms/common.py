"""Formulas and domains that several exhibits need."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

import gradcheck as gc

SOME_ROWS = {"n": gc.size(min=1)}


def sigmoid_of(x):
    """1 / (1 + e⁻ˣ), without overflow."""
    return np.exp(-np.logaddexp(0, -x))


def log_softmax_of(x):
    """log softmax along the last axis, without overflow."""
    y = x - x.max(axis=-1, keepdims=True)
    return y - np.log(np.exp(y).sum(axis=-1, keepdims=True))


def softmax_of(x):
    """Softmax along the last axis, without overflow."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def one_hot(labels, classes):
    """A row per label, true where the label is and false elsewhere."""
    return labels[:, None] == np.arange(classes)


def labels_of(n, c):
    """A strategy of n labels below c."""
    return gc.arrays((n,), gc.integers(0, c - 1))


def masks(shape):
    """A strategy of boolean arrays."""
    return gc.arrays(shape, gc.integers(0, 1)).map(lambda mask: mask.astype(bool))


def windows(x, width, stride=1):
    """All windows of the last axis, along one more axis."""
    return sliding_window_view(x, width, axis=-1)[..., ::stride, :]


def correlated(x, w, stride=1):
    """Each row of x with w slid over it."""
    return np.einsum("btk,k->bt", windows(x, w.size, stride), w)


def add_windows(dx, g, w, stride=1):
    """Add to dx what each output of `correlated` hands back to its window."""
    for k in range(w.size):
        dx[:, k : k + stride * g.shape[1] : stride] += g * w[k]
    return dx
