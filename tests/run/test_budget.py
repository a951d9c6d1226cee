"""Limits of a check: counted calls, work, deadlines, large cases."""

from types import SimpleNamespace

import numpy as np
import pytest

from gradcheck.cases.case import Case
from gradcheck.run.budget import LARGE, Calls, OutOfTime, entry_count, is_large


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


def test_a_budget_of_work_is_used_up_by_calls_and_by_entries():
    calls = Calls(lambda x: x)
    small, large = calls.budget(100_000), calls.budget(10_000_000)
    assert small()
    assert large()
    calls(np.ones(1))
    assert small()
    calls(np.ones(1))
    assert not small()
    calls(np.ones(2**21))
    assert not large()
    assert calls.budget(1)()  # what was spent before does not count


def test_a_budget_ends_for_slow_ops_as_well(now):
    goes_on = Calls(lambda x: x).budget(10**15)
    now[0] = 59.0
    assert goes_on()
    now[0] = 61.0
    assert not goes_on()


def test_nothing_is_called_after_a_deadline(now):
    calls = Calls(lambda x: x)
    with calls.until(1.0):
        calls(1)
        now[0] = 1.5
        with pytest.raises(OutOfTime):
            calls(1)
    assert calls.count == 1
    calls(1)  # outside of it there is no deadline


def test_out_of_time_passes_through_handlers_of_exceptions():
    assert not issubclass(OutOfTime, Exception)


def test_a_case_is_large_by_the_entries_of_all_its_inputs():
    half = np.zeros(LARGE // 2)
    case = Case(inputs=(half, half), names=("x", "y"))
    assert entry_count(case) == LARGE
    assert not is_large(case)
    assert is_large(Case(inputs=(half, half, np.zeros(())), names=("x", "y", "z")))
