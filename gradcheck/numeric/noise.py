"""The forward around a point, beyond the reach of the shortest steps.

An iteration that stops at a tolerance is smooth between two changes of its number of steps,
with a slope of its own; a forward that computes in float32 is flat between two of its
numbers. The shortest differences are sharp there, and about something else than what the
forward stands for. So before a gradient is called wrong, the forward is looked at from
further away: does it jitter by a small share of its values, and would the gradient agree
with a slope over steps so long that the jitter does not matter?

Jitter is told from a smooth change by high differences on a grid: of a smooth function they
vanish with the spacing, of anything else they do not.
Source: Moré and Wild (2011), SIAM Journal on Scientific Computing 33(3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from math import comb

import numpy as np

from gradcheck.ndarrays.types import Array, Vector
from gradcheck.numeric.comparison import Obstacle
from gradcheck.numeric.ladder import IMPLAUSIBLE, SAFETY
from gradcheck.numeric.paths import Path
from gradcheck.numeric.steps import RATIO, STEPS, ULPS, eps_of, extrapolated

NEAR = STEPS[0]  # how far the longest step of the ladder goes
_ORDER = 8  # of the differences; arbitrary, 6 to 10: higher ones amplify rounding
_GRID = 4 * _ORDER  # intervals of a window; the next one is a quarter as wide
# Its width is no simple number, or every point of it may be one that a staircase keeps.
_WIDTH = 995_421_983 / 2**30
_BINS = 256  # of outputs; arbitrary: memory only, up to it each output is seen by itself
# What a jump of 1 amounts to in the differences, and what rounding by four units may.
_JUMP = float(comb(_ORDER - 1, _ORDER // 2))
_ROUNDING = 2.0**_ORDER * ULPS * eps_of(np.float64)
_DEEPEST = 10  # windows within windows; derived: 4⁻¹⁰ of the first, near the rounding of steps
_SLOW = 2.0**-6  # falls of a smooth stretch are steeper; derived: 4⁻⁸ at least, at a kink 4⁻¹
_FALLS = 3  # slow falls in a row, after which it is a kink at most; arbitrary
# Ends of windows around the point, where an iteration may take another number of steps. Derived:
# noise shows within a few scales of the inputs; what is further off excuses nothing here.
_ENDS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)
_LONG_STEPS = tuple(RATIO**k for k in range(1, -11, -1))
_AGREE = 0.25  # slopes further apart than this share are over too long steps; arbitrary
_FAINT = 2.0**-40  # the rounding of a longer computation; arbitrary: 4096 units of a double
# By which a staircase stays flat nearly everywhere; derived: 2⁻⁹ of a tread of half precision.
_SHIFT = 2.0**-20
_LOOKS = 16  # places at which a staircase is looked at; arbitrary
_FLAT = 0.9  # share of places that are flat; arbitrary: one of sixteen may lie at an edge
_TREADS = 3  # that make a staircase; derived: two are a jump
_SEVERAL = 2  # windows in which noise is seen; derived: a jump or a pole is in one


@dataclass(frozen=True, slots=True, kw_only=True)
class Roughness:
    """A forward that is rough nearby, and its slope from afar.

    Attributes:
        obstacle: what it is.
        noise: by how much of their size its values jitter.
        slope: over long steps.
        bar: how far off that may be.
        step: the shorter one of these.
    """

    obstacle: Obstacle
    noise: float
    slope: float
    bar: float
    step: float


@dataclass(frozen=True, slots=True)
class _Jitter:
    """Jitter per bin of outputs: the share of their size."""

    share: Array
    size: Array


@dataclass(frozen=True, slots=True)
class PathView:
    """The forward along one path.

    Attributes:
        path: the path.
        base: f(x), flat.
        weights: cotangents, flat.
        extent: how large t may be, either way, within the domain.
    """

    path: Path
    base: Vector
    weights: Vector
    extent: float

    def roughness(self) -> Roughness | None:
        """Look for jitter close by, then for a slope beyond."""
        if self._is_random():
            return self._from_afar(Obstacle.RANDOM, self._jitter(*self._around(NEAR)))
        wide = self._around(_LONG_STEPS[0])
        treads = self._treads(*wide, _SHIFT)
        if treads is not None:
            return self._from_afar(Obstacle.STAIRCASE, self._jitter(*wide) or treads)
        jitter = _plausible(self._jitter(*self._around(NEAR)))
        return self._from_afar(Obstacle.NOISY, jitter)

    def jitter(self) -> Array | None:
        """The share of their size by which outputs jitter, per bin.

        Noise is seen nearby and in several windows; a jump or a pole in one of them is none.
        """
        each = [_plausible(self._jitter(*window)) for window in _outward(self.extent)]
        shares = np.array([jitter.share for jitter in each if jitter])
        noisy = np.count_nonzero(shares, axis=0) >= _SEVERAL
        return np.where(noisy, shares.max(axis=0), 0.0) if np.any(noisy) else None

    def amount(self, shares: Array) -> float:
        """The jitter of the outputs that change along the path."""
        sample = self._sample([-NEAR, NEAR])
        if sample is None:
            return 0.0
        (behind, ahead), sizes = sample
        return float((shares * sizes)[(behind != 0) | (ahead != 0)].sum())

    def reach(self, slope: float, within: float) -> float:
        """The longest step over which differences have a slope, or 0."""
        steps, slopes = self._slopes()
        better = zip(extrapolated(slopes), steps, strict=False)
        return max((step for value, step in better if abs(value - slope) <= within), default=0.0)

    def _slopes(self) -> tuple[list[float], list[float]]:
        """Central differences over long steps, from the longest on."""
        steps, slopes = [], []
        for step in _LONG_STEPS:
            sample = self._sample([step, -step]) if step <= self.extent else None
            if sample is not None:
                (ahead, behind), _ = sample
                steps.append(step)
                slopes.append(float((ahead - behind).sum()) / (2 * step))
        return steps, slopes

    def _around(self, width: float) -> tuple[float, float]:
        width = _WIDTH * min(width, self.extent)
        return -width, width

    def _is_random(self) -> bool:
        """Whether the forward returns something else when it is called again."""
        again = self._sample([0.0])
        return again is not None and bool((np.abs(again[0]) > _ROUNDING * again[1]).any())

    def _treads(self, start: float, end: float, shift: float) -> _Jitter | None:
        """The distance of the treads, if the forward is flat nearly everywhere.

        That is further than from one tread to the next, for it is from one look to another.
        """
        here = self._sample([-shift, 0.0, shift])
        if here is None or not (here[0][0] == here[0][2]).any():
            return None
        places = np.concatenate(([0.0], np.linspace(start, end, _LOOKS)))
        sample = self._sample(np.concatenate((places, places + shift)).tolist())
        if sample is None:
            return None
        (at, beside), sizes = np.split(sample[0], 2), sample[1]
        flat = (at == beside)[:, (at != at[0]).any(axis=0)]
        levels = [np.unique(values) for values in at.T]
        several = np.array([len(values) > 1 for values in levels])
        if not several.any() or min(flat[0].mean(), flat.mean()) < _FLAT:
            return None
        if np.median([len(values) for values in levels if len(values) > 1]) < _TREADS:
            return None
        apart = [np.diff(values).min(initial=np.inf) for values in levels]
        share = np.where(several, apart / np.where(several, sizes, 1.0), 0.0)
        return _Jitter(share, sizes)

    def _jitter(self, start: float, end: float) -> _Jitter | None:
        """The jitter within a window, if there is any.

        The window closes in on where the differences are largest. There they soon vanish if
        the forward is smooth, and fall steadily at a kink; at a jump, or in noise, they stay.
        """
        before, held, slow = np.inf, 0, 0
        for _ in range(_DEEPEST):
            grid = np.linspace(start, end, _GRID + 1)
            sample = self._sample(grid.tolist())
            if sample is None:
                return None
            values, sizes = sample
            high = np.abs(np.diff(values, n=_ORDER, axis=0))
            high[high <= _ROUNDING * sizes] = 0
            total = high.sum(axis=1)
            k = int(total.argmax())
            if total[k] == 0:
                return None
            held = held + 1 if total[k] >= before / 2 else 0
            if held == 2:
                share = high.max(axis=0) / (_JUMP * np.where(sizes > 0, sizes, 1.0))
                return _Jitter(share, sizes)
            slow = slow + 1 if total[k] >= _SLOW * before and not held else 0
            if slow == _FALLS:
                return None
            start, end, before = grid[k], grid[k + _ORDER], float(total[k])
        return None

    def _from_afar(self, obstacle: Obstacle, jitter: _Jitter | None) -> Roughness | None:
        """The slope over the steps at which jitter and curvature matter least."""
        if jitter is None:
            return None
        steps, slopes, bars = [], [], []
        for step in _LONG_STEPS:
            sample = self._sample([step, -step]) if step <= self.extent else None
            if sample is not None:
                (ahead, behind), sizes = sample
                steps.append(step)
                slopes.append(float((ahead - behind).sum()) / (2 * step))
                bars.append(2 * float(jitter.share @ np.maximum(sizes, jitter.size)) / step)
        better = extrapolated(slopes)
        found_at = [
            (abs(now - before) + bar, now, step)
            for before, now, bar, step in zip(better, better[1:], bars[2:], steps[2:], strict=False)
            if abs(now - before) <= _AGREE * abs(now) + bar
        ]
        error, slope, step = min(found_at, default=(np.inf, 0.0, 0.0))
        noise = float(jitter.share.max())
        return Roughness(obstacle=obstacle, noise=noise, slope=slope, bar=SAFETY * error, step=step)

    def _sample(self, places: list[float]) -> tuple[Array, Array] | None:
        """Changes of the contracted outputs at some t, and sizes, in bins.

        In bins, so that a jump of one output is seen beside that output's own size.
        """
        starts = np.linspace(0, self.base.size, min(self.base.size, _BINS), endpoint=False)
        bins = starts.astype(np.intp)
        # A change is a difference, so it has the rounding of both outputs.
        changes, sizes = [], [np.add.reduceat(np.abs(self.weights * self.base), bins)]
        for t in places:
            out = self.path.at(t)
            if out is None or out.shape != self.base.shape or not np.isfinite(out).all():
                return None
            changes.append(np.add.reduceat(self.weights * (out - self.base), bins))
            sizes.append(np.add.reduceat(np.abs(self.weights * out), bins))
        return np.array(changes), np.max(sizes, axis=0)


def _outward(extent: float) -> Iterator[tuple[float, float]]:
    """Windows further and further away, both ways."""
    yield -_WIDTH * min(NEAR, extent), _WIDTH * min(NEAR, extent)
    for start, end in pairwise(_WIDTH * width for width in _ENDS):
        if end <= extent:
            yield start, end
            yield -end, -start


def _plausible(jitter: _Jitter | None) -> _Jitter | None:
    """Jitter that may be noise: more than rounding, and no jump."""
    if jitter is None:
        return None
    may_be = (jitter.share > _FAINT) & (jitter.share <= IMPLAUSIBLE)
    share = np.where(may_be, jitter.share, 0.0)
    return replace(jitter, share=share) if share.any() else None
