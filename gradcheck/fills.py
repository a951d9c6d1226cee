"""Bulk values from a seed: fast to draw, and small seeds give simple arrays.

Hypothesis decides which bucket an array comes from and its seed; NumPy fills the
entries. Hypothesis shrinks integers towards 0, so the first seeds of each bucket are
the arrays that a person would write down: ones, 1 2 3 …, short decimals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SEEDS = 2**16
_ONE_DECIMAL = 64  # seeds below this one give values with one decimal
_TAILS = (20.0, 40.0, 100.0, 710.0, 1e5, 1e10, 1e20, 1e100, 1e160, 1e200)
_TINY = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-10, 1e-12, 1e-20, 1e-100, 1e-200)
_SMALL = 2**14  # entries of an array that is worth keeping
_ODD = 40503  # near 2¹⁶ divided by the golden ratio, so that neighbours differ much
_SPREAD = 0x2545F491  # odd, so that neighbouring seeds start far apart
_EDGES = (1e-1, 1e-2, 1e-3, 1e-4, 1e-6)


def generator(seed: int) -> np.random.Generator:
    """Return the generator that a seed stands for, the same on every machine."""
    return np.random.Generator(np.random.PCG64(seed))


def random_bits(seed: int, size: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return integers of a dtype with every bit random: the quickest that NumPy has."""
    words = np.random.PCG64(seed).random_raw(-(-size * dtype.itemsize // 8))
    return np.asarray(words).view(dtype)[:size]


def ordinary(seed: int, size: int) -> Array:
    """Values around 1 of both signs: simple patterns, then short decimals, then any."""
    count = np.arange(1.0, size + 1)
    if seed == 0:
        return np.ones(size)
    if seed == 1:
        return count
    if seed == 2:
        return count * np.where(count % 2 == 0, 0.5, -0.5)
    values = 2 * generator(seed).standard_normal(size)
    if seed < _ONE_DECIMAL:
        return values.round(1)
    return values.round(2) if seed % 4 else values


def with_zeros(seed: int, size: int) -> Array:
    """Ordinary values with exact zeros: one, two, a random half, or all but one."""
    values = ordinary(seed // 4, size)
    rng = generator(seed)
    count = (1, 2, size // 2, size - 1)[seed % 4]
    values[rng.permutation(size)[: max(count, 0)]] = 0.0
    return values


def ties(seed: int, size: int) -> Array:
    """Few distinct values, so that most of them are tied."""
    choices = ((0.0, 1.0), (1.0, 2.0), (-1.0, 0.0, 1.0, 2.0), (-2.0, -0.5, 0.5, 3.0))[seed % 4]
    return generator(seed).choice(choices, size)


def constant(seed: int, size: int) -> Array:
    """One value everywhere."""
    return np.full(size, (0.0, 1.0, -1.0, 2.0, 0.5, -3.0, 0.1)[seed % 7])


def tiny(seed: int, size: int) -> Array:
    """Values near zero, alone or among ordinary ones."""
    return _mixed(seed, size, _TINY)


def tails(seed: int, size: int) -> Array:
    """Large values, alone or among ordinary ones."""
    return _mixed(seed, size, _TAILS)


def mixture(seed: int, size: int) -> Array:
    """Ordinary values among zeros, ties, small ones and moderately large ones."""
    values = ordinary(seed // 8, size)
    rng = generator(seed)
    small = rng.choice(_TINY, size) * rng.integers(1, 10, size) * rng.choice((-1.0, 1.0), size)
    large = rng.choice(_TAILS[:2], size) * rng.choice((-1.0, 1.0), size)
    tied = values[rng.integers(0, max(size, 1), size)] if size else values
    special = rng.choice(5, size)
    return np.choose(
        np.where(rng.random(size) < 0.5, special, 0), (values, values * 0, tied, small, large)
    )


def _mixed(seed: int, size: int, magnitudes: tuple[float, ...]) -> Array:
    rng = generator(seed)
    magnitude = magnitudes[seed // 2 % len(magnitudes)]
    special = rng.choice((-magnitude, magnitude), size) * rng.integers(1, 10, size)
    return np.where(rng.random(size) < (1.0, 0.3)[seed % 2], special, ordinary(seed // 32, size))


BUCKETS: Mapping[str, Callable[[int, int], Array]] = MappingProxyType(
    {
        "ordinary": ordinary,
        "zeros": with_zeros,
        "ties": ties,
        "constant": constant,
        "tiny": tiny,
        "tails": tails,
        "mixture": mixture,
    }
)
# How often each bucket is drawn; the first is the one that a case shrinks to.
MIX = (
    *("ordinary",) * 5,
    *("mixture",) * 4,
    *("zeros", "ties", "tiny", "tails") * 2,
    "constant",
)


def fill(bucket: str, seed: int, shape: tuple[int, ...], low: float, high: float) -> Array:
    """Fill an array from a bucket, every entry strictly between `low` and `high`."""
    size = int(np.prod(shape))
    values = BUCKETS[bucket](seed, size)
    if np.isfinite(low) and not np.isfinite(high):
        values = low + abs(values - low)
    elif np.isfinite(high) and not np.isfinite(low):
        values = high - abs(values - high)
    outside = ~((low < values) & (values < high))
    if outside.any():
        values[outside] = _inside(seed, int(outside.sum()), low, high)
    return values.reshape(shape)


def _inside(seed: int, size: int, low: float, high: float) -> Array:
    """Values between two bounds, or by an edge: where only one bound is finite, near it."""
    rng = generator(seed)
    edge = np.array(_EDGES)[np.minimum(rng.integers(0, 8, size), len(_EDGES) - 1)]
    if not np.isfinite(high):
        return low + edge * max(1.0, abs(low))
    if not np.isfinite(low):
        return high - edge * max(1.0, abs(high))
    share = np.where(rng.random(size) < (0.15, 0.6)[seed % 8 == 7], edge / 2, 0.0)
    share = np.where(share > 0, share, rng.integers(2, 49, size) / 50)
    share = np.where(rng.random(size) < 0.5, share, 1 - share)
    return low + (high - low) * share


def cotangent(seed: int, size: int) -> Array:
    """Random signs and magnitudes that are all distinct, in [0.5, 1.5): never zero."""
    return kept(_cotangent, seed, size).copy()


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
    magnitude += 0.5 + 2.0 ** -(bits + 1)
    if seed < _ONE_DECIMAL:
        magnitude = magnitude.round(1 + len(str(size)))
    np.copysign(magnitude, random_bits(seed, size, np.dtype(np.int8)), out=magnitude)
    return magnitude
