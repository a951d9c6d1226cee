"""Gradients in low precision, compared with the same gradient in double precision.

Differences in float32 say nothing, so the formula is checked in float64 at the same
(rounded) inputs, and the low-precision gradient is compared with the float64 one. A
right one may be off by

* its conditioning: how much the float64 gradient moves when inputs and cotangents move
  by one unit in the last place of the low precision, times a factor for the roundings
  in between;
* some units in the last place of the argument's largest gradient entry;
* as many of Σ |g| |out| per scale of the input, max(1, |x|): what cancels in a saturated
  op (softmax where one output is 1) was of that size before;
* as many of the smallest normal numbers, below which there is no precision left.

Where the low precision overflows nothing is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.claims import Argument
from gradcheck.fills import generator
from gradcheck.forward import flat, is_differentiable
from gradcheck.verdict import Comparison, Reference

Array = NDArray[Any]
Gradient = Callable[[Sequence[Array], Sequence[Array | None]], Mapping[str, Array]]

_SAMPLES = 3
# A chain of operations rounds more often than one shift of its inputs does.
_CONDITIONING = 16.0
# Units in the last place, of an argument's largest gradient entry, that rounding may cost.
_ROUNDINGS = 64.0
# Near the largest number sums of terms overflow though their result does not.
_MARGIN_OF_OVERFLOW = 64.0


def worst(
    gradient: Gradient,
    inputs: Sequence[Array],
    cotangents: Sequence[Array | None],
    low: Mapping[str, Array],
    arguments: Sequence[Argument],
    *,
    places: Sequence[int],
    spent: float,
) -> Comparison | None:
    """Compare low-precision gradients with double-precision ones, entry by entry.

    Args:
        gradient: `(inputs, cotangents) -> gradients by name`, in double precision.
        inputs: the inputs in double precision, holding low-precision values.
        cotangents: the cotangents in low precision.
        low: the gradients in low precision, by name.
        arguments: the differentiable inputs.
        places: where they stand among the inputs.
        spent: Σ |g| |out|.

    Returns:
        The comparison with the largest margin, or None if there is no entry.
    """
    coarsest = max((np.finfo(g.dtype) for g in low.values()), key=lambda info: info.eps)
    eps, tiny, largest = (float(v) for v in (coarsest.eps, coarsest.tiny, coarsest.max))
    wide = [None if g is None else g.astype(np.result_type(g, np.float64)) for g in cotangents]
    exact = gradient(inputs, wide)
    shift = {name: np.zeros(flat(g).shape) for name, g in exact.items()}
    for seed in range(_SAMPLES):
        rng = generator(seed)
        moved = gradient(
            [_shifted(x, eps, rng) for x in inputs],
            [None if g is None else _shifted(g, eps, rng) for g in wide],
        )
        for name, g in moved.items():
            np.maximum(shift[name], np.abs(flat(g) - flat(exact[name])), out=shift[name])
    found = []
    for argument, place in zip(arguments, places, strict=True):
        name = argument.name
        if low[name].size:
            right = flat(exact[name])
            scale = np.maximum(np.abs(flat(inputs[place])), 1.0)
            rounded = np.abs(right).max() + spent / scale
            bar = _CONDITIONING * shift[name] + _ROUNDINGS * (eps * rounded + tiny)
            if (np.abs(right) + bar).max() < largest / _MARGIN_OF_OVERFLOW:
                found.append(_compared(argument, flat(low[name]), right, bar))
    return max(found, key=lambda c: c.margin, default=None)


def _shifted(x: Array, eps: float, rng: np.random.Generator) -> Array:
    return x * (1 + eps * rng.choice((-1.0, 1.0), x.shape)) if is_differentiable(x) else x


def _compared(argument: Argument, low: Array, exact: Array, bar: Array) -> Comparison:
    distance = np.nan_to_num(np.abs(low.astype(np.float64) - exact), nan=np.inf)
    index = int((distance / bar).argmax())
    value = float(exact[index])
    return Comparison(
        where=argument.label(index),
        argument=argument.name,
        analytic=float(low[index]),
        reference=Reference(
            low=value,
            high=value,
            bar=float(bar[index]),
            method="the same gradient in float64",
            step=0.0,
        ),
        tolerance=float(bar[index]),
    )
