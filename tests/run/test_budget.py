"""Limits of a check: counted calls, work, deadlines, large cases."""

from types import SimpleNamespace

import numpy as np
import pytest

from gradcheck.cases.case import Case
from gradcheck.run.budget import (
    LARGE,
    Allowance,
    Calls,
    OutOfCalls,
    OutOfTime,
    entry_count,
    is_large,
)


@pytest.fixture
def now(monkeypatch):
    time = [0.0]
    watch = SimpleNamespace(perf_counter=lambda: time[0])
    monkeypatch.setattr("gradcheck.run.budget.time", watch)
    return time


def test_calls_and_entries_are_counted():
    calls = Calls(lambda x, y, *, k: k * (x + y))
    assert calls(np.ones(3), np.ones((2, 3)), k=2).tolist() == [[4.0] * 3] * 2
    calls(1.0, np.ones(0), k=0)
    assert (calls.count, calls.entries) == (2, 3 + 6 + 1)


def test_a_forward_that_raises_is_counted_as_well():
    calls = Calls(lambda x: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        calls(np.ones(1))
    assert calls.count == 1


def allowance(calls=None, total=None):
    return Allowance(calls or Calls(lambda x: x), total)


@pytest.mark.parametrize(
    ("seconds", "total", "ample"),
    [(1e-5, 20_000, True), (1e-3, 2_000, True), (0.02, 190, False), (10.0, 190, False)],
)
def test_a_slow_forward_is_called_less_often(now, seconds, total, ample):
    def forward(x):
        now[0] += seconds

    calls = Calls(forward)
    calls(1)
    assert (allowance(calls).total, allowance(calls).is_ample) == (total, ample)
    assert allowance(calls, 7).total == 7


def test_the_quickest_call_counts_not_one_that_was_held_up(now):
    def forward(x):
        now[0] += x

    calls = Calls(forward)
    for seconds in (3.0, 1e-5, 2.0):
        calls(seconds)
    assert calls.quickest == pytest.approx(1e-5)
    assert allowance(calls).is_ample


def test_an_allowance_is_used_up_by_calls():
    calls = Calls(lambda x: x)
    calls(1)
    allowed = allowance(calls, 4)
    half = allowed.share(0.5)
    assert half()
    calls(1)
    assert half()
    calls(1)
    assert not half()
    assert allowed.left == 2
    with allowed.enforced():
        calls(1)
        calls(1)
        with pytest.raises(OutOfCalls):
            calls(1)
    assert allowed.left == 0
    calls(1)  # outside of it there is no limit


def test_an_allowance_is_used_up_by_entries_of_large_arrays():
    calls = Calls(lambda x: x)
    allowed = allowance(calls, 10**9)
    tenth = allowed.share(0.1)
    x = np.zeros(2**24)
    for _ in range(8):
        calls(x)
    assert not tenth()
    assert allowed.left


def test_an_allowance_ends_with_the_patience_of_a_reader(now):
    allowed = allowance(total=10**9)
    now[0] = 29.0
    assert allowed.left
    now[0] = 31.0
    assert not allowed.left


def test_nothing_is_called_after_a_deadline(now):
    calls = Calls(lambda x: x)
    with calls.until(1.0):
        calls(1)
        now[0] = 1.5
        with pytest.raises(OutOfTime):
            calls(1)
    assert calls.count == 1
    calls(1)  # outside of it there is no deadline


@pytest.mark.parametrize("signal", [OutOfTime, OutOfCalls])
def test_a_limit_passes_through_handlers_of_exceptions(signal):
    assert not issubclass(signal, Exception)


def test_a_case_is_large_by_the_entries_of_all_its_inputs():
    half = np.zeros(LARGE // 2)
    case = Case(inputs=(half, half), names=("x", "y"))
    assert entry_count(case) == LARGE
    assert not is_large(case)
    assert is_large(Case(inputs=(half, half, np.zeros(())), names=("x", "y", "z")))
