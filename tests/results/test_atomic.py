"""Files are written whole or not at all, through links and to devices too."""

import errno
import os
import stat
from pathlib import Path

import pytest

from gradcheck.results import atomic

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
READ_ONLY = OSError(errno.EROFS, os.strerror(errno.EROFS))


def failing(error, path):
    """Write where that must fail with this error."""
    with pytest.raises(OSError, match=error.strerror) as caught:
        atomic.write(path, b"after")
    assert caught.value.errno == error.errno


@pytest.fixture
def file(tmp_path):
    """A file with something in it, alone in its folder."""
    path = tmp_path / "folder" / "file"
    atomic.write(path, b"before")
    return path


class Unwritable:
    """What opening a file gives where nothing may be written to it any more."""

    def __init__(self, file, error):
        self._file, self._error = file, error

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()

    def write(self, content):
        self._file.write(content[:1])
        raise self._error


def test_a_file_holds_what_was_written_last_and_nothing_lies_beside_it(file):
    assert file.read_bytes() == b"before"
    atomic.write(file, b"after\r\n\xff")
    assert file.read_bytes() == b"after\r\n\xff"
    assert list(file.parent.iterdir()) == [file]


def test_a_disk_that_fills_up_leaves_what_was_there(file, monkeypatch):
    opened = Path.open
    monkeypatch.setattr(Path, "open", lambda *given: Unwritable(opened(*given), FULL))
    failing(FULL, file)
    monkeypatch.undo()
    assert file.read_bytes() == b"before"
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("step", ["open", "replace"])
def test_a_folder_that_is_read_only_leaves_what_was_there(file, monkeypatch, step):
    def refuse(*_):
        raise READ_ONLY

    monkeypatch.setattr(Path, step, refuse)  # the permissions of a folder do not stop root
    failing(READ_ONLY, file)
    monkeypatch.undo()
    assert file.read_bytes() == b"before"
    assert list(file.parent.iterdir()) == [file]


def test_an_interrupt_leaves_what_was_there(file, monkeypatch):
    opened = Path.open
    monkeypatch.setattr(Path, "open", lambda *given: Unwritable(opened(*given), KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        atomic.write(file, b"after")
    monkeypatch.undo()
    assert file.read_bytes() == b"before"
    assert list(file.parent.iterdir()) == [file]


def test_a_path_below_a_file_is_told(file):
    with pytest.raises((NotADirectoryError, FileExistsError)):
        atomic.write(file / "below" / "it", b"after")
    assert file.read_bytes() == b"before"


def test_a_path_that_is_none_is_told(tmp_path):
    with pytest.raises(ValueError, match="null"):
        atomic.write(tmp_path / "a\0b", b"after")


def test_a_folder_is_not_replaced(file):
    with pytest.raises(OSError, match=str(file.parent)):
        atomic.write(file.parent, b"after")
    assert list(file.parent.iterdir()) == [file]


def test_a_link_stays_a_link(file, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(file)
    atomic.write(link, b"after")
    assert link.is_symlink()
    assert file.read_bytes() == b"after"


def test_a_link_to_nothing_makes_what_it_points_to(tmp_path):
    (tmp_path / "link").symlink_to("new/file")
    atomic.write(tmp_path / "link", b"after")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "new" / "file").read_bytes() == b"after"


def test_a_file_keeps_its_mode(file):
    file.chmod(0o640)
    atomic.write(file, b"after")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_new_file_can_be_read_by_whom_the_umask_lets(file):
    (file.parent / "other").touch()
    assert file.stat().st_mode == (file.parent / "other").stat().st_mode


@pytest.mark.skipif(not Path(os.devnull).is_char_device(), reason="no such device here")
def test_a_device_is_written_to_and_not_replaced():
    atomic.write(Path(os.devnull), b"after")
    assert Path(os.devnull).is_char_device()


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="no such device here")
def test_a_device_that_is_full_is_told():
    failing(FULL, Path("/dev/full"))
    assert Path("/dev/full").is_char_device()


@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="no such devices here")
def test_a_pipe_is_written_to_under_the_name_that_a_shell_gives_it():
    """`--report json=/dev/stdout | jq`, and `>(...)` of Bash: a link to what is no path."""
    reader, writer = os.pipe()
    try:
        atomic.write(Path(f"/dev/fd/{writer}"), b"after")
        assert os.read(reader, 10) == b"after"
    finally:
        os.close(reader)
        os.close(writer)
