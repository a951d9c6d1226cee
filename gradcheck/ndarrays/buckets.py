"""Arrays in bulk, from a bucket and a seed.

Hypothesis draws the bucket and the seed, `choices` says what the seed decides, NumPy fills the
entries. Hypothesis shrinks integers towards 0, so the first seeds of each bucket are the
arrays that a person would write down: ones, 1 2 3 …, short decimals.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcheck.ndarrays import masks, matrices
from gradcheck.ndarrays.choices import Background, Choices, Counting
from gradcheck.ndarrays.types import Array

Shape = tuple[int, ...]

SEEDS = 2**16  # derived: two bytes, so that each seed is as likely as any other
_READ = 1024  # entries of an array that somebody may want to read; tests reach both sides
_SMALL = 2**14  # entries worth keeping: 64 such vectors take 8 MiB
_ODD = 40503  # derived: near 2¹⁶ divided by the golden ratio, so that neighbours differ much
_GOLDEN = 0.6180339887498949  # derived: the golden ratio less 1, far from any short fraction
_SPREAD = 0x2545F491  # arbitrary: odd, so that neighbouring seeds start far apart
# From a bound, relative to its size: from where differences are easy to where they are not.
_EDGES = (1e-1, 1e-2, 1e-3, 1e-4, 1e-6, 1e-8, 1e-10, 1e-12)
_BY_THE_BOUND = ("zeros", "tiny")  # buckets that, with one bound, count from there
_PIXELS = 10_000  # arbitrary: bounds as far apart are no longer those of an image
_FEW = 8  # arbitrary, 2 to 16 do: entries of a long line that are not like all the others


@dataclass(frozen=True, slots=True, kw_only=True)
class Magnitudes:
    """Where numbers of a dtype get difficult.

    Attributes:
        tails: where exponentials saturate and overflow, then squares, then cubes.
        tiny: where squares vanish beside 1, then altogether, then subnormal numbers.
        largest: the largest number.
    """

    tails: tuple[float, ...]
    tiny: tuple[float, ...]
    largest: float


# exp overflows at 709.8 in double precision, at 88.8 in single and at 11.1 in half.
FLOAT64 = Magnitudes(
    tails=(20.0, 20.0, 40.0, 100.0, 711.0, 711.0, 800.0, 1e5, 1e20, 1e160, 1e160, 1e200, 1e200),
    tiny=(1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-9, 1e-12, 1e-20, 1e-160, 1e-200, 1e-310, 5e-324),
    largest=float(np.finfo(np.float64).max),
)
_FLOAT32 = Magnitudes(
    tails=(12.0, 20.0, 40.0, 89.0, 89.0, 100.0, 711.0, 1e5, 1e20, 1e20, 1e30),
    tiny=(1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-20, 1e-30, 1e-40),
    largest=float(np.finfo(np.float32).max),
)
_FLOAT16 = Magnitudes(
    tails=(4.0, 11.5, 12.0, 20.0, 40.0, 89.0, 100.0, 260.0, 1000.0, 7000.0),
    tiny=(1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 6e-8),
    largest=float(np.finfo(np.float16).max),
)
# The exponents of float32, with 8 bits of mantissa.
_BFLOAT16 = replace(_FLOAT32, largest=(2.0 - 2.0**-7) * 2.0**127)
MAGNITUDES: Mapping[str, Magnitudes] = MappingProxyType(
    {"float64": FLOAT64, "float32": _FLOAT32, "float16": _FLOAT16, "bfloat16": _BFLOAT16}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The numbers between two bounds, which belong to them where closed."""

    low: float = -math.inf
    high: float = math.inf
    closed: bool = False

    def hold(self, values: NDArray[Any]) -> NDArray[np.bool_]:
        """Tell which values lie within; infinite ones never do."""
        with np.errstate(over="ignore"):  # a bound may be infinite in a short dtype
            inside = (self.low < values) & (values < self.high)
        if self.closed:
            inside |= ((values == self.low) | (values == self.high)) & np.isfinite(values)
        return inside

    @property
    def finite(self) -> tuple[float, ...]:
        """Those of the two bounds that are numbers."""
        return tuple(bound for bound in (self.low, self.high) if math.isfinite(bound))


ANYWHERE = Bounds()


def generator(seed: int) -> np.random.Generator:
    """Return the generator of a seed, the same on every machine."""
    return np.random.Generator(np.random.PCG64(seed))


def random_bits(seed: int, size: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return integers with every bit random, in NumPy's quickest way."""
    words = np.random.PCG64(seed).random_raw(-(-size * dtype.itemsize // 8))
    return np.asarray(words).view(dtype)[:size]


# --- buckets: one function each


def ordinary(background: Background, shape: Shape) -> Array:
    """Values around 1 of both signs: patterns, short decimals, or any."""
    size = math.prod(shape)
    if background.pattern == "random":
        values = background.width * generator(background.seed).standard_normal(shape)
        # Short decimals would be tied by the thousand.
        return values if size > _READ else _rounded(values, background.rounding)
    if background.pattern == "ones":
        return np.ones(shape)
    count = np.arange(1.0, size + 1).reshape(shape)
    if background.pattern == "counting":
        return count
    return count * np.where(count % 2 == 0, 0.5, -0.5)


def _rounded(values: Array, rounding: str) -> Array:
    if rounding == "halves":
        return (2 * values).round() / 2  # whole numbers too: the middles and edges of pixels
    if rounding == "none":
        return values
    return values.round(1 if rounding == "tenths" else 2)


def _with_zeros(chosen: Choices, shape: Shape) -> Array:
    """Ordinary values with exact zeros at the chosen place."""
    where = masks.mask(chosen.place, generator(chosen.seed), shape)
    return np.where(where, 0.0, ordinary(chosen.background, shape))


def _ties(chosen: Choices, shape: Shape) -> Array:
    """Few distinct values, constant rows or columns, or one duplicate."""
    rng = generator(chosen.seed)
    if chosen.tie == "few values":
        return rng.choice(chosen.few, shape)
    if chosen.tie == "whole numbers":
        return rng.integers(-3, 4, shape).astype(np.float64)
    values = ordinary(chosen.background, shape)
    if not values.size or not shape:
        return values
    if chosen.tie == "one duplicate":
        one, other = rng.integers(values.size, size=2)
        values.flat[one] = values.flat[other]
        return values
    axis = int(rng.integers(len(shape))) if chosen.tie == "equal along an axis" else -1
    return np.broadcast_to(values.take([0], axis), shape).copy()


def _near_ties(chosen: Choices, shape: Shape) -> Array:
    """Values a few gaps apart along the last axis, some equal."""
    apart = chosen.gap * generator(chosen.seed).integers(0, 6, shape)
    middle = ordinary(chosen.background, (*shape[:-1], 1) if shape else ())
    near: Array = 100 * middle * (1 + apart) if chosen.by_hundreds else middle + apart
    return near


def _lines(chosen: Choices, shape: Shape) -> Array:
    """Ordinary values, some lines along the longest axis constant or nearly so.

    Of a long line, counts and sums show only where it is the same nearly everywhere.
    """
    values = ordinary(chosen.background, shape)
    if not values.size or not shape:
        return values
    rng = generator(chosen.seed)
    longest = np.moveaxis(values, int(np.argmax(shape)), -1)
    for place in np.ndindex(longest.shape[:-1]):
        line = longest[place]
        ordered = np.sort(line)
        kind = rng.integers(6)
        if kind < 2:
            line[:] = ordered[0]
        elif kind == 2:
            np.minimum(line, ordered[min(_FEW, line.size - 1)], out=line)
        elif kind == 3:
            np.maximum(line, ordered[max(line.size - 1 - _FEW, 0)], out=line)
    return values


def _structured(chosen: Choices, shape: Shape) -> Array:
    """Identities, singular, symmetric, triangular, … matrices in the last two axes."""
    if len(shape) < 2:
        return ordinary(chosen.background, shape)
    return matrices.structured(chosen.structure, generator(chosen.seed), shape)


def _special(chosen: Choices, shape: Shape, magnitudes: tuple[float, ...]) -> Array:
    """Values of one magnitude, everywhere or in places of ordinary ones."""
    rng = generator(chosen.seed)
    magnitude = magnitudes[chosen.magnitude % len(magnitudes)]
    values = rng.choice((-magnitude, magnitude), shape) * rng.integers(1, 10, shape)
    if chosen.spread == "everywhere":
        return np.asarray(values)
    if chosen.spread == "among others":
        where = rng.random(shape) < 0.3
    else:
        where = masks.mask("a row" if chosen.spread == "a row" else "one", rng, shape)
    return np.where(where, values, ordinary(chosen.background, shape))


def _mixture(chosen: Choices, shape: Shape, magnitudes: Magnitudes) -> Array:
    """Ordinary values among zeros, ties, near ties, small and larger ones."""
    values = ordinary(chosen.background, shape)
    if not values.size:
        return values
    rng = generator(chosen.seed)
    sign = rng.choice((-1.0, 1.0), shape)
    small = rng.choice(magnitudes.tiny, shape) * rng.integers(1, 10, shape) * sign
    large = rng.choice(magnitudes.tails[1:7], shape) * sign
    tied = values.flat[rng.integers(0, values.size, shape)]
    kind = np.where(rng.random(shape) < 0.5, rng.integers(0, 7, shape), 0)
    return np.choose(kind, (values, values * 0, tied, tied + chosen.gap, small, large, large))


BUCKETS: Mapping[str, Callable[[Choices, Shape, Magnitudes], Array]] = MappingProxyType(
    {
        "ordinary": lambda chosen, shape, _: ordinary(chosen.background, shape),
        "zeros": lambda chosen, shape, _: _with_zeros(chosen, shape),
        "ties": lambda chosen, shape, _: _ties(chosen, shape),
        "near ties": lambda chosen, shape, _: _near_ties(chosen, shape),
        "lines": lambda chosen, shape, _: _lines(chosen, shape),
        "constant": lambda chosen, shape, _: np.full(shape, chosen.constant),
        "structured": lambda chosen, shape, _: _structured(chosen, shape),
        "tiny": lambda chosen, shape, sizes: _special(chosen, shape, sizes.tiny),
        "tails": lambda chosen, shape, sizes: _special(chosen, shape, sizes.tails),
        "mixture": _mixture,
    }
)
# How often each bucket is drawn; the first is the one that a case shrinks to.
MIX = (
    *("ordinary",) * 5,
    *("mixture",) * 4,
    *("tails",) * 7,
    *("zeros",) * 4,
    *("near ties", "structured", "tiny") * 3,
    *("ties",) * 2,
    "constant",
)
# Of arrays so long that a run has few of their kind: one that overflows tells nothing.
LONG_MIX = ("ordinary", *("lines",) * 8, "ordinary", "zeros", "constant")


def fill(
    bucket: str,
    seed: int,
    shape: Shape,
    bounds: Bounds = ANYWHERE,
    magnitudes: Magnitudes = FLOAT64,
) -> Array:
    """Fill an array from a bucket, every entry within the bounds."""
    chosen = Choices.of(bucket, seed)
    values = BUCKETS[bucket](chosen, shape, magnitudes)
    if len(bounds.finite) == 1:
        (bound,) = bounds.finite
        # What is small shall be near the bound, and what lies inside stay as it is.
        away = abs(values if bucket in _BY_THE_BOUND else values - bound)
        values = bound + (away if bound == bounds.low else -away)
    values = np.asarray(values)  # arithmetic turns what is 0-d into numbers
    outside = ~bounds.hold(values)
    if outside.any():
        values[outside] = _inside(chosen, int(outside.sum()), bounds)
    if len(bounds.finite) == 2 and chosen.grid:
        return _on_grid(values, chosen.grid, bounds)
    if bounds.closed and bounds.finite and chosen.on_bound:
        rng = generator(seed)
        on_bound = masks.mask(chosen.on_bound, rng, shape)
        return np.where(on_bound, rng.choice(bounds.finite, shape), values)
    return values


def _on_grid(values: Array, steps: int, bounds: Bounds) -> Array:
    """Whole numbers, or halves, if the bounds hold two of them: pixels."""
    first = math.floor(bounds.low * steps) + 1
    last = math.ceil(bounds.high * steps) - 1
    if not 0 < last - first < _PIXELS:
        return values
    return np.asarray((values * steps).round().clip(first, last) / steps)


def _inside(chosen: Choices, size: int, bounds: Bounds) -> Array:
    """Values near a single bound; between two bounds anywhere or near one."""
    rng = generator(chosen.seed)
    edge = np.array(_EDGES)[np.minimum(rng.integers(0, 12, size), len(_EDGES) - 1)]
    if len(bounds.finite) == 1:
        (bound,) = bounds.finite
        return bound + edge * max(1.0, abs(bound)) * (1 if bound == bounds.low else -1)
    share = np.where(rng.random(size) < chosen.near_edges, edge / 2, 0.0)
    share = np.where(share > 0, share, rng.integers(2, 49, size) / 50)
    share = np.where(rng.random(size) < 0.5, share, 1 - share)
    values: Array = bounds.low + (bounds.high - bounds.low) * share
    return values


def infinities(seed: int, shape: Shape, signs: tuple[float, ...]) -> Array:
    """Infinities at the chosen place, mostly of the first sign; zero elsewhere."""
    chosen, rng = Choices.of("infinite", seed), generator(seed)
    where = masks.mask(chosen.place, rng, shape)
    sign = np.where(rng.random(shape) < chosen.opposite, signs[-1], signs[0])
    return np.where(where, sign * math.inf, 0.0)


def whole(seed: int, shape: Shape, low: int, high: int) -> NDArray[np.int64]:
    """Whole numbers from `low` to `high`, in the chosen order."""
    counting, rng = Counting.of(seed), generator(seed)
    size, count = math.prod(shape), high - low + 1
    steps = np.arange(size) % min(count, max(size, 1))
    if counting.order == "lowest":
        chosen = np.full(size, low, dtype=np.int64)
    elif counting.order == "ascending":
        chosen = low + steps
    elif counting.order == "descending":
        chosen = high - steps
    elif counting.order == "shuffled":
        chosen = low + rng.permutation(steps)
    elif counting.order == "ends":
        chosen = rng.choice(np.array((low, high)), size)
    elif counting.order == "one value":
        chosen = np.full(size, rng.integers(low, high, dtype=np.int64, endpoint=True))
    elif counting.order == "two values":
        chosen = rng.choice(rng.integers(low, high, 2, dtype=np.int64, endpoint=True), size)
    else:
        top = low + count // 2 if counting.order == "lower half" and count > 1 else high
        chosen = rng.integers(low, top, size, dtype=np.int64, endpoint=True)
        chosen[: size // 3] = high if counting.highest_first else low
    return chosen.reshape(shape).astype(np.int64)


# --- cotangents


def cotangent(seed: int, size: int) -> Array:
    """Random signs and distinct magnitudes in [0.5, 1.5), never zero."""
    vector = kept(_cotangent, seed, size)
    return vector if vector.flags.writeable else vector.copy()


def kept(make: Callable[[int, int], Array], seed: int, size: int) -> Array:
    """Return `make(seed, size)`, read-only; what is small is made once.

    A test suite checks many gradients of one size from one seed.
    """
    return _made(make, seed, size) if size <= _SMALL else make(seed, size)


@lru_cache(maxsize=64)
def _made(make: Callable[[int, int], Array], seed: int, size: int) -> Array:
    vector = make(seed, size)
    vector.flags.writeable = False
    return vector


def _cotangent(seed: int, size: int) -> Array:
    first = Background.of(seed)
    if first.pattern == "ones":
        return np.ones(size)
    if first.pattern == "counting":
        return np.arange(1.0, size + 1)
    # Multiples of an odd number modulo a power of two are all distinct: a cheap permutation.
    bits = 16 if size <= 2**16 else 32
    steps = np.arange(size, dtype=f"u{bits // 8}")
    steps *= steps.dtype.type(_ODD)
    steps += steps.dtype.type(seed * _SPREAD >> 16 & 0xFFFF)
    magnitude: Array = steps * 2.0**-bits
    # A share of a step that no short dtype holds: what is computed in float32 is to differ.
    magnitude += 0.5 + _GOLDEN * 2.0**-bits
    if first.rounding == "tenths":
        magnitude = magnitude.round(1 + len(str(size)))
    np.copysign(magnitude, random_bits(seed, size, np.dtype(np.int8)), out=magnitude)
    return magnitude
