"""Modules that ops are loaded from: which, in what order, and what is said if they fail."""

from pathlib import Path

import pytest

from gradcheck.cli.config.precedence import Setting, SettingLevel
from gradcheck.cli.op_sources import Sources, find, importable
from gradcheck.errors import LoadError, SelectionError

TYPED = SettingLevel.COMMAND_LINE
FILE = SettingLevel.FILE
DEFAULT = SettingLevel.DEFAULT


def sources(*modules, builtin=False, ops=TYPED, flag=DEFAULT):
    settings = {
        "ops": Setting(modules, ops, "--ops" if ops is TYPED else "gradcheck.toml:ops"),
        "builtin": Setting(builtin, flag, "--builtin" if flag is TYPED else "default"),
    }
    return Sources(modules, builtin, settings, ())


def test_without_modules_the_catalogue_is_loaded():
    assert "matmul" in sources().registry()
    assert sources().with_builtin


def test_modules_take_the_place_of_the_catalogue(right_ops):
    assert [spec.name for spec in sources(right_ops).registry()] == ["my_double", "my_cube"]
    both = sources(right_ops, builtin=True).registry()
    assert "my_cube" in both
    assert "matmul" in both


@pytest.mark.parametrize(
    ("made", "options"),
    [
        (sources(), []),
        (sources("a.py", "b"), ["--ops", "a.py", "--ops", "b"]),
        (sources("a.py", builtin=True, flag=TYPED), ["--ops", "a.py", "--builtin"]),
        (sources("a.py", ops=FILE), []),
        (sources("a.py", builtin=True, ops=FILE, flag=TYPED), ["--builtin"]),
        (sources("a.py", builtin=True, ops=FILE, flag=FILE), []),
        (sources("a.py", builtin=False, ops=FILE, flag=TYPED), ["--no-builtin"]),
    ],
)
def test_options_restore_what_no_file_says(made, options):
    assert made.options() == options


def test_a_worker_loads_the_same(right_ops):
    loading = sources(right_ops).loading
    assert (loading.modules, loading.builtin, loading.beside) == ((right_ops,), False, None)
    assert sources().loading.builtin


def test_origins_are_relative_to_the_current_folder(own_directory, right_ops):
    origins = sources(str(own_directory / right_ops), "dotted.name").origins
    assert (origins.modules, origins.builtin) == ((right_ops, "dotted.name"), False)
    assert sources("/elsewhere/ops.py").origins.modules == ("/elsewhere/ops.py",)


def test_the_origin_of_a_configured_module_is_named():
    with pytest.raises(LoadError, match=r"no\.py\. \(From gradcheck\.toml:ops\.\)"):
        sources("no.py", ops=FILE).registry()
    with pytest.raises(LoadError, match=r"There is no file no\.py\.$"):
        sources("no.py").registry()


def test_an_op_is_found_by_its_name(right_ops):
    assert find("my_cube", sources(right_ops)).name == "my_cube"
    with pytest.raises(SelectionError, match="Did you mean 'my_cube'"):
        find("my_qube", sources(right_ops))


def test_a_folder_is_importable_only_inside(own_directory, monkeypatch):
    monkeypatch.syspath_prepend("elsewhere")
    import sys

    before = list(sys.path)
    with importable(own_directory):
        assert sys.path[0] == str(own_directory)
    with importable(None):
        assert sys.path == before
    assert sys.path == before


@pytest.mark.parametrize("command", ["run", "list", "show"])
def test_a_builtin_op_beside_modules_of_ones_own(gradcheck, command, right_ops):
    done = gradcheck(command, "matmul", "--ops", right_ops)
    assert done.code == 2
    assert done.error == (
        "There is no op 'matmul' among those loaded. 'matmul' is a built-in op: add --builtin to "
        "load those too."
    )


@pytest.mark.parametrize("name", ["right_ops", "right_ops.py"])
def test_a_file_where_an_op_is_expected(gradcheck, right_ops, name):
    done = gradcheck("plot", name)
    assert done.code == 2
    assert done.error.endswith(": write --ops right_ops.py.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 / 0", "my_ops.py:1: ZeroDivisionError: division by zero"),
        ("x = (", "my_ops.py:1: SyntaxError: '(' was never closed (my_ops.py, line 1)"),
        ("import nowhere_to_be_found", "No module named 'nowhere_to_be_found'"),
        ("x = 1", "my_ops.py defines no op. An op is made by @gradcheck.op(...)"),
        ("raise SystemExit(0)", "my_ops.py:1: SystemExit: 0"),
        ("raise ValueError('a\\x1b[31m\\nb')", "my_ops.py:1: ValueError: a\\x1b[31m\nb"),
    ],
)
def test_a_module_that_cannot_be_used(gradcheck, module, text, said):
    done = gradcheck("run", "--ops", module(text))
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Error: ")
    assert said in done.error


def test_a_module_that_is_not_there(gradcheck, right_ops):
    done = gradcheck("run", "--ops", "rigth_ops.py")
    assert done.code == 2
    assert done.error == "There is no file rigth_ops.py. Did you mean 'right_ops.py'?"
    done = gradcheck("run", "--ops", "nowhere.ops")
    assert done.code == 2
    assert done.error.startswith("There is no module 'nowhere.ops' (looked in ")


def test_two_ops_of_one_name(gradcheck, module, right_ops):
    again = module(Path(right_ops).read_text(), "again.py")
    done = gradcheck("run", "--ops", right_ops, "--ops", again)
    assert done.code == 2
    assert done.error.startswith("Two ops are called 'my_double': ")
    assert "Rename one, or give it name='...'." in done.error
