"""Losses: factors, signs and targets."""

import numpy as np
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.audit.museum.exhibits import bug
from gradcheck.audit.museum.rooms.common import (
    SOME_ROWS,
    labels_of,
    log_softmax_of,
    one_hot,
    softmax_of,
)

SOME_CLASSES = {"n": gc.size(min=1), "c": gc.size(min=1)}


@bug(
    "R05",
    "Leaves the cotangent out of one of two terms, the penalty.",
    cited=("fla-org/flash-linear-attention#963", "pytorch/pytorch#11750"),
    exposed_by="a cotangent other than 1, as loss scaling makes it",
    op=gc.op("(n,d),(d)->()", dims=SOME_ROWS),
)
def penalised_mean(x, w):
    """Mean of a linear model, and half the squared length of its weights."""
    return np.mean(x @ w) + np.sum(w * w) / 2


@penalised_mean.wrong.vjp
def _(g, x, w):
    return g * np.tile(w, (len(x), 1)) / len(x), g * x.mean(axis=0) + w


@penalised_mean.right.vjp
def _(g, x, w):
    return g * np.tile(w, (len(x), 1)) / len(x), g * (x.mean(axis=0) + w)


@bug(
    "R07",
    "Divides by the batch although the losses are summed.",
    cited=("paiml/aprender#2182",),
    exposed_by="reduction 'sum' and more than one sample",
    op=gc.op(
        "(n,c)->()",
        dims=SOME_CLASSES,
        params={"labels": labels_of, "reduction": st.sampled_from(["mean", "sum"])},
    ),
)
def cross_entropy(x, labels, reduction="mean"):
    """Cross-entropy of scores and labels."""
    losses = -log_softmax_of(x)[np.arange(len(x)), labels]
    return losses.mean() if reduction == "mean" else losses.sum()


@cross_entropy.wrong.vjp
def _(g, x, labels):
    return g * (softmax_of(x) - one_hot(labels, x.shape[1])) / len(x)


@cross_entropy.right.vjp
def _(g, x, labels, reduction):
    count = len(x) if reduction == "mean" else 1
    return g * (softmax_of(x) - one_hot(labels, x.shape[1])) / count


@bug(
    "R51",
    "Negates labels held as unsigned bytes: −1 becomes 255.",
    cited=("Theano/Theano#4014",),
    exposed_by="a label of 1 in uint8",
    op=gc.op(
        "(n)->(n)",
        domains={"p": gc.real(0, 1)},
        params={"t": lambda n: labels_of(n, 2).map(lambda t: t.astype(np.uint8))},
    ),
)
def bce(p, t):
    """Binary cross-entropy of probabilities and labels."""
    return -np.where(t == 1, np.log(p), np.log1p(-p))


@bce.wrong.vjp
def _(g, p, t):
    return g * np.where(t == 1, -t / p, (1 - t) / (1 - p))


@bce.right.vjp
def _(g, p, t):
    t = t.astype(p.dtype)
    return g * np.where(t == 1, -t / p, (1 - t) / (1 - p))


@bug(
    "R71",
    "Returns the gradient through log_softmax as well, which is another op.",
    cited=("pytorch/pytorch#52241", "pytorch/pytorch#181534", "pytorch/pytorch#82545"),
    exposed_by="the op by itself, not after log_softmax",
    op=gc.op(
        "(n,c)->()",
        dims=SOME_CLASSES,
        domains={"logp": gc.real(high=0)},
        params={"labels": labels_of},
    ),
)
def nll(logp, labels):
    """Sum of negative log-probabilities at the labels."""
    return -logp[np.arange(len(logp)), labels].sum()


@nll.wrong.vjp
def _(g, logp, labels):
    return g * (np.exp(logp) - one_hot(labels, logp.shape[1]))


@nll.right.vjp
def _(g, logp, labels):
    return -g * one_hot(labels, logp.shape[1])


@bug(
    "R81",
    "Compares the signed difference with the threshold.",
    cited=("BobMcDear/attorch#13",),
    exposed_by="a difference below −beta",
    op=gc.op("(n),(n)->(n)", params={"beta": st.sampled_from([0.5, 1.0, 2.0])}),
)
def smooth_l1(x, y, beta=1.0):
    """d²/2β for differences smaller than β, |d| − β/2 beyond."""
    d = np.abs(x - y)
    return np.where(d < beta, d * d / (2 * beta), d - beta / 2)


@smooth_l1.wrong.vjp
def _(g, x, y, beta):
    d = x - y
    dx = g * np.where(d < beta, d / beta, np.sign(d))
    return dx, -dx


@smooth_l1.right.vjp
def _(g, x, y, beta):
    d = x - y
    dx = g * np.where(np.abs(d) < beta, d / beta, np.sign(d))
    return dx, -dx


@bug(
    "R105",
    "Forgets the 2 of the square.",
    cited=(
        "Open-Deep-ML/DML-OpenProblem#54",
        "bighuang624/Andrew-Ng-Deep-Learning-notes#10",
        "markroxor/fromscratchtoml#65",
    ),
    exposed_by="any input; training converges all the same",
    op=gc.op("(n),(n)->()", dims=SOME_ROWS),
)
def mse(p, t):
    """Mean squared error."""
    return np.mean((p - t) ** 2)


@mse.wrong.vjp
def _(g, p, t):
    dp = g * (p - t) / p.size
    return dp, -dp


@mse.right.vjp
def _(g, p, t):
    dp = 2 * g * (p - t) / p.size
    return dp, -dp


@bug(
    "R107",
    "Takes the targets of each row to sum to 1.",
    cited=("NVIDIA-NeMo/Automodel#2428",),
    exposed_by="target weights that do not sum to 1",
    op=gc.op("(n,c),(n,c)->()", dims=SOME_CLASSES, domains={"p": gc.real(0, 1)}),
)
def soft_cross_entropy(x, p):
    """Cross-entropy of scores and soft targets."""
    return -np.sum(p * log_softmax_of(x))


@soft_cross_entropy.wrong.vjp
def _(g, x, p):
    return g * (softmax_of(x) - p), -g * log_softmax_of(x)


@soft_cross_entropy.right.vjp
def _(g, x, p):
    return g * (p.sum(axis=1, keepdims=True) * softmax_of(x) - p), -g * log_softmax_of(x)
