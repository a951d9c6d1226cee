"""A failing direction halved down to one entry whose derivative is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from gradcheck.ndarrays.flat import blocks
from gradcheck.ndarrays.types import Array, Parts, Vector
from gradcheck.numeric import quick
from gradcheck.numeric.argument import Place
from gradcheck.numeric.batched import LONG
from gradcheck.numeric.comparison import Comparison
from gradcheck.numeric.paths import SparsePath
from gradcheck.numeric.point import Point
from gradcheck.numeric.probing import Prober


@dataclass(frozen=True, slots=True)
class Members:
    """Entries of one part: indices, or a stretch, which takes no memory."""

    part: int
    indices: slice | Array

    @classmethod
    def moved_by(cls, direction: Vector, part: int) -> Members:
        """The entries that a direction moves."""
        whole = all(direction[block].all() for block in blocks(direction.size))
        return cls(part, slice(0, direction.size) if whole else np.flatnonzero(direction))

    @property
    def size(self) -> int:
        indices = self.indices
        if isinstance(indices, slice):
            return int(indices.stop - indices.start)
        return int(indices.size)

    @property
    def first(self) -> int:
        indices = self.indices
        return int(indices.start if isinstance(indices, slice) else indices[0])

    def halves(self) -> tuple[Members, Members]:
        """The first half, and the rest."""
        indices, middle = self.indices, self.size // 2
        if isinstance(indices, slice):
            cut = indices.start + middle
            one, other = slice(indices.start, cut), slice(cut, indices.stop)
            return replace(self, indices=one), replace(self, indices=other)
        return replace(self, indices=indices[:middle]), replace(self, indices=indices[middle:])


def bisect(prober: Prober, direction: Parts) -> Comparison | None:
    """Follow the larger discrepancy, and prove the entry that is left.

    Returns:
        The comparison of that entry; None if it agrees.
    """
    members = moved_by(direction)
    while sum(each.size for each in members) > 1:
        halves = halves_of(members)
        members = max(halves, key=lambda half: _discrepancy(prober.point, half, direction))
    if not members:
        return None
    comparison = prober.prove_entry(Place(members[0].part, members[0].first))
    return comparison if not comparison.agrees else None


def moved_by(direction: Parts) -> list[Members]:
    """The entries that a direction moves."""
    return [Members.moved_by(u, part) for part, u in enumerate(direction) if u.any()]


def path_of(point: Point, members: Iterable[Members], direction: Parts) -> SparsePath:
    """The path that moves some entries as a direction does."""
    moves = [(m.part, m.indices, direction[m.part][m.indices]) for m in members]
    return SparsePath(point.function, point.inputs, moves)


def halves_of(members: list[Members]) -> list[list[Members]]:
    """Split entries in two: between parts first, then within one."""
    if len(members) > 1:
        middle = len(members) // 2
        return [members[:middle], members[middle:]]
    return [[half] for half in members[0].halves()]


def _discrepancy(point: Point, members: Iterable[Members], direction: Parts) -> float:
    path = path_of(point, members, direction)
    analytic = path.slope_of(point.gradient)
    slope, _ = quick.slope(point, path, LONG)
    difference = abs(slope - analytic)
    return difference if np.isfinite(difference) else np.inf
