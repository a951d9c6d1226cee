"""The files that a project begins with."""

import pytest

from gradcheck.cli.scaffold import CONFIG, ScaffoldError, Written, scaffold

PATHS = [CONFIG, "my_ops.py", "test_my_ops.py", ".github/workflows/gradcheck.yml"]


def test_files_are_yielded_as_they_are_written(tmp_path):
    for count, written in enumerate(scaffold(tmp_path / "new"), start=1):
        assert written == Written(PATHS[count - 1])
        there = [path for path in PATHS if (tmp_path / "new" / path).is_file()]
        assert there == PATHS[:count]


def test_what_is_there_is_kept(tmp_path):
    (tmp_path / "my_ops.py").write_text("mine")
    (tmp_path / "test_my_ops.py").symlink_to("nowhere.py")
    kept = {written.path: written.kept for written in scaffold(tmp_path)}
    assert kept["my_ops.py"] == kept["test_my_ops.py"] == "it is there already"
    assert kept[CONFIG] == ""
    assert (tmp_path / "my_ops.py").read_text() == "mine"


def test_another_configuration_takes_the_place_of_ours(tmp_path):
    first, *_ = scaffold(tmp_path, configured_in="pyproject.toml")
    assert first == Written(CONFIG, kept="pyproject.toml has the configuration")
    assert not (tmp_path / CONFIG).exists()


def test_a_file_where_a_folder_should_be(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ScaffoldError, match="cannot be written: "):
        list(scaffold(tmp_path / "file" / "below"))
