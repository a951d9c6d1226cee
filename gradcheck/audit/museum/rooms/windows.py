"""Windows that slide over a signal, and sampling between its points."""

import numpy as np
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.audit.museum.exhibits import bug
from gradcheck.audit.museum.rooms.common import add_windows, correlated, windows

SIGNAL_AND_KERNEL = {"t": gc.size(min=3), "k": gc.size(min=1, max=3)}


@bug(
    "R19",
    "Makes the gradient as long as the windows reach, shorter than the signal.",
    cited=(
        "torch/DEPRECEATED-torch7-distro#20",
        "f-dangel/backpack#30",
        "PKUFlyingPig/CMU10-714#6",
        "mlpack/mlpack#2986",
    ),
    exposed_by="a stride that leaves a rest",
    op=gc.op("(b,t),(k)->(b,o)", dims=SIGNAL_AND_KERNEL, params={"stride": st.integers(1, 3)}),
)
def conv1d_strided(x, w, stride):
    """Each row of x with w slid over it in steps."""
    return correlated(x, w, stride)


@conv1d_strided.wrong.vjp
def _(g, x, w, stride):
    dx = np.zeros((len(x), (g.shape[1] - 1) * stride + w.size))
    return add_windows(dx, g, w, stride), np.einsum("bt,btk->k", g, windows(x, w.size, stride))


@conv1d_strided.right.vjp
def _(g, x, w, stride):
    dx = np.zeros_like(x)
    return add_windows(dx, g, w, stride), np.einsum("bt,btk->k", g, windows(x, w.size, stride))


@bug(
    "R21",
    "Averages the gradient of the kernel over batch and positions instead of summing it.",
    cited=("sebgao/cTensor#3",),
    exposed_by="more than one position; an optimiser that rescales hides it",
    op=gc.op("(b,t),(k)->(b,o)", dims=SIGNAL_AND_KERNEL),
)
def conv1d(x, w):
    """Each row of x with w slid over it."""
    return correlated(x, w)


@conv1d.wrong.vjp
def _(g, x, w):
    dw = np.einsum("bt,btk->k", g, windows(x, w.size))
    return add_windows(np.zeros_like(x), g, w), dw / max(g.size, 1)


@conv1d.right.vjp
def _(g, x, w):
    dw = np.einsum("bt,btk->k", g, windows(x, w.size))
    return add_windows(np.zeros_like(x), g, w), dw


@bug(
    "R23",
    "Writes each cotangent to its winner instead of adding it.",
    cited=("FluxML/Flux.jl#1197", "ahrefs/ocannl#512", "FluxML/NNlib.jl#133"),
    exposed_by="a stride below the width, so that an entry wins two windows",
    op=gc.op(
        "(b,t)->(b,o)",
        dims={"t": gc.size(min=3)},
        params={"width": st.integers(1, 3), "stride": st.integers(1, 3)},
    ),
)
def max_pool1d(x, width, stride):
    """Largest entry of each window."""
    return windows(x, width, stride).max(axis=-1)


@max_pool1d.wrong.vjp
def _(g, x, width, stride):
    dx = np.zeros_like(x)
    winner = windows(x, width, stride).argmax(axis=-1) + stride * np.arange(g.shape[1])
    np.put_along_axis(dx, winner, g, axis=1)
    return dx


@max_pool1d.right.vjp
def _(g, x, width, stride):
    dx = np.zeros_like(x)
    winner = windows(x, width, stride).argmax(axis=-1) + stride * np.arange(g.shape[1])
    np.add.at(dx, (np.arange(len(x))[:, None], winner), g)
    return dx


def neighbours(t, size):
    """The pixels left and right of coordinates clamped to a row, and how far between them."""
    t = np.clip(t, 0, size - 1)
    left = np.floor(t).astype(int)
    return left, left + 1, t - left


@bug(
    "R25",
    "Counts the neighbour of the last pixel, which is outside of the row, as zero.",
    cited=("pytorch/pytorch#23925", "pytorch/pytorch#32829"),
    exposed_by="a coordinate exactly on the last pixel",
    op=gc.op(
        "(w),(n)->(n)",
        dims={"w": gc.size(min=1)},
        domains={"t": lambda w: gc.real(-1, w)},  # up to a pixel outside, where t is clamped
    ),
)
def sample_row(v, t):
    """A row of pixels at real coordinates, interpolated; its border goes on outside."""
    left, right, share = neighbours(t, v.size)
    return v[left] * (1 - share) + np.append(v, 0)[right] * share


def row_gradient(g, v, t):
    left, right, share = neighbours(t, v.size)
    dv = np.zeros(v.size + 1)
    np.add.at(dv, left, g * (1 - share))
    np.add.at(dv, right, g * share)
    return dv[:-1]


@sample_row.wrong.vjp
def _(g, v, t):
    left, right, _ = neighbours(t, v.size)
    inside = (t >= 0) & (t <= v.size - 1)
    return row_gradient(g, v, t), g * inside * (np.append(v, 0)[right] - v[left])


@sample_row.right.vjp
def _(g, v, t):
    left, right, _ = neighbours(t, v.size)
    inside = (t >= 0) & (t < v.size - 1)
    return row_gradient(g, v, t), g * inside * (np.append(v, 0)[right] - v[left])
