"""Bulk values from a seed: fast to draw, and small seeds give simple arrays.

Hypothesis decides which bucket an array comes from and its seed; NumPy fills the
entries. Hypothesis shrinks integers towards 0, so the first seeds of each bucket are
the arrays that a person would write down: ones, 1 2 3 …, short decimals.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from gradcheck.ndarrays import masks, matrices

Array = NDArray[np.float64]
Shape = tuple[int, ...]
T = TypeVar("T")

SEEDS = 2**16
_READ = 1024  # entries of an array that somebody may want to read
_ONE_DECIMAL = 64  # seeds below this one give values with one decimal
_SMALL = 2**14  # entries of an array that is worth keeping
_ODD = 40503  # near 2¹⁶ divided by the golden ratio, so that neighbours differ much
_GOLDEN = 0.6180339887498949
_SPREAD = 0x2545F491  # odd, so that neighbouring seeds start far apart
_EDGES = (1e-1, 1e-2, 1e-3, 1e-4, 1e-6, 1e-8, 1e-10, 1e-12)
_STRUCTURES = (*matrices.STRUCTURES, "identity", "identity")
_BY_THE_BOUND = ("zeros", "tiny")  # buckets that, with one bound, count from there
_PIXELS = 10_000  # between bounds that may be those of an image
_FEW = 8  # entries that are not like all the others
_APART = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8)  # of values that are nearly tied


@dataclass(frozen=True, slots=True, kw_only=True)
class Magnitudes:
    """Where numbers of a dtype get difficult.

    Attributes:
        tails: where exponentials saturate and overflow, then squares, then cubes.
        tiny: where squares vanish beside 1, then altogether.
        largest: the largest number.
    """

    tails: tuple[float, ...]
    tiny: tuple[float, ...]
    largest: float


# exp overflows at 709.8 in double precision, at 88.8 in single and at 11.1 in half.
FLOAT64 = Magnitudes(
    tails=(20.0, 20.0, 40.0, 100.0, 711.0, 711.0, 800.0, 1e5, 1e20, 1e160, 1e160, 1e200, 1e200),
    tiny=(1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-12, 1e-20, 1e-160, 1e-200),
    largest=float(np.finfo(np.float64).max),
)
_FLOAT32 = Magnitudes(
    tails=(12.0, 20.0, 40.0, 89.0, 89.0, 100.0, 711.0, 1e5, 1e20, 1e20, 1e30),
    tiny=(1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-10, 1e-20, 1e-30),
    largest=float(np.finfo(np.float32).max),
)
_FLOAT16 = Magnitudes(
    tails=(4.0, 11.5, 12.0, 20.0, 40.0, 89.0, 100.0, 260.0, 1000.0, 7000.0),
    tiny=(1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6),
    largest=float(np.finfo(np.float16).max),
)
# The exponents of float32, with 8 bits of mantissa.
_BFLOAT16 = replace(_FLOAT32, largest=(2.0 - 2.0**-7) * 2.0**127)
MAGNITUDES: Mapping[str, Magnitudes] = MappingProxyType(
    {"float64": FLOAT64, "float32": _FLOAT32, "float16": _FLOAT16, "bfloat16": _BFLOAT16}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The numbers between two bounds, or, where closed, those on a bound as well."""

    low: float = -math.inf
    high: float = math.inf
    closed: bool = False

    def hold(self, values: NDArray[Any]) -> NDArray[np.bool_]:
        """Say which values lie within; infinite ones never do."""
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
    """Return the generator that a seed stands for, the same on every machine."""
    return np.random.Generator(np.random.PCG64(seed))


def random_bits(seed: int, size: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return integers of a dtype with every bit random: the quickest that NumPy has."""
    words = np.random.PCG64(seed).random_raw(-(-size * dtype.itemsize // 8))
    return np.asarray(words).view(dtype)[:size]


def ordinary(seed: int, shape: Shape) -> Array:
    """Values around 1 of both signs: simple patterns, then short decimals, then any."""
    size = math.prod(shape)
    if seed <= 2:
        count = np.arange(1.0, size + 1).reshape(shape)
        signed = count * np.where(count % 2 == 0, 0.5, -0.5)
        return (np.ones(shape), count, signed)[seed]
    values = (2.0, 2.0, 6.0)[seed % 3] * generator(seed).standard_normal(shape)
    if size > _READ:
        return values  # short decimals would be tied by the thousand
    if seed < _ONE_DECIMAL:
        return values.round(1)
    if seed % 8 == 7:
        return (2 * values).round() / 2  # whole numbers and halves: the middle of a pixel
    return values.round(2) if seed % 4 else values


def with_zeros(seed: int, shape: Shape) -> Array:
    """Ordinary values with exact zeros: one, two of a slice, a row, all, and what lies between."""
    where = masks.mask(_pick(tuple(masks.PLACES), seed), generator(seed), shape)
    return np.where(where, 0.0, ordinary(seed // 16, shape))


def ties(seed: int, shape: Shape) -> Array:
    """Few distinct values, small whole numbers, constant rows or columns, or one duplicate."""
    rng = generator(seed)
    kind = seed % 8
    if kind < 4:
        few = ((0.0, 1.0), (1.0, 2.0), (-1.0, 0.0, 1.0, 2.0), (-2.0, -0.5, 0.5, 3.0))
        return rng.choice(few[kind], shape)
    if kind == 4:
        return rng.integers(-3, 4, shape).astype(np.float64)
    values = ordinary(seed // 8, shape)
    if not values.size or not shape:
        return values
    if kind < 7:
        axis = -1 if kind == 5 else int(rng.integers(len(shape)))
        return np.broadcast_to(values.take([0], axis), shape).copy()
    one, other = rng.integers(values.size, size=2)
    values.flat[one] = values.flat[other]
    return values


def near_ties(seed: int, shape: Shape) -> Array:
    """Values that differ by 1e-2 … 1e-8 of one, or of a hundred, and some that are equal."""
    rng = generator(seed)
    apart = _pick(_APART, seed) * rng.integers(0, 6, shape)
    middle = ordinary(seed // 32, (*shape[:-1], 1) if shape else ())
    near: Array = 100 * middle * (1 + apart) if seed // 8 % 4 == 3 else middle + apart
    return near


def lines(seed: int, shape: Shape) -> Array:
    """Ordinary values of which each line along the longest axis may be constant, or nearly so.

    Of a long line, counts and sums show only where it is the same nearly everywhere.
    """
    values = ordinary(seed // 16, shape)
    if not values.size or not shape:
        return values
    rng = generator(seed)
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


def constant(seed: int, shape: Shape) -> Array:
    """One value everywhere."""
    return np.full(shape, _pick((0.0, 1.0, -1.0, 2.0, 0.5, -3.0, 0.1), seed))


def structured(seed: int, shape: Shape) -> Array:
    """Identities, singular, symmetric, triangular, … matrices in the last two axes."""
    if len(shape) < 2:
        return ordinary(seed, shape)
    return matrices.structured(_pick(_STRUCTURES, seed), generator(seed), shape)


def special(seed: int, shape: Shape, magnitudes: tuple[float, ...]) -> Array:
    """Values of one magnitude: everywhere, among ordinary ones, or a single one."""
    rng = generator(seed)
    magnitude = magnitudes[seed // 4 % len(magnitudes)]
    values = rng.choice((-magnitude, magnitude), shape) * rng.integers(1, 10, shape)
    if seed % 4 == 3:
        return np.where(masks.mask("one", rng, shape), values, ordinary(seed // 64, shape))
    share = (1.0, 0.3, 0.3)[seed % 4]
    return np.where(rng.random(shape) < share, values, ordinary(seed // 64, shape))


def mixture(seed: int, shape: Shape, magnitudes: Magnitudes) -> Array:
    """Ordinary values among zeros, ties, near ties, small ones and moderately large ones."""
    values = ordinary(seed // 8, shape)
    if not values.size:
        return values
    rng = generator(seed)
    sign = rng.choice((-1.0, 1.0), shape)
    small = rng.choice(magnitudes.tiny, shape) * rng.integers(1, 10, shape) * sign
    large = rng.choice(magnitudes.tails[1:7], shape) * sign
    tied = values.flat[rng.integers(0, values.size, shape)]
    near = tied + _pick(_APART, seed)
    kind = np.where(rng.random(shape) < 0.5, rng.integers(0, 7, shape), 0)
    return np.choose(kind, (values, values * 0, tied, near, small, large, large))


BUCKETS: Mapping[str, Callable[[int, Shape, Magnitudes], Array]] = MappingProxyType(
    {
        "ordinary": lambda seed, shape, _: ordinary(seed, shape),
        "zeros": lambda seed, shape, _: with_zeros(seed, shape),
        "ties": lambda seed, shape, _: ties(seed, shape),
        "near ties": lambda seed, shape, _: near_ties(seed, shape),
        "lines": lambda seed, shape, _: lines(seed, shape),
        "constant": lambda seed, shape, _: constant(seed, shape),
        "structured": lambda seed, shape, _: structured(seed, shape),
        "tiny": lambda seed, shape, sizes: special(seed, shape, sizes.tiny),
        "tails": lambda seed, shape, sizes: special(seed, shape, sizes.tails),
        "mixture": mixture,
    }
)
# How often each bucket is drawn; the first is the one that a case shrinks to.
MIX = (
    *("ordinary",) * 5,
    *("mixture",) * 4,
    *("tails",) * 5,
    *("near ties",) * 4,
    *("zeros", "structured") * 3,
    *("ties", "tiny") * 2,
    "constant",
)
# Of an array so long that a run has few of its kind: one that overflows tells nothing.
LONG_MIX = ("ordinary", *("lines",) * 8, "ordinary", "zeros", "constant")


def fill(
    bucket: str,
    seed: int,
    shape: Shape,
    bounds: Bounds = ANYWHERE,
    magnitudes: Magnitudes = FLOAT64,
) -> Array:
    """Fill an array from a bucket, every entry within the bounds."""
    values = BUCKETS[bucket](seed, shape, magnitudes)
    if len(bounds.finite) == 1:
        (bound,) = bounds.finite
        # What is small shall be near the bound, and what lies inside stay as it is.
        away = abs(values if bucket in _BY_THE_BOUND else values - bound)
        values = bound + (away if bound == bounds.low else -away)
    values = np.asarray(values)  # arithmetic turns what is 0-d into numbers
    outside = ~bounds.hold(values)
    if outside.any():
        values[outside] = _inside(seed, int(outside.sum()), bounds)
    if len(bounds.finite) == 2 and seed % 8 in (1, 5):
        return _on_grid(values, (1.0, 2.0)[seed % 8 == 5], bounds)
    if bounds.closed and bounds.finite and seed % 4 == 3:
        rng = generator(seed)
        on_bound = masks.mask(_pick(tuple(masks.PLACES), seed // 4), rng, shape)
        return np.where(on_bound, rng.choice(bounds.finite, shape), values)
    return values


def _on_grid(values: Array, steps: float, bounds: Bounds) -> Array:
    """Whole numbers, or halves, if the bounds hold two: pixels, and the middle between them."""
    first = math.floor(bounds.low * steps) + 1
    last = math.ceil(bounds.high * steps) - 1
    if not 0 < last - first < _PIXELS:
        return values
    return np.asarray((values * steps).round().clip(first, last) / steps)


def _inside(seed: int, size: int, bounds: Bounds) -> Array:
    """Values between two bounds, or by an edge: where only one bound is finite, near it."""
    rng = generator(seed)
    edge = np.array(_EDGES)[np.minimum(rng.integers(0, 12, size), len(_EDGES) - 1)]
    if len(bounds.finite) == 1:
        (bound,) = bounds.finite
        return bound + edge * max(1.0, abs(bound)) * (1 if bound == bounds.low else -1)
    share = np.where(rng.random(size) < (0.15, 0.6)[seed % 8 == 7], edge / 2, 0.0)
    share = np.where(share > 0, share, rng.integers(2, 49, size) / 50)
    share = np.where(rng.random(size) < 0.5, share, 1 - share)
    values: Array = bounds.low + (bounds.high - bounds.low) * share
    return values


def infinities(seed: int, shape: Shape, signs: tuple[float, ...]) -> Array:
    """Infinities of the given signs by places, mostly the first of them; zero elsewhere."""
    rng = generator(seed)
    where = masks.mask(_pick(tuple(masks.PLACES), seed), rng, shape)
    sign = np.where(rng.random(shape) < (0.0, 0.0, 0.5, 1.0)[seed // 16 % 4], signs[-1], signs[0])
    return np.where(where, sign * math.inf, 0.0)


def whole(seed: int, shape: Shape, low: int, high: int) -> NDArray[np.int64]:
    """Whole numbers from `low` to `high`: in and out of order, repeated, at the ends, any."""
    size, count = math.prod(shape), high - low + 1
    if seed == 0:
        return np.full(shape, low, dtype=np.int64)
    rng = generator(seed)
    steps = np.arange(size) % min(count, max(size, 1))
    if seed == 1 or seed % 8 == 0:
        chosen = low + steps
    elif seed % 8 == 1:
        chosen = high - steps
    elif seed % 8 == 2:
        chosen = low + rng.permutation(steps)
    elif seed % 8 == 3:
        chosen = rng.choice(np.array((low, high)), size)
    elif seed % 8 == 4:
        chosen = np.full(size, rng.integers(low, high, dtype=np.int64, endpoint=True))
    elif seed % 8 == 5:
        few = rng.integers(low, high, 2, dtype=np.int64, endpoint=True)
        chosen = rng.choice(few, size)
    else:
        top = low + count // 2 if seed % 8 == 6 and count > 1 else high
        chosen = rng.integers(low, top, size, dtype=np.int64, endpoint=True)
        chosen[: size // 3] = (low, high)[seed // 8 % 2]
    return chosen.reshape(shape).astype(np.int64)


def cotangent(seed: int, size: int) -> Array:
    """Random signs and magnitudes that are all distinct, in [0.5, 1.5): never zero."""
    made = kept(_cotangent, seed, size)
    return made if made.flags.writeable else made.copy()


def kept(make: Callable[[int, int], Array], seed: int, size: int) -> Array:
    """Return `make(seed, size)`, read-only; what is small is made once.

    A test suite checks many gradients of one size from one seed.
    """
    return _made(make, seed, size) if size <= _SMALL else make(seed, size)


@lru_cache(maxsize=64)
def _made(make: Callable[[int, int], Array], seed: int, size: int) -> Array:
    made = make(seed, size)
    made.flags.writeable = False
    return made


def _cotangent(seed: int, size: int) -> Array:
    if seed == 0:
        return np.ones(size)
    if seed == 1:
        return np.arange(1.0, size + 1)
    # Multiples of an odd number modulo a power of two are all distinct: a cheap permutation.
    bits = 16 if size <= 2**16 else 32
    steps = np.arange(size, dtype=f"u{bits // 8}")
    steps *= steps.dtype.type(_ODD)
    steps += steps.dtype.type(seed * _SPREAD >> 16 & 0xFFFF)
    magnitude: Array = steps * 2.0**-bits
    # A share of a step that no short dtype holds: what is computed in float32 is to differ.
    magnitude += 0.5 + _GOLDEN * 2.0**-bits
    if seed < _ONE_DECIMAL:
        magnitude = magnitude.round(1 + len(str(size)))
    np.copysign(magnitude, random_bits(seed, size, np.dtype(np.int8)), out=magnitude)
    return magnitude


def _pick(options: tuple[T, ...], seed: int) -> T:
    return options[seed % len(options)]
