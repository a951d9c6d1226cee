"""Gradients of ops that take a short dtype only, judged in it.

A kernel for float32 cannot be called in double precision, where formulas are otherwise
judged. So its forward is differentiated as it is (`checks.precision.differences`), or sharply
where the spec gives a `reference=` in double precision. A gradient may be off by the bar of that
reference and by what rounding may cost a right one: its conditioning in that dtype, measured
by calling the vjp at inputs a rounding away. What is found is coarser than in double
precision, about ε^⅔ of the outputs: 1e-4 in float32, a tenth in float16.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from gradcheck.checks import agreement
from gradcheck.checks.posing import jvp_claim, point_of
from gradcheck.checks.precision import differences
from gradcheck.checks.trial import Broken, OpRaised, Trial
from gradcheck.checks.violation import Violation
from gradcheck.ndarrays import buckets
from gradcheck.ndarrays.dtypes import Unit, double_of, unit_of
from gradcheck.ndarrays.types import Array, Parts, Vector
from gradcheck.numeric import conditioning, ladder
from gradcheck.numeric.argument import Place
from gradcheck.numeric.claim import Claim
from gradcheck.numeric.comparison import Comparison, Obstacle, Reference, per_unit
from gradcheck.numeric.paths import Path, SparsePath, both_ways, length
from gradcheck.numeric.point import Point
from gradcheck.numeric.problem import EVERY_ENTRY, Probes
from gradcheck.numeric.steps import STEPS, ULPS
from gradcheck.numeric.tally import Tally
from gradcheck.numeric.ties import tied

# Derived: of a larger input each number is compared where that costs no more than a second.
_COMPARED_SHARPLY = 2**12
_ENOUGH = 8  # arbitrary, for speed: comparisons that fail
_BLOCKS = 64  # arbitrary, for speed: blocks of an input, each of whole rows
_SAMPLED = 4  # arbitrary: entries of an input whose influence stands for that of all
_WALK = 4.0  # arbitrary, 2 to 8: standard deviations of a sum of roundings
_SHARED = 16.0  # arbitrary, 4 to 64: roundings that all entries share, as of a normaliser
_SOME = 12  # arbitrary, for speed: entries of many that are judged alone
# Terms of a sum, beyond which each costs a rounding. There are fewer such in `agreement`, where
# two sums in different orders are compared: here only one of them is off.
_ADDED_IN_ONE_ORDER = 64
_NEARLY_ALL = 0.5  # derived, a binade: of the largest number: beyond that a gradient may overflow
# Of half precision so many units are a large share, and a chain of so many roundings is none.
_FEWER = 16.0
_UNITS = 64.0  # arbitrary, 16 to 256: that rounding of the terms of a jvp may cost


def compare(trial: Trial, probes: Probes) -> Tally | Violation:
    """Compare gradients with derivatives of the forward in its own dtype."""
    bench = _bench(trial)
    tally = Tally()
    for path, claim in bench.claims(probes):
        bench.add(bench.judged(path, claim, bench.slack_along(path)), tally, path)
        if len(tally.failures) >= _ENOUGH:
            break  # each costs dozens of calls, and one is enough
    if trial.subject.jvp is not None:
        claimed = jvp_claim(trial, bench.point)
        if isinstance(claimed, Violation):
            return claimed
        path, claim = claimed
        slack = bench.slack_along(path) + _UNITS * bench.unit.eps * claim.size
        tally.add(bench.judged(path, claim, slack))
    return tally


@dataclass(frozen=True)
class _Bench:
    """A point whose forward rounds, and how its slopes are found."""

    trial: Trial
    point: Point
    sharp: bool  # whether the forward that is differentiated computes in double precision

    @cached_property
    def unit(self) -> Unit:
        """The coarsest rounding unit among the gradients."""
        dtypes = [g.dtype for g in self.trial.gradients.values()]
        return max(map(unit_of, dtypes), key=lambda unit: unit.eps)

    @property
    def _differences_round_by(self) -> Unit:
        return unit_of(np.float64) if self.sharp else self.unit

    def claims(self, probes: Probes) -> Iterator[tuple[Path, Claim]]:
        """Paths to compare along: entries, ties, a direction over many."""
        point = self.point
        movable = [np.flatnonzero(scales) for scales in point.scales]
        ends = np.cumsum([indices.size for indices in movable])
        chosen = np.arange(ends[-1])
        most = _COMPARED_SHARPLY if self.sharp else EVERY_ENTRY
        few = chosen.size <= most or probes == "all"
        if not few:
            rng = buckets.generator(point.seed)
            chosen = np.sort(rng.choice(chosen.size, _SOME, replace=False))
        for place in map(int, chosen):
            part = int(np.searchsorted(ends, place, "right"))
            yield point.entry(Place(part, int(movable[part][place - ends[part]])))
        if not few:
            for _ in range(probes if isinstance(probes, int) else 1):
                path: Path = point.path_along(point.random_direction())
                yield path, point.claim(path, "a random direction", None)
            yield from self._in_blocks()
        yield from tied(point)

    def _in_blocks(self) -> Iterator[tuple[Path, Claim]]:
        """Directions confined to blocks, with the signs of the gradient.

        What is wrong in a block stands out there, and what is wrong everywhere adds up.
        """
        point = self.point
        signs = point.random_direction()
        for part, (argument, scales) in enumerate(zip(point.arguments, point.scales, strict=True)):
            if argument.project is not None:
                continue
            direction = np.where(point.gradient[part] == 0, np.sign(signs[part]), 0.0)
            direction = (direction + np.sign(np.nan_to_num(point.gradient[part]))) * scales
            row = (argument.shape[-1] if argument.shape else 1) * (2 if argument.is_complex else 1)
            size = max(row * -(-scales.size // (row * _BLOCKS)), 1) if row else 1
            for start in range(0, scales.size, size):
                moved = start + np.flatnonzero(direction[start : start + size])
                if moved.size:
                    path = SparsePath(
                        point.function, point.inputs, [(part, moved, direction[moved])]
                    )
                    last = argument.label(int(moved[-1]))
                    where = f"{argument.label(int(moved[0]))} to {last}"
                    yield path, point.claim(path, where, argument.name)

    def judged(self, path: Path, claim: Claim, slack: float) -> Comparison:
        """Compare along a path, by one difference where that is enough."""
        weights, unit = self.point.weights, self._differences_round_by
        method = "central differences" + f" in {self.trial.case.dtype}" * (not self.sharp)
        slope, step = differences.quick_slope(path, weights, unit), differences.quick_step(unit)
        near = slack + step**2 * abs(claim.slope)  # and what a third derivative may cost
        if abs(slope - claim.slope) <= near < np.inf:
            quick = Reference(low=slope, high=slope, bar=near, method=method, step=step)
            return per_unit(claim.beside(quick, self.point.rtol), claim.scale)
        base = self.point.base
        reference = (
            ladder.climb(path, base, weights).floored(path.reach)
            if self.sharp
            else differences.differentiate(path, base, weights, unit, method=method)
        )
        reference = replace(reference, bar=reference.bar + slack)
        comparison = claim.beside(reference, self.point.rtol)
        if not comparison.agrees:
            excuse = self._excuse(path, comparison)
            comparison = claim.beside(replace(reference, problem=excuse), self.point.rtol)
        return per_unit(comparison, claim.scale)

    def _excuse(self, path: Path, comparison: Comparison) -> str:
        """Why a disagreement proves nothing, or nothing."""
        reference = comparison.reference
        if reference.problem:
            return reference.problem
        if agreement.is_extreme(self.trial):
            return Obstacle.EXTREME
        extent = max(abs(reference.low), abs(reference.high)) + reference.bar
        if extent > _NEARLY_ALL * self.unit.largest * max(path.reach, 1.0):
            return Obstacle.STEEP
        if not self.sharp and comparison.distance <= self._faint(path, reference.step):
            return Obstacle.FAINT
        if reference.kink and comparison.distance <= reference.high - reference.low:
            return Obstacle.PIECES  # of other stretches that meet here nothing is known
        return ""

    def _faint(self, path: Path, step: float) -> float:
        """The slope of rounding beside cancelled numbers: γ·(−1) + β at 1."""
        inputs = [np.abs(x[np.isfinite(x)]).max(initial=1.0) for x in self.point.inputs]
        ahead, behind = both_ways(path, STEPS[0])
        weights = np.abs(self.point.weights)
        if ahead is not None and behind is not None and ahead.shape == behind.shape:
            moved = (ahead != self.point.base) | (behind != self.point.base)
            weights = weights[moved] if moved.any() else weights
        total = weights.sum() if weights.size <= _ADDED_IN_ONE_ORDER else _WALK * length(weights)
        return float(ULPS * self.unit.eps * max(inputs) * total / step)

    def add(self, comparison: Comparison, tally: Tally, path: Path) -> None:
        """Count a comparison, and the entries in which it shows mistakes."""
        tally.add(comparison)
        terms = _moved(path, self.point.gradient)
        tally.power.count(np.abs(terms), comparison.slack)

    def slack_along(self, path: Path) -> float:
        """The rounding of a right gradient's slope along a path.

        Roundings of many entries add up as a random walk does, but for those that they share.
        """
        moved = _moved(path, self.slack)
        apart = float(np.sqrt(np.square(moved).sum()))
        if moved.size <= _ADDED_IN_ONE_ORDER:
            return float(np.abs(moved).sum())
        shared = _SHARED * self.unit.eps * float(np.abs(_moved(path, self.point.gradient)).sum())
        return _WALK * apart + shared

    @cached_property
    def _share(self) -> float:
        """The largest share of the outputs that single entries influence."""
        point, shares = self.point, [0.0]
        if point.size <= EVERY_ENTRY:
            return 1.0
        rng = buckets.generator(point.seed)
        for part, scales in enumerate(point.scales):
            movable = np.flatnonzero(scales)
            for index in rng.permutation(movable)[:_SAMPLED]:
                path, _ = point.entry(Place(part, int(index)))
                ahead, behind = both_ways(path, STEPS[0])
                if ahead is None or behind is None or ahead.shape != behind.shape:
                    return 1.0
                shares.append(float(np.mean((ahead != point.base) | (behind != point.base))))
        return max(shares)

    @cached_property
    def slack(self) -> Parts:
        """The rounding of a right gradient's entries, one vector per part."""
        trial, gradients = self.trial, self.trial.gradients
        try:
            bars = conditioning.bars(
                lambda inputs, g: trial.gradients_at(inputs=inputs, cotangents=g),
                dict(zip(trial.case.names, trial.case.inputs, strict=True)),
                trial.fresh_cotangents(),
                gradients,
                unit=self.unit,
                spent=self._share * agreement.spent(trial),
                roundings=_FEWER if self.unit.eps > conditioning.COARSE else conditioning.ROUNDINGS,
            )
        except (OpRaised, Broken):
            return [np.full(g.shape, np.inf) for g in self.point.gradient]
        terms = max(self._share * agreement.most_terms(trial), 1.0)
        slacks = []
        for name, gradient in zip(trial.inputs.differentiable, self.point.gradient, strict=True):
            largest = np.abs(gradient[np.isfinite(gradient)]).max(initial=0.0)
            added = terms * self.unit.eps * largest
            slacks.append(max(1.0, terms / _ADDED_IN_ONE_ORDER) * bars[name] + added)
        return slacks


def _bench(trial: Trial) -> _Bench:
    """Set up the sharpest way to differentiate that there is."""
    if trial.subject.reference is not None:
        bench = _on(trial, trial.subject.reference, sharp=True)
        if bench is not None:
            return bench
    dtypes = [x.dtype for x in trial.case.inputs]
    bench = _on(trial, _rounded(trial.subject.forward, dtypes), sharp=False)
    return bench or _Bench(trial, point_of(trial), sharp=False)


def _on(trial: Trial, forward: Callable[..., Any], *, sharp: bool) -> _Bench | None:
    """The bench for another forward, if it returns the same outputs."""
    point = point_of(trial, forward)
    base = point.function(point.inputs)
    if base is None or base.shape != point.base.shape or not np.isfinite(base).all():
        return None
    return _Bench(trial, replace(point, base=base.astype(np.float64)), sharp)


def _rounded(forward: Callable[..., Any], dtypes: Sequence[np.dtype[Any]]) -> Callable[..., Any]:
    """A forward of short dtypes as one that takes double precision."""

    def called(*inputs: Array, **params: Any) -> tuple[Array, ...]:
        rounded = (x.astype(dtype) for x, dtype in zip(inputs, dtypes, strict=True))
        returned = forward(*rounded, **params)
        outputs = map(np.asarray, returned if isinstance(returned, tuple) else (returned,))
        return tuple(out.astype(double_of(out.dtype)) for out in outputs)

    return called


def _moved(path: Path, parts: Parts) -> Vector:
    """Contributions of a path's moved numbers to the slope along it."""
    if isinstance(path, SparsePath):
        return np.concatenate([parts[k][i] * values for k, i, values in path.moves])
    return np.concatenate([part * u for part, u in zip(parts, path.direction, strict=True)])
