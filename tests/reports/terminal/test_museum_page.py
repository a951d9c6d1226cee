"""Exhibits: their list, a story with both gradients, and what did not do as it should."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from gradcheck.reports.terminal.console import plain
from gradcheck.reports.terminal.museum_page import (
    UNCITED,
    as_lines,
    as_story,
    exhibits_table,
    verification_footer,
    verification_table,
)

LINK = "https://forge.example/lib/issues/7"


def exhibit(**given):
    told = {
        "id": "R01",
        "op": "matmul",
        "said": "a transpose is missing",
        "exposed_by": "any input",
        "cited": ("lib/lib#7",),
        "links": (LINK,),
        "right": SimpleNamespace(summary="Matrix product."),
    }
    return SimpleNamespace(**{**told, **given})


@pytest.fixture
def shown(wrong, passed):
    """Make a demonstration; by default both gradients do as they should."""

    def make(*, found=True, right=None, **given):
        right = passed if right is None else right
        return SimpleNamespace(
            exhibit=exhibit(**given),
            wrong=wrong if found else replace(passed, op="matmul"),
            right=right,
            found=found,
            passed=right is passed,
        )

    return make


def test_further_sources_are_counted():
    table = exhibits_table(
        [exhibit(), exhibit(cited=("a/a#1", "b/b#2", "c/c#3")), exhibit(cited=(), links=())]
    )
    lines = plain(table, width=120).splitlines()
    assert lines[1].endswith("lib/lib#7")
    assert lines[2].endswith("a/a#1 +2")
    assert lines[3].endswith(UNCITED)


def test_a_story_has_the_failure_and_the_row_of_the_right_one(shown):
    page = plain(*as_story(shown(), 100), width=100)
    assert page.startswith("R01   matmul   Matrix product.\n")
    assert f"  found in        {LINK}\n" in page
    assert page.index("The wrong gradient") < page.index("FAIL matmul")
    assert page.index("The right gradient") < page.index("exp  PASS")
    assert "gradcheck museum R01 --seed 0" in page


def test_a_right_gradient_that_fails_has_a_panel_as_well(shown, raised):
    page = plain(*as_story(shown(right=raised), 100), width=100)
    assert page.count("gradcheck museum R01 --seed 0") == 2


def test_a_line_for_either_gradient(shown):
    wrong, right = plain(*as_lines(shown(), 80), width=80).splitlines()
    assert wrong.startswith("R01 wrong, seed 0: FAIL matmul: ∂L/∂b is wrong")
    assert right.startswith("R01 right, seed 0: PASS exp")


def test_only_what_is_odd_has_a_row(shown, raised):
    table = verification_table([shown(), shown(found=False), shown(right=raised, id="R02")])
    _, missed, false_alarm = plain(table, width=120).splitlines()
    assert missed.split()[:5] == ["R01", "matmul", "wrong", "0", "PASS"]
    assert missed.endswith("nothing wrong was found")
    assert false_alarm.split()[:5] == ["R02", "matmul", "right", "0", "ERROR"]


def test_the_footer_counts_and_is_green_only_if_all_hold(shown, raised):
    good = verification_footer([shown(), shown()], 31.0)
    assert good.plain == "2 of 2 wrong gradients found, 2 of 2 right ones passed in 31 s"
    assert "green" in good.style
    assert "red" in verification_footer([shown(), shown(right=raised)], 1.0).style
