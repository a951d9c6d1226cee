"""The list of properties: names, texts, and which of them a case checks."""

import pytest

from gradcheck.checks.properties.catalogue import due, properties, property_of
from gradcheck.errors import SelectionError
from gradcheck.spec.property_names import ESSENTIAL, NAMES, ON_REQUEST

TURNS = 6
NOTHING: frozenset[str] = frozenset()


@pytest.mark.parametrize("name", NAMES)
def test_each_has_a_text_that_says_what_why_and_where_it_was_found(name):
    found = property_of(name)
    assert found.name == name
    assert found.summary.endswith(".")
    assert len(found.text.strip().split("\n\n")) >= 2
    text = " ".join(found.text.split())
    assert any(words in text for words in ("Found in the wild", "Typical of"))


def test_those_on_request_are_named_as_such():
    assert tuple(p.name for p in properties() if p.when == "on request") == ON_REQUEST


def test_only_what_is_judged_elsewhere_has_no_check():
    assert {p.name for p in properties() if p.check is None} == {"raises", "precision", "vacuity"}
    assert set(ESSENTIAL) < set(NAMES)


def test_each_property_comes_in_exactly_one_turn():
    dealt = [p.name for turn in range(1, TURNS + 1) for p in due(turn, TURNS, NOTHING, NOTHING)]
    assert sorted(dealt) == sorted(p.name for p in properties() if p.when == "in turn")
    assert [p.name for p in due(0, TURNS, NOTHING, NOTHING)] == [
        name for name in NAMES if name in dealt
    ]


def test_what_is_skipped_does_not_come_and_what_is_asked_for_comes_in_each_turn():
    for turn in range(TURNS + 1):
        names = [p.name for p in due(turn, TURNS, frozenset({"batch"}), frozenset(ON_REQUEST))]
        assert "batch" not in names
        assert set(ON_REQUEST) <= set(names)


def test_an_unknown_name_gets_the_nearest():
    with pytest.raises(SelectionError, match="Did you mean 'batch'"):
        property_of("bach")
