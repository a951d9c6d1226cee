"""`gradcheck compare`: two saved runs side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradcheck.cli.config.keys import option
from gradcheck.cli.exit_codes import ExitCode
from gradcheck.cli.options.output import format_of

if TYPE_CHECKING:
    from gradcheck.reports.terminal.console import Color
    from gradcheck.run.history.compare import RunComparison


@click.command("compare")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "--slower",
    type=click.FloatRange(min=1, min_open=True),
    default=2.0,
    show_default=True,
    metavar="FACTOR",
    help="From how many times the time on an op counts as slower.",
)
@format_of("table", "markdown", "json", text="A table, one for a pull request, or data.")
@option("color")
def command(*, old: str, new: str, slower: float, form: str, color: Color) -> int:
    """Tell what changed from one run to a later one,
    both written by `gradcheck run --save FILE`.

    Exits with 1 if something got worse: a verdict, an error that grew by more than a decade
    though it passes, a time, fewer kinds of input, an op that is gone.

    \b
    gradcheck run --save before.json
    gradcheck run --save after.json
    gradcheck compare before.json after.json
    """
    from gradcheck.run.history.compare import compare
    from gradcheck.run.history.saved_run import RunDocument

    comparison = compare(RunDocument.load(Path(old)), RunDocument.load(Path(new)), slower=slower)
    show(comparison, form=form, color=color)
    return ExitCode.FAILED if comparison.regressions else ExitCode.OK


def show(comparison: RunComparison, *, form: str, color: Color) -> None:
    """Print a comparison."""
    if form == "json":
        from gradcheck.results.documents import to_plain
        from gradcheck.results.documents.files import dumped

        click.echo(dumped(to_plain(comparison), indent=1), nl=False)
        return
    from gradcheck.reports.terminal.comparison_table import as_markdown, as_table
    from gradcheck.reports.terminal.console import console

    if form == "markdown":
        click.echo(as_markdown(comparison), nl=False)
    else:
        console(color).show(*as_table(comparison))
