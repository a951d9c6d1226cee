"""`--save` and `--baseline` of `gradcheck run`: keep a run, hold the next one against it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from gradcheck.document.runs import RunDocument
    from gradcheck.reports.run import Report
    from gradcheck.reports.terminal import Color

_HEAD = 100  # bytes of a file, among which a run says its format


@dataclass(frozen=True, slots=True)
class Baseline:
    """Where a run is saved, and the earlier one that it is compared with."""

    save: Path | None = None
    against: RunDocument | None = None

    def settle(self, report: Report, *, color: Color, beside: bool) -> bool:
        """Save the run and show what changed.

        Args:
            report: the run.
            color: of the comparison.
            beside: whether standard output is taken by a document.

        Returns:
            Whether something got worse.

        Raises:
            DocumentError: if the run cannot be saved.
        """
        if self.save is None and self.against is None:
            return False
        from gradcheck.document.files import write
        from gradcheck.document.runs import RunDocument
        from gradcheck.reports.text import visible

        run = RunDocument.of(report.finished, report.settings, report.planned, report.shard)
        if self.save is not None:
            write(self.save, run.text())
            click.echo(f"Saved the run in {visible(str(self.save))}.", err=True)
        if self.against is None:
            return False
        from gradcheck.comparing import compare
        from gradcheck.reports.comparing import as_table
        from gradcheck.reports.terminal import console

        found = compare(self.against, run, chosen=report.ops)
        console(color, stderr=beside).show("", *as_table(found))
        return bool(found.regressions)


def baseline_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--save` and `--baseline`, handed over together as `baseline`."""

    @click.option(
        "--save",
        metavar="FILE",
        help="Write the run to a file, as a baseline or for 'gradcheck compare'.",
    )
    @click.option(
        "--baseline",
        "against",
        metavar="FILE",
        help="Compare with a saved run: what got worse fails, though it passes.",
    )
    @functools.wraps(command)
    def packed(*, save: str | None, against: str | None, **rest: Any) -> Any:
        return command(baseline=_baseline(save, against), **rest)

    return packed


def _baseline(save: str | None, against: str | None) -> Baseline:
    """Read the earlier run before the next one takes its time, or its place."""
    target = None if save is None else _target(Path(save))
    if against is None:
        return Baseline(target)
    from gradcheck.document.runs import RunDocument

    return Baseline(target, RunDocument.load(Path(against)))


def _target(path: Path) -> Path:
    """Where to save a run: a new file, or one that holds a run, not one that a slip names."""
    from gradcheck.files import obstacle
    from gradcheck.reports.text import visible

    problem = obstacle(path)
    if not problem and path.is_file() and path.stat().st_size and not _holds_a_run(path):
        problem = f"{path} holds something else than a run, which would be lost"
    if problem:
        raise click.UsageError(f"The run cannot be saved: {visible(problem)}.")
    return path


def _holds_a_run(path: Path) -> bool:
    from gradcheck.document.runs import FORMAT

    with path.open("rb") as file:
        return FORMAT.encode() in file.read(_HEAD)
