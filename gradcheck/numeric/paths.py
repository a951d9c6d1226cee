"""Paths through input space, along which a forward is evaluated.

A path is `t ↦ f(x + t·u)`, straight but where a domain is curved: there `u` is a tangent,
and what has moved is brought back onto the domain, which leaves the slope at t = 0 alone.

Its direction `u` is scaled per entry: by max(1, |x|), or by the room that the domain leaves
where that is less, rounded down to a power of two. A step `t` is a power of two as well, so
`x + t·u` is exact in binary but where it crosses into the next binade.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcheck.ndarrays import buckets
from gradcheck.ndarrays.flat import blocks
from gradcheck.ndarrays.types import Array, Parts, Vector
from gradcheck.numeric.forward import FlatForward

_EXPONENT_BITS = np.int64(0x7FF0000000000000)
_SMALLEST = 2.0**-900  # scale; derived: its products with steps and slopes do not underflow
_UNITS = 4.0  # in the last place of a number, that a step has at least; derived: exact steps
_BITS = np.dtype(np.int16)
_APART = 2**32  # between the seeds of two parts; arbitrary: more than there are directions


def scale_of(x: Vector, room: Vector | None = None) -> Vector:
    """Powers of two, up to max(1, |x|) and each entry's room.

    An entry without any room gets 0: no path moves it.
    """
    size = np.abs(x, dtype=np.float64)
    np.maximum(size, 1.0, out=size)
    if room is not None:
        np.minimum(size, np.abs(room), out=size)
        np.maximum(size, _SMALLEST, out=size, where=room != 0)
    exponents = size.view(np.int64)
    exponents &= _EXPONENT_BITS
    return size


def scale_blocks(x: Vector, room: Vector | None = None) -> Iterator[tuple[slice, Vector]]:
    """The scales of a large vector, a block at a time."""
    for block in blocks(x.size):
        yield block, scale_of(x[block], None if room is None else room[block])


def random_direction(scales: Parts, seed: int) -> Parts:
    """Random signs times magnitudes in [0.5, 1.5), times each entry's scale.

    The magnitudes have 15 bits: enough that errors of several entries do not cancel, and
    few enough that a step stays exact when it is added to an entry.
    """
    return [_scaled(seed + part * _APART, scale) for part, scale in enumerate(scales)]


def _scaled(seed: int, scale: Vector) -> Vector:
    shares = buckets.kept(_shares, seed, scale.size)
    return np.multiply(shares, scale, out=shares if shares.flags.writeable else None)


def _shares(seed: int, size: int) -> Vector:
    bits = buckets.random_bits(seed, size, _BITS)
    shares = np.empty(size)
    for block in blocks(size):
        np.multiply(bits[block], 2.0**-15, out=shares[block])
        shares[block] += np.copysign(0.5, shares[block])
    return shares


def absolute_product(one: Vector, other: Vector, least: float = 0.0) -> float:
    """Σ |one| max(|other|, least), in blocks: no temporary of full size."""
    total = 0.0
    for block in blocks(one.size):
        size = np.abs(other[block])
        if least:
            np.maximum(size, least, out=size)
        total += float(np.abs(one[block]) @ size)
    return total


def length(terms: Vector) -> float:
    """The 2-norm, also where squares over- or underflow."""
    square = float(terms @ terms)
    if 1e-280 < square < 1e300:
        return math.sqrt(square)
    largest = float(np.abs(terms).max(initial=0.0))
    if not 0 < largest < math.inf:
        return largest
    return largest * math.sqrt(float(np.square(terms / largest).sum()))


def _finest(x: Vector, u: Vector) -> float:
    moves = u != 0
    return float((_UNITS * np.spacing(np.abs(x[moves])) / np.abs(u[moves])).max(initial=0.0))


def _relative(x: Vector, u: Vector) -> float:
    usable = np.isfinite(x) & (u != 0)
    return float((np.abs(x[usable]) / np.abs(u[usable])).max(initial=0.0))


def both_ways(path: Path, t: float, dtype: Any = np.float64) -> tuple[Vector | None, Vector | None]:
    """Evaluate at t and at −t, without shared memory."""
    ahead, behind = path.at(t, dtype), path.at(-t, dtype)
    if ahead is not None and behind is not None and np.may_share_memory(ahead, behind):
        # The forward hands out one buffer again and again: keep what it held before.
        again = path.at(t, dtype)
        ahead, behind = None if again is None else again.copy(), path.at(-t, dtype)
    return ahead, behind


def _step(moved: Vector, direction: Vector, t: float) -> None:
    """Move a vector in place and in its own dtype."""
    for block in blocks(moved.size):
        moved[block] += direction[block].astype(moved.dtype, copy=False) * t


class _Direction:
    """Facts about how far a path moves which numbers."""

    __slots__ = ()
    point: Parts

    def _moved(self, _parts: Parts) -> Iterable[tuple[Vector, Vector]]:
        """Pairs of the numbers that move and how far they do."""
        raise NotImplementedError

    def _blocks(self, parts: Parts) -> Iterator[tuple[Vector, Vector]]:
        return ((x[b], u[b]) for x, u in self._moved(parts) for b in blocks(u.size))

    def meets_infinity(self, gradient: Parts) -> bool:
        """Whether an entry that the path moves has an infinite gradient."""
        return not all(np.isfinite(g[u != 0]).all() for g, u in self._blocks(gradient))

    @property
    def finest(self) -> float:
        """The shortest step that moves every entry by several units."""
        return max((_finest(x, u) for x, u in self._blocks(self.point)), default=0.0)

    @property
    def relative(self) -> float:
        """The largest |x| / |u|: how far a number is from zero."""
        return max((_relative(x, u) for x, u in self._blocks(self.point)), default=0.0)

    @property
    def reach(self) -> float:
        """Σ |u|, the 1-norm of the direction."""
        return float(sum(np.abs(u).sum() for _, u in self._blocks(self.point)))


@dataclass(frozen=True, slots=True)
class SparsePath(_Direction):
    """A path that moves some entries of each part."""

    function: FlatForward
    point: Parts
    moves: Sequence[tuple[int, Any, Vector]]

    def at(self, t: float, dtype: Any = np.float64) -> Vector | None:
        """Evaluate the forward at x + t·u, in the given real dtype."""
        parts = [p.astype(dtype, copy=False) for p in self.point]
        for part, indices, values in self.moves:
            moved = parts[part].copy()
            if isinstance(indices, slice):
                _step(moved[indices], values, t)
            else:
                moved[indices] += values.astype(dtype) * t
            parts[part] = self.function.retracted(part, moved)
        out = self.function(parts)
        del parts
        return None if out is None else out.copy()

    def moved(self, t: float) -> SparsePath:
        """The same path from a point further along it."""
        point = list(self.point)
        for part, indices, values in self.moves:
            point[part] = point[part].copy()
            point[part][indices] += t * values
        return replace(self, point=point)

    def along(self, gradient: Parts) -> tuple[float, float]:
        """The gradient's slope along the path, and the 2-norm of its terms."""
        terms = np.concatenate([g * u for g, u in self._moved(gradient)])
        return float(terms.sum()), length(terms)

    def slope_of(self, gradient: Parts) -> float:
        """The gradient's slope along the path, in blocks."""
        return sum(float((g * u).sum()) for g, u in self._blocks(gradient))

    def _moved(self, parts: Parts) -> Iterable[tuple[Vector, Vector]]:
        return ((parts[k][i], values) for k, i, values in self.moves)

    def imaginary(self, t: float) -> list[Array]:
        """The point moved by t·u along the imaginary axis."""
        parts = [p.astype(np.complex128) for p in self.point]
        for part, indices, values in self.moves:
            parts[part][indices] += 1j * values * t
        return parts


@dataclass(frozen=True, slots=True)
class DensePath(_Direction):
    """A path that moves every entry; its buffers serve all steps."""

    function: FlatForward
    point: Parts
    direction: Parts
    scratch: Parts

    def at(self, t: float, dtype: Any = np.float64) -> Vector | None:
        """Evaluate the forward at x + t·u, in the given real dtype."""
        if dtype is not np.float64:
            far = [x.astype(dtype) for x in self.point]
            for x, u in zip(far, self.direction, strict=True):
                _step(x, u, t)
            out = self.function([self.function.retracted(k, x) for k, x in enumerate(far)])
            return None if out is None else out.copy()
        for x, u, moved in zip(self.point, self.direction, self.scratch, strict=True):
            np.multiply(u, t, out=moved)
            np.add(moved, x, out=moved)
        out = self.function([self.function.retracted(k, x) for k, x in enumerate(self.scratch)])
        if out is None:
            return None
        for moved in self.scratch:
            if np.may_share_memory(out, moved):
                return out.copy()
        return out

    def moved(self, t: float) -> DensePath:
        """The same path from a point further along it."""
        point = [x + t * u for x, u in zip(self.point, self.direction, strict=True)]
        return replace(self, point=point)

    def along(self, gradient: Parts) -> tuple[float, float]:
        """The gradient's slope along the path, and the 2-norm of its terms."""
        total = size = 0.0
        for g, u in zip(gradient, self.direction, strict=True):
            for block in blocks(g.size):
                part, terms = float(g[block] @ u[block]), g[block] * u[block]
                if not math.isfinite(part):
                    terms[u[block] == 0] = 0  # an infinity that the path does not move
                    part = float(terms.sum())
                total += part
                size = math.hypot(size, length(terms))
        return total, size

    def _moved(self, parts: Parts) -> Iterable[tuple[Vector, Vector]]:
        return zip(parts, self.direction, strict=True)

    def imaginary(self, t: float) -> list[Array]:
        """The point moved by t·u along the imaginary axis."""
        return [x + 1j * u * t for x, u in zip(self.point, self.direction, strict=True)]


Path = SparsePath | DensePath
