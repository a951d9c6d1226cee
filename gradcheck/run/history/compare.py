"""Two runs side by side: what got worse, what got better, what came and went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from gradcheck.results.result import Result
from gradcheck.results.verdict import Verdict
from gradcheck.run.history.saved_run import RunDocument

FORMAT: Literal["gradcheck-comparison"] = "gradcheck-comparison"
VERSION = 1
DECADE = 10.0
# Errors below this are near what a reference can tell at all: they come and go with versions.
NEGLIGIBLE = 1e-11
SLOWER = 2.0
_BRIEF = 1.0  # seconds; an op that takes less may well take twice as long the next time
_BY_CHANCE = 0.9  # of the traits that came before
_CONDITIONS = ("cases", "seed", "dtypes", "also", "max_time")  # that results depend on
_SHOWN = 60  # characters of a condition
_NAMED = 3  # traits that a row names
_RIGHT, _UNTOLD, _FAILING = range(3)


class Subject(StrEnum):
    """What a change is about; the value heads its row."""

    VERDICT = "verdict"
    ERROR = "worst rel. error"
    TIME = "time"
    COVERAGE = "coverage"
    OPS = "ops"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing about an op that is not as it was.

    Attributes:
        op: the op's name.
        subject: what changed.
        before, now: as they are told; empty where there was, or is, nothing.
        worse: whether it is a regression.
        said: what it means, where the two do not say so.
    """

    op: str
    subject: Subject
    before: str = ""
    now: str = ""
    worse: bool
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All that changed between two runs.

    Attributes:
        format, version: what kind of document it is as JSON.
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
        """What got worse."""
        return tuple(change for change in self.changes if change.worse)


def compare(
    old: RunDocument,
    new: RunDocument,
    *,
    slower: float = SLOWER,
    chosen: Sequence[str] | None = None,
) -> Comparison:
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
    return Comparison(
        changes=tuple(sorted(changes, key=lambda change: not change.worse)),
        notes=tuple(_notes(old, new)),
        compared=len(before.keys() & now.keys()),
    )


def _changes(before: Result, now: Result, *, slower: float, alike: bool) -> Iterator[Change]:
    """All that changed about an op; `alike`: whether both were timed on one kind of machine."""
    yield from _of_verdict(before, now)
    if before.verdict is now.verdict is Verdict.PASS:
        yield from _of_error(before, now)
        yield from _of_time(before, now, slower=slower, alike=alike)
        yield from _of_coverage(before, now)


def _of_verdict(before: Result, now: Result) -> Iterator[Change]:
    if before.verdict is not now.verdict:
        yield Change(
            op=now.op,
            subject=Subject.VERDICT,
            before=str(before.verdict),
            now=str(now.verdict),
            worse=_severity(now.verdict) > _severity(before.verdict),
            said=now.reason,
        )
    elif before.failure and now.failure and before.failure.headline != now.failure.headline:
        yield Change(
            op=now.op,
            subject=Subject.VERDICT,
            before=before.failure.headline,
            now=now.failure.headline,
            worse=False,
            said="it fails in another way",
        )


def _of_error(before: Result, now: Result) -> Iterator[Change]:
    """An error that grew by more than a decade, though it is still within the tolerance."""
    floor = max(before.relative_error, NEGLIGIBLE)
    if now.relative_error > DECADE * floor:
        yield Change(
            op=now.op,
            subject=Subject.ERROR,
            before=f"{before.relative_error:.0e}" if before.relative_error else "none proven",
            now=f"{now.relative_error:.0e}",
            worse=True,
            said="grew by more than a decade, though it still passes",
        )


def _of_time(before: Result, now: Result, *, slower: float, alike: bool) -> Iterator[Change]:
    """A longer time for as many cases; between two kinds of machine it is told, no more."""
    if before.cases != now.cases:
        return
    if now.seconds > max(slower * before.seconds, _BRIEF):
        yield Change(
            op=now.op,
            subject=Subject.TIME,
            before=f"{before.seconds:.1f} s",
            now=f"{now.seconds:.1f} s",
            worse=alike,
            said=f"{now.seconds / max(before.seconds, 1e-3):.1f} times as long"
            + ("" if alike else ", on another machine"),
        )


def _of_coverage(before: Result, now: Result) -> Iterator[Change]:
    """Fewer kinds of input, where both runs kept what they drew.

    Runs of another length or seed draw a little more or less by chance.
    """
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
    yield Change(
        op=now.op,
        subject=Subject.COVERAGE,
        before=f"{len(had)} traits",
        now=f"{len(has)} traits",
        worse=True,
        said=f"never drawn now: {'; '.join(gone[:_NAMED])}{more}",
    )


def _added(result: Result) -> Change:
    return Change(
        op=result.op,
        subject=Subject.OPS,
        now=str(result.verdict),
        worse=_severity(result.verdict) == _FAILING,
        said="was not there before",
    )


def _removed(before: Result, *, ended: bool) -> Change:
    said = "the run ended before it" if ended else "is not checked any more"
    return Change(
        op=before.op,
        subject=Subject.OPS,
        before=str(before.verdict),
        worse=before.verdict is not Verdict.SKIP,
        said=said,
    )


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
            yield f"other conditions: {name} {_told(before)}, now {_told(now)}"
    for when, run in (("earlier", old), ("later", new)):
        if run.interrupted:
            yield f"the {when} run was interrupted: {len(run.results)} of {run.planned} ops done"


def _told(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(map(str, value))[:_SHOWN] or "none given"
    return "none" if value is None else str(value)[:_SHOWN]
