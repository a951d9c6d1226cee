"""References, comparisons with them, and the obstacles to either."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import ClassVar

import numpy as np

from gradcheck.numeric.argument import Place

# Products of four factors stay finite below it: beyond, an infinity may be a right value.
_HUGE = float(np.finfo(np.float64).max) / 16
# Half the exponents of a double: a bar as large as this comes from products that overflow.
_HALF_WAY = 1e150
UNWRITTEN = {"document": False}  # metadata of a field that no document has
_SMALLEST_NORMAL = float(np.finfo(np.float64).tiny)


class Obstacle(StrEnum):
    """A reason why a reference cannot be used, as a sentence."""

    NOISY = "forward is noisy"
    RANDOM = "forward gives another result each time"
    JUMPS = "forward jumps"
    STAIRCASE = "forward is a staircase: flat here, yet rising over longer steps"
    OSCILLATES = "forward oscillates or jumps within every usable step"
    PIECES = "forward has a kink where many smooth pieces meet"
    SINGULAR = "forward has slopes that grow as the step shrinks"
    STEEP = "forward has a derivative that overflows"
    OVERFLOWS = "forward overflows or leaves its domain within a step"
    LOST = "forward may lose a step beside far larger inputs"
    FAINT = "forward has slopes below the rounding of numbers near 1"
    HIDDEN = "forward hides slopes beside a larger output"
    EXTREME = "products of such large or small inputs leave the range of the dtype"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A numeric derivative along one probe, with its error bar.

    At a smooth point `low` equals `high`; at a kink every value between them is a right
    one. The true derivative lies within `bar` of that interval.

    Attributes:
        low, high: the derivative, or the interval of subgradients at a kink.
        bar: how far off the reference may be.
        method: how it was obtained, in words.
        step: the step of the differences, in units of the path; of an entry by itself, how far
            it is moved. 0 where the method has none.
        problem: why it cannot be used, mostly an `Obstacle`, or empty.
        hidden: what may be hidden besides, in outputs that are far larger than those that
            moved: a discrepancy within it proves nothing.
        weak: usable, but too coarse to tell a right gradient from a slightly wrong one.
        noise: by how much of their size the forward's values jitter, where that was
            measured and is more than rounding.
        quick: a single difference, whose error is not known: it can confirm, not refute.
    """

    low: float
    high: float
    bar: float
    method: str
    step: float
    problem: str = ""
    hidden: float = 0.0
    weak: bool = False
    noise: float = 0.0
    quick: bool = False

    @property
    def value(self) -> float:
        return self.low if self.low == self.high else (self.low + self.high) / 2

    @property
    def kink(self) -> bool:
        return self.low < self.high

    def distance(self, analytic: float) -> float:
        """The distance of a value from the interval, inf for NaN."""
        if not math.isfinite(analytic):
            return math.inf
        return max(self.low - analytic, analytic - self.high, 0.0)

    def floored(self, reach: float) -> Reference:
        """Below the smallest normal number a gradient has no precision left.

        Args:
            reach: the 1-norm of the direction along which it is a slope.
        """
        return self if self.problem else replace(self, bar=max(self.bar, _SMALLEST_NORMAL * reach))


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Why a case tells nothing.

    Attributes:
        problem: in words; cases are counted by it.
        where: the probe that met it, "x[2]".
        noise: by how much of their size the forward's values jitter; 0 where that was not
            measured.
    """

    problem: str
    where: str = ""
    noise: float = 0.0

    def __str__(self) -> str:
        """The problem, with its place or size where that is known."""
        if self.problem == Obstacle.JUMPS and self.where:
            return f"{self.problem} at {self.where}"
        known = _MEASURED.get(self.problem)
        return self.problem + known.format(self.noise) if known and self.noise else self.problem


_MEASURED: dict[str, str] = {
    Obstacle.NOISY: ": its values jitter by {:.0e} of their size",
    Obstacle.RANDOM: ": its values jitter by {:.0e} of their size",
    Obstacle.STAIRCASE: ", in steps of {:.0e} of its values",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """An analytic derivative beside its reference, along one probe.

    `margin` is the number that was tested: the distance from the reference divided by
    `tolerance`; 1 is the border. `size` is the 2-norm of the terms that the analytic
    derivative is a sum of, to which the relative tolerance refers. `place` is the entry where
    it is about one: documents have its label only.
    """

    DERIVED: ClassVar[tuple[str, ...]] = ("margin",)  # stands in documents beside the fields

    where: str
    argument: str | None
    analytic: float
    reference: Reference
    tolerance: float
    size: float = 0.0
    rule: str = "vjp"
    place: Place | None = field(default=None, compare=False, repr=False, metadata=UNWRITTEN)

    @property
    def distance(self) -> float:
        return self.reference.distance(self.analytic)

    @property
    def margin(self) -> float:
        distance = self.distance
        if distance == 0:
            return 0.0
        if not (math.isfinite(distance) and self.tolerance > 0):
            return math.inf
        return distance / self.tolerance

    @property
    def agrees(self) -> bool:
        return bool(self.reference.problem) or self.margin <= 1

    @property
    def slack(self) -> float:
        """The largest error that would not fail: infinite where no bar is."""
        reference = self.reference
        return math.inf if reference.problem else self.tolerance + reference.high - reference.low

    @property
    def relative_error(self) -> float:
        """The distance relative to the values and the terms they sum."""
        size = max(abs(self.analytic), abs(self.reference.value), self.size)
        return self.distance / size if size > self.reference.bar else 0.0

    @property
    def proven_error(self) -> float:
        """The relative error, or 0 where the reference cannot tell."""
        reference = self.reference
        proven = not (reference.problem or reference.quick) and self.distance > reference.bar
        return self.relative_error if proven else 0.0


def per_unit(comparison: Comparison, scale: float) -> Comparison:
    """Turn a slope along a path into a derivative by its entry."""
    old = comparison.reference
    reference = replace(
        old,
        low=old.low / scale,
        high=old.high / scale,
        bar=old.bar / scale,
        hidden=old.hidden / scale,
        step=old.step * scale,
    )
    # An infinity, or the NaN of infinity times a zero cotangent, is no mistake where the
    # true derivative may exceed every number.
    extent = max(abs(reference.low), abs(reference.high)) + reference.bar
    vague = not np.isfinite(comparison.analytic) and reference.bar > _HALF_WAY
    if not old.problem and (vague or not extent < _HUGE):
        reference = replace(reference, problem=Obstacle.STEEP)
    return replace(
        comparison,
        analytic=comparison.analytic / scale,
        reference=reference,
        tolerance=comparison.tolerance / scale,
        size=comparison.size / scale,
    )
