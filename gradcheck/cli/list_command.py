"""`gradcheck list`: which ops there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gradcheck.cli.configured import ConfiguredCommand, config_options
from gradcheck.cli.output_options import color_option, format_option
from gradcheck.cli.selecting import Selection, selection_options

if TYPE_CHECKING:
    from gradcheck.reports.terminal import Color


@click.command(
    "list", cls=ConfiguredCommand, short_help="List ops: signature, tags, what they are."
)
@selection_options
@format_option
@color_option
@config_options
def command(selection: Selection, form: str, color: Color) -> None:
    """List ops: signature, tags and what they are; --format concise gives bare names.

    Without OPS, which are names or globs such as 'log*', all ops are listed.
    """
    specs = selection.specs()
    from gradcheck.reports.table import ops_table
    from gradcheck.reports.terminal import console
    from gradcheck.reports.text import visible

    if form == "concise":
        for spec in specs:
            click.echo(visible(spec.name))
        return
    out = console(color)
    out.show(ops_table(specs, out.width))
