"""Reports as bytes: whatever they hold, and whatever is at their place."""

import pytest

from gradcheck.reports.text.encoding import encoded, write


def test_what_has_no_bytes_is_an_escape():
    assert encoded("∂\ud800") == "∂".encode() + b"\\ud800"


def test_folders_are_made_and_what_was_there_is_replaced(tmp_path):
    path = tmp_path / "a" / "b" / "report.txt"
    write(path, "one")
    write(path, "two")
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


def test_what_cannot_be_written_raises_and_leaves_what_was_there(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OSError, match="file"):
        write(tmp_path / "file" / "report.txt", "text")
    assert (tmp_path / "file").read_text() == "mine"
