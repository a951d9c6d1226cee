"""How modules of ops are named and imported, and what is said of one that fails."""

import sys
import textwrap

import pytest

from gradcheck.errors import LoadError, SpecError
from gradcheck.spec.importing import is_path
from gradcheck.spec.registry import Registry
from tests.messages import message_of


def names(specs):
    return [spec.name for spec in specs]


def test_loading_leaves_the_path_alone(write):
    write("my_ops.py")
    write("broken.py", "1 / 0\n")
    before = list(sys.path)
    Registry().load("my_ops.py")
    for module in ("broken.py", "broken", "nowhere"):
        with pytest.raises(LoadError):
            Registry().load(module)
    assert sys.path == before


def test_a_file_named_like_a_module_that_is_in_use(write):
    path = write("textwrap.py")
    assert names(Registry().load(path)) == ["double"]
    assert sys.modules["textwrap"] is textwrap


def test_a_file_named_like_a_module_that_is_not_in_use_yet(write, monkeypatch):
    path = write("colorsys.py")
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    assert names(Registry().load(path)) == ["double"]
    import colorsys

    assert hasattr(colorsys, "rgb_to_hsv")


def test_a_missing_file(write):
    write("my_ops.py")
    assert message_of(LoadError, Registry().load, "my_opps.py") == (
        "There is no file my_opps.py. Did you mean 'my_ops.py'?"
    )
    assert (
        message_of(LoadError, Registry().load, "nowhere/x.py") == "There is no file nowhere/x.py."
    )


def test_a_link_to_nowhere_and_a_link_to_itself(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("gone.py", "my_ops.py"):
        (tmp_path / "my_ops.py").unlink(missing_ok=True)
        (tmp_path / "my_ops.py").symlink_to(name)
        assert message_of(LoadError, Registry().load, "my_ops.py") == (
            f"my_ops.py is a link to {name}, where there is no file."
        )
        assert message_of(LoadError, Registry().load, "my_opps.py") == (
            "There is no file my_opps.py."
        )


def test_a_folder_that_is_no_package(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.py").mkdir()
    for path in ("folder.py", "./folder.py/"):
        assert message_of(LoadError, Registry().load, path) == (
            "folder.py is a folder without __init__.py; name a file in it."
        )


def test_a_folder_that_is_a_package(write, tmp_path):
    (tmp_path / "own_package").mkdir()
    write("own_package/inner.py")
    write("own_package/__init__.py", "from .inner import double\n")
    assert names(Registry().load("own_package/")) == ["double"]
    assert names(Registry().load("./own_package")) == ["double"]
    assert names(Registry().load("own_package")) == ["double"]
    assert "own_package.inner" in sys.modules


def test_a_package_named_like_a_module_that_is_in_use(write, tmp_path):
    (tmp_path / "json").mkdir()
    write("json/inner.py")
    write("json/__init__.py", "from .inner import double\n")
    import json

    assert names(Registry().load("json/")) == ["double"]
    assert sys.modules["json"] is json


def test_a_missing_module(write, tmp_path):
    assert message_of(LoadError, Registry().load, "nowhere.ops") == (
        f"There is no module 'nowhere.ops' (looked in {tmp_path} and in the installed packages)."
    )
    write("my_ops.py")
    (tmp_path / "folder").mkdir()
    assert message_of(LoadError, Registry().load, "folder.my_ops").startswith(
        "There is no module 'folder.my_ops' "
    )


def test_a_module_that_is_not_python(write):
    path = write("folder/my_ops.txt")
    assert message_of(LoadError, Registry().load, str(path)) == (
        f"{path} cannot be imported; a module of ops is a Python file."
    )


FAILING = [
    ("import gradcheck\n\n1 / 0\n", 3, "ZeroDivisionError: division by zero"),
    (
        "import os\nimport nowhere_to_be_found\n",
        2,
        "ModuleNotFoundError: No module named 'nowhere_to_be_found'",
    ),
    ("def f():\n    raise KeyError('a')\n\nf()\n", 2, "KeyError: 'a'"),
    ("import sys\nsys.exit(3)\n", 2, "SystemExit: 3"),
    ("import numpy as np\nnp.zeros(-1)\n", 2, "ValueError: negative dimensions are not allowed"),
]


@pytest.mark.parametrize(("text", "line", "error"), FAILING)
def test_a_failing_module_is_told_with_its_own_line(write, text, line, error):
    path = write("my_ops.py", text)
    assert message_of(LoadError, Registry().load, "my_ops.py") == (
        f"Importing my_ops.py failed: {path}:{line}: {error}"
    )
    assert message_of(LoadError, Registry().load, "my_ops") == (
        f"Importing my_ops failed: {path}:{line}: {error}"
    )


def test_a_module_that_is_no_python(write):
    path = write("my_ops.py", "import os\nx = = 1\n")
    said = message_of(LoadError, Registry().load, path)
    assert said == (
        f"Importing {path} failed: {path}:2: SyntaxError: invalid syntax (my_ops.py, line 2)"
    )


def test_a_missing_part_of_a_package(write):
    path = write("my_package/__init__.py", "from . import missing\n")
    said = message_of(LoadError, Registry().load, "my_package")
    assert said.startswith(f"Importing my_package failed: {path}:1: ImportError: ")


def test_a_module_with_an_op_that_does_not_fit_together(write):
    path = write("my_ops.py", 'import gradcheck as gc\n\ngc.op("n")(lambda x: x)\n')
    assert message_of(SpecError, Registry().load, "my_ops.py").startswith(
        f"{path}:3: An op at {path}:3 needs a name"
    )


@pytest.mark.parametrize("module", ["a.py", ".py", "a/b", "./a", "a\\b", "a.b/c"])
def test_what_ends_in_py_or_has_a_folder_in_it_is_a_path(module):
    assert is_path(module)


@pytest.mark.parametrize("module", ["a", "a.b", "py", "a.pyc", ""])
def test_anything_else_is_a_dotted_name(module):
    assert not is_path(module)
