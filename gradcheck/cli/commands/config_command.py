"""`gradcheck config`: every setting, its value, and where it came from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from gradcheck.cli.commands.run_command import command as run
from gradcheck.cli.config.keys import KEYS, Key
from gradcheck.cli.config.relative_paths import located_value
from gradcheck.cli.configured_command import ConfiguredCommand, configuration

if TYPE_CHECKING:
    from gradcheck.reports.terminal.console import Color

_NOT_KEYS = ("profile", "config_file", "quiet")


class _ConfigCommand(ConfiguredCommand):
    """A command with the configurable options of `run`, to show their values."""

    def parameter(self, key: Key) -> click.Parameter | None:
        parameter = run.parameter(key)
        return parameter if parameter in self.params else None


def _show(*, listing: str, color: Color, **_of_run: Any) -> None:
    from gradcheck.cli.config.config_page import as_json, as_page
    from gradcheck.reports.terminal.console import console

    config, settings = configuration()
    settings = {
        key.name: replace(settings[key.name], value=located_value(key, settings[key.name]))
        for key in KEYS
    }
    if listing == "json":
        click.echo(as_json(config, settings))
    else:
        console(color).show(*as_page(config, settings))


def _configurable() -> list[click.Parameter]:
    """The options of `run` that have a key, except --format, redefined here."""
    with_key = [run.parameter(key) for key in KEYS if key.name != "format"]
    return [p for p in run.params if p in with_key or p.name in _NOT_KEYS]


command = _ConfigCommand(
    "config",
    callback=_show,
    help="""Show every setting of 'gradcheck run', and where its value comes from.

    Options of 'run' that are given here are shown as run would take them.

    \b
    gradcheck config --profile ci
    GRADCHECK_SEED=7 gradcheck config -n 500 --format json
    """,
    params=[
        *_configurable(),
        click.Option(
            ["--format", "listing"],
            type=click.Choice(("table", "json")),
            default="table",
            show_default=True,
            help="How to show it: for people, or for programs.",
        ),
    ],
)
