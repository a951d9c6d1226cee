"""`gradcheck audit`: break gradients on purpose, and check them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from gradcheck.cli.config.keys import option
from gradcheck.cli.configured_command import ConfiguredCommand
from gradcheck.cli.exit_codes import ExitCode
from gradcheck.cli.options.config_file import config_options
from gradcheck.cli.options.output import format_option
from gradcheck.cli.options.selection import NothingSelected, Selection, selection_options
from gradcheck.reports.text.printable import visible

if TYPE_CHECKING:
    from gradcheck.audit.audit import Audit
    from gradcheck.audit.mutants.mutant import Mutant
    from gradcheck.reports.terminal.console import Color
    from gradcheck.results.settings import Settings
    from gradcheck.spec.spec import OpSpec


@click.command("audit", cls=ConfiguredCommand)
@selection_options
@option("cases", help="Cases per op and mutant.")
@option("seed")
@option("dtypes")
@option("max_time", help="Try no further mutant of an op after this time.")
@click.option(
    "--mutant",
    "names",
    multiple=True,
    metavar="NAME",
    help="Try only this mutant, or those that fit a glob; repeatable.",
)
@click.option("--list", "listed", is_flag=True, help="List the mutants and try none.")
@click.option(
    "--min-score",
    type=click.FloatRange(min=0, max=100),
    metavar="PERCENT",
    help="Exit with 1 if an op has a lower score.",
)
@click.option("-v", "--verbose", is_flag=True, help="Show what became of every mutant.")
@format_option
@option("color")
@config_options
def command(
    *,
    selection: Selection,
    cases: int,
    seed: int,
    dtypes: tuple[str, ...],
    max_time: float | None,
    names: tuple[str, ...],
    listed: bool,
    min_score: float | None,
    verbose: bool,
    form: str,
    color: Color,
) -> int:
    """Break gradients on purpose, check them,
    and list the mistakes that were not noticed.

    Each mutant is one mistake in one gradient of an op that passes. The score is the share of
    mutants that a check kills, those left out that change nothing. A mutant that survives is a
    hole in the spec, or in the generator: its hint says what to change.

    \b
    gradcheck audit matmul
    gradcheck audit --ops my_ops.py --min-score 100
    gradcheck audit exp --mutant '*-at-zero' -v
    """
    from gradcheck.audit.mutants import select

    mutants = select(names)
    if listed:
        return _list(mutants, form=form, color=color)
    specs = _auditable(selection)
    from gradcheck.results.settings import Settings

    settings = Settings(cases=cases, seed=seed, dtypes=dtypes, max_time=max_time)
    audited = _run(specs, settings, mutants, color=color)
    from gradcheck.reports.terminal.audit_table import AuditReport, as_lines, as_table
    from gradcheck.reports.terminal.console import console

    report = AuditReport(audit=audited, planned=len(specs), settings=settings, every_mutant=verbose)
    out = console(color)
    out.show(*{"table": as_table, "concise": as_lines}[form](report, out.width))
    return _status(audited, min_score)


def _auditable(selection: Selection) -> list[OpSpec]:
    """Chosen ops without those that are skipped or expected to fail."""
    specs = selection.specs()
    left_out = selection.expected_to_fail(specs) | selection.skipped(specs)
    for op, why in left_out.items():
        click.echo(visible(f"{op} is not audited: {why}"), err=True)
    chosen = [spec for spec in specs if spec.name not in left_out]
    if not chosen:
        raise NothingSelected("No op is left: all are skipped, or expected to fail.")
    return chosen


def _list(mutants: Sequence[Mutant], *, form: str, color: Color) -> int:
    from gradcheck.reports.terminal.audit_table import mutants_table
    from gradcheck.reports.terminal.console import console

    if form == "concise":
        for mutant in mutants:
            click.echo(mutant.name)
    else:
        console(color).show(mutants_table(mutants))
    return ExitCode.OK


def _run(
    specs: Sequence[OpSpec], settings: Settings, mutants: Sequence[Mutant], *, color: Color
) -> Audit:
    from gradcheck.audit.audit import MutantTried, audit
    from gradcheck.reports.terminal.console import console
    from gradcheck.reports.terminal.progress import telling

    with telling(console(color, stderr=True)) as tell:

        def listener(event: MutantTried) -> None:
            tell(f"{event.op}: {event.tried} of {event.planned} mutants")

        return audit(specs, settings, mutants=mutants, listener=listener)


def _status(audited: Audit, min_score: float | None) -> int:
    if audited.interrupted:
        return ExitCode.INTERRUPTED
    unaudited = any(not op.auditable for op in audited.ops)
    low = min_score is not None and any(
        op.score is not None and op.score < min_score for op in audited.ops
    )
    return ExitCode.FAILED if unaudited or low else ExitCode.OK
