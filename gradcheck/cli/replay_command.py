"""`gradcheck replay`: run a stored failure again, exactly."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradcheck.cli.exit_codes import ExitCode
from gradcheck.cli.keeping import Keeping, corpus_option, loading_of, op_of
from gradcheck.cli.output_options import color_option

if TYPE_CHECKING:
    from gradcheck.reports.terminal import Color


@click.command("replay", short_help="Run a stored failure again, exactly.")
@click.argument("names", metavar="[ID|PATH]...", nargs=-1)
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
@corpus_option
@color_option
def command(
    *,
    names: tuple[str, ...],
    every: bool,
    modules: tuple[str, ...],
    snippet: bool,
    corpus: str,
    color: Color,
) -> int:
    """Run stored failures again: the same arrays, params and cotangents, nothing drawn.

    Each is FIXED, STILL FAILING or CHANGED. Without ID, those that are stored are listed.

    \b
    gradcheck replay 3f9c2a
    gradcheck replay --all
    gradcheck replay 3f9c2a --snippet > debug.py
    """
    keeping = Keeping.here(corpus)
    if every and names:
        raise click.UsageError("--all replays everything: give it, or IDs, not both.")
    if not names and not every:
        _list(keeping, color)
        return ExitCode.OK
    stored = [*keeping.pinned.paths(), *keeping.failures.paths()]
    paths = list({path.stem: path for path in reversed(stored)}.values()) if every else []
    paths += [keeping.path_of(name) for name in names]
    if not paths:
        click.echo("No failure is stored here: there is nothing to replay.", err=True)
        return ExitCode.NOTHING
    if snippet:
        return _print_snippets(paths)
    return _replay(paths, modules, color)


def _list(keeping: Keeping, color: Color) -> None:
    from gradcheck.reports.replay import listing_of
    from gradcheck.reports.terminal import console

    failures, pinned = list(keeping.failures), list(keeping.pinned)
    console(color).show(*listing_of(failures, pinned))


def _replay(paths: list[Path], modules: tuple[str, ...], color: Color) -> int:
    from gradcheck.document.failures import StoredFailure
    from gradcheck.execution.replaying import replay_apart, took_its_process
    from gradcheck.replay import Fate, replay
    from gradcheck.reports.replay import page
    from gradcheck.reports.terminal import console

    out = console(color)
    status = ExitCode.OK
    for path in paths:
        stored = StoredFailure.load(path)
        spec = op_of(stored, path, modules)
        if took_its_process(stored.result):
            found = replay_apart(stored, spec, loading_of(stored, path, modules))
        else:
            found = replay(stored, spec)
        out.show(*page(stored, found))
        if found.fate is not Fate.FIXED:
            status = ExitCode.FAILED
    return status


def _print_snippets(paths: list[Path]) -> int:
    from gradcheck.document.failures import StoredFailure
    from gradcheck.reports.snippet import snippet

    for path in paths:
        click.echo(snippet(StoredFailure.load(path)), nl=False)
    return ExitCode.OK
