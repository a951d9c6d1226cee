"""A forward that is called once for equal arguments."""

import numpy as np
import pytest

from gradcheck.run import remembering
from gradcheck.run.remembering import Remembering


class Counted:
    """A forward that adds one, and counts its calls."""

    def __init__(self):
        self.calls = 0

    def __call__(self, x, k=0):
        self.calls += 1
        return x + 1


@pytest.fixture
def forward():
    return Counted()


def test_equal_arrays_are_one_call(forward):
    known = Remembering(forward)
    for _ in range(3):
        assert known(np.array([1.0, 2.0])).tolist() == [2.0, 3.0]
    assert forward.calls == 1


@pytest.mark.parametrize(
    "other",
    [np.array([1.0, -0.0]), np.array([1.0, 0.0], np.float32), np.array([[1.0, 0.0]])],
    ids=["zero", "dtype", "shape"],
)
def test_arrays_that_differ_in_anything_are_two(forward, other):
    known = Remembering(forward)
    known(np.array([1.0, 0.0]))
    assert known(other).dtype == other.dtype
    assert forward.calls == 2


def test_params_are_told_apart_by_identity(forward):
    known = Remembering(forward)
    x, one = np.ones(1), [1]
    known(x, k=one)
    known(x, k=one)
    known(x, k=[1])
    known(x)
    assert forward.calls == 3


def test_nobody_can_spoil_what_is_remembered(forward):
    known = Remembering(forward)
    x = np.ones(2)
    known(x)[:] = 7
    known(x)[:] = 8
    assert known(x).tolist() == [2.0, 2.0]


def test_tuples_stay_tuples():
    known = Remembering(lambda x: (x, 2 * x))
    known(np.ones(1))
    assert [out.tolist() for out in known(np.ones(1))] == [[1.0], [2.0]]


def test_what_takes_too_much_memory_is_called_again(forward, monkeypatch):
    monkeypatch.setattr(remembering, "_MOST_BYTES", 100)
    known = Remembering(forward)
    for _ in range(2):
        known(np.ones(3))
        known(np.ones(40))
    assert forward.calls == 3
