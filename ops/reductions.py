"""Reductions over one axis, several, or all: `axis` as in NumPy, negative ones too.

Going back, a cotangent first gets its reduced axes back with size 1 (`expand`), so that
it broadcasts against the input.
"""

import numpy as np
from hypothesis import strategies as st

import gradcheck as gc

ADJOINTS = "Griewank and Walther (2008), Evaluating Derivatives, 2nd edition, chapter 3"
SUBGRADIENTS = "Boyd and Vandenberghe, Subgradients, lecture notes of EE364b, Stanford"
LOGSUMEXP = (
    "Blanchard, Higham, Higham (2021), Accurately computing the log-sum-exp and softmax "
    "functions, IMA Journal of Numerical Analysis 41(4)"
)

OPTIONS = {"axis": gc.axes_of("x"), "keepdims": st.booleans()}
MATRIX = np.array([[1.0, 2.0, 3.0], [4.0, 6.0, 5.0]])


def expand(y, axis, keepdims):
    """Give a reduced array its reduced axes back, with size 1."""
    return y if keepdims or axis is None else np.expand_dims(y, axis)


@gc.op(
    name="sum",
    tags=("reduction",),
    source=ADJOINTS,
    params=OPTIONS,
    example=gc.call(MATRIX, axis=1),
)
def sum_(x, axis=None, keepdims=False):
    """Sum over axes.

    y = Σᵢ xᵢ  ⇒  ∂L/∂xᵢ = g
    """
    return np.sum(x, axis=axis, keepdims=keepdims)


@sum_.vjp
def _(g, x, axis, keepdims):
    return np.broadcast_to(expand(g, axis, keepdims), x.shape).copy()


@gc.op(
    tags=("reduction",),
    source=ADJOINTS,
    params=OPTIONS,
    example=gc.call(MATRIX, axis=1),
)
def mean(x, axis=None, keepdims=False):
    """Arithmetic mean over axes.

    y = (1/n) Σᵢ xᵢ  ⇒  ∂L/∂xᵢ = g / n,  n the number of entries that one mean is taken of
    """
    return np.mean(x, axis=axis, keepdims=keepdims)


@mean.vjp
def _(g, x, axis, keepdims):
    n = x.size // max(g.size, 1)
    return np.broadcast_to(expand(g, axis, keepdims) / max(n, 1), x.shape).copy()


@gc.op(
    name="max",
    tags=("reduction", "kink"),
    source=SUBGRADIENTS,
    params=OPTIONS,
    example=gc.call(np.array([[1.0, 3.0, 2.0], [4.0, 4.0, 0.0]]), axis=1),
)
def max_(x, axis=None, keepdims=False):
    """Largest entry over axes.

    y = maxᵢ xᵢ  ⇒  ∂L/∂xᵢ = g · [xᵢ = y] / k,  k the number of entries equal to y

    Kink at ties: the k tied entries get equal shares of the cotangent.
    """
    return np.max(x, axis=axis, keepdims=keepdims)


@max_.vjp
def _(g, out, x, axis, keepdims):
    largest = x == expand(out, axis, keepdims)
    share = largest / largest.sum(axis=axis, keepdims=True)  # in float64 whatever x is
    return (expand(g, axis, keepdims) * share).astype(x.dtype)


@gc.op(
    tags=("reduction",),
    source=LOGSUMEXP,
    params={"axis": gc.axes_of("x")},
    example=gc.call(np.array([[0.0, 1.0, 2.0]]), axis=-1),
)
def softmax(x, axis=-1):
    """Exponentials, scaled so that they sum to 1 over axes.

    pᵢ = e^xᵢ / Σⱼ e^xⱼ  ⇒  ∂L/∂xᵢ = pᵢ (gᵢ − Σⱼ gⱼ pⱼ)

    The largest entry is subtracted first, so that nothing overflows. Entries of −∞ get
    p = 0; where all are −∞, all get 0.
    """
    e = np.exp(x - peak(x, axis))
    total = e.sum(axis=axis, keepdims=True)
    return e / np.where(total == 0, 1, total)


@softmax.vjp
def _(g, out, axis):
    return out * (g - np.sum(g * out, axis=axis, keepdims=True))


@softmax.jvp
def _(u, out, axis):
    return out * (u - np.sum(u * out, axis=axis, keepdims=True))


@gc.op(
    tags=("reduction",),
    source=LOGSUMEXP,
    params=OPTIONS,
    example=gc.call(np.array([[0.0, 1.0, 2.0]]), axis=-1),
)
def logsumexp(x, axis=None, keepdims=False):
    """Logarithm of the sum of exponentials, a smooth maximum.

    y = ln Σᵢ e^xᵢ  ⇒  ∂L/∂xᵢ = g · softmax(x)ᵢ

    Computed as m + ln k + ln(1 + r / k): m the largest entry, which occurs k times, and r the
    rest of the sum Σᵢ e^(xᵢ − m). Nothing overflows, and a y near 0 keeps its digits.
    """
    m = peak(x, axis)
    e = np.exp(x - m)
    k = np.sum(e == 1, axis=axis, keepdims=True, dtype=np.result_type(x, np.float32))
    r = np.where(e == 1, 0, e).sum(axis=axis, keepdims=True)
    y = m + np.log(k) + np.log1p(r / np.maximum(k, 1))
    return (y if keepdims else np.squeeze(y, axis)).astype(x.dtype)


@logsumexp.vjp
def _(g, x, axis, keepdims):
    return expand(g, axis, keepdims) * softmax(x, axis=axis)


def peak(x, axis):
    """The largest entry over axes, kept with size 1; 0 where all are −∞ or there is none."""
    m = np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    return np.where(m == -np.inf, 0, m)
