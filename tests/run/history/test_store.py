"""Folders of stored failures: equal ones once, found by the beginning of an id."""

import os
import sys
from dataclasses import replace

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.results.documents import DocumentError
from gradcheck.run.history.store import Store, find
from tests.kept import found

OP = gc.op("(...)->(...)", name="f")(np.sin).vjp(lambda g, x: 2 * g * np.cos(x))


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    return found(OP, tmp_path_factory.mktemp("one"), cases=5)


def test_an_equal_failure_is_written_over(stored, tmp_path):
    store = Store(tmp_path / "new" / "folder")
    assert store.paths() == []
    assert store.save(stored) == store.save(replace(stored, found="later"))
    (only,) = store
    assert (only.id, only.found) == (stored.id, "later")


def test_the_latest_is_last(stored, tmp_path):
    store = Store(tmp_path)
    for age, name in enumerate(("cccccccc", "aaaaaaaa", "bbbbbbbb")):
        os.utime(store.save(replace(stored, id=name)), (age, age))
    assert [path.stem for path in store.paths()] == ["cccccccc", "aaaaaaaa", "bbbbbbbb"]


def test_other_files_are_not_taken_for_failures(stored, tmp_path):
    Store(tmp_path).save(stored)
    for name in (".hidden.json", "notes.txt", "README"):
        (tmp_path / name).write_text("")
    assert [path.stem for path in Store(tmp_path).paths()] == [stored.id]


def test_a_link_to_nowhere_is_an_error_that_names_it(tmp_path):
    (tmp_path / "dead.json").symlink_to(tmp_path / "none")
    (path,) = Store(tmp_path).paths()
    with pytest.raises(DocumentError, match=r"dead\.json cannot be read: No such file"):
        list(Store(tmp_path))
    assert path.name == "dead.json"


@pytest.mark.skipif(sys.platform == "win32", reason="a file is no folder there either")
def test_a_file_in_place_of_the_folder_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DocumentError, match="file cannot be read: Not a directory"):
        Store(tmp_path / "file").paths()


@pytest.fixture
def two(stored, tmp_path):
    stores = Store(tmp_path / "one"), Store(tmp_path / "two")
    for store, name in zip((*stores, stores[1]), ("abcd1234", "abcd1234", "abff5678"), strict=True):
        store.save(replace(stored, id=name))
    return stores


def test_the_beginning_of_an_id_is_enough(two):
    assert find("abf", *two) == two[1].folder / "abff5678.json"
    assert find("abcd", *two) == two[0].folder / "abcd1234.json"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ab", "'ab' may be abff5678 and abcd1234: give more of it."),
        ("abcd1243", "Did you mean 'abcd1234'?"),
        ("*", r"No failure '\*' is stored in .*one or .*two; there is abff5678 and abcd1234"),
        ("../one/abcd1234", "No failure '../one/abcd1234' is stored"),
    ],
)
def test_what_is_not_there_is_told(two, name, said):
    with pytest.raises(DocumentError, match=said):
        find(name, *two)
