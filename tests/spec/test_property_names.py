"""The names of properties are those of the properties that there are."""

from gradcheck.checks.properties import catalogue
from gradcheck.spec.property_names import ESSENTIAL, NAMES, ON_REQUEST, SKIPPABLE


def test_each_name_is_a_property():
    assert [catalogue.property_of(name).name for name in NAMES] == list(NAMES)
    assert len(set(NAMES)) == len(NAMES)


def test_all_but_the_essential_ones_can_be_skipped():
    assert set(SKIPPABLE) | set(ESSENTIAL) == set(NAMES)
    assert not set(SKIPPABLE) & set(ESSENTIAL)


def test_what_is_checked_on_request_can_be_skipped_too():
    assert set(ON_REQUEST) <= set(SKIPPABLE)
