"""A run as a document: ops, conditions, environment and results."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from gradcheck.results.documents.codec import form_of, from_plain, to_plain
from gradcheck.results.documents.field_forms import Schema
from gradcheck.results.documents.files import dumped, read, shown
from gradcheck.results.events import RunFinished
from gradcheck.results.result import Result
from gradcheck.results.settings import Settings
from gradcheck.run.environment import Environment
from gradcheck.run.shards import Shard

FORMAT: Literal["gradcheck-run"] = "gradcheck-run"
VERSION = 1  # of the document: a field that changes its meaning makes another one
_SCHEMA_ID = "https://gradcheck.dev/schemas/gradcheck-run-1.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """The `Settings` that decide which cases are drawn and checked."""

    cases: int
    seed: int
    dtypes: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    max_time: float | None = None
    shrink: bool = True

    @classmethod
    def of(cls, settings: Settings) -> Conditions:
        return cls(**{name: getattr(settings, name) for name in cls.__dataclass_fields__})


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDocument:
    """A finished run.

    Attributes:
        started: when, in UTC, as ISO 8601.
        interrupted: whether it was stopped before all ops were done.
        planned: how many ops it was to check.
        results: one per op, in the order in which they were checked.
        shard: the part of a run that it is; None for a whole one.
    """

    format: Literal["gradcheck-run"] = FORMAT
    version: int = VERSION
    environment: Environment
    conditions: Conditions
    started: str = ""
    seconds: float = 0.0
    interrupted: bool = False
    planned: int = 0
    results: tuple[Result, ...] = ()
    shard: Shard | None = None

    @classmethod
    def of(
        cls, finished: RunFinished, settings: Settings, planned: int, shard: Shard | None = None
    ) -> RunDocument:
        """Describe a run that was made by this process."""
        return cls(
            environment=Environment.current(),
            conditions=Conditions.of(settings),
            started=finished.started,
            seconds=finished.seconds,
            interrupted=finished.interrupted,
            planned=planned,
            results=finished.results,
            shard=shard,
        )

    @classmethod
    def load(cls, path: Path) -> RunDocument:
        """Read one.

        Raises:
            DocumentError: if the file is missing or holds something else.
        """
        return from_plain(cls, read(path, kind=FORMAT, version=VERSION), shown(path))

    def text(self) -> str:
        """Return it as JSON."""
        return dumped(to_plain(self))


@cache
def schema() -> Schema:
    """The JSON Schema of the documents, draft 2020-12."""
    definitions: dict[str, Schema] = {}
    root = form_of(RunDocument).schema(definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": _SCHEMA_ID,
        "title": "A run of gradcheck",
        **root,
        "$defs": dict(sorted(definitions.items())),
    }
