"""Tables: nothing that names an op or a verdict is cut, whatever the page."""

from dataclasses import replace

import pytest

import gradcheck as gc
from gradcheck.reports.terminal.console import plain
from gradcheck.reports.terminal.table import LONGEST_AT, ops_table, results_table


def rows(results, width, notes=lambda _: ""):
    return plain(*results_table(results, width, notes), width=width).splitlines()


def test_on_a_wide_page_every_column_stands(results):
    head, first, *_ = rows(results, 200)
    for title in ("op", "verdict", "cases", "worst margin", "at", "worst rel. error", "time"):
        assert title in head
    assert first.split() == ["exp", "PASS", "100", "0.0031", "x[0,2]", "2e-11", "0.2", "s"]


def test_a_narrow_page_shortens_titles_then_drops_the_least_important(results):
    shortened = rows(results, 85)[0]
    assert "margin" in shortened
    assert "worst margin" not in shortened
    assert rows(results, 1)[0].split() == ["op", "verdict"]
    kept = [
        title for title in ("cases", "margin", "time", "rel. err") if title in rows(results, 70)[0]
    ]
    assert kept == [title for title in kept if title != "rel. err"]


def test_notes_stand_in_a_column_or_below(results):
    def note(result):
        return f"a note about {result.op}"

    assert rows(results, 200, note)[0].rstrip().endswith("notes")
    below = rows(results, 60, note)
    assert "notes" not in below[0]
    assert "exp: a note about exp" in below


def test_nothing_measured_is_no_number(misshapen):
    assert rows([misshapen], 200)[1].split()[:4] == ["add_bias", "FAIL", "2", "–"]


def test_a_long_place_is_cut(passed):
    where = "17 ties at 0.123456789012345"
    (_, row) = rows([replace(passed, where=where)], 200)
    assert f"{where[: LONGEST_AT - 1]}…  " in row


def test_control_characters_of_names_are_shown(passed):
    assert "e\\x1b[1m" in rows([replace(passed, op="e\x1b[1m")], 200)[1]


@pytest.mark.parametrize(("width", "tagged"), [(100, True), (40, False)])
def test_tags_go_where_there_is_no_room(width, tagged):
    spec = gc.op("(...,n)->(...)", name="total", tags=("sums", "numpy"))(lambda x: x.sum(-1))
    page = plain(ops_table([spec], width), width=width)
    assert ("sums, numpy" in page) == tagged
    assert "(...,n)->(...)" in page
