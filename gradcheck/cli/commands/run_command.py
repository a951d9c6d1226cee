"""`gradcheck run`: check ops and report."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from gradcheck.cli.config.keys import option
from gradcheck.cli.config.relative_paths import located
from gradcheck.cli.configured_command import ConfiguredCommand, configuration
from gradcheck.cli.exit_codes import ExitCode
from gradcheck.cli.options.baseline import Baseline, baseline_options
from gradcheck.cli.options.check_settings import settings_options
from gradcheck.cli.options.config_file import config_options
from gradcheck.cli.options.execution import Execution, execution_options
from gradcheck.cli.options.history import history_options
from gradcheck.cli.options.reports import DOCUMENTS, Reporting, report_options
from gradcheck.cli.options.selection import Selection, selection_options
from gradcheck.cli.project import Project
from gradcheck.cli.stored_op import replay_command
from gradcheck.cli.watch import watch_options
from gradcheck.errors import OutputError

if TYPE_CHECKING:
    from gradcheck.cases.case import Case
    from gradcheck.cli.configured_command import Configuration
    from gradcheck.cli.op_sources import Sources
    from gradcheck.reports.terminal.console import Color
    from gradcheck.results.events import Event, RunFinished
    from gradcheck.results.settings import Settings
    from gradcheck.run.workers import Executor
    from gradcheck.spec.spec import OpSpec


@click.command("run", cls=ConfiguredCommand)
@selection_options
@watch_options
@settings_options
@option("sort")
@option("failures_only")
@option("strict")
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
@history_options
@baseline_options
@report_options
@option("color")
@config_options
def command(
    *,
    selection: Selection,
    settings: Settings,
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

    OPS are names or globs such as 'log*'; without any, all ops are checked: the built-in ones, or
    those of modules: a file, a folder that is a package or a dotted name, given with --ops or
    among OPS. Options that are not given are looked up in GRADCHECK_* variables, in
    gradcheck.toml or pyproject.toml, and in the profile.

    \b
    gradcheck run matmul
    gradcheck run my_ops.py -n 500 --seed 7
    """
    if quiet and verbose:
        raise click.UsageError("-q and -v contradict each other; give one of them.")
    project = Project.here(corpus)
    chosen = project.ordered(selection.specs(), only=last_failed, first=failed_first)
    specs, shard = execution.part_of(chosen)
    settings = replace(
        settings,
        last_case=verbose >= 2,
        coverage=coverage,
        xfail=selection.expected_to_fail(specs),
        skip=selection.skipped(specs),
    )
    kept = project.first_cases(specs)
    executor = execution.executor(selection.sources)
    finished = _run(executor, specs, settings, kept, color=color, quiet=quiet)
    ids = (
        project.keep(finished, specs, selection.sources.origins, settings)
        if settings.database
        else {}
    )
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
    """Options for ops that ended their process, hung, or exhausted memory."""
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
    """The command that checks an op again on the same cases."""
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
    """The command that replays an op's failure; empty without a stored one."""
    known = located(configured.config.settings["ops"])
    return replay_command(ids[op], sources.modules, known) if op in ids else ""


def _status(finished: RunFinished, *, worse: bool, strict: bool, exit_zero: bool) -> int:
    if finished.interrupted:
        return ExitCode.INTERRUPTED
    from gradcheck.results.verdict import Verdict

    verdicts = {result.verdict for result in finished.results}
    if verdicts == {Verdict.SKIP}:
        return ExitCode.NOTHING
    failed = any(verdict.fails(strict=strict) for verdict in verdicts)
    if exit_zero:
        return ExitCode.OK
    if failed or worse:
        return ExitCode.FAILED
    untold = {Verdict.SKIP, Verdict.VACUOUS, Verdict.INCONCLUSIVE}
    return ExitCode.NOTHING if verdicts and verdicts <= untold else ExitCode.OK
