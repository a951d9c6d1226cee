"""Two runs side by side: what got worse, what got better, what came and went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gradcheck.document.runs import RunDocument
from gradcheck.results import Result
from gradcheck.verdict import Verdict

DECADE = 10.0
# Errors below this are near what a reference can tell at all: they come and go with versions.
NEGLIGIBLE = 1e-11
SLOWER = 2.0
_BRIEF = 1.0  # seconds; an op that takes less may well take twice as long the next time
_BY_CHANCE = 0.9  # of the traits that came before
_NAMED = 3  # traits that a row names
_RIGHT, _DOUBTFUL, _FAILING = range(3)


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
        changes: the regressions first, in the order of the later run.
        notes: why the runs may not be comparable: other versions, another machine.
        compared: how many ops are in both.
    """

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
    changes: list[Change] = []
    for op, result in now.items():
        if op in before:
            changes += _changes(before[op], result, slower)
        else:
            changes.append(_added(result))
    for op in before:
        if op not in now and (chosen is None or op in chosen):
            changes.append(_removed(op, interrupted=new.interrupted))
    return Comparison(
        changes=tuple(sorted(changes, key=lambda change: not change.worse)),
        notes=tuple(_notes(old, new)),
        compared=len(before.keys() & now.keys()),
    )


def _changes(before: Result, now: Result, slower: float) -> Iterator[Change]:
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
    if now and before:
        yield from _of_error(before, now)
        yield from _of_time(before, now, slower)
    yield from _of_coverage(before, now)


def _of_error(before: Result, now: Result) -> Iterator[Change]:
    """An error that grew by more than a decade, though it is still within the tolerance."""
    floor = max(before.relative_error, NEGLIGIBLE)
    if now.relative_error > DECADE * floor:
        yield Change(
            op=now.op,
            subject=Subject.ERROR,
            before=f"{before.relative_error:.0e}" if before.relative_error else "none seen",
            now=f"{now.relative_error:.0e}",
            worse=True,
            said="grew by more than a decade, though it still passes",
        )


def _of_time(before: Result, now: Result, slower: float) -> Iterator[Change]:
    if before.cases != now.cases:
        return
    if now.seconds > max(slower * before.seconds, _BRIEF):
        yield Change(
            op=now.op,
            subject=Subject.TIME,
            before=f"{before.seconds:.1f} s",
            now=f"{now.seconds:.1f} s",
            worse=True,
            said=f"{now.seconds / max(before.seconds, 1e-9):.1f} times as long",
        )


def _of_coverage(before: Result, now: Result) -> Iterator[Change]:
    """Fewer kinds of input, where both runs kept what they drew.

    Runs of another length or seed draw a little more or less by chance.
    """
    if before.coverage is None or now.coverage is None or not now:
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


def _removed(op: str, *, interrupted: bool) -> Change:
    said = "the run was interrupted before it" if interrupted else "is not checked any more"
    return Change(op=op, subject=Subject.OPS, before="checked", worse=True, said=said)


def _severity(verdict: Verdict) -> int:
    if verdict.is_failure:
        return _FAILING
    return _DOUBTFUL if verdict.is_doubtful else _RIGHT


def _notes(old: RunDocument, new: RunDocument) -> Iterator[str]:
    yield from (f"another environment: {d}" for d in old.environment.differences(new.environment))
    for name in ("cases", "seed", "dtypes", "also"):
        before, now = getattr(old.conditions, name), getattr(new.conditions, name)
        if before != now:
            yield f"other conditions: {name} {_told(before)}, now {_told(now)}"


def _told(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(map(str, value)) or "as each op says"
    return str(value)
