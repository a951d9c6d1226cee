"""Strategies of the arrays that domains hold."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

import numpy as np
from hypothesis import strategies as st

from gradcheck.errors import SpecError
from gradcheck.ndarrays import buckets, matrices
from gradcheck.ndarrays.buckets import Bounds
from gradcheck.ndarrays.dtypes import unit_of
from gradcheck.ndarrays.strategies import one_with_seed, seeds
from gradcheck.ndarrays.types import Array

Shape = tuple[int, ...]
Strategy = st.SearchStrategy[Array]
Kind = Callable[[np.random.Generator, Shape, bool], Array]

_LONG = 2**10  # entries of an array that is drawn for its length; derived: see cases/shapes.py


@lru_cache(maxsize=4096)
def filled(
    shape: Shape, dtype: np.dtype[Any], bounds: Bounds, infinite: tuple[float, ...] = ()
) -> Strategy:
    """Draw from the buckets, and infinities of the allowed signs."""
    part = np.empty(0, dtype).real.dtype
    magnitudes = buckets.MAGNITUDES[part.name]

    def finite(bucket: str, seed: int) -> Array:
        name = "mixture" if bucket == "infinite" else bucket
        return _cast(buckets.fill(name, seed, shape, bounds, magnitudes), part, bounds)

    def build(choice: tuple[str, int]) -> Array:
        bucket, seed = choice
        x = finite(bucket, seed)
        if bucket == "infinite":
            x = x + buckets.infinities(seed, shape, infinite).astype(part)
        if dtype.kind != "c":
            return x
        both = np.empty(shape, dtype)
        both.real, both.imag = x, finite(bucket, seed + buckets.SEEDS)
        if seed % 2 and bounds.hold(np.zeros(())):
            both.imag[x == 0] = 0  # wholly zero, not in one part only
        return both

    mix = buckets.LONG_MIX if math.prod(shape) > _LONG else buckets.MIX
    return one_with_seed((*mix, *("infinite",) * (len(mix) // 2)) if infinite else mix).map(build)


def _cast(values: Array, dtype: np.dtype[Any], bounds: Bounds) -> Array:
    """Cast to a shorter dtype, and back inside the bounds."""
    if values.dtype == dtype:
        return values
    limit = buckets.MAGNITUDES[dtype.name].largest
    cast = np.asarray(values.clip(-limit, limit), dtype)
    outside = ~bounds.hold(cast)
    if outside.any():
        low, high = bounds.low, bounds.high
        if len(bounds.finite) == 2:
            cast[outside] = low + (high - low) / 2
        else:
            cast[outside] = low + max(1.0, low) if math.isfinite(low) else high - max(1.0, -high)
    return cast


def seeded(
    kind: Kind,
    simplest: Callable[[Shape], Array] = matrices.identity,
    check: Callable[[Shape], None] = lambda shape: None,
) -> Callable[[Shape, np.dtype[Any]], Strategy]:
    """A strategy of arrays made from a seed; shrinks to the simplest."""

    def strategy(shape: Shape, dtype: np.dtype[Any]) -> Strategy:
        check(shape)

        def build(seed: int) -> Array:
            if not seed:
                return np.asarray(simplest(shape), dtype)
            return np.asarray(kind(buckets.generator(seed), shape, dtype.kind == "c"), dtype)

        return seeds().map(build)

    return strategy


def of_matrices(kind: Kind) -> Callable[[Shape, np.dtype[Any]], Strategy]:
    return seeded(kind, check=_check_matrix)


def of_squares(kind: Kind, domain: str) -> Callable[[Shape, np.dtype[Any]], Strategy]:
    return seeded(kind, check=partial(_check_square, domain=domain))


def _check_matrix(shape: Shape) -> None:
    if len(shape) < 2:
        raise SpecError(f"A matrix domain needs at least two axes; the input has shape {shape}.")


def _check_square(shape: Shape, domain: str) -> None:
    _check_matrix(shape)
    if shape[-1] != shape[-2]:
        raise SpecError(f"{domain} gives square matrices; the input has shape {shape}.")


def nonzero_values(shape: Shape, dtype: np.dtype[Any]) -> Strategy:
    def build(x: Array) -> Array:
        return np.where(x == 0, np.ones_like(x), x)

    return filled(shape, dtype, buckets.ANYWHERE).map(build)


def distinct_values(shape: Shape, dtype: np.dtype[Any]) -> Strategy:
    size = math.prod(shape)
    spacing = size * unit_of(dtype).eps  # of the largest numbers, in the worst case
    if spacing > 1:
        return st.nothing()  # so many numbers, so far apart, a short dtype does not have
    spread = 0.3 if spacing < 0.2 else 0.0

    def build(seed: int) -> Array:
        steps = np.arange(1.0, size + 1)
        if seed > 1:
            rng = buckets.generator(seed)
            steps = rng.permutation(steps - size // 2 + rng.uniform(-spread, spread, size).round(1))
        return np.asarray(steps.reshape(shape), dtype)

    return seeds().map(build)
