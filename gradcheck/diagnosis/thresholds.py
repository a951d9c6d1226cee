"""Limits of a number that tell failing observations from passing ones."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal

import numpy as np

from gradcheck.diagnosis.separation import Candidate
from gradcheck.ndarrays.types import Array

# Where functions change of themselves: where e^x overflows and underflows, and squares do.
_NATURAL = (709, 745, 1e154, 1e19, 1e-154, 1e-162, 1e-19, 1, 2, 0.5)
# How far apart what passes and what fails may be for a natural limit between them: an ordinary
# number is one of many, a large one is there for a reason.
_NEAR, _FAR = 1.5, 16.0
_TINY = 1e-3  # arbitrary: below it a magnitude is worth saying
_ORDINARY = 10.0  # arbitrary: larger numbers are large for a reason


def conditions_on(
    name: str, values: Array, fails: Array, *, sizes: bool = False
) -> Iterator[Candidate]:
    """Conditions on a number that could tell failing observations from passing ones.

    Args:
        name: what messages call the number.
        values: one per observation, real.
        fails: of each observation, whether it fails.
        sizes: whether the numbers are sizes: mistakes show past a size, not below one.
    """
    wrong = values[fails]
    if not wrong.size or np.isnan(wrong).any():
        return
    if (wrong == wrong[0]).all():
        yield Candidate(f"{name} = {_short(wrong[0])}", values == wrong[0], telling=True)
    if sizes:
        yield Candidate(f"{name} ≠ 1", values != 1, telling=True)
        yield from _past(name, values, fails)
        return
    yield Candidate(f"{name} < 0", values < 0, telling=True)
    yield Candidate(f"{name} > 0", values > 0)
    yield Candidate(f"{name} ≠ 0", values != 0)
    yield from _beyond(name, "", values, fails)
    yield from _beyond(name, "−", -values, fails)
    yield from _of_magnitudes(name, values, fails)


def _past(name: str, sizes: Array, fails: Array) -> Iterator[Candidate]:
    """Sizes past the largest passing one below all that fail."""
    below = sizes[~fails][sizes[~fails] < sizes[fails].min()]
    if below.size:
        limit = below.max()
        yield Candidate(f"{name} > {_short(limit)}", sizes > limit, telling=True)


def beside(name: str, values: Array, other: str, limits: Array) -> Iterator[Candidate]:
    """A number beside another one, such as a threshold among the params."""
    for words, holds in (
        (f"{name} > {other}", values > limits),
        (f"{name} < {other}", values < limits),
        (f"{name} < −{other}", values < -limits),
        (f"|{name}| > {other}", np.abs(values) > limits),
        (f"|{name}| < {other}", np.abs(values) < limits),
    ):
        yield Candidate(words, holds, telling=True)


def _of_magnitudes(name: str, values: Array, fails: Array) -> Iterator[Candidate]:
    """Large and tiny magnitudes; ordinary limits from above only say what saturates."""
    size = np.abs(values)
    if size[fails].min() > _TINY:  # nearer to 0 most mistakes are small, which is no condition
        yield from _beyond(f"|{name}|", "", size, fails)
    if size[fails].max() <= _TINY:
        yield from _beyond(f"|{name}|", "−", -size, fails)
    with np.errstate(all="ignore"):
        far = np.maximum(size, 1 / size)
    if far[fails].min() >= 1 / _TINY and len({s > 1 for s in size[fails]}) > 1:
        yield from _beyond(f"|{name}| or 1/|{name}|", "", far, fails)


def _beyond(name: str, sign: str, values: Array, fails: Array) -> Iterator[Candidate]:
    """`values > t`, for a t that separates, or a natural one."""
    smallest = float(values[fails].min())
    below = values[~fails][values[~fails] < smallest]
    if not below.size:
        return
    limits = [_limit(float(below.max()), smallest)]
    limits += [n for n in sorted(_NATURAL) if n < smallest][-1:]
    for limit in dict.fromkeys(limits):
        if limit >= -_ORDINARY:  # what lies beyond another one only saturates
            words = f"{name} < {_short(-limit)}" if sign else f"{name} > {_short(limit)}"
            yield Candidate(words, values > limit, telling=limit in _NATURAL and limit > 1)


def _limit(low: float, high: float) -> float:
    """A limit with low ≤ limit < high that says no more.

    Where the two are far apart, or nothing changes of itself between them, it is near `low`.
    """
    if low <= 0 < high:
        return 0.0
    between = [n for n in (*_NATURAL, *(-n for n in _NATURAL)) if low <= n < high]
    apart = max(abs(low), abs(high)) / min(abs(low), abs(high), key=lambda end: end or math.inf)
    if between and apart <= (_FAR if abs(between[0]) > _ORDINARY else _NEAR):
        return between[0]
    rounded = (_rounded_up(low, digits) for digits in range(2, 17))
    return next((limit for limit in rounded if low <= limit < high), low)


def _rounded_up(value: float, digits: int) -> float:
    """To so many digits, towards +∞."""
    if value == 0 or not math.isfinite(value):
        return value
    unit = Decimal(1).scaleb(Decimal(value).adjusted() + 1 - digits)
    return float((Decimal(value) / unit).to_integral_value(ROUND_CEILING) * unit)


def _short(value: float) -> str:
    if value == 0:
        return "0"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    short = f"{value:.6g}"
    text = short if float(short) == value else repr(float(value))
    return text.replace("-", "−", 1) if value < 0 else text
