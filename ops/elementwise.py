"""Functions of each entry by itself: out[i] = f(x[i]).

Most rules give the local derivative f′(x); the library multiplies it by the cotangent.
Where that product could overflow or be 0 · ∞, the rule is a vjp, which orders the factors
and conjugates the slope, as the library does otherwise.
"""

import numpy as np

import gradcheck as gc

POWERS = "NIST Digital Library of Mathematical Functions, section 4.7"
TRIGONOMETRIC = "NIST Digital Library of Mathematical Functions, section 4.20"
HYPERBOLIC = "NIST Digital Library of Mathematical Functions, section 4.34"
LOGISTIC = "Goodfellow, Bengio, Courville (2016), Deep Learning, section 3.10"
RECTIFIER = "Goodfellow, Bengio, Courville (2016), Deep Learning, section 6.3.1"
SUBGRADIENTS = "Boyd and Vandenberghe, Subgradients, lecture notes of EE364b, Stanford"


@gc.op(
    "(...)->(...)",
    tags=("elementwise",),
    source=POWERS,
    example=gc.call(np.array([0.0, 1.0, 2.0])),
)
def exp(x):
    """Exponential function.

    y = eˣ  ⇒  ∂L/∂x = g · y
    """
    return np.exp(x)


@exp.derivative
def _(out):
    return out


@gc.op(
    "(...)->(...)",
    tags=("elementwise",),
    source=POWERS,
    domains={"x": gc.positive()},  # no real logarithm at 0 and below
    example=gc.call(np.array([0.5, 1.0, 2.0])),
)
def log(x):
    """Natural logarithm.

    y = ln x  ⇒  ∂L/∂x = g / x
    """
    return np.log(x)


@log.vjp
def _(g, x):
    return g / x.conj()


@gc.op(
    "(...)->(...)",
    tags=("elementwise",),
    source=POWERS,
    domains={"x": gc.positive()},  # the slope at 0 is infinite
    example=gc.call(np.array([1.0, 4.0, 9.0])),
)
def sqrt(x):
    """Square root.

    y = √x  ⇒  ∂L/∂x = g / (2 y)

    Where g = 0 the gradient is 0, also at x = 0, where the formula would say 0 / 0.
    """
    return np.sqrt(x)


@sqrt.vjp
def _(g, out):
    return np.divide(g, 2 * out.conj(), out=np.zeros_like(g), where=g != 0)


@gc.op(
    "(...)->(...)",
    tags=("elementwise",),
    source=POWERS,
    example=gc.call(np.array([-1.0, 2.0, 3.0])),
)
def square(x):
    """Square.

    y = x²  ⇒  ∂L/∂x = g · 2 x
    """
    return np.square(x)


@square.derivative
def _(x):
    return 2 * x


@gc.op(
    "(...)->(...)",
    tags=("elementwise",),
    source=POWERS,
    domains={"x": gc.nonzero()},  # a pole at 0
    example=gc.call(np.array([-2.0, 0.5, 4.0])),
)
def reciprocal(x):
    """Reciprocal.

    y = 1 / x  ⇒  ∂L/∂x = −g · y²

    One factor y at a time: y² alone overflows long before g · y² does.
    """
    return np.reciprocal(x)


@reciprocal.vjp
def _(g, out):
    slope = out.conj()
    return -(g * slope) * slope


@gc.op(
    "(...)->(...)",
    tags=("elementwise",),
    source=TRIGONOMETRIC,
    example=gc.call(np.array([0.0, 0.5, 2.0])),
)
def sin(x):
    """Sine of an angle in radians.

    y = sin x  ⇒  ∂L/∂x = g · cos x
    """
    return np.sin(x)


@sin.derivative
def _(x):
    return np.cos(x)


@sin.jvp
def _(u, x):
    return u * np.cos(x)


@gc.op(
    "(...)->(...)",
    tags=("elementwise",),
    source=TRIGONOMETRIC,
    example=gc.call(np.array([0.0, 0.5, 2.0])),
)
def cos(x):
    """Cosine of an angle in radians.

    y = cos x  ⇒  ∂L/∂x = −g · sin x
    """
    return np.cos(x)


@cos.derivative
def _(x):
    return -np.sin(x)


@gc.op(
    "(...)->(...)",
    tags=("elementwise",),
    source=LOGISTIC,
    example=gc.call(np.array([1.0, 2.0, 3.0])),
)
def sigmoid(x):
    """Logistic function.

    s(x) = 1 / (1 + e⁻ˣ)  ⇒  ∂L/∂x = g · s(x) (1 − s(x)) = g · s(x) s(−x)

    Only e^−|x| is computed, which never overflows; s(−x) is 1 − s(x) without cancellation.
    """
    e = np.exp(-abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


@sigmoid.derivative
def _(out, x):
    return out * sigmoid(-x)


@gc.op(
    "(...)->(...)",
    tags=("elementwise",),
    source=HYPERBOLIC,
    example=gc.call(np.array([-1.0, 0.0, 2.0])),
)
def tanh(x):
    """Hyperbolic tangent.

    y = tanh x  ⇒  ∂L/∂x = g (1 − y²) = g · 4 s(2x) s(−2x),  s the logistic function

    The second form keeps its digits where y is so near ±1 that 1 − y² has none left.
    """
    return np.tanh(x)


@tanh.derivative
def _(x):
    return 4 * sigmoid(2 * x) * sigmoid(-2 * x)


@gc.op(
    "(...)->(...)",
    tags=("elementwise",),
    source=LOGISTIC,
    example=gc.call(np.array([-1.0, 0.0, 2.0])),
)
def softplus(x):
    """Smooth maximum of 0 and x.

    y = ln(1 + eˣ)  ⇒  ∂L/∂x = g · s(x),  s the logistic function
    """
    return np.logaddexp(0, x)


@softplus.derivative
def _(x):
    return sigmoid(x)


@gc.op(
    "(...)->(...)",
    tags=("elementwise", "kink"),
    source=RECTIFIER,
    example=gc.call(np.array([-1.0, 0.0, 2.0])),
)
def relu(x):
    """Rectified linear unit.

    y = max(x, 0)  ⇒  ∂L/∂x = g · [x > 0]

    Kink at x = 0: the slopes are 0 and 1; this rule takes 0.
    """
    return np.maximum(x, 0)


@relu.derivative
def _(x):
    return x > 0


@gc.op(
    "(...)->(...)",
    tags=("elementwise", "kink"),
    source=SUBGRADIENTS,
    example=gc.call(np.array([-2.0, 0.0, 3.0])),
)
def absolute(x):
    """Absolute value.

    y = |x|  ⇒  ∂L/∂x = g · sign x

    Kink at x = 0: the slopes are −1 and 1; this rule takes 0.
    """
    return np.abs(x)


@absolute.derivative
def _(x):
    return np.sign(x)
