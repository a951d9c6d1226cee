"""Which condition tells what fails from what passes, and is no accident."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gradcheck.ndarrays.types import Array

_CERTAIN = 1e3  # arbitrary: times as unlikely as one in all that was tried; 1e2 to 1e4 alike
_EXCEPTIONS = 0.2  # arbitrary: of the passing observations
_LEAST_FAILING = 8  # arbitrary: where there are exceptions


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that holds of some observations.

    Attributes:
        words: what stands after "only where".
        holds: of each observation, whether it does.
        telling: whether it is worth saying though some passing observations meet it as well.
    """

    words: str
    holds: Array
    telling: bool = False


@dataclass(frozen=True, slots=True)
class Observations:
    """Observations: which fail, and which belong to one case.

    Attributes:
        fails: of each observation, whether it fails.
        cases: of each, the number of the case that it belongs to.
    """

    fails: Array
    cases: Array

    def where(self, holds: Array) -> Observations:
        """Those of them of which a condition holds."""
        return Observations(self.fails[holds], self.cases[holds])

    def ways(self) -> float:
        """The logarithm of the ways to choose as many failing ones.

        A condition that has nothing to do with the mistake separates the two by accident in
        one of so many ways: which cases fail, and which entries fail within each.
        """
        total = 0.0
        failing = 0
        numbers = np.unique(self.cases)
        for number in numbers:
            within = self.fails[self.cases == number]
            failing += bool(within.any())
            total += _ways(within.size, int(within.sum()))
        return total + _ways(numbers.size, failing)


@dataclass(frozen=True)
class Question:
    """Observations, and the candidates that may tell failing ones apart, in order."""

    observed: Observations
    candidates: Sequence[Candidate]

    @cached_property
    def least(self) -> float:
        """The logarithm of the ways needed for so many candidates."""
        tried = len({candidate.holds.tobytes() for candidate in self.candidates})
        return math.log(_CERTAIN * max(tried, 1))

    @cached_property
    def necessary(self) -> list[Candidate]:
        """The conditions that all failing observations meet."""
        fails = self.observed.fails
        if not fails.any() or fails.all():
            return []
        return [candidate for candidate in self.candidates if candidate.holds[fails].all()]


def separating(question: Question) -> str:
    """The first condition that all failing observations meet and no passing one.

    Where there is none, two that do so together, and neither of them by accident where the
    other one holds.

    Returns:
        Its words; empty where there is none, or where it may be an accident.
    """
    observed, least = question.observed, question.least
    passes = ~observed.fails
    for candidate in question.necessary:
        if not candidate.holds[passes].any():
            return candidate.words if observed.ways() > least else ""
    for one, other in itertools.combinations(question.necessary, 2):
        if not (one.holds & other.holds)[passes].any() and all(
            observed.where(candidate.holds).ways() > least for candidate in (one, other)
        ):
            return f"{one.words} and {other.words}"
    return ""


def necessary(question: Question) -> str:
    """The telling condition that all failing observations meet and fewest passing ones.

    It holds by accident of all failing ones in one of C(n, f) / C(k, f) ways, where k of n
    observations meet it and f fail.
    """
    telling = [candidate for candidate in question.necessary if candidate.telling]
    if not telling:
        return ""
    fewest = min(telling, key=lambda candidate: int(candidate.holds.sum()))
    fails = question.observed.fails
    n, f, k = fails.size, int(fails.sum()), int(fewest.holds.sum())
    rare = f >= _LEAST_FAILING and k - f <= _EXCEPTIONS * (n - f)
    return fewest.words if rare and _ways(n, f) - _ways(k, f) > question.least else ""


def _ways(n: int, k: int) -> float:
    """ln of n over k."""
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
