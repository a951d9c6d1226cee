"""Whether two computations of one gradient agree, within what rounding explains.

Properties compare the gradient of a trial with the gradient of further calls: in another
memory layout, of a multiple of the cotangent, of one batch entry at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from gradcheck.checks.trial import Broken, OpRaised, Trial
from gradcheck.checks.violation import Violation
from gradcheck.ndarrays.dtypes import unit_of
from gradcheck.ndarrays.flat import blocks, flat, is_differentiable
from gradcheck.ndarrays.types import Array
from gradcheck.numeric import conditioning
from gradcheck.numeric.notation import apart
from gradcheck.results.kind import Kind

_SAFE = 0.3  # derived, below 1/3: the power of a range in which three numbers multiply
# Longer sums are added in another order in another layout, and intermediate ones with them. One
# after the other, n equal terms are off by up to n roundings, pairwise by none; the bars of a
# gradient are good for about so many already.
_ADDED_IN_TWO_ORDERS = 16
_LARGE = 2**18  # arbitrary, saves memory: entries beyond which bars are kept in less
_EXACT = 4.0  # arbitrary, saves time: units of the largest entry, below any bar
# Of the largest entry. Measured in trials on right gradients: linearity of a matrix exponential
# is off by 3e-13, the layouts of a Hilbert solve by 1.4e-13; arbitrary from there to 1e-11.
_USUAL = 2e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The entry at which two gradients differ most, beyond what rounding explains."""

    argument: str  # the input that the gradient belongs to
    where: str  # the entry, "b[1,0]"
    result: float
    expected: float
    bar: float  # how far apart they may be

    @property
    def margin(self) -> float:
        with np.errstate(all="ignore"):
            return float(np.nan_to_num(abs(self.result - self.expected), nan=np.inf) / self.bar)

    def violation(self, kind: Kind, headline: str, message: str) -> Violation:
        """A violation about this gradient."""
        return Violation(kind, f"∂L/∂{self.argument} {headline}", message, self.argument)

    def __str__(self) -> str:
        result, expected = apart(self.result, self.expected)
        return f"{result} instead of {expected} at {self.where}"


def difference(
    trial: Trial,
    result: Mapping[str, Array],
    expected: Mapping[str, Array],
    *,
    plus: Mapping[str, Array] | None = None,
    share: float = 1.0,
    times: float = 1.0,
) -> Difference | None:
    """Compare gradients that should be equal but for rounding.

    Where products of a few of the trial's numbers over- or underflow, one order of operations
    may do so and another not: nothing is compared.

    Args:
        trial: its conditioning says how far they may be apart.
        result: gradients of a further call.
        expected: passed over where they are not finite.
        plus: gradients of one more call, to be added to `result`.
        share: the result should be this share of those expected.
        times: the bars are those of the trial's own gradient, times this.
    """
    worst: Difference | None = None
    for name, right in expected.items():
        more = None if plus is None else flat(plus[name])
        sides = _Sides(flat(result[name]), more, flat(right), share)
        largest = unit_of(right.dtype).eps * sides.largest
        near = max(_EXACT * largest, _USUAL * sides.largest)
        if all((distance <= near).all() for _, distance in sides.distances()):
            continue
        if is_extreme(trial):
            return None
        terms = most_terms(trial)
        slack, bars = times * max(1.0, terms / _ADDED_IN_TWO_ORDERS), _bars(trial)[name]
        index = sides.worst(lambda block: slack * bars[block] + terms * largest + near)  # noqa: B023 - called here
        if index is None:
            continue
        one, other = sides.at(index)
        seen = Difference(
            argument=name,
            where=trial.label(name, index),
            result=one,
            expected=other,
            bar=float(slack * bars[index] + terms * largest + near),
        )
        if worst is None or seen.margin > worst.margin:
            worst = seen
    return worst


@dataclass(frozen=True, slots=True)
class _Sides:
    """Two flat gradients beside each other, a block at a time."""

    result: Array
    plus: Array | None  # added to the result
    expected: Array
    share: float  # of the expected one

    def _left(self, where: slice) -> Array:
        left = self.result[where]
        return _plain(left if self.plus is None else left + self.plus[where])

    def _right(self, where: slice) -> Array:
        right = self.expected[where]
        return _plain(right if self.share == 1 else right * self.share)

    @property
    def largest(self) -> float:
        """The largest finite size of what is expected."""
        rights = map(self._right, blocks(self.expected.size))
        return max((_largest(right) for right in rights), default=0.0)

    def at(self, index: int) -> tuple[float, float]:
        here = slice(index, index + 1)
        return float(self._left(here)[0]), float(self._right(here)[0])

    def distances(self) -> Iterator[tuple[slice, Array]]:
        """Distances of entries by block; 0 where not finite."""
        for block in blocks(self.expected.size):
            left, right = self._left(block), self._right(block)
            distance = np.where(np.isfinite(right), np.abs(left - right), 0.0)
            distance[np.isnan(distance)] = np.inf
            yield block, distance

    def worst(self, bar: Callable[[slice], Array]) -> int | None:
        """The entry furthest apart beside its bar, if any exceeds it."""
        furthest, beyond = -np.inf, False
        worst: int | None = None
        for block, distance in self.distances():
            bars = bar(block)
            beyond |= bool((distance > bars).any())
            with np.errstate(all="ignore"):
                ratios = distance / bars
            index = int(ratios.argmax())
            further = ratios[index] > furthest or np.isnan(ratios[index]) > np.isnan(furthest)
            if worst is None or further:
                furthest, worst = float(ratios[index]), block.start + index
        return worst if beyond else None


class _Shares:
    """Bars as single-precision shares of the largest, rounded up."""

    def __init__(self, bars: Array, largest: float) -> None:
        self._largest = largest
        self._shares = np.empty(bars.shape, np.float32)
        for block in blocks(bars.size):
            shares = (bars[block] / largest).astype(np.float32)
            self._shares[block] = np.nextafter(shares, np.float32(np.inf))

    def __getitem__(self, which: slice | int) -> Any:
        return self._largest * self._shares[which].astype(np.float64)


_Bars = Mapping[str, Array | _Shares]
_known_bars: WeakKeyDictionary[Trial, _Bars] = WeakKeyDictionary()


def _bars(trial: Trial) -> _Bars:
    """Bars of the trial's own gradients, measured once."""
    known = _known_bars.get(trial)
    if known is None:
        bars = _measured_bars(trial)
        known = _known_bars[trial] = {name: _kept(bars.pop(name)) for name in list(bars)}
    return known


def _kept(bars: Array) -> Array | _Shares:
    if bars.size <= _LARGE:
        return bars
    largest = max(float(bars[block].max()) for block in blocks(bars.size))
    return _Shares(bars, largest) if 0 < largest < np.inf else bars


def _measured_bars(trial: Trial) -> dict[str, Array]:
    """Bars of the trial's own gradients; infinite where they are unknown."""
    gradients = trial.gradients
    inputs = dict(zip(trial.case.names, trial.case.inputs, strict=True))
    dtypes = [g.dtype for g in gradients.values()]
    coarsest = max(dtypes, key=lambda dtype: unit_of(dtype).eps)
    try:
        return conditioning.bars(
            lambda xs, g: trial.gradients_at(inputs=xs, cotangents=g),
            inputs,
            trial.cotangents,
            gradients,
            unit=unit_of(coarsest),
            spent=spent(trial),
            nudge=conditioning.shaken,
        )
    except (OpRaised, Broken):
        return {name: np.full(flat(g).shape, np.inf) for name, g in gradients.items()}


def is_extreme(trial: Trial) -> bool:
    """Whether the product of three of the numbers may over- or underflow."""
    floating = [x for x in trial.arguments.values() if is_differentiable(x)]
    unit = unit_of(floating[0].dtype)
    most, least = unit.largest**_SAFE, unit.tiny**_SAFE
    for vector in map(flat, floating):
        for block in blocks(vector.size):
            sizes = np.abs(vector[block]).astype(np.float64)
            if ((sizes > most) & np.isfinite(sizes) | (sizes < least) & (sizes != 0)).any():
                return True
    return False


def spent(trial: Trial) -> float:
    """Σ |g| |out| over all outputs, relative to which intermediate results round."""
    total = 0.0
    for g, out in zip(map(np.ravel, trial.weights), map(np.ravel, trial.base), strict=True):
        for block in blocks(g.size):
            size = np.abs(g[block]).astype(np.float64) * np.abs(out[block])
            total += float(size.sum())
    return total


def most_terms(trial: Trial) -> int:
    """How many terms a gradient may sum: each may cost a rounding."""
    return max(array.size for array in trial.arguments.values())


def _plain(vector: Array) -> Array:
    return vector.astype(np.float64, copy=False)


def _largest(vector: Array) -> float:
    return float(np.abs(vector[np.isfinite(vector)]).max(initial=0.0))
