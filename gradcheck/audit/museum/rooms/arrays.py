"""Arrays as such: their memory order, who owns them, and which of them is which."""

import numpy as np

import gradcheck as gc
from gradcheck.audit.museum.exhibits import bug


@bug(
    "R45",
    "Reads the cotangent in the order of its memory, whatever its strides say.",
    cited=(
        "deeplearning4j/deeplearning4j#8077",
        "Dao-AILab/flash-attention#355",
        "torch/nn#345",
        "fla-org/flash-linear-attention#871",
        "flagos-ai/FlagGems#1084",
        "huggingface/candle#3735",
        "pytorch/pytorch#1933",
    ),
    exposed_by="a cotangent that is transposed or Fortran-ordered",
    op=gc.op("(...)->(...)"),
)
def square(x):
    """x²."""
    return x * x


@square.wrong.vjp
def _(g, x):
    return 2 * x * g.ravel(order="K").reshape(g.shape)


@square.right.vjp
def _(g, x):
    return 2 * x * g


@bug(
    "R47",
    "Computes one gradient in the buffer of the cotangent, which the other then reads.",
    cited=("unslothai/unsloth#4550", "apache/mxnet#18203"),
    exposed_by="two gradients of one cotangent, or whoever else holds it",
    op=gc.op("(n,d),(d)->(n,d)"),
)
def scale(x, w):
    """Columns of x, times weights."""
    return x * w


@scale.wrong.vjp
def _(g, x, w):
    g *= w
    return g.copy(), (g * x).sum(axis=0)


@scale.right.vjp
def _(g, x, w):
    return g * w, (g * x).sum(axis=0)


@bug(
    "R49",
    "Collects gradients by the value of each input, so that equal inputs share one entry.",
    cited=("tinygrad/tinygrad#9597",),
    exposed_by="two inputs with equal values",
    op=gc.op("(n),(n)->(n)"),
)
def product(x, y):
    """Product of two vectors, entry by entry."""
    return x * y


@product.wrong.vjp
def _(g, x, y):
    keys = x.tobytes(), y.tobytes()
    sums = dict.fromkeys(keys, np.zeros_like(g))
    for key, gradient in zip(keys, (g * y, g * x), strict=True):
        sums[key] = sums[key] + gradient
    return tuple(sums[key].copy() for key in keys)


@product.right.vjp
def _(g, x, y):
    return g * y, g * x
