"""Timing two or more things against each other on a machine that does other work too.

A ratio is the best time of one side divided by the best time of the other. Noise on a
shared machine only ever adds time, so the best of many repeats converges to what the code
itself needs, where medians of paired ratios still carry whatever was interrupted in more
than half of the pairs. The sides take turns, so that a quiet or a busy moment meets both.

Work in this process is timed in processor time, which does not run while other processes
have the processor; processes that are started are timed by the clock on the wall.
"""

from __future__ import annotations

import contextlib
import ctypes
import time
from collections.abc import Callable
from dataclasses import dataclass

Work = Callable[[], object]
Clock = Callable[[], float]
_SAMPLE = 5e-4  # seconds that one sample takes at least: far above what reading the clock costs
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # mallopt(3)


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to measure: until both are reached.

    Attributes:
        seconds: wall time for all sides together.
        repeats: samples of each side.
    """

    seconds: float
    repeats: int


def race(*sides: Work, effort: Effort, clock: Clock = time.process_time) -> list[float]:
    """Return the best time of one call of each side, in seconds of the given clock.

    Every side is called once beforehand, so that caches, lazy imports and memory pools are
    warm. A side that is quicker than half a millisecond is called several times a sample.
    """
    calls = [_calls(side, clock) for side in sides]
    best = [float("inf")] * len(sides)
    end = time.perf_counter() + effort.seconds
    done = 0
    while done < effort.repeats or time.perf_counter() < end:
        for k, side in enumerate(sides):
            best[k] = min(best[k], _sample(side, calls[k], clock))
        done += 1
    return best


def keep_freed_memory() -> None:
    """Let freed memory stay with the process, where its allocator is the one of glibc.

    Otherwise large arrays are given back to the system and fetched again, page by page, or
    not, depending on what else lies on the heap: the same call takes up to twice as long.
    """
    with contextlib.suppress(OSError, AttributeError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_TRIM_THRESHOLD, 2**31 - 1)
        mallopt(_M_MMAP_THRESHOLD, 2**25)


def _calls(side: Work, clock: Clock) -> int:
    """How many calls make a sample; also warms the side up."""
    _sample(side, 1, clock)
    once = _sample(side, 1, clock)
    return max(1, round(_SAMPLE / once)) if once > 0 else 1


def _sample(side: Work, calls: int, clock: Clock) -> float:
    started = clock()
    for _ in range(calls):
        side()
    return (clock() - started) / calls


def readable(seconds: float) -> str:
    """A time with three digits and the unit that suits it."""
    if seconds >= 1:
        return f"{seconds:.3g} s"
    return f"{seconds * 1e3:.3g} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.3g} µs"
