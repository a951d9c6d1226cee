"""`gradcheck museum`: real gradient bugs, each found with default settings."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from gradcheck.cli.config.keys import option
from gradcheck.cli.exit_codes import ExitCode
from gradcheck.cli.options.output import format_option

if TYPE_CHECKING:
    from gradcheck.audit.museum import Exhibit
    from gradcheck.audit.museum.demonstration import Demonstration
    from gradcheck.reports.terminal.console import Color


@click.command("museum")
@click.argument("ids", metavar="[IDS]...", nargs=-1)
@click.option("--verify", is_flag=True, help="Check all of them; tell only what does not hold.")
@click.option(
    "--seeds",
    type=click.IntRange(min=1),
    metavar="N",
    help="With --verify: check with N seeds, from --seed on.  [default: 1]",
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the cases."
)
@format_option
@option("color")
def command(
    *, ids: tuple[str, ...], verify: bool, seeds: int | None, seed: int, form: str, color: Color
) -> int:
    """Show wrong gradients that were released or handed in,
    each beside the right one.

    Without IDS they are listed. With some, each is told and run: the wrong gradient fails, and
    the right one passes. --verify runs those named, or all, and tells which do not.

    \b
    gradcheck museum R01
    gradcheck museum --verify --seeds 10
    """
    if seeds is not None and not verify:
        raise click.UsageError("--seeds says with how many seeds to verify: add --verify.")
    from gradcheck.audit.museum import exhibit, exhibits

    chosen = [exhibit(name) for name in ids] or list(exhibits())
    if verify:
        return _verify(chosen, range(seed, seed + (seeds or 1)), form=form, color=color)
    if ids:
        return _demonstrate(chosen, seed, form=form, color=color)
    _list(chosen, form=form, color=color)
    return ExitCode.OK


def _list(chosen: Sequence[Exhibit], *, form: str, color: Color) -> None:
    from gradcheck.reports.terminal.console import console
    from gradcheck.reports.terminal.museum_page import exhibits_table

    if form == "concise":
        for exhibit in chosen:
            click.echo(exhibit.id)
    else:
        console(color).show(exhibits_table(chosen))


def _demonstrate(chosen: Sequence[Exhibit], seed: int, *, form: str, color: Color) -> int:
    """Run exhibits one after the other, and tell their stories."""
    from gradcheck.reports.terminal.console import console
    from gradcheck.reports.terminal.museum_page import as_lines, as_story

    layout = {"table": as_story, "concise": as_lines}[form]
    out = console(color)
    status = ExitCode.OK
    for shown in _run(chosen, [seed], shrink=True, color=color):
        out.show(*layout(shown, out.width))
        if not shown.holds:
            status = ExitCode.FAILED
    return status


def _verify(chosen: Sequence[Exhibit], seeds: Sequence[int], *, form: str, color: Color) -> int:
    """Run exhibits with several seeds, and show those that do not hold."""
    from gradcheck.reports.terminal.console import console
    from gradcheck.reports.terminal.museum_page import (
        as_lines,
        verification_footer,
        verification_table,
    )

    started = time.perf_counter()
    shown = list(_run(chosen, seeds, shrink=False, color=color))
    odd = [each for each in shown if not each.holds]
    out = console(color)
    if form == "concise":
        for each in odd:
            out.show(*as_lines(each, out.width))
    elif odd:
        out.show(verification_table(odd), "")
    out.show(verification_footer(shown, time.perf_counter() - started))
    return ExitCode.FAILED if odd else ExitCode.OK


def _run(
    chosen: Sequence[Exhibit], seeds: Sequence[int], *, shrink: bool, color: Color
) -> Iterator[Demonstration]:
    from gradcheck.audit.museum.demonstration import demonstrate
    from gradcheck.reports.terminal.console import console
    from gradcheck.reports.terminal.progress import telling
    from gradcheck.results.settings import Settings

    with telling(console(color, stderr=True)) as tell:
        for seed in seeds:
            for exhibit in chosen:
                tell(f"{exhibit.id} {exhibit.op}, seed {seed}")
                yield demonstrate(exhibit, Settings(seed=seed, shrink=shrink))
