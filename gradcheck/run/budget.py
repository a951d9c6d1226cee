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
_PATIENCE = 60.0  # seconds, for ops that are far slower; arbitrary: within what a reader waits
LARGE = 2**20  # entries of a case that is too large to be looked at many times
NOTE_LENGTH = 200  # characters of an error that a note shows


class OutOfTime(BaseException):
    """Leaves Hypothesis, which lets everything through that is no `Exception`."""


class TooLarge(BaseException):
    """Leaves Hypothesis where further cases would cost too much."""


@dataclass(slots=True)
class Calls:
    """A forward that counts its calls and entries, up to a deadline.

    A case may take long, so time is looked at before each call.
    """

    forward: Callable[..., Any]
    count: int = 0
    entries: int = 0
    deadline: float = float("inf")

    def __call__(self, *inputs: Any, **params: Any) -> Any:
        if time.perf_counter() > self.deadline:
            raise OutOfTime
        self.count += 1
        self.entries += sum(map(np.size, inputs))
        return self.forward(*inputs, **params)

    @property
    def work(self) -> int:
        return self.count * _WORK_PER_CALL + self.entries * _WORK_PER_ENTRY

    def budget(self, work: int) -> Callable[[], bool]:
        """Return a function: whether so much work from now on is left."""
        end, deadline = self.work + work, time.perf_counter() + _PATIENCE
        return lambda: self.work < end and time.perf_counter() < deadline

    @contextmanager
    def until(self, deadline: float) -> Iterator[None]:
        """Raise OutOfTime from calls after a deadline."""
        self.deadline = deadline
        try:
            yield
        finally:
            self.deadline = float("inf")


def entry_count(case: Case) -> int:
    return sum(x.size for x in case.inputs)


def is_large(case: Case) -> bool:
    return entry_count(case) > LARGE
