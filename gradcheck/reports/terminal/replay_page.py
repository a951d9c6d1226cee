"""Stored failures: a list, and the fate of those replayed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from rich.text import Text

from gradcheck.reports.terminal.panel import body
from gradcheck.reports.terminal.style import fact, headed
from gradcheck.reports.text.escaping import shortened
from gradcheck.reports.text.printable import visible
from gradcheck.reports.text.words import counted
from gradcheck.run.history.replay import Replay, ReplayFate

if TYPE_CHECKING:
    from rich.console import RenderableType

    from gradcheck.run.history.stored_failure import StoredFailure

_NAME = 60  # characters of a name
_SAID = 120  # characters of what is wrong
_STYLES: Mapping[ReplayFate, str] = MappingProxyType(
    {ReplayFate.FIXED: "green", ReplayFate.STILL_FAILING: "bold red", ReplayFate.CHANGED: "yellow"}
)


def page(stored: StoredFailure, replayed: Replay) -> Iterator[RenderableType]:
    """Yield the fate of one failure, and what its case shows now."""
    yield Text.assemble(
        (str(replayed.fate), _STYLES[replayed.fate]),
        " ",
        (visible(shortened(stored.op, _NAME)), "bold"),
        f"   {stored.id}   {visible(replayed.reason)}",
    )
    if replayed.notes:
        yield fact("since then", "; ".join(replayed.notes))
    if replayed.fate is ReplayFate.FIXED or replayed.result is None:
        return
    if replayed.result.failure is not None:
        yield Text("")
        yield Text(f"  {visible(replayed.result.failure.headline)}", "bold")
    yield from body(replayed.result, case_label="case")
    yield Text("")


def summary(fates: Sequence[ReplayFate], *, deletable: int, gone: int) -> Iterator[RenderableType]:
    """Yield the fates of all, and the command that deletes fixed ones.

    `deletable` fixed ones are still stored, and not only pinned; `gone` were deleted.
    """
    if len(fates) > 1:
        counts = Counter(fates)
        counted_fates = (f"{counts[fate]} {fate}" for fate in _STYLES if counts[fate])
        done = all(fate is ReplayFate.FIXED for fate in fates)
        yield Text(", ".join(counted_fates), "bold green" if done else "bold red")
    if gone:
        yield Text(f"{counted(gone, 'failure was', 'failures were')} deleted.", "dim")
    if deletable:
        it = "it" if deletable == 1 else "those that are FIXED"
        yield Text(f"--forget-fixed deletes {it}; gradcheck pin ID keeps one for good.", "dim")


def listing_of(
    failures: Sequence[StoredFailure], pinned: Collection[str]
) -> Iterator[RenderableType]:
    """Yield a table of stored failures, the latest run first."""
    if not failures:
        yield Text("No failure is stored here. A run that finds one stores it in .gradcheck.")
        return
    table = headed("id", "op", "found (UTC)", "", "what", kept=("id", "found (UTC)", ""))
    by_op = sorted(failures, key=lambda stored: stored.op)
    for stored in sorted(by_op, key=lambda stored: stored.found, reverse=True):
        failure = stored.result.failure
        assert failure is not None
        table.add_row(
            Text(stored.id),
            Text(visible(shortened(stored.op, _NAME)), "bold"),
            Text(_when(stored.found)),
            Text("pinned" if stored.id in pinned else ""),
            Text(visible(shortened(failure.headline, _SAID))),
        )
    yield table
    yield Text("")
    yield Text("gradcheck replay ID runs one again; gradcheck pin ID keeps it for good.", "dim")


def _when(time: str) -> str:
    return visible(time.replace("T", " ")[:16]) or "unknown"
