"""The report of a run: rows, panels, footer, hints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.text import Text

from gradcheck.reports.report import Report
from gradcheck.reports.terminal import coverage_page, entry_table, lines
from gradcheck.reports.terminal.panel import title
from gradcheck.reports.terminal.style import unfolded
from gradcheck.reports.terminal.table import results_table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from gradcheck.results.result import Result


def as_table(report: Report, width: int) -> Iterator[RenderableType]:
    """A table, a panel per op that did not pass, footer, hints."""
    if report.results:
        yield from results_table(report.results, width, report.notes)
        yield Text("")
    for result in report.results:
        shown = [*_blocks(report, result), *_drawn(report, result, width)]
        if shown:
            yield from shown
            yield Text("")
    yield _footer(report)
    for hint in _hints(report):
        yield Text(hint, "dim")


def as_lines(report: Report, _width: int) -> Iterator[RenderableType]:
    """A line per op, and the footer."""
    for result in report.results:
        yield unfolded(lines.line(result))
        if result.coverage is not None:
            yield unfolded(coverage_page.line(result.op, result.coverage))
    yield _footer(report)


def as_headlines(report: Report, _width: int) -> Iterator[RenderableType]:
    """A line per op that did not pass, and the footer."""
    for result in report.not_passed:
        yield title(result)
    yield _footer(report)


def _blocks(report: Report, result: Result) -> Iterator[RenderableType]:
    if result.verdict.is_open:
        yield from report.panel(result)
    elif report.verbosity >= 2 or (report.verbosity and result.failure):
        yield title(result)
    if report.verbosity >= 1:
        yield from entry_table.failing_case(result)
    if report.verbosity >= 2:
        yield from entry_table.last_case(result)


def _drawn(report: Report, result: Result, width: int) -> Iterator[RenderableType]:
    if result.coverage is None:
        return
    if result.verdict.is_open or report.verbosity >= 2:
        yield Text("")
    page = coverage_page.full if report.verbosity else coverage_page.summary
    yield from page(result.op, result.coverage, width)


def _footer(report: Report) -> Text:
    results = report.finished.results
    style = "green"
    if any(result.verdict.is_doubtful for result in results) or report.finished.interrupted:
        style = "yellow"
    if any(result.verdict.is_failure for result in results):
        style = "red"
    return Text(report.footer, f"bold {style}")


def _hints(report: Report) -> Iterator[str]:
    results = [result for result in report.finished.results if result.verdict.is_open]
    if any(_has_entries(result) for result in results) and not report.verbosity:
        yield "-v shows the gradients of a failing case entry by entry."
    elif any(r.failure and r.failure.raised for r in results) and not report.verbosity:
        yield "-v shows the traceback."
    if any(result.verdict.is_doubtful for result in results):
        yield "INCONCLUSIVE and VACUOUS say that nothing is known; --strict makes them fail."


def _has_entries(result: Result) -> bool:
    return bool(result.failure and result.failure.case and result.failure.case.comparisons)
