"""Comparisons counted: many entries screened at once, and the worst of all."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gradcheck.ndarrays.types import Array, Vector
from gradcheck.numeric.argument import Place
from gradcheck.numeric.batched import SHORT
from gradcheck.numeric.comparison import Comparison, Doubt, Obstacle, Reference
from gradcheck.numeric.power import Power

# A cheap difference settles a probe only well inside the tolerance; else a better one does.
COMFORT = 1 / 8  # of the tolerance; arbitrary: below ½, so that a better one may still differ


@dataclass(frozen=True)
class Screened:
    """Cheap derivatives of some entries beside the analytic ones, per scaled unit.

    Attributes:
        indices: which entries.
        slopes: numeric derivatives; NaN where the forward gave no finite number.
        analytic: analytic derivatives.
        relative: the relative part of the tolerances.
        noise: the rounding part of the tolerances.
    """

    indices: Array
    slopes: Vector
    analytic: Vector
    relative: Vector
    noise: Vector

    @cached_property
    def distance(self) -> Vector:
        return np.abs(np.subtract(self.slopes, self.analytic))

    @cached_property
    def tolerance(self) -> Vector:
        return np.add(self.relative, self.noise)

    @cached_property
    def agrees(self) -> NDArray[np.bool_]:
        # An infinite gradient has an infinite tolerance, and agrees with nothing.
        return np.less_equal(self.distance, COMFORT * self.tolerance) & np.isfinite(self.distance)

    @cached_property
    def _worst(self) -> int:
        margins = np.where(self.agrees, self.distance, 0.0)
        np.divide(margins, self.tolerance, out=margins, where=self.tolerance > 0)
        return int(np.where(self.agrees, margins, -1.0).argmax())

    @property
    def worst(self) -> int:
        """The entry with the largest margin among those that agree."""
        return int(self.indices[self._worst])

    def comparison(self, label: str, argument: str, place: Place) -> Comparison:
        """The comparison of that entry."""
        k = self._worst
        slope = float(self.slopes[k])
        reference = Reference(
            low=slope,
            high=slope,
            bar=float(self.noise[k]),
            method="central differences",
            step=SHORT,
            quick=True,
        )
        return Comparison(
            where=label,
            argument=argument,
            place=place,
            analytic=float(self.analytic[k]),
            reference=reference,
            tolerance=float(self.tolerance[k]),
        )


@dataclass(slots=True)
class Tally:
    """Comparisons counted: the worst, and all that had to be proven.

    Attributes:
        probes: how many derivatives were compared.
        worst: the comparison with the largest margin among those that agree.
        proven: comparisons that reached the ladder, in order.
        relative_error: the largest one that is proven.
        quick: the worst agreement with a single difference, whose error is not known.
        power: in which entries a small mistake would have shown.
        nonzero: whether any derivative differed from zero by more than its bar.
    """

    probes: int = 0
    worst: Comparison | None = None
    proven: list[Comparison] = field(default_factory=list)
    relative_error: float = 0.0
    quick: Comparison | None = None
    power: Power = field(default_factory=Power)
    nonzero: bool = False

    def add(self, comparison: Comparison) -> None:
        """Count a comparison that was made by itself."""
        self.probes += 1
        self.proven.append(comparison)
        reference = comparison.reference
        if reference.problem:
            return
        self.nonzero |= max(abs(reference.low), abs(reference.high)) > comparison.tolerance
        if reference.quick:
            self._note_quick(comparison)
        else:
            self.relative_error = max(self.relative_error, comparison.proven_error)
        self.note(comparison)

    def _note_quick(self, comparison: Comparison) -> None:
        if self.quick is None or comparison.relative_error > self.quick.relative_error:
            self.quick = comparison

    def note(self, comparison: Comparison) -> None:
        """Keep a usable comparison if it is the worst so far."""
        if comparison.reference.problem:
            return
        if self.worst is None or comparison.margin > self.worst.margin:
            self.worst = comparison

    def add_many(self, screened: Screened, worst: Comparison) -> None:
        """Count the entries that agree, of which one is the worst."""
        agrees = screened.agrees
        self.probes += int(agrees.sum())
        size = np.abs(screened.analytic[agrees])
        relative, noise = screened.relative[agrees], screened.noise[agrees]
        self.nonzero |= bool((size > relative + noise).any())
        self._note_quick(worst)
        self.note(worst)

    @property
    def failures(self) -> list[Comparison]:
        return [c for c in self.proven if not c.agrees]

    @property
    def problems(self) -> list[str]:
        return [c.reference.problem for c in self.proven if c.reference.problem]

    @property
    def doubt(self) -> Doubt | None:
        """The reason why most derivatives had no usable reference, if so."""
        for doubtful in (
            [c for c in self.proven if c.reference.problem],
            [c for c in self.proven if c.reference.weak],
        ):
            if 2 * len(doubtful) > self.probes:
                named = [c.reference.problem or Obstacle.NOISY for c in doubtful]
                problem = max(named, key=named.count)
                met = [c for c, name in zip(doubtful, named, strict=True) if name == problem]
                worst = max(met, key=lambda c: c.reference.noise)
                return Doubt(problem=problem, where=worst.where, noise=worst.reference.noise)
        return None
