"""Measured numbers: each has a bar, its largest error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradcheck.ndarrays.types import Array

# Arbitrary: what a hand-written gradient may be off by its own rounding, relative to the value.
_RELATIVE = 1e-8


@dataclass(frozen=True, slots=True)
class Measured:
    """An array that was measured.

    Attributes:
        value: the numbers, real or complex.
        bar: of the same shape; how far off each may be, infinite where nothing is known.
    """

    value: Array
    bar: Array

    @property
    def shape(self) -> tuple[int, ...]:
        return self.value.shape

    @property
    def tolerance(self) -> Array:
        """The distance at which an exact number is still the same."""
        tolerance: Array = self.bar + _RELATIVE * np.abs(self.value)
        return tolerance

    @property
    def known(self) -> NDArray[np.bool_]:
        """Numbers known well enough that agreement is no accident."""
        return np.isfinite(self.bar) & (self.bar <= 1e-4 * np.abs(self.value))

    def agrees(self, exact: Array) -> NDArray[np.bool_]:
        """Whether exact numbers may be these; any may where nothing is known."""
        unknown = ~np.isfinite(self.bar)
        with np.errstate(all="ignore"):
            near: NDArray[np.bool_] = np.abs(exact - self.value) <= self.tolerance
        return near | unknown

    def scaled(self, factor: Array | complex) -> Measured:
        """Multiply by exact numbers; where one is not finite nothing is known."""
        with np.errstate(all="ignore"):
            value, bar = self.value * factor, self.bar * np.abs(factor)
        return _sound(value, np.where(np.isinf(self.bar), np.inf, bar))

    def arranged(self, move: Callable[[Array], Array]) -> Measured:
        """Put the numbers into other places."""
        return Measured(move(self.value), move(self.bar))


def pulled(jacobian: Measured, weights: Array) -> Measured:
    """Contract a Jacobian (outputs × entries) with the weights of its outputs.

    What an output contributes with the weight 0 is known: nothing. With one that is not
    finite it is not.
    """
    counted = (weights != 0) & np.isfinite(weights)
    lost = (jacobian.bar + np.abs(jacobian.value))[~np.isfinite(weights)] > 0
    slopes, w = jacobian.value[counted], weights[counted]
    with np.errstate(all="ignore"):
        value = w @ slopes
        bar = np.abs(w) @ jacobian.bar[counted]
        double = np.finfo(np.float64)
        rounding = 64 * (double.eps * (np.abs(w) @ np.abs(slopes)) + double.smallest_subnormal)
    return _sound(value, np.where(lost.any(axis=0), np.inf, bar + rounding))


def broadcasts(shape: tuple[int, ...], to: tuple[int, ...]) -> bool:
    """Whether a shape broadcasts to another without changing that."""
    try:
        return np.broadcast_shapes(shape, to) == to
    except ValueError:
        return False


def _sound(value: Array, bar: Array) -> Measured:
    """Nothing is known where a value is not finite."""
    fine = np.isfinite(value) & ~np.isnan(bar)
    return Measured(np.where(fine, value, 0), np.where(fine, bar, np.inf))
