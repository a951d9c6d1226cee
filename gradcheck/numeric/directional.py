"""All entries judged at once along a random direction."""

from __future__ import annotations

import math

import numpy as np

from gradcheck.ndarrays.types import Parts
from gradcheck.numeric import quick
from gradcheck.numeric.argument import Place
from gradcheck.numeric.bisection import bisect
from gradcheck.numeric.probing import Prober
from gradcheck.numeric.tally import Tally

RANDOM = "a random direction"
_INFINITIES = 4  # of a part that are judged; arbitrary: one wrong one is enough to fail


def compare_direction(prober: Prober, tally: Tally) -> None:
    """Judge all entries along a random direction; on failure, find one."""
    point = prober.point
    direction = point.random_direction()
    _judge_infinities(prober, direction, tally)
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
    tally.add(comparison)
    _count_power(prober, direction, comparison.slack, tally)
    if not comparison.agrees and point.size <= quick.MANY:
        _add_bisected(prober, direction, tally)


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
            tally.power.count(np.abs(g[block] * u[block]), slack + prober.doubts_of(scale))


def _judge_infinities(prober: Prober, direction: Parts, tally: Tally) -> None:
    """Judge some entries whose derivative is not finite; the direction skips all.

    Such a derivative is right only where the numeric one overflows as well.
    """
    point = prober.point
    for part, gradient in enumerate(point.gradient):
        if math.isfinite(float(gradient @ gradient)):  # a quick way to see that all are
            continue
        (infinite,) = (~np.isfinite(gradient)).nonzero()
        infinite = infinite[point.scales[part][infinite] != 0]
        for index in map(int, infinite[:_INFINITIES]):
            tally.add(prober.prove_entry(Place(part, index)))
        if infinite.size:
            direction[part][infinite] = 0
