"""Mutants that return the right numbers in the wrong form are killed where they show."""

import pytest

from gradcheck.audit.mutants import forms
from tests.mutant_ops import assert_killed
from tests.sampled import sampled


@pytest.mark.parametrize("name", sampled([m.name for m in forms.mutants()], every=4))
def test_each_mutant_is_killed_where_it_shows(name):
    assert_killed(name)
