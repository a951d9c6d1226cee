"""What is under way, on an interactive terminal: a bar or a line, gone when the run is over."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gradcheck.events import CaseFinished, Event, OpFinished, OpStarted, RunStarted
from gradcheck.reports.text import visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress


@contextmanager
def watching(console: Console) -> Iterator[Callable[[Event], None]]:
    """Return a listener that draws a bar; one that does nothing where nobody looks."""
    if not console.is_interactive or os.environ.get("CI"):
        yield lambda _event: None
        return
    with _bar(console) as progress:
        yield _Watcher(progress)


@contextmanager
def telling(console: Console) -> Iterator[Callable[[str], None]]:
    """Return a function that shows what is under way, on an interactive terminal only."""
    if not console.is_interactive:
        yield lambda _text: None
        return
    from rich.text import Text

    with console.status("") as status:
        yield lambda text: status.update(Text(text))


def _bar(console: Console) -> Progress:
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.fields[done]}", markup=False),
        BarColumn(bar_width=24),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.description}", markup=False),
        TextColumn("{task.fields[failures]}", style="red", markup=False),
        console=console,
        transient=True,
    )


class _Watcher:
    """Turns events into the state of the bar, which counts cases."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("", total=None, done="", failures="")
        self._ops = 0
        self._cases = 0
        self._finished = 0
        self._failures = 0

    def __call__(self, event: Event) -> None:
        match event:
            case RunStarted(ops=ops, cases=cases):
                self._ops, self._cases = len(ops), cases
                self._update(total=len(ops) * cases)
            case OpStarted(op=op):
                self._update(description=visible(op))
            case CaseFinished(shrinking=True, op=op):
                self._update(description=f"{visible(op)}: looking for the smallest case")
            case CaseFinished(case=case):
                at_most = min(case, self._cases)
                self._update(completed=self._finished * self._cases + at_most)
            case OpFinished(result=result):
                self._finished += 1
                self._failures += result.verdict.is_failure
                self._update(completed=self._finished * self._cases)

    def _update(
        self,
        *,
        total: float | None = None,
        completed: float | None = None,
        description: str | None = None,
    ) -> None:
        self._progress.update(
            self._task,
            total=total,
            completed=completed,
            description=description,
            done=f"{self._finished}/{self._ops} ops",
            failures=f"{self._failures} failed" if self._failures else "",
        )
