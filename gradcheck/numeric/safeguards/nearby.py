"""The forward around a point, looked at only when a safeguard asks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from gradcheck.ndarrays.types import Array, Parts
from gradcheck.numeric.argument import Argument
from gradcheck.numeric.noise import NEAR, Roughness, Surroundings
from gradcheck.numeric.paths import DensePath, Path, SparsePath
from gradcheck.numeric.point import Point

_INSIDE = 0.99  # of the room that a domain leaves; arbitrary: any share a little below 1
_LOOKS = 8  # paths without jitter, after which no more are looked along; arbitrary: cost only


_DIRECTIONS = 4  # along which noise is sought; arbitrary: each costs some hundred calls


class Nearby:
    """A point with findings about its forward there, each made once."""

    def __init__(self, point: Point) -> None:
        """Find nothing yet."""
        self.point = point
        self._smooth_looks = 0

    @cached_property
    def gradients(self) -> tuple[Parts | None, Parts | None]:
        """Two gradients at inputs a rounding away, with ties kept."""
        nearby, seed = self.point.nearby_gradient, self.point.seed
        return (None, None) if nearby is None else (nearby(seed), nearby(seed + 1))

    def roughness(self, path: Path) -> Roughness | None:
        """The forward's roughness along a path, unless several others were smooth."""
        if self._smooth_looks >= _LOOKS:
            return None
        roughness = self.surroundings(path).roughness()
        self._smooth_looks += roughness is None
        return roughness

    @cached_property
    def jitter(self) -> Array | None:
        """By how much of their size outputs jitter where every input moves, per bin.

        An iteration for all entries together takes another number of steps only where the
        one does that is furthest off: along the others it is smooth. So all of them move.
        """
        for _ in range(_DIRECTIONS):
            direction = self.point.random_direction()
            scratch = [np.empty_like(u) for u in direction]
            path = DensePath(self.point.function, self.point.inputs, direction, scratch)
            jitter = self.surroundings(path).jitter()
            if jitter is not None:
                return jitter
        return None

    def surroundings(self, path: Path) -> Surroundings:
        """The forward along a path, as far as the domains allow."""
        extent = _extent(path, self.point.arguments)
        return Surroundings(path, self.point.base, self.point.weights, extent)


def _extent(path: Path, arguments: Sequence[Argument]) -> float:
    """How far a path may be followed, either way, within the domains."""
    if isinstance(path, SparsePath):
        moves = [(part, values, indices) for part, indices, values in path.moves]
    else:
        moves = [(part, u, np.flatnonzero(u)) for part, u in enumerate(path.direction)]
    extent = math.inf
    for part, values, indices in moves:
        room, step = arguments[part].room, np.abs(values[values != 0])
        if room is not None and step.size:
            extent = min(extent, _INSIDE * float((np.abs(room[indices]) / step).min()))
        elif arguments[part].contains is None or arguments[part].project is not None:
            extent = min(extent, NEAR)
    return extent
