"""Reports of a large run: 1000 ops, of which every tenth fails on a case of 192 numbers."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

import gradcheck as gc
from benchmarks.browser import NoBrowser, seconds_to_open
from benchmarks.memory import peak
from benchmarks.rows import Row, at_most
from benchmarks.timing import Effort, race, readable
from gradcheck.reports.exports import FORMATS
from gradcheck.reports.report import Report
from gradcheck.reports.terminal.console import PipeConsole
from gradcheck.reports.terminal.run_report import as_table
from gradcheck.results.events import RunFinished
from gradcheck.results.settings import Settings
from gradcheck.run.search import check_op

NAME = "reports"
_SECONDS, _OPENING = 2.0, 1.0
_MEMORY, _SIZE = 200.0, 5.0  # megabytes
_WIDTH = 120


def rows(*, smoke: bool) -> Iterator[Row]:
    """Render the same run in every format, and open the HTML; 50 ops in a smoke run."""
    ops = 50 if smoke else 1000
    report = _report(ops)
    effort = Effort(seconds=0, repeats=1 if smoke else 3)
    what = f"{ops} ops, {ops // 10} of them failing"
    # Each from a report of its own: panels that one has laid out are kept for the others.
    written: dict[str, Callable[[], str]] = {"table": lambda: _table(replace(report))}
    for form in FORMATS.values():
        written[form.name] = lambda form=form: form.render(replace(report))  # type: ignore[misc]
    for name, work in written.items():
        (seconds,) = race(work, effort=effort)
        yield _within(f"{name} of {what} / {_SECONDS:g} s", seconds / _SECONDS, readable(seconds))
    megabytes = max(peak(work) for work in written.values()) / 1e6
    yield _within(
        f"memory for the largest of them / {_MEMORY:g} MB",
        megabytes / _MEMORY,
        f"{megabytes:.0f} MB",
    )
    page = written["html"]()
    size = len(page.encode()) / 1e6
    yield _within(f"size of the HTML / {_SIZE:g} MB", size / _SIZE, f"{size:.2f} MB")
    yield _opening(page)


def _within(measure: str, ratio: float, detail: str) -> Row:
    return Row(item=NAME, measure=measure, ratio=ratio, target=at_most(1), detail=detail)


def _opening(page: str) -> Row:
    """From asking for the page to when all of it is loaded, in headless Chromium."""
    measure = f"opening of the HTML / {_OPENING:g} s"
    try:
        seconds = min(seconds_to_open(page) for _ in range(3))
    except NoBrowser as error:
        return Row(item=NAME, measure=measure, target=at_most(1), skipped=str(error))
    return _within(measure, seconds / _OPENING, readable(seconds))


def _report(ops: int) -> Report:
    """Two real results, one right and one wrong, under many names."""
    settings = Settings(cases=5)
    right = check_op(_sine("right", lambda x: np.cos(x)), settings)  # noqa: PLW0108 - bound by name
    wrong = check_op(_sine("wrong", lambda x: np.cos(x) * (1 + (x > 1))), settings)
    results = tuple(
        replace(right if place % 10 else wrong, op=f"op_{place:04d}") for place in range(ops)
    )
    return Report(
        finished=RunFinished(results, 60.0),
        planned=ops,
        settings=settings,
        command_for=lambda op: f"gradcheck run {op} --seed 0 -n 100 --ops my_ops.py",
    )


def _sine(name: str, slope: Callable[[np.ndarray], np.ndarray]) -> gc.OpSpec:
    from hypothesis import strategies as st

    point = np.random.default_rng(0).normal(size=(12, 16))
    spec: gc.OpSpec = gc.op("(...)->(...)", name=name, cases=st.just(gc.call(point)))(np.sin)
    return spec.derivative(slope)


def _table(report: Report) -> str:
    file = io.StringIO()
    page = PipeConsole(file=file, width=_WIDTH, color_system=None)
    page.show(*as_table(report, _WIDTH))
    return file.getvalue()
