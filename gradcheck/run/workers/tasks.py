"""Tasks for a worker: names, places and numbers, never functions."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gradcheck.cases.case import Case
from gradcheck.errors import GradcheckError
from gradcheck.results.documents import to_plain
from gradcheck.results.settings import Settings
from gradcheck.run.history.recall import reported
from gradcheck.run.history.stored_failure import StoredFailure
from gradcheck.spec.fingerprint import fingerprint
from gradcheck.spec.importing import is_path
from gradcheck.spec.registry import Registry
from gradcheck.spec.spec import OpSpec


class Differs(GradcheckError):
    """A module defines something else in a worker than it did here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """Where ops are loaded from.

    Attributes:
        modules: files and dotted names, in order.
        builtin: whether the built-in ops and plugins are loaded too.
        beside: a folder in which modules are looked for first.
    """

    modules: tuple[str, ...] = ()
    builtin: bool = True
    beside: Path | None = None

    def absolute(self) -> Loading:
        """The same for a process that is in another folder."""
        modules = (str(Path(m).absolute()) if is_path(m) else m for m in self.modules)
        beside = None if self.beside is None else self.beside.absolute()
        return replace(self, modules=tuple(modules), beside=beside)

    def registry(self) -> Registry:
        """Load them.

        Raises:
            LoadError, SpecError: as `Registry.load`.
        """
        registry = Registry()
        beside = [] if self.beside is None else [str(self.beside)]
        sys.path[:0] = beside
        try:
            for module in self.modules:
                registry.load(module)
        finally:
            for folder in beside:
                sys.path.remove(folder)
        if self.builtin:
            registry.load_builtin()
        return registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An op by its name, and its identity in a worker.

    Attributes:
        name: in the registry.
        changes: what was laid over the spec that the module defines.
        fingerprint: of the op, see `gradcheck.spec.fingerprint`.
        location: of its forward, for messages.
    """

    name: str
    changes: Mapping[str, Any]
    fingerprint: str
    location: str

    @classmethod
    def of(cls, spec: OpSpec) -> Named:
        """Name an op."""
        changes = {"rtol": spec.rtol, "reason": spec.reason, "skip": dict(spec.skip)}
        return cls(
            name=spec.name,
            changes=changes,
            fingerprint=fingerprint(spec),
            location=str(spec.location),
        )

    def found_in(self, registry: Registry) -> OpSpec:
        """Return the op as it is here.

        Raises:
            Differs: if it is missing, or another one.
        """
        if self.name not in registry:
            raise Differs(
                f"The op {self.name!r} ({self.location}) is not there when its module is imported "
                "again, in a worker process: define it whatever the circumstances, or run without "
                "-j and --isolate."
            )
        spec = replace(registry.get(self.name), **self.changes)
        if fingerprint(spec) != self.fingerprint:
            raise Differs(
                f"The op {self.name!r} is another one when its module is imported again, in a "
                f"worker process: here {self.location}, there {spec.location}. Was the file edited "
                "in the meantime, or does it define the op by chance?"
            )
        return spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """An op to be checked, and plain cases that come first."""

    op: Named
    settings: Settings
    kept: Sequence[Mapping[str, Any]] = field(default=())

    @classmethod
    def of(cls, spec: OpSpec, settings: Settings, kept: Sequence[Case]) -> Check:
        # Expectations of others do not travel.
        return cls(
            op=Named.of(spec),
            settings=replace(settings, xfail={}, skip={}),
            kept=tuple(to_plain(reported(case)) for case in kept),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """A stored failure that is to be run again, as plain data."""

    stored: Mapping[str, Any]

    @classmethod
    def of(cls, stored: StoredFailure) -> Again:
        return cls(stored=to_plain(stored))


Task = Check | Again
