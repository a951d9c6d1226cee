"""Write configuration files into an empty repository."""

import textwrap

import pytest

from gradcheck.cli.config.precedence import resolve


@pytest.fixture
def repository(tmp_path):
    """An empty folder that is the root of a repository."""
    (tmp_path / ".git").mkdir()
    return tmp_path


@pytest.fixture
def write(repository):
    """Write a file below the root of the repository and return its path."""

    def written(name, text):
        path = repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    return written


@pytest.fixture
def resolved(repository):
    """Resolve the configuration as seen from a folder of the repository."""

    def call(folder=".", environ=None, **asked):
        return resolve(cwd=repository / folder, environ=environ or {}, **asked)

    return call
