"""Exhibits: the list, one with its story, the verification of many."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from gradcheck.reports.terminal import lines
from gradcheck.reports.terminal.panel import panel
from gradcheck.reports.terminal.style import fact, headed, heading, unfolded, verdict_text, whole
from gradcheck.reports.terminal.table import results_table
from gradcheck.reports.text import numbers, words

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from gradcheck.audit.museum.demonstration import Demonstration
    from gradcheck.audit.museum.exhibits import Exhibit
    from gradcheck.results.result import Result

UNCITED = "first implementations and coursework"
_KEPT = ("id", "op")


def exhibits_table(exhibits: Sequence[Exhibit]) -> Table:
    """One row per exhibit: id, op, mistake, source."""
    table = headed("id", "op", "what is wrong", "found in", kept=_KEPT)
    for exhibit in exhibits:
        first, *others = exhibit.cited or (UNCITED,)
        source = f"{first} +{len(others)}" if others else first
        table.add_row(Text(exhibit.id, "bold"), exhibit.op, exhibit.said, source)
    return table


def as_story(shown: Demonstration, width: int) -> Iterator[RenderableType]:
    """The story of an exhibit, with its wrong and its right gradient."""
    exhibit = shown.exhibit
    again = f"gradcheck museum {exhibit.id} --seed {shown.wrong.seed}"
    yield Text(f"{exhibit.id}   {exhibit.op}   {exhibit.right.summary}", "bold")
    yield Text("")
    yield fact("what is wrong", exhibit.said)
    yield fact("exposed by", exhibit.exposed_by)
    for place, link in enumerate(exhibit.links):
        yield whole("" if place else "found in", link)
    if not exhibit.links:
        yield fact("found in", UNCITED)
    yield Text("")
    yield heading("The wrong gradient")
    yield Text("")
    yield from panel(shown.wrong, command=again)
    yield Text("")
    yield heading("The right gradient")
    yield Text("")
    yield from results_table([shown.right], width, lambda result: "; ".join(words.notes(result)))
    if not shown.passed:
        yield Text("")
        yield from panel(shown.right, command=again)
    yield Text("")


def as_lines(shown: Demonstration, _width: int) -> Iterator[RenderableType]:
    """A line for each gradient of an exhibit."""
    for which, result in (("wrong", shown.wrong), ("right", shown.right)):
        yield unfolded(f"{shown.exhibit.id} {which}, seed {result.seed}: {lines.line(result)}")


def verification_table(odd: Sequence[Demonstration]) -> Table:
    """A row per gradient that did not do as it should."""
    table = headed("id", "op", "gradient", "seed", "verdict", "why", kept=_KEPT)
    for shown in odd:
        for which, result in _odd(shown):
            table.add_row(
                Text(shown.exhibit.id, "bold"),
                shown.exhibit.op,
                which,
                str(result.seed),
                verdict_text(result.verdict),
                Text(result.reason or "nothing wrong was found"),
            )
    return table


def verification_footer(shown: Sequence[Demonstration], seconds: float) -> Text:
    """Return "64 of 64 wrong gradients found, …"."""
    found, passed = sum(s.found for s in shown), sum(s.passed for s in shown)
    total = len(shown)
    return Text(
        f"{found} of {words.counted(total, 'wrong gradient', 'wrong gradients')} found, "
        f"{passed} of {words.counted(total, 'right one', 'right ones')} passed "
        f"in {numbers.seconds(seconds)}",
        "bold green" if found == passed == total else "bold red",
    )


def _odd(shown: Demonstration) -> Iterator[tuple[str, Result]]:
    if not shown.found:
        yield "wrong", shown.wrong
    if not shown.passed:
        yield "right", shown.right
