"""Configured paths as they are written in the current folder."""

import pytest

from gradcheck.cli.config.keys import BY_NAME
from gradcheck.cli.config.precedence import Setting, SettingLevel
from gradcheck.cli.config.relative_paths import located, located_path, located_value


@pytest.fixture
def below(tmp_path, monkeypatch):
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    return tmp_path


def setting(value, folder=None):
    return Setting(value, SettingLevel.FILE, "gradcheck.toml", folder)


def test_files_are_relative_and_dotted_names_stay(below):
    modules = ("my_ops.py", "sub/ops.py", "dotted.name")
    assert located(setting(modules, below)) == ("../my_ops.py", "../sub/ops.py", "dotted.name")
    assert located(setting(modules)) == modules


def test_a_path_without_a_folder_is_as_it_was_typed(below):
    assert located_path(setting("pins")) == "pins"
    assert located_path(setting("pins", below)) == "../pins"
    assert located_path(setting("/pins", below)) == "../../../../../pins" or below.parts[1:4]


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("ops", ("a.py",), ("../a.py",)),
        ("corpus", "pins", "../pins"),
        ("baseline", None, None),
        ("report", ("json=a.json",), ("json=a.json",)),
        ("cases", 3, 3),
    ],
)
def test_only_keys_that_are_paths_change(below, key, value, expected):
    assert located_value(BY_NAME[key], setting(value, below)) == expected
