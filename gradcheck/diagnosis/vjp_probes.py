"""Mistakes that further calls show: terms that the cotangent does not scale."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gradcheck.diagnosis.intervals import Measured
from gradcheck.diagnosis.mistake import Mistake, explained
from gradcheck.diagnosis.specimen import Specimen
from gradcheck.ndarrays.types import Array

_ROUNDING = 16 * np.finfo(np.float64).eps
IN_MEMORY_ORDER = "the right gradient for the cotangent read in memory order, whatever its strides"


def rules() -> Iterator[Mistake]:
    """Mistakes in how the cotangent enters the vjp, the most particular first."""
    yield Mistake(
        words="the right gradient for a cotangent of ones: the cotangent is ignored", fit=_ignored
    )
    yield Mistake(
        words="the right gradient plus a term that is there without any cotangent", fit=_extra_term
    )
    yield Mistake(
        words="the right gradient with a term that the cotangent does not scale "
        "(it is right for a cotangent of ones)",
        fit=_unscaled_term,
    )


def layouts() -> Iterator[Mistake]:
    """Mistakes with a cotangent that is laid out in another order."""
    yield Mistake(words=IN_MEMORY_ORDER, fit=_in_memory_order)


def _in_memory_order(specimen: Specimen) -> Array | None:
    """Whether a cotangent in Fortran order is read in memory order."""
    returned = specimen.vjp(np.asfortranarray)
    if returned is None or returned.shape != specimen.right.shape:
        return None
    misread = specimen.for_cotangents(
        [np.asfortranarray(g).ravel(order="K").reshape(g.shape) for g in specimen.cotangents]
    )
    if not misread.agrees(returned).all():
        return None
    return returned[~specimen.right.agrees(returned) & misread.known]


def _ignored(specimen: Specimen) -> Array | None:
    """Whether any cotangent gets the answer to ones."""
    right = _right_for_ones(specimen)
    if right is None or not all(
        (returned := specimen.vjp(change)) is not None and right.agrees(returned).all()
        for change in (np.zeros_like, _twos_like)
    ):
        return None
    return right.value[right.known]


def _extra_term(specimen: Specimen) -> Array | None:
    """Whether the gradient less that of a zero cotangent is right."""
    rest, right = specimen.vjp(np.zeros_like), specimen.right
    if rest is None or rest.shape != specimen.seen.shape or not rest.any():
        return None
    left, lost = specimen.seen - rest, _ROUNDING * np.abs(rest)
    fine = np.isfinite(left)
    without = Measured(right.value, np.where(fine, right.bar + lost, np.inf))
    numbers = explained(specimen, without, returned=np.where(fine, left, right.value))
    return None if numbers is None else rest[fine & (rest != 0)]


def _unscaled_term(specimen: Specimen) -> Array | None:
    """Whether vjp(g) = g·A + B, with A + B right."""
    right, rest = _right_for_ones(specimen), specimen.vjp(np.zeros_like)
    for_twos = specimen.vjp(_twos_like)
    if right is None or rest is None or for_twos is None or not np.isfinite(rest).all():
        return None
    if not right.agrees((for_twos + rest) / 2).all():
        return None
    if not rest.any():  # B may be zero here, if nothing is wrong
        return None if specimen.wrong.any() else rest.ravel()[:0]
    return right.value[right.known]


def _right_for_ones(specimen: Specimen) -> Measured | None:
    """The right gradient for ones, if the vjp gives it."""
    returned = specimen.vjp(np.ones_like)
    right = specimen.for_cotangents([np.ones_like(g) for g in specimen.cotangents])
    return None if returned is None or not right.agrees(returned).all() else right


def _twos_like(g: Array) -> Array:
    return np.full_like(g, 2)
