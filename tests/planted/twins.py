"""The right gradients of the ops in `bugs.py`. Each must pass."""

import numpy as np
import subjects
from subjects import dropout_mask, sigmoid_of, softmax_of, windows

import gradcheck as gc


@subjects.affine().vjp
def _(g, x, w):
    return g @ w.T, x.T @ g, g.sum(axis=0)


@subjects.relu().vjp
def _(g, x):
    return g * (x > 0)


@subjects.softmax_loss().vjp
def _(g, x, labels):
    return g * (softmax_of(x) - np.eye(x.shape[1])[labels]) / len(x)


@subjects.batch_norm().vjp
def _(g, x, gamma, eps):
    root = np.sqrt(x.var(axis=0) + eps)
    h = (x - x.mean(axis=0)) / root
    dh = g * gamma
    dx = (dh - dh.mean(axis=0) - h * (dh * h).mean(axis=0)) / root
    return dx, (g * h).sum(axis=0), g.sum(axis=0)


@subjects.dropout().vjp
def _(g, x, keep, seed):
    return g * dropout_mask(x, keep, seed) / keep


@subjects.centre_rows().vjp
def _(g):
    return g - g.mean(axis=1, keepdims=True)


@subjects.rnn().vjp
def _(g, x, wx, wh, start):
    states = [start]
    for step in x:
        states.append(np.tanh(step @ wx + states[-1] @ wh))
    dx, dwx, dwh = np.zeros_like(x), np.zeros_like(wx), np.zeros_like(wh)
    for t in reversed(range(len(x))):
        inner = g * (1 - states[t + 1] ** 2)
        dx[t] = wx @ inner
        dwx += np.outer(x[t], inner)
        dwh += np.outer(states[t], inner)
        g = wh @ inner
    return dx, dwx, dwh, g.copy()


@subjects.conv1d_padded().vjp
def _(g, x, w, pad):
    padded = np.pad(x, ((0, 0), (pad, pad)))
    dx = np.zeros_like(padded)
    for k in range(w.size):
        dx[:, k : k + g.shape[1]] += g * w[k]
    return dx[:, pad:-pad].copy(), np.einsum("bt,btk->k", g, windows(padded, w.size, 1))


@subjects.add_same().vjp
def _(g):
    return g.copy(), g.copy()


@subjects.l1().vjp
def _(g, x):
    return g * np.sign(x)


@subjects.prod().vjp
def _(g, x):
    flat = x.ravel()
    others = [np.prod(np.delete(flat, k)) for k in range(x.size)]
    return g * np.array(others, x.dtype).reshape(x.shape)


@subjects.cross_entropy_sum().vjp
def _(g, x, labels, reduction):
    share = len(x) if reduction == "mean" else 1
    return g * (softmax_of(x) - np.eye(x.shape[1])[labels]) / share


@subjects.power().vjp
def _(g, a, b, out):
    logs = np.log(a, out=np.zeros_like(a), where=a > 0)
    return gc.unbroadcast(g * b * a ** (b - 1), a.shape), gc.unbroadcast(g * out * logs, b.shape)


@subjects.max_last().vjp
def _(g, x, out):
    largest = x == out[..., None]
    return g[..., None] * largest / largest.sum(axis=-1, keepdims=True)


@subjects.conv1d_strided().vjp
def _(g, x, w, stride):
    dx = np.zeros_like(x)
    for k in range(w.size):
        dx[:, k : k + stride * g.shape[1] : stride] += g * w[k]
    return dx, np.einsum("bt,btk->k", g, windows(x, w.size, stride))


@subjects.conv1d().vjp
def _(g, x, w):
    dx = np.zeros_like(x)
    for k in range(w.size):
        dx[:, k : k + g.shape[1]] += g * w[k]
    return dx, np.einsum("bt,btk->k", g, windows(x, w.size, 1))


@subjects.max_pool1d().vjp
def _(g, x, width, stride):
    dx = np.zeros_like(x)
    winner = windows(x, width, stride).argmax(axis=-1) + stride * np.arange(g.shape[1])
    np.add.at(dx, (np.arange(len(x))[:, None], winner), g)
    return dx


@subjects.sum_axis().vjp
def _(g, x, axis):
    return np.broadcast_to(np.expand_dims(g, axis), x.shape).copy()


@subjects.diag().vjp
def _(g, x):
    dx = np.zeros_like(x)
    np.fill_diagonal(dx[: g.size, : g.size], g)
    return dx


@subjects.add().vjp
def _(g, a, b):
    return gc.unbroadcast(g, a.shape).copy(), gc.unbroadcast(g, b.shape).copy()


@subjects.mean_rows().vjp
def _(g, x):
    return np.broadcast_to(g[:, None] / x.shape[1], x.shape).copy()


@subjects.matmul().vjp
def _(g, a, b):
    return gc.unbroadcast(g @ b.mT, a.shape), gc.unbroadcast(a.mT @ g, b.shape)


@subjects.square().vjp
def _(g, x):
    return 2 * x * g


@subjects.scale().vjp
def _(g, x, w):
    return g * w, (g * x).sum(axis=0)


@subjects.std().vjp
def _(g, x):
    centred = x - x.mean(axis=-1, keepdims=True)
    centred[(x == x[..., :1]).all(axis=-1)] = 0  # where rounding of the mean would leave a rest
    length = np.sqrt(x.shape[-1]) * np.sqrt((centred**2).sum(axis=-1, keepdims=True))
    return g[..., None] * np.divide(centred, length, out=np.zeros_like(x), where=length > 0)


@subjects.rms_norm().vjp
def _(g, x, w, eps):
    r = 1 / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + eps)
    h, dh = x * r, g * w
    dx = r * (dh - h * np.mean(dh * h, axis=-1, keepdims=True))
    return dx, gc.unbroadcast(g * h, w.shape)


@subjects.softmax().vjp
def _(g, out):
    return out * (g - (g * out).sum(axis=-1, keepdims=True))


@subjects.divide().vjp
def _(g, a, b):
    return gc.unbroadcast(g / b, a.shape), gc.unbroadcast(-(g / b) * (a / b), b.shape)


@subjects.smooth_l1().vjp
def _(g, x, y):
    d = x - y
    dx = g * np.where(np.abs(d) < 1, d, np.sign(d))
    return dx, -dx


@subjects.swiglu().vjp
def _(g, a, b):
    s = sigmoid_of(a)
    return g * b * s * (1 + a * sigmoid_of(-a)), g * a * s


@subjects.mse().vjp
def _(g, p, t):
    dp = 2 * g * (p - t) / p.size
    return dp, -dp


@subjects.exp_or_linear().vjp
def _(g, x):
    return g * np.where(x < 1, np.exp(np.minimum(x, 1)), 1)


@subjects.softplus().vjp
def _(g, x):
    return g * sigmoid_of(x)


@subjects.cross().vjp
def _(g, a, b):
    return gc.unbroadcast(np.cross(b, g), a.shape), gc.unbroadcast(np.cross(g, a), b.shape)


@subjects.layer_norm().vjp
def _(g, x, w, eps):
    centred = x - x.mean(axis=-1, keepdims=True)
    r = 1 / np.sqrt(np.mean(centred**2, axis=-1, keepdims=True) + eps)
    h, dh = centred * r, g * w
    mean, along = dh.mean(axis=-1, keepdims=True), (dh * h).mean(axis=-1, keepdims=True)
    return r * (dh - mean - h * along), gc.unbroadcast(g * h, w.shape)


@subjects.atanh().vjp
def _(g, x):
    return g / ((1 - x) * (1 + x))


@subjects.elu().vjp
def _(g, x, alpha):
    return g * np.where(x > 0, 1, alpha * np.exp(np.minimum(x, 0)))


@subjects.embedding().vjp
def _(g, table, tokens):
    d = np.zeros_like(table)
    np.add.at(d, tokens, g)
    return d


@subjects.l2_penalty_loss().vjp
def _(g, x, w):
    return g * np.tile(w, (len(x), 1)) / len(x), g * (x.mean(axis=0) + w)


@subjects.bce().vjp
def _(g, p, t):
    return g * np.where(t == 1, -1 / p, 1 / (1 - p))
