"""Normalisation layers: what their weights do to the gradient, and which rows are summed."""

import numpy as np

import gradcheck as gc
from gradcheck.audit.museum.exhibits import bug
from gradcheck.audit.museum.rooms.common import SOME_ROWS

SOME_FEATURES = {"d": gc.size(min=1)}
EPS = 1e-5  # arbitrary: as the layers of frameworks have it


def standardised(x):
    """Rows of x with mean 0 and variance 1, and what they were multiplied by."""
    centred = x - x.mean(axis=-1, keepdims=True)
    r = 1 / np.sqrt(np.mean(centred**2, axis=-1, keepdims=True) + EPS)
    return centred * r, r


def back_through_statistics(dh, h, r, n, axis=-1):
    """The gradient before standardising n entries, from that of the standardised h."""
    mean, along = dh.sum(axis=axis, keepdims=True) / n, (dh * h).sum(axis=axis, keepdims=True) / n
    return r * (dh - mean - h * along)


@bug(
    "R57",
    "Counts rows by the first axis and takes the rest for features: a third axis is too much.",
    cited=("flagos-ai/FlagGems#5392", "linkedin/Liger-Kernel#1376"),
    exposed_by="three axes: batch, sequence, features",
    op=gc.op("(...,d),(d)->(...,d)", dims=SOME_FEATURES),
)
def layer_norm(x, w):
    """Rows with mean 0 and variance 1, times weights."""
    return w * standardised(x)[0]


@layer_norm.wrong.vjp
def _(g, x, w):
    rows = len(x) if x.ndim > 1 else 1
    h, r = standardised(x)
    dx = back_through_statistics(g * w, h, r, x.size // max(rows, 1))
    return dx, gc.unbroadcast(g * h, w.shape)


@layer_norm.right.vjp
def _(g, x, w):
    h, r = standardised(x)
    return back_through_statistics(g * w, h, r, w.size), gc.unbroadcast(g * h, w.shape)


def over_root_mean_square(x):
    """Rows of x with mean square 1, and what they were multiplied by."""
    r = 1 / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + EPS)
    return x * r, r


def back_through_mean_square(dh, h, r):
    return r * (dh - h * np.mean(dh * h, axis=-1, keepdims=True))


@bug(
    "R59",
    "Sums the gradient of the weights in blocks of 8 rows and forgets the last, incomplete one.",
    cited=("BobMcDear/attorch#18",),
    exposed_by="1024 rows or more, not a multiple of 8",
    op=gc.op("(n,d),(d)->(n,d)", dims=SOME_FEATURES),
)
def rms_norm_rows(x, w):
    """Rows of a matrix with mean square 1, times weights."""
    return over_root_mean_square(x)[0] * w


@rms_norm_rows.wrong.vjp
def _(g, x, w):
    h, r = over_root_mean_square(x)
    block = 8 if len(x) >= 1024 else 1  # what is quickest for so many rows
    whole = len(x) // block * block
    return back_through_mean_square(g * w, h, r), (g * h)[:whole].sum(axis=0)


@rms_norm_rows.right.vjp
def _(g, x, w):
    h, r = over_root_mean_square(x)
    return back_through_mean_square(g * w, h, r), (g * h).sum(axis=0)


@bug(
    "R61",
    "Forgets the weights in the gradient of x.",
    cited=("karpathy/llm.c#763",),
    exposed_by="weights other than 1, which they are at first",
    op=gc.op("(...,d),(d)->(...,d)", dims=SOME_FEATURES),
)
def rms_norm(x, w):
    """Rows with mean square 1, times weights."""
    return over_root_mean_square(x)[0] * w


@rms_norm.wrong.vjp
def _(g, x, w):
    h, r = over_root_mean_square(x)
    return back_through_mean_square(g, h, r), gc.unbroadcast(g * h, w.shape)


@rms_norm.right.vjp
def _(g, x, w):
    h, r = over_root_mean_square(x)
    return back_through_mean_square(g * w, h, r), gc.unbroadcast(g * h, w.shape)


@bug(
    "R63",
    "Ignores gamma in the gradient of x.",
    cited=("denizyuret/Knet.jl#288",),
    exposed_by="gamma other than 1, which it is at first",
    op=gc.op("(n,d),(d),(d)->(n,d)", dims=SOME_ROWS),
)
def batch_norm(x, gamma, beta):
    """Columns with mean 0 and variance 1, times gamma plus beta."""
    return gamma * standardised(x.T)[0].T + beta


@batch_norm.wrong.vjp
def _(g, x):
    h, r = (part.T for part in standardised(x.T))
    dx = back_through_statistics(g, h, r, len(x), axis=0)
    return dx, (g * h).sum(axis=0), g.sum(axis=0)


@batch_norm.right.vjp
def _(g, x, gamma):
    h, r = (part.T for part in standardised(x.T))
    dx = back_through_statistics(g * gamma, h, r, len(x), axis=0)
    return dx, (g * h).sum(axis=0), g.sum(axis=0)


@bug(
    "R65",
    "Takes gamma and beta of the row, not of the column, to undo them in the output.",
    cited=("deepspeedai/DeepSpeed#692",),
    exposed_by="gamma or beta that are not constant, as they are at first",
    op=gc.op(
        "(n,d),(d),(d)->(n,d)",
        dims=SOME_FEATURES,
        # The backward divides by gamma and subtracts beta to save memory.
        domains={"gamma": gc.real(0.5, 2), "beta": gc.real(-2, 2)},
    ),
)
def invertible_layer_norm(x, gamma, beta):
    """Rows with mean 0 and variance 1, times gamma plus beta; only the output is kept."""
    return gamma * standardised(x)[0] + beta


def invertible_gradients(g, h, x, gamma):
    """The gradients, given what the output is taken to have been before gamma and beta."""
    standard, r = standardised(x)
    dx = back_through_statistics(g * gamma, standard, r, gamma.size)
    return dx, (g * h).sum(axis=0), g.sum(axis=0)


@invertible_layer_norm.wrong.vjp
def _(g, x, gamma, beta, out):
    row = np.arange(len(x))[:, None] % gamma.size
    return invertible_gradients(g, (out - beta[row]) / gamma[row], x, gamma)


@invertible_layer_norm.right.vjp
def _(g, x, gamma, beta, out):
    return invertible_gradients(g, (out - beta) / gamma, x, gamma)
