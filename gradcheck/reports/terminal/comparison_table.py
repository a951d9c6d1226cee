"""The changes between two runs, as a table and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.text import Text

from gradcheck.reports.terminal.style import headed
from gradcheck.reports.text.escaping import markdown_prose, shortened
from gradcheck.reports.text.printable import visible
from gradcheck.reports.text.words import counted

if TYPE_CHECKING:
    from rich.console import RenderableType

    from gradcheck.run.history.compare import Change, RunComparison

_LONGEST = 120  # characters of a cell
_HEADINGS = ("", "op", "what", "before", "now", "")


def as_table(comparison: RunComparison) -> Iterator[RenderableType]:
    """A row per change, the regressions first, then notes and a footer."""
    if comparison.changes:
        table = headed(*_HEADINGS)
        for change in comparison.changes:
            mark = Text("worse", "bold red") if change.worse else Text("changed", "yellow")
            table.add_row(mark, *(Text(visible(text)) for text in _cells(change)))
        yield table
        yield Text("")
    for note in comparison.notes:
        yield Text(f"note: {visible(note)}", "dim")
    yield Text(footer(comparison), "bold red" if comparison.regressions else "bold green")


def as_markdown(comparison: RunComparison) -> str:
    """The same for a pull request."""
    lines = [f"### gradcheck: {footer(comparison)}", ""]
    if comparison.changes:
        lines += ["| | op | what | before | now | |", "|---|---|---|---|---|---|"]
        for change in comparison.changes:
            mark = "❌ worse" if change.worse else "changed"
            cells = [mark, *map(markdown_prose, _cells(change))]
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    lines += [f"- note: {markdown_prose(note)}" for note in comparison.notes]
    return "\n".join(lines).rstrip("\n") + "\n"


def footer(comparison: RunComparison) -> str:
    """Return "1 regression, 2 other changes in 30 ops"."""
    worse = len(comparison.regressions)
    other = len(comparison.changes) - worse
    parts = [
        counted(worse, "regression", "regressions") if worse else "no regression",
        counted(other, "other change", "other changes") if other else "",
    ]
    ops = counted(comparison.compared, "op", "ops")
    return f"{', '.join(filter(None, parts))} in {ops} that both runs checked"


def _cells(change: Change) -> tuple[str, ...]:
    texts = (change.op, change.subject, change.before, change.now, change.said)
    return tuple(shortened(text, _LONGEST) for text in texts)
