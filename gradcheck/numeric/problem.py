"""The comparison of an analytic gradient with numeric derivatives, probe by probe.

Each probe starts with the cheapest difference and is proven only if it must be:

1. One central difference at 2⁻¹⁷ (two forward calls). Its error is near ε^⅔; agreement
   within rtol cannot be a coincidence, so it passes.
2. Central differences at 2⁻¹⁰ and 2⁻¹¹, extrapolated to fourth order, with a rounding
   part in the tolerance: small derivatives beside large outputs pass here.
3. The ladder (`gradcheck.numeric.ladder`), and where it is too coarse or disagrees, second
   opinions: long double and complex step. Only this step can fail a gradient.

Up to `EVERY_ENTRY` entries each has its own probe; above, random directions over all
entries do, whose cost does not grow with the number of entries, and a failing one is
bisected down to an entry. Entries with tied values are also moved together: one by one,
a gradient that counts each tie fully would pass.
"""

from __future__ import annotations

import itertools
import math
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from gradcheck.ndarrays.flat import blocks
from gradcheck.ndarrays.types import Array, Parts, Vector
from gradcheck.numeric import complex_step, ladder
from gradcheck.numeric.argument import Argument
from gradcheck.numeric.batched import LONG, ROUNDING, SHORT, Difference, Stack
from gradcheck.numeric.claim import Claim
from gradcheck.numeric.comparison import Comparison, Obstacle, Reference
from gradcheck.numeric.forward import FlatForward
from gradcheck.numeric.paths import (
    DensePath,
    Path,
    SparsePath,
    absolute_product,
    both_ways,
    random_direction,
    scale_blocks,
    scale_of,
)
from gradcheck.numeric.safeguards import Excuses, floored
from gradcheck.numeric.steps import STEPS, eps_of
from gradcheck.numeric.tally import COMFORT, Screened, Tally

Probes = Literal["auto", "all"] | int

EVERY_ENTRY = 64
RANDOM = "a random direction"
# An error of a single entry shows in every direction, and those of several cancel in one
# with a probability near 2⁻¹⁵: a second direction would find nothing more.
DIRECTIONS = 1
_BEYOND_CASES = 2**50  # seeds of directions are not those of values and cotangents
_INFINITIES = 4
_WORTH_GUESSING = 256
_HUGE = float(np.finfo(np.float64).max) / 16  # where products of factors overflow
_HALF_WAY = 1e150
_TIES_SOUGHT = 2**18
# Beyond so many entries the bar of a direction, which sums the rounding of all outputs, may
# hide what is wrong in one: a single entry is looked for first, whose own bar is small.
_MANY = 2**18
_TIES_ACROSS = 2**12  # members of a group in several inputs
_TIE_GROUPS = 6
_STEPS = (SHORT, LONG)
# A sum of so many terms rounds by more than its own last places: over longer steps that is less.
_STEPS_OF_MANY = (SHORT, LONG, 2.0**-7, 2.0**-4)
_LADDER_UNITS = 2.0**17  # of the outputs, that a ladder's bar is about
_HOPELESS = 1e3  # beyond this margin no second opinion is asked


@dataclass(frozen=True)
class Problem:
    """One gradient to be compared: a forward at a point, cotangents, and the gradient.

    Attributes:
        function: the forward as a map between flat vectors.
        arguments: one per part.
        base: f(x), flat.
        weights: cotangents, flat.
        gradient: the analytic gradient, one flat vector per part.
        rtol: relative tolerance.
        pad: for a part, how many axes of size 1 a stack of copies needs in front of the
            input's own axes, or None where the signature allows no stacking.
        seed: of the random directions.
        shaken_gradient: like nearby_gradient, but no ties are left.
        nearby_gradient: gives the analytic gradient with each input moved by about one unit
            in the last place, up or down by a seed, or None where that fails.
    """

    function: FlatForward
    arguments: Sequence[Argument]
    base: Vector
    weights: Vector
    gradient: Parts
    rtol: float
    pad: Callable[[int], int | None]
    seed: int
    nearby_gradient: Callable[[int], Parts | None] | None = None
    shaken_gradient: Callable[[int], Parts | None] | None = None

    @cached_property
    def point(self) -> Parts:
        return self.function.base

    @cached_property
    def scales(self) -> Parts:
        return self._scales()

    def _scales(self) -> Parts:
        return [scale_of(x, a.room) for x, a in zip(self.point, self.arguments, strict=True)]

    @cached_property
    def _direction_seeds(self) -> Iterator[int]:
        return itertools.count(self.seed + _BEYOND_CASES)

    @property
    def size(self) -> int:
        return sum(x.size for x in self.point)

    def compare(self, probes: Probes = "auto") -> Tally:
        """Compare along as many probes as are asked for.

        Args:
            probes: "auto" judges every entry up to `EVERY_ENTRY`, else random directions;
                "all" judges every entry; a number asks for so many random directions.
        """
        tally = Tally()
        every_entry = probes == "all" or (probes == "auto" and self.size <= EVERY_ENTRY)
        if every_entry:
            for part in range(len(self.point)):
                self._compare_entries(part, tally)
        else:
            for _ in range(probes if isinstance(probes, int) else DIRECTIONS):
                self._compare_direction(tally)
        for label, path in self.tied():
            names = {self.arguments[part].name for part, _, _ in path.moves}
            claim = self.claim(path, label, names.pop() if len(names) == 1 else None)
            # Equal terms add up: each may be off by rtol, and so may their sum.
            claim = replace(claim, size=max(claim.size, abs(claim.slope)))
            tally.add(self.judge(path, claim))
        return tally

    def judge(self, path: Path, claim: Claim) -> Comparison:
        """Compare along a path: by the short difference, the extrapolated one, or the ladder."""
        return self._judged_at_once(path, claim) or self.prove(path, claim)

    def _judged_at_once(self, path: Path, claim: Claim) -> Comparison | None:
        """Compare by the short difference or the extrapolated one; None if neither agrees."""
        for step in _STEPS_OF_MANY if self.size > _MANY else _STEPS:
            slope, noise = self._slope(path, step)
            if abs(slope - claim.slope) <= COMFORT * (self.rtol * claim.size + noise) < math.inf:
                reference = Reference(
                    low=slope,
                    high=slope,
                    bar=noise,
                    method="central differences",
                    step=step,
                    quick=True,
                )
                return per_unit(claim.beside(reference, self.rtol), claim.scale)
        return None

    def prove(self, path: Path, claim: Claim) -> Comparison:
        """Compare along a path with the best reference that can be had."""
        reference = floored(ladder.climb(path, self.base, self.weights), path)
        comparison = claim.beside(reference, self.rtol)
        unsure = bool(reference.problem) or reference.weak
        if unsure or 1 < comparison.margin < _HOPELESS:
            best = floored(self._second_opinion(path, reference), path)
            if best is not reference and not best.problem:
                # Sharper than the gradient itself can be: that is computed in double precision.
                bar = self._excuses.rounding * max(path.reach, 1.0)
                best = replace(best, bar=max(best.bar, bar))
            comparison = claim.beside(best, self.rtol)
        if comparison.agrees:
            comparison = self._excuses.refuted(path, claim, comparison)
        else:
            comparison = self._excuses.applied(path, claim, comparison)
        return per_unit(comparison, claim.scale)

    @cached_property
    def _excuses(self) -> Excuses:
        # A cycle would keep the arrays until the garbage collector comes by.
        problem = weakref.proxy(self)
        return Excuses(
            function=self.function,
            arguments=tuple(self.arguments),
            base=self.base,
            weights=self.weights,
            gradient=self.gradient,
            rtol=self.rtol,
            seed=self.seed,
            nearby_gradient=self.nearby_gradient,
            shaken_gradient=self.shaken_gradient,
            random_direction=lambda: problem.random_direction(),  # noqa: PLW0108 - binds no problem
        )

    def prove_entry(self, part: int, index: int) -> Comparison:
        """Compare the derivative by one entry with the best reference that can be had."""
        return self.prove(*self.entry(part, index))

    def prove_entries(self) -> list[Comparison]:
        """Take every entry up the ladder, for a table in which each has its error bar."""
        return [
            self.prove_entry(part, index)
            for part, scales in enumerate(self.scales)
            for index in map(int, np.flatnonzero(scales))
        ]

    def sharpened(self, where: str) -> Comparison | None:
        """Take a probe up the ladder that a short difference settled, called by its label."""
        if where == RANDOM:
            path = self.path_along(self.random_direction())
            return self.prove(path, self.claim(path, where, None))
        place = self._place_of(where)
        return None if place is None else self.prove_entry(*place)

    def path_of(self, where: str) -> tuple[Path, float] | None:
        """The path that moves the entry of that name, and the entry's scale.

        Returns:
            None where no entry has the name, or the domain leaves it no room.
        """
        place = self._place_of(where)
        if place is None:
            return None
        path, claim = self.entry(*place)
        return path, claim.scale

    def _place_of(self, where: str) -> tuple[int, int] | None:
        """The part and the index of the entry of that name, if it can be moved."""
        for part, argument in enumerate(self.arguments):
            index = argument.index_of(where)
            if index is not None and self.scales[part][index]:
                return part, index
        return None

    def entry(self, part: int, index: int) -> tuple[SparsePath, Claim]:
        """The path that moves one entry, with what the domain moves along, and its claim."""
        argument, scale = self.arguments[part], self.scales[part][index]
        moved, values = np.array([index]), np.array([scale])
        if argument.project is not None:
            unit = np.zeros(self.scales[part].size)
            unit[index] = scale
            unit = argument.project(unit)
            (moved,) = unit.nonzero()
            values = unit[moved]
        path = SparsePath(self.function, self.point, [(part, moved, values)])
        claim = self.claim(path, argument.label(index), argument.name)
        return path, replace(claim, scale=float(scale))

    def claim(self, path: Path, where: str, argument: str | None) -> Claim:
        """What the gradient says about a path."""
        slope, size = path.along(self.gradient)
        return Claim(where=where, argument=argument, slope=slope, size=size)

    def _second_opinion(self, path: Path, reference: Reference) -> Reference:
        """The reference with the smallest bar among those that the forward allows."""
        found = [reference, complex_step.wider(path, self.weights)]
        found.append(
            complex_step.complex_step(path, self.base, self.weights, found[1] or reference)
        )
        usable = [r for r in found if r is not None and not r.problem]
        return min(usable, key=lambda r: r.bar, default=reference)

    def _compare_entries(self, part: int, tally: Tally) -> None:
        """Judge each entry of a part: all in stacks at first, then the doubtful ones alone."""
        argument, gradient = self.arguments[part], self.gradient[part]
        if argument.project is not None:
            for index in map(int, np.flatnonzero(self.scales[part])):
                self._add_entry(part, index, self.judge(*self.entry(part, index)), tally)
            return
        (pending,) = self.scales[part].nonzero()  # what has no room stays where it is
        for difference in self._cheap_differences(part):
            if not pending.size:
                return
            slopes, noise = difference(pending)
            scaled = gradient[pending] * self.scales[part][pending]
            screened = Screened(pending, slopes, scaled, self.rtol * np.abs(scaled), noise)
            if screened.agrees.any():
                label, scale = argument.label(screened.worst), self.scales[part][screened.worst]
                worst = per_unit(screened.comparison(label, argument.name), float(scale))
                tally.add_many(screened, worst)
                agrees = screened.agrees
                slack = screened.tolerance + self._unproven[part][pending]
                tally.power.count(np.abs(scaled[agrees]), slack[agrees])
            pending = pending[~screened.agrees]
        for index in map(int, pending):
            self._add_entry(part, index, self.prove_entry(part, index), tally)

    def _add_entry(self, part: int, index: int, comparison: Comparison, tally: Tally) -> None:
        """Count the comparison of a single entry, and whether a small mistake would show."""
        tally.add(comparison)
        doubt = self._unproven[part][index] / self.scales[part][index]
        tally.power.count(np.array([abs(comparison.analytic)]), comparison.slack + doubt)

    @cached_property
    def _unproven(self) -> Parts:
        """How far a slope by each entry may be off without being proven wrong, about.

        A cheap difference that agrees says nothing about the bar of the ladder, which would
        have to prove that another value is wrong.
        """
        return [self._doubts(scales) for scales in self.scales]

    def _doubts(self, scales: Vector) -> Vector:
        """How far a slope by entries of these scales may be off without being proven wrong."""
        return np.where(self._excuses.lost(STEPS[0] * scales), math.inf, self._floor)

    @cached_property
    def _floor(self) -> float:
        size = absolute_product(self.weights, self.base)
        return max(_LADDER_UNITS * eps_of(np.float64) * size, self._excuses.rounding)

    def _cheap_differences(self, part: int) -> list[Difference]:
        """Ways to differentiate many entries, the cheapest first: slopes and rounding parts."""
        scale = self.scales[part]
        stack = Stack(
            self.function,
            part,
            scale=scale,
            base=self.base,
            weights=self.weights,
            pad=self.pad(part),
        )
        ways: list[Difference] = [stack.central, stack.extrapolated]
        if scale.size <= _WORTH_GUESSING:
            return ways
        some = stack.some()
        slopes, _ = stack.one_sided(some)
        wanted = self.gradient[part][some] * scale[some]
        # One call for each entry is enough where f is affine in every one of them.
        near = np.abs(slopes - wanted) <= COMFORT * self.rtol * np.abs(wanted)
        return [stack.one_sided, *ways] if 2 * near.sum() > near.size else ways

    def _compare_direction(self, tally: Tally) -> None:
        """Judge all entries at once along a random direction; on failure, find one."""
        direction = self.random_direction()
        self._judge_infinities(direction, tally)
        path = self.path_along(direction)
        claim = self.claim(path, RANDOM, None)
        comparison = self._judged_at_once(path, claim)
        if comparison is None and self.size > _MANY:
            del path
            self.__dict__.pop("_scratch")  # the search does without
            if self._add_bisected(direction, tally):
                return
            path = self.path_along(direction)
        comparison = comparison or self.prove(path, claim)
        tally.add(comparison)
        self._count_power(direction, comparison.slack, tally)
        if not comparison.agrees and self.size <= _MANY:
            self._add_bisected(direction, tally)

    def _add_bisected(self, direction: Parts, tally: Tally) -> bool:
        """Count an entry that is wrong, if a direction leads to one."""
        found = self._bisect(direction)
        if found is not None:
            tally.add(found)
        return found is not None

    def _count_power(self, direction: Parts, slack: float, tally: Tally) -> None:
        """Count the entries in which a small mistake would show along a direction."""
        for g, u, scales in zip(self.gradient, direction, self._scale_blocks(), strict=True):
            for block, scale in scales:
                doubt = self._doubts(scale)
                tally.power.count(np.abs(g[block] * u[block]), slack + doubt)

    def _scale_blocks(self) -> Iterator[Iterator[tuple[slice, Vector]]]:
        """The scales of each part, a block at a time."""
        for x, argument in zip(self.point, self.arguments, strict=True):
            yield scale_blocks(x, argument.room)

    def path_along(self, direction: Parts) -> DensePath:
        """The path along a direction; all of them share the buffers for what they move."""
        return DensePath(self.function, self.point, direction, self._scratch)

    @cached_property
    def _scratch(self) -> Parts:
        return [np.empty_like(x) for x in self.point]

    def random_direction(self) -> Parts:
        """A direction that moves every entry, and stays on the domains that say how."""
        scales = self._scales()  # not those that are kept: a direction alone does without
        drawn = random_direction(scales, next(self._direction_seeds))
        del scales
        return [
            u if a.project is None else a.project(u)
            for a, u in zip(self.arguments, drawn, strict=True)
        ]

    def _judge_infinities(self, direction: Parts, tally: Tally) -> None:
        """Judge some entries whose analytic derivative is not finite; the direction skips all.

        Such a derivative is right only where the numeric one overflows as well.
        """
        for part, gradient in enumerate(self.gradient):
            if math.isfinite(float(gradient @ gradient)):  # a quick way to see that all are
                continue
            (found,) = (~np.isfinite(gradient)).nonzero()
            found = found[self.scales[part][found] != 0]
            for index in map(int, found[:_INFINITIES]):
                tally.add(self.prove_entry(part, index))
            if found.size:
                direction[part][found] = 0

    def _slope(self, path: Path, step: float) -> tuple[float, float]:
        change, _ = self._change(path, step)
        if step == SHORT:
            return change / (2 * step), 0.0
        near, size = self._change(path, step / 2)
        return (4 * (2 * near) - change) / (6 * step), ROUNDING * size / step

    def _change(self, path: Path, step: float) -> tuple[float, float]:
        """⟨w, f(x + tu) − f(x − tu)⟩ and Σ |w| |f|, in blocks: no temporary of full size."""
        ahead, behind = both_ways(path, step)
        if ahead is None or behind is None or not ahead.shape == behind.shape == self.base.shape:
            return float("nan"), 0.0
        change = size = 0.0
        for block in blocks(self.base.size):
            w, a, b = self.weights[block], ahead[block], behind[block]
            change += float(w @ (a - b))
            if step != SHORT:
                size += float(np.abs(w) @ np.maximum(np.abs(a), np.abs(b)))
        return change, size

    def tied(self) -> Iterator[tuple[str, SparsePath]]:
        """Paths that move entries of equal value together, within and across inputs."""
        sizes = [x.size for x in self.point]
        if sum(sizes) > _TIES_SOUGHT or any(a.project is not None for a in self.arguments):
            return
        values = np.concatenate(self.point)
        ordered = np.sort(values)
        if not (ordered[1:] == ordered[:-1]).any():
            return
        # What overflowed is judged entry by entry only: a sum with it says nothing.
        scales = np.concatenate(self.scales)
        values[~np.isfinite(np.concatenate(self.gradient)) | (scales == 0)] = np.nan
        unique, inverse, counts = np.unique(
            values, return_inverse=True, return_counts=True, equal_nan=False
        )
        if unique.size == values.size:
            return
        ends = np.cumsum(sizes)
        for k in np.argsort(-counts, kind="stable")[:_TIE_GROUPS]:
            if counts[k] < 2:
                return
            members = np.flatnonzero(inverse == k)
            if (
                members.size > _TIES_ACROSS
                and np.unique(np.searchsorted(ends, members, "right")).size > 1
            ):
                continue
            step = scales[members].min()
            parts = np.split(members, np.searchsorted(members, ends[:-1]))
            moves = [
                (part, inside - (ends[part] - sizes[part]), np.full(inside.size, step))
                for part, inside in enumerate(parts)
                if inside.size
            ]
            label = f"{counts[k]} ties at {unique[k]:g}"
            yield label, SparsePath(self.function, self.point, moves)

    def _bisect(self, direction: Parts) -> Comparison | None:
        """Halve a failing direction down to an entry whose derivative is wrong."""
        members = [_Members.moved_by(u, part) for part, u in enumerate(direction) if u.any()]
        while sum(each.size for each in members) > 1:
            halves = _halves(members)
            members = max(halves, key=lambda half: self._discrepancy(half, direction))
        if not members:
            return None
        found = self.prove_entry(members[0].part, members[0].first)
        return found if not found.agrees else None

    def _discrepancy(self, members: list[_Members], direction: Parts) -> float:
        moves = [(m.part, m.indices, direction[m.part][m.indices]) for m in members]
        path = SparsePath(self.function, self.point, moves)
        analytic = path.slope_of(self.gradient)
        slope, _ = self._slope(path, LONG)
        difference = abs(slope - analytic)
        return difference if np.isfinite(difference) else np.inf


@dataclass(frozen=True, slots=True)
class _Members:
    """Entries of one part, in order: some of its indices, or a stretch of them all.

    A stretch takes no memory, where indices would take as much as the input.
    """

    part: int
    indices: slice | Array

    @classmethod
    def moved_by(cls, direction: Vector, part: int) -> _Members:
        """The entries that a direction moves."""
        whole = all(direction[block].all() for block in blocks(direction.size))
        return cls(part, slice(0, direction.size) if whole else np.flatnonzero(direction))

    @property
    def size(self) -> int:
        found = self.indices
        return found.stop - found.start if isinstance(found, slice) else int(found.size)

    @property
    def first(self) -> int:
        found = self.indices
        return int(found.start if isinstance(found, slice) else found[0])

    def halves(self) -> tuple[_Members, _Members]:
        """The first half, and the rest."""
        found, middle = self.indices, self.size // 2
        if isinstance(found, slice):
            cut = found.start + middle
            one, other = slice(found.start, cut), slice(cut, found.stop)
            return replace(self, indices=one), replace(self, indices=other)
        return replace(self, indices=found[:middle]), replace(self, indices=found[middle:])


def _halves(members: list[_Members]) -> list[list[_Members]]:
    """Split entries in two: parts from parts first, then one part in the middle."""
    if len(members) > 1:
        middle = len(members) // 2
        return [members[:middle], members[middle:]]
    return [[half] for half in members[0].halves()]


def per_unit(comparison: Comparison, scale: float) -> Comparison:
    """Turn a slope per scaled unit of a path into a derivative by the entry itself."""
    old = comparison.reference
    reference = replace(
        old,
        low=old.low / scale,
        high=old.high / scale,
        bar=old.bar / scale,
        hidden=old.hidden / scale,
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
