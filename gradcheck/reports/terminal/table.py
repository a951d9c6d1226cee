"""Tables: one row per op, with its result or with its description."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from gradcheck.reports.terminal.style import verdict_style
from gradcheck.reports.text import numbers, words
from gradcheck.reports.text.escaping import shortened
from gradcheck.reports.text.printable import visible

if TYPE_CHECKING:
    from rich.console import RenderableType

    from gradcheck.results.result import Result
    from gradcheck.spec.spec import OpSpec

GAP = 2  # blanks between columns; arbitrary
LONGEST_AT = 20  # characters: entries fit, descriptions of several are cut (panels have them)
LEAST_NOTES = 24  # columns into which notes may be folded; arbitrary: three words a line


@dataclass(frozen=True, slots=True)
class Column:
    """A column of results, and how it yields to a narrow page."""

    title: str
    cell: Callable[[Result], str]
    rank: int = 0  # columns of the highest rank are dropped first, those of 0 never
    right: bool = False
    folds: bool = False


COLUMNS = (
    Column("op", lambda r: visible(r.op)),
    Column("verdict", lambda r: str(r.verdict)),
    Column("cases", lambda r: str(r.cases), rank=2, right=True),
    Column("worst margin", lambda r: _measured(r, numbers.margin(r.margin)), rank=1, right=True),
    Column("at", lambda r: shortened(visible(r.where), LONGEST_AT), rank=3),
    Column(
        "worst rel. error",
        lambda r: _measured(r, numbers.short(r.relative_error)),
        rank=5,
        right=True,
    ),
    Column("time", lambda r: numbers.seconds(r.seconds), rank=4, right=True),
)
SHORT_TITLES = {"worst margin": "margin", "worst rel. error": "rel. err"}


def results_table(
    results: Sequence[Result], width: int, notes: Callable[[Result], str]
) -> Iterator[RenderableType]:
    """Yield one row per result, in the given order, and the notes.

    On a narrow page the notes stand below the table, titles get shorter, and then the least
    important columns go. Names and verdicts are never cut: where they alone do not fit, the
    table is wider than the page.
    """
    noted = [(result, note) for result in results if (note := visible(notes(result)))]
    columns = list(COLUMNS)
    if noted:
        columns.append(Column("notes", lambda r: visible(notes(r)), folds=True))
    beside = _needed(columns, results) <= width
    if not beside:
        columns = [c for c in columns if not c.folds]
    if _needed(columns, results) > width:
        columns = [replace(c, title=SHORT_TITLES.get(c.title, c.title)) for c in columns]
    while _needed(columns, results) > width and any(c.rank for c in columns):
        columns.remove(max(columns, key=lambda c: c.rank))
    yield _results(columns, results, width)
    if not beside and noted:
        yield Text("")
        for result, note in noted:
            yield Text(f"{visible(result.op)}: {note}")


def _results(columns: Sequence[Column], results: Sequence[Result], width: int) -> Table:
    table = _table(_needed(columns, results), width)
    for column in columns:
        table.add_column(
            column.title,
            justify="right" if column.right else "left",
            no_wrap=not column.folds,
            overflow="fold",
        )
    for result in results:
        table.add_row(*(_styled(column, result) for column in columns))
    return table


def ops_table(specs: Iterable[OpSpec], width: int) -> Table:
    """One row per op: name, signature, tags, first line of its docstring.

    On a narrow page the tags go; the summary is folded.
    """
    rows = [
        (
            visible(spec.name),
            words.signature(spec),
            visible(", ".join(spec.tags)),
            visible(spec.summary),
        )
        for spec in specs
    ]
    columns = [
        list(column) for column in zip(("op", "signature", "tags", "summary"), *rows, strict=True)
    ]
    if _folded(columns) > width:
        del columns[2]
    table = _table(_folded(columns), width)
    for title, *_ in columns:
        table.add_column(title, no_wrap=title != "summary", overflow="fold")
    for name, *rest in zip(*(column[1:] for column in columns), strict=True):
        table.add_row(Text(name, "bold"), *map(Text, rest))
    return table


def _folded(columns: Sequence[Sequence[str]]) -> int:
    """The least width of a table whose last column folds."""
    *widths, last = (max(map(len, column)) for column in columns)
    return sum(widths) + GAP * len(widths) + min(last, LEAST_NOTES)


def _table(needed: int, page: int) -> Table:
    """A table without lines, wider than the page if it must be."""
    return Table(
        box=None,
        padding=(0, GAP, 0, 0),
        pad_edge=False,
        header_style="dim",
        width=needed if needed > page else None,
    )


def _measured(result: Result, number: str) -> str:
    return number if result.probes else "–"


def _styled(column: Column, result: Result) -> Text:
    style = {"op": "bold", "verdict": verdict_style(result.verdict)}.get(column.title, "")
    return Text(column.cell(result), style)


def _needed(columns: Sequence[Column], results: Sequence[Result]) -> int:
    """The width at which nothing but the notes is folded."""
    widths = []
    for column in columns:
        widest = max(map(len, [column.title, *(column.cell(result) for result in results)]))
        widths.append(min(widest, LEAST_NOTES) if column.folds else widest)
    return sum(widths) + GAP * len(widths)
