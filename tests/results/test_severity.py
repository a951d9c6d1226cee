"""Hazards are shared memory and refused layouts; everything else that is found is wrong."""

from typing import get_args

from gradcheck.results.kind import Kind
from gradcheck.results.settings import Settings
from gradcheck.results.severity import HAZARDS, Hazards, Severity


def test_a_hazard_touches_no_number():
    hazards = {kind for kind in Kind if kind.severity is Severity.HAZARD}
    assert hazards == {Kind.ALIASING, Kind.REFUSED}


def test_each_way_to_count_hazards_can_be_set():
    assert get_args(Hazards) == HAZARDS
    assert [Settings(hazards=each).hazards for each in HAZARDS] == list(HAZARDS)
