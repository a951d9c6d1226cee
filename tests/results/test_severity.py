"""Hazards are shared memory and refused layouts; everything else that is found is wrong."""

from typing import get_args

from gradcheck.cli.config import choices
from gradcheck.results.kind import Kind
from gradcheck.results.severity import HAZARDS, Hazards, Severity


def test_a_hazard_touches_no_number():
    hazards = {kind for kind in Kind if kind.severity is Severity.HAZARD}
    assert hazards == {Kind.ALIASING, Kind.REFUSED}


def test_settings_and_configuration_offer_the_same_words():
    assert get_args(Hazards) == HAZARDS == choices.HAZARDS
