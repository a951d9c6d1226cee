"""`gradcheck merge`: the shards of a run as one."""

from __future__ import annotations

from pathlib import Path

import click

from gradcheck.cli.exit_codes import ExitCode


@click.command("merge")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option(
    "-o", "--output", metavar="FILE", required=True, help="Write the whole run to this file."
)
@click.option("--strict", is_flag=True, help="INCONCLUSIVE and VACUOUS fail as well.")
def command(*, files: tuple[str, ...], output: str, strict: bool) -> int:
    """Join runs that were saved by `gradcheck run --save FILE`,
    mostly with --shard.

    The whole run is as if it had not been divided. Runs under other conditions or versions, an
    op that is in two of them, or a shard that is missing are refused with status 2. Exits with 1
    if an op failed in any part, and with 130 if one was interrupted.

    \b
    gradcheck run --shard 1/2 --save one.json
    gradcheck run --shard 2/2 --save two.json
    gradcheck merge one.json two.json --output run.json
    """
    from gradcheck.reports.terminal.lines import line
    from gradcheck.reports.text import words
    from gradcheck.reports.text.printable import visible
    from gradcheck.results.documents import write
    from gradcheck.run.history.merge import NamedRun, merge
    from gradcheck.run.history.saved_run import RunDocument

    run = merge([NamedRun(name=name, run=RunDocument.load(Path(name))) for name in files])
    write(Path(output), run.text())
    click.echo(words.footer(run.results, planned=run.planned, seconds=run.seconds))
    for result in run.results:
        if result.verdict.is_failure:
            click.echo(line(result))
    click.echo(f"Saved the run in {visible(output)}.", err=True)
    if run.interrupted:
        return ExitCode.INTERRUPTED
    failed = any(result.verdict.fails(strict=strict) for result in run.results)
    return ExitCode.FAILED if failed else ExitCode.OK
