"""The command line as a process of its own: signals, encodings, closed pipes."""

import os
import signal
import subprocess
import sys

import pytest

SLOW = """
import time
import gradcheck as gc

@gc.op(name="quick")
def quick(x):
    return x

@quick.vjp
def _(g):
    return g.copy()

@gc.op(name="slow")
def slow(x):
    print("in slow", flush=True)
    time.sleep(60)
    return x

@slow.vjp
def _(g):
    return g.copy()
"""


@pytest.fixture
def command(pytestconfig):
    """Start `python -m gradcheck` in the current directory."""

    def start(*arguments, **environment):
        environment = {"PYTHONPATH": str(pytestconfig.rootpath), **environment}
        return subprocess.Popen(
            [sys.executable, "-m", "gradcheck", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, **environment},
        )

    return start


@pytest.mark.skipif(sys.platform == "win32", reason="sends POSIX signals")
def test_ctrl_c_reports_what_is_finished_and_exits_with_130(command, module):
    with command("run", "--ops", module(SLOW), "-n", "3") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "in slow\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=300)
    assert process.returncode == 130, err
    assert "interrupted · 1 passed, 1 not run in " in out
    assert "Traceback" not in err


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
@pytest.mark.slow
def test_a_terminal_without_our_characters_gets_question_marks(command, wrong_ops, encoding):
    with command(
        "run", "--ops", wrong_ops, "-n", "5", "--no-database", PYTHONIOENCODING=encoding
    ) as process:
        out, err = process.communicate(timeout=300)
    assert process.returncode == 1, err
    assert ("∂L/∂x is wrong" if encoding == "utf-8" else "?L/?x is wrong") in out


def test_failing_draws_are_kept_in_the_current_directory(gradcheck, wrong_ops, own_directory):
    gradcheck("run", "--ops", wrong_ops, "-n", "5", "--no-database")
    assert not (own_directory / ".gradcheck").exists()
    gradcheck("run", "--ops", wrong_ops, "-n", "5")
    assert (own_directory / ".gradcheck" / "examples").is_dir()
