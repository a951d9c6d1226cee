"""Limits of a check, in calls, entries and time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.cases.case import Case

# Work is counted in about nanoseconds: what a call of a NumPy function on a small array takes
# with all that is done around it, and what arithmetic takes for an entry.
_WORK_PER_CALL = 50_000  # derived: 50 µs, in nanoseconds
_WORK_PER_ENTRY = 5  # derived: five operations of a nanosecond each
_MOST_WORK = 6_000_000_000  # of a follow-up, for large arrays; arbitrary: about 6 s
# Calls from the first failure to its panel, by the seconds that the quickest call took: the
# calls take 4 s at most. Few steps, so that equal seeds give equal results on most machines.
_ALLOWED = ((2e-4, 20_000), (2e-3, 2_000))
_ALLOWED_SLOW = 190  # derived: below 4 s of a forward that takes 20 ms
_PATIENCE = 30.0  # seconds for all that follows a failure; arbitrary: what a reader waits
LARGE = 2**20  # entries of a case that is too large to be looked at many times
NOTE_LENGTH = 200  # characters of an error that a note shows


class OutOfTime(BaseException):
    """Leaves Hypothesis, which lets everything through that is no `Exception`."""


class OutOfCalls(BaseException):
    """Leaves what follows a failure where it has called the forward enough."""


class Enough(BaseException):
    """Leaves Hypothesis where further cases would cost too much."""


@dataclass(slots=True)
class Calls:
    """A forward that counts its calls, up to some limits.

    A case may take long, so time is looked at before each call.
    """

    forward: Callable[..., Any]
    count: int = 0
    entries: int = 0
    deadline: float = float("inf")
    limit: float = float("inf")
    quickest: float = float("inf")  # seconds of a call

    def __call__(self, *inputs: Any, **params: Any) -> Any:
        began = time.perf_counter()
        if began > self.deadline:
            raise OutOfTime
        if self.count >= self.limit:
            raise OutOfCalls
        self.count += 1
        self.entries += sum(map(np.size, inputs))
        outputs = self.forward(*inputs, **params)
        self.quickest = min(self.quickest, time.perf_counter() - began)
        return outputs

    @property
    def is_slow(self) -> bool:
        """Whether a call takes longer than keeping its outputs by far."""
        return self.quickest >= _ALLOWED[-1][0]

    @property
    def work(self) -> int:
        return self.count * _WORK_PER_CALL + self.entries * _WORK_PER_ENTRY

    @contextmanager
    def until(self, deadline: float) -> Iterator[None]:
        """Raise OutOfTime from calls after a deadline."""
        self.deadline = deadline
        try:
            yield
        finally:
            self.deadline = float("inf")

    @contextmanager
    def limited(self, count: float) -> Iterator[None]:
        """Raise OutOfCalls from calls beyond a count."""
        self.limit = count
        try:
            yield
        finally:
            self.limit = float("inf")


class Allowance:
    """Forward calls, work and time between the first failure and its panel.

    Attributes:
        total: calls.
        is_ample: whether they are enough to prove cases again and again.
    """

    def __init__(self, calls: Calls, total: int | None) -> None:
        by_time = (allowed for limit, allowed in _ALLOWED if calls.quickest < limit)
        self.total = total or next(by_time, _ALLOWED_SLOW)
        self.is_ample = self.total >= _ALLOWED[-1][1]
        self._calls = calls
        self._end = calls.count + self.total
        self._work_end = calls.work + _MOST_WORK
        self._deadline = time.perf_counter() + _PATIENCE

    @property
    def left(self) -> int:
        """Calls that are left; none after so much work or time."""
        late = time.perf_counter() > self._deadline or self._calls.work > self._work_end
        return 0 if late else max(self._end - self._calls.count, 0)

    def share(self, part: float) -> Callable[[], bool]:
        """Return a test of whether a part of the rest is unspent."""
        least = self.left * (1 - part)
        work = self._calls.work + part * (self._work_end - self._calls.work)
        return lambda: self.left > least and self._calls.work < work

    @contextmanager
    def enforced(self) -> Iterator[None]:
        """Raise OutOfCalls from a forward that is called beyond the allowance."""
        with self._calls.limited(self._calls.count + self.left):
            yield


def entry_count(case: Case) -> int:
    return sum(x.size for x in case.inputs)


def is_large(case: Case) -> bool:
    return entry_count(case) > LARGE
