"""Normalization layers. The gradient of rms_norm is wrong, on purpose: see the README."""

import numpy as np

import gradcheck as gc

EPSILON = 1e-5


@gc.op("(n,d),(d)->(n,d)", tags=("normalization",))
def rms_norm(x, scale):
    """Divide each row by its root mean square.

    r = √(mean(x²) + ε), h = x / r, y = scale · h
    ⇒  z = g · scale, ∂L/∂x = (z − h · mean(z h)) / r, ∂L/∂scale = Σ g h
    """
    return scale * x / _rms(x)


@rms_norm.vjp
def _(g, x, scale):
    r = _rms(x)
    h, z = x / r, g * scale
    return z / r, (g * h).sum(axis=0)  # forgets that r depends on x


def _rms(x):
    return np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + EPSILON)
