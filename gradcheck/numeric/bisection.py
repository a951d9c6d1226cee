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
class _Members:
    """Entries of one part: indices, or a stretch, which takes no memory."""

    part: int
    indices: slice | Array

    @classmethod
    def moved_by(cls, direction: Vector, part: int) -> _Members:
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

    def halves(self) -> tuple[_Members, _Members]:
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
    members = [_Members.moved_by(u, part) for part, u in enumerate(direction) if u.any()]
    while sum(each.size for each in members) > 1:
        halves = _halves(members)
        members = max(halves, key=lambda half: _discrepancy(prober.point, half, direction))
    if not members:
        return None
    comparison = prober.prove_entry(Place(members[0].part, members[0].first))
    return comparison if not comparison.agrees else None


def _halves(members: list[_Members]) -> list[list[_Members]]:
    """Split entries in two: between parts first, then within one."""
    if len(members) > 1:
        middle = len(members) // 2
        return [members[:middle], members[middle:]]
    return [[half] for half in members[0].halves()]


def _discrepancy(point: Point, members: Iterable[_Members], direction: Parts) -> float:
    moves = [(m.part, m.indices, direction[m.part][m.indices]) for m in members]
    path = SparsePath(point.function, point.inputs, moves)
    analytic = path.slope_of(point.gradient)
    slope, _ = quick.slope(point, path, LONG)
    difference = abs(slope - analytic)
    return difference if np.isfinite(difference) else np.inf
