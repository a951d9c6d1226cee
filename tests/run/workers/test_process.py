"""A worker process as its parent sees it: messages, output, life."""

import sys
from multiprocessing.connection import wait

import pytest

from gradcheck.results.settings import Settings
from gradcheck.run.workers.limits import Patience
from gradcheck.run.workers.process import Handle, output_note, temporary_folder
from gradcheck.run.workers.protocol import Done, Gone, Ready, Unusable
from gradcheck.run.workers.tasks import Check, Loading
from gradcheck.run.workers.worker_errors import WorkerError
from tests.run.workers.small_ops import loading_in

linux = pytest.mark.skipif(sys.platform != "linux", reason="signals and process groups")


@pytest.fixture
def loading(tmp_path):
    return loading_in(tmp_path)


@pytest.fixture
def member(loading, tmp_path):
    handle = Handle(loading, None, tmp_path, 1)
    yield handle
    handle.kill()


def task(loading, name):
    return Check.of(loading.registry().get(name), Settings(cases=1), ())


def heard(member, *kinds):
    """The next message of some kinds, however long it takes."""
    while True:
        wait(member.waits_on, timeout=0.2)
        for message in member.news():
            if isinstance(message, kinds):
                return message


@linux
@pytest.mark.usefixtures("own_modules")
def test_a_worker_does_one_task_after_the_other_until_one_ends_it(member, loading):
    assert not member.is_idle
    heard(member, Ready)
    assert member.is_idle
    assert member.patience_ends == float("inf")
    for _ in range(2):
        member.give(task(loading, "prints"), Patience())
        assert member.is_busy
        done = heard(member, Done, Gone)
        assert done.plain["verdict"] == "PASS"
        assert done.printed.endswith("last: hello")
    member.give(task(loading, "leaves"), Patience())
    gone = heard(member, Done, Gone)
    assert (gone.status, gone.why) == (3, "")
    assert gone.case
    member.kill()
    assert not member.is_alive
    assert list(member.news()) == []
    member.kill()


@linux
@pytest.mark.usefixtures("own_modules")
def test_a_worker_that_hangs_is_ended_and_says_where_it_was(member, loading):
    heard(member, Ready)
    member.give(task(loading, "hangs"), Patience(0.2))
    gone = heard(member, Done, Gone)
    assert gone.why == "0.2 s were up"
    assert "Current thread" in gone.trace


def test_a_worker_that_cannot_load_its_ops_is_unusable(tmp_path):
    handle = Handle(Loading(modules=("no_such_ops",), builtin=False), None, tmp_path, 1)
    try:
        assert "no_such_ops" in heard(handle, Unusable).text
        assert not handle.is_ready
    finally:
        handle.kill()


def test_a_temporary_folder_goes_with_what_is_in_it(monkeypatch):
    with temporary_folder() as folder:
        (folder / "file").touch()
    assert not folder.exists()

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryDirectory", full)
    with pytest.raises(WorkerError, match="none can be made: No space left"), temporary_folder():
        pass


@pytest.mark.parametrize(
    ("size", "tail", "said"),
    [
        (0, b"", ""),
        (5, b"last\n", "it printed 5 bytes, last: last"),
        (3 * 2**20, b"one\ntwo\n\n", "it printed 3 MiB, last: two"),
        (2, b"\n\n", "it printed 2 bytes"),
        (1, b"\xff", "it printed 1 bytes, last: \N{REPLACEMENT CHARACTER}"),
    ],
)
def test_what_was_printed_is_told_in_a_sentence(size, tail, said):
    assert output_note(size, tail) == said
