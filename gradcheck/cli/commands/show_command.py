"""`gradcheck show`: one op, with a worked example."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gradcheck.cli.completion import completers
from gradcheck.cli.config.keys import option
from gradcheck.cli.configured_command import ConfiguredCommand
from gradcheck.cli.op_sources import Sources, find
from gradcheck.cli.options.config_file import config_options
from gradcheck.cli.options.selection import source_options

if TYPE_CHECKING:
    from gradcheck.reports.terminal.console import Color


@click.command("show", cls=ConfiguredCommand, short_help="Show one op, with a worked example.")
@click.argument("op", metavar="OP", shell_complete=completers.ops)
@source_options
@option("color")
@config_options
def command(op: str, sources: Sources, color: Color) -> None:
    """Show an op's formula and domains,
    and its gradient on an example with small numbers.
    """
    spec = find(op, sources)
    from gradcheck.reports.terminal.console import console
    from gradcheck.reports.terminal.worked_example import page
    from gradcheck.run.example import worked_example

    console(color).show(*page(spec, worked_example(spec)))
