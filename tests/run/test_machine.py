"""The number of processors that this process may use."""

import os

from gradcheck.run.machine import processors


def test_what_the_process_may_use_counts_not_what_the_machine_has(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 5}, raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    assert processors() == 2


def test_elsewhere_all_of_the_machine_counts_and_at_least_one(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert processors() == 3
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert processors() == 1
