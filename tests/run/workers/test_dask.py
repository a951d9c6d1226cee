"""Ops on a real Dask cluster, in processes of their own."""

import json
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from gradcheck.results.events import OpStarted
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict
from gradcheck.run.workers.tasks import Loading
from tests.op_modules import CUBE
from tests.run.workers.conftest import timeless

pytest.importorskip("distributed")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, sends signals")

HERE = Path(__file__).parent
SLOW = """
import time
from pathlib import Path
import gradcheck as gc

def made(name):
    @gc.op("(...)->(...)", name=name)
    def forward(x):
        Path(__file__).with_name(f"{name}_is_running").touch()
        time.sleep(0.05)
        return x.copy()
    forward.vjp(lambda g: g.copy())
    return forward

OPS = [made(f"slow_{n}") for n in range(4)]
"""


@dataclass
class Running:
    """A cluster that takes commands."""

    process: subprocess.Popen[str]
    address: str
    folder: Path

    def do(self, *command):
        self.process.stdin.write(f"{' '.join(command)}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"


@pytest.fixture(scope="module")
def start(environment, tmp_path_factory):
    """Start a cluster; the same one for all tests that do not change it."""
    started = []

    def begin():
        folder = tmp_path_factory.mktemp("cluster")
        process = subprocess.Popen(
            [sys.executable, str(HERE / "dask_cluster.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=folder,
            env=environment,
        )
        started.append(process)
        return Running(process, process.stdout.readline().strip(), folder)

    yield begin
    for process in started:
        process.stdin.close()
        process.wait(60)
        process.stdout.close()


@pytest.fixture(scope="module")
def cluster(start):
    return start()


@pytest.mark.slow
def test_results_are_those_of_a_run_without_it(gradcheck, cluster):
    common = ("run", "-n", "2", "--no-database")  # all built-in ops
    expected = gradcheck(*common, "--save", "run.json")
    found = gradcheck(*common, "--scheduler", cluster.address, "--save", "run.json")
    assert found.code == 0, found.err
    assert found.err.replace("Saved the run in run.json.\n", "") == ""
    assert timeless(found.run) == timeless(expected.run)


@pytest.mark.slow
def test_without_an_address_a_cluster_is_started_and_ended(gradcheck, tmp_path):
    done = gradcheck("run", "add", "-n", "3", "--save", "run.json", "--scheduler")
    assert (done.code, done.verdicts) == (0, {"add": "PASS"}), done.err
    found = gradcheck(
        "run", "add", "exp", "-n", "3", "--scheduler", "-j", "1", "--save", "run.json"
    )
    assert found.verdicts == {"add": "PASS", "exp": "PASS"}, found.err


@pytest.mark.slow
def test_ops_that_misbehave_end_nothing_else(gradcheck, cluster, bad_ops, verdicts_of_bad_ops):
    limits = ("-n", "2", "--max-time", "1", "--max-memory", "2G")
    done = gradcheck(
        "run", "--ops", bad_ops, *limits, "--scheduler", cluster.address, "--save", "run.json"
    )
    assert done.code == 1, done.err
    assert done.verdicts == verdicts_of_bad_ops
    assert "was ended by SIGSEGV" in done.results["segfault"]["reason"]
    assert "It was in c_loop at bad_ops.py:" in done.results["c_loop"]["reason"]
    assert done.results["leaves"]["failure"]["case"]["inputs"]["x"]["data"]


@pytest.mark.slow
def test_a_failure_found_there_is_replayed_here(gradcheck, cluster, bad_ops):
    gradcheck("run", "leaves", "--ops", bad_ops, "--scheduler", cluster.address, "-n", "2")
    assert gradcheck("replay", "--all").out.startswith("STILL FAILING leaves")


@pytest.fixture
def begun(environment, tmp_path):
    """Begin a slow run on a cluster, and return it when it is under way."""
    processes = []

    def begin(cluster):
        process = slow(cluster, environment, tmp_path)
        processes.append(process)
        wait_for(lambda: list(tmp_path.glob("*_is_running")))
        return process

    yield begin
    for process in processes:
        with process:
            process.kill()


@pytest.fixture
def slow_run(begun, cluster):
    return begun(cluster)


def slow(cluster, environment, tmp_path):
    (tmp_path / "slow.py").write_text(SLOW)
    arguments = ("run", "--ops", "slow.py", "-n", "3", "--no-database", "--save", "run.json")
    return subprocess.Popen(
        [sys.executable, "-m", "gradcheck", *arguments, "--scheduler", cluster.address],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=environment,
    )


def wait_for(what, seconds=60):
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


@pytest.mark.slow
def test_a_worker_that_is_lost_is_told_and_its_op_is_run_again(slow_run, cluster, tmp_path):
    cluster.do("kill")
    out, err = slow_run.communicate(timeout=120)
    assert slow_run.returncode == 0, err
    assert "4 passed" in out
    run = json.loads((tmp_path / "run.json").read_text())
    notes = [note for result in run["results"] for note in result["notes"]]
    assert notes
    assert all("was lost while it had this op, which was run again" in said for said in notes)
    assert "was lost" in out


@pytest.mark.slow
def test_a_cluster_that_ends_leaves_errors_not_a_run_without_end(begun, start, tmp_path):
    other = start()
    run = begun(other)
    other.process.kill()
    out, err = run.communicate(timeout=120)
    assert run.returncode == 1, err
    assert "The Dask cluster " in out
    results = json.loads((tmp_path / "run.json").read_text())["results"]
    assert len(results) == 4
    assert {result["verdict"] for result in results} <= {"PASS", "ERROR"}
    assert "Traceback" not in err


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda n: n.name)
def test_a_signal_ends_what_runs_there(slow_run, cluster, tmp_path, number):
    slow_run.send_signal(number)
    out, err = slow_run.communicate(timeout=60)
    assert slow_run.returncode == 130, err
    assert "Traceback" not in err
    assert out.startswith("interrupted") or "\ninterrupted" in out
    assert json.loads((tmp_path / "run.json").read_text())["interrupted"]
    wait_for(lambda: not processes_of_ops(cluster))


def processes_of_ops(cluster):
    """The processes in which the workers of a cluster run ops."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            line = (entry / "cmdline").read_bytes()
            folder = (entry / "cwd").readlink()
        except OSError:
            continue
        if b"spawn_main" in line and folder == cluster.folder and leads(entry):
            found.append(line)
    return found


def leads(entry):
    """Whether a process leads a session, as workers of gradcheck do and those of Dask do not."""
    try:
        fields = (entry / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return fields[3] == entry.name


@pytest.mark.slow
def test_a_module_that_the_workers_have_not_is_told(gradcheck, cluster, environment, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "only_here.py").write_text(SLOW)
    path = f"{environment['PYTHONPATH']}:{tmp_path / 'mine'}"
    done = gradcheck("run", "--ops", "only_here", "--scheduler", cluster.address, PYTHONPATH=path)
    assert done.code == 2
    assert "The Dask worker tcp://127.0.0.1:" in done.err
    assert "cannot be used: There is no module 'only_here'" in " ".join(done.err.split())


@pytest.mark.slow
def test_other_versions_are_refused(gradcheck, start):
    other = start()
    for package in ("hypothesis", "numpy", "gradcheck"):
        other.do("pretend", package, "0.0.1")
        done = gradcheck("run", "add", "--scheduler", other.address)
        said = " ".join(done.err.split())
        assert done.code == 2
        assert f"has {package} 0.0.1, here it is " in said
    assert (
        "Install the same versions of gradcheck, numpy and hypothesis where the scheduler" in said
    )


@pytest.mark.slow
def test_workers_without_gradcheck_are_told_of(gradcheck, start):
    other = start()
    other.do("forget")
    done = gradcheck("run", "add", "--scheduler", other.address)
    said = " ".join(done.err.split())
    assert done.code == 2
    assert "The Dask worker tcp://127.0.0.1:" in said
    assert "(and 1 more) has no gradcheck, here it is " in said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("tcp://127.0.0.1:9", "No Dask scheduler answers at 'tcp://127.0.0.1:9'"),
        ("smoke://here", "No Dask scheduler answers at 'smoke://here': unknown address scheme"),
        ("here", "'here' is no address of a scheduler; write tcp://host:8786"),
    ],
)
def test_an_address_that_is_none_is_refused(gradcheck, address, said):
    done = gradcheck("run", "add", "--scheduler", address)
    assert done.code == 2
    assert said in " ".join(done.err.split())


def test_one_process_and_a_cluster_contradict_each_other(gradcheck):
    done = gradcheck("run", "add", "--no-isolate", "--scheduler")
    assert done.code == 2
    assert "--scheduler runs ops on a cluster" in done.err


@pytest.mark.usefixtures("own_modules")
def test_a_cluster_of_this_process_runs_ops_and_ends(tmp_path):
    from gradcheck.run.workers.dask import Cluster

    (tmp_path / "cluster_ops.py").write_text(CUBE.format(factor=3))
    loading = Loading(modules=(str(tmp_path / "cluster_ops.py"),), builtin=False)
    specs = list(loading.registry())
    events = []
    finished = Cluster(loading, jobs=1).run(specs, Settings(cases=3), events.append, {})
    assert [(each.op, each.verdict) for each in finished.results] == [("cube", Verdict.PASS)]
    assert OpStarted("cube", 0) in events
