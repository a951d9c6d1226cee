"""Settings of a run: cases, seed, dtypes, limits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gradcheck.errors import SettingsError, did_you_mean, listing
from gradcheck.ndarrays.dtypes import DTYPES, named
from gradcheck.results.severity import HAZARDS, Hazards
from gradcheck.spec.property_names import ON_REQUEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of a run.

    Attributes:
        cases: how many cases to draw per op.
        seed: the run's seed; an op's own seed follows from it and the op's name.
        dtypes: dtypes to draw inputs in, instead of those that each spec names.
        max_time: seconds per op, after which no further case is run, and the forward is not
            called again in the one under way; None for no limit.
        max_run_time: seconds for the whole run; None for no limit. Ops that it does not
            reach are VACUOUS.
        fail_fast: stop the run at the first op that fails.
        max_failures: stop the run when so many ops have failed; None for no limit.
        shrink: reduce a failing case to a small one.
        also: properties to check that are checked on request only.
        hazards: "fail" fails an op for hazards as well, such as a gradient that is the
            cotangent itself; "note" notes them.
        diagnose: on failure, draw further cases to say what kind of mistake it is.
        failure_calls: calls of a forward from its first failure to the panel; None for 200 of
            a slow one, more of a quick one.
        coverage: keep what was drawn.
        last_case: keep the last passing case with an error bar for every entry.
        database: folder in which failing draws are kept and from which they are tried
            first; None keeps nothing.
        xfail: ops that are expected to fail, by name, each with the reason.
        skip: ops that are not checked, by name, each with the reason.

    Raises:
        SettingsError: for a value that is not allowed.
    """

    cases: int = 100
    seed: int = 0
    dtypes: tuple[str, ...] = ()
    max_time: float | None = None
    max_run_time: float | None = None
    fail_fast: bool = False
    max_failures: int | None = None
    shrink: bool = True
    also: tuple[str, ...] = ()
    hazards: Hazards = "note"
    diagnose: bool = True
    failure_calls: int | None = None
    coverage: bool = False
    last_case: bool = False
    database: Path | None = None
    xfail: Mapping[str, str] = field(default_factory=dict)
    skip: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _whole(self.cases) or self.cases < 1:
            raise SettingsError(
                f"cases={self.cases!r}: at least 1 case must be drawn, and a whole number of them."
            )
        if self.max_failures is not None and not (
            _whole(self.max_failures) and self.max_failures > 0
        ):
            raise SettingsError(f"max_failures={self.max_failures!r}: 1 or more ops, or None.")
        if self.failure_calls is not None and not (
            _whole(self.failure_calls) and self.failure_calls > 0
        ):
            raise SettingsError(
                f"failure_calls={self.failure_calls!r}: at least 1 call, or None for the default."
            )
        if not _whole(self.seed) or self.seed < 0:
            raise SettingsError(f"seed={self.seed!r}: a seed is a whole number, 0 or more.")
        for name in ("max_time", "max_run_time"):
            limit = getattr(self, name)
            if limit is not None and not _seconds(limit):
                raise SettingsError(f"{name}={limit!r}: seconds, more than 0, or None.")
        _check_known("dtype", self.dtypes, DTYPES)
        for dtype in self.dtypes:
            named(dtype)  # raises where it needs an extra that is not installed
        _check_known("property", self.also, ON_REQUEST)
        _check_known("hazards", (self.hazards,), HAZARDS)


def _check_known(what: str, names: tuple[str, ...], known: tuple[str, ...]) -> None:
    for name in names:
        if name not in known:
            raise SettingsError(
                f"{what} {name!r} is not known; allowed are {listing(known)}."
                f"{did_you_mean(name, known)}"
            )


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _seconds(value: object) -> bool:
    return isinstance(value, int | float) and value > 0 and math.isfinite(value)
