"""The choices that a seed stands for, by name.

Hypothesis draws a bucket and a seed; here alone the seed is taken apart. Each choice is a
remainder of the seed or of a quotient of it, so that small seeds, to which cases shrink, mean
the first option. Two choices of one bucket read different digits where they must not go together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from gradcheck.ndarrays import masks, matrices

T = TypeVar("T")

_ONE_DECIMAL = 64  # arbitrary: seeds below give one decimal; a thousandth of all of them
_PATTERNS = ("ones", "counting", "signed halves")  # of the seeds 0, 1 and 2
_PLACES = tuple(masks.PLACES)
_FEW_VALUES = ((0.0, 1.0), (1.0, 2.0), (-1.0, 0.0, 1.0, 2.0), (-2.0, -0.5, 0.5, 3.0))
_TIES = (
    *("few values",) * 4,
    "whole numbers",
    "equal along the last axis",
    "equal along an axis",
    "one duplicate",
)
_GAPS = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8)  # of values that are nearly tied
_CONSTANTS = (0.0, 1.0, -1.0, 2.0, 0.5, -3.0, 0.1)
_STRUCTURES = (*matrices.STRUCTURES, "identity", "identity")
_SPREADS = ("everywhere", *("among others",) * 2, "a row", "once")
_ORDERS = (
    "ascending",
    "descending",
    "shuffled",
    "ends",
    "one value",
    "two values",
    "lower half",
    "anywhere",
)
# The seed of a bucket's ordinary values is the quotient of its own by this: less than the
# options of the bucket's choices, or small seeds would not leave the simplest values there.
_OPTIONS: Mapping[str, int] = MappingProxyType(
    {"zeros": 16, "ties": 8, "near ties": 32, "lines": 16, "tiny": 64, "tails": 64, "mixture": 8}
)


@dataclass(frozen=True, slots=True)
class Background:
    """The making of ordinary values, alone or around others."""

    seed: int  # of random values
    pattern: str  # "ones", "counting", "signed halves" or "random"
    width: float  # the standard deviation of random values
    rounding: str  # of random values: "tenths", "hundredths", "halves" or "none"

    @classmethod
    def of(cls, seed: int) -> Background:
        """Read the choices off a seed."""
        pattern = _PATTERNS[seed] if seed < len(_PATTERNS) else "random"
        rounding = "hundredths" if seed % 4 else "none"
        if seed < _ONE_DECIMAL:
            rounding = "tenths"
        elif seed % 8 == 7:
            rounding = "halves"
        return cls(seed, pattern, width=(2.0, 2.0, 6.0)[seed % 3], rounding=rounding)


@dataclass(frozen=True, slots=True)
class Choices:
    """The making of an array; each bucket uses a few of these."""

    seed: int  # of everything random that is not chosen here
    background: Background  # the bucket's ordinary values
    place: str  # of zeros or infinities, one of `masks.PLACES`
    tie: str  # which values are equal, one of `_TIES`
    few: tuple[float, ...]  # to choose from where values are few
    gap: float  # between values that are nearly tied
    by_hundreds: bool  # nearly tied values lie around hundreds
    constant: float  # the value everywhere
    structure: str  # of matrices, one of `matrices.STRUCTURES`
    magnitude: int  # which of a dtype's magnitudes, counted around
    spread: str  # of that magnitude: "everywhere", "among others", "a row" or "once"
    opposite: float  # the share of infinities with the second sign
    grid: int  # steps per unit between two bounds; 0 for any values
    on_bound: str | None  # the place of values on closed bounds, one of `masks.PLACES`
    near_edges: float  # the share of values beyond two bounds that comes back near one

    @classmethod
    def of(cls, bucket: str, seed: int) -> Choices:
        """Read the choices off a seed."""
        return cls(
            seed,
            background=Background.of(seed // _OPTIONS.get(bucket, 1)),
            place=_one_of(_PLACES, seed),
            tie=_one_of(_TIES, seed),
            few=_one_of(_FEW_VALUES, seed),
            gap=_one_of(_GAPS, seed),
            by_hundreds=seed // 8 % 4 == 3,
            constant=_one_of(_CONSTANTS, seed),
            structure=_one_of(_STRUCTURES, seed),
            magnitude=seed // 4,
            spread=_one_of(_SPREADS, seed),
            opposite=_one_of((0.0, 0.0, 0.5, 1.0), seed // 16),
            grid=_one_of((0, 1, 0, 0, 0, 2, 0, 0), seed),
            on_bound=_one_of(_PLACES, seed // 4) if seed % 4 == 3 else None,
            near_edges=0.6 if seed % 8 == 7 else 0.15,
        )


@dataclass(frozen=True, slots=True)
class Counting:
    """The making of an array of whole numbers."""

    seed: int  # of random ones
    order: str  # "lowest", or one of `_ORDERS`
    highest_first: bool  # random ones begin with the highest, else with the lowest

    @classmethod
    def of(cls, seed: int) -> Counting:
        """Read the choices off a seed."""
        order = ("lowest", "ascending")[seed] if seed < 2 else _one_of(_ORDERS, seed)
        return cls(seed, order, highest_first=seed // 8 % 2 == 1)


def _one_of(options: tuple[T, ...], number: int) -> T:
    return options[number % len(options)]
