"""What is said in pyproject.toml fits what lies in the folders."""

import importlib
import re
import tomllib
from importlib.metadata import entry_points, version

import pytest

import gradcheck
from tests.root import ROOT

if not (ROOT / "pyproject.toml").is_file():
    pytest.skip("not a source checkout", allow_module_level=True)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
SETUPTOOLS = PROJECT["tool"]["setuptools"]
# Folders at the top of the repository that are shipped inside the package.
SHIPPED = {"ops": "gradcheck.ops", "configs": "gradcheck.configs"}


def packages():
    """Every folder with an __init__.py, by the name that it has when installed."""
    for top in ("gradcheck", *SHIPPED):
        for init in sorted((ROOT / top).rglob("__init__.py")):
            parts = init.parent.relative_to(ROOT / top).parts
            yield ".".join((SHIPPED.get(top, top), *parts))


def test_every_package_is_listed():
    assert sorted(SETUPTOOLS["packages"]) == sorted(packages())


def test_every_listed_package_can_be_imported():
    for name in SETUPTOOLS["packages"]:
        importlib.import_module(name)


def test_the_top_level_is_gradcheck_only():
    assert {name.partition(".")[0] for name in SETUPTOOLS["packages"]} == {"gradcheck"}
    for package, folder in SETUPTOOLS["package-dir"].items():
        assert (ROOT / folder / "__init__.py").is_file()
        assert SHIPPED.get(folder, folder) == package


def test_the_command():
    (name, target), *rest = PROJECT["project"]["scripts"].items()
    module, _, function = target.partition(":")
    assert (name, rest) == ("gradcheck", [])
    assert callable(getattr(importlib.import_module(module), function))


def test_the_catalogue_is_an_entry_point():
    assert PROJECT["project"]["entry-points"]["gradcheck.ops"] == {"builtin": "gradcheck.ops"}
    assert "gradcheck.ops" in {entry.value for entry in entry_points(group="gradcheck.ops")}


def test_the_version_is_written_once():
    assert "version" in PROJECT["project"]["dynamic"]
    assert SETUPTOOLS["dynamic"]["version"] == {"attr": "gradcheck.__version__"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", gradcheck.__version__)
    assert version("gradcheck") == gradcheck.__version__


def test_files_that_are_named_exist():
    project = PROJECT["project"]
    for name in (project["readme"], *project["license-files"]):
        assert (ROOT / name).is_file(), name
    for name in SETUPTOOLS["package-data"]["gradcheck"]:
        assert list((ROOT / "gradcheck").glob(name)), name


def test_the_modules_in_use_are_depended_on():
    needed = {re.split(r"[<>=!~ ]", text)[0] for text in PROJECT["project"]["dependencies"]}
    assert needed == {"numpy", "hypothesis", "click", "rich", "threadpoolctl"}
