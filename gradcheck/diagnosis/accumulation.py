"""Contributions to one entry that were overwritten, or counted too often."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from gradcheck.diagnosis.intervals import Measured
from gradcheck.diagnosis.mistake import Mistake, everywhere
from gradcheck.diagnosis.specimen import Specimen
from gradcheck.ndarrays.flat import flat
from gradcheck.ndarrays.types import Array

_NEAR = 1e-2  # derived: beyond the longest step of the Jacobian, 2⁻⁸ of max(1, |x|)


def accumulation() -> Iterator[Mistake]:
    """Ways to add up wrongly what several outputs contribute to one entry."""
    for which, choose in (("last", _last), ("first", _first)):
        yield everywhere(
            f"the {which} contribution to each entry only (written, not added)",
            partial(_single, choose),
        )
    yield everywhere("the mean of the contributions to each entry, not their sum", _mean)
    yield Mistake(words="the whole cotangent for every tied entry", fit=_each_tie)


def _contributions(specimen: Specimen) -> tuple[Measured, Array]:
    """The contribution of each output to each entry, and where."""
    weights = np.concatenate([flat(np.ascontiguousarray(g)) for g in specimen.cotangents])
    slopes = specimen.slopes
    return slopes.scaled(weights[:, None]), np.abs(slopes.value) > slopes.bar


def _last(counts: Array) -> Array:
    return np.asarray(len(counts) - 1 - counts[::-1].argmax(axis=0))


def _first(counts: Array) -> Array:
    return np.asarray(counts.argmax(axis=0))


def _single(choose: Callable[[Array], Array], specimen: Specimen) -> Measured | None:
    """The one contribution that assignment in a loop over outputs leaves."""
    if np.iscomplexobj(specimen.x) or not specimen.slopes.value.size:
        return None
    contributions, counts = _contributions(specimen)
    chosen = choose(counts)[None]
    unknown = np.isinf(contributions.bar).any(axis=0)
    value = np.take_along_axis(contributions.value, chosen, axis=0)[0]
    bar = np.take_along_axis(contributions.bar, chosen, axis=0)[0]
    alone = Measured(value, np.where(unknown, np.inf, bar))
    return alone.arranged(lambda a: a.reshape(specimen.x.shape))


def _mean(specimen: Specimen) -> Measured | None:
    if np.iscomplexobj(specimen.x):
        return None
    _, counts = _contributions(specimen)
    many = np.maximum(counts.sum(axis=0), 1).reshape(specimen.x.shape)
    return specimen.right.scaled(1 / many)


def _beside_a_tie(x: Array) -> Array:
    """Entries nearer to another one than a step, but not equal."""
    values, inverse = np.unique(x, return_inverse=True)
    near = np.diff(values) < _NEAR * np.maximum(1, np.abs(values[1:]))
    beside = np.append(near, False) | np.append(False, near)
    return np.asarray(beside[inverse].reshape(x.shape))


def _each_tie(specimen: Specimen) -> Array | None:
    """Whether only entries at kinks are wrong, each with its steeper slope."""
    right, steepest, returned = specimen.right, specimen.steepest, specimen.seen
    if returned.shape != right.shape or specimen.wrong.any():
        return None
    beside = _beside_a_tie(specimen.x)
    at_kinks = np.isinf(right.bar) & steepest.known & ~beside
    if not (steepest.agrees(returned) | beside).all():
        return None
    return np.arange(1 + at_kinks.sum())[1:]  # each tie tells
