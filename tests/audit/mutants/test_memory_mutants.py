"""Mutants that share memory, misread layouts, remember calls are killed where they show."""

import pytest

from gradcheck.audit.mutants import memory_mutants
from tests.mutant_ops import assert_killed
from tests.sampled import sampled


@pytest.mark.parametrize("name", sampled([m.name for m in memory_mutants.mutants()], every=4))
def test_each_mutant_is_killed_where_it_shows(name):
    assert_killed(name)
