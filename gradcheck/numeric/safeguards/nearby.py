"""The forward around a point, looked at only when a safeguard asks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from gradcheck.ndarrays.types import Array, Parts
from gradcheck.numeric.argument import Argument
from gradcheck.numeric.comparison import Reference
from gradcheck.numeric.ladder import climb
from gradcheck.numeric.noise import NEAR, PathView, Roughness
from gradcheck.numeric.paths import DensePath, Path, SparsePath
from gradcheck.numeric.point import Point
from gradcheck.numeric.steps import eps_of

_INSIDE = 0.99  # of the room that a domain leaves; arbitrary: any share a little below 1
_LOOKS = 8  # paths without jitter, after which no more are looked along; arbitrary: cost only


# Of the inputs, where values of the forward are looked at. Arbitrary: shares of many digits.
_SHARES = (0.7331, 0.3119, 0.1137, 0.0471)
_SIMPLE = 6  # binary digits of a number that may be exact; arbitrary: half precision has 11
_ENOUGH = 3  # other values that show it; derived: 29 digits of each would be 0 by accident
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
    def eps(self) -> float:
        """The rounding unit of the forward, coarse for short numbers.

        Then all of its values elsewhere are such numbers, which is no accident.
        """
        point, values = self.point, []
        for share in _SHARES:
            out = point.function([share * x for x in point.inputs])
            if out is not None and out.shape == point.base.shape:
                values.append(out[np.isfinite(out) & (out != point.base)])
        seen = np.unique(np.concatenate(values)) if values else np.empty(0)
        digits = np.frexp(seen)[0] * 2.0**_SIMPLE
        telling = (digits != np.round(digits)) & (seen != np.round(seen))
        if np.count_nonzero(telling) < _ENOUGH:
            return eps_of(np.float64)
        with np.errstate(over="ignore"):
            fits = [d for d in (np.float16, np.float32) if (seen.astype(d) == seen).all()]
        return float(np.finfo(fits[0] if fits else np.float64).eps)

    def climb_coarsely(self, path: Path) -> Reference:
        """The ladder with that unit, and its rounding beside 1."""
        point = self.point
        reference = climb(path, point.base, point.weights, eps=self.eps)
        beside = point.rounding_along(path.reach) * self.eps / eps_of(np.float64)
        return replace(reference, bar=reference.bar + beside)

    @cached_property
    def jitter(self) -> Array | None:
        """The share by which outputs jitter where every input moves, per bin.

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

    def surroundings(self, path: Path) -> PathView:
        """The forward along a path, as far as the domains allow."""
        extent = _extent(path, self.point.arguments)
        return PathView(path, self.point.base, self.point.weights, extent)


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
