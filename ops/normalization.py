"""Layers that bring their input to zero mean and unit variance."""

import numpy as np
from hypothesis import strategies as st

import gradcheck as gc


@gc.op(
    "(...,d),(d),(d)->(...,d)",
    tags=("nn",),
    source="Ba, Kiros, Hinton (2016), Layer Normalization, arXiv:1607.06450",
    dims={"d": gc.size(min=1)},  # no entries have no mean
    domains={"x": gc.real(-1e100, 1e100)},  # the variance takes squares
    params={"eps": st.sampled_from([1e-5, 1e-3, 0.1])},
    example=gc.call(np.array([[1.0, 2.0, 6.0]]), np.array([1.0, 2.0, 0.5]), np.zeros(3)),
)
def layer_norm(x, gamma, beta, eps=1e-5):
    """Normalisation over the last axis, then a scale and a shift per feature.

    x̂ = (x − μ) / √(σ² + ε),  y = γ x̂ + β  ⇒  ∂L/∂γ = Σ g x̂,  ∂L/∂β = Σ g,
    ∂L/∂x = (a − mean a − x̂ · mean(a x̂)) / √(σ² + ε)  with  a = g γ

    The gradient is a less its parts along 1 and x̂, often all of it but for the last digits:
    hence at least double precision.
    """
    return gamma * normalized(x, eps)[0] + beta


@layer_norm.vjp
def _(g, x, gamma, beta, eps):
    wide = np.result_type(x, np.float64)
    x_hat, deviation = normalized(x.astype(wide), eps)
    a = g.astype(wide) * gamma
    dx = (a - a.mean(-1, keepdims=True) - x_hat * (a * x_hat).mean(-1, keepdims=True)) / deviation
    dgamma = gc.unbroadcast(g * x_hat, gamma.shape)
    return dx.astype(x.dtype), dgamma.astype(x.dtype), gc.unbroadcast(g, beta.shape)


def normalized(x, eps):
    """Return x̂ and the deviation √(σ² + ε) that it was divided by."""
    centered = x - x.mean(-1, keepdims=True)
    deviation = np.sqrt(np.square(centered).mean(-1, keepdims=True) + eps)
    return centered / deviation, deviation
