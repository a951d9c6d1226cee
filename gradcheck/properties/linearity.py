"""The gradient is linear in the cotangent: half of it gives half, and two parts give their sum.

This needs no differences, so it holds at any size and beside any kink, and it finds terms to
which the cotangent was never applied. Such rules pass as long as the cotangent is 1, as it is
behind `loss.backward()`. Found in the wild: a penalty whose gradient ignored loss scaling
(fla-org/flash-linear-attention#963), and a product whose backward pass never used what came in
(pytorch/pytorch#995).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.agreement import difference
from gradcheck.properties import Property
from gradcheck.results import Kind
from gradcheck.trial import Trial
from gradcheck.violations import Violation

Array = NDArray[Any]
_SUM = 4.0  # two gradients and their sum round more often than one


def check(trial: Trial) -> Violation | None:
    """Compare vjp(g/2) with vjp(g)/2, and vjp(g) with the sum over two parts of g."""
    if not trial.is_finite:
        return None
    whole = trial.gradients
    half = trial.gradients_at(cotangents=_times(trial.cotangents, 0.5))
    found = difference(trial, half, {name: g / 2 for name, g in whole.items()})
    told = "half of the cotangent"
    if found is None:
        parts = [trial.gradients_at(cotangents=part) for part in _parts(trial.cotangents)]
        total = {name: parts[0][name] + parts[1][name] for name in whole}
        found = difference(trial, total, whole, times=_SUM)
        told = "the two halves of the cotangent, added,"
    if found is None:
        return None
    return Violation(
        Kind.LINEARITY,
        f"∂L/∂{found.argument} is not linear in the cotangent",
        f"For {told} the vjp returned {found}. Some term does not carry the cotangent, or carries "
        "it more than once.",
        found.argument,
    )


def _times(cotangents: Sequence[Array | None], factor: float) -> list[Array | None]:
    return [None if g is None else (g * factor).astype(g.dtype) for g in cotangents]


def _parts(cotangents: Sequence[Array | None]) -> list[list[Array | None]]:
    """Every other entry of the cotangents, and the rest."""
    parts: list[list[Array | None]] = [[], []]
    for g in cotangents:
        for k, part in enumerate(parts):
            if g is None:
                part.append(None)
                continue
            kept = (np.arange(g.size) % 2 == k).reshape(g.shape)
            part.append(np.where(kept, g, 0).astype(g.dtype))
    return parts


PROPERTY = Property(name="linearity", when="in turn", text=__doc__, check=check)
