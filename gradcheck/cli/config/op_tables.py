"""Tables about single ops, applied to their specs."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradcheck.spec.spec import OpSpec

_GLOB = "*?["


@dataclass(frozen=True, slots=True, kw_only=True)
class OpTable:
    """A table `[op."NAME"]`.

    Attributes:
        pattern: the name or glob of its ops.
        origin: where it stands.
        rtol: relative tolerance, with its `reason`; None for that of the spec.
        xfail, skip: why an op is expected to fail, or not checked; or empty.
        skip_properties: properties that need not hold, each with the reason.
    """

    pattern: str
    origin: str = ""
    rtol: float | None = None
    reason: str = ""
    xfail: str = ""
    skip: str = ""
    skip_properties: Mapping[str, str] = field(default_factory=dict)

    def fits(self, name: str) -> bool:
        return self.pattern == name or fnmatch.fnmatchcase(name, self.pattern)


def is_glob(pattern: str) -> bool:
    """Whether a pattern may fit several names."""
    return any(c in pattern for c in _GLOB)


def overridden(spec: OpSpec, tables: Sequence[OpTable]) -> OpSpec:
    """A spec with tolerance and skipped properties from the tables."""
    changes: dict[str, object] = {}
    skipped: dict[str, str] = {}
    for table in _about(spec.name, tables):
        if table.rtol is not None:
            changes |= {"rtol": table.rtol, "reason": table.reason}
        skipped |= table.skip_properties
    if skipped:
        changes["skip"] = {**spec.skip, **skipped}
    return replace(spec, **changes) if changes else spec  # type: ignore[arg-type]


def expected_to_fail(names: Iterable[str], tables: Sequence[OpTable]) -> dict[str, str]:
    """Ops that are expected to fail, each with the reason."""
    return _reasons(names, tables, "xfail")


def skipped(names: Iterable[str], tables: Sequence[OpTable]) -> dict[str, str]:
    """Ops that are not checked, each with the reason."""
    return _reasons(names, tables, "skip")


def unmatched(names: Iterable[str], tables: Sequence[OpTable]) -> list[OpTable]:
    """Tables that fit none of these ops."""
    known = list(names)
    return [table for table in tables if not any(table.fits(name) for name in known)]


def _reasons(names: Iterable[str], tables: Sequence[OpTable], key: str) -> dict[str, str]:
    """The reasons for a key, each from the strongest table with either."""
    reasons: dict[str, str] = {}
    for name in names:
        deciding = [t for t in _about(name, tables) if t.xfail or t.skip]
        if deciding and getattr(deciding[-1], key):
            reasons[name] = getattr(deciding[-1], key)
    return reasons


def _about(name: str, tables: Sequence[OpTable]) -> Iterator[OpTable]:
    """Tables of an op, the strongest last: names beat globs, then order."""
    fitting = [table for table in tables if table.fits(name)]
    yield from sorted(fitting, key=lambda table: table.pattern == name)
