"""Files: read with care, written whole or not at all."""

import errno
import json
import os
import sys
from pathlib import Path

import pytest

from gradcheck.results.documents import DocumentError, read, write


def reading(tmp_path, text, **given):
    path = tmp_path / "a.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(path, **{"kind": "it", "version": 2, **given})


def test_a_document_is_read(tmp_path):
    assert reading(tmp_path, '{"format": "it", "version": 1, "x": 1}')["x"] == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is no JSON: line 1, column 1: Expecting value."),
        ('{"format": "it",\n "version": }', "is no JSON: line 2, column 13"),
        (b"\xff\xfe", "is no text: byte 0 is no UTF-8"),
        ("[]", "is no document of gradcheck"),
        ("{}", "is no document of gradcheck"),
        ('{"format": "other"}', "is of format 'other'; what is wanted here is 'it'"),
        ('{"format": {}}', "is of format an object; what"),
        ('{"format": "it"}', "has version None"),
        ('{"format": "it", "version": true}', "has version True"),
        ('{"format": "it", "version": 0}', "has version 0"),
        ('{"format": "it", "version": 3}', "is of version 3; .* pip install -U gradcheck"),
        ('{"format": NaN}', "NaN is not allowed in JSON"),
        ("[" * 10**5, "is nested too deeply"),
        ('{"format": ' + "9" * 10**4 + "}", "is no JSON: Exceeds the limit"),
    ],
)
def test_what_is_no_document_is_refused(tmp_path, text, message):
    with pytest.raises(DocumentError, match=message):
        reading(tmp_path, text)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    with pytest.raises(DocumentError, match="cannot be read: No such file or directory"):
        read(tmp_path / "none.json", kind="it", version=1)
    with pytest.raises(DocumentError, match="cannot be read: Is a directory"):
        read(tmp_path, kind="it", version=1)
    with pytest.raises(DocumentError, match="cannot be read"):
        read(tmp_path / "a\0b", kind="it", version=1)


def test_a_huge_file_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr("gradcheck.results.documents.files.LARGEST", 10)
    with pytest.raises(DocumentError, match="it is not read"):
        reading(tmp_path, json.dumps({"format": "it", "version": 1}))


def test_writing_makes_the_folder_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "a" / "b.json"
    write(path, "one")
    write(path, "two")
    assert path.read_text() == "two"
    assert list(path.parent.iterdir()) == [path]


def test_what_cannot_be_written_leaves_what_was_there(tmp_path):
    path = tmp_path / "a.json"
    write(path, "one")
    with pytest.raises(DocumentError, match="cannot be written"):
        write(path, "half of a character: \ud800")
    assert path.read_text() == "one"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_told_with_the_file_that_was_meant(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(DocumentError) as caught:
        write(tmp_path / "a.json", "one")
    assert str(caught.value) == f"a.json cannot be written: {os.strerror(errno.ENOSPC)}."
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such permission there")
def test_a_folder_in_the_way_is_told(tmp_path):
    (tmp_path / "a.json").mkdir()
    with pytest.raises(DocumentError, match="cannot be written"):
        write(tmp_path / "a.json", "one")
    (tmp_path / "file").write_text("")
    with pytest.raises(DocumentError, match="cannot be written"):
        write(tmp_path / "file" / "a.json", "one")
