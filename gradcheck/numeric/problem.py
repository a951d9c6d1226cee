"""The comparison of an analytic gradient with numeric derivatives, probe by probe.

Up to `EVERY_ENTRY` entries each has its own probe; above, random directions over all
entries do, whose cost does not grow with the number of entries, and a failing one is
bisected down to an entry. Entries with tied values are also moved together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from gradcheck.numeric.argument import Place
from gradcheck.numeric.claim import Claim
from gradcheck.numeric.comparison import Comparison
from gradcheck.numeric.directional import RANDOM, compare_direction
from gradcheck.numeric.entrywise import compare_entries
from gradcheck.numeric.paths import Path
from gradcheck.numeric.point import Point
from gradcheck.numeric.probing import Prober
from gradcheck.numeric.tally import Tally
from gradcheck.numeric.ties import tied

Probes = Literal["auto", "all"] | int

EVERY_ENTRY = 64  # arbitrary: up to here a probe per entry costs less than the rest of a check
# An error of a single entry shows in every direction, and those of several cancel in one
# with a probability near 2⁻¹⁵: a second direction would find nothing more.
DIRECTIONS = 1


@dataclass(frozen=True)
class Problem:
    """A gradient to be compared at a point.

    Attributes:
        point: the point.
        pad: for a part, how many axes of size 1 a stack of copies needs in front of the
            input's own axes, or None where the signature allows no stacking.
    """

    point: Point
    pad: Callable[[int], int | None]

    @cached_property
    def prober(self) -> Prober:
        """The judge of single paths."""
        return Prober(self.point)

    def compare(self, probes: Probes = "auto") -> Tally:
        """Compare along as many probes as are asked for.

        Args:
            probes: "auto" judges every entry up to `EVERY_ENTRY`, else random directions;
                "all" judges every entry; a number asks for so many random directions.
        """
        tally = Tally()
        if probes == "all" or (probes == "auto" and self.point.size <= EVERY_ENTRY):
            for part in range(len(self.point.inputs)):
                compare_entries(self.prober, part, self.pad(part), tally)
        else:
            for _ in range(probes if isinstance(probes, int) else DIRECTIONS):
                compare_direction(self.prober, tally)
        for path, claim in () if tally.failures else tied(self.point):
            # Equal terms add up: each may be off by rtol, and so may their sum.
            summed = replace(claim, size=max(claim.size, abs(claim.slope)))
            tally.add(self.judge(path, summed))
        return tally

    def judge(self, path: Path, claim: Claim) -> Comparison:
        """Compare along a path, no better than needed."""
        return self.prober.judge(path, claim)

    def prove_entries(self) -> list[Comparison]:
        """Take every entry up the ladder, each with its error bar."""
        return [
            self.prober.prove_entry(Place(part, index))
            for part, scales in enumerate(self.point.scales)
            for index in map(int, np.flatnonzero(scales))
        ]

    def sharpened(self, comparison: Comparison) -> Comparison | None:
        """Take a probe up the ladder that a short difference settled."""
        if comparison.where == RANDOM:
            path = self.point.path_along(self.point.random_direction())
            return self.prober.prove(path, self.point.claim(path, RANDOM, None))
        place = comparison.place
        if place is None or not self.point.scales[place.part][place.index]:
            return None
        return self.prober.prove_entry(place)
