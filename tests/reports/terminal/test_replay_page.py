"""Replays: what became of each failure, what it shows now, and how to get rid of it."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from gradcheck.reports.terminal import replay_page
from gradcheck.reports.terminal.console import plain

FIXED, STILL_FAILING, CHANGED = replay_page._STYLES


def stored(result, key="3f9c2a", found="2026-01-31T12:00:59+00:00"):
    return SimpleNamespace(id=key, op=result.op, found=found, result=result)


def replayed(fate, result, *, reason="as before", notes=()):
    return SimpleNamespace(fate=fate, result=result, reason=reason, notes=notes)


def written(*shown):
    return plain(*shown, width=100)


def test_what_is_fixed_takes_a_line(wrong, passed):
    page = written(*replay_page.page(stored(wrong), replayed(FIXED, passed, reason="it passes")))
    assert page.strip() == "FIXED matmul   3f9c2a   it passes"


def test_what_still_fails_shows_its_panel(wrong):
    page = written(
        *replay_page.page(stored(wrong), replayed(STILL_FAILING, wrong, notes=("NumPy 2.1",)))
    )
    assert page.startswith("STILL FAILING matmul   3f9c2a   as before\n")
    assert "  since then      NumPy 2.1\n" in page
    assert "  ∂L/∂b is wrong\n" in page
    assert "  case            a = [[0., 1.]]" in page


def test_what_could_not_be_run_says_only_why(wrong):
    page = written(*replay_page.page(stored(wrong), replayed(CHANGED, None, reason="op is gone")))
    assert page.strip() == "CHANGED matmul   3f9c2a   op is gone"


def test_a_summary_counts_what_became_of_several():
    text = written(*replay_page.summary([FIXED, FIXED, CHANGED], deletable=2, gone=0))
    first, second = text.splitlines()
    assert first == "2 FIXED, 1 CHANGED"
    assert second.startswith("--forget-fixed deletes those that are FIXED;")


@pytest.mark.parametrize(("gone", "text"), [(1, "1 failure was"), (3, "3 failures were")])
def test_a_summary_says_what_was_deleted(gone, text):
    assert written(*replay_page.summary([FIXED], deletable=0, gone=gone)) == f"{text} deleted."


def test_the_latest_run_is_listed_first(wrong, raised):
    failures = [
        stored(wrong, "aaa", "2026-01-01T10:00:00+00:00"),
        stored(raised, "bbb", "2026-01-02T10:00:00+00:00"),
        stored(replace(raised, op="abs\x1b"), "ccc", ""),
    ]
    lines = written(*replay_page.listing_of(failures, {"aaa"})).splitlines()
    assert [line.split()[0] for line in lines[1:4]] == ["bbb", "aaa", "ccc"]
    assert lines[2].split()[2:5] == ["2026-01-01", "10:00", "pinned"]
    assert lines[3].split()[1:3] == ["abs\\x1b", "unknown"]


def test_an_empty_list_says_where_failures_come_from():
    assert "A run that finds one stores it" in written(*replay_page.listing_of([], ()))
