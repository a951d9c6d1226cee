"""All mutants, and how they are selected."""

import pytest

from gradcheck.audit.mutants import MUTANTS, select
from gradcheck.errors import SelectionError
from tests.mutant_ops import (
    KILLED,
)


def test_the_names_are_distinct_and_the_descriptions_too():
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert len({mutant.description for mutant in MUTANTS}) == len(MUTANTS)


def test_mutants_are_selected_by_name_and_by_glob():
    assert select([]) == MUTANTS
    assert [mutant.name for mutant in select(["negated", "*-at-zero"])] == [
        "negated",
        "zero-at-zero",
        "doubled-at-zero",
        "nan-at-zero",
    ]


def test_an_unknown_mutant_gets_the_nearest_name():
    with pytest.raises(SelectionError) as caught:
        select(["dubled"])
    assert str(caught.value) == (
        "There is no mutant 'dubled'. Did you mean 'doubled'? "
        "'gradcheck audit --list' shows all of them."
    )


def test_every_mutant_has_an_op_that_kills_it():
    assert {mutant.name for mutant in MUTANTS} == set(KILLED)
