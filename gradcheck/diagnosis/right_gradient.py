"""The right gradient of one input, from the slopes of the forward."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from gradcheck.checks.trial import Trial
from gradcheck.diagnosis.intervals import Measured, pulled
from gradcheck.diagnosis.jacobians import Jacobian, jacobian_of, spread
from gradcheck.ndarrays.dtypes import unit_of
from gradcheck.ndarrays.flat import flat
from gradcheck.ndarrays.types import Array
from gradcheck.numeric.point import Point

_MOST_ENTRIES = 64  # arbitrary: entries that are measured; of more a selection is
_ULPS = 16  # arbitrary: roundings of a right gradient that is computed in a short dtype


class RightGradient:
    """The gradient that differences show, for whatever cotangents.

    Attributes:
        trial: the case as it was run.
        name: the input.
        x: its values.
        point: where the forward is differentiated.
    """

    def __init__(self, trial: Trial, name: str, x: Array, point: Point) -> None:
        self.trial = trial
        self.name = name
        self.x = x
        self.point = point

    @cached_property
    def rounding(self) -> float:
        """The relative error of a right gradient in a short dtype."""
        return 0.0 if self.trial.subject.widens else _ULPS * float(unit_of(self.x.dtype).eps)

    @cached_property
    def right(self) -> Measured:
        """The right gradient."""
        return self.for_cotangents(self.trial.weights)

    @property
    def projected(self) -> bool:
        """Whether entries of the input can be moved together only."""
        return self.point.arguments[self.part].project is not None

    def for_cotangents(self, cotangents: Sequence[Array]) -> Measured:
        """The right gradient for other cotangents, one per differentiable output."""
        return self.gradient(self._jacobian.slopes, cotangents)

    @cached_property
    def spent(self) -> Array:
        """Σ |g| |∂out/∂x| for each entry, to which its rounding is relative."""
        slopes = Measured(np.abs(self.slopes.value), self.slopes.bar)
        return self.gradient(slopes, [_absolute(g) for g in self.trial.weights]).value

    @cached_property
    def steepest(self) -> Measured:
        """The gradient that follows the steeper side at every kink."""
        return self.gradient(self._jacobian.steepest, self.trial.weights)

    @property
    def slopes(self) -> Measured:
        """The Jacobian: outputs × entries, both flat."""
        return self._jacobian.slopes

    @property
    def entries(self) -> int:
        return self.point.inputs[self.part].size

    @cached_property
    def part(self) -> int:
        return self.trial.inputs.differentiable.index(self.name)

    @cached_property
    def _jacobian(self) -> Jacobian:
        return jacobian_of(self.point, self.part, spread(self.entries, _MOST_ENTRIES))

    def gradient(self, slopes: Measured, cotangents: Sequence[Array]) -> Measured:
        # Of a complex output every number of a cotangent is two, though one made up may be real.
        kinds = (
            np.result_type(g, own) for g, own in zip(cotangents, self.trial.weights, strict=True)
        )
        weights = np.concatenate(
            [flat(np.ascontiguousarray(g, d)) for g, d in zip(cotangents, kinds, strict=True)]
        )
        gradient = pulled(slopes, weights)
        bar = gradient.bar
        if self.rounding:
            bar = bar + self.rounding * (np.abs(weights) @ np.abs(slopes.value))
        if self.x.dtype.kind == "c":
            bar = bar[::2] + bar[1::2]
        return Measured(self.shaped(gradient.value), bar.reshape(self.x.shape))

    def shaped(self, vector: Array) -> Array:
        if self.x.dtype.kind == "c":
            vector = vector.view(np.complex128)
        return vector.reshape(self.x.shape)


def _absolute(g: Array) -> Array:
    """The absolute values of all parts of numbers."""
    return np.abs(g.real) + 1j * np.abs(g.imag) if g.dtype.kind == "c" else np.abs(g)
