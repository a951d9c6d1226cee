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
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from gradcheck.ndarrays import buckets
from gradcheck.ndarrays.dtypes import Unit
from gradcheck.ndarrays.flat import blocks, flat, is_differentiable
from gradcheck.ndarrays.types import Array

Gradient = Callable[[Sequence[Array], Sequence[Array | None]], Mapping[str, Array]]
Nudge = Callable[[Array, np.random.Generator, float], Array]

COARSE = 2.0**-12  # a spacing of numbers that is no small step; arbitrary, 2⁻¹⁶ to 2⁻⁸
_SAMPLES = 3  # of shifted inputs; arbitrary: each costs a vjp
_SORTED = 2**16  # numbers that are sorted to find equal ones; arbitrary: time only
_WORDS = (2, 4, 8)  # bytes of a number whose bits are one integer: no long double has them
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
        rng = buckets.generator(seed)
        moved = gradient(
            [move(x, rng, unit.eps) for x in inputs.values()],
            [None if g is None else move(g, rng, unit.eps) for g in cotangents],
        )
        for name, g in moved.items():
            _widen(shift[name], flat(g), flat(exact[name]))
        del moved, g
    for name, g in exact.items():
        # Of many entries some hardly move in any of the samples: as much as others, they might.
        usual = float(np.median(shift[name])) if g.size else 0.0
        x, bar = flat(inputs[name]), shift[name]
        vector = flat(g)  # once: it is a copy where the layout is another one
        sizes = [np.abs(vector[block]).max() for block in blocks(bar.size)]
        largest = reduce(np.maximum, sizes, vector.dtype.type(0))
        del vector
        for block in blocks(bar.size):
            scale = np.maximum(np.abs(x[block]), 1.0)
            rounded = unit.eps * (largest + spent / scale) + unit.tiny
            shifted = np.maximum(bar[block], usual)
            bar[block] = _CONDITIONING * shifted + roundings * rounded
    return shift


def _widen(shift: Array, moved: Array, exact: Array) -> None:
    """Take what has moved further than ever into account."""
    for block in blocks(shift.size):
        away = np.abs(moved[block] - exact[block])
        np.maximum(shift[block], away, out=shift[block])


def nudged(x: Array, rng: np.random.Generator, eps: float) -> Array:
    """Move each distinct number by a relative eps, up or down.

    Zeros stay, and so do ties: what a gradient says there is not to be mistaken for rounding.
    Numbers so large that their own spacing is no small step are moved each by itself.
    """
    if not is_differentiable(x):
        return x
    if x.size > _SORTED and _word(x) in _WORDS:
        return _nudged_by_bits(x, rng, eps)
    values, inverse = np.unique(x, return_inverse=True)
    together = rng.choice((-1.0, 1.0), values.shape)[inverse].reshape(x.shape)
    moved = (x * (1 + eps * together)).astype(x.dtype)
    kept: Array = np.where(np.abs(x) * eps < COARSE, moved, shaken(x, rng, eps))
    return kept


def _nudged_by_bits(x: Array, rng: np.random.Generator, eps: float) -> Array:
    """The same for many numbers, by a hash of their bits."""
    salt = rng.integers(2**63, dtype=np.uint64)
    nudged = shaken(x, rng, eps)
    whole, out = np.ravel(x), nudged.reshape(-1)
    for block in blocks(x.size):
        near = whole[block]
        words = near.view(f"u{_word(x)}").astype(np.uint64).reshape(near.size, -1)
        mixed = np.full(near.size, salt)
        for word in words.T:
            mixed = _mixed(mixed ^ word)
        together = 1.0 - 2.0 * (mixed >> np.uint64(63)).astype(np.float64)
        moved = (near * (1 + eps * together)).astype(x.dtype)
        np.copyto(out[block], moved, where=np.abs(near) * eps < COARSE)
    return nudged


def _word(x: Array) -> int:
    """Bytes of a real number of the array."""
    return int(x.itemsize // (2 if x.dtype.kind == "c" else 1))


def _mixed(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Words of which every bit depends on every bit of those given.

    Source: Steele, Lea and Flood (2014), Fast splittable pseudorandom number generators.
    """
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


def shaken(x: Array, rng: np.random.Generator, eps: float) -> Array:
    """Move each number by itself, up or down by some relative eps.

    Zeros stay. Neighbours move by different multiples, so that no tie of theirs is left: what
    cancels in a row of equal numbers is seen to.
    """
    if not is_differentiable(x):
        return x
    moved = np.empty(x.shape, x.dtype)
    whole, out = np.ravel(x), moved.reshape(-1)
    for block in blocks(x.size):
        near = whole[block]
        steps = rng.choice((-1.0, 1.0), near.shape) * (1 + np.arange(near.size) % 8)
        out[block] = (near * (1 + eps * steps)).astype(x.dtype)
    return moved
