"""`gradcheck run`: check ops and report."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from gradcheck.cli.drawing_options import (
    cases_option,
    dtype_option,
    max_time_option,
    seed_option,
)
from gradcheck.cli.exit_codes import ExitCode
from gradcheck.cli.output_options import color_option, format_option
from gradcheck.cli.selecting import Selection, selection_options
from gradcheck.properties import ON_REQUEST

if TYPE_CHECKING:
    from gradcheck.events import Event, RunFinished
    from gradcheck.reports.terminal import Color
    from gradcheck.settings import Settings
    from gradcheck.spec import OpSpec

SECOND_ORDER = ("hessian",)
DATABASE = (".gradcheck", "examples")


def settings_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how ops are checked, handed over as `checking`."""

    @functools.wraps(command)
    def packed(
        *,
        cases: int,
        seed: int,
        dtypes: tuple[str, ...],
        fail_fast: bool,
        max_time: float | None,
        also: tuple[str, ...],
        order: str,
        no_shrink: bool,
        no_database: bool,
        **rest: Any,
    ) -> Any:
        def checking(*, last_case: bool) -> Settings:
            from pathlib import Path

            from gradcheck.settings import Settings

            return Settings(
                cases=cases,
                seed=seed,
                dtypes=dtypes,
                fail_fast=fail_fast,
                max_time=max_time,
                also=tuple(dict.fromkeys((*also, *SECOND_ORDER * (order == "2")))),
                shrink=not no_shrink,
                last_case=last_case,
                database=None if no_database else Path.cwd().joinpath(*DATABASE),
            )

        return command(checking=checking, **rest)

    for option in reversed(_SETTINGS):
        packed = option(packed)
    return packed


_SETTINGS = (
    cases_option("Cases per op."),
    seed_option,
    dtype_option,
    click.option("-x", "--fail-fast", is_flag=True, help="Stop at the first op that fails."),
    max_time_option("Draw no further case of an op after this time."),
    click.option(
        "--also",
        multiple=True,
        type=click.Choice(ON_REQUEST),
        help="Check this property as well, see 'gradcheck explain'; repeatable.",
    ),
    click.option(
        "--order",
        type=click.Choice(("1", "2")),
        default="1",
        show_default=True,
        help="2 differentiates the vjp as well: the same as --also hessian.",
    ),
    click.option("--no-shrink", is_flag=True, help="Report a failing case as it was drawn."),
    click.option(
        "--no-database",
        is_flag=True,
        help=f"Neither keep failing draws in {'/'.join(DATABASE)} nor try those kept there first.",
    ),
)


@click.command("run", short_help="Check gradients and show what is wrong.")
@selection_options
@settings_options
@click.option(
    "--sort",
    type=click.Choice(("name", "margin", "time")),
    help="Order of the rows: by name, worst first, or slowest first.",
)
@click.option("--failures-only", is_flag=True, help="Leave out the ops that passed.")
@click.option("--strict", is_flag=True, help="INCONCLUSIVE and VACUOUS fail as well.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 though ops fail.")
@click.option(
    "-v",
    "--verbose",
    count=True,
    help="Show the gradients of failing cases entry by entry; -vv also each op's last case.",
)
@click.option("-q", "--quiet", is_flag=True, help="Only a line for each op that did not pass.")
@click.option(
    "--coverage",
    is_flag=True,
    help="Show what was drawn, and what could have been and never was; -v by argument.",
)
@format_option
@color_option
def command(
    *,
    selection: Selection,
    checking: Callable[..., Settings],
    sort: str | None,
    failures_only: bool,
    strict: bool,
    exit_zero: bool,
    verbose: int,
    quiet: bool,
    coverage: bool,
    form: str,
    color: Color,
) -> int:
    """Check ops: compare their gradients with numeric derivatives on random cases.

    OPS are names or globs such as 'log*'; without any, all ops are checked: the built-in ones,
    or those of the modules given with --ops.

    \b
    gradcheck run matmul
    gradcheck run --ops my_ops.py -n 500 --seed 7
    """
    if quiet and verbose:
        raise click.UsageError("-q and -v contradict each other; give one of them.")
    specs = selection.specs()
    settings = replace(checking(last_case=verbose >= 2), coverage=coverage)
    finished = _run(specs, settings, color=color, quiet=quiet)
    from gradcheck.reports.run import Report, as_headlines, as_lines, as_table
    from gradcheck.reports.terminal import console

    report = Report(
        finished=finished,
        planned=len(specs),
        settings=settings,
        sort=sort,
        failures_only=failures_only,
        verbosity=verbose,
        command_for=functools.partial(_command, selection, settings),
    )
    layout = as_headlines if quiet else {"table": as_table, "concise": as_lines}[form]
    out = console(color)
    out.show(*layout(report, out.width))
    return _status(finished, strict=strict, exit_zero=exit_zero)


def _run(specs: Sequence[OpSpec], settings: Settings, *, color: Color, quiet: bool) -> RunFinished:
    from gradcheck.engine import run

    if quiet:
        return run(specs, settings, _ignore)
    from gradcheck.reports.progress import watching
    from gradcheck.reports.terminal import console

    with watching(console(color, stderr=True)) as listener:
        return run(specs, settings, listener)


def _ignore(_event: Event) -> None:
    """Listen to nothing."""


def _command(selection: Selection, settings: Settings, op: str) -> str:
    """What to type to check one op of a run again, on the same cases."""
    import shlex

    parts = ["gradcheck", "run", op, "--seed", str(settings.seed), "-n", str(settings.cases)]
    parts += [part for dtype in settings.dtypes for part in ("--dtype", dtype)]
    parts += [part for name in settings.also for part in ("--also", name)]
    parts += selection.sources.options()
    return shlex.join(parts)


def _status(finished: RunFinished, *, strict: bool, exit_zero: bool) -> int:
    if finished.interrupted:
        return ExitCode.INTERRUPTED
    verdicts = [result.verdict for result in finished.results]
    failed = any(v.is_failure or (strict and v.is_doubtful) for v in verdicts)
    return ExitCode.FAILED if failed and not exit_zero else ExitCode.OK
