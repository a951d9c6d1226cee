"""The numbers of one array: how many are zero, tied, small, large."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import numpy as np

from gradcheck.ndarrays.types import Array

_NEAR_TIE = 1e-2  # relative distance; arbitrary: it stands in the words, "less than 1 %"
_SMALL = 16.0  # arbitrary: whole numbers up to it are worth a word, every large number is whole


class Numbers:
    """The numbers of an array, with what several conditions ask about them.

    Small arrays are what it mostly sees, so it counts rather than asks `any`, which is
    many times slower there.
    """

    def __init__(self, array: Array) -> None:
        self.array = array if array.dtype.kind in "fc" else array.astype(np.float64)
        self.kind = self.array.dtype.kind
        self.flat = self.array.ravel()
        self.size = self.flat.size
        self.zeros = self.size - count(self.flat)
        self.row = self.array.shape[-1] if self.array.ndim else 1

    @cached_property
    def ordered(self) -> Array:
        return np.sort(self.flat)

    @cached_property
    def magnitudes(self) -> Array:
        return np.sort(np.abs(self.flat))

    @cached_property
    def largest(self) -> float:
        """The largest finite magnitude."""
        count = self.size
        if count and not math.isfinite(self.magnitudes[-1]):
            count = int(np.searchsorted(self.magnitudes, np.inf))
        return float(self.magnitudes[count - 1]) if count else 0.0

    @cached_property
    def smallest(self) -> float:
        """The smallest magnitude that is not 0; infinite where there is none."""
        return float(self.magnitudes[self.zeros]) if self.zeros < self.size else math.inf

    @cached_property
    def ties(self) -> int:
        """How many entries are equal to the one before them, in order."""
        return count(self.ordered[1:] == self.ordered[:-1])

    @property
    def near_ties(self) -> bool:
        """Whether neighbours in order are all but equal."""
        low, high = self.ordered[:-1], self.ordered[1:]
        apart = high - low
        near = apart < _NEAR_TIE * np.maximum(np.abs(low), np.abs(high))
        return count(near & (apart > 0)) > 0

    @property
    def constant_row(self) -> bool:
        if not (self.size and self.array.ndim) or self.ties < self.row - 1:
            return False
        same = self.array == self.array[..., :1]
        return bool(same.all(axis=-1).any())

    @property
    def two_in_a_slice(self) -> bool:
        """Whether along some axis there are exactly two zeros."""
        if self.zeros < 2:
            return False
        where = self.array == 0
        return any((where.sum(axis=k) == 2).any() for k in range(where.ndim))

    def whole_slice(self, axis: int, value: float) -> bool:
        """Whether somewhere along an axis there is nothing but this value."""
        x = self.array
        return bool(self.size and x.ndim >= -axis and (x == value).all(axis=axis).any())

    def reaches(self, infinity: float) -> bool:
        """Whether the largest, or the smallest, number is infinite."""
        return bool(self.size) and bool(self.ordered[-1 if infinity > 0 else 0] == infinity)

    @cached_property
    def halves(self) -> Array:
        """The entries that are small multiples of ½ but not 0, doubled."""
        doubled = 2 * self.flat
        small = (doubled == np.rint(doubled)) & (np.abs(doubled) <= 2 * _SMALL) & (doubled != 0)
        halves: Array = doubled[small]
        return halves

    @property
    def half_integers(self) -> int:
        return count(self.halves % 2)


def count(array: Any) -> int:
    """How many entries are not zero."""
    return int(np.count_nonzero(array))
