"""Pages of properties and words: complete, and true to when a property is checked."""

import pytest

from gradcheck.checks.properties.catalogue import properties, property_of
from gradcheck.reports.terminal.console import plain
from gradcheck.reports.terminal.explain_page import (
    CHECKED,
    contents,
    properties_table,
    property_page,
    word_page,
)
from gradcheck.reports.text.glossary import GROUPS, word_of, words
from gradcheck.results.verdict import Verdict


def test_the_table_has_a_row_for_each_property():
    head, *rows = plain(properties_table(properties()), width=200).splitlines()
    assert head.split() == ["property", "checked", "what", "holds"]
    assert [row.split()[0] for row in rows] == [each.name for each in properties()]
    for row, each in zip(rows, properties(), strict=True):
        assert CHECKED[each.when][0] in row
        assert row.endswith(each.summary)


def test_the_contents_have_every_word_below_its_group():
    blocks = plain(*contents(properties()), width=300).split("\n\n")
    assert [block.splitlines()[0].strip() for block in blocks[1:]] == list(GROUPS.values())
    for block, group in zip(blocks[1:], GROUPS, strict=True):
        shown = [each for each in words() if each.group == group]
        rows = block.splitlines()[1:]
        assert len(rows) == len(shown)
        for row, word in zip(rows, shown, strict=True):
            assert row.startswith(f"{word.word} ")
            assert row.endswith(word.summary)


def test_a_narrow_page_folds_sentences_not_names():
    page = plain(*contents(properties()), width=60)
    assert max(map(len, page.splitlines())) <= 60
    for verdict in Verdict:
        assert f"\n{verdict} " in page


def test_what_nothing_can_be_compared_without_cannot_be_skipped():
    assert "not possible" in plain(*property_page(property_of("contract")), width=100)


def test_what_is_checked_on_request_needs_no_skip():
    page = plain(*property_page(property_of("tails")), width=200)
    assert "--also tails, or also=('tails',) in a spec" in page
    assert "leave out" not in page


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_has_a_meaning_and_an_advice(verdict):
    word = word_of("verdict", verdict)
    page = " ".join(plain(*word_page(word), width=100).split())
    assert page == f"{verdict} {word.text} what to do {word.advice}"


def test_a_kind_leads_to_the_property_that_says_more():
    page = plain(*word_page(word_of("kind", "wrong shape")), width=100)
    assert page.endswith("  more            gradcheck explain contract")


def test_other_spellings_stand_on_the_page():
    page = plain(*word_page(word_of("panel", "smallest case")), width=100)
    assert "  also            failing case, pinned case, last case\n" in page


@pytest.mark.parametrize(
    ("group", "word"), [("verdict", "VACUOUS"), ("row", "hazard"), ("kind", "wrong shape")]
)
def test_pages_of_words(group, word, snapshot):
    assert plain(*word_page(word_of(group, word)), width=80) == snapshot
