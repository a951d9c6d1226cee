"""Reductions and scans along an axis."""

import numpy as np

import gradcheck as gc
from gradcheck.audit.museum.exhibits import bug
from gradcheck.audit.museum.rooms.common import SOME_ROWS

FEW = {"n": gc.size(max=20)}  # of many numbers the product overflows or vanishes


def product_of_others(x):
    """For each entry the product of all others along the last axis: before it and after it."""
    before, after = np.ones_like(x), np.ones_like(x)
    np.cumprod(x[..., :-1], axis=-1, out=before[..., 1:])
    np.cumprod(x[..., :0:-1], axis=-1, out=after[..., -2::-1])
    both = (before != 0) & (after != 0)  # else zero, though the other one may overflow
    return np.multiply(before, after, out=np.zeros_like(x), where=both)


@bug(
    "R01",
    "Divides the product by each factor: 0 / 0 where one of them is zero.",
    cited=(
        "pytorch/pytorch#773",
        "apache/mxnet#17864",
        "tinygrad/tinygrad#17404",
        "tracel-ai/burn#5533",
        "tenstorrent/tt-metal#54551",
    ),
    exposed_by="an exact zero among the factors, or two",
    op=gc.op("(...,n)->(...)", dims=FEW),
)
def prod(x):
    """Product along the last axis."""
    return x.prod(axis=-1)


@prod.wrong.vjp
def _(g, x, out):
    return (g * out)[..., None] / x


@prod.right.vjp
def _(g, x):
    return g[..., None] * product_of_others(x)


@bug(
    "R03",
    "Never uses the cotangent.",
    cited=("pytorch/pytorch#995", "sherjilozair/ctc#2"),
    exposed_by="a cotangent other than 1",
    op=gc.op("(n)->()", dims=FEW, domains={"x": gc.nonzero()}),
)
def prod_nonzero(x):
    """Product of a vector without zeros."""
    return x.prod()


@prod_nonzero.wrong.vjp
def _(_g, x, out):
    return out / x


@prod_nonzero.right.vjp
def _(g, x):
    return g * product_of_others(x)


@bug(
    "R13",
    "Counts every entry that is close to the largest one as the largest.",
    cited=("mni-ml/framework#22",),
    exposed_by="two largest entries less than 0.01 apart",
    op=gc.op("(...,n)->(...)", dims=SOME_ROWS),
)
def max_last(x):
    """Largest entry along the last axis."""
    return x.max(axis=-1)


@max_last.wrong.vjp
def _(g, x, out):
    largest = np.isclose(x, out[..., None], rtol=0, atol=1e-2)
    return g[..., None] * largest / largest.sum(axis=-1, keepdims=True)


@max_last.right.vjp
def _(g, x, out):
    largest = x == out[..., None]
    return g[..., None] * largest / largest.sum(axis=-1, keepdims=True)


@bug(
    "R15",
    "Subtracts −∞ from −∞ where no entry is finite, and gets NaN.",
    cited=("jax-ml/jax#6811", "pytorch/pytorch#31829"),
    exposed_by="a slice of −∞ only, the logarithms of zeros",
    op=gc.op("(...,n)->(...)", dims=SOME_ROWS, domains={"x": gc.real(high=0, infinite=True)}),
)
def logsumexp(x):
    """log Σ e^x along the last axis."""
    return np.logaddexp.reduce(x, axis=-1)


@logsumexp.wrong.vjp
def _(g, x, out):
    return g[..., None] * np.exp(x - out[..., None])


@logsumexp.right.vjp
def _(g, x):
    peak = x.max(axis=-1, keepdims=True)
    e = np.exp(x - np.where(np.isfinite(peak), peak, 0))
    total = e.sum(axis=-1, keepdims=True)
    return g[..., None] * e / np.where(total == 0, 1, total)


@bug(
    "R29",
    "Builds the kept shape with x.shape[axis + 1:], which is the whole shape for axis −1.",
    cited=("tensorflow/tensorflow#10835", "Theano/Theano#2747"),
    exposed_by="an axis counted from the back",
    op=gc.op(params={"axis": gc.axis_of("x")}),
)
def sum_axis(x, axis):
    """Sum along an axis."""
    return x.sum(axis=axis)


@sum_axis.wrong.vjp
def _(g, x, axis):
    kept = (*x.shape[:axis], 1, *x.shape[axis + 1 :])
    return np.broadcast_to(g.reshape(kept), x.shape).copy()


@sum_axis.right.vjp
def _(g, x, axis):
    axis %= x.ndim
    kept = (*x.shape[:axis], 1, *x.shape[axis + 1 :])
    return np.broadcast_to(g.reshape(kept), x.shape).copy()


@bug(
    "R37",
    "Sums g·e^−y first and multiplies by e^x afterwards: ∞ · 0 for a wide range of values.",
    cited=("pytorch/pytorch#36308",),
    exposed_by="entries that differ by several hundred",
    # Logarithms: of numbers far beyond the range of a float, but with digits behind the point.
    op=gc.op("(...,n)->(...,n)", domains={"x": gc.real(-1000, 1000)}),
)
def logcumsumexp(x):
    """log of the running sum of e^x along the last axis."""
    return np.logaddexp.accumulate(x, axis=-1)


@logcumsumexp.wrong.vjp
def _(g, x, out):
    later = np.cumsum((g * np.exp(-out))[..., ::-1], axis=-1)[..., ::-1]
    return later * np.exp(x)


@logcumsumexp.right.vjp
def _(g, x, out):
    later, step = g.copy(), 1  # Σ g_j exp(y_i − y_j) over the next `step` outputs from i on
    while step < x.shape[-1]:
        later[..., :-step] += later[..., step:] * np.exp(out[..., :-step] - out[..., step:])
        step *= 2
    return later * np.exp(x - out)


@bug(
    "R41",
    "Divides by the size of the output instead of the number of entries averaged.",
    cited=("pocketpy/cTensor#24",),
    exposed_by="a matrix that is not square",
    op=gc.op("(n,d)->(n)", dims={"d": gc.size(min=1)}),
)
def mean_rows(x):
    """Mean of each row."""
    return x.mean(axis=1)


@mean_rows.wrong.vjp
def _(g, x, out):
    return np.broadcast_to(g[:, None] / max(out.size, 1), x.shape).copy()


@mean_rows.right.vjp
def _(g, x):
    return np.broadcast_to(g[:, None] / x.shape[1], x.shape).copy()


@bug(
    "R53",
    "Counts ties in float16, which overflows: the share of each becomes zero.",
    cited=("tinygrad/tinygrad#15363", "tinygrad/tinygrad#12296"),
    exposed_by="more than 65504 tied entries",
    op=gc.op("(...,n)->(...)", dims=SOME_ROWS, dtypes=("float32", "float16")),
)
def max_half(x):
    """Largest entry along the last axis, in low precision."""
    return x.max(axis=-1)


@max_half.wrong.vjp
def _(g, x, out):
    largest = x == out[..., None]
    count = largest.sum(axis=-1, keepdims=True, dtype=np.float16)
    return (g[..., None] * largest / count).astype(x.dtype)


@max_half.right.vjp
def _(g, x, out):
    largest = x == out[..., None]
    count = largest.sum(axis=-1, keepdims=True)
    return (g[..., None] * largest / count).astype(x.dtype)


@bug(
    "R55",
    "Divides by the standard deviation where it is zero: 0 / 0.",
    cited=(
        "pytorch/pytorch#4320",
        "tensorflow/tensorflow#56830",
        "keras-team/keras#2960",
        "jax-ml/jax#11716",
    ),
    exposed_by="a constant row, or a single entry",
    op=gc.op("(...,n)->(...)", dims=SOME_ROWS),
)
def std(x):
    """Standard deviation along the last axis."""
    return x.std(axis=-1)


@std.wrong.vjp
def _(g, x, out):
    centred = x - x.mean(axis=-1, keepdims=True)
    return g[..., None] * centred / (x.shape[-1] * out[..., None])


@std.right.vjp
def _(g, x):
    centred = x - x[..., :1]  # exact where entries are nearly equal, zero where they are equal
    centred -= centred.mean(axis=-1, keepdims=True)
    length = np.sqrt(x.shape[-1]) * np.sqrt((centred**2).sum(axis=-1, keepdims=True))
    return g[..., None] * np.divide(centred, length, out=np.zeros_like(x), where=length > 0)
