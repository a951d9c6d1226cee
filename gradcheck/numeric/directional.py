"""All entries judged at once along random directions.

One direction per band of sizes, so that no large derivative hides the small ones, and an entry
without a usable reference is split off the others.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from gradcheck.ndarrays.flat import blocks
from gradcheck.ndarrays.types import Array, Parts
from gradcheck.numeric import quick
from gradcheck.numeric.argument import Place
from gradcheck.numeric.bisection import Members, bisect, halves_of, moved_by, path_of
from gradcheck.numeric.comparison import Comparison
from gradcheck.numeric.point import Point, direction_of
from gradcheck.numeric.probing import Prober
from gradcheck.numeric.tally import Tally

RANDOM = "a random direction"
_INFINITIES = 4  # of a part that are judged; arbitrary: one wrong one is enough to fail
# Binary orders of |g ∘ u| in a band: its smallest entry shows a relative error of 1e-4 √N at the
# default tolerance. Arbitrary, 10 to 17: each band costs two calls of the forward.
_BAND = 13
_MOST_BANDS = 8  # the last two have all smaller ones and zeros; arbitrary: 24 decimal orders
_FIXED = -1  # of entries that do not move
_LOOKS = 96  # groups that are compared to split entries off; arbitrary: about five of a thousand


def compare_direction(prober: Prober, tally: Tally) -> None:
    """Judge all entries along random directions; on failure, find one."""
    seed = next(prober.point.direction_seeds)
    direction = direction_of(prober.point, seed)
    _judge_infinities(prober, direction, tally)
    bands = _bands(prober.point, direction)
    present = sorted(set().union(*(np.unique(each).tolist() for each in bands)) - {_FIXED})
    if len(present) < 2:
        del bands
        _compare_band(prober, direction, tally)
        return
    del direction  # made again for each band: a large one takes as much memory as the inputs
    for band in present:
        direction = direction_of(prober.point, seed)
        for k, each in enumerate(bands):
            direction[k] = _only(direction[k], each == band)
        _compare_band(prober, direction, tally)
        del direction


def _only(direction: Array, chosen: Array) -> Array:
    """A direction of some entries, in place where it may be changed."""
    if not direction.flags.writeable:
        return np.where(chosen, direction, 0.0)
    direction[~chosen] = 0
    return direction


def _bands(point: Point, direction: Parts) -> list[Array]:
    """The bands of all entries, by what they contribute."""
    pairs = list(zip(point.gradient, direction, strict=True))
    largest = max(float(np.abs(g[b] * u[b]).max()) for g, u in pairs for b in blocks(u.size))
    bands = [_bands_of(g, u, largest) for g, u in pairs]
    for each, argument in zip(bands, point.arguments, strict=True):
        if argument.project is not None and each.size:  # on a curved domain entries move together
            each[:] = each[each != _FIXED].min(initial=_MOST_BANDS - 1)
    return bands


def _bands_of(gradient: Array, direction: Array, largest: float) -> Array:
    """The band of each entry, the last one for zeros."""
    bands = np.empty(gradient.size, np.int8)
    for block in blocks(gradient.size):
        size = np.abs(gradient[block] * direction[block])
        below = (math.frexp(largest)[1] - np.frexp(size)[1]) // _BAND
        bands[block] = np.where(size > 0, np.minimum(below, _MOST_BANDS - 2), _MOST_BANDS - 1)
        bands[block][direction[block] == 0] = _FIXED
    return bands


def _compare_band(prober: Prober, direction: Parts, tally: Tally) -> None:
    """Judge a direction, and split one without a reference."""
    point = prober.point
    path = point.path_along(direction)
    claim = point.claim(path, RANDOM, None)
    comparison = quick.compare(point, path, claim)
    if comparison is None and point.size > quick.MANY:
        del path
        point.release_scratch()  # the search does without
        if _add_bisected(prober, direction, tally):
            return
        path = point.path_along(direction)
    comparison = comparison or prober.prove(path, claim)
    splits = comparison.reference.problem and all(a.project is None for a in point.arguments)
    if splits and _Split(prober, direction).add_to(tally):
        return
    tally.add(comparison)
    _count_power(prober, direction, comparison.slack, tally)
    if not comparison.agrees and point.size <= quick.MANY:
        _add_bisected(prober, direction, tally)


@dataclass
class _Split:
    """A direction split into groups that agree, and entries that stand alone."""

    prober: Prober
    direction: Parts
    alone: list[Comparison] = field(default_factory=list)
    groups: list[tuple[list[Members], Comparison]] = field(default_factory=list)

    def add_to(self, tally: Tally) -> bool:
        """Count the groups and entries, if any group agrees."""
        rest = self._split()
        if not self.groups:
            return False
        for members, comparison in self.groups:
            tally.add(comparison)
            self._count(members, comparison.slack, tally)
        for comparison in self.alone:
            tally.add(comparison)
            tally.power.count(np.array([abs(comparison.analytic)]), comparison.slack)
        for members in rest:
            self._count(members, math.inf, tally)
        return True

    def _split(self) -> list[list[Members]]:
        """Compare half after half, and return those left over."""
        point, open_ = self.prober.point, [moved_by(self.direction)]
        for _ in range(_LOOKS):
            if not open_:
                break
            members = open_.pop()
            path = path_of(point, members, self.direction)
            comparison = quick.compare(point, path, point.claim(path, RANDOM, None))
            if comparison is not None:
                self.groups.append((members, comparison))
            elif sum(each.size for each in members) > 1:
                open_ += halves_of(members)
            else:
                place = Place(members[0].part, members[0].first)
                self.alone.append(self.prober.prove_entry(place))
        return open_

    def _count(self, members: list[Members], slack: float, tally: Tally) -> None:
        for each in members:
            moved = self.prober.point.gradient[each.part][each.indices]
            sizes = np.abs(moved * self.direction[each.part][each.indices])
            tally.power.count(sizes, slack)


def _add_bisected(prober: Prober, direction: Parts, tally: Tally) -> bool:
    """Count an entry that is wrong, if a direction leads to one."""
    wrong = bisect(prober, direction)
    if wrong is not None:
        tally.add(wrong)
    return wrong is not None


def _count_power(prober: Prober, direction: Parts, slack: float, tally: Tally) -> None:
    """Count the entries in which a small mistake would show."""
    point = prober.point
    for g, u, scales in zip(point.gradient, direction, point.scale_blocks(), strict=True):
        for block, scale in scales:
            moved = u[block] != 0
            sizes = np.abs(g[block] * u[block])[moved]
            tally.power.count(sizes, slack + prober.doubts_of(scale)[moved])


def _judge_infinities(prober: Prober, direction: Parts, tally: Tally) -> None:
    """Judge some entries whose derivative is not finite; the direction skips all.

    Such a derivative is right only where the numeric one overflows as well. Inputs that are
    infinite cannot move.
    """
    point = prober.point
    for part, (x, gradient) in enumerate(zip(point.inputs, point.gradient, strict=True)):
        # A quick way to see that all are finite.
        if math.isfinite(float(gradient @ gradient)) and math.isfinite(float(x @ x)):
            continue
        (infinite,) = (~np.isfinite(gradient)).nonzero()
        infinite = infinite[point.scales[part][infinite] != 0]
        for index in map(int, infinite[:_INFINITIES]):
            tally.add(prober.prove_entry(Place(part, index)))
        direction[part][infinite] = 0
        fixed = ~np.isfinite(x)
        tally.power.count(np.abs(gradient[fixed]), math.inf)
        direction[part][fixed] = 0
