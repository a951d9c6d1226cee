"""The ops that failed last time: written, read, refused where they are something else."""

import pytest

from gradcheck.results.documents import DocumentError
from gradcheck.run.history.last_run import LastRun


def test_it_comes_back_as_it_was_written(tmp_path):
    path = tmp_path / "last-run.json"
    last = LastRun(failed=("matmul", "a b", "ö"))
    path.write_text(last.text(), encoding="utf-8")
    assert LastRun.load(path) == last


def test_nothing_failed_by_default():
    assert LastRun().failed == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "is no document of gradcheck"),
        ('{"format": "gradcheck-run", "version": 1}', "is of format 'gradcheck-run'"),
        ('{"format": "gradcheck-last-run", "version": 2}', "knows up to 1"),
        ('{"format": "gradcheck-last-run", "version": 1, "failed": "f"}', "failed should be"),
    ],
)
def test_something_else_is_refused(tmp_path, text, said):
    path = tmp_path / "last-run.json"
    path.write_text(text)
    with pytest.raises(DocumentError, match=said):
        LastRun.load(path)
