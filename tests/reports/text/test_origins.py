"""Places as a forge names them: relative to the repository, or not at all."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.reports.text.origins import below, origins, root


def test_the_workspace_of_github_goes_before_the_repository(tmp_path, monkeypatch):
    (tmp_path / ".git").mkdir()
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    assert root() == tmp_path
    monkeypatch.setenv("GITHUB_WORKSPACE", str(inside))
    assert root() == inside


def test_without_a_repository_it_is_the_current_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    assert root() == tmp_path


@pytest.mark.parametrize("file", ["<stdin>", "ops.py", "/elsewhere/ops.py", "/top/\0.py"])
def test_what_is_not_below_has_no_relative_path(tmp_path, file):
    assert below(file, tmp_path) is None


def test_links_are_followed_where_names_alone_do_not_help(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert below(str(tmp_path / "link" / "ops.py"), tmp_path / "real") == "ops.py"
    assert below(str(tmp_path / "real" / "a" / "ops.py"), tmp_path / "real") == "a/ops.py"


def test_an_op_comes_from_the_line_of_its_gradient():
    spec = gc.op("(...)->(...)", name="sine")(np.sin)

    @spec.vjp
    def rule(g, x):
        return g * np.cos(x)

    (origin,) = origins([spec]).values()
    assert origin.module == spec.module
    assert origin.location.file == __file__
    assert origin.location.line == rule.gradient.location.line
