"""Mutants that use the cotangent wrongly are killed where they show."""

import pytest

from gradcheck.audit.mutants import cotangent_mutants
from tests.mutant_ops import assert_killed
from tests.sampled import sampled


@pytest.mark.parametrize("name", sampled([m.name for m in cotangent_mutants.mutants()], every=4))
def test_each_mutant_is_killed_where_it_shows(name):
    assert_killed(name)
