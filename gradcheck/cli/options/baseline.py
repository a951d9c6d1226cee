"""`--save` and `--baseline`: keep a run, compare the next one with it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradcheck.cli.config.keys import option

if TYPE_CHECKING:
    from gradcheck.reports.report import Report
    from gradcheck.reports.terminal.console import Color
    from gradcheck.run.history.saved_run import RunDocument

_HEAD = 100  # bytes; derived: a run says its format in the first line, among the first 40


@dataclass(frozen=True, slots=True)
class Baseline:
    """Where to save a run, and an earlier one to compare."""

    save: Path | None = None
    against: RunDocument | None = None

    def keep(self, report: Report) -> list[str]:
        """Save the run; return the reasons why that failed, if any."""
        if self.save is None:
            return []
        from gradcheck.reports.text.printable import visible
        from gradcheck.results.documents import NotWrittenError, write

        try:
            write(self.save, _document(report).text())
        except NotWrittenError as error:
            return [str(error)]
        click.echo(f"Saved the run in {visible(str(self.save))}.", err=True)
        return []

    def compare(self, report: Report, *, color: Color, beside: bool) -> bool:
        """Show what changed.

        Args:
            report: the run.
            color: of the comparison.
            beside: whether a document takes standard output.

        Returns:
            Whether something got worse.
        """
        if self.against is None:
            return False
        from gradcheck.reports.terminal.comparison_table import as_table
        from gradcheck.reports.terminal.console import console
        from gradcheck.run.history.compare import compare

        comparison = compare(self.against, _document(report), chosen=report.ops)
        console(color, stderr=beside).show("", *as_table(comparison))
        return bool(comparison.regressions)


def _document(report: Report) -> RunDocument:
    from gradcheck.run.history.saved_run import RunDocument

    return RunDocument.of(report.finished, report.settings, report.planned, report.shard)


def baseline_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--save` and `--baseline`, handed over together as `baseline`."""

    @click.option(
        "--save",
        metavar="FILE",
        help="Write the run to a file, as a baseline or for 'gradcheck compare'.",
    )
    @option("baseline")
    @functools.wraps(command)
    def packed(*, save: str | None, against: str | None, **rest: Any) -> Any:
        return command(baseline=_baseline(save, against), **rest)

    return packed


def _baseline(save: str | None, against: str | None) -> Baseline:
    """Read the earlier run before the next one replaces its file."""
    target = None if save is None else _target(Path(save))
    if against is None:
        return Baseline(target)
    from gradcheck.run.history.saved_run import RunDocument

    return Baseline(target, RunDocument.load(Path(against)))


def _target(path: Path) -> Path:
    """Refuse files that cannot be written or hold no run."""
    from gradcheck.reports.text.printable import visible
    from gradcheck.results.atomic import obstacle

    problem = obstacle(path)
    if not problem and path.is_file() and path.stat().st_size and not _holds_a_run(path):
        problem = f"{path} holds something else than a run, which would be lost"
    if problem:
        raise click.UsageError(f"The run cannot be saved: {visible(problem)}.")
    return path


def _holds_a_run(path: Path) -> bool:
    from gradcheck.run.history.saved_run import FORMAT

    with path.open("rb") as file:
        return FORMAT.encode() in file.read(_HEAD)
