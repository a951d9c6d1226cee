"""How far two right computations of one gradient may be apart.

The same gradient computed in another precision, another order, or of a cotangent in parts
differs by rounding. A right one may be off by

* its conditioning: how much the gradient moves when inputs and cotangents move by one unit
  in the last place, times a factor for the roundings in between;
* some units in the last place of the argument's largest entry;
* as many of Σ |g| |out| per scale of the input, max(1, |x|): what cancels in a saturated
  op (softmax where one output is 1) was of that size before;
* as many of the smallest normal numbers, below which there is no precision left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck import fills
from gradcheck.dtypes import Unit
from gradcheck.forward import flat, is_differentiable

Array = NDArray[Any]
Gradient = Callable[[Sequence[Array], Sequence[Array | None]], Mapping[str, Array]]
Nudge = Callable[[Array, np.random.Generator, float], Array]

COARSE = 2.0**-12  # a spacing of numbers that is no small step any more
_SAMPLES = 3
# A chain of operations rounds more often than one shift of its inputs does.
_CONDITIONING = 16.0
# Units in the last place, of an argument's largest gradient entry, that rounding may cost.
ROUNDINGS = 64.0


def bars(
    gradient: Gradient,
    inputs: Mapping[str, Array],
    cotangents: Sequence[Array | None],
    exact: Mapping[str, Array],
    *,
    unit: Unit,
    spent: float,
    roundings: float = ROUNDINGS,
    nudge: Nudge | None = None,
) -> dict[str, Array]:
    """Say how far each entry of a gradient may be off.

    Args:
        gradient: `(inputs, cotangents) -> gradients by name`.
        inputs: all inputs by name.
        cotangents: one per output.
        exact: the gradients at these.
        unit: of the precision whose rounding is meant.
        spent: Σ |g| |out|.
        roundings: units in the last place, of the largest entry and of what cancelled.
        nudge: how numbers are moved by a unit, `nudged` unless given.

    Returns:
        For each gradient, a flat vector of bars.
    """
    move = nudge or nudged
    shift = {name: np.zeros(flat(g).shape) for name, g in exact.items()}
    for seed in range(_SAMPLES):
        rng = fills.generator(seed)
        moved = gradient(
            [move(x, rng, unit.eps) for x in inputs.values()],
            [None if g is None else move(g, rng, unit.eps) for g in cotangents],
        )
        for name, g in moved.items():
            np.maximum(shift[name], np.abs(flat(g) - flat(exact[name])), out=shift[name])
    found = {}
    for name, g in exact.items():
        scale = np.maximum(np.abs(flat(inputs[name])), 1.0)
        rounded = np.abs(flat(g)).max(initial=0.0) + spent / scale
        # Of many entries some hardly move in any of the samples: as much as others, they might.
        usual = float(np.median(shift[name])) if g.size else 0.0
        shifted = np.maximum(shift[name], usual)
        found[name] = _CONDITIONING * shifted + roundings * (unit.eps * rounded + unit.tiny)
    return found


def nudged(x: Array, rng: np.random.Generator, eps: float) -> Array:
    """Move each distinct number up or down by a relative eps; zeros stay, and so do ties.

    What a gradient says at a zero or at a tie is not to be mistaken for rounding. Numbers so
    large that their own spacing is no small step are moved each by itself.
    """
    if not is_differentiable(x):
        return x
    values, inverse = np.unique(x, return_inverse=True)
    together = rng.choice((-1.0, 1.0), values.shape)[inverse].reshape(x.shape)
    moved = (x * (1 + eps * together)).astype(x.dtype)
    kept: Array = np.where(np.abs(x) * eps < COARSE, moved, shaken(x, rng, eps))
    return kept


def shaken(x: Array, rng: np.random.Generator, eps: float) -> Array:
    """Move each number by itself, up or down by some relative eps; zeros stay, but no ties.

    Neighbours move by different multiples, so that no tie of theirs is left: what cancels in
    a row of equal numbers is seen to.
    """
    if not is_differentiable(x):
        return x
    steps = rng.choice((-1.0, 1.0), x.shape) * (1 + np.arange(x.size) % 8).reshape(x.shape)
    moved: Array = (x * (1 + eps * steps)).astype(x.dtype)
    return moved
