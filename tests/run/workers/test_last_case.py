"""The case that a worker was at is known, whatever became of the worker."""

from pathlib import Path

import numpy as np
import pytest

from gradcheck.cases.case import Case
from gradcheck.run.workers.last_case import LARGEST, Recorder, last_case


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
