"""What each command prints, and what it hands to the engine."""

from pathlib import Path

import pytest


def test_list_names_and_describes(gradcheck, right_ops):
    done = gradcheck("list", "--ops", right_ops)
    assert (done.code, done.err) == (0, "")
    rows = [line.split("  ") for line in done.out.splitlines()]
    assert [row[0] for row in rows] == ["op", "my_double", "my_cube"]
    for word in ("(...)->(...)", "easy", "Twice the input."):
        assert word in done.out


def test_list_as_bare_names(gradcheck, right_ops):
    assert (
        gradcheck("list", "--ops", right_ops, "--format", "concise").out == "my_double\nmy_cube\n"
    )


def test_a_narrow_list_goes_without_tags(gradcheck, right_ops, monkeypatch):
    monkeypatch.setenv("COLUMNS", "45")
    lines = gradcheck("list", "--ops", right_ops).out.splitlines()
    assert lines[0].split() == ["op", "signature", "summary"]
    assert max(map(len, lines)) <= 45


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


@pytest.mark.parametrize(
    ("op", "rows"),
    [
        ("sigmoid", ["∂L/∂x", *2 * ["[0.19661193, 0.10499359, 0.04517666]"]]),
        ("matmul", ["[[19., 22.],", "∂L/∂a", "[[11., 15.],", "∂L/∂b", "[[4., 4.],", "[6., 6.]]"]),
        ("add", ["[ 8., 10.]]", "∂L/∂y", *2 * ["[2., 2.]"]]),
    ],
)
def test_show_works_an_example(gradcheck, op, rows):
    done = gradcheck("show", op)
    assert (done.code, done.err) == (0, "")
    for word in ("defined at", "Worked example", "analytic", "numeric", "difference"):
        assert word in done.out
    rest = done.out.partition("Worked example")[2]
    for row in rows:
        _, found, rest = rest.partition(row)
        assert found, f"{row} is not there, or not in its place"


def test_show_an_op_of_ones_own(gradcheck, right_ops):
    out = gradcheck("show", "my_cube", "--ops", right_ops).out
    assert out.startswith("my_cube   (...)->(...)\n\n  Third power.")
    assert "right_ops.py:" in out


def test_a_module_by_its_dotted_name(gradcheck, right_ops):
    assert "my_cube" in gradcheck("list", "--ops", Path(right_ops).stem).out


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


@pytest.mark.parametrize(
    ("shell", "word"),
    [("bash", "complete -o"), ("zsh", "#compdef"), ("fish", "complete --no-files")],
)
def test_completion(gradcheck, monkeypatch, shell, word):
    monkeypatch.setenv("SHELL", f"/usr/bin/{shell}")
    for arguments in (["completion", shell], ["completion"]):
        done = gradcheck(*arguments)
        assert done.code == 0
        assert word in done.out
        assert "_GRADCHECK_COMPLETE" in done.out


def test_completion_for_a_shell_that_is_not_known(gradcheck, monkeypatch):
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    done = gradcheck("completion")
    assert done.code == 2
    assert done.error == "$SHELL is 'tcsh', so name the shell: one of bash, zsh, fish."
