"""Arithmetic of two arrays that broadcast against each other.

An entry that broadcasting repeats gets the sum over its copies. `.derivative` rules leave
that to the library; vjp rules call `gc.unbroadcast`.
"""

import numpy as np

import gradcheck as gc

BROADCASTING = (
    "NumPy user guide, Broadcasting: https://numpy.org/doc/stable/user/basics.broadcasting.html"
)
ADJOINTS = "Griewank and Walther (2008), Evaluating Derivatives, 2nd edition, chapter 3"
POWERS = "NIST Digital Library of Mathematical Functions, section 4.7"
SUBGRADIENTS = "Boyd and Vandenberghe, Subgradients, lecture notes of EE364b, Stanford"

MATRIX = np.array([[1.0, 2.0], [3.0, 4.0]])
ROW = np.array([5.0, 6.0])


@gc.op(
    "(...),(...)->(...)",
    tags=("arithmetic", "elementwise"),
    source=BROADCASTING,
    example=gc.call(MATRIX, ROW),
)
def add(x, y):
    """Sum of two arrays.

    z = x + y  ⇒  ∂L/∂x = g,  ∂L/∂y = g,  each summed over the axes it was broadcast along
    """
    return x + y


@add.vjp
def _(g, x, y):
    return gc.unbroadcast(g, x.shape), gc.unbroadcast(g, y.shape)


@gc.op(
    "(...),(...)->(...)",
    tags=("arithmetic", "elementwise"),
    source=BROADCASTING,
    example=gc.call(MATRIX, ROW),
)
def subtract(x, y):
    """Difference of two arrays.

    z = x − y  ⇒  ∂L/∂x = g,  ∂L/∂y = −g,  each summed over the axes it was broadcast along
    """
    return x - y


@subtract.vjp
def _(g, x, y):
    return gc.unbroadcast(g, x.shape), gc.unbroadcast(-g, y.shape)


@gc.op(
    "(...),(...)->(...)",
    tags=("arithmetic", "elementwise"),
    source=ADJOINTS,
    example=gc.call(MATRIX, ROW),
)
def multiply(x, y):
    """Product of two arrays, entry by entry.

    z = x y  ⇒  ∂L/∂x = g · y,  ∂L/∂y = g · x
    """
    return x * y


@multiply.derivative
def _(x, y):
    return y, x


@gc.op(
    "(...),(...)->(...)",
    tags=("arithmetic", "elementwise"),
    source=ADJOINTS,
    domains={"y": gc.nonzero()},  # a pole at y = 0
    example=gc.call(MATRIX, np.array([2.0, 4.0])),
)
def divide(x, y):
    """Quotient of two arrays.

    z = x / y  ⇒  ∂L/∂x = g / y,  ∂L/∂y = −g · z / y

    Written with z = x / y because y² over- and underflows where z / y does not.
    """
    return x / y


@divide.vjp
def _(g, out, x, y):
    dx = g / y.conj()
    return gc.unbroadcast(dx, x.shape), gc.unbroadcast(-dx * out.conj(), y.shape)


@gc.op(
    "(...),(...)->(...)",
    tags=("arithmetic", "elementwise"),
    source=POWERS,
    domains={"x": gc.positive()},  # for x < 0 only whole y give a real power
    example=gc.call(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([2.0, 0.5])),
)
def power(x, y):
    """Power of one array by another.

    z = xʸ  ⇒  ∂L/∂x = g · y xʸ⁻¹,  ∂L/∂y = g · z ln x

    At x = 0 the limits are taken: y xʸ⁻¹ is 0 for y = 0, and z ln x is 0. Where g = 0 the
    gradient is 0, also where xʸ⁻¹ overflows.
    """
    return x**y


@power.vjp
def _(g, out, x, y):
    # xʸ⁻¹ may overflow in half precision where y xʸ⁻¹ does not.
    wide = x.astype(np.result_type(x, np.float32))
    slope = (y * wide ** np.where(y == 0, 0, y - 1)).astype(g.dtype)
    dx = np.multiply(g, slope, out=np.zeros_like(g), where=g != 0)
    dy = g * out * np.log(np.where(x == 0, 1, x))
    return gc.unbroadcast(dx, x.shape), gc.unbroadcast(dy, y.shape)


@gc.op(
    "(...),(...)->(...)",
    tags=("arithmetic", "elementwise", "kink"),
    source=SUBGRADIENTS,
    example=gc.call(MATRIX, np.array([2.0, 2.0])),
)
def maximum(x, y):
    """Larger of two arrays, entry by entry.

    z = max(x, y)  ⇒  ∂L/∂x = g · [x ≥ y],  ∂L/∂y = g · [x < y]

    Kink at ties: the first argument gets the whole cotangent.
    """
    return np.maximum(x, y)


@maximum.derivative
def _(x, y):
    return x >= y, x < y
