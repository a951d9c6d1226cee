"""`--format` and `--report` of `gradcheck run`."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from gradcheck.cli.completion import completers
from gradcheck.cli.config.keys import option
from gradcheck.errors import did_you_mean, listing
from gradcheck.reports.exports import FORMATS as REPORTS
from gradcheck.reports.exports import Format
from gradcheck.reports.text.printable import visible
from gradcheck.results.atomic import obstacle

if TYPE_CHECKING:
    from gradcheck.reports.report import Report
    from gradcheck.reports.terminal.console import Color, PipeConsole

Form = Literal["table", "concise", "json", "github"]
DOCUMENTS = ("json", "github")
"""Forms of standard output that other programs read: nothing else is printed beside them."""
STANDARD_OUTPUT = "-"
_FOLDER = "gradcheck.report_dir"


@dataclass(frozen=True, slots=True)
class ReportTarget:
    """A report to write; to standard output if `path` is None."""

    form: Format
    path: Path | None


@dataclass(frozen=True, slots=True)
class Reporting:
    """The form of standard output, and reports besides."""

    form: Form
    targets: tuple[ReportTarget, ...] = ()
    durations: int | None = None

    def show(self, report: Report, *, color: Color, quiet: bool) -> list[str]:
        """Print a run, write its reports, and name them on standard error.

        Returns:
            A sentence for each thing that could not be written.
        """
        from gradcheck.reports.terminal.console import console

        notes = console(color, stderr=True)
        out = console(color)
        failures = []
        try:
            self._print(report, out, notes, quiet=quiet)
        except OSError as error:
            out.abandon()
            failures.append(f"Standard output cannot be written to: {error.strerror}.")
        failures += self._written(report, out, notes, quiet=quiet)
        if self.form == "github":
            failures += _summarised(report)
        return failures

    def _print(self, report: Report, out: PipeConsole, notes: PipeConsole, *, quiet: bool) -> None:
        if self.form in DOCUMENTS:
            out.write(_document(self.form, report))
        else:
            taken = any(target.path is None for target in self.targets)
            page = notes if taken else out
            _show(report, self.form, page, quiet=quiet)
            if self.durations is not None:
                from gradcheck.reports.terminal.slowest import slowest

                page.show(*slowest(report.finished.results, self.durations))

    def _written(
        self, report: Report, out: PipeConsole, notes: PipeConsole, *, quiet: bool
    ) -> Iterator[str]:
        """Write every report; yield a sentence for each that failed."""
        from gradcheck.reports.text.encoding import write

        for target in self.targets:
            text = target.form.render(report)
            if target.path is None:
                out.write(text)
                continue
            try:
                write(target.path, text)
            except OSError as error:
                why = _reason(error, target.path)
                yield f"The {target.form.name} report was not written: {why}."
                continue
            if not quiet:
                notes.show(_wrote(target.path))


def report_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options about printing and reports, passed together as `reporting`."""

    @option("format")
    @option("report", shell_complete=completers.reports, callback=_targets)
    @option("report_dir", is_eager=True, expose_value=False, callback=_remember_folder)
    @option("durations")
    @functools.wraps(command)
    def packed(
        *, form: Form, reports: tuple[ReportTarget, ...], durations: int | None, **rest: Any
    ) -> Any:
        if form in DOCUMENTS and any(target.path is None for target in reports):
            raise click.UsageError(
                f"--format {form} and a --report to '-' would both be written to standard output; "
                "give one of them a file."
            )
        return command(reporting=Reporting(form, reports, durations), **rest)

    return packed


def _remember_folder(
    context: click.Context, _parameter: click.Parameter, value: str | None
) -> None:
    """Keep the folder of reports, which is processed before them."""
    context.meta[_FOLDER] = value or ""


def _targets(
    context: click.Context, _parameter: click.Parameter, values: Sequence[str]
) -> tuple[ReportTarget, ...]:
    """Parse every value; refuse files that cannot be written before the run."""
    if context.resilient_parsing:
        return ()
    folder = Path(context.meta[_FOLDER]).expanduser()
    targets = tuple(_target(value, folder) for value in values)
    _refuse_twice(targets)
    for target in targets:
        _refuse_unwritable(target)
    return targets


def _refuse_unwritable(target: ReportTarget) -> None:
    if target.path is not None and (problem := obstacle(target.path)):
        raise click.BadParameter(
            f"The {target.form.name} report cannot be written: {visible(problem)}."
        )


def _target(value: str, folder: Path) -> ReportTarget:
    name, equals, path = value.partition("=")
    form = REPORTS.get(name)
    if form is None:
        raise click.BadParameter(
            f"There is no report format {name!r}; there are {listing(REPORTS)}."
            f"{did_you_mean(name, REPORTS)}"
        )
    if equals and not path:
        raise click.BadParameter(
            f"{value!r} names no file; write {name}=PATH, or {name} alone for {form.file}."
        )
    if path == STANDARD_OUTPUT:
        return ReportTarget(form, None)
    return ReportTarget(form, folder / Path(path or form.file).expanduser())


def _refuse_twice(targets: Sequence[ReportTarget]) -> None:
    """Refuse two reports of which one would overwrite the other."""
    taken: dict[str | None, ReportTarget] = {}
    for target in targets:
        place = os.path.realpath(target.path) if target.path is not None else None
        other = taken.setdefault(place, target)
        if other is not target:
            where = "standard output" if place is None else visible(str(target.path))
            raise click.BadParameter(
                f"The {other.form.name} and the {target.form.name} report would both be written "
                f"to {where}; give each a file of its own."
            )


def _document(form: Form, report: Report) -> str:
    if form == "github":
        from gradcheck.reports.formats.github import as_github

        return as_github(report)
    return REPORTS[form].render(report)


def _show(report: Report, form: Form, out: PipeConsole, *, quiet: bool) -> None:
    from gradcheck.reports.terminal.run_report import as_headlines, as_lines, as_table

    layout = as_headlines if quiet else {"table": as_table, "concise": as_lines}[form]
    out.show(*layout(report, out.width))


def _summarised(report: Report) -> Iterator[str]:
    """Append to GitHub's step summary; yield a sentence if that failed."""
    from gradcheck.reports.formats.github import append_summary

    file = os.environ.get("GITHUB_STEP_SUMMARY")
    if not file:
        return
    try:
        append_summary(report, Path(file))
    except OSError as error:
        yield f"The step summary was not written: {_reason(error, Path(file))}."


def _wrote(path: Path) -> Any:
    from rich.text import Text

    return Text(f"Wrote {visible(str(path))}", "dim", no_wrap=True, overflow="ignore")


def _reason(error: OSError, path: Path) -> str:
    return f"{error.strerror or type(error).__name__}: {path}"
