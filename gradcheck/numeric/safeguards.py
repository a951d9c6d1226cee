"""What may excuse a disagreement, asked before it is called a failure.

A reference is sharp about the numbers that the forward returns. Whether those say anything
about the gradient is another question: a step may be lost beside larger inputs, a slope may
be below what rounding leaves of it, the forward may jitter.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from gradcheck.ndarrays.flat import blocks
from gradcheck.ndarrays.types import Parts, Vector
from gradcheck.numeric import complex_step
from gradcheck.numeric.argument import Argument
from gradcheck.numeric.claim import Claim
from gradcheck.numeric.comparison import Comparison, Obstacle, Reference
from gradcheck.numeric.conditioning import COARSE
from gradcheck.numeric.forward import FlatForward
from gradcheck.numeric.noise import NEAR, Roughness, Surroundings, onward, outward
from gradcheck.numeric.paths import DensePath, Path, SparsePath, absolute_product
from gradcheck.numeric.steps import STEPS, ULPS, eps_of

_EPS = eps_of(np.float64)
_SMALLEST_NORMAL = float(np.finfo(np.float64).tiny)
_INSIDE = 0.99  # of the room that a domain leaves
_BENDING = 2.0**-10  # step of a second difference
_NEARBY = 2.0**-16
_NEIGHBOURS = 24
_PIECES = 4  # slopes near a kink, beyond which there may be any number of them
_FEW = 256  # entries that move together and are worth a look each
_UNSTEADY = 4.0
_LOOKS = 8  # paths that are looked along for jitter; it is the same along the others
_BEYOND_DOUBT = 3.0  # times the bar of a slope over long steps
_SIMPLE = (1.0, 0.5, 0.0, 0.1, 2.0, -1.0, 10.0)
_TARGETS = 3
_VARIED = 64.0  # an iteration's error may be this many times as steep as it is large
_SMALL = 1e-2  # relative discrepancies above this no iteration's tolerance explains


@dataclass(frozen=True)
class Excuses:
    """One gradient at one point, with what is known about its forward there.

    Attributes:
        function: the forward as a map between flat vectors.
        arguments: one per part.
        base: f(x), flat.
        weights: cotangents, flat.
        gradient: the analytic gradient, one flat vector per part.
        rtol: relative tolerance.
        seed: from which the nearby gradients are made.
        nearby_gradient: gives the analytic gradient with each input moved by about one unit
            in the last place, up or down by a seed, or None where that fails.
        shaken_gradient: the same with each number moved by itself, so that no ties are left.
        random_direction: gives a direction that moves every entry, on its domain.
    """

    function: FlatForward
    arguments: tuple[Argument, ...]
    base: Vector
    weights: Vector
    gradient: Parts
    rtol: float
    seed: int
    nearby_gradient: Callable[[int], Parts | None] | None
    shaken_gradient: Callable[[int], Parts | None] | None
    random_direction: Callable[[], Parts]
    _smooth_looks: list[int] = field(default_factory=lambda: [0])

    def applied(self, path: Path, claim: Claim, comparison: Comparison) -> Comparison:
        """Compare again with a wider bar, or without a usable reference, if that is fair."""
        if not math.isfinite(claim.slope) and not path.meets_infinity(self.gradient):
            return self._unusable(claim, comparison, Obstacle.STEEP)
        if isinstance(path, SparsePath):
            if self._lost_beside_others(path):
                return self._unusable(claim, comparison, Obstacle.LOST)
            comparison = self._widened(path, claim, comparison)
        if not (comparison.agrees or comparison.reference.kink or claim.rule == "jvp"):
            reference = comparison.reference
            unsteady = self._unsteadiness(path)
            comparison = claim.beside(replace(reference, bar=reference.bar + unsteady), self.rtol)
        if not comparison.agrees and not comparison.reference.kink:
            comparison = self._confirmed(path, claim, comparison)
        if not comparison.agrees:
            comparison = self._smoothed(path, claim, comparison)
        return comparison

    def _unusable(
        self, claim: Claim, comparison: Comparison, problem: Obstacle, noise: float = 0.0
    ) -> Comparison:
        reference = replace(comparison.reference, problem=problem, noise=noise)
        return claim.beside(reference, self.rtol)

    def _lost_beside_others(self, path: SparsePath) -> bool:
        """Whether even the longest step is rounding beside the largest input: 8e20 + 1 − 8e20."""
        return bool(self.lost(STEPS[0] * max(np.abs(values).max() for *_, values in path.moves)))

    def lost(self, steps: Any) -> Any:
        """Which steps are rounding beside the largest input."""
        return steps < 8 * _EPS * self._largest

    @cached_property
    def _largest(self) -> float:
        each = (x[block] for x in self.function.base for block in blocks(x.size))
        finite = (x[np.isfinite(x)] for x in each)
        return max((float(np.abs(x).max(initial=0.0)) for x in finite), default=0.0)

    def _widened(self, path: SparsePath, claim: Claim, comparison: Comparison) -> Comparison:
        """Give a claim what a path alone does not see: rounding, and slopes beside a kink."""
        reference = comparison.reference
        reference = replace(reference, bar=reference.bar + self._bent(path))
        if reference.kink:
            slopes = self._slopes_nearby(path)
            low, high = min((reference.low, *slopes)), max((reference.high, *slopes))
            bar = reference.bar + 8 * _NEARBY * max(abs(low), abs(high))
            reference = replace(reference, low=low, high=high, bar=bar)
            pieces = np.unique(np.round(np.array(slopes) / max(bar, _SMALLEST_NORMAL))).size
            if pieces > _PIECES and reference.distance(claim.slope) <= high - low:
                # Of so many slopes that meet here, those nearby are a sample only.
                reference = replace(reference, problem=Obstacle.PIECES)
        return claim.beside(reference, self.rtol)

    def _bent(self, path: SparsePath) -> float:
        """How far the slope may be off because each input that moves is rounded."""
        total = 0.0
        if sum(indices.size for _, indices, _ in path.moves) > _FEW:
            return 0.0
        for part, indices, values in path.moves:
            for index, value in zip(indices, values, strict=True):
                alone = SparsePath(
                    self.function, path.point, [(part, np.array([index]), np.array([value]))]
                )
                ahead, behind = alone.at(_BENDING), alone.at(-_BENDING)
                if ahead is not None and behind is not None:
                    second = np.abs(ahead - 2 * self.base + behind) @ np.abs(self.weights)
                    total += float(second) / _BENDING**2
        return ULPS * _EPS * total if np.isfinite(total) else 0.0

    def _slopes_nearby(self, path: SparsePath) -> list[float]:
        """Slopes at points close by, where no entries are tied.

        At a kink where several entries tie, a gradient may be that of any smooth stretch
        that meets there (Clarke's generalised gradient is their hull): sorting three equal
        numbers has six. Moving one entry alone does not visit them all.
        """
        slopes = []
        for _ in range(_NEIGHBOURS):
            away = zip(path.point, self.random_direction(), strict=True)
            there = [self.function.retracted(k, x + _NEARBY * u) for k, (x, u) in enumerate(away)]
            beside = SparsePath(self.function, there, path.moves)
            ahead, behind = beside.at(_NEARBY / 64), beside.at(-_NEARBY / 64)
            if ahead is not None and behind is not None:
                slopes.append(float((ahead - behind) @ self.weights) / (_NEARBY / 32))
        return [slope for slope in slopes if np.isfinite(slope)]

    def _unsteadiness(self, path: Path) -> float:
        """How far the claims of two gradients are apart, each at inputs a rounding away.

        Where they differ much the point cannot be resolved in double precision. Ties are left
        as they are: next to a tie the gradient is another one for a good reason. So is the
        point itself: a gradient that is wrong at one value only is steady around it. But where
        numbers are so large that even the next ones are far away, a tie (a row of variance 0)
        has nothing beside it that a difference could see: there the point itself counts too.
        """
        coarse = any(_EPS * np.abs(x).max(initial=0.0) >= COARSE for x in self.function.base)
        # Ties of two inputs are not kept: each input is moved by itself.
        across = isinstance(path, SparsePath) and len(path.moves) > 1
        one, other = self._gradients_nearby
        if (across and not coarse) or one is None or other is None:
            return 0.0
        claims = [path.along(one)[0], path.along(other)[0]]
        if coarse:
            claims.append(path.along(self.gradient)[0])
        apart = max(claims) - min(claims)
        return _UNSTEADY * apart if math.isfinite(apart) else 0.0

    @cached_property
    def _gradients_nearby(self) -> tuple[Parts | None, Parts | None]:
        if self.nearby_gradient is None:
            return None, None
        return self.nearby_gradient(self.seed), self.nearby_gradient(self.seed + 1)

    def _confirmed(self, path: Path, claim: Claim, comparison: Comparison) -> Comparison:
        """Ask for a proof without cancellation where the two differ by less than rounding.

        Beside a number near 1 inside the forward, as in p log p where p is nearly 1, parts of
        so small a slope are lost, and no difference shows that they were there.
        """
        if comparison.distance > self.rounding:
            return comparison
        if claim.size == 0 or comparison.distance <= self._restlessness(path):
            # Where a factorisation cancels not even complex numbers resolve that.
            return self._unusable(claim, comparison, Obstacle.FAINT)
        exact = complex_step.complex_step(path, self.base, self.weights, comparison.reference)
        if exact is None:
            return self._unusable(claim, comparison, Obstacle.FAINT)
        return claim.beside(floored(exact, path), self.rtol)

    def _restlessness(self, path: Path) -> float:
        """How far the claims of gradients are apart where no two numbers are tied any more."""
        if self.shaken_gradient is None:
            return 0.0
        nearby = (self.shaken_gradient(self.seed + k) for k in range(2))
        claims = [path.along(gradient)[0] for gradient in nearby if gradient is not None]
        here = path.along(self.gradient)[0]
        return _UNSTEADY * max((abs(claim - here) for claim in claims), default=0.0)

    @cached_property
    def rounding(self) -> float:
        """What rounding beside 1 may cost a slope, per unit of an entry."""
        return ULPS * _EPS * absolute_product(self.weights, self.base, least=1.0)

    def _smoothed(self, path: Path, claim: Claim, comparison: Comparison) -> Comparison:
        """Ask whether a forward that jitters has the claimed slope from further away."""
        rough = self._roughness(path)
        if rough is not None and abs(rough.slope - claim.slope) <= rough.bar:
            return self._unusable(claim, comparison, rough.obstacle, rough.noise)
        if comparison.reference.value == 0 and self._is_stepped:
            return self._unusable(claim, comparison, Obstacle.STAIRCASE)
        size = max(claim.size, abs(claim.slope), abs(comparison.reference.value))
        if comparison.distance > _SMALL * size or not self._jitter:
            return comparison
        if comparison.distance > _VARIED * self._jitter * self._surroundings(path).moved():
            return comparison
        return self._unusable(claim, comparison, Obstacle.NOISY, self._jitter)

    def refuted(self, path: Path, claim: Claim, comparison: Comparison) -> Comparison:
        """Compare beyond doubt with a slope over long steps, where short ones only jitter."""
        if comparison.reference.problem not in (Obstacle.NOISY, Obstacle.STAIRCASE):
            return comparison
        rough = self._roughness(path)
        if rough is None or not math.isfinite(rough.bar):
            return comparison
        reference = Reference(
            low=rough.slope,
            high=rough.slope,
            bar=_BEYOND_DOUBT * rough.bar,
            method="central differences over long steps",
            step=rough.step,
            noise=rough.noise,
        )
        told = claim.beside(reference, self.rtol)
        if not told.agrees:
            return told
        return self._unusable(claim, comparison, rough.obstacle, rough.noise)

    def _roughness(self, path: Path) -> Roughness | None:
        """What the forward is like along a path, unless it was smooth along several others."""
        if self._smooth_looks[0] >= _LOOKS:
            return None
        found = self._surroundings(path).roughness()
        self._smooth_looks[0] += found is None
        return found

    @cached_property
    def _jitter(self) -> float:
        """By how much of their size outputs jitter where every input moves.

        An iteration for all entries together takes another number of steps only where the
        one does that is furthest off: along the others it is smooth. So all of them move, a
        little in any direction, then as far as to one and the same simple number.
        """
        around = self._surroundings(self._dense(self.random_direction()))
        found = around.jitter(outward(around.extent))
        for direction in islice(self._targets(), _TARGETS):
            if not found:
                found = self._surroundings(self._dense(direction)).jitter(onward())
        return found

    @cached_property
    def _is_stepped(self) -> bool:
        """Whether the forward is a staircase where every input moves, far enough to tell."""
        return any(
            self._surroundings(self._dense(direction)).is_stepped()
            for direction in islice(self._targets(), _TARGETS)
        )

    def _targets(self) -> Iterator[Parts]:
        return (there for number in _SIMPLE if (there := self._towards(number)) is not None)

    def _towards(self, number: float) -> Parts | None:
        """The direction to where all inputs are the same number, if that lies in the domains."""
        direction = [np.zeros_like(x) for x in self.function.base]
        for u, x, argument in zip(direction, self.function.base, self.arguments, strict=True):
            there = np.full_like(x, number)
            if argument.contains is not None and argument.contains(there):
                np.subtract(there, x, out=u, where=np.isfinite(x))
        return direction if any(u.any() for u in direction) else None

    def _dense(self, direction: Parts) -> DensePath:
        scratch = [np.empty_like(u) for u in direction]
        return DensePath(self.function, self.function.base, direction, scratch)

    def _surroundings(self, path: Path) -> Surroundings:
        return Surroundings(path, self.base, self.weights, _extent(path, self.arguments))


def _extent(path: Path, arguments: Sequence[Argument]) -> float:
    """How far along a path one may go, either way, and be sure to stay within the domains."""
    if isinstance(path, SparsePath):
        moves = [(part, values, indices) for part, indices, values in path.moves]
    else:
        moves = [(part, u, np.flatnonzero(u)) for part, u in enumerate(path.direction)]
    extent = math.inf
    for part, values, indices in moves:
        room, step = arguments[part].room, np.abs(values[values != 0])
        if room is not None and step.size:
            extent = min(extent, _INSIDE * float((np.abs(room[indices]) / step).min()))
        elif arguments[part].contains is None or arguments[part].project is not None:
            extent = min(extent, NEAR)
    return extent


def floored(reference: Reference, path: Path) -> Reference:
    """Below the smallest normal number a gradient has no precision left."""
    if reference.problem:
        return reference
    return replace(reference, bar=max(reference.bar, _SMALLEST_NORMAL * path.reach))
