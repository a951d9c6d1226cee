"""What a configuration says about single ops, applied to their specs."""

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
    """One table `[op."NAME"]`.

    Attributes:
        pattern: the name or glob of the ops that it is about.
        origin: where it stands.
        rtol: relative tolerance, with its `reason`; None for that of the spec.
        xfail: why the op is expected to fail, or empty.
        skip: why it is not checked, or empty.
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
    """A spec with the tolerance and the properties that the tables give it."""
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
    """The ops that are expected to fail, each with the reason."""
    return _said(names, tables, "xfail")


def skipped(names: Iterable[str], tables: Sequence[OpTable]) -> dict[str, str]:
    """The ops that are not checked, each with the reason."""
    return _said(names, tables, "skip")


def unmatched(names: Iterable[str], tables: Sequence[OpTable]) -> list[OpTable]:
    """The tables that are about none of these ops: a mistyped name would do nothing."""
    known = list(names)
    return [table for table in tables if not any(table.fits(name) for name in known)]


def _said(names: Iterable[str], tables: Sequence[OpTable], key: str) -> dict[str, str]:
    """The strongest table that says xfail or skip decides which of the two holds."""
    found: dict[str, str] = {}
    for name in names:
        said = [t for t in _about(name, tables) if t.xfail or t.skip]
        if said and getattr(said[-1], key):
            found[name] = getattr(said[-1], key)
    return found


def _about(name: str, tables: Sequence[OpTable]) -> Iterator[OpTable]:
    """The tables about an op, the strongest last: a name beats a glob, then the later wins."""
    fitting = [table for table in tables if table.fits(name)]
    yield from sorted(fitting, key=lambda table: table.pattern == name)
