"""Building blocks: what is folded, what never is, and which colour says what."""

import pytest
from rich.text import Text

from gradcheck.reports.terminal.console import plain
from gradcheck.reports.terminal.style import (
    fact,
    headed,
    unfolded,
    verdict_style,
    whole,
    whole_block,
)
from gradcheck.results.verdict import Verdict


@pytest.mark.parametrize("verdict", list(Verdict))
def test_red_is_for_failures_only(verdict):
    style = verdict_style(verdict)
    assert ("red" in style) == verdict.is_failure
    assert ("green" in style) == verdict.is_success
    assert ("yellow" in style) == verdict.is_doubtful


def test_a_fact_folds_beside_its_label():
    first, second = plain(fact("label", "one two three four"), width=30).splitlines()
    assert first == "  label           one two"
    assert second == " " * 18 + "three four"


def test_a_fact_keeps_its_lines_and_shows_control_characters():
    assert plain(fact("a", "b\nc\x07"), width=80).splitlines() == [
        "  a               b",
        " " * 18 + "c\\x07",
    ]


@pytest.mark.parametrize("block", [lambda t: whole("at", t), unfolded, whole_block])
def test_what_is_copied_is_never_folded(block):
    text = "word " * 60
    assert plain(block(text), width=40).strip().endswith(text.strip())


def test_a_column_that_is_kept_is_not_folded():
    table = headed("id", "what", kept=("id",))
    table.add_row(Text("a-long-id"), Text("some words that are folded"))
    lines = plain(table, width=24).splitlines()
    assert lines[1].startswith("a-long-id   ")
    assert len(lines) > 2
