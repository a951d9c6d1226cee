"""What people write at first: in coursework, and in first implementations of a layer."""

import numpy as np
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.audit.museum.exhibits import bug
from gradcheck.audit.museum.rooms.common import (
    SOME_ROWS,
    add_windows,
    correlated,
    labels_of,
    log_softmax_of,
    one_hot,
    softmax_of,
    windows,
)


@bug(
    "T01",
    "The gradient of the weights is transposed.",
    exposed_by="weights that are not square",
    op=gc.op("(n,d),(d,m),(m)->(n,m)"),
)
def affine(x, w, b):
    """A linear layer: x W + b."""
    return x @ w + b


@affine.wrong.vjp
def _(g, x, w):
    return g @ w.T, g.T @ x, g.sum(axis=0)


@affine.right.vjp
def _(g, x, w):
    return g @ w.T, x.T @ g, g.sum(axis=0)


@bug(
    "T03",
    "Takes the mask from the cotangent, not from the input.",
    exposed_by="a cotangent of mixed sign",
    op=gc.op("(...)->(...)"),
)
def relu(x):
    """x where it is positive, zero elsewhere."""
    return np.maximum(x, 0)


@relu.wrong.vjp
def _(g):
    return g * (g > 0)


@relu.right.vjp
def _(g, x):
    return g * (x > 0)


@bug(
    "T05",
    "Forgets the mean of the forward.",
    exposed_by="more than one sample",
    op=gc.op(
        "(n,c)->()",
        dims={"n": gc.size(min=1), "c": gc.size(min=1)},
        params={"labels": labels_of},
    ),
)
def softmax_loss(x, labels):
    """Mean cross-entropy of scores and labels."""
    return -log_softmax_of(x)[np.arange(len(x)), labels].mean()


@softmax_loss.wrong.vjp
def _(g, x, labels):
    return g * (softmax_of(x) - one_hot(labels, x.shape[1]))


@softmax_loss.right.vjp
def _(g, x, labels):
    return g * (softmax_of(x) - one_hot(labels, x.shape[1])) / len(x)


def batch_norm_gradient(g, x, gamma, root):
    h = (x - x.mean(axis=0)) / root
    dh = g * gamma
    dx = (dh - dh.mean(axis=0) - h * (dh * h).mean(axis=0)) / root
    return dx, (g * h).sum(axis=0), g.sum(axis=0)


@bug(
    "T07",
    "Adds eps outside of the root: off by a few millionths at unit variance.",
    exposed_by="a variance near eps",
    op=gc.op("(n,d),(d),(d)->(n,d)", dims=SOME_ROWS),
)
def batch_norm_eps(x, gamma, beta, eps=1e-5):
    """Columns with mean 0 and variance 1, times gamma plus beta."""
    return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps) + beta


@batch_norm_eps.wrong.vjp
def _(g, x, gamma, eps):
    return batch_norm_gradient(g, x, gamma, np.sqrt(x.var(axis=0)) + eps)


@batch_norm_eps.right.vjp
def _(g, x, gamma, eps):
    return batch_norm_gradient(g, x, gamma, np.sqrt(x.var(axis=0) + eps))


def kept(x, keep, seed):
    """Which entries dropout keeps."""
    return np.random.default_rng(seed).random(x.shape) < keep


@bug(
    "T09",
    "Does not scale what was kept by 1 / keep.",
    exposed_by="keep below 1",
    op=gc.op(
        "(...)->(...)",
        params={"keep": st.sampled_from([0.5, 0.8]), "seed": st.integers(0, 99)},
    ),
)
def dropout(x, keep, seed):
    """Some entries of x, scaled to keep the mean; zero elsewhere."""
    return x * kept(x, keep, seed) / keep


@dropout.wrong.vjp
def _(g, x, keep, seed):
    return g * kept(x, keep, seed)


@dropout.right.vjp
def _(g, x, keep, seed):
    return g * kept(x, keep, seed) / keep


@bug(
    "T11",
    "Forgets keepdims: raises, or subtracts the wrong means from a square matrix.",
    exposed_by="any matrix with more than one row",
    op=gc.op("(n,d)->(n,d)", dims={"d": gc.size(min=1)}),
)
def centre_rows(x):
    """Rows less their means."""
    return x - x.mean(axis=1, keepdims=True)


@centre_rows.wrong.vjp
def _(g):
    return g - g.mean(axis=1)


@centre_rows.right.vjp
def _(g):
    return g - g.mean(axis=1, keepdims=True)


def hidden_states(x, wx, wh, start):
    states = [start]
    for step in x:
        states.append(np.tanh(step @ wx + states[-1] @ wh))
    return states


@bug(
    "T13",
    "Keeps the gradient of one step for the weights instead of summing over steps.",
    exposed_by="more than one step",
    # A state is a tanh; with each step the gradient grows by a factor of wh.
    op=gc.op(
        "(t,d),(d,h),(h,h),(h)->(h)",
        dims={"t": gc.size(max=20)},
        domains={"wx": gc.real(-10, 10), "wh": gc.real(-10, 10), "start": gc.real(-1, 1)},
    ),
)
def rnn(x, wx, wh, start):
    """Last hidden state of a recurrent layer."""
    return hidden_states(x, wx, wh, start)[-1]


@rnn.wrong.vjp
def _(g, x, wx, wh, start):
    states = hidden_states(x, wx, wh, start)
    dx, dwx, dwh = np.zeros_like(x), np.zeros_like(wx), np.zeros_like(wh)
    for t in reversed(range(len(x))):
        inner = g * (1 - states[t + 1] ** 2)
        dx[t], dwx, dwh = wx @ inner, np.outer(x[t], inner), np.outer(states[t], inner)
        g = wh @ inner
    return dx, dwx, dwh, g.copy()


@rnn.right.vjp
def _(g, x, wx, wh, start):
    states = hidden_states(x, wx, wh, start)
    dx, dwx, dwh = np.zeros_like(x), np.zeros_like(wx), np.zeros_like(wh)
    for t in reversed(range(len(x))):
        inner = g * (1 - states[t + 1] ** 2)
        dx[t] = wx @ inner
        dwx += np.outer(x[t], inner)
        dwh += np.outer(states[t], inner)
        g = wh @ inner
    return dx, dwx, dwh, g.copy()


@bug(
    "T15",
    "Does not crop the padding.",
    exposed_by="padding above 0",
    op=gc.op(
        "(b,t),(k)->(b,o)",
        dims={"t": gc.size(min=1), "k": gc.size(min=1, max=3)},
        params={"pad": st.integers(1, 2)},
    ),
)
def conv1d_padded(x, w, pad):
    """Each row of x, padded with zeros, with w slid over it."""
    return correlated(np.pad(x, ((0, 0), (pad, pad))), w)


def padded_gradients(g, x, w, pad):
    padded = np.pad(x, ((0, 0), (pad, pad)))
    dw = np.einsum("bt,btk->k", g, windows(padded, w.size))
    return add_windows(np.zeros_like(padded), g, w), dw


@conv1d_padded.wrong.vjp
def _(g, x, w, pad):
    return padded_gradients(g, x, w, pad)


@conv1d_padded.right.vjp
def _(g, x, w, pad):
    dx, dw = padded_gradients(g, x, w, pad)
    return dx[:, pad:-pad].copy(), dw


@bug(
    "T17",
    "Returns one array for both inputs.",
    exposed_by="a caller who adds to one of them in place",
    op=gc.op("(n),(n)->(n)"),
)
def add_same(x, y):
    """Sum of two vectors."""
    return x + y


@add_same.wrong.vjp
def _(g):
    dx = g.copy()
    return dx, dx


@add_same.right.vjp
def _(g):
    return g.copy(), g.copy()


@bug(
    "T19",
    "Forgets the sign of negative entries.",
    exposed_by="a negative entry",
    op=gc.op(),
)
def l1(x):
    """Sum of absolute values."""
    return np.abs(x).sum()


@l1.wrong.vjp
def _(g, x):
    return np.full_like(x, g)


@l1.right.vjp
def _(g, x):
    return g * np.sign(x)
