"""Limits of time and memory for ops in workers."""

import sys

import pytest

from gradcheck.errors import SettingsError
from gradcheck.run.workers.limits import (
    GRACE,
    SILENCE,
    Patience,
    limit_memory,
    memory_of_machine,
)


def test_without_a_limit_patience_lasts_as_long_as_cases_come_back():
    patience = Patience.with_check(None)
    assert patience.end(began=0.0, heard=50.0) == 50.0 + SILENCE
    assert patience.said == "no case came back for 600 s"


@pytest.mark.parametrize(("limit", "grace"), [(1.0, GRACE), (60.0, 60.0)])
def test_a_check_may_take_longer_than_its_limit_by_a_grace(limit, grace):
    patience = Patience.with_check(limit)
    assert patience.end(began=10.0, heard=50.0) == 10.0 + limit + grace
    assert patience.said == f"{limit:g} s and a grace of {grace:g} s were up"


def test_a_task_without_grace_ends_at_its_limit():
    assert Patience(2.5).end(began=1.0, heard=3.0) == 3.5
    assert Patience(2.5).said == "2.5 s were up"


def test_memory_is_known_where_it_can_be_limited():
    size = memory_of_machine()
    assert size is None if sys.platform != "linux" else size > 2**24


@pytest.mark.skipif(sys.platform != "linux", reason="limits are those of Linux")
def test_a_limit_below_what_the_process_has_is_refused():
    with pytest.raises(SettingsError, match=r"--max-memory 1 KiB is too little: a worker takes"):
        limit_memory(1024)
