"""Arguments that name modules, among those that name ops."""

import pytest

from gradcheck.cli.module_arguments import is_module, modules_apart, without_modules


@pytest.fixture(autouse=True)
def files(own_directory):
    """A module, a package, and a folder that is none."""
    (own_directory / "my_ops.py").write_text("raise SystemExit('imported')")
    (own_directory / "odd[name]*.py").write_text("")
    (own_directory / "pack").mkdir()
    (own_directory / "pack" / "__init__.py").write_text("raise SystemExit('imported')")
    (own_directory / "pack" / "inner.py").write_text("raise SystemExit('imported')")
    (own_directory / "notes.txt").write_text("")


@pytest.mark.parametrize(
    "argument",
    ["my_ops.py", "./my_ops.py", "gone.py", "pack/", "./pack", "pack.inner", "gradcheck.ops",
     "odd[name]*.py", "notes.txt", "xml.dom"],
)  # fmt: skip
def test_files_packages_and_dotted_names_are_modules(argument):
    assert is_module(argument)


@pytest.mark.parametrize(
    "argument",
    ["matmul", "log*", "my_*.py", "pack", "pack.gone", "a.b", "a::b[0]", "gone/", "", "..", "1.5",
     "my_ops", "x" * 10**5, "a\0b"],
)  # fmt: skip
def test_names_and_globs_are_ops(argument):
    assert not is_module(argument)


def test_a_list_is_divided_in_order():
    names = ("log*", "my_ops.py", "exp", "pack.inner")
    assert without_modules(names) == (("my_ops.py", "pack.inner"), ("log*", "exp"))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({}, {}),
        ({"patterns": ["exp"]}, {"patterns": ["exp"]}),
        ({"patterns": ["my_ops.py"]}, {"modules": ["my_ops.py"]}),
        (
            {"patterns": ["my_ops.py", "exp"], "modules": ["a.py"], "seed": "1"},
            {"patterns": ("exp",), "modules": ["a.py", "my_ops.py"], "seed": "1"},
        ),
    ],
)
def test_modules_are_moved_to_their_option(typed, expected):
    assert modules_apart(typed) == expected


@pytest.mark.parametrize(
    "arguments",
    [
        ("right_ops.py",),
        ("run", "right_ops.py"),
        ("--ops", "right_ops.py"),
        ("--ops=right_ops.py", "run"),
        ("-n", "7", "right_ops.py"),
        ("-n7", "--seed=0", "run", "right_ops.py"),
        ("-v", "run", "--ops", "right_ops.py"),
        ("right_ops.py", "-k", "my"),
        ("./right_ops.py", "my_*"),
    ],
)
def test_ways_to_check_a_module(gradcheck, verdicts, right_ops, arguments):
    calls = verdicts("PASS", "PASS")
    done = gradcheck(*arguments)
    assert done.code == 0, done.err
    ((specs, settings),) = calls
    assert [spec.name for spec in specs] == ["my_double", "my_cube"]
    assert settings.cases == (7 if "7" in "".join(arguments) else 100)


def test_a_module_among_the_ops_replaces_the_configured_ones(
    gradcheck, verdicts, right_ops, own_directory
):
    (own_directory / "gradcheck.toml").write_text(
        'ops = ["other.py"]\nselect = ["none"]\ncases = 3'
    )
    calls = verdicts("PASS", "PASS")
    assert gradcheck("run", right_ops).code == 0
    ((specs, settings),) = calls
    assert ([spec.name for spec in specs], settings.cases) == (["my_double", "my_cube"], 3)


def test_the_command_that_reproduces_names_the_module(gradcheck, wrong_ops):
    done = gradcheck(wrong_ops, "my_cube", "-n", "3", "--no-shrink", "--no-database")
    assert "gradcheck run my_cube --seed 0 -n 3 --ops wrong_ops.py" in done.out


@pytest.mark.parametrize("command", ["run", "list", "show", "audit"])
def test_a_file_that_there_is_not_is_named_with_the_nearest(gradcheck, right_ops, command):
    done = gradcheck(command, "rigth_ops.py")
    assert (done.code, done.out) == (2, "")
    assert done.error == "There is no file rigth_ops.py. Did you mean 'right_ops.py'?"
