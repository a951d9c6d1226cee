"""A summary in GitHub-flavoured Markdown, failures first.

GitHub refuses a step's summary beyond 1 MiB as a whole, so a long one is cut, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from gradcheck.reports.terminal import lines as concise
from gradcheck.reports.text import numbers, provenance, words
from gradcheck.reports.text.escaping import (
    html_code,
    markdown_code,
    markdown_fence,
    markdown_prose,
    shortened,
)
from gradcheck.reports.text.origins import below, root

if TYPE_CHECKING:
    from pathlib import Path

    from gradcheck.reports.report import Report
    from gradcheck.results.result import Result

LIMIT = 1024 * 1024  # bytes of the largest summary of a step that GitHub takes
_CLOSING = 2000  # bytes kept free: endings of tables and the sentence about cuts take below 1000
_OPEN = 3  # failures shown without a click; arbitrary: a screen or two
# Characters; arbitrary: a cell of five lines, and a panel larger than any of ordinary names.
_LONGEST_CELL, _LONGEST_PANEL = 300, 20_000
_FAILED = "| op | verdict | what is wrong | where |\n|---|---|---|---|\n"
_PASSED = "| op | verdict | cases | worst margin | at | time |\n|---|---|--:|--:|---|--:|\n"


class _Page:
    """Text up to a number of bytes; items go in whole."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._parts: list[str] = []

    def add(self, text: str) -> bool:
        """Add a text if there is room for it."""
        size = len(text.encode())
        if size > self._room:
            return False
        self._room -= size
        self._parts.append(text)
        return True

    def add_all(self, opening: str, items: Iterable[str], closing: str = "\n") -> int:
        """Add the items that fit, and return how many do not."""
        items = list(items)
        if not items or not self.add(opening):
            return len(items)
        missing = sum(not self.add(item) for item in items)
        self._parts.append(closing)
        return missing

    def text(self, ending: str) -> str:
        return "".join([*self._parts, ending])


def as_markdown(report: Report, *, limit: int = LIMIT) -> str:
    """Return the report as Markdown of at most `limit` bytes."""
    page = _Page(limit - _CLOSING)
    page.add(f"## gradcheck: {_headline(report)}\n\n")
    bad = report.worst_first
    listed = {result.op for result in bad}
    good = [result for result in report.finished.results if result.op not in listed]
    top = root()
    missing_rows = page.add_all(_FAILED, (_failed_row(report, r, top) for r in bad))
    panels = (_panel(report, r, unfolded=i < _OPEN) for i, r in enumerate(bad))
    missing_panels = page.add_all("", panels, "")
    opening = f"<details><summary>{words.outcome(good)}</summary>\n\n{_PASSED}"
    missing_good = page.add_all(opening, map(_passed_row, good), "\n</details>\n\n")
    noted = [result for result in report.finished.results if result.notes]
    missing_notes = page.add_all("", map(_notes, noted))
    return page.text(
        _ending(report)
        + _cut(
            ("row of an op that did not pass", "rows of ops that did not pass", missing_rows),
            ("failure", "failures", missing_panels),
            ("row of an op that passed", "rows of ops that passed", missing_good),
            ("note", "notes", missing_notes),
        )
    )


def _headline(report: Report) -> str:
    outcome = words.outcome(report.finished.results) or "nothing was run"
    return f"interrupted, {outcome}" if report.finished.interrupted else outcome


def _ending(report: Report) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in provenance.versions().items())
    return f"{report.footer}  \n{markdown_prose(versions)}\n"


def _cut(*missing: tuple[str, str, int]) -> str:
    left_out = [words.counted(number, one, several) for one, several, number in missing if number]
    if not left_out:
        return ""
    return (
        f"\n**Cut to stay below GitHub's limit of 1 MiB: {', '.join(left_out)} left out.** "
        "A report in another format, such as `--report html`, has all of them.\n"
    )


def _notes(result: Result) -> str:
    text = shortened("; ".join(result.notes), _LONGEST_CELL)
    return f"- {markdown_code(result.op)}: {markdown_prose(text)}\n"


def _failed_row(report: Report, result: Result, top: Path) -> str:
    location = report.location(result)
    where = ""
    if location is not None:
        where = markdown_code(f"{below(location.file, top) or location.file}:{location.line}")
    return _row(
        _name(result, markdown_code),
        str(result.verdict),
        markdown_prose(shortened(concise.summary(result), _LONGEST_CELL)),
        where,
    )


def _passed_row(result: Result) -> str:
    return _row(
        _name(result, markdown_code),
        f"{result.verdict}: {markdown_prose(result.reason)}" if result.reason else result.verdict,
        str(result.cases),
        numbers.margin(result.margin) if result.probes else "–",
        markdown_code(shortened(result.where, _LONGEST_CELL)) if result.where else "",
        numbers.seconds(result.seconds),
    )


def _panel(report: Report, result: Result, *, unfolded: bool) -> str:
    lines = shortened(report.text(result), _LONGEST_PANEL)
    title = f"{result.verdict} {_name(result, html_code)}"
    opening = "<details open>" if unfolded and result.verdict.is_failure else "<details>"
    return f"{opening}<summary>{title}</summary>\n\n{markdown_fence(lines)}\n\n</details>\n\n"


def _name(result: Result, write: Callable[[str], str]) -> str:
    return write(shortened(result.op, _LONGEST_CELL))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"
