"""Small forwards that wrong gradients are written for."""

import numpy as np
from hypothesis import strategies as st

import gradcheck as gc

RIGHT = "the right gradient"


def of(signature, forward, **spec):
    return gc.op(signature, name="op", **spec)(forward)


def product():
    return of("(n,d),(n,d)->(n,d)", lambda x, w: x * w)


def matrices():
    return of("(n,d),(d,m)->(n,m)", lambda x, w: x @ w)


def columns():
    return of("(n,d),(d)->(n,d)", lambda x, w: x * w)


def running_sum():
    return of("(n)->(n)", lambda x: np.cumsum(x, axis=0))


def picked():
    return of(
        "(v)->(k)",
        lambda x, index: x[index],
        dims={"v": gc.size(min=1)},
        params={"index": lambda v: gc.arrays((5,), gc.integers(0, v - 1))},
    )


def mean_rows():
    return of("(n,d)->(n)", lambda x: x.mean(axis=1), dims={"d": gc.size(min=1)})


def scaled():
    def forward(x, factor):
        return x * factor

    return of("(n)->(n)", forward, params={"factor": st.sampled_from([0.3, 0.7, 1.9])})


def reduced():
    def forward(x, reduction="mean"):
        return x.mean() if reduction == "mean" else x.sum()

    options = st.sampled_from(["mean", "sum"])
    return of("(n)->()", forward, dims={"n": gc.size(min=1)}, params={"reduction": options})


def square_matrices():
    return of("(n,n)->(n,n)", lambda x: x * x)


def pair():
    return of("(n)->(n),(n)", lambda x: (np.sin(x), x * x))


def elementwise(function):
    return of("(...)->(...)", function, domains={"x": gc.real(-3, 3)})


def layer():
    return of("(n,d),(d,m)->(n,m)", lambda x, w: np.tanh(x @ w), domains={"x": gc.real(-1, 1)})


def picked_gradient(g, x, index, write):
    d = np.zeros_like(x)
    write(d, index, g)
    return d


def assigned(d, index, g):
    d[index] = g


def assigned_backwards(d, index, g):
    d[index[::-1]] = g[::-1]


def with_vjp(make, rule):
    """An op with a rule for its gradient."""
    spec = make()
    spec.vjp(rule)
    return spec
