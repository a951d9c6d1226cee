"""The gradient is linear in the cotangent.

Half of it gives half, and two parts give their sum. This needs no differences, so it holds at
any size and beside any kink, and it finds terms to which the cotangent was never applied. Such
rules pass as long as the cotangent is 1, as it is behind `loss.backward()`. Found in the wild:
a penalty whose gradient ignored loss scaling (fla-org/flash-linear-attention#963), and a
product whose backward pass never used what came in (pytorch/pytorch#995).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gradcheck.checks.agreement import difference
from gradcheck.checks.properties.property import Property
from gradcheck.checks.trial import Trial
from gradcheck.checks.violation import Violation
from gradcheck.ndarrays.types import Array
from gradcheck.results.kind import Kind

_SUM = 4.0  # derived: the roundings of three gradients and an addition, beside one


def check(trial: Trial) -> Violation | None:
    """Compare vjp(g/2) with vjp(g)/2, and vjp(g) with a sum of parts."""
    if not trial.is_finite:
        return None
    whole = trial.gradients
    half = trial.gradients_at(cotangents=_times(trial.cotangents, 0.5))
    apart = difference(trial, half, whole, share=0.5)
    part = "half of the cotangent"
    del half
    if apart is None:
        even, odd = (trial.gradients_at(cotangents=_part(trial.cotangents, k)) for k in (0, 1))
        apart = difference(trial, even, whole, plus=odd, times=_SUM)
        part = "the two halves of the cotangent, added,"
    if apart is None:
        return None
    return apart.violation(
        Kind.LINEARITY,
        "is not linear in the cotangent",
        f"For {part} the vjp returned {apart}. Some term does not carry the cotangent, or carries "
        "it more than once.",
    )


def _times(cotangents: Sequence[Array | None], factor: float) -> list[Array | None]:
    return [None if g is None else (g * factor).astype(g.dtype, copy=False) for g in cotangents]


def _part(cotangents: Sequence[Array | None], start: int) -> list[Array | None]:
    """Every other entry of the cotangents from `start`; zero elsewhere."""
    part: list[Array | None] = []
    for g in cotangents:
        kept = None if g is None else np.zeros(g.shape, g.dtype)
        if g is not None and kept is not None:
            kept.reshape(-1)[start::2] = g.reshape(-1)[start::2]
        part.append(kept)
    return part


PROPERTY = Property(name="linearity", when="in turn", text=__doc__, check=check)
