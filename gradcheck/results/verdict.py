"""Verdicts on an op after a run."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """The verdict on an op after a run."""

    PASS = "PASS"
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"
    ERROR = "ERROR"
    CRASH = "CRASH"
    TIMEOUT = "TIMEOUT"
    VACUOUS = "VACUOUS"
    XFAIL = "XFAIL"
    XPASS = "XPASS"
    SKIP = "SKIP"

    @property
    def is_failure(self) -> bool:
        """Whether the gradient is wrong, or the op raised, crashed or hung."""
        return self in _FAILURES

    @property
    def is_success(self) -> bool:
        """Whether the op did what is expected of it."""
        return self in (Verdict.PASS, Verdict.XFAIL)

    @property
    def is_doubtful(self) -> bool:
        """Whether nothing is known; a failure under `--strict`."""
        return self in (Verdict.INCONCLUSIVE, Verdict.VACUOUS)

    @property
    def is_open(self) -> bool:
        """Whether somebody has to look: expected failures and skips are settled."""
        return self.is_failure or self.is_doubtful

    @property
    def rank(self) -> int:
        """Failures are 0, doubts 1, successes 2, skips 3."""
        if self.is_open:
            return int(self.is_doubtful)
        return 2 if self.is_success else 3

    def fails(self, *, strict: bool) -> bool:
        """Whether a run with this verdict fails."""
        return self.is_open if strict else self.is_failure


WORST_FIRST = (
    Verdict.CRASH,
    Verdict.TIMEOUT,
    Verdict.ERROR,
    Verdict.FAIL,
    Verdict.XPASS,
    Verdict.INCONCLUSIVE,
    Verdict.VACUOUS,
    Verdict.SKIP,
    Verdict.XFAIL,
    Verdict.PASS,
)
_FAILURES = frozenset({Verdict.FAIL, Verdict.ERROR, Verdict.CRASH, Verdict.TIMEOUT, Verdict.XPASS})
