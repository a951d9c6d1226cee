"""Timing two or more things against each other on a machine that does other work too.

A ratio is the best time of one side divided by the best time of the other. Noise on a
shared machine only ever adds time, so the best of many repeats converges to what the code
itself needs, where medians of paired ratios still carry whatever was interrupted in more
than half of the pairs. The sides take turns, so that a quiet or a busy moment meets both.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

Work = Callable[[], object]
_SAMPLE = 5e-4  # seconds that one sample takes at least: far above what reading the clock costs


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to measure: until both are reached.

    Attributes:
        seconds: wall time for all sides together.
        repeats: samples of each side.
    """

    seconds: float
    repeats: int


def race(*sides: Work, effort: Effort) -> list[float]:
    """Return the best time of one call of each side, in seconds.

    Every side is called once beforehand, so that caches, lazy imports and memory pools are
    warm. A side that is quicker than half a millisecond is called several times a sample.
    """
    calls = [_calls(side) for side in sides]
    best = [float("inf")] * len(sides)
    end = time.perf_counter() + effort.seconds
    done = 0
    while done < effort.repeats or time.perf_counter() < end:
        for k, side in enumerate(sides):
            best[k] = min(best[k], _sample(side, calls[k]))
        done += 1
    return best


def _calls(side: Work) -> int:
    """How many calls make a sample; also warms the side up."""
    _sample(side, 1)
    return max(1, round(_SAMPLE / _sample(side, 1)))


def _sample(side: Work, calls: int) -> float:
    started = time.perf_counter()
    for _ in range(calls):
        side()
    return (time.perf_counter() - started) / calls


def readable(seconds: float) -> str:
    """A time with three digits and the unit that suits it."""
    if seconds >= 1:
        return f"{seconds:.3g} s"
    return f"{seconds * 1e3:.3g} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.3g} µs"
