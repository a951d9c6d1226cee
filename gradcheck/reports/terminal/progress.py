"""Progress: a bar on a terminal, elsewhere a line now and then."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gradcheck.reports.text.printable import visible
from gradcheck.results.events import CaseFinished, Event, OpFinished, OpStarted, RunStarted

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

Clock = Callable[[], float]
INTERVAL = 30.0  # seconds between lines in a log; arbitrary: shorter runs print none
# Seconds, and share of the cases, before the time left is estimated; arbitrary: the first ops
# alone say little about the others.
_WARM_UP, _SHARE = 5.0, 0.1
_LONGEST = 60  # characters of a name; arbitrary: the line still fits beside the bar


@contextmanager
def watching(console: Console, clock: Clock = time.monotonic) -> Iterator[Callable[[Event], None]]:
    """Return a listener: a bar on a terminal, elsewhere lines."""
    if not console.is_interactive or os.environ.get("CI"):
        yield _Lines(console, clock)
        return
    with _bar(console) as progress:
        yield _Bar(progress, clock)


@contextmanager
def telling(console: Console) -> Iterator[Callable[[str], None]]:
    """Return a function that shows a status, on a terminal only."""
    if not console.is_interactive:
        yield lambda _text: None
        return
    from rich.text import Text

    with console.status("") as status:
        yield lambda text: status.update(Text(text))


class Standing:
    """How far a run is, from its events."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._started = clock()
        self._planned = 0
        self._under_way: dict[str, int] = {}  # cases that are done, by op
        self._reduced: set[str] = set()
        self.ops = 0
        self.finished = 0
        self.failures = 0

    @property
    def planned(self) -> int:
        """Cases of all ops together."""
        return self.ops * self._planned

    @property
    def done(self) -> int:
        """Cases done; an op that ended early counts in full."""
        cases = sum(min(done, self._planned) for done in self._under_way.values())
        return self.finished * self._planned + cases

    def __call__(self, event: Event) -> None:
        match event:
            case RunStarted(ops=ops, cases=cases):
                self.ops, self._planned = len(ops), cases
                self._started = self._clock()
            case OpStarted(op=op):
                self._under_way[op] = 0
            case CaseFinished(op=op, shrinking=True):
                self._reduced.add(op)
            case CaseFinished(op=op, case=case):
                self._under_way[op] = case
            case OpFinished(result=result):
                self.finished += 1
                self.failures += result.verdict.is_failure
                self._under_way.pop(result.op, None)
                self._reduced.discard(result.op)

    @property
    def elapsed(self) -> float:
        return self._clock() - self._started

    @property
    def left(self) -> float | None:
        """Estimated seconds for the rest; None if nobody can tell.

        Ops cost differently, so one op is no measure of the others; and how long a failure is
        reduced for cannot be known.
        """
        share = self.done / self.planned if self.planned else 0.0
        known = self.elapsed >= _WARM_UP and share >= _SHARE and not self._reduced
        if not known or (self.ops > 1 and self.finished < 2):
            return None
        return self.elapsed * (1 - share) / share

    def time_left(self) -> str:
        """Return "about 40 s left", or nothing."""
        return "" if self.left is None else f"about {_rounded(self.left)} left"

    def doing(self) -> str:
        """The op that began first, and how many more are under way."""
        if not self._under_way:
            return ""
        op = next(iter(self._under_way))
        reduced = ": looking for the smallest case" if op in self._reduced else ""
        others = len(self._under_way) - 1
        return f"{visible(op)[:_LONGEST]}{reduced}{f' and {others} more' if others else ''}"

    def ops_done(self) -> str:
        return f"{self.finished}/{self.ops} ops"

    def failed(self) -> str:
        return f"{self.failures} failed" if self.failures else ""


def _rounded(seconds: float) -> str:
    if seconds < 90:
        return f"{max(10 * round(seconds / 10), 10)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{round(seconds / 3600)} h"


class _Lines:
    def __init__(self, console: Console, clock: Clock) -> None:
        self._console = console
        self._clock = clock
        self._standing = Standing(clock)
        self._told = clock()

    def __call__(self, event: Event) -> None:
        self._standing(event)
        if isinstance(event, RunStarted):
            self._told = self._clock()
        elif self._clock() - self._told >= INTERVAL:
            self._told = self._clock()
            self._print()

    def _print(self) -> None:
        from rich.text import Text

        now = self._standing
        if now.finished == now.ops:
            return
        parts = (now.ops_done(), now.doing(), now.failed(), now.time_left())
        line = f"gradcheck: {' · '.join(filter(None, parts))}"
        self._console.print(Text(line, no_wrap=True, overflow="ignore"), crop=False)


def _bar(console: Console) -> Progress:
    from rich.progress import BarColumn, Progress, TextColumn

    return Progress(
        TextColumn("{task.fields[done]}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.description}", markup=False),
        TextColumn("{task.fields[failures]}", style="red", markup=False),
        TextColumn("{task.fields[left]}", style="dim", markup=False),
        console=console,
        transient=True,
    )


class _Bar:
    def __init__(self, progress: Progress, clock: Clock) -> None:
        self._progress = progress
        self._standing = Standing(clock)
        self._task = progress.add_task("", total=None, done="", failures="", left="")

    def __call__(self, event: Event) -> None:
        now = self._standing
        now(event)
        self._progress.update(
            self._task,
            total=now.planned or None,
            completed=now.done,
            description=now.doing(),
            done=now.ops_done(),
            failures=now.failed(),
            left=now.time_left(),
        )
