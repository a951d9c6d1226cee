"""Two runs side by side: changes for the worse and the better."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from gradcheck.results.result import Result
from gradcheck.results.verdict import Verdict
from gradcheck.run.history.saved_run import RunDocument

FORMAT: Literal["gradcheck-comparison"] = "gradcheck-comparison"
VERSION = 1  # of the document: a field that changes its meaning makes another one
DECADE = 10.0  # arbitrary: errors vary by less than that between versions of NumPy
# Derived: errors below this are near what a reference can tell; they come and go with versions.
NEGLIGIBLE = 1e-11
SLOWER = 2.0  # arbitrary: the default of an option; times on a shared machine vary by less
_BRIEF = 1.0  # seconds; arbitrary: what takes less may well take twice as long the next time
_BY_CHANCE = 0.9  # of the traits that came before; arbitrary: rare ones come by chance
_CONDITIONS = ("cases", "seed", "dtypes", "also", "max_time")  # that results depend on
_SHOWN = 60  # characters of a condition
_NAMED = 3  # traits that a row names
_RIGHT, _UNTOLD, _FAILING = range(3)


class ChangeKind(StrEnum):
    """The subject of a change; the value heads its row."""

    VERDICT = "verdict"
    ERROR = "worst rel. error"
    TIME = "time"
    COVERAGE = "coverage"
    OPS = "ops"


@dataclass(frozen=True, slots=True)
class Change:
    """A difference between two results of an op.

    Attributes:
        before, now: in words; empty where there was, or is, nothing.
        worse: whether it is a regression.
        said: what it means, where the two do not say so.
    """

    op: str
    subject: ChangeKind
    before: str = ""
    now: str = ""
    worse: bool = field(kw_only=True)
    said: str = field(default="", kw_only=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunComparison:
    """All that changed between two runs.

    Attributes:
        changes: the regressions first, in the order of the later run.
        notes: why the runs may not be comparable: other versions, another machine.
        compared: how many ops are in both.
    """

    format: Literal["gradcheck-comparison"] = FORMAT
    version: int = VERSION
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    compared: int = 0

    @property
    def regressions(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.worse)


def compare(
    old: RunDocument,
    new: RunDocument,
    *,
    slower: float = SLOWER,
    chosen: Sequence[str] | None = None,
) -> RunComparison:
    """Compare two runs.

    Args:
        old: the earlier run.
        new: the later one.
        slower: the factor from which on a longer time is a regression.
        chosen: the ops that the later run was to check, if not all; that others are missing
            from it is no change.
    """
    before = {result.op: result for result in old.results}
    now = {result.op: result for result in new.results}
    alike = old.environment.same_machine(new.environment)
    changes: list[Change] = []
    for op, result in now.items():
        if op in before:
            changes += _changes(before[op], result, slower=slower, alike=alike)
        else:
            changes.append(_added(result))
    for op, result in before.items():
        if op not in now and (chosen is None or op in chosen):
            changes.append(_removed(result, ended=len(new.results) < new.planned))
    return RunComparison(
        changes=tuple(sorted(changes, key=lambda change: not change.worse)),
        notes=tuple(_notes(old, new)),
        compared=len(before.keys() & now.keys()),
    )


def _changes(before: Result, now: Result, *, slower: float, alike: bool) -> Iterator[Change]:
    """Yield all changes of an op; `alike` machines have comparable times."""
    yield from _of_verdict(before, now)
    if before.verdict is now.verdict is Verdict.PASS:
        yield from _of_error(before, now)
        yield from _of_time(before, now, slower=slower, alike=alike)
        yield from _of_coverage(before, now)


def _of_verdict(before: Result, now: Result) -> Iterator[Change]:
    if before.verdict is not now.verdict:
        worse = _severity(now.verdict) > _severity(before.verdict)
        verdicts = str(before.verdict), str(now.verdict)
        yield Change(now.op, ChangeKind.VERDICT, *verdicts, worse=worse, said=now.reason)
    elif before.failure and now.failure and before.failure.headline != now.failure.headline:
        headlines = before.failure.headline, now.failure.headline
        said = "it fails in another way"
        yield Change(now.op, ChangeKind.VERDICT, *headlines, worse=False, said=said)


def _of_error(before: Result, now: Result) -> Iterator[Change]:
    """Yield an error that grew by a decade within its tolerance."""
    floor = max(before.relative_error, NEGLIGIBLE)
    if now.relative_error > DECADE * floor:
        had = f"{before.relative_error:.0e}" if before.relative_error else "none proven"
        has = f"{now.relative_error:.0e}"
        said = "grew by more than a decade, though it still passes"
        yield Change(now.op, ChangeKind.ERROR, had, has, worse=True, said=said)


def _of_time(before: Result, now: Result, *, slower: float, alike: bool) -> Iterator[Change]:
    """Yield a longer time for equal cases; worse if `alike` machines."""
    if before.cases == now.cases and now.seconds > max(slower * before.seconds, _BRIEF):
        times = f"{before.seconds:.1f} s", f"{now.seconds:.1f} s"
        where = "" if alike else ", on another machine"
        said = f"{now.seconds / max(before.seconds, 1e-3):.1f} times as long{where}"
        yield Change(now.op, ChangeKind.TIME, *times, worse=alike, said=said)


def _of_coverage(before: Result, now: Result) -> Iterator[Change]:
    """Yield that fewer kinds of input were drawn, beyond chance."""
    if before.coverage is None or now.coverage is None:
        return
    had, has = (
        {trait for trait, times in coverage.counts.items() if times}
        for coverage in (before.coverage, now.coverage)
    )
    alike = (before.cases, before.seed) == (now.cases, now.seed)
    if len(has) >= len(had) * (1.0 if alike else _BY_CHANCE):
        return
    gone = sorted(str(trait) for trait in had - has)
    more = f" and {len(gone) - _NAMED} more" if len(gone) > _NAMED else ""
    said = f"never drawn now: {'; '.join(gone[:_NAMED])}{more}"
    counts = f"{len(had)} traits", f"{len(has)} traits"
    yield Change(now.op, ChangeKind.COVERAGE, *counts, worse=True, said=said)


def _added(result: Result) -> Change:
    worse = _severity(result.verdict) == _FAILING
    now = str(result.verdict)
    return Change(result.op, ChangeKind.OPS, now=now, worse=worse, said="was not there before")


def _removed(before: Result, *, ended: bool) -> Change:
    said = "the run ended before it" if ended else "is not checked any more"
    worse = before.verdict is not Verdict.SKIP
    return Change(before.op, ChangeKind.OPS, str(before.verdict), worse=worse, said=said)


def _severity(verdict: Verdict) -> int:
    """How bad a verdict is for whoever relies on the op.

    To skip an op, or to expect that it fails, takes away what a pass told. An XPASS is a pass:
    it fails the run, for its expectation is out of date, but nothing got worse.
    """
    if verdict in (Verdict.PASS, Verdict.XPASS):
        return _RIGHT
    return _FAILING if verdict.is_failure else _UNTOLD


def _notes(old: RunDocument, new: RunDocument) -> Iterator[str]:
    yield from (f"another environment: {d}" for d in old.environment.differences(new.environment))
    for name in _CONDITIONS:
        before, now = getattr(old.conditions, name), getattr(new.conditions, name)
        if before != now:
            yield f"other conditions: {name} {_in_words(before)}, now {_in_words(now)}"
    for when, run in (("earlier", old), ("later", new)):
        if run.interrupted:
            yield f"the {when} run was interrupted: {len(run.results)} of {run.planned} ops done"


def _in_words(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(map(str, value))[:_SHOWN] or "none given"
    return "none" if value is None else str(value)[:_SHOWN]
