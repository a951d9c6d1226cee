"""Wrong gradients: what people write at first, and what was once released. Each must fail.

The sentence in a rule says what is wrong with it; `twins.py` has the same ops right.
"""

import numpy as np
import subjects
from subjects import dropout_mask, sigmoid_of, softmax_of, windows

import gradcheck as gc

# First mistakes.


@subjects.affine().vjp
def _(g, x, w):
    """The gradient of the weights is transposed: square layers hide it."""
    return g @ w.T, g.T @ x, g.sum(axis=0)


@subjects.relu().vjp
def _(g):
    """The mask comes from the cotangent, not from the input."""
    return g * (g > 0)


@subjects.softmax_loss().vjp
def _(g, x, labels):
    """The mean of the forward is forgotten: one sample hides it."""
    return g * (softmax_of(x) - np.eye(x.shape[1])[labels])


@subjects.batch_norm().vjp
def _(g, x, gamma, eps):
    """eps stands outside of the root: off by a few millionths at unit variance."""
    root = np.sqrt(x.var(axis=0)) + eps
    h = (x - x.mean(axis=0)) / root
    dh = g * gamma
    dx = (dh - dh.mean(axis=0) - h * (dh * h).mean(axis=0)) / root
    return dx, (g * h).sum(axis=0), g.sum(axis=0)


@subjects.dropout().vjp
def _(g, x, keep, seed):
    """What was kept is not scaled by 1 / keep."""
    return g * dropout_mask(x, keep, seed)


@subjects.centre_rows().vjp
def _(g):
    """keepdims is missing: raises, or where n = d subtracts the wrong means."""
    return g - g.mean(axis=1)


@subjects.rnn().vjp
def _(g, x, wx, wh, start):
    """The gradients of the weights are those of one step, not their sum over steps."""
    states = [start]
    for step in x:
        states.append(np.tanh(step @ wx + states[-1] @ wh))
    dx, dwx, dwh = np.zeros_like(x), np.zeros_like(wx), np.zeros_like(wh)
    for t in reversed(range(len(x))):
        inner = g * (1 - states[t + 1] ** 2)
        dx[t] = wx @ inner
        dwx = np.outer(x[t], inner)
        dwh = np.outer(states[t], inner)
        g = wh @ inner
    return dx, dwx, dwh, g.copy()


@subjects.conv1d_padded().vjp
def _(g, x, w, pad):
    """The padding is not cropped."""
    padded = np.pad(x, ((0, 0), (pad, pad)))
    dx = np.zeros_like(padded)
    for k in range(w.size):
        dx[:, k : k + g.shape[1]] += g * w[k]
    return dx, np.einsum("bt,btk->k", g, windows(padded, w.size, 1))


@subjects.add_same().vjp
def _(g):
    """Both inputs get the very same array."""
    dx = g.copy()
    return dx, dx


@subjects.l1().vjp
def _(g, x):
    """The sign for negative entries is forgotten."""
    return np.full_like(x, g)


# Mistakes that were released.


@subjects.prod().vjp
def _(g, x, out):
    """Divides by each entry: 0 / 0 where one is zero."""
    return g * out / x


@subjects.cross_entropy_sum().vjp
def _(g, x, labels):
    """Divides by the batch for the sum, too."""
    return g * (softmax_of(x) - np.eye(x.shape[1])[labels]) / len(x)


@subjects.power().vjp
def _(g, a, b, out):
    """0 · −∞ for the exponent where the base is zero."""
    return gc.unbroadcast(g * b * a ** (b - 1), a.shape), gc.unbroadcast(
        g * out * np.log(a), b.shape
    )


@subjects.max_last().vjp
def _(g, x, out):
    """Whatever is close to the largest entry counts as the largest."""
    near = np.isclose(x, out[..., None], rtol=0, atol=1e-2)
    return g[..., None] * near / near.sum(axis=-1, keepdims=True)


@subjects.conv1d_strided().vjp
def _(g, x, w, stride):
    """Too short where the stride does not divide."""
    dx = np.zeros((len(x), (g.shape[1] - 1) * stride + w.size))
    for k in range(w.size):
        dx[:, k : k + stride * g.shape[1] : stride] += g * w[k]
    return dx, np.einsum("bt,btk->k", g, windows(x, w.size, stride))


@subjects.conv1d().vjp
def _(g, x, w):
    """The gradient of the kernel is an average."""
    dx = np.zeros_like(x)
    for k in range(w.size):
        dx[:, k : k + g.shape[1]] += g * w[k]
    return dx, np.einsum("bt,btk->k", g, windows(x, w.size, 1)) / max(g.size, 1)


@subjects.max_pool1d().vjp
def _(g, x, width, stride):
    """Written, not added: an entry that wins two windows keeps one cotangent."""
    dx = np.zeros_like(x)
    winner = windows(x, width, stride).argmax(axis=-1) + stride * np.arange(g.shape[1])
    np.put_along_axis(dx, winner, g, axis=1)
    return dx


@subjects.sum_axis().vjp
def _(g, x, axis):
    """A negative axis slices the wrong shape."""
    shape = (*x.shape[:axis], 1, *x.shape[axis + 1 :])
    return np.broadcast_to(g.reshape(shape), x.shape).copy()


@subjects.diag().vjp
def _(g):
    """Square whatever the input was."""
    return np.diag(g)


@subjects.add().vjp
def _(g):
    """The sum over broadcast axes is missing."""
    return g.copy(), g.copy()


@subjects.mean_rows().vjp
def _(g, x, out):
    """Divides by the size of the output."""
    return np.broadcast_to(g[:, None] / max(out.size, 1), x.shape).copy()


@subjects.matmul().vjp
def _(g, a, b):
    """The sum over the batch axes of a broadcast operand is missing."""
    return g @ b.mT, a.mT @ g


@subjects.square().vjp
def _(g, x):
    """Reads the cotangent in memory order."""
    return 2 * x * g.ravel(order="K").reshape(g.shape)


@subjects.scale().vjp
def _(g, x, w):
    """The gradient of x is computed in the cotangent's buffer, which w then reads."""
    g *= w
    return g.copy(), (g * x).sum(axis=0)


@subjects.std().vjp
def _(g, x, out):
    """0 / 0 where a row is constant."""
    centred = x - x.mean(axis=-1, keepdims=True)
    return g[..., None] * centred / (x.shape[-1] * out[..., None])


@subjects.rms_norm().vjp
def _(g, x, w, eps):
    """The gradient of x forgets the weights."""
    r = 1 / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + eps)
    h = x * r
    dx = r * (g - h * np.mean(g * h, axis=-1, keepdims=True))
    return dx, gc.unbroadcast(g * h, w.shape)


@subjects.softmax().vjp
def _(g, out):
    """Only the diagonal of the Jacobian."""
    return g * out * (1 - out)


@subjects.divide().vjp
def _(g, a, b):
    """b² over- or underflows long before a / b² does."""
    return gc.unbroadcast(g / b, a.shape), gc.unbroadcast(-g * a / (b * b), b.shape)


@subjects.smooth_l1().vjp
def _(g, x, y):
    """The signed difference is compared with the threshold."""
    d = x - y
    dx = g * np.where(d < 1, d, np.sign(d))
    return dx, -dx


@subjects.swiglu().vjp
def _(g, a, b):
    """Each gradient is stored in the other's place."""
    s = sigmoid_of(a)
    return g * a * s, g * b * s * (1 + a * sigmoid_of(-a))


@subjects.mse().vjp
def _(g, p, t):
    """The 2 of the power is forgotten."""
    dp = g * (p - t) / p.size
    return dp, -dp


@subjects.exp_or_linear().vjp
def _(g, x):
    """Masks after the exponential: 0 · ∞ where it overflows."""
    return (x < 1) * g * np.exp(x) + (x >= 1) * g


@subjects.softplus().vjp
def _(g, x):
    """∞ / ∞ where the exponential overflows."""
    return g * np.exp(x) / (1 + np.exp(x))


@subjects.cross().vjp
def _(g, a, b):
    """The second product is the wrong way round."""
    return gc.unbroadcast(np.cross(b, g), a.shape), gc.unbroadcast(np.cross(a, g), b.shape)


@subjects.layer_norm().vjp
def _(g, x, w, eps):
    """Counts rows by the first axis: three axes are too many."""
    n = x.size // max(len(x), 1) if x.ndim > 1 else x.size
    centred = x - x.mean(axis=-1, keepdims=True)
    r = 1 / np.sqrt(np.mean(centred**2, axis=-1, keepdims=True) + eps)
    h, dh = centred * r, g * w
    total = dh.sum(axis=-1, keepdims=True), (dh * h).sum(axis=-1, keepdims=True)
    return r * (dh - total[0] / max(n, 1) - h * total[1] / max(n, 1)), gc.unbroadcast(
        g * h, w.shape
    )


@subjects.atanh().vjp
def _(g, x):
    """NaN where the cotangent is zero."""
    return np.where(g == 0, np.nan, g / ((1 - x) * (1 + x)))


@subjects.elu().vjp
def _(g, out, alpha):
    """Takes the branch from the output, whose sign depends on alpha."""
    return np.where(out > 0, g, g * (out + alpha))


@subjects.embedding().vjp
def _(g, table, tokens):
    """Written, not added: a token that occurs twice keeps one cotangent."""
    d = np.zeros_like(table)
    d[tokens] = g
    return d


@subjects.l2_penalty_loss().vjp
def _(g, x, w):
    """The penalty does not see the cotangent."""
    return g * np.tile(w, (len(x), 1)) / len(x), g * x.mean(axis=0) + w


@subjects.bce().vjp
def _(g, p, t):
    """−t wraps around in unsigned bytes."""
    return g * np.where(t == 1, -t / p, (1 - t) / (1 - p))
