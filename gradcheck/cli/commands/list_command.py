"""`gradcheck list`: signature, tags and summary of ops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from gradcheck.cli.config.keys import option
from gradcheck.cli.configured_command import ConfiguredCommand
from gradcheck.cli.options.config_file import config_options
from gradcheck.cli.options.output import format_of
from gradcheck.cli.options.selection import Selection, selection_options

if TYPE_CHECKING:
    from gradcheck.reports.terminal.console import Color
    from gradcheck.spec.spec import OpSpec


@click.command("list", cls=ConfiguredCommand)
@selection_options
@format_of("table", "concise", "json", text="A table, bare names, or data for other programs.")
@option("color")
@config_options
def command(selection: Selection, form: str, color: Color) -> None:
    """List ops: signature, tags and what they are;
    --format concise gives bare names.

    Without OPS, which are names, globs such as 'log*', or modules such as my_ops.py, all ops are
    listed.
    """
    list_ops(selection.specs(), form, color)


def list_ops(specs: Sequence[OpSpec], form: str, color: Color) -> None:
    """Print ops as a table, as names, or as JSON."""
    from gradcheck.reports.terminal.console import console
    from gradcheck.reports.terminal.table import ops_table
    from gradcheck.reports.text.printable import visible

    if form == "json":
        from gradcheck.reports.formats.ops_json import ops_as_json

        click.echo(ops_as_json(specs), nl=False)
    elif form == "concise":
        for spec in specs:
            click.echo(visible(spec.name))
    else:
        out = console(color)
        out.show(ops_table(specs, out.width))
