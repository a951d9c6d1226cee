"""Workflow commands of GitHub Actions: annotations, groups, the step summary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.reports.formats.markdown import LIMIT, as_markdown
from gradcheck.reports.terminal import lines
from gradcheck.reports.terminal.console import plain
from gradcheck.reports.terminal.table import results_table
from gradcheck.reports.text import words
from gradcheck.reports.text.encoding import encoded
from gradcheck.reports.text.escaping import (
    command_message,
    command_property,
    log_line,
    log_lines,
    shortened,
)
from gradcheck.reports.text.origins import below, root
from gradcheck.reports.text.printable import visible

if TYPE_CHECKING:
    from gradcheck.reports.report import Report
    from gradcheck.results.result import Result

MOST = 10  # GitHub shows so many annotations of a level per step, and drops others silently
# Characters; arbitrary: both are cut by GitHub far beyond any real name or message.
_LONGEST_TITLE, _LONGEST_MESSAGE = 200, 4000
_WIDTH = 120  # columns of GitHub's log on a laptop; arbitrary from 100 to 160


def as_github(report: Report) -> str:
    """Return the log of a step: table, groups, annotations, footer."""
    return "".join(f"{line}\n" for line in _lines(report))


def append_summary(report: Report, path: Path) -> None:
    """Add the Markdown summary to that of the step, within its limit.

    Beyond its limit GitHub would refuse all of it, also what others wrote.

    Raises:
        OSError: if the file cannot be written.
    """
    room = LIMIT - (path.stat().st_size if path.exists() else 0)
    text = encoded(as_markdown(report, limit=room))
    if len(text) <= room:
        with path.open("ab") as file:
            file.write(text)


def _lines(report: Report) -> Iterator[str]:
    results = report.results
    if results:
        table = plain(*results_table(results, _WIDTH, report.notes), width=_WIDTH)
        yield from _group(words.counted(len(results), "op", "ops"), table)
    for result in report.not_passed:
        title = shortened(f"{result.verdict} {result.op}", _LONGEST_TITLE)
        yield from _group(title, report.text(result))
    yield from _annotations(report)
    yield log_line(report.footer)


def _group(title: str, text: str) -> Iterator[str]:
    yield f"::group::{command_message(visible(title))}"
    yield log_lines(text)
    yield "::endgroup::"


def _annotations(report: Report) -> Iterator[str]:
    top = root()
    by_level: dict[str, list[Result]] = {}
    for result in report.worst_first:
        by_level.setdefault(_level(result, strict=report.strict), []).append(result)
    for level, results in by_level.items():
        for result in results[:MOST]:
            yield _annotation(level, report, result, top)
    yield from _unseen(by_level.values())


def _level(result: Result, *, strict: bool) -> str:
    if result.verdict.is_failure:
        return "error"
    return "warning" if strict else "notice"


def _annotation(level: str, report: Report, result: Result, top: Path) -> str:
    properties: dict[str, str] = {}
    message = lines.summary(result)
    location = report.location(result)
    if location is not None:
        file = below(location.file, top)
        if file is None:  # GitHub can only show what is in the repository
            message = f"{message} ({location})"
        else:
            properties = {"file": file, "line": str(location.line)}
    properties["title"] = shortened(f"{result.verdict} {result.op}", _LONGEST_TITLE)
    if command := report.command_for(result.op):
        message = f"{shortened(message, _LONGEST_MESSAGE)}\nreproduce: {command}"
    written = ",".join(f"{name}={command_property(value)}" for name, value in properties.items())
    return f"::{level} {written}::{command_message(shortened(message, 2 * _LONGEST_MESSAGE))}"


def _unseen(levels: Iterable[list[Result]]) -> Iterator[str]:
    more = sum(max(len(results) - MOST, 0) for results in levels)
    if more:
        yield (
            f"{words.counted(more, 'op', 'ops')} more did not pass; GitHub shows {MOST} "
            "annotations of a level per step."
        )
