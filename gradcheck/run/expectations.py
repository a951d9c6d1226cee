"""Ops that are expected to fail, skipped, or out of time."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from gradcheck.results.result import Result
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict

_LEAST = 0.01  # derived: seconds, the smallest that two decimals show


@dataclass(frozen=True, slots=True)
class Budget:
    """The seconds that a run may take.

    Attributes:
        end: when it is used up, on the clock of `time.perf_counter`.
    """

    end: float

    @classmethod
    def of(cls, settings: Settings, started: float) -> Budget:
        limit = settings.max_run_time
        return cls(float("inf") if limit is None else started + limit)

    def share(self, settings: Settings) -> Settings:
        """The settings of the next op, within the time left."""
        if settings.max_run_time is None:
            return settings
        left = max(round(self.end - time.perf_counter(), 2), _LEAST)
        return replace(settings, max_time=min(left, settings.max_time or left))

    @property
    def is_used_up(self) -> bool:
        return time.perf_counter() >= self.end


def unchecked(op: str, settings: Settings, budget: Budget) -> Result | None:
    """The result of an op, if it is not to be run."""
    if op in settings.skip:
        return Result(op=op, verdict=Verdict.SKIP, reason=settings.skip[op], seed=settings.seed)
    if budget.is_used_up:
        return Result(
            op=op,
            verdict=Verdict.VACUOUS,
            reason=f"not run: the {settings.max_run_time:g} s that the run may take are used up",
            seed=settings.seed,
        )
    return None


def as_expected(result: Result, expected: str) -> Result:
    """A result in the light of an expectation.

    Args:
        result: what the check found.
        expected: why the op is expected to fail; empty if it is not.

    Returns:
        XFAIL for a failure, XPASS for a pass, which is an error: an expectation that is
        out of date hides the next mistake. Where nothing is known, nothing changes.
    """
    if not expected:
        return result
    if result.verdict.is_failure:
        return replace(result, verdict=Verdict.XFAIL, reason=expected)
    if result.verdict is Verdict.PASS:
        reason = f"it passes, though it is expected to fail: {expected}"
        return replace(result, verdict=Verdict.XPASS, reason=reason)
    return result
