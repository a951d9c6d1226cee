"""Modules of ops that a test writes, loads and forgets."""

import textwrap

import pytest

from tests.op_modules import DOUBLE


@pytest.fixture
def own_directory(own_modules, tmp_path, monkeypatch):
    """Work in an empty directory."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def write(own_directory, tmp_path):
    """Write a file in the current folder."""

    def write_file(name, text=DOUBLE):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
        return path

    return write_file
