"""Which files a module is made of, read from their text."""

import pytest

from gradcheck.cli.import_graph import affected, files_of, graph


@pytest.fixture
def write(tmp_path):
    def put(**texts):
        for name, text in texts.items():
            path = tmp_path / f"{name.replace('__', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return put


@pytest.fixture
def package(write):
    """A package whose `a` imports `b` by level, `b` imports `c` by name, and `d` nothing."""
    folder = write(
        pkg__a="from .b import thing\nimport numpy\n",
        pkg__b="from pkg.sub import c\n",
        pkg__d="",
        pkg__sub__c="from .. import d as _\n",
    )
    for init in ("pkg", "pkg/sub"):
        (folder / init / "__init__.py").write_text("", encoding="utf-8")
    return folder.resolve()


def names(paths, folder):
    return {path.relative_to(folder).as_posix() for path in paths}


def test_a_module_is_made_of_what_it_imports_from_beside_it(write):
    folder = write(my_ops="import helper\nimport numpy as np\n", helper="import far\n", far="")
    found = graph([folder / "my_ops.py"])
    assert names(found, folder.resolve()) == {"my_ops.py", "helper.py", "far.py"}


def test_relative_and_absolute_imports_in_a_package_are_followed(package):
    found = graph([package / "pkg/a.py"])
    assert names(found, package) == {
        *("pkg/a.py", "pkg/b.py", "pkg/d.py", "pkg/sub/c.py"),
        *("pkg/__init__.py", "pkg/sub/__init__.py"),
    }


def test_what_imports_a_changed_file_is_affected_from_however_far(package):
    found = graph([package / "pkg/a.py"])
    assert names(affected([package / "pkg/sub/c.py"], found), package) == {
        *("pkg/sub/c.py", "pkg/b.py", "pkg/a.py"),
    }
    assert names(affected([package / "pkg/a.py"], found), package) == {"pkg/a.py"}


def test_modules_that_import_each_other_come_to_an_end(write):
    folder = write(a="import b", b="import a").resolve()
    found = graph([folder / "a.py"])
    assert affected([folder / "a.py"], found) == {folder / "a.py", folder / "b.py"}


def test_a_module_with_an_error_imports_what_it_did_before(write):
    folder = write(my_ops="import helper", helper="").resolve()
    before = graph([folder / "my_ops.py"])
    (folder / "my_ops.py").write_text("import helper\ndef broken(", encoding="utf-8")
    assert graph([folder / "my_ops.py"], before) == before
    assert names(graph([folder / "my_ops.py"]), folder) == {"my_ops.py"}


def test_what_is_installed_is_left_out(tmp_path):
    folder = tmp_path / "site-packages"
    folder.mkdir()
    (folder / "ops.py").write_text("import numpy", encoding="utf-8")
    (folder / "numpy.py").write_text("", encoding="utf-8")
    assert len(graph([folder / "ops.py"])) == 1


def test_a_dotted_name_is_found_with_its_packages(package):
    assert names(files_of("pkg.sub.c", [package / "nowhere", package]), package) == {
        *("pkg/__init__.py", "pkg/sub/__init__.py", "pkg/sub/c.py"),
    }
    assert files_of("nothing.at.all", [package]) == []
