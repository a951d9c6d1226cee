"""Every entry of an input judged: in stacks, then doubtful ones alone."""

from __future__ import annotations

import numpy as np

from gradcheck.ndarrays.types import Vector
from gradcheck.numeric.argument import Place
from gradcheck.numeric.batched import Difference, Stack
from gradcheck.numeric.comparison import per_unit
from gradcheck.numeric.point import Point
from gradcheck.numeric.probing import Prober
from gradcheck.numeric.tally import COMFORT, Screened, Tally

_WORTH_GUESSING = 256  # entries; arbitrary: a guess that f is affine in each saves time only


def compare_entries(prober: Prober, part: int, pad: int | None, tally: Tally) -> None:
    """Judge each entry of a part that has room to move.

    Args:
        prober: judges the doubtful ones.
        part: the input.
        pad: axes of size 1 that a stack of copies needs, None where none can be made.
        tally: counts the comparisons.
    """
    point = prober.point
    if point.arguments[part].project is not None:
        for index in map(int, np.flatnonzero(point.scales[part])):
            place = Place(part, index)
            comparison = prober.judge(*point.entry(place))
            prober.add_entry(place, comparison, tally)
            if not comparison.agrees:
                return
        return
    (pending,) = point.scales[part].nonzero()  # what has no room stays where it is
    margins = np.zeros(pending.size)
    for difference in _cheap_differences(point, part, pad):
        if not pending.size:
            return
        slopes, noise = difference(pending)
        scaled = point.gradient[part][pending] * point.scales[part][pending]
        screened = Screened(pending, slopes, scaled, point.rtol * np.abs(scaled), noise)
        if screened.agrees.any():
            _add_screened(prober, part, screened, tally)
        pending = pending[~screened.agrees]
        margins = np.nan_to_num(screened.distance / screened.tolerance, nan=0.0)[~screened.agrees]
    # One wrong entry makes a gradient wrong: the others would cost a ladder each.
    for index in map(int, pending[np.argsort(-margins, kind="stable")]):
        comparison = prober.prove_entry(Place(part, index))
        prober.add_entry(Place(part, index), comparison, tally)
        if not comparison.agrees:
            return


def _add_screened(prober: Prober, part: int, screened: Screened, tally: Tally) -> None:
    """Count the entries that agree."""
    argument, index = prober.point.arguments[part], screened.worst
    scale = float(prober.point.scales[part][index])
    comparison = screened.comparison(argument.label(index), argument.name, Place(part, index))
    tally.add_many(screened, per_unit(comparison, scale))
    agrees = screened.agrees
    slack = screened.tolerance + prober.doubts[part][screened.indices]
    tally.power.count(np.abs(screened.analytic[agrees]), slack[agrees])


def _cheap_differences(point: Point, part: int, pad: int | None) -> list[Difference]:
    """Ways to differentiate many entries, the cheapest first."""
    scale: Vector = point.scales[part]
    stack = Stack(
        point.function, part, scale=scale, base=point.base, weights=point.weights, pad=pad
    )
    ways: list[Difference] = [stack.central, stack.extrapolated]
    if scale.size <= _WORTH_GUESSING:
        return ways
    some = stack.some()
    slopes, _ = stack.one_sided(some)
    wanted = point.gradient[part][some] * scale[some]
    # One call for each entry is enough where f is affine in every one of them.
    near = np.abs(slopes - wanted) <= COMFORT * point.rtol * np.abs(wanted)
    return [stack.one_sided, *ways] if 2 * near.sum() > near.size else ways
