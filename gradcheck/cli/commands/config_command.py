"""`gradcheck config`: every setting, its value, and where it came from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from gradcheck.cli.commands.run_command import command as run
from gradcheck.cli.config.keys import KEYS, Key
from gradcheck.cli.config.relative_paths import located, located_path
from gradcheck.cli.configured_command import ConfiguredCommand, configuration

if TYPE_CHECKING:
    from gradcheck.cli.config.precedence import Setting
    from gradcheck.reports.terminal.console import Color

_NOT_KEYS = ("profile", "config_file", "quiet")


class _ConfigCommand(ConfiguredCommand):
    """Takes the options of `run` that can be configured, so that it shows what run would use."""

    def parameter(self, key: Key) -> click.Parameter | None:
        found = run.parameter(key)
        return found if found in self.params else None


def _show(*, listing: str, color: Color, **_of_run: Any) -> None:
    from gradcheck.cli.config.config_page import as_json, as_page
    from gradcheck.reports.terminal.console import console

    config, settings = configuration()
    settings = {key.name: _located(key, settings[key.name]) for key in KEYS}
    if listing == "json":
        click.echo(as_json(config, settings))
    else:
        console(color).show(*as_page(config, settings))


def _located(key: Key, setting: Setting) -> Setting:
    """A setting with its paths as they are written in the current folder."""
    if key.name == "ops":
        return replace(setting, value=located(setting))
    if key.is_path and setting.value is not None:
        return replace(setting, value=located_path(setting))
    return setting


def _configurable() -> list[click.Parameter]:
    """The options of `run` that a key stands behind, but for --format, which is our own here."""
    named = [run.parameter(key) for key in KEYS if key.name != "format"]
    return [p for p in run.params if p in named or p.name in _NOT_KEYS]


command = _ConfigCommand(
    "config",
    callback=_show,
    short_help="Show every setting, and where its value comes from.",
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
