"""Facts about an installation: nothing of the user's but our own variables."""

from importlib.metadata import version

import pytest

from gradcheck.cli.installation import OPTIONAL, Installation, variables, without_home


@pytest.mark.parametrize(
    ("home", "path", "shown"),
    [
        ("/home/ada", "/home/ada", "~"),
        ("/home/ada", "/home/ada/ops.py", "~/ops.py"),
        ("/home/ada", "/home/adam/ops.py", "/home/adam/ops.py"),
        ("/", "/usr/bin/python", "/usr/bin/python"),
    ],
)
def test_the_home_folder_is_written_as_a_tilde(monkeypatch, home, path, shown):
    monkeypatch.setenv("HOME", home)
    assert without_home(path) == shown


def test_only_our_variables_are_shown_and_only_known_values(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    environ = {
        "PATH": "/bin",
        "GRADCHECK_SEED": "7",
        "GRADCHECK_CORPUS": "/home/ada/c",
        "GRADCHECK_X": "s",
    }
    known = {"GRADCHECK_SEED", "GRADCHECK_CORPUS"}.__contains__
    assert variables(environ, known) == {
        "GRADCHECK_CORPUS": "~/c",
        "GRADCHECK_SEED": "7",
        "GRADCHECK_X": "(unknown)",
    }


def test_this_installation():
    plain = Installation.current().plain()
    assert plain["optional"]["pytest"] == version("pytest")
    assert set(plain["optional"]) == set(OPTIONAL)
    assert plain["environment"]["numpy"] == version("numpy")
    assert plain["cores"] >= 1
    assert plain["blas_threads"] is None or plain["blas_threads"] >= 1
