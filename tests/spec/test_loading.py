"""Ops come from modules, named by file or with dots."""

import importlib
import sys

import pytest

from gradcheck.errors import LoadError, SpecError
from gradcheck.spec.registry import Registry
from tests.messages import message_of
from tests.op_modules import OP


def names(specs):
    return [spec.name for spec in specs]


def test_load_by_path(write):
    ops = Registry()
    (spec,) = ops.load(write("my_ops.py"))
    assert names(ops) == ["double"]
    assert spec(2.0) == 4.0
    assert spec.location.file == str(write("my_ops.py"))


def test_load_by_relative_path(write):
    write("folder/my_ops.py")
    assert names(Registry().load("folder/my_ops.py")) == ["double"]
    assert names(Registry().load("./folder/my_ops.py")) == ["double"]


def test_load_by_dotted_name_from_here(write):
    write("my_package/__init__.py", "")
    write("my_package/ops.py")
    assert names(Registry().load("my_package.ops")) == ["double"]


def test_load_by_dotted_name_from_the_path(write, tmp_path, monkeypatch):
    write("elsewhere/my_ops.py")
    monkeypatch.syspath_prepend(tmp_path / "elsewhere")
    assert names(Registry().load("my_ops")) == ["double"]


def test_a_module_is_imported_with_its_neighbours(write):
    write("rules.py", "def rule(g):\n    return g\n")
    write("folder/neighbour.py", "def rule(g):\n    return 2 * g\n")
    path = write(
        "folder/my_ops.py",
        """
        import gradcheck as gc
        from neighbour import rule

        gc.op(name="double")(lambda x: 2 * x).vjp(rule)
        """,
    )
    assert names(Registry().load(path)) == ["double"]


def test_a_package_brings_the_ops_of_its_modules(write):
    write("my_package/__init__.py", "from . import first, second\n")
    write("my_package/first.py", OP.format(name="one"))
    write("my_package/second.py", OP.format(name="two"))
    assert names(Registry().load("my_package")) == ["one", "two"]


def test_loading_twice_gives_the_same_ops(write):
    path = write("my_ops.py")
    ops = Registry()
    first = ops.load(path)
    assert ops.load(path) == first
    assert ops.load("my_ops.py") == first
    assert Registry().load(path) == first
    assert len(ops) == 1


def test_a_module_that_was_imported_before(write, tmp_path, monkeypatch):
    write("my_ops.py")
    monkeypatch.syspath_prepend(tmp_path)
    double = importlib.import_module("my_ops").double
    assert Registry().load("my_ops") == [double]
    assert Registry().load("my_ops.py") == [double]


def test_a_module_that_collects_ops_of_others(write):
    write("rules.py")
    write("again.py", "from rules import double\n")
    ops = Registry()
    ops.load("rules")
    assert names(ops.load("again")) == ["double"]
    assert len(ops) == 1


def test_two_files_of_one_name(write):
    first = write("a/my_ops.py", OP.format(name="one"))
    second = write("b/my_ops.py", OP.format(name="two"))
    ops = Registry()
    ops.load(first)
    ops.load(second)
    assert names(ops) == ["one", "two"]


def test_a_load_that_clashes_adds_nothing(write):
    path = write("both.py", OP.format(name="one") + OP.format(name="double"))
    ops = Registry()
    ops.load(write("double_first.py"))
    with pytest.raises(SpecError):
        ops.load(path)
    assert names(ops) == ["double"]


def test_one_file_by_two_names(write):
    path = write("my_package/my_rules.py")
    write("my_package/__init__.py", "")
    ops = Registry()
    ops.load("my_package.my_rules")
    assert message_of(SpecError, ops.load, path) == (
        f"'my_rules' is the same file as 'my_package.my_rules', imported twice ({path}); "
        "name it one way only."
    )


def test_two_modules_with_an_op_of_one_name(write):
    first, second = write("first.py"), write("second.py")
    ops = Registry()
    ops.load(first)
    assert message_of(SpecError, ops.load, second) == (
        f"Two ops are called 'double': {first}:6 and {second}:6. Rename one, or give it name='...'."
    )


def test_what_a_failing_module_defined_is_forgotten(write):
    write("broken.py", OP.format(name="lost") + "\n1 / 0\n")
    with pytest.raises(LoadError):
        Registry().load("broken.py")
    assert "broken" not in sys.modules
    write("my_ops.py")
    assert names(Registry().load("my_ops.py")) == ["double"]


def test_a_module_that_was_repaired(write):
    write("my_ops.py", "1 / 0\n")
    with pytest.raises(LoadError):
        Registry().load("my_ops.py")
    write("my_ops.py")
    assert names(Registry().load("my_ops.py")) == ["double"]
