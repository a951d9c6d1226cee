"""What worker processes cost, and what they save.

The work is ops that keep one processor busy for a set time, so that the ratios are about the
pool and not about which op happens to be last.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.rows import Row, at_least, at_most
from benchmarks.timing import readable

NAME = "workers"
_ROOT = Path(__file__).resolve().parent.parent
_OPS = """
import time
import gradcheck as gc

def work():
    end = time.process_time() + {seconds}
    while time.process_time() < end:
        pass

def made(name):
    busy = []

    @gc.op("(...)->(...)", name=name)
    def forward(x):
        if not busy:
            busy.append(True)
            work()
        return x.copy()

    forward.vjp(lambda g: g.copy())

OPS = [made(f"op_{{n}}") for n in range({count})]
"""


def rows(*, smoke: bool) -> Iterator[Row]:
    """Measure the speed-up of two workers, their start, and what isolation costs per op."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        yield _speed_up(home, count=2 if smoke else 30, seconds=0.1 if smoke else 2.0)
        yield _start(home, repeats=1 if smoke else 7)
        yield _per_op(home, count=10 if smoke else 200)
        yield _through_dask(home, count=20 if smoke else 1000, repeats=1 if smoke else 2)


def _speed_up(home: Path, *, count: int, seconds: float) -> Row:
    measure = "-j 1 / -j 2, a minute of work"
    if (os.cpu_count() or 1) < 2:
        return Row(
            item=NAME, measure=measure, target=at_least(1.7), skipped="there is one processor only"
        )
    _write(home, count, seconds)
    one, two = (_run(home, "-j", jobs) for jobs in ("1", "2"))
    return Row(
        item=NAME,
        measure=measure,
        ratio=one / two,
        target=at_least(1.7),
        detail=f"{readable(one)} / {readable(two)}",
    )


def _start(home: Path, *, repeats: int) -> Row:
    _write(home, 1, 0.0)
    without, with_it = (
        min(_process(home, *options) for _ in range(repeats)) for options in ((), ("-j", "2"))
    )
    return Row(
        item=NAME,
        measure="seconds until one small op is done, with -j 2 minus without",
        ratio=with_it - without,
        target=at_most(1.5),
        detail=f"{readable(with_it)} - {readable(without)}",
    )


def _per_op(home: Path, *, count: int) -> Row:
    """Two numbers of ops in one worker and in none: the start of the worker cancels out."""
    few = count // 10
    spent = {}
    for number in (few, count):
        _write(home, number, 0.0)
        spent[number] = _run(home, "--isolate") - _run(home)
    cost = (spent[count] - spent[few]) / (count - few)
    return Row(
        item=NAME,
        measure="milliseconds of isolation per op",
        ratio=1e3 * cost,
        target=at_most(20),
        detail=f"{count} ops against {few}",
    )


def _through_dask(home: Path, *, count: int, repeats: int) -> Row:
    measure = "a Dask cluster of two workers here / -j 2, small ops"
    if importlib.util.find_spec("distributed") is None:
        return Row(item=NAME, measure=measure, target=at_most(1.3), skipped="Dask is not installed")
    _write(home, count, 0.0)
    spent = [[_run(home, "-j", "2", *o) for o in ((), ("--scheduler",))] for _ in range(repeats)]
    pool, dask = map(min, zip(*spent, strict=True))
    return Row(
        item=NAME,
        measure=measure,
        ratio=dask / pool,
        target=at_most(1.3),
        detail=f"{count} ops, {readable(dask)} / {readable(pool)}",
    )


def _write(home: Path, count: int, seconds: float) -> None:
    text = _OPS.format(count=count, seconds=seconds)
    (home / "busy_ops.py").write_text(text, encoding="utf-8")


def _run(home: Path, *options: str) -> float:
    """Seconds that a run says it took: loading the ops is not part of it, starting workers is."""
    _process(home, *options)
    seconds = json.loads((home / "run.json").read_text(encoding="utf-8"))["seconds"]
    assert isinstance(seconds, float)
    return seconds


def _process(home: Path, *options: str) -> float:
    """Seconds that the whole process takes."""
    path = os.pathsep.join(p for p in (os.environ.get("PYTHONPATH"), str(_ROOT)) if p)
    command = (sys.executable, "-m", "gradcheck", "run", "--ops", "busy_ops.py", "-n", "2")
    started = time.perf_counter()
    subprocess.run(  # noqa: S603 - our own interpreter
        [*command, "--no-database", "--save", "run.json", *options],
        cwd=home,
        env={**os.environ, "PYTHONPATH": path},
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - started
