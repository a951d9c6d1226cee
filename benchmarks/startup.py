"""How long a cold process takes, against one that only imports what cannot be avoided.

Each sample is a new interpreter in an empty temporary directory. Byte code is written to
that directory by a run that is not timed, so that nobody's source is compiled while it is
timed, as with an installed package.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path

from benchmarks.rows import Row, at_most
from benchmarks.timing import Effort, Work, race, readable

NAME = "startup"
_IMPORTS = "import numpy, hypothesis.extra.numpy, click, rich.console, rich.table, rich.progress"
_ROOT = Path(__file__).resolve().parent.parent


def rows(*, smoke: bool) -> Iterator[Row]:
    """Measure `gradcheck run matmul`, `gradcheck --help`, and pytest where nothing is checked."""
    effort = Effort(seconds=0, repeats=3 if smoke else 15)
    with tempfile.TemporaryDirectory() as folder:
        run = _process(folder, "-m", "gradcheck", "run", "matmul", "-n", "100", "--no-database")
        help_ = _process(folder, "-m", "gradcheck", "--help")
        imports = _process(folder, "-c", _IMPORTS)
        click = _process(folder, "-c", "import click")
        ran, imported = race(run, imports, effort=effort, clock=time.perf_counter)
        helped, clicked = race(help_, click, effort=effort, clock=time.perf_counter)
    yield Row(
        item=NAME,
        measure="gradcheck run matmul, 100 cases / importing numpy, hypothesis, click and rich",
        ratio=ran / imported,
        target=at_most(3),
        detail=f"{readable(ran)} / {readable(imported)}",
    )
    yield Row(
        item=NAME,
        measure="gradcheck --help / importing click",
        ratio=helped / clicked,
        target=at_most(2),
        detail=f"{readable(helped)} / {readable(clicked)}",
    )
    yield _pytest_row(effort)


def _pytest_row(effort: Effort) -> Row:
    """What the plugin costs a run of pytest that does not use it."""
    row = Row(
        item=NAME,
        measure="pytest with the plugin, unused / with -p no:gradcheck",
        target=at_most(1.05),
    )
    if not entry_points(group="pytest11", name="gradcheck"):
        return replace(row, skipped="gradcheck is not installed, only on the path")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_nothing.py").write_text("def test_nothing(): pass\n", encoding="utf-8")
        words = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
        used = _process(folder, *words)
        unused = _process(folder, *words, "-p", "no:gradcheck")
        # A few percent of a second would drown in what else the machine does meanwhile.
        with_it, without = race(used, unused, effort=effort, clock=_processor_time_of_children)
    detail = f"{readable(with_it)} / {readable(without)} of processor time"
    return replace(row, ratio=with_it / without, detail=detail)


def _processor_time_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _process(folder: str, *arguments: str) -> Work:
    """Running this interpreter with these arguments until it ends."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(Path(folder) / "bytecode")
    # Where gradcheck is not installed it is found in the checkout.
    environment["PYTHONPATH"] = os.pathsep.join(
        path for path in (os.environ.get("PYTHONPATH"), str(_ROOT)) if path
    )
    command = [sys.executable, *arguments]

    def work() -> None:
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)  # noqa: S603 - our own interpreter

    return work
