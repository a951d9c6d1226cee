"""`gradcheck show`: one op, with a worked example."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gradcheck.cli.commands.list_command import list_ops
from gradcheck.cli.completion import completers
from gradcheck.cli.config.keys import option
from gradcheck.cli.configured_command import ConfiguredCommand
from gradcheck.cli.op_sources import Sources, find
from gradcheck.cli.options.config_file import config_options
from gradcheck.cli.options.output import format_of
from gradcheck.cli.options.selection import source_options

if TYPE_CHECKING:
    from gradcheck.reports.terminal.console import Color


@click.command("show", cls=ConfiguredCommand)
@click.argument("patterns", metavar="[OP]", nargs=-1, shell_complete=completers.ops)
@source_options
@format_of("page", "json", text="A page, or data for other programs.")
@option("color")
@config_options
def command(patterns: tuple[str, ...], sources: Sources, form: str, color: Color) -> None:
    """Show an op's formula and domains,
    and its gradient on an example with small numbers.

    Without OP the ops are listed.
    """
    if len(patterns) > 1:
        raise click.UsageError("Which op? Give one name; 'gradcheck list' lists several.")
    if not patterns:
        return list_ops(list(sources.registry()), "json" if form == "json" else "table", color)
    spec = find(patterns[0], sources)
    from gradcheck.run.example import worked_example

    if form == "json":
        from gradcheck.reports.formats.ops_json import op_as_json

        return click.echo(op_as_json(spec, worked_example(spec)), nl=False)
    from gradcheck.reports.terminal.console import console
    from gradcheck.reports.terminal.worked_example import page

    return console(color).show(*page(spec, worked_example(spec)))
