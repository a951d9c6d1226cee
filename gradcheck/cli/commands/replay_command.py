"""`gradcheck replay`: run stored failures again, exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradcheck.cli.completion import completers
from gradcheck.cli.config.keys import option
from gradcheck.cli.configured_command import ConfiguredCommand, configuration
from gradcheck.cli.exit_codes import ExitCode
from gradcheck.cli.options.config_file import config_options
from gradcheck.cli.project import Project
from gradcheck.cli.stored_op import loading_of, op_of

if TYPE_CHECKING:
    from gradcheck.errors import GradcheckError
    from gradcheck.reports.terminal.console import Color
    from gradcheck.run.history.replay import ReplayFate
    from gradcheck.run.history.stored_failure import StoredFailure


@click.command("replay", cls=ConfiguredCommand)
@click.argument("names", metavar="[ID|PATH]...", nargs=-1, shell_complete=completers.failures)
@click.option("--all", "every", is_flag=True, help="All that are stored, and the pinned ones.")
@click.option(
    "--ops",
    "modules",
    multiple=True,
    metavar="MODULE|PATH",
    help="Load the op from here instead of where it came from; repeatable.",
)
@click.option(
    "--snippet", is_flag=True, help="Print Python code that does the same, and run nothing."
)
@click.option(
    "--forget-fixed",
    is_flag=True,
    help="Delete those that are FIXED from .gradcheck; pinned ones stay in the corpus.",
)
@option("corpus")
@option("color")
@config_options
def command(
    *,
    names: tuple[str, ...],
    every: bool,
    modules: tuple[str, ...],
    snippet: bool,
    forget_fixed: bool,
    corpus: str,
    color: Color,
) -> int:
    """Run stored failures again: the same arrays, params and cotangents, nothing drawn.

    Each is FIXED, STILL FAILING or CHANGED; exits with 1 unless all are FIXED. Without ID,
    those that are stored are listed. The op is imported from where it was found: replay files
    of people whose code you would run.

    \b
    gradcheck replay 3f9c2a
    gradcheck replay --all --forget-fixed
    gradcheck replay 3f9c2a --snippet > debug.py
    """
    project = Project.here(corpus)
    if every and names:
        raise click.UsageError("--all replays everything: give it, or IDs, not both.")
    if snippet and forget_fixed:
        raise click.UsageError("--snippet runs nothing, so nothing is found to be FIXED.")
    if not names and not every:
        if snippet or forget_fixed or modules:
            raise click.UsageError("Which failure? Give an ID, a PATH, or --all.")
        return _list(project, color)
    paths = project.paths() if every else [project.path_of(name) for name in names]
    if not paths:
        click.echo("No failure is stored here: there is nothing to replay.", err=True)
        return ExitCode.NOTHING
    if snippet:
        return _print_snippets(paths)
    return _replay(project, paths, modules, color=color, forget=forget_fixed)


def _list(project: Project, color: Color) -> int:
    from gradcheck.reports.terminal.console import console
    from gradcheck.reports.terminal.replay_page import listing_of

    broken: list[GradcheckError] = []
    stored = [each for _, each in _loaded(project.paths(), broken)]
    pinned = {path.stem for path in project.pinned.paths()}
    console(color).show(*listing_of(stored, pinned))
    return ExitCode.USAGE if broken else ExitCode.OK


def _loaded(
    paths: Iterable[Path], broken: list[GradcheckError]
) -> Iterator[tuple[Path, StoredFailure]]:
    """Read failures; report those that cannot be read, and go on."""
    from gradcheck.errors import GradcheckError
    from gradcheck.run.history.stored_failure import StoredFailure

    for path in paths:
        try:
            yield path, StoredFailure.load(path)
        except GradcheckError as error:
            _report(error, broken)


def _report(error: GradcheckError, broken: list[GradcheckError]) -> None:
    from gradcheck.reports.text.printable import block

    broken.append(error)
    click.echo(f"Error: {block(str(error))}", err=True)


def _replay(
    project: Project, paths: Sequence[Path], modules: Sequence[str], *, color: Color, forget: bool
) -> int:
    from gradcheck.errors import GradcheckError
    from gradcheck.reports.terminal.console import console
    from gradcheck.reports.terminal.replay_page import page, summary
    from gradcheck.run.history.replay import ReplayFate, replay
    from gradcheck.run.workers.isolated_replay import replay_apart, took_its_process

    out = console(color)
    broken: list[GradcheckError] = []
    fates: list[ReplayFate] = []
    fixed: list[Path] = []
    for path, stored in _loaded(paths, broken):
        try:
            spec = op_of(stored, modules, configuration())
            if took_its_process(stored.result):
                outcome = replay_apart(stored, spec, loading_of(stored, modules, configuration()))
            else:
                outcome = replay(stored, spec)
        except GradcheckError as error:
            _report(error, broken)
            continue
        out.show(*page(stored, outcome))
        fates.append(outcome.fate)
        if outcome.fate is ReplayFate.FIXED:
            fixed.append(path)
    gone = sum(map(project.forget, fixed)) if forget else 0
    deletable = 0 if forget else sum(map(project.holds, fixed))
    out.show(*summary(fates, deletable=deletable, gone=gone))
    if broken:
        return ExitCode.USAGE
    return ExitCode.OK if len(fixed) == len(fates) else ExitCode.FAILED


def _print_snippets(paths: Sequence[Path]) -> int:
    from gradcheck.reports.formats.snippet import snippet

    broken: list[GradcheckError] = []
    for _, stored in _loaded(paths, broken):
        click.echo(snippet(stored), nl=False)
    return ExitCode.USAGE if broken else ExitCode.OK
