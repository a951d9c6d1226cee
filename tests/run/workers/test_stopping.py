"""A run that is stopped, by a signal or by its first failure: what is finished is kept."""

import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, sends signals")

OPS = """
import time
from pathlib import Path
import gradcheck as gc

def op(name):
    def made(forward):
        spec = gc.op("(...)->(...)", name=name)(forward)
        spec.vjp(lambda g: g.copy())
        return spec
    return made

@op("a_quick")
def a_quick(x):
    return x.copy()

@op("b_quick")
def b_quick(x):
    return x.copy()

@op("c_wrong")
def c_wrong(x):
    return 2 * x

@op("d_slow")
def d_slow(x):
    Path("d_is_running").touch()
    time.sleep(60)
    return x.copy()
"""


@pytest.fixture
def module(tmp_path):
    (tmp_path / "some_ops.py").write_text(OPS)
    return "some_ops.py"


def children(pid):
    """The processes that descend from one, by their parents in /proc."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int(
                    (entry / "stat").read_text().rpartition(")")[2].split()[1]
                )
            except OSError:
                continue
    found, layer = set(), {pid}
    while layer := {child for child, parent in parents.items() if parent in layer} - found:
        found |= layer
    return found


def wait_for(what, seconds=60):
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
def test_a_signal_keeps_what_is_done_and_leaves_no_process(environment, tmp_path, module, number):
    arguments = ("run", "*quick", "d_slow", "--ops", module, "-j", "2", "-n", "2")
    with subprocess.Popen(
        [sys.executable, "-m", "gradcheck", *arguments, "--save", "run.json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=environment,
    ) as process:
        wait_for((tmp_path / "d_is_running").exists)
        started = children(process.pid)
        assert started
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    # The third op began when the first or the second was done; of the other nothing is known.
    assert re.search("interrupted · ([12]) passed, [12] not run in ", out)
    assert "Traceback" not in err
    assert '"interrupted":true' in (tmp_path / "run.json").read_text()
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in started))


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="there is no /dev/full")
@pytest.mark.parametrize("form", ["table", "concise", "json", "github"])
def test_a_full_disk_behind_standard_output_is_told_and_the_run_is_saved(
    environment, tmp_path, module, form
):
    arguments = ("run", "a_quick", "c_wrong", "--ops", module, "-n", "2", "--save", "run.json")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "gradcheck", *arguments, "--format", form],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            cwd=tmp_path,
            env=environment,
        )
    assert done.returncode == 3, done.stderr
    assert done.stderr == (
        "Saved the run in run.json.\n"
        "Error: Standard output cannot be written to: No space left on device.\n"
    )
    assert (tmp_path / "run.json").is_file()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="there is no /dev/full")
@pytest.mark.parametrize("command", ["list", "--help", "config"])
def test_a_full_disk_behind_any_command_is_no_bug_of_ours(environment, tmp_path, command):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "gradcheck", command],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            cwd=tmp_path,
            env=environment,
        )
    assert done.returncode == 3
    assert done.stderr == "Error: The output cannot be written: No space left on device.\n"


def test_the_first_failure_ends_the_run_as_it_ends_a_serial_one(gradcheck, tmp_path, module):
    common = ("run", "--ops", module, "-n", "2", "--fail-fast", "--save", "run.json")
    serial, pooled = gradcheck(*common), gradcheck(*common, "-j", "2")
    assert list(serial.verdicts) == ["a_quick", "b_quick", "c_wrong"]
    assert pooled.verdicts == serial.verdicts
    assert pooled.code == serial.code == 1


@pytest.mark.slow
def test_skips_and_used_up_time_need_no_worker(gradcheck, tmp_path, module):
    (tmp_path / "gradcheck.toml").write_text('[op."*"]\nskip = "not now"\n')
    done = gradcheck("run", "--ops", module, "-j", "2", "--save", "run.json")
    assert set(done.verdicts.values()) == {"SKIP"}
    assert done.code == 5
