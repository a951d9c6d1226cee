"""No op, however badly it behaves, takes a run down or changes another op's result."""

import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="POSIX signals, limits of memory")

LIMITS = ("-n", "2", "--max-time", "1", "--max-memory", "2G")


@pytest.fixture(scope="module")
def messages():
    """What the reason of each result says, in part."""
    return {
        "segfault": "was ended by SIGSEGV",
        "python_loop": "1 s and a grace of 5 s were up. It was in python_loop at bad_ops.py:",
        "c_loop": "It was in c_loop at bad_ops.py:",
        "babbles": "It was in babbles at bad_ops.py:",
        "leaves": "exited with status 0, as os._exit(0) does",
        "kills_itself": "was ended by SIGKILL",
        "recursion": "RecursionError",
        "hog": "MemoryError",
    }


@pytest.mark.slow
@pytest.mark.parametrize("how", [("-j", "2"), ("--isolate",)], ids=" ".join)
def test_each_row_is_as_it_should_be(gradcheck, bad_ops, verdicts_of_bad_ops, messages, how):
    done = gradcheck("run", "--ops", bad_ops, *LIMITS, *how, "--save", "run.json")
    assert done.code == 1, done.err
    assert done.verdicts == verdicts_of_bad_ops
    assert list(done.results) == list(verdicts_of_bad_ops)
    for op, said in messages.items():
        assert said in done.results[op]["reason"], op
    assert any("last: from the file descriptor" in n for n in done.results["noise"]["notes"])
    assert "noise\n" not in done.out
    for op in ("segfault", "python_loop", "leaves"):
        assert done.results[op]["failure"]["case"]["inputs"]["x"]["data"]


@pytest.mark.slow
def test_a_case_that_crashed_is_stored_and_crashes_again_apart(gradcheck, bad_ops):
    done = gradcheck("run", "segfault", "--ops", bad_ops, "--isolate", "-n", "2")
    assert "gradcheck run segfault --seed 0 -n 2 --isolate --ops bad_ops.py" in done.out
    assert "last case" in done.out
    again = gradcheck("replay", "--all")
    assert again.code == 1
    assert again.out.startswith("STILL FAILING segfault")
    assert "was ended by SIGSEGV" in again.out


@pytest.mark.slow
def test_a_crash_that_was_mended_is_fixed(gradcheck, bad_ops, tmp_path):
    gradcheck("run", "leaves", "--ops", bad_ops, "--isolate", "-n", "2")
    module = tmp_path / bad_ops
    module.write_text(module.read_text().replace("os._exit(0)", "return x.copy()"))
    assert gradcheck("replay", "--all").out.startswith("FIXED leaves")


def test_a_crash_that_is_expected_is_no_failure(gradcheck, bad_ops, tmp_path):
    (tmp_path / "gradcheck.toml").write_text('isolate = true\n[op.leaves]\nxfail = "known"\n')
    done = gradcheck("run", "leaves", "--ops", bad_ops, "-n", "2", "--save", "run.json")
    assert done.verdicts == {"leaves": "XFAIL"}
    assert done.code == 0


def test_memory_that_a_worker_has_already_is_no_limit(gradcheck, bad_ops):
    done = gradcheck("run", "--ops", bad_ops, "--max-memory", "1M")
    assert done.code == 2
    assert "--max-memory 1 MiB is too little" in done.err


@pytest.mark.slow
def test_an_op_that_is_missing_on_re_import_is_an_error_of_that_op(gradcheck, bad_ops, tmp_path):
    module = tmp_path / "moody.py"
    module.write_text(
        "import multiprocessing\nfrom bad_ops import op\n"
        "@op('steady')\ndef steady(x):\n    return x.copy()\n"
        "if multiprocessing.parent_process() is None:\n"
        "    @op('gone')\n    def gone(x):\n        return x.copy()\n"
        "    @op('other')\n    def other(x):\n        return x.copy()\n"
        "else:\n"
        "    @op('other')\n    def other(x):\n        return 1 * x\n"
    )
    done = gradcheck(
        "run", "steady", "gone", "other", "--ops", "moody.py", "-j1", "-n2", "--save", "run.json"
    )
    assert done.verdicts == {"steady": "PASS", "gone": "ERROR", "other": "ERROR"}, done.err
    assert "'gone' (" in done.results["gone"]["reason"]
    assert "is not there when its module is imported again" in done.results["gone"]["reason"]
    assert "is another one when its module is imported again" in done.results["other"]["reason"]


@pytest.mark.slow
def test_a_module_that_cannot_be_imported_in_a_worker_is_told(gradcheck, tmp_path):
    (tmp_path / "once.py").write_text(
        "import pathlib\npathlib.Path('mark').touch(exist_ok=False)\n"
        "import gradcheck as gc\n@gc.op('(...)->(...)')\ndef same(x):\n    return x.copy()\n"
        "@same.vjp\ndef _(g):\n    return g.copy()\n"
    )
    done = gradcheck("run", "--ops", "once.py", "-j", "2", "-n", "2")
    assert done.code == 2
    assert "A worker process cannot be used: Importing once.py failed" in done.err
    assert "FileExistsError" in done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-j", "0"), "'0' is no number of jobs; give 1 or more, or auto"),
        (("-j", "two"), "'two' is no number of jobs"),
        (("--max-memory", "lots"), "'lots' is no size of memory; write 512M or 2G"),
        (("-j", "2", "--no-isolate"), "-j 2 runs several ops at a time"),
        (("--max-memory", "2G", "--no-isolate"), "--max-memory limits worker processes"),
        (("--shard", "4/3"), "'4/3' is no shard"),
    ],
)
def test_what_cannot_be_is_refused(gradcheck, arguments, said):
    done = gradcheck("run", "add", *arguments)
    assert done.code == 2
    assert said in " ".join(done.err.split())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("configured", "typed", "apart"),
    [
        ("jobs = 2", (), True),
        ("jobs = 2", ("--no-isolate",), False),
        ("isolate = false", ("-j", "2"), True),
        ("isolate = true", (), True),
    ],
)
def test_what_is_typed_beats_what_is_configured(gradcheck, tmp_path, configured, typed, apart):
    (tmp_path / "gradcheck.toml").write_text(f"{configured}\n")
    (tmp_path / "tells.py").write_text(
        "import multiprocessing\nimport gradcheck as gc\n"
        "@gc.op('(...)->(...)')\ndef tells(x):\n"
        "    assert multiprocessing.parent_process() is None\n    return x.copy()\n"
        "tells.vjp(lambda g: g.copy())\n"
    )
    done = gradcheck("run", "--ops", "tells.py", "-n", "1", "--save", "run.json", *typed)
    # One case is enough for the verdict ERROR, not always for PASS.
    assert (done.verdicts["tells"] == "ERROR") is apart, done.err
