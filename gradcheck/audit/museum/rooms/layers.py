"""Layers: activations, dropout, embeddings, attention weights, shared parameters."""

import numpy as np
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.audit.museum.exhibits import bug
from gradcheck.audit.museum.rooms.common import SOME_ROWS, masks, sigmoid_of, softmax_of


@bug(
    "R27",
    "Every sample overwrites the gradient of the shared weights: the last one wins.",
    cited=("openvdb/fvdb-core#434",),
    exposed_by="more than one sample",
    op=gc.op("(n,d),(d)->(n)"),
)
def linear(x, w):
    """One number per sample, by weights that all samples share."""
    return x @ w


@linear.wrong.vjp
def _(g, x, w):
    dw = np.zeros_like(w)
    for sample, slope in zip(x, g, strict=True):
        dw[:] = slope * sample
    return np.outer(g, w), dw


@linear.right.vjp
def _(g, x, w):
    return np.outer(g, w), g @ x


@bug(
    "R69",
    "Takes the diagonal of the Jacobian for all of it.",
    cited=("deeplearning4j/libnd4j#440", "HomericIntelligence/Odyssey#2134", "RubixML/ML#438"),
    exposed_by="softmax by itself, not fused with its loss",
    op=gc.op("(...,n)->(...,n)", dims=SOME_ROWS),
)
def softmax(x):
    """Exponentials, scaled to sum to 1 along the last axis."""
    return softmax_of(x)


@softmax.wrong.vjp
def _(g, out):
    return g * out * (1 - out)


@softmax.right.vjp
def _(g, out):
    return out * (g - (g * out).sum(axis=-1, keepdims=True))


@bug(
    "R83",
    "Recovers the mask from the ratio of output and input, and guesses 1 where both are zero.",
    cited=("kaldi-asr/kaldi#3890",),
    exposed_by="an input of zero, as a relu leaves it, that was dropped",
    op=gc.op("(...)->(...)", params={"mask": lambda x: masks(x.shape)}),
)
def dropout_by_mask(x, mask):
    """x where the mask is set, zero elsewhere."""
    return x * mask


@dropout_by_mask.wrong.vjp
def _(g, x, out):
    return g * np.divide(out, x, out=np.ones_like(x), where=x != 0)


@dropout_by_mask.right.vjp
def _(g, mask):
    return g * mask


@bug(
    "R85",
    "Stores each gradient in the other's place.",
    cited=("unslothai/unsloth#3314",),
    exposed_by="any input; equal shapes keep it from crashing",
    op=gc.op("(m,n),(m,n)->(m,n)"),
)
def swiglu(a, b):
    """a · sigmoid(a) · b."""
    return a * sigmoid_of(a) * b


@swiglu.wrong.vjp
def _(g, a, b):
    s = sigmoid_of(a)
    da, db = g * b * s * (1 + a * sigmoid_of(-a)), g * a * s
    return db, da


@swiglu.right.vjp
def _(g, a, b):
    s = sigmoid_of(a)
    da, db = g * b * s * (1 + a * sigmoid_of(-a)), g * a * s
    return da, db


@bug(
    "R87",
    "Computes the weights again from masked scores: −∞ + ∞ in a row without a visible key.",
    cited=("pytorch/pytorch#41508", "pytorch/pytorch#196170", "Xilinx/brevitas#1591"),
    exposed_by="a row with every key masked",
    op=gc.op(
        "(m,n)->(m,n)",
        dims={"n": gc.size(min=1)},
        params={"visible": lambda m, n: masks((m, n))},
    ),
)
def attention_weights(scores, visible):
    """Softmax of each row over the visible keys; zeros where there is none."""
    peak = scores.max(axis=1, keepdims=True, where=visible, initial=-np.inf)
    e = np.exp(scores - peak, out=np.zeros_like(scores), where=visible)
    total = e.sum(axis=1, keepdims=True)
    return e / np.where(total == 0, 1, total)


@attention_weights.wrong.vjp
def _(g, scores, visible):
    masked = np.where(visible, scores, -np.inf)
    p = np.exp(masked - np.logaddexp.reduce(masked, axis=1, keepdims=True))
    return p * (g - (g * p).sum(axis=1, keepdims=True))


@attention_weights.right.vjp
def _(g, out):
    return out * (g - (g * out).sum(axis=1, keepdims=True))


@bug(
    "R103",
    "The kernel for many indices does not know of the padding row and gives it a gradient.",
    cited=("pytorch/pytorch#28716", "pytorch/pytorch#26302"),
    exposed_by="more than 768 tokens, some of them padding",
    op=gc.op(
        "(v,d),(n)->(n,d)",
        dims={"v": gc.size(min=1)},
        domains={"tokens": lambda v: gc.integers(0, v - 1)},
        params={"padding": lambda v: st.integers(0, v - 1)},
    ),
)
def embedding(table, tokens, padding):
    """A row of the table per token; zeros for padding."""
    return table[tokens] * (tokens != padding)[:, None]


@embedding.wrong.vjp
def _(g, table, tokens, padding):
    d = np.zeros_like(table)
    np.add.at(d, tokens, g)
    if tokens.size <= 768:
        d[padding] = 0
    return d


@embedding.right.vjp
def _(g, table, tokens, padding):
    d = np.zeros_like(table)
    np.add.at(d, tokens, g)
    d[padding] = 0
    return d
