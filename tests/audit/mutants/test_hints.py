"""Advice on a spec is given for every trigger that a spec can bring up."""

import pytest

from gradcheck.audit.mutants import MUTANTS
from gradcheck.audit.mutants.hints import _HINTS, hint_for
from gradcheck.cases.conditions import CONDITIONS

# What no spec can do anything about, or what every case has.
WITHOUT = {
    "always",
    *("not flat", "several", "complex", "broadcast", "summed"),
    *("zeros", "no cotangent", "array param", "output order"),
}


def test_hints_are_of_known_conditions():
    assert set(_HINTS) <= set(CONDITIONS)


@pytest.mark.parametrize(
    "trigger", dict.fromkeys(mutant.trigger for mutant in MUTANTS), ids=lambda t: t.value
)
def test_a_trigger_has_a_hint_or_needs_none(trigger):
    assert bool(hint_for(trigger, "x")) != (trigger.value in WITHOUT)


def test_a_hint_names_the_input():
    assert hint_for(CONDITIONS["axis", "odd"], "weights") == (
        "let an axis of weights have an odd size"
    )
    assert hint_for(CONDITIONS["axis", "0"], "x").endswith("dims={…: gc.size(min=1)}")
    assert "gc.axis_of('x')" in hint_for(CONDITIONS["gradient", "negative axis"], "x")
