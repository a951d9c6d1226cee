"""The noise of a forward, learned from its first cases.

Noise spoils the short differences that settle the cases of a quiet forward, so that each entry
takes a proof. Once its size is known, longer differences along one direction are told from it.
"""

from __future__ import annotations

import numpy as np

from gradcheck.checks.examine import Outcome
from gradcheck.checks.posing import point_of
from gradcheck.checks.trial import Trial
from gradcheck.ndarrays.dtypes import is_low
from gradcheck.numeric import quick
from gradcheck.numeric.batched import LONG, ROUNDING
from gradcheck.numeric.comparison import Obstacle, Reference
from gradcheck.numeric.directional import RANDOM
from gradcheck.numeric.ladder import WEAK
from gradcheck.numeric.point import Point
from gradcheck.numeric.tally import Tally

_LESSONS = 8  # noisy cases; arbitrary, 4 to 16: what is wrong in most of them has shown by then
_SAFETY = 4.0  # times the noise; derived: each of the four values of a difference has it
_STEPS = (LONG, 2.0**-7, 2.0**-4, 2.0**-2)  # arbitrary: the first that is sharp enough counts


class LearnedNoise:
    """Noise relative to the outputs, by the cases so far."""

    def __init__(self) -> None:
        self._levels: list[float] = []
        self._unusable = 0

    def add(self, outcome: Outcome) -> None:
        """Learn from a case, if its proofs have met noise."""
        level = max((c.reference.noise for c in outcome.tally.proven), default=0.0)
        if level and outcome.failure is None and len(self._levels) < _LESSONS:
            self._levels.append(level)
            self._unusable += outcome.unusable == Obstacle.NOISY

    def judge(self, trial: Trial) -> Outcome | None:
        """Judge a case along one direction; None where that is unclear."""
        if len(self._levels) < _LESSONS or not trial.is_finite or trial.subject.jvp is not None:
            return None
        if trial.breaches:
            return None
        point = point_of(trial)
        low = any(is_low(trial.arrays[i].dtype) for i in trial.active)
        if low or not point.size or not point.base.size:
            return None
        level = float(np.median(self._levels))
        tally = _agreement(point, level)
        if tally is not None:
            return Outcome(report=trial.report(tally.proven), tally=tally)
        if self._unusable and _SAFETY * level > WEAK * _STEPS[-1]:  # no difference is sharp
            return Outcome(report=trial.report(), unusable=Obstacle.NOISY)
        return None


def _agreement(point: Point, level: float) -> Tally | None:
    """The comparison with a difference that noise spoils little, if it agrees."""
    direction = point.random_direction()
    path = point.path_along(direction)
    claim = point.claim(path, RANDOM, None)
    for step in _STEPS:
        slope, rounding = quick.slope(point, path, step)
        noise = rounding * max(_SAFETY * level / ROUNDING, 1.0)
        tolerance = point.rtol * claim.size + noise
        if noise <= WEAK * claim.size and abs(slope - claim.slope) <= tolerance:
            reference = Reference(
                low=slope,
                high=slope,
                bar=noise,
                method="central differences",
                step=step,
                noise=level,
                quick=True,
            )
            tally = Tally()
            tally.add(claim.beside(reference, point.rtol))
            shares = (np.abs(g * u) for g, u in zip(point.gradient, direction, strict=True))
            tally.power.count(np.concatenate([*shares]), tolerance)
            return tally
    return None
