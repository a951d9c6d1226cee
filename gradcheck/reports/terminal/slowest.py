"""The slowest ops of a run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from gradcheck.reports.text import numbers
from gradcheck.reports.text.printable import visible

if TYPE_CHECKING:
    from gradcheck.results.result import Result


def slowest(results: Sequence[Result], count: int) -> Iterator[Text]:
    """A heading, and a line per op with its time."""
    shown = sorted(results, key=lambda result: -result.seconds)[:count]
    times = [numbers.seconds(result.seconds) for result in shown]
    if shown:
        yield Text("\nslowest ops", "dim")
    for result, time in zip(shown, times, strict=True):
        line = f"{time.rjust(max(map(len, times)))}  {visible(result.op)}"
        yield Text(line, no_wrap=True, overflow="ignore")
