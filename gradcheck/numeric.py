"""The comparison of an analytic gradient with numeric derivatives, probe by probe.

Each probe starts with the cheapest difference and is proven only if it must be:

1. One central difference at 2⁻¹⁷ (two forward calls). Its error is near ε^⅔; agreement
   within rtol cannot be a coincidence, so it passes.
2. Central differences at 2⁻¹⁰ and 2⁻¹¹, extrapolated to fourth order, with a rounding
   part in the tolerance: small derivatives beside large outputs pass here.
3. The ladder (`gradcheck.ladder`), and where it is too coarse or disagrees, second
   opinions: long double and complex step. Only this step can fail a gradient.

Up to `EVERY_ENTRY` entries each has its own probe; above, random directions over all
entries do, whose cost does not grow with the number of entries, and a failing one is
bisected down to an entry. Entries with tied values are also moved together: one by one,
a gradient that counts each tie fully would pass.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gradcheck import ladder
from gradcheck.claims import Argument, Claim
from gradcheck.forward import FlatForward, Parts, Vector
from gradcheck.paths import (
    DensePath,
    Path,
    SparsePath,
    blocks,
    both_ways,
    random_direction,
    scale_of,
)
from gradcheck.stacks import LONG, ROUNDING, SHORT, Difference, Stack
from gradcheck.tally import COMFORT, Screened, Tally
from gradcheck.verdict import Comparison, Reference

Array = NDArray[Any]
Probes = Literal["auto", "all"] | int

EVERY_ENTRY = 64
# An error of a single entry shows in every direction, and those of several cancel in one
# with a probability near 2⁻¹⁵: a second direction would find nothing more.
DIRECTIONS = 1
_BEYOND_CASES = 2**50  # seeds of directions are not those of values and cotangents
_INFINITIES = 4
_WORTH_GUESSING = 256
_HUGE = float(np.finfo(np.float64).max) / 16  # where products of factors overflow
_SMALLEST_NORMAL = float(np.finfo(np.float64).tiny)
_HALF_WAY = 1e150
_TIES_SOUGHT = 2**12
_TIE_GROUPS = 6
_EPS = float(np.finfo(np.float64).eps)
_BENDING = 2.0**-10  # step of a second difference
_NEARBY = 2.0**-16
_NEIGHBOURS = 24
_UNSTEADY = 4.0
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

    @cached_property
    def point(self) -> Parts:
        return self.function.base

    @cached_property
    def scales(self) -> Parts:
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
        for label, path in self._tied():
            names = {self.arguments[part].name for part, _, _ in path.moves}
            claim = self._claim(path, label, names.pop() if len(names) == 1 else None)
            tally.add(self.judge(path, claim))
        return tally

    def judge(self, path: Path, claim: Claim) -> Comparison:
        """Compare along a path: by the short difference, the extrapolated one, or the ladder."""
        for step in (SHORT, LONG):
            slope, noise = self._slope(path, step)
            if abs(slope - claim.slope) <= COMFORT * (self.rtol * claim.size + noise) < math.inf:
                reference = Reference(
                    low=slope, high=slope, bar=noise, method="central differences", step=step
                )
                return _per_unit(claim.beside(reference, self.rtol), claim.scale)
        return self.prove(path, claim)

    def prove(self, path: Path, claim: Claim) -> Comparison:
        """Compare along a path with the best reference that can be had."""
        reference = self._floored(ladder.climb(path, self.base, self.weights), path)
        comparison = claim.beside(reference, self.rtol)
        unsure = bool(reference.problem) or reference.weak
        if unsure or 1 < comparison.margin < _HOPELESS:
            best = self._floored(self._second_opinion(path, reference), path)
            if best is not reference and not best.problem:
                # Sharper than the gradient itself can be: that is computed in double precision.
                best = replace(best, bar=max(best.bar, self._rounding * max(path.reach, 1.0)))
            comparison = claim.beside(best, self.rtol)
        if not comparison.agrees:
            comparison = self._excused(path, claim, comparison)
        return _per_unit(comparison, claim.scale)

    def _excused(self, path: Path, claim: Claim, comparison: Comparison) -> Comparison:
        """Look for what may excuse a disagreement before it is called a failure."""
        if not math.isfinite(claim.slope) and not path.meets_infinity(self.gradient):
            overflow = replace(
                comparison.reference, problem="forward has a derivative that overflows"
            )
            return claim.beside(overflow, self.rtol)
        if isinstance(path, SparsePath):
            if self._lost_beside_others(path):
                lost = "forward may lose a step beside far larger inputs"
                return claim.beside(replace(comparison.reference, problem=lost), self.rtol)
            comparison = self._widened(path, claim, comparison)
        if not (comparison.agrees or comparison.reference.kink or claim.rule == "jvp"):
            reference = comparison.reference
            unsteady = self._unsteadiness(path)
            comparison = claim.beside(replace(reference, bar=reference.bar + unsteady), self.rtol)
        if not comparison.agrees and not comparison.reference.kink:
            comparison = self._confirmed(path, claim, comparison)
        return comparison

    def _confirmed(self, path: Path, claim: Claim, comparison: Comparison) -> Comparison:
        """Ask for a proof without cancellation where the two differ by less than rounding.

        Beside a number near 1 inside the forward, as in p log p where p is nearly 1, parts of
        so small a slope are lost, and no difference shows that they were there.
        """
        if comparison.distance > self._rounding:
            return comparison
        reference = comparison.reference
        exact = ladder.complex_step(path, self.base, self.weights, reference)
        if exact is None:
            problem = "forward has slopes below the rounding of numbers near 1"
            return claim.beside(replace(reference, problem=problem), self.rtol)
        return claim.beside(self._floored(exact, path), self.rtol)

    def _lost_beside_others(self, path: SparsePath) -> bool:
        """Whether even the longest step is rounding beside the largest input: 8e20 + 1 − 8e20."""
        largest = max(float(np.abs(x).max(initial=0.0)) for x in self.point)
        longest = ladder.STEPS[0] * max(np.abs(values).max() for *_, values in path.moves)
        return bool(longest < 8 * _EPS * largest)

    def _unsteadiness(self, path: Path) -> float:
        """How far the claims of two gradients are apart, each at inputs a rounding away.

        Where they differ much the point cannot be resolved in double precision. Ties are left
        as they are: next to a tie the gradient is another one for a good reason. So is the
        point itself: a gradient that is wrong at one value only is steady around it.
        """
        tied = isinstance(path, SparsePath) and sum(i.size for _, i, _ in path.moves) > 1
        one, other = self._gradients_nearby
        if tied or one is None or other is None:
            return 0.0
        apart = abs(path.along(one)[0] - path.along(other)[0])
        return _UNSTEADY * apart if math.isfinite(apart) else 0.0

    @cached_property
    def _gradients_nearby(self) -> tuple[Parts | None, Parts | None]:
        if self.nearby_gradient is None:
            return None, None
        return self.nearby_gradient(self.seed), self.nearby_gradient(self.seed + 1)

    def _widened(self, path: SparsePath, claim: Claim, comparison: Comparison) -> Comparison:
        """Give a claim what a path alone does not see: rounding, and slopes beside a kink."""
        reference = comparison.reference
        bent = self._bent(path)
        reference = replace(reference, bar=reference.bar + bent)
        if reference.kink:
            slopes = self._slopes_nearby(path)
            low, high = min((reference.low, *slopes)), max((reference.high, *slopes))
            bar = reference.bar + 8 * _NEARBY * max(abs(low), abs(high))
            reference = replace(reference, low=low, high=high, bar=bar)
        return claim.beside(reference, self.rtol)

    def _bent(self, path: SparsePath) -> float:
        """How far the slope may be off because each input that moves is rounded."""
        total = 0.0
        for part, indices, values in path.moves:
            for index, value in zip(indices, values, strict=True):
                alone = SparsePath(
                    self.function, self.point, [(part, np.array([index]), np.array([value]))]
                )
                ahead, behind = alone.at(_BENDING), alone.at(-_BENDING)
                if ahead is not None and behind is not None:
                    second = np.abs(ahead - 2 * self.base + behind) @ np.abs(self.weights)
                    total += float(second) / _BENDING**2
        return 4 * _EPS * total if np.isfinite(total) else 0.0

    def _slopes_nearby(self, path: SparsePath) -> list[float]:
        """Slopes at points close by, where no entries are tied.

        At a kink where several entries tie, a gradient may be that of any smooth stretch
        that meets there (Clarke's generalised gradient is their hull): sorting three equal
        numbers has six. Moving one entry alone does not visit them all.
        """
        slopes = []
        for _ in range(_NEIGHBOURS):
            there = [
                x + _NEARBY * u for x, u in zip(self.point, self.random_direction(), strict=True)
            ]
            beside = SparsePath(self.function, there, path.moves)
            ahead, behind = beside.at(_NEARBY / 64), beside.at(-_NEARBY / 64)
            if ahead is not None and behind is not None:
                slopes.append(float((ahead - behind) @ self.weights) / (_NEARBY / 32))
        return [slope for slope in slopes if np.isfinite(slope)]

    def prove_entry(self, part: int, index: int) -> Comparison:
        """Compare the derivative by one entry with the best reference that can be had."""
        return self.prove(*self._entry(part, index))

    def prove_entries(self) -> list[Comparison]:
        """Take every entry up the ladder, for a table in which each has its error bar."""
        return [
            self.prove_entry(part, index)
            for part, scales in enumerate(self.scales)
            for index in range(scales.size)
        ]

    def _entry(self, part: int, index: int) -> tuple[SparsePath, Claim]:
        """The path that moves one entry, with what the domain moves along, and its claim."""
        argument, scale = self.arguments[part], self.scales[part][index]
        unit = np.zeros(self.scales[part].size)
        unit[index] = scale
        if argument.project is not None:
            unit = argument.project(unit)
        (moved,) = unit.nonzero()
        path = SparsePath(self.function, self.point, [(part, moved, unit[moved])])
        claim = self._claim(path, argument.label(index), argument.name)
        return path, replace(claim, scale=float(scale))

    def _claim(self, path: Path, where: str, argument: str | None) -> Claim:
        """What the gradient says about a path."""
        slope, size = path.along(self.gradient)
        return Claim(where=where, argument=argument, slope=slope, size=size)

    def _floored(self, reference: Reference, path: Path) -> Reference:
        """Below the smallest normal number a gradient has no precision left."""
        if reference.problem:
            return reference
        return replace(reference, bar=max(reference.bar, _SMALLEST_NORMAL * path.reach))

    @cached_property
    def _rounding(self) -> float:
        """What rounding beside 1 may cost a slope, per unit of an entry."""
        return 4 * _EPS * float(np.abs(self.weights) @ np.maximum(np.abs(self.base), 1.0))

    def _second_opinion(self, path: Path, reference: Reference) -> Reference:
        """The reference with the smallest bar among those that the forward allows."""
        found = [reference, ladder.wider(path, self.weights)]
        found.append(ladder.complex_step(path, self.base, self.weights, found[1] or reference))
        usable = [r for r in found if r is not None and not r.problem]
        return min(usable, key=lambda r: r.bar, default=reference)

    def _compare_entries(self, part: int, tally: Tally) -> None:
        """Judge each entry of a part: all in stacks at first, then the doubtful ones alone."""
        argument, gradient = self.arguments[part], self.gradient[part]
        if argument.project is not None:
            for index in range(gradient.size):
                tally.add(self.judge(*self._entry(part, index)))
            return
        pending = np.arange(gradient.size)
        for difference in self._cheap_differences(part):
            if not pending.size:
                return
            slopes, noise = difference(pending)
            scaled = gradient[pending] * self.scales[part][pending]
            screened = Screened(pending, slopes, scaled, self.rtol * np.abs(scaled), noise)
            if screened.agrees.any():
                label, scale = argument.label(screened.worst), self.scales[part][screened.worst]
                worst = _per_unit(screened.comparison(label, argument.name), float(scale))
                tally.add_many(screened, worst)
            pending = pending[~screened.agrees]
        for index in map(int, pending):
            tally.add(self.prove_entry(part, index))

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
        comparison = self.judge(path, self._claim(path, "a random direction", None))
        tally.add(comparison)
        if comparison.size > 0 and not (comparison.reference.kink or comparison.reference.problem):
            typical = comparison.size / math.sqrt(self.size)
            tally.power = max(tally.power, comparison.tolerance / typical)
        if not comparison.agrees:
            found = self._bisect(direction)
            if found is not None:
                tally.add(found)

    def path_along(self, direction: Parts) -> DensePath:
        """The path along a direction; all of them share the buffers for what they move."""
        return DensePath(self.function, self.point, direction, self._scratch)

    @cached_property
    def _scratch(self) -> Parts:
        return [np.empty_like(x) for x in self.point]

    def random_direction(self) -> Parts:
        """A direction that moves every entry, and stays on the domains that say how."""
        drawn = random_direction(self.scales, next(self._direction_seeds))
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

    def _tied(self) -> Iterator[tuple[str, SparsePath]]:
        """Paths that move entries of equal value together, within and across inputs."""
        sizes = [x.size for x in self.point]
        if sum(sizes) > _TIES_SOUGHT or any(a.project is not None for a in self.arguments):
            return
        values = np.concatenate(self.point)
        ordered = np.sort(values)
        if not (ordered[1:] == ordered[:-1]).any():
            return
        # What overflowed is judged entry by entry only: a sum with it says nothing.
        values[~np.isfinite(np.concatenate(self.gradient))] = np.nan
        unique, inverse, counts = np.unique(
            values, return_inverse=True, return_counts=True, equal_nan=False
        )
        if unique.size == values.size:
            return
        scales = np.concatenate(self.scales)
        ends = np.cumsum(sizes)
        for k in np.argsort(-counts, kind="stable")[:_TIE_GROUPS]:
            if counts[k] < 2:
                return
            members = np.flatnonzero(inverse == k)
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
        members = [(p, np.flatnonzero(u)) for p, u in enumerate(direction) if u.any()]
        while sum(i.size for _, i in members) > 1:
            halves = _halves(members)
            members = max(halves, key=lambda half: self._discrepancy(half, direction))
        if not members:
            return None
        found = self.prove_entry(members[0][0], int(members[0][1][0]))
        return found if not found.agrees else None

    def _discrepancy(self, members: list[tuple[int, Array]], direction: Parts) -> float:
        moves = [(p, i, direction[p][i]) for p, i in members]
        path = SparsePath(self.function, self.point, moves)
        analytic, _ = path.along(self.gradient)
        slope, _ = self._slope(path, LONG)
        difference = abs(slope - analytic)
        return difference if np.isfinite(difference) else np.inf


def _halves(members: list[tuple[int, Array]]) -> list[list[tuple[int, Array]]]:
    """Split entries in two: parts from parts first, then one part in the middle."""
    if len(members) > 1:
        middle = len(members) // 2
        return [members[:middle], members[middle:]]
    part, indices = members[0]
    middle = indices.size // 2
    return [[(part, indices[:middle])], [(part, indices[middle:])]]


def _per_unit(comparison: Comparison, scale: float) -> Comparison:
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
        reference = replace(reference, problem="forward has a derivative that overflows")
    return replace(
        comparison,
        analytic=comparison.analytic / scale,
        reference=reference,
        tolerance=comparison.tolerance / scale,
        size=comparison.size / scale,
    )
