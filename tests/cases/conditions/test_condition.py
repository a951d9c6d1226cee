"""Conditions as values: of whom they are said, and of whom they hold."""

import pickle

import numpy as np

from gradcheck.cases.case import Case
from gradcheck.cases.conditions import CONDITIONS, CallView, Trait
from gradcheck.cases.conditions.condition import Group, can


def test_a_trait_is_known_by_what_it_says_of_whom():
    assert Trait("value", "x", "zero", "x has an exact zero") == Trait("value", "x", "zero")
    assert Trait("value", "x", "zero") < Trait("value", "y", "zero")


def test_a_condition_holds_of_a_subject_in_a_call():
    call = CallView.of(Case(inputs=(np.zeros(2), np.ones(2)), names=("x", "y")))
    zero = CONDITIONS["value", "zero"]
    assert (zero.holds(call, "x"), zero.holds(call, "y")) == (True, False)
    assert str(zero.of("y")) == "y has an exact zero"


def test_braces_in_a_subject_stay():
    assert str(CONDITIONS["param", "None"].of("{}")) == "{} is None"


def test_traits_travel_between_processes():
    trait = CONDITIONS["value", "zero"].of("x")
    assert pickle.loads(pickle.dumps(trait)) == trait  # noqa: S301 - our own bytes


def test_a_group_asks_each_condition_of_each_subject():
    group = Group(
        name="size",
        rows=(("one", "{} is one", lambda n: n == 1), ("two", "{} is two", lambda n: n == 2)),
        part=lambda call, name: call.params[name],
        subjects=lambda call: call.params,
        candidates=lambda _scope: ("a", "b"),
        possible=lambda _scope, subject, value: can(subject == "a" and value == "two"),
    )
    case = Case(inputs=(np.ones(1),), names=("x",), params={"a": 1, "b": 2, "c": 3})
    assert [str(t) for t in group.traits(CallView.of(case))] == ["a is one", "b is two"]
    assert [str(t) for t in group.could(None)] == ["a is two"]
    one, two = group.conditions
    assert (one.possible(None, "a"), two.possible(None, "a")) == (None, "")
