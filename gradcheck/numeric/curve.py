"""The numeric derivative by one entry, over the steps.

Over long steps a central difference is off by its truncation, which falls with the square
of the step; over short ones by the rounding of the outputs, which grows with its inverse.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import median

_CLEAR = 8.0  # times what rounding explains, an error is truncation; arbitrary, 4 to 16
_STEADY = 2.0  # how far apart error / step² may be; arbitrary: 4 would be a wrong order
_SEEN = 3  # as many steps have to show it; derived: two are no law


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """The central difference at one step.

    Attributes:
        step: relative to the entry's own scale, max(1, |x|) or the room in its domain.
        difference: the derivative by the entry, as the difference has it.
        rounding: how far off it may be by the rounding of the outputs.
    """

    step: float
    difference: float
    rounding: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Central differences by one entry, beside the analytic derivative and the reference.

    Attributes:
        where: the entry, "b[1,0]".
        analytic: the analytic derivative.
        low, high: the reference, an interval at a kink.
        bar: how far off the reference may be.
        chosen: the step that the reference was taken at; 0 where the method has none.
        points: from the longest step to the shortest; steps without a finite number are
            left out.
    """

    where: str
    analytic: float
    low: float
    high: float
    bar: float
    chosen: float
    points: tuple[CurvePoint, ...]

    @property
    def from_analytic(self) -> tuple[float, ...]:
        """|difference − analytic| at each step; inf where that is not finite."""
        if not math.isfinite(self.analytic):
            return (math.inf,) * len(self.points)
        return tuple(abs(point.difference - self.analytic) for point in self.points)

    @property
    def from_reference(self) -> tuple[float, ...]:
        """How far each difference is from the reference interval."""
        return tuple(
            max(self.low - point.difference, point.difference - self.high, 0.0)
            for point in self.points
        )

    @property
    def truncation(self) -> float:
        """c where long steps are off by about c·step²; else 0."""
        rates = [
            error / point.step**2
            for point, error in zip(self.points, self.from_reference, strict=True)
            if error > _CLEAR * point.rounding
        ][-_SEEN:]
        if len(rates) < _SEEN or max(rates) > _STEADY * min(rates):
            return 0.0
        return median(rates)
