"""The forwards under the planted gradients, described as a user would describe them.

Each function defines its op anew and leaves it without a gradient: `bugs.py` gives it a
wrong one, `twins.py` the right one. Nothing here helps to find a particular bug: the
domains, sizes and params are those that the forward needs.
"""

import numpy as np
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view

import gradcheck as gc

BATCH = {"n": gc.size(min=1)}
NONNEGATIVE = gc.domain(lambda shape, dtype: gc.arrays(shape).map(abs), name="nonnegative")


def labels_of(n, c):
    return gc.arrays((n,), gc.integers(0, c - 1))


def softmax_of(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def sigmoid_of(x):
    return np.exp(-np.logaddexp(0, -x))


def windows(x, width, stride):
    """All windows of the last axis, as one more axis."""
    return sliding_window_view(x, width, axis=-1)[..., ::stride, :]


def conv1d_of(x, w, stride, pad):
    return np.einsum("btk,k->bt", windows(np.pad(x, ((0, 0), (pad, pad))), w.size, stride), w)


def dropout_mask(x, keep, seed):
    return np.random.default_rng(seed).random(x.shape) < keep


def affine():
    @gc.op("(n,d),(d,m),(m)->(n,m)")
    def affine(x, w, b):
        return x @ w + b

    return affine


def relu():
    return gc.op("(...)->(...)", name="relu")(lambda x: np.maximum(x, 0))


def softmax_loss():
    @gc.op(
        "(n,c)->()", dims={"n": gc.size(min=1), "c": gc.size(min=1)}, params={"labels": labels_of}
    )
    def softmax_loss(x, labels):
        y = x - x.max(axis=1, keepdims=True)
        y = np.log(np.exp(y).sum(axis=1)) - y[np.arange(len(y)), labels]
        return y.mean()

    return softmax_loss


def batch_norm():
    @gc.op("(n,d),(d),(d)->(n,d)", dims=BATCH)
    def batch_norm(x, gamma, beta, eps=1e-5):
        return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps) + beta

    return batch_norm


def dropout():
    @gc.op("(...)->(...)", params={"keep": st.sampled_from([0.5, 0.8]), "seed": st.integers(0, 99)})
    def dropout(x, keep, seed):
        return x * dropout_mask(x, keep, seed) / keep

    return dropout


def centre_rows():
    @gc.op("(n,d)->(n,d)", dims={"d": gc.size(min=1)})
    def centre_rows(x):
        return x - x.mean(axis=1, keepdims=True)

    return centre_rows


def rnn():
    @gc.op("(t,d),(d,h),(h,h),(h)->(h)")
    def rnn(x, wx, wh, start):
        h = start
        for step in x:
            h = np.tanh(step @ wx + h @ wh)
        return h

    return rnn


def conv1d_padded():
    @gc.op(
        "(b,t),(k)->(b,o)",
        dims={"t": gc.size(min=1), "k": gc.size(min=1, max=3)},
        params={"pad": st.integers(1, 2)},
    )
    def conv1d_padded(x, w, pad):
        return conv1d_of(x, w, 1, pad)

    return conv1d_padded


def add_same():
    @gc.op("(n),(n)->(n)")
    def add_same(x, y):
        return x + y

    return add_same


def l1():
    return gc.op(name="l1")(lambda x: np.sum(np.abs(x)))


def prod():
    @gc.op
    def prod(x):
        return np.prod(x)

    return prod


def cross_entropy_sum():
    @gc.op(
        "(n,c)->()",
        dims={"n": gc.size(min=1), "c": gc.size(min=1)},
        params={"labels": labels_of, "reduction": st.sampled_from(["mean", "sum"])},
    )
    def cross_entropy_sum(x, labels, reduction="mean"):
        y = x - x.max(axis=1, keepdims=True)
        y = np.log(np.exp(y).sum(axis=1)) - y[np.arange(len(y)), labels]
        return y.mean() if reduction == "mean" else y.sum()

    return cross_entropy_sum


def power():
    @gc.op("(...),(...)->(...)", domains={"a": NONNEGATIVE, "b": gc.real(0, 5)})
    def power(a, b):
        return a**b

    return power


def max_last():
    @gc.op("(...,n)->(...)", dims=BATCH)
    def max_last(x):
        return x.max(axis=-1)

    return max_last


def conv1d_strided():
    @gc.op(
        "(b,t),(k)->(b,o)",
        dims={"t": gc.size(min=3), "k": gc.size(min=1, max=3)},
        params={"stride": st.integers(1, 3)},
    )
    def conv1d_strided(x, w, stride):
        return conv1d_of(x, w, stride, 0)

    return conv1d_strided


def conv1d():
    @gc.op("(b,t),(k)->(b,o)", dims={"t": gc.size(min=3), "k": gc.size(min=1, max=3)})
    def conv1d(x, w):
        return conv1d_of(x, w, 1, 0)

    return conv1d


def max_pool1d():
    @gc.op(
        "(b,t)->(b,o)",
        dims={"t": gc.size(min=3)},
        params={"width": st.integers(1, 3), "stride": st.integers(1, 3)},
    )
    def max_pool1d(x, width, stride):
        return windows(x, width, stride).max(axis=-1)

    return max_pool1d


def sum_axis():
    @gc.op(params={"axis": gc.axis_of("x")})
    def sum_axis(x, axis):
        return x.sum(axis=axis)

    return sum_axis


def diag():
    return gc.op("(m,n)->(k)", name="diag")(lambda x: np.diagonal(x).copy())


def add():
    return gc.op("(...),(...)->(...)", name="add")(lambda a, b: a + b)


def mean_rows():
    return gc.op("(n,d)->(n)", name="mean_rows", dims={"d": gc.size(min=1)})(
        lambda x: x.mean(axis=1)
    )


def matmul():
    return gc.op("(...,m,n),(...,n,p)->(...,m,p)", name="matmul")(lambda a, b: a @ b)


def square():
    return gc.op("(...)->(...)", name="square")(lambda x: x * x)


def scale():
    @gc.op("(n,d),(d)->(n,d)")
    def scale(x, w):
        return x * w

    return scale


def std():
    return gc.op("(...,n)->(...)", name="std", dims=BATCH)(lambda x: x.std(axis=-1))


def rms_norm():
    @gc.op("(...,d),(d)->(...,d)", dims={"d": gc.size(min=1)})
    def rms_norm(x, w, eps=1e-5):
        return x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + eps) * w

    return rms_norm


def softmax():
    return gc.op("(...,n)->(...,n)", name="softmax", dims=BATCH)(softmax_of)


def divide():
    return gc.op("(...),(...)->(...)", name="divide", domains={"b": gc.nonzero()})(
        lambda a, b: a / b
    )


def smooth_l1():
    @gc.op("(n),(n)->(n)")
    def smooth_l1(x, y):
        d = np.abs(x - y)
        return np.where(d < 1, d * d / 2, d - 0.5)

    return smooth_l1


def swiglu():
    @gc.op("(m,n),(m,n)->(m,n)")
    def swiglu(a, b):
        return a * sigmoid_of(a) * b

    return swiglu


def mse():
    @gc.op("(n),(n)->()", dims=BATCH)
    def mse(p, t):
        return np.mean((p - t) ** 2)

    return mse


def exp_or_linear():
    return gc.op("(...)->(...)", name="exp_or_linear")(
        lambda x: np.where(x < 1, np.exp(np.minimum(x, 1)), x + (np.e - 1))
    )


def softplus():
    return gc.op("(...)->(...)", name="softplus")(lambda x: np.logaddexp(0, x))


def cross():
    return gc.op("(...,3),(...,3)->(...,3)", name="cross")(np.cross)


def layer_norm():
    @gc.op("(...,d),(d)->(...,d)", dims={"d": gc.size(min=1)})
    def layer_norm(x, w, eps=1e-5):
        centred = x - x.mean(axis=-1, keepdims=True)
        return w * centred / np.sqrt(np.mean(centred**2, axis=-1, keepdims=True) + eps)

    return layer_norm


def atanh():
    return gc.op("(...)->(...)", name="atanh", domains={"x": gc.real(-1, 1)})(np.arctanh)


def elu():
    @gc.op("(...)->(...)", params={"alpha": st.sampled_from([1.0, 0.5, -0.5])})
    def elu(x, alpha):
        return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))

    return elu


def embedding():
    @gc.op(
        "(v,d)->(n,d)",
        dims={"v": gc.size(min=1)},
        params={"tokens": lambda v: gc.arrays((4,), gc.integers(0, v - 1))},
    )
    def embedding(table, tokens):
        return table[tokens]

    return embedding


def l2_penalty_loss():
    @gc.op("(n,d),(d)->()", dims=BATCH)
    def l2_penalty_loss(x, w):
        return np.mean(x @ w) + np.sum(w * w) / 2

    return l2_penalty_loss


def bce():
    """Binary cross-entropy on probabilities, labels as unsigned bytes."""
    labels = st.integers(0, 2**8 - 1).map(lambda bits: np.array([bits >> i & 1 for i in range(8)]))

    @gc.op(
        "(8)->(8)",
        domains={"p": gc.real(0.01, 0.99)},
        params={"t": labels.map(lambda t: t.astype(np.uint8))},
    )
    def bce(p, t):
        return -np.where(t == 1, np.log(p), np.log1p(-p))

    return bce
