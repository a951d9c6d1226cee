"""What each command prints, and what it hands to the engine."""

import pytest


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ((), ["my_double", "my_cube"]),
        (("my_cube",), ["my_cube"]),
        (("my_*", "--exclude", "*cube"), ["my_double"]),
        (("-t", "hard"), ["my_cube"]),
        (("-k", "easy or cube"), ["my_double", "my_cube"]),
        (("matmul", "my_cube", "--builtin"), ["my_cube", "matmul"]),
    ],
)
def test_what_is_selected(gradcheck, verdicts, right_ops, options, names):
    calls = verdicts("PASS", "PASS")
    gradcheck("run", "--ops", right_ops, *options)
    specs, _ = calls[0]
    assert [spec.name for spec in specs] == names
    listed = gradcheck("list", "--ops", right_ops, "--format", "concise", *options)
    assert listed.out.split() == names


def test_settings_reach_the_engine(gradcheck, verdicts, right_ops, own_directory):
    calls = verdicts("PASS", "PASS")
    gradcheck("run", "--ops", right_ops)
    gradcheck(
        *("run", "--ops", right_ops, "-n", "7", "--seed", "3", "--dtype", "float32"),
        *("--dtype", "complex64", "-x", "--max-time", "1.5", "--no-shrink", "--no-database"),
    )
    (_, usual), (_, special) = calls
    assert (usual.cases, usual.seed, usual.dtypes) == (100, 0, ())
    assert (usual.fail_fast, usual.max_time, usual.shrink) == (False, None, True)
    assert usual.database == own_directory / ".gradcheck" / "examples"
    assert (special.cases, special.seed, special.dtypes) == (7, 3, ("float32", "complex64"))
    assert (special.fail_fast, special.max_time, special.shrink) == (True, 1.5, False)
    assert special.database is None


def test_order_and_failures_only(gradcheck, verdicts, right_ops):
    verdicts("PASS", "FAIL")

    def names(*options):
        lines = gradcheck("run", "--ops", right_ops, *options).out.splitlines()
        return [line.split()[0] for line in lines if line.startswith("my_")]

    assert names() == ["my_double", "my_cube"]
    assert names("--sort", "name") == ["my_cube", "my_double"]
    assert names("--failures-only") == ["my_cube"]


def test_concise_and_quiet(gradcheck, verdicts, right_ops):
    verdicts("PASS", "FAIL")
    concise = gradcheck("run", "--ops", right_ops, "--format", "concise").out.splitlines()
    assert concise[0] == "PASS my_double: 100 cases"
    assert len(concise) == 3
    quiet = gradcheck("run", "--ops", right_ops, "-q").out.splitlines()
    assert len(quiet) == 2
    assert quiet[0].startswith("FAIL my_cube")
    assert quiet[1] == "1 passed, 1 failed in 0.5 s · seed 0 · 100 cases each"


def test_the_command_that_reproduces_is_complete(gradcheck, wrong_ops):
    done = gradcheck(
        *("run", "--ops", wrong_ops, "--builtin", "my_cube", "--seed", "5", "-n", "9"),
        *("--dtype", "float32", "--no-database"),
    )
    (line,) = (line for line in done.out.splitlines() if "reproduce" in line)
    command = line.split(maxsplit=2)[2]
    assert command == ("run my_cube --seed 5 -n 9 --dtype float32 --ops wrong_ops.py --builtin")
    again = gradcheck(*command.split(), "--no-database")
    panel = [text for text in done.out.splitlines() if "smallest case" in text]
    assert panel == [text for text in again.out.splitlines() if "smallest case" in text]


def test_results_on_stdout_and_nothing_on_stderr(gradcheck, right_ops):
    done = gradcheck("run", "--ops", right_ops, "-n", "5")
    assert done.err == ""
    assert "2 passed in " in done.out


@pytest.mark.parametrize(
    ("color", "colored"), [("always", True), ("never", False), ("auto", False)]
)
def test_color(gradcheck, verdicts, right_ops, color, colored):
    verdicts("PASS", "FAIL")
    assert ("\x1b[" in gradcheck("run", "--ops", right_ops, "--color", color).out) == colored
    assert ("\x1b[" in gradcheck("list", "--ops", right_ops, "--color", color).out) == colored
