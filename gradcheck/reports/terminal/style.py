"""Colours, and the few building blocks of text that every renderer uses."""

from __future__ import annotations

from collections.abc import Container

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gradcheck.reports.text.printable import block, visible
from gradcheck.results.verdict import Verdict

INDENT = 2  # columns before facts; arbitrary, as in Python tracebacks
LABEL_WIDTH = 16  # derived: labels have up to 13 letters, and three blanks follow


def verdict_style(verdict: Verdict) -> str:
    """Green for right, red for wrong, yellow for unknown, else dim."""
    return ("bold red", "yellow", "green", "dim")[verdict.rank]


def verdict_text(verdict: Verdict) -> Text:
    return Text(str(verdict), verdict_style(verdict))


def heading(text: str) -> Text:
    return Text(visible(text), "bold")


def grid() -> Table:
    """A table without lines or edges, its columns three blanks apart."""
    return Table.grid(padding=(0, 3, 0, 0))


def headed(*titles: str, kept: Container[str] = ()) -> Table:
    """A table with titles; all columns but those kept may fold."""
    table = grid()
    table.show_header = True
    for title in titles:
        table.add_column(Text(title, "dim"), no_wrap=title in kept, overflow="fold")
    return table


def unfolded(text: str) -> Text:
    """A line to be read by programs: never folded, whatever the width."""
    return Text(text, no_wrap=True, overflow="ignore")


def indented(renderable: Table | Text) -> Padding:
    return Padding(renderable, (0, 0, 0, INDENT), expand=False)


def fact(label: str, value: str) -> Padding:
    """A label and a value, which is folded beside it."""
    table = Table.grid(padding=0)
    table.add_column(no_wrap=True, width=LABEL_WIDTH)
    table.add_column(overflow="fold")
    table.add_row(Text(label, "dim"), Text(block(value)))
    return indented(table)


def whole(label: str, value: str) -> Text:
    """A label and a value to be copied, never folded."""
    return Text.assemble(
        " " * INDENT,
        (f"{label:<{LABEL_WIDTH}}", "dim"),
        visible(value),
        no_wrap=True,
        overflow="ignore",
    )


def whole_block(text: str) -> Text:
    """Lines that keep their shape, whatever the width."""
    lines = (f"{' ' * INDENT}{line}" for line in block(text).split("\n"))
    return Text("\n".join(lines), no_wrap=True, overflow="ignore")
