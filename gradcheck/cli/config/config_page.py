"""The configuration, every value with its origin, as page and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rich.text import Text

from gradcheck.cli.config.precedence import SettingLevel
from gradcheck.cli.config.value_kinds import shown
from gradcheck.reports.terminal.style import headed
from gradcheck.reports.text.printable import visible

if TYPE_CHECKING:
    from rich.console import RenderableType

    from gradcheck.cli.config.op_tables import OpTable
    from gradcheck.cli.config.precedence import Config, Setting

OP_FIELDS = ("rtol", "reason", "xfail", "skip", "skip_properties")


def as_page(config: Config, settings: Mapping[str, Setting]) -> Iterator[RenderableType]:
    """Yield the files, rows of keys, and rows of tables about ops."""
    yield Text(visible(_read(config)))
    yield Text("")
    rows = [(name, _value(s.value), s.origin) for name, s in settings.items()]
    yield _table(
        "key", rows, {s.origin for s in settings.values() if s.level is SettingLevel.DEFAULT}
    )
    if config.tables:
        yield Text("")
        rows = [
            (table.pattern, f"{key} = {shown(value)}", table.origin)
            for table in reversed(config.tables)
            for key, value in _fields(table).items()
        ]
        yield _table("op", rows, set())


def as_json(config: Config, settings: Mapping[str, Setting]) -> str:
    """The same as JSON; tables about ops with the strongest first."""
    return json.dumps(
        {
            "files": list(config.files),
            "profile": config.profile or None,
            "settings": {
                name: {"value": s.value, "level": s.level, "origin": s.origin}
                for name, s in settings.items()
            },
            "ops": [
                {"pattern": t.pattern, "origin": t.origin, **_fields(t)}
                for t in reversed(config.tables)
            ],
            "warnings": list(config.warnings),
        },
        indent=2,
    )


def _read(config: Config) -> str:
    profile = f"profile {config.profile}" if config.profile else "no profile"
    if not config.files:
        return f"No file was found; {profile}."
    return f"Read {', which extends '.join(config.files)}; {profile}."


def _fields(table: OpTable) -> dict[str, Any]:
    return {key: value for key in OP_FIELDS if (value := getattr(table, key))}


def _value(value: object) -> str:
    return "–" if value is None else shown(value)


def _table(first: str, rows: list[tuple[str, str, str]], faint: set[str]) -> RenderableType:
    table = headed(first, "value", "from", kept=(first,))
    for name, value, origin in rows:
        style = "dim" if origin in faint else ""
        table.add_row(
            Text(visible(name), "bold"), Text(visible(value)), Text(visible(origin), style)
        )
    return table
