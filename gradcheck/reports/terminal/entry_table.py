"""Gradients entry by entry: every probe of one case, beside its reference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from gradcheck.reports.terminal.panel import case_values, method
from gradcheck.reports.terminal.style import fact, grid, indented, whole_block
from gradcheck.reports.text import numbers
from gradcheck.reports.text.printable import visible

if TYPE_CHECKING:
    from rich.console import RenderableType

    from gradcheck.numeric.comparison import Comparison
    from gradcheck.results.result import Result

MOST_ROWS = 24  # arbitrary: entries that fit a terminal of usual height


def failing_case(result: Result) -> Iterator[RenderableType]:
    """Yield the comparisons of the failing case, and its traceback."""
    failure = result.failure
    if failure is None:
        return
    if failure.case is not None and failure.case.comparisons:
        yield Text("")
        yield from _entries(failure.case.comparisons)
    if failure.raised is not None:
        yield Text("")
        yield whole_block(failure.raised.traceback.rstrip())


def last_case(result: Result) -> Iterator[RenderableType]:
    """Yield values and comparisons of the last case that passed."""
    if result.last is None:
        return
    yield Text("")
    yield fact("last case", "\n".join(case_values(result.last)))
    if result.last.comparisons:
        yield Text("")
        yield from _entries(result.last.comparisons)


def _entries(comparisons: Sequence[Comparison]) -> Iterator[RenderableType]:
    wrong = sorted((c for c in comparisons if not c.agrees), key=lambda c: -c.margin)
    rows = [*wrong, *(c for c in comparisons if c.agrees)]
    table = grid()
    table.add_column(Text("entry", "dim"), overflow="fold")
    for title in ("analytic", "reference"):
        table.add_column(Text(title, "dim"), no_wrap=True)
    for title in ("difference", "margin"):
        table.add_column(Text(title, "dim"), justify="right", no_wrap=True)
    shown = [_row(comparison) for comparison in rows[:MOST_ROWS]]
    if any(row[-1] for row in shown):
        table.add_column("", overflow="fold")
    table.show_header = True
    for row in shown:
        table.add_row(*row[: len(table.columns)])
    yield indented(table)
    rest = rows[MOST_ROWS:]
    if rest:
        yield indented(Text(_remaining(rest), "dim"))
    methods = dict.fromkeys(method(c) for c in rows[:MOST_ROWS] if c.reference.method)
    if methods:
        yield fact("reference by", "\n".join(list(methods)[:3]))


def _row(comparison: Comparison) -> list[Text]:
    analytic, reference = numbers.compared(comparison)
    remark, style = "", ""
    if comparison.reference.problem:
        remark, style = f"unusable: {visible(comparison.reference.problem)}", "yellow"
    elif not comparison.agrees:
        remark, style = "wrong", "red"
    elif comparison.reference.kink:
        remark = "kink"
    cells = (
        visible(comparison.where),
        analytic,
        reference,
        numbers.short(comparison.distance),
        numbers.margin(comparison.margin),
        remark,
    )
    return [Text(cell, style) for cell in cells]


def _remaining(rest: Sequence[Comparison]) -> str:
    wrong = sum(not c.agrees for c in rest)
    if not wrong:
        return f"… {len(rest)} more {'entry agrees' if len(rest) == 1 else 'entries agree'}"
    return f"… {len(rest)} more entries, {wrong} of them wrong"
