"""`gradcheck list`: signature, tags and summary of ops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gradcheck.cli.config.keys import option
from gradcheck.cli.configured_command import ConfiguredCommand
from gradcheck.cli.options.config_file import config_options
from gradcheck.cli.options.output import format_option
from gradcheck.cli.options.selection import Selection, selection_options

if TYPE_CHECKING:
    from gradcheck.reports.terminal.console import Color


@click.command(
    "list", cls=ConfiguredCommand, short_help="List ops: signature, tags, what they are."
)
@selection_options
@format_option
@option("color")
@config_options
def command(selection: Selection, form: str, color: Color) -> None:
    """List ops: signature, tags and what they are;
    --format concise gives bare names.

    Without OPS, which are names or globs such as 'log*', all ops are listed.
    """
    specs = selection.specs()
    from gradcheck.reports.terminal.console import console
    from gradcheck.reports.terminal.table import ops_table
    from gradcheck.reports.text.printable import visible

    if form == "concise":
        for spec in specs:
            click.echo(visible(spec.name))
        return
    out = console(color)
    out.show(ops_table(specs, out.width))
