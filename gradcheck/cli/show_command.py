"""`gradcheck show`: one op, with a worked example."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gradcheck.cli import completing
from gradcheck.cli.configured import ConfiguredCommand, config_options
from gradcheck.cli.output_options import color_option
from gradcheck.cli.selecting import Sources, find, source_options

if TYPE_CHECKING:
    from gradcheck.reports.terminal import Color


@click.command("show", cls=ConfiguredCommand, short_help="Show one op, with a worked example.")
@click.argument("op", metavar="OP", shell_complete=completing.ops)
@source_options
@color_option
@config_options
def command(op: str, sources: Sources, color: Color) -> None:
    """Show an op's formula and domains, and its gradient on an example with small numbers."""
    spec = find(op, sources)
    from gradcheck.reports.terminal import console
    from gradcheck.reports.worked import page
    from gradcheck.worked import worked_example

    console(color).show(*page(spec, worked_example(spec)))
