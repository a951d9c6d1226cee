"""Conditions on numbers: which hold of an array, and which a domain allows."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gradcheck as gc
from tests.phrases import possible_for, shown


@pytest.mark.parametrize(
    ("x", "phrases"),
    [
        ([1.5, 0.0, -2.25], {"x has an exact zero", "x has exactly one zero"}),
        ([[0.0, 0.0, 3.0], [1, 2, 3]], {"a row or column of x has exactly two zeros"}),
        ([[0.0, 0.0], [1, 2]], {"a row of x is all zeros"}),
        ([[0.0, 1.0], [0, 2]], {"a column of x is all zeros"}),
        ([0.0, 0.0], {"x is all zeros", "x is constant", "x has two equal entries"}),
        ([0.0], {"x is all zeros", "x has exactly one zero"}),
        ([1.25, 7.5, 1.25], {"x has two equal entries"}),
        ([1.0, 1.0001, 7.5], {"two entries of x differ by less than 1 %"}),
        ([[1.0, 2.0], [3.0, 3.0]], {"a row of x is constant"}),
        ([[1.5], [2.5]], {"a row of x is constant"}),
        ([2.5, 2.5], {"x is constant"}),
        ([0.3, -0.2], {"x has a negative entry"}),
        ([0.3, 4.0], {"x has a small whole number"}),
        ([0.3, -1.5], {"x has a small number and a half"}),
        ([1e-7, 1.0], {"|x| falls below 1e-06 but not to 0"}),
        ([1e-101, 0.0], {"|x| falls below 1e-100 but not to 0"}),
        ([25.0, 0.1], {"|x| reaches 20"}),
        ([-711.0], {"|x| reaches 100", "|x| reaches 710"}),
        ([1e200, np.inf], {"|x| reaches 1e+100", "x has an entry of +∞"}),
        ([[-np.inf, -np.inf], [1, 2]], {"x has an entry of −∞", "a row of x is all −∞"}),
        (np.array([1 + 2j]), {"x has an imaginary part"}),
        (np.array([0j, 1 + 2j]), {"x has exactly one zero"}),
    ],
)
def test_numbers(x, phrases):
    assert phrases <= shown(x)


@pytest.mark.parametrize(
    "x",
    [
        np.array([1.3, -7.7, 2.9]),
        np.array([[5.3, -7.7], [2.9, 11.1]]),
        np.array([1.3, 2.9, 4.4], np.float32),
        np.array([1.3 + 1.0j, -7.7 - 2j]),
    ],
)
def test_ordinary_numbers_show_nothing_special(x):
    special = "zero", "two", "constant", "differ", "whole", "half", "reaches", "below", "∞"
    for phrase in shown(x):
        assert not any(word in phrase for word in special), phrase


@given(
    st.lists(st.sampled_from([0.0, 1.0, -1.0, 0.5, 1e-7, 800.0, np.inf, -np.inf, 2.3]), max_size=6)
)
def test_what_is_said_of_numbers_is_true(entries):
    x = np.array(entries)
    phrases = shown(x)
    finite = x[np.isfinite(x)]
    truths = {
        "x has an exact zero": 0 in entries,
        "x has exactly one zero": entries.count(0) == 1,
        "x is all zeros": bool(entries) and set(entries) == {0.0},
        "x has two equal entries": len(set(entries)) < len(entries),
        "x is constant": len(set(entries)) == 1,
        "x has a negative entry": any(n < 0 for n in entries),
        "|x| reaches 710": any(abs(n) >= 710 for n in finite),
        "|x| falls below 1e-06 but not to 0": any(0 < abs(n) < 1e-6 for n in entries),
        "x has an entry of +∞": np.inf in entries,
        "x has an entry of −∞": -np.inf in entries,
        "x has a small whole number": any(n in (1, -1) for n in entries),
        "x has a small number and a half": 0.5 in entries,
        "two entries of x differ by less than 1 %": False,
        "x has no entries": not entries,
    }
    assert {phrase: phrase in phrases for phrase in truths} == truths


def test_bfloat16_is_a_floating_dtype():
    ml_dtypes = pytest.importorskip("ml_dtypes")
    assert "x has an exact zero" in shown(np.array([0.0, 1.5], ml_dtypes.bfloat16))


def test_edges_of_a_domain():
    def of(x, domain):
        return {p for p in shown(x, domains=(domain,)) if "edge" in p}

    near, on = "x comes within 1e-3 of an edge of its domain", "x lies on an edge of its domain"
    assert of([0.5], gc.real(0, 1)) == set()
    assert of([0.5, 1 - 1e-6], gc.real(0, 1)) == {near}
    assert of([0.5, 1.0], gc.real(0, 1, closed=True)) == {on}
    assert of([-np.inf, 1.0], gc.real(infinite=True)) == set()


def test_two_inputs_that_meet():
    assert "x and y have equal values" in shown([1.0, 2.0], [1.0, 2.0])
    assert "x and y are equal somewhere" in shown([1.0, 2.0], [[1.0, 3.0], [4.0, 5.0]])
    assert not any("equal" in p for p in shown([1.5, 2.5], [2.5, 1.5]) if "x and y" in p)


def test_inputs_that_only_broadcast_to_something_huge_are_not_compared():
    column, row = np.zeros((70_000, 1)), np.zeros((1, 70_000))
    tracemalloc.start()
    try:
        assert not any("x and y are" in phrase for phrase in shown(column, row))
        assert tracemalloc.get_traced_memory()[1] < 100e6  # of 4.9 GB
    finally:
        tracemalloc.stop()


def test_what_is_possible_follows_from_domains():
    positive = possible_for("(n)->(n)", domains={"x": gc.positive()})
    assert "x has two equal entries" in positive
    assert "|x| reaches 1e+100" in positive
    assert "x comes within 1e-3 of an edge of its domain" in positive
    for never in ("x has an exact zero", "x has a negative entry", "x has an entry of −∞"):
        assert never not in positive
    assert "x has two equal entries" not in possible_for("(n)->(n)", domains={"x": gc.distinct()})
    assert "x has an entry of −∞" in possible_for(domains={"x": gc.real(infinite=True)})
    assert not any("∞" in phrase for phrase in possible_for(domains={"x": gc.nonzero()}))
    assert "|x| reaches 20" not in possible_for(domains={"x": gc.real(-5, 5)})
    assert not any("reaches 1e" in p for p in possible_for(dtypes="float16"))


def test_what_a_domain_does_not_tell_is_not_claimed():
    own = gc.domain(lambda shape, dtype: st.just(np.ones(shape, dtype)))
    phrases = possible_for("(n)->(n)", domains={"x": own})
    assert not any("x" in phrase.split() and "zero" in phrase for phrase in phrases)
