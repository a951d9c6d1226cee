"""What became of stored failures, and which there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from rich.text import Text

from gradcheck.replay import Fate, Replay
from gradcheck.reports.panel import body
from gradcheck.reports.style import fact, grid
from gradcheck.reports.text import visible

if TYPE_CHECKING:
    from rich.console import RenderableType

    from gradcheck.document.failures import StoredFailure

_STYLES: Mapping[Fate, str] = MappingProxyType(
    {Fate.FIXED: "green", Fate.STILL_FAILING: "bold red", Fate.CHANGED: "yellow"}
)


def page(stored: StoredFailure, found: Replay) -> Iterator[RenderableType]:
    """What became of one failure, and what the case shows now."""
    yield Text.assemble(
        (str(found.fate), _STYLES[found.fate]),
        " ",
        (visible(stored.op), "bold"),
        f"   {stored.id}   {visible(found.reason)}",
    )
    if found.notes:
        yield fact("since then", "; ".join(found.notes))
    if found.fate is Fate.FIXED or found.result is None:
        return
    if found.result.failure is not None:
        yield Text("")
        yield Text(f"  {visible(found.result.failure.headline)}", "bold")
    yield from body(found.result, case_label="case")
    yield Text("")


def listing_of(
    failures: Sequence[StoredFailure], pinned: Sequence[StoredFailure]
) -> Iterator[RenderableType]:
    """A table of stored failures, the latest first, and what to do with them."""
    if not failures and not pinned:
        yield Text("No failure is stored here. A run that finds one stores it in .gradcheck.")
        return
    table = grid()
    for heading in ("id", "op", "found", "", "what"):
        table.add_column(Text(heading, "dim"), overflow="fold", no_wrap=heading in ("id", "found"))
    table.show_header = True
    kept = {stored.id for stored in pinned}
    latest = {stored.id: stored for stored in (*pinned, *failures)}
    for stored in sorted(latest.values(), key=lambda s: (s.found, s.op), reverse=True):
        failure = stored.result.failure
        assert failure is not None
        table.add_row(
            Text(stored.id),
            Text(visible(stored.op), "bold"),
            Text(visible(stored.found.replace("T", " ").partition("+")[0])),
            Text("pinned" if stored.id in kept else ""),
            Text(visible(failure.headline)),
        )
    yield table
    yield Text("")
    yield Text("gradcheck replay ID runs one again; gradcheck pin ID keeps it for good.", "dim")
