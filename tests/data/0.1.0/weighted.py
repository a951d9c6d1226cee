"""Ops whose failures were stored by an earlier gradcheck."""

from hypothesis import strategies as st

import gradcheck as gc


@gc.op(
    "(...,n),(n)->(...)",
    domains={"x": gc.positive(), "w": gc.distinct()},
    params={"power": st.sampled_from([1, 2]), "mode": st.sampled_from(["sum", None])},
)
def weighted(x, w, power=1, mode=None):
    return (x**power * w).sum(-1)


@weighted.vjp
def _(g, x, w, power=1, mode=None):
    dx = g[..., None] * power * x ** (power - 1) * w
    dw = (g[..., None] * x).reshape(-1, w.size).sum(0)  # wrong where power is 2
    return dx, dw
