"""Whether two computations of one gradient agree, within what rounding explains.

Properties compare the gradient of a trial with the gradient of further calls: in another
memory layout, of a multiple of the cotangent, of one batch entry at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck import rounding
from gradcheck.dtypes import unit_of
from gradcheck.forward import flat, is_differentiable
from gradcheck.trial import Broken, OpRaised, Trial

Array = NDArray[Any]
_SAFE = 0.3  # the power of a dtype's range within which three numbers may be multiplied
# Longer sums are added in another order in another layout, and intermediate ones with them. One
# after the other, n equal terms are off by up to n roundings, pairwise by none; the bars of a
# gradient are good for about so many already.
_ADDED_IN_TWO_ORDERS = 16
_EXACT = 4.0  # units of the largest entry: so near, nothing more need be known


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The entry at which two gradients differ most, beyond what rounding explains.

    Attributes:
        argument: the input that the gradient belongs to.
        where: the entry, "b[1,0]".
        found, wanted: the two values.
        bar: how far apart they may be.
    """

    argument: str
    where: str
    found: float
    wanted: float
    bar: float

    def __str__(self) -> str:
        return f"{self.found:.7g} instead of {self.wanted:.7g} at {self.where}"


def difference(
    trial: Trial,
    found: Mapping[str, Array],
    wanted: Mapping[str, Array],
    *,
    times: float = 1.0,
) -> Difference | None:
    """Compare gradients that should be equal but for rounding.

    Args:
        trial: the trial; its conditioning says how far they may be apart. Where its numbers
            are so large or small that products of a few of them over- or underflow, one order
            of operations may do so and another not: nothing is compared.
        found: gradients of a further call.
        wanted: what they should be. Entries that are not finite are passed over.
        times: the bars are those of the trial's own gradient, times this.

    Returns:
        The difference that is largest beside its bar, or None.
    """
    worst: Difference | None = None
    for name, right in wanted.items():
        a, b = (_plain(flat(g)) for g in (found[name], right))
        if np.array_equal(a, b):
            continue
        if is_extreme(trial):
            return None
        usable = np.isfinite(b)
        distance = np.where(usable, np.abs(a - b), 0.0)
        distance[np.isnan(distance)] = np.inf
        eps = unit_of(right.dtype).eps
        largest = eps * np.abs(b[usable]).max(initial=0.0)
        if (distance <= _EXACT * largest).all():
            continue
        terms = most_terms(trial)
        bar = times * max(1.0, terms / _ADDED_IN_TWO_ORDERS) * _bars(trial)[name] + terms * largest
        if not (distance > bar).any():
            continue
        with np.errstate(all="ignore"):
            index = int((distance / bar).argmax())
        seen = Difference(
            argument=name,
            where=trial.label(name, index),
            found=float(a[index]),
            wanted=float(b[index]),
            bar=float(bar[index]),
        )
        if worst is None or distance[index] / bar[index] > abs(worst.found - worst.wanted) / (
            worst.bar
        ):
            worst = seen
    return worst


@lru_cache(maxsize=1)
def _bars(trial: Trial) -> dict[str, Array]:
    """Bars of the trial's own gradients; infinite where they cannot be found."""
    gradients = trial.gradients
    inputs = dict(zip(trial.case.names, trial.case.inputs, strict=True))
    dtypes = [g.dtype for g in gradients.values()]
    coarsest = max(dtypes, key=lambda dtype: unit_of(dtype).eps)
    try:
        return rounding.bars(
            lambda xs, g: trial.gradients_at(inputs=xs, cotangents=g),
            inputs,
            trial.cotangents,
            gradients,
            unit=unit_of(coarsest),
            spent=trial.spent,
            nudge=rounding.shaken,
        )
    except (OpRaised, Broken):
        return {name: np.full(flat(g).shape, np.inf) for name, g in gradients.items()}


def is_extreme(trial: Trial) -> bool:
    """Whether the product of three of the numbers may over- or underflow."""
    floating = [x for x in trial.arguments.values() if is_differentiable(x)]
    sizes = np.concatenate([np.abs(flat(x)).astype(np.float64) for x in floating])
    sizes = sizes[(sizes != 0) & np.isfinite(sizes)]
    if not sizes.size:
        return False
    unit = unit_of(floating[0].dtype)
    return bool(sizes.max() > unit.largest**_SAFE or sizes.min() < unit.tiny**_SAFE)


def most_terms(trial: Trial) -> int:
    """How many terms a gradient may sum: each may cost a rounding."""
    return max(array.size for array in trial.arguments.values())


def _plain(vector: Array) -> Array:
    return vector.astype(np.float64, copy=False)
