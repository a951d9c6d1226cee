"""Pages of properties and verdicts: complete, and true to when a property is checked."""

import pytest

from gradcheck.checks.properties.catalogue import properties, property_of
from gradcheck.reports.terminal.console import plain
from gradcheck.reports.terminal.property_page import (
    CHECKED,
    MEANINGS,
    properties_table,
    property_page,
    verdict_page,
)
from gradcheck.results.verdict import Verdict


def test_the_table_has_a_row_for_each_property():
    head, *rows = plain(properties_table(properties()), width=200).splitlines()
    assert head.split() == ["property", "checked", "what", "holds"]
    assert [row.split()[0] for row in rows] == [each.name for each in properties()]
    for row, each in zip(rows, properties(), strict=True):
        assert CHECKED[each.when][0] in row
        assert row.endswith(each.summary)


def test_what_nothing_can_be_compared_without_cannot_be_skipped():
    assert "not possible" in plain(*property_page(property_of("contract")), width=100)


def test_what_is_checked_on_request_needs_no_skip():
    page = plain(*property_page(property_of("tails")), width=200)
    assert "--also tails, or also=('tails',) in a spec" in page
    assert "leave out" not in page


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_has_a_meaning_and_an_advice(verdict):
    meaning, advice = MEANINGS[verdict]
    page = " ".join(plain(*verdict_page(verdict), width=100).split())
    assert page == f"{verdict} {meaning} what to do {advice}"
