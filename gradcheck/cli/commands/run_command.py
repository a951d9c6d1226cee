"""`gradcheck run`: check ops and report."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from gradcheck.cli.config.choices import HAZARDS, SORTS
from gradcheck.cli.config.located import located
from gradcheck.cli.configured import ConfiguredCommand, configuration
from gradcheck.cli.exit_codes import ExitCode
from gradcheck.cli.options.adding import with_options
from gradcheck.cli.options.baseline import Baseline, baseline_options
from gradcheck.cli.options.config_file import config_options
from gradcheck.cli.options.draws import cases_option, dtype_option, max_time_option, seed_option
from gradcheck.cli.options.execution import Execution, execution_options
from gradcheck.cli.options.history import keeping_options
from gradcheck.cli.options.output import color_option
from gradcheck.cli.options.reports import DOCUMENTS, Reporting, report_options
from gradcheck.cli.options.selection import Selection, selection_options
from gradcheck.cli.project import FOLDER, Keeping
from gradcheck.cli.stored_op import replay_command
from gradcheck.cli.watch import watch_options
from gradcheck.errors import OutputError
from gradcheck.spec.property_names import ON_REQUEST

if TYPE_CHECKING:
    from gradcheck.cases.case import Case
    from gradcheck.cli.configured import Configuration
    from gradcheck.cli.op_sources import Sources
    from gradcheck.reports.terminal.console import Color
    from gradcheck.results.events import Event, RunFinished
    from gradcheck.results.settings import Settings
    from gradcheck.results.severity import Hazards
    from gradcheck.run.workers import Executor
    from gradcheck.spec.spec import OpSpec

SECOND_ORDER = ("hessian",)
DATABASE = (FOLDER, "examples")


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
        max_run_time: float | None,
        also: tuple[str, ...],
        hazards: Hazards,
        order: int,
        shrink: bool,
        database: bool,
        **rest: Any,
    ) -> Any:
        def checking(*, last_case: bool) -> Settings:
            from pathlib import Path

            from gradcheck.results.settings import Settings

            return Settings(
                cases=cases,
                seed=seed,
                dtypes=dtypes,
                fail_fast=fail_fast,
                max_time=max_time,
                max_run_time=max_run_time,
                also=tuple(dict.fromkeys((*also, *SECOND_ORDER * (order == 2)))),
                hazards=hazards,
                shrink=shrink,
                last_case=last_case,
                database=Path.cwd().joinpath(*DATABASE) if database else None,
            )

        return command(checking=checking, **rest)

    return with_options(packed, *_SETTINGS)


_SETTINGS = (
    cases_option("Cases per op."),
    seed_option,
    dtype_option,
    click.option("-x", "--fail-fast/--no-fail-fast", help="Stop at the first op that fails."),
    max_time_option("Draw no further case of an op after this time."),
    max_time_option(
        "End the run after this time; ops that it does not reach are VACUOUS.", "--max-run-time"
    ),
    click.option(
        "--also",
        multiple=True,
        type=click.Choice(ON_REQUEST),
        help="Check this property as well, see 'gradcheck explain'; repeatable.",
    ),
    click.option(
        "--hazards",
        type=click.Choice(HAZARDS),
        default="note",
        show_default=True,
        help="Note or fail what is right but risky: gradients that share memory, refused layouts.",
    ),
    click.option(
        "--order",
        type=click.Choice((1, 2)),
        default=1,
        show_default=True,
        help="2 differentiates the vjp as well: the same as --also hessian.",
    ),
    click.option(
        "--shrink/--no-shrink",
        default=True,
        help="Reduce a failing case to a small one, or report it as it was drawn.  [default: "
        "shrink]",
    ),
    click.option(
        "--database/--no-database",
        default=True,
        help="Keep failing draws in .gradcheck, to try them first the next time, and failures to "
        "replay; or keep nothing.  [default: database]",
    ),
)


@click.command("run", cls=ConfiguredCommand, short_help="Check gradients and show what is wrong.")
@selection_options
@watch_options
@settings_options
@click.option(
    "--sort",
    type=click.Choice(SORTS),
    help="Order of the rows: by name, worst first, or slowest first.",
)
@click.option("--failures-only/--no-failures-only", help="Leave out the ops that passed.")
@click.option("--strict/--no-strict", help="INCONCLUSIVE and VACUOUS fail as well.")
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
@execution_options
@keeping_options
@baseline_options
@report_options
@color_option
@config_options
def command(
    *,
    selection: Selection,
    checking: Callable[..., Settings],
    execution: Execution,
    corpus: str,
    last_failed: bool,
    failed_first: bool,
    baseline: Baseline,
    sort: str | None,
    failures_only: bool,
    strict: bool,
    exit_zero: bool,
    verbose: int,
    quiet: bool,
    coverage: bool,
    reporting: Reporting,
    color: Color,
) -> int:
    """Check ops: compare their gradients with numeric derivatives on random cases.

    OPS are names or globs such as 'log*'; without any, all ops are checked: the built-in ones,
    or those of the modules given with --ops. Options that are not given are looked up in
    GRADCHECK_* variables, in gradcheck.toml or pyproject.toml, and in the profile.

    \b
    gradcheck run matmul
    gradcheck run --ops my_ops.py -n 500 --seed 7
    """
    if quiet and verbose:
        raise click.UsageError("-q and -v contradict each other; give one of them.")
    keeping = Keeping.here(corpus)
    chosen = keeping.ordered(selection.specs(), only=last_failed, first=failed_first)
    specs, shard = execution.part_of(chosen)
    settings = replace(
        checking(last_case=verbose >= 2),
        coverage=coverage,
        xfail=selection.expected_to_fail(specs),
        skip=selection.skipped(specs),
    )
    kept = keeping.first_cases(specs)
    executor = execution.executor(selection.sources)
    finished = _run(executor, specs, settings, kept, color=color, quiet=quiet)
    ids = keeping.keep(finished, specs, selection.sources, settings) if settings.database else {}
    if settings.database:
        from gradcheck.cli.completion.op_names import remember

        remember(selection.sources)
    from gradcheck.reports.report import Report
    from gradcheck.reports.text.origins import origins

    report = Report(
        finished=finished,
        planned=len(specs),
        ops=tuple(spec.name for spec in specs),
        settings=settings,
        sort=sort,
        failures_only=failures_only,
        verbosity=verbose,
        command_for=functools.partial(
            _command, selection, settings, _apart(finished, execution, settings), configuration()
        ),
        replay_for=functools.partial(_replay, ids, selection.sources, configuration()),
        strict=strict,
        origins=origins(specs),
        shard=shard,
    )
    troubles = [*reporting.show(report, color=color, quiet=quiet), *baseline.keep(report)]
    worse = baseline.compare(report, color=color, beside=reporting.form in DOCUMENTS)
    if troubles:
        raise OutputError("\n".join(troubles))
    return _status(finished, worse=worse, strict=strict, exit_zero=exit_zero)


def _run(
    executor: Executor,
    specs: Sequence[OpSpec],
    settings: Settings,
    kept: Mapping[str, Sequence[Case]],
    *,
    color: Color,
    quiet: bool,
) -> RunFinished:
    from gradcheck.run.workers.signals import termination_interrupts

    with termination_interrupts():
        if quiet:
            return executor.run(specs, settings, _ignore, kept)
        from gradcheck.reports.terminal.console import console
        from gradcheck.reports.terminal.progress import watching

        with watching(console(color, stderr=True)) as listener:
            return executor.run(specs, settings, listener, kept)


def _ignore(_event: Event) -> None:
    """Listen to nothing."""


def _apart(finished: RunFinished, execution: Execution, settings: Settings) -> dict[str, list[str]]:
    """The options to add for ops that ended their process, hung, or ran out of memory."""
    options = execution.again(settings.max_time)
    if not options:  # there was no process but this one
        return {}
    from gradcheck.run.workers.isolated_replay import took_its_process

    return {result.op: options for result in finished.results if took_its_process(result)}


def _command(
    selection: Selection,
    settings: Settings,
    apart: Mapping[str, list[str]],
    configured: Configuration,
    op: str,
) -> str:
    """What to type to check one op of a run again, on the same cases."""
    import shlex

    parts = ["gradcheck", "run", op, "--seed", str(settings.seed), "-n", str(settings.cases)]
    parts += [part for dtype in settings.dtypes for part in ("--dtype", dtype)]
    parts += [part for name in settings.also for part in ("--also", name)]
    parts += ["--hazards", settings.hazards] if settings.hazards != "note" else []
    parts += configured.again(order=2 if "hessian" in settings.also else 1)
    parts += apart.get(op, [])
    parts += selection.sources.options()
    return shlex.join(parts)


def _replay(ids: Mapping[str, str], sources: Sources, configured: Configuration, op: str) -> str:
    """What to type to run the failing case of an op again; nothing if it is not stored."""
    known = located(configured.config.settings["ops"])
    return replay_command(ids[op], sources.modules, known) if op in ids else ""


def _status(finished: RunFinished, *, worse: bool, strict: bool, exit_zero: bool) -> int:
    if finished.interrupted:
        return ExitCode.INTERRUPTED
    from gradcheck.results.verdict import Verdict

    verdicts = [result.verdict for result in finished.results]
    if verdicts and all(verdict is Verdict.SKIP for verdict in verdicts):
        return ExitCode.NOTHING
    failed = any(verdict.fails(strict=strict) for verdict in verdicts)
    return ExitCode.FAILED if (failed or worse) and not exit_zero else ExitCode.OK
