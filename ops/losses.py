"""Losses: how far predictions are from what they should be."""

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st

import gradcheck as gc

from .reductions import logsumexp, softmax

REDUCTIONS: dict[str, Callable[..., Any]] = {"none": lambda x: x, "mean": np.mean, "sum": np.sum}


@gc.op(
    "(n,c),(n)->(...)",
    tags=("nn", "loss"),
    source="Bishop (2006), Pattern Recognition and Machine Learning, section 4.3.4",
    dims={"n": gc.size(min=1), "c": gc.size(min=1)},  # no mean of no rows, no label of no class
    domains={"labels": lambda c: gc.integers(0, c - 1)},
    params={"reduction": st.sampled_from(list(REDUCTIONS))},
    nondiff=("labels",),
    example=gc.call(
        np.array([[2.0, 1.0, 0.0], [0.0, 0.0, 3.0]]), np.array([0, 1]), reduction="mean"
    ),
)
def cross_entropy(logits, labels, reduction="mean"):
    """Cross-entropy of softmax probabilities against one label per row.

    ℓᵢ = ln Σⱼ e^zᵢⱼ − zᵢ[kᵢ]  ⇒  ∂L/∂zᵢⱼ = gᵢ (pᵢⱼ − [j = kᵢ]),  p = softmax(z)

    For 'mean' gᵢ = g / n, for 'sum' gᵢ = g. The label's entry, pᵢ[kᵢ] − 1, is taken as minus
    the sum of the other probabilities, which does not cancel.
    """
    z = logits - logits.max(axis=-1, keepdims=True)  # changes no loss, and large logits cancel
    rows = np.arange(len(labels))
    return REDUCTIONS[reduction](logsumexp(z, axis=-1) - z[rows, labels])


@cross_entropy.vjp
def _(g, logits, labels, reduction):
    rows = np.arange(len(labels))
    p = softmax(logits, axis=-1)
    p[rows, labels] = 0
    p[rows, labels] = -p.sum(axis=-1)
    each = g / len(labels) if reduction == "mean" else g
    return p * np.broadcast_to(each, labels.shape)[:, None]
