"""Files of modules of ops, found by path or dotted name, and never imported for it."""

import sys
from pathlib import Path

import pytest

from gradcheck.errors import LoadError
from gradcheck.pytest_plugin.module_sources import ModuleSource, find_source, importable_from


@pytest.fixture
def root(tmp_path):
    """A folder with a module, and a package whose modules must not be run."""
    (tmp_path / "own_ops.py").write_text("raise SystemExit('imported')")
    (tmp_path / "own_pack" / "sub").mkdir(parents=True)
    for name in ("__init__.py", "ops.py", "sub/__init__.py", "sub/deep.py"):
        (tmp_path / "own_pack" / name).write_text("raise SystemExit('imported')")
    (tmp_path / "own_space").mkdir()
    (tmp_path / "own_space" / "ops.py").write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("named", "file"),
    [
        ("own_ops.py", "own_ops.py"),
        ("./own_ops.py", "own_ops.py"),
        ("own_pack/ops.py", "own_pack/ops.py"),
        ("own_ops", "own_ops.py"),
        ("own_pack", "own_pack/__init__.py"),
        ("own_pack.ops", "own_pack/ops.py"),
        ("own_pack.sub.deep", "own_pack/sub/deep.py"),
        ("own_space.ops", "own_space/ops.py"),
    ],
)
def test_a_module_is_found_and_not_run(root, named, file):
    source = find_source(named, root)
    assert source.file == root / file
    by_path = named.endswith(".py")
    assert source.dotted == ("" if by_path else named)
    assert source.module == (str(source.file) if by_path else named)
    assert not {name for name in sys.modules if name.startswith("own_")}


def test_an_absolute_path_needs_no_root(root, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert find_source(str(root / "own_ops.py"), elsewhere).file == root / "own_ops.py"


def test_an_installed_module_is_found():
    assert find_source("gradcheck.ops", Path()).file.name == "__init__.py"


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ("own_opps.py", r"There is no file .*own_opps\.py\. Did you mean 'own_ops\.py'\?"),
        ("nowhere/ops.py", r"There is no file .*nowhere/ops\.py\."),
        ("own_pack/", "is a folder; name a file in it, or a package by its dotted name"),
        ("own_opz", r"There is no module 'own_opz' \(looked in .*Did you mean 'own_ops'\?"),
        ("own_pack.opz.x", r"there is no 'own_pack\.opz' .*Did you mean 'ops'\?"),
        ("own_space", "is not a Python file; name the module that defines the ops"),
        ("sys", "is not a Python file"),
    ],
)
def test_a_module_that_there_is_not_is_named_with_the_nearest(root, named, message):
    with pytest.raises(LoadError, match=message):
        find_source(named, root)


def test_a_folder_is_importable_only_inside(tmp_path):
    before = list(sys.path)
    with importable_from(tmp_path):
        assert sys.path == [str(tmp_path), *before]
    assert sys.path == before


def test_a_source_is_a_value(tmp_path):
    source = ModuleSource(file=tmp_path / "a.py", dotted="", root=tmp_path)
    assert source == ModuleSource(file=tmp_path / "a.py", dotted="", root=tmp_path)
