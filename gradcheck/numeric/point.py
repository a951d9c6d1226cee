"""The point at which a gradient is judged, and paths through it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from gradcheck.ndarrays.flat import blocks
from gradcheck.ndarrays.types import Parts, Vector
from gradcheck.numeric.argument import Argument, Place
from gradcheck.numeric.claim import Claim
from gradcheck.numeric.forward import FlatForward
from gradcheck.numeric.paths import (
    DensePath,
    Path,
    SparsePath,
    absolute_product,
    random_direction,
    scale_blocks,
    scale_of,
)
from gradcheck.numeric.steps import ULPS, eps_of

_BEYOND_CASES = 2**50  # seeds of directions are not those of values and cotangents
_EPS = eps_of(np.float64)


@dataclass(frozen=True)
class Point:
    """A forward at a point, its cotangents, and its analytic gradient.

    Attributes:
        function: the forward as a map between flat vectors.
        arguments: one per part.
        base: f(x), flat.
        weights: cotangents, flat.
        gradient: the analytic gradient, one flat vector per part.
        rtol: relative tolerance.
        seed: of the random directions.
        nearby_gradient: gives the analytic gradient with each input moved by about one unit
            in the last place, up or down by a seed, or None where that fails.
        shaken_gradient: the same with each number moved by itself, so that no ties are left.
    """

    function: FlatForward
    arguments: Sequence[Argument]
    base: Vector
    weights: Vector
    gradient: Parts
    rtol: float
    seed: int
    nearby_gradient: Callable[[int], Parts | None] | None = None
    shaken_gradient: Callable[[int], Parts | None] | None = None

    @cached_property
    def inputs(self) -> Parts:
        """The inputs, one flat vector per part."""
        return self.function.base

    @property
    def size(self) -> int:
        return sum(x.size for x in self.inputs)

    @cached_property
    def scales(self) -> Parts:
        """How far a unit step moves each entry."""
        return _scales(self)

    def scale_blocks(self) -> Iterator[Iterator[tuple[slice, Vector]]]:
        """The scales of each part, a block at a time."""
        for x, argument in zip(self.inputs, self.arguments, strict=True):
            yield scale_blocks(x, argument.room)

    @cached_property
    def rounding(self) -> float:
        """Rounding beside 1 in a slope, per unit of an entry."""
        return self.rounding_along(1.0)

    def rounding_along(self, reach: float) -> float:
        """Rounding in a slope along a path of that 1-norm."""
        return ULPS * _EPS * absolute_product(self.weights, self.base, least=max(reach, 1.0))

    def lost(self, steps: Any) -> Any:
        """Tell which steps are rounding beside the largest input."""
        return steps < 8 * _EPS * self._largest

    @cached_property
    def _largest(self) -> float:
        each = (x[block] for x in self.inputs for block in blocks(x.size))
        finite = (x[np.isfinite(x)] for x in each)
        return max((float(np.abs(x).max(initial=0.0)) for x in finite), default=0.0)

    def claim(self, path: Path, where: str, argument: str | None) -> Claim:
        """Contract the gradient with a path."""
        slope, size = path.along(self.gradient)
        return Claim(where=where, argument=argument, slope=slope, size=size)

    def entry(self, place: Place) -> tuple[SparsePath, Claim]:
        """The path that moves one entry on its domain, and its claim."""
        part, index = place.part, place.index
        argument, scale = self.arguments[part], self.scales[part][index]
        moved, values = np.array([index]), np.array([scale])
        if argument.project is not None:
            unit = np.zeros(self.scales[part].size)
            unit[index] = scale
            unit = argument.project(unit)
            (moved,) = unit.nonzero()
            values = unit[moved]
        path = SparsePath(self.function, self.inputs, [(part, moved, values)])
        claim = self.claim(path, argument.label(index), argument.name)
        return path, replace(claim, place=place, scale=float(scale))

    def random_direction(self) -> Parts:
        """A new direction that moves every entry on its domain."""
        return direction_of(self, next(self.direction_seeds))

    @cached_property
    def direction_seeds(self) -> Iterator[int]:
        """Seeds of directions, each used once."""
        return itertools.count(self.seed + _BEYOND_CASES)

    def path_along(self, direction: Parts) -> DensePath:
        """The path along a direction; all such paths share buffers."""
        return DensePath(self.function, self.inputs, direction, self._scratch)

    @cached_property
    def _scratch(self) -> Parts:
        return [np.empty_like(x) for x in self.inputs]

    def release_scratch(self) -> None:
        """Give up the buffers, until a path needs them again."""
        self.__dict__.pop("_scratch", None)


def _scales(point: Point) -> Parts:
    return [scale_of(x, a.room) for x, a in zip(point.inputs, point.arguments, strict=True)]


def direction_of(point: Point, seed: int) -> Parts:
    """The direction of a seed, which moves every entry on its domain."""
    scales = _scales(point)  # not those that are kept: a direction alone does without
    shares = random_direction(scales, seed)
    del scales
    return [
        u if a.project is None else a.project(u)
        for a, u in zip(point.arguments, shares, strict=True)
    ]
