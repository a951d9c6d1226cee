"""Activation functions."""

import numpy as np

import gradcheck as gc


@gc.op("(...)->(...)", tags=("activation",))
def swish(x):
    """Swish, also called SiLU.

    y = x s, s = 1 / (1 + e⁻ˣ)  ⇒  ∂L/∂x = g · s (1 + x (1 − s))
    """
    return x * _sigmoid(x)


@swish.derivative
def _(x):
    s = _sigmoid(x)
    return s * (1 + x * _sigmoid(-x))


@gc.op("(...)->(...)", tags=("activation",))
def leaky_relu(x):
    """Rectifier that lets a hundredth through below zero.

    y = x for x > 0, else x / 100  ⇒  ∂L/∂x = g or g / 100
    """
    return np.where(x > 0, x, 0.01 * x)


@leaky_relu.derivative
def _(x):
    return np.where(x > 0, 1.0, 0.01)


def _sigmoid(x):
    """1 / (1 + e⁻ˣ), without overflow for a large negative x."""
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)
