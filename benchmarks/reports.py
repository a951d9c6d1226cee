"""Reports of a large run: 1000 ops, of which every tenth fails on a case of 192 numbers."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np

import gradcheck as gc
from benchmarks.rows import Row, at_most
from benchmarks.timing import Effort, race, readable
from gradcheck.engine import check_op
from gradcheck.events import RunFinished
from gradcheck.reports.html import as_html
from gradcheck.reports.run import Report, as_table
from gradcheck.reports.terminal import PipeConsole
from gradcheck.settings import Settings

NAME = "reports"
_MEGABYTES = 5.0
_WIDTH = 120


def rows(*, smoke: bool) -> Iterator[Row]:
    """Render the same run as a table and as HTML; 50 ops in a smoke run."""
    ops = 50 if smoke else 1000
    report = _report(ops)
    effort = Effort(seconds=0, repeats=1 if smoke else 3)
    written: tuple[tuple[str, Callable[[], str], float], ...] = (
        ("table", partial(_table, report), 2.0),
        ("HTML", partial(as_html, report), 1.0),
    )
    what = f"{ops} ops, {ops // 10} of them failing"
    for name, work, most in written:
        (seconds,) = race(work, effort=effort)
        yield Row(
            item=NAME,
            measure=f"{name} of {what} / {most:g} s",
            ratio=seconds / most,
            target=at_most(1),
            detail=readable(seconds),
        )
    size = len(as_html(report).encode()) / 1e6
    yield Row(
        item=NAME,
        measure=f"size of the HTML of {what} / {_MEGABYTES:g} MB",
        ratio=size / _MEGABYTES,
        target=at_most(1),
        detail=f"{size:.2f} MB",
    )


def _report(ops: int) -> Report:
    """Two real results, one right and one wrong, under many names."""
    settings = Settings(cases=5, last_case=True)
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
