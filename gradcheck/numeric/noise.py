"""What the forward is like around a point, beyond what the shortest steps see.

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

from collections.abc import Iterable, Iterator
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
_ORDER = 8  # of the differences
_GRID = 4 * _ORDER  # intervals of a window; the next one is a quarter as wide
# Its width is no simple number, or every point of it may be one that a staircase keeps.
_WIDTH = 995_421_983 / 2**30
_BINS = 256
# What a jump of 1 amounts to in the differences, and what rounding by four units may.
_JUMP = float(comb(_ORDER - 1, _ORDER // 2))
_ROUNDING = 2.0**_ORDER * ULPS * eps_of(np.float64)
_DEEPEST = 10  # windows within windows
_SLOW = 2.0**-6  # differences of a smooth stretch fall by more than this from one to the next
_FALLS = 3  # slow falls in a row, after which it is a kink at most
# Windows at a distance, where an iteration may take another number of steps.
_FAR = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0)
_LONG_STEPS = tuple(RATIO**k for k in range(1, -11, -1))
_AGREE = 0.25  # slopes further apart than this share are over steps too long for them
_FAINT = 2.0**-40  # the rounding of a longer computation
# By which a staircase stays flat nearly everywhere, a coarse one and one of float32.
_SHIFT = 2.0**-20
_FINE_SHIFT = 2.0**-36
_LOOKS = 16  # how many places a staircase is looked at
_FLAT = 0.9
_TREADS = 3  # that make a staircase


@dataclass(frozen=True, slots=True, kw_only=True)
class Roughness:
    """A forward that is not smooth near a point, and its slope from further away.

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
    """By how much of their size outputs jitter, and the least size that is meant, per bin."""

    share: Array
    size: Array


@dataclass(frozen=True, slots=True)
class Surroundings:
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
        """Look for jitter close by and, if there is any, for a slope in spite of it."""
        if self._is_random():
            return self._from_afar(Obstacle.RANDOM, self._jitter(*self._around(NEAR)))
        wide = self._around(_LONG_STEPS[0])
        treads = self._treads(*wide, _SHIFT)
        if treads is not None:
            return self._from_afar(Obstacle.STAIRCASE, self._jitter(*wide) or treads)
        jitter = _plausible(self._jitter(*self._around(NEAR)))
        return self._from_afar(Obstacle.NOISY, jitter)

    def jitter(self, windows: Iterable[tuple[float, float]]) -> float:
        """By how much of their size outputs jitter within some windows; 0 if they do not."""
        found = [_plausible(self._jitter(*window)) for window in windows]
        worst = max((float(jitter.share.max()) for jitter in found if jitter), default=0.0)
        return worst if worst > _FAINT else 0.0

    def moved(self) -> float:
        """Σ |w| |f| over the outputs that change along the path."""
        found = self._sample([-NEAR, NEAR])
        if found is None:
            return 0.0
        (behind, ahead), sizes = found
        return float(sizes[(behind != 0) | (ahead != 0)].sum())

    def _around(self, width: float) -> tuple[float, float]:
        width = _WIDTH * min(width, self.extent)
        return -width, width

    def _is_random(self) -> bool:
        """Whether the forward returns something else when it is called again."""
        found = self._sample([0.0])
        return found is not None and bool((np.abs(found[0]) > _ROUNDING * found[1]).any())

    def is_stepped(self) -> bool:
        """Whether the forward is a staircase from the point to where t is 1."""
        return self._treads(0.0, 1.0, _FINE_SHIFT) is not None

    def _treads(self, start: float, end: float, shift: float) -> _Jitter | None:
        """How far apart levels are, if the forward is flat here and nearly everywhere at several.

        That is further than from one tread to the next, for it is from one look to another.
        """
        here = self._sample([-shift, 0.0, shift])
        if here is None or not (here[0][0] == here[0][2]).any():
            return None
        places = np.concatenate(([0.0], np.linspace(start, end, _LOOKS)))
        found = self._sample(np.concatenate((places, places + shift)).tolist())
        if found is None:
            return None
        at, beside = np.split(found[0], 2)
        flat = (at == beside)[:, (at != at[0]).any(axis=0)]
        levels = [np.unique(values) for values in at.T]
        several = np.array([len(values) > 1 for values in levels])
        if not several.any() or min(flat[0].mean(), flat.mean()) < _FLAT:
            return None
        if np.median([len(values) for values in levels if len(values) > 1]) < _TREADS:
            return None
        apart = [np.diff(values).min(initial=np.inf) for values in levels]
        share = np.where(several, apart / np.where(several, found[1], 1.0), 0.0)
        return _Jitter(share, found[1])

    def _jitter(self, start: float, end: float) -> _Jitter | None:
        """By how much of their size the outputs jitter within a window, per bin of outputs.

        The window closes in on where the differences are largest. There they soon vanish if
        the forward is smooth, and fall steadily at a kink; at a jump, or in noise, they stay.
        """
        before, held, slow = np.inf, 0, 0
        for _ in range(_DEEPEST):
            grid = np.linspace(start, end, _GRID + 1)
            found = self._sample(grid.tolist())
            if found is None:
                return None
            values, sizes = found
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
        """The slope over the steps at which jitter and curvature together matter least."""
        if jitter is None:
            return None
        steps, slopes, bars = [], [], []
        for step in _LONG_STEPS:
            found = self._sample([step, -step]) if step <= self.extent else None
            if found is not None:
                (ahead, behind), sizes = found
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
        """Changes of the contracted outputs at some t, and their sizes, in bins of outputs.

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


def outward(extent: float) -> Iterator[tuple[float, float]]:
    """Windows further and further away, both ways."""
    yield -_WIDTH * min(NEAR, extent), _WIDTH * min(NEAR, extent)
    for start, end in pairwise(_WIDTH * width for width in _FAR):
        if end <= extent:
            yield start, end
            yield -end, -start


def onward() -> Iterator[tuple[float, float]]:
    """Windows from the point to where t is 1, finer and finer."""
    return pairwise((*(1 - 2.0**-k for k in range(10)), 1.0))


def _plausible(jitter: _Jitter | None) -> _Jitter | None:
    """Jitter that may be noise: more than the rounding of a long computation, and no jump."""
    if jitter is None:
        return None
    may_be = (jitter.share > _FAINT) & (jitter.share <= IMPLAUSIBLE)
    share = np.where(may_be, jitter.share, 0.0)
    return replace(jitter, share=share) if share.any() else None
