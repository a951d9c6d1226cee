"""`run --watch`: a change of a file checks its ops again, in a process of their own."""

import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.op_modules import CUBE

GENEROUS = 120  # s

HELPER = "FACTOR = 3\n"
USES = f"from helper import FACTOR\n{CUBE.format(factor='FACTOR')}"
ALONE = """
import gradcheck as gc


@gc.op("(...)->(...)")
def twice(x):
    return 2 * x


@twice.vjp
def _(g):
    return 2 * g
"""


class Watch:
    """A running `gradcheck run --watch`."""

    def __init__(self, *arguments):
        self._process = subprocess.Popen(
            [sys.executable, "-m", "gradcheck", "run", "-n", "10", "--watch", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self._lines = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self._process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def until(self, part):
        """The lines up to one that has this in it."""
        seen = []
        while not seen or part not in seen[-1]:
            line = self._lines.get(timeout=GENEROUS)
            assert line is not None, f"ended before {part!r}: {seen}"
            seen.append(line)
        return "\n".join(seen)

    def interrupt(self):
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(GENEROUS)

    def close(self):
        self._process.kill()
        self._process.wait()
        self._reader.join(GENEROUS)
        self._process.stdout.close()


@pytest.fixture
def extra():
    """The tests can be run without it."""
    pytest.importorskip("watchfiles", reason="needs gradcheck[watch]")


@pytest.fixture
def watch(extra, module):
    """Start watching two modules, one of which imports a third."""
    module(HELPER, "helper.py")
    started = []

    def start(*arguments):
        module(USES, "uses.py")
        module(ALONE, "alone.py")
        started.append(Watch("--ops", "uses.py", "--ops", "alone.py", *arguments))
        return started[-1]

    yield start
    for each in started:
        each.close()


def write(name, text):
    """Replace a file as editors do."""
    beside = Path(f"{name}.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(name)


@pytest.mark.slow
def test_changes_check_the_ops_that_they_touch(watch):
    running = watch()
    first = running.until("Ctrl-C ends")
    assert "2 passed" in first
    assert "all ops: passed" in first
    assert "watching 3 files" in first

    write("helper.py", "FACTOR = 2\n")  # cube does not lie in it, but depends on it
    second = running.until("Ctrl-C ends")
    assert "FAIL cube" in second
    assert "twice" not in second
    assert "helper.py changed: failed" in second

    write("alone.py", ALONE)  # nothing of the mistake above is left in another process
    third = running.until("Ctrl-C ends")
    assert "1 passed" in third
    assert "cube" not in third

    write("uses.py", USES + "def broken(")
    assert "uses.py changed: could not be checked" in running.until("Ctrl-C ends")
    write("uses.py", USES.replace("FACTOR *", "3 *"))
    assert "uses.py changed: passed" in running.until("Ctrl-C ends")

    assert running.interrupt() == 130
    running.until("Interrupted.")


@pytest.mark.slow
def test_a_file_whose_ops_are_not_selected_is_told_of(watch):
    running = watch("cube")
    assert "1 passed" in running.until("Ctrl-C ends")
    write("alone.py", ALONE + "\n")
    assert "alone.py changed: no selected op there" in running.until("Ctrl-C ends")


def test_modules_that_are_not_there_end_it(extra):
    done = subprocess.run(
        [sys.executable, "-m", "gradcheck", "run", "--watch", "--ops", "nowhere.py"],
        capture_output=True,
        text=True,
        check=False,
        timeout=GENEROUS,
    )
    assert done.returncode == 2
    assert "There is no file nowhere.py" in done.stderr


def test_without_watchfiles_the_extra_is_named(gradcheck, right_ops, monkeypatch):
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    done = gradcheck("run", "--watch", "--ops", right_ops)
    assert (done.code, done.out) == (2, "")
    assert "pip install 'gradcheck[watch]'" in done.error
