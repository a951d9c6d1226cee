"""The case that a worker was at is known, whatever became of the worker."""

from pathlib import Path

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.run.workers.endings import result_of
from gradcheck.run.workers.last_case import LARGEST, Recorder, last_case
from gradcheck.run.workers.process import output_note
from gradcheck.run.workers.protocol import Gone


def case(*arrays, **params):
    names = tuple("xyz"[: len(arrays)])
    return Case(inputs=arrays, names=names, params=params, domains=(None,) * len(arrays))


@pytest.fixture
def recorder(tmp_path):
    made = Recorder(tmp_path / "case")
    yield made
    made.close()


def test_the_last_of_several_is_read(tmp_path, recorder):
    recorder.write(case(np.arange(50.0)), 0)
    recorder.write(case(np.array([1.5, -0.0]), axis=1), 4)
    found = last_case((tmp_path / "case").read_bytes())
    assert found.finished == 4
    assert found.report.params == {"axis": 1}
    assert found.report.inputs["x"].tobytes() == np.array([1.5, -0.0]).tobytes()


def test_nothing_is_read_where_nothing_was_written(tmp_path, recorder):
    assert last_case(b"") is None
    assert last_case((tmp_path / "case").read_bytes()) is None
    recorder.write(case(np.ones(3)), 0)
    recorder.clear()
    assert last_case((tmp_path / "case").read_bytes()) is None


@pytest.mark.parametrize("cut", [3, 20, -1])
def test_half_a_case_is_none(tmp_path, recorder, cut):
    recorder.write(case(np.ones(3)), 0)
    whole = (tmp_path / "case").read_bytes()
    assert last_case(whole[:cut]) is None


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="there is no /dev/full")
def test_a_full_disk_ends_nothing():
    recorder = Recorder(Path("/dev/full"))
    recorder.write(case(np.ones(3)), 0)
    recorder.clear()
    recorder.close()


@pytest.mark.parametrize(
    "held", [case(np.ones(LARGEST // 8 + 1)), case(np.ones(3), f=lambda: 0)], ids=("large", "odd")
)
def test_of_a_case_that_cannot_be_kept_the_shapes_are(tmp_path, recorder, held):
    recorder.write(held, 2)
    found = last_case((tmp_path / "case").read_bytes())
    assert (found.finished, found.report) == (2, None)
    assert found.shapes == {"x": held.inputs[0].shape}


@pytest.fixture
def spec():
    @gc.op("(...)->(...)", name="some")
    def some(x):
        return x.copy()

    some.vjp(lambda g: g.copy())
    return some


def gone(why="", status=-6, trace=""):
    return Gone(why=why, status=status, case=b"", trace=trace, printed="", seconds=1.0)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (-11, "was ended by SIGSEGV (it touched memory that is not its own"),
        (-9, "was ended by SIGKILL (it was killed, by itself or from outside"),
        (-200, "was ended by signal 200"),
        (0, "exited with status 0, as os._exit(0) does"),
        (3, "exited with status 3, as os._exit(3) does"),
        (None, "is gone"),
    ],
)
def test_how_a_process_ended_is_said_in_words(spec, status, said):
    result = result_of(spec, gone(status=status), seed=0)
    assert f"The process that ran it {said}" in result.reason
    assert "No case was written down" in result.reason


def test_the_line_is_in_the_op_if_the_trace_goes_through_it(spec):
    file = spec.location.file
    trace = (
        "Fatal Python error: Aborted\n\nThread 0x01 (most recent call first):\n"
        '  File "/lib/other.py", line 3 in other\n\nCurrent thread 0x02 (most recent call first):\n'
        f'  File "/lib/ctypes.py", line 5 in call\n  File "{file}", line 12 in some\n'
    )
    result = result_of(spec, gone("1 s was up", trace=trace), seed=0)
    assert "It was in some at test_last_case.py:12." in result.reason


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
