"""Several runs as one: shards, or different ops under equal conditions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import reduce

from gradcheck.errors import GradcheckError, listing
from gradcheck.run.environment import Environment
from gradcheck.run.history.saved_run import RunDocument
from gradcheck.run.shards import Shard, missing

_NAMED = 5  # ops that a message names


class MergeError(GradcheckError):
    """Runs do not belong together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRun:
    """A run, and what messages call it."""

    name: str
    run: RunDocument


def merge(sources: Sequence[NamedRun]) -> RunDocument:
    """Put runs together.

    The results of shards come in the order of the whole run, as if it had not been divided;
    those of other runs as the runs are given.

    Raises:
        MergeError: if their conditions or versions differ, an op is in two of them, or a
            shard is missing. Machines may differ: those of a CI matrix often do.
    """
    if not sources:
        raise MergeError("There is nothing to merge.")
    first, *others = sources
    for other in others:
        _require_equal(first, other)
    order = _order(sources)
    _require_distinct(sources)
    results = [result for source in sources for result in source.run.results]
    if order:
        places = {op: place for place, op in enumerate(order)}
        results.sort(key=lambda result: places[result.op])
    return replace(
        first.run,
        environment=reduce(Environment.also_on, (s.run.environment for s in sources)),
        started=min(source.run.started for source in sources),
        seconds=sum(source.run.seconds for source in sources),
        interrupted=any(source.run.interrupted for source in sources),
        planned=sum(source.run.planned for source in sources),
        results=tuple(results),
        shard=None,
    )


def _require_equal(one: NamedRun, other: NamedRun) -> None:
    """Raise a MergeError where versions or conditions differ."""
    versions, others = (each.run.environment.without_machine() for each in (one, other))
    differences = [*versions.differences(others)]
    for field in fields(one.run.conditions):
        before, now = (getattr(each.run.conditions, field.name) for each in (one, other))
        if before != now:
            differences.append(f"{field.name} {before}, now {now}")
    if differences:
        raise MergeError(
            f"{one.name} and {other.name} are not parts of one run: "
            f"{listing(d.replace(', now', ' in the one,') + ' in the other' for d in differences)}."
        )


def _require_distinct(sources: Sequence[NamedRun]) -> None:
    homes: dict[str, list[str]] = {}
    for source in sources:
        for result in source.run.results:
            homes.setdefault(result.op, []).append(source.name)
    twice = {op: names for op, names in homes.items() if len(names) > 1}
    if twice:
        op, names = next(iter(twice.items()))
        more = f" So are {len(twice) - 1} more." if len(twice) > 1 else ""
        raise MergeError(f"The op {op!r} is in {listing(names)}: merge what is distinct.{more}")


def _order(sources: Sequence[NamedRun]) -> tuple[str, ...]:
    """The order of the whole run, if these are its shards."""
    shards = [source.run.shard for source in sources if source.run.shard is not None]
    if not shards:
        return ()
    if len(shards) != len(sources):
        whole = next(source.name for source in sources if source.run.shard is None)
        raise MergeError(f"{whole} is a whole run, others are shards: merge one kind only.")
    _require_one_division(sources, shards)
    gone = missing(shards)
    if gone:
        raise MergeError(f"The run is not complete: shard {listing(gone)} is missing.")
    return shards[0].selected


def _require_one_division(sources: Sequence[NamedRun], shards: Sequence[Shard]) -> None:
    for source, shard in zip(sources, shards, strict=True):
        if shard.total != shards[0].total:
            raise MergeError(
                f"{sources[0].name} is shard {shards[0]}, {source.name} is shard {shard}: they "
                "are parts of differently divided runs."
            )
        if shard.selected != shards[0].selected:
            only = sorted(set(shard.selected) ^ set(shards[0].selected))
            how = f": {listing(only[:_NAMED])} only in one of them" if only else " in another order"
            raise MergeError(
                f"{sources[0].name} and {source.name} are shards of other selections{how}."
            )
    numbers = Counter(shard.number for shard in shards)
    number, times = numbers.most_common(1)[0]
    if times > 1:
        raise MergeError(f"Shard {number}/{shards[0].total} is there {times} times.")
