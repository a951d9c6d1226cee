"""Domains are asked for numbers, as far as they can be."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.cases.conditions.domain_samples import Held, contains, is_entrywise

OWN = gc.domain(lambda shape, dtype: st.just(np.ones(shape, dtype)), name="own")


@pytest.mark.parametrize(
    ("domain", "inside", "outside"),
    [
        (gc.real(), (0.0, -1e9), (np.inf,)),
        (gc.real(infinite=True), (np.inf, -np.inf), ()),
        (gc.positive(), (1e-9,), (0.0, -1.0)),
        (gc.real(0, 1, closed=True), (0.0, 1.0), (1.5, -0.5)),
    ],
)
def test_a_domain_holds_numbers(domain, inside, outside):
    held = Held(domain)
    assert all(held((n, n)) for n in inside)
    assert not any(held((n,)) for n in outside)


def test_ordinary_numbers_lie_inside_where_any_do():
    assert Held(gc.real(-0.9, -0.1)).ordinary == (-0.5, -0.5)
    assert Held(gc.real(2000, 3000)).ordinary == (1.0, 1.0)


@pytest.mark.parametrize(
    ("domain", "ends"),
    [(gc.real(0, 1), True), (gc.positive(), True), (gc.real(), False), (gc.real(5e3, 6e3), False)],
)
def test_a_domain_may_end_at_a_number(domain, ends):
    assert Held(domain).near_an_edge(1e-3) is ends


def test_domains_of_matrices_are_not_about_entries():
    assert is_entrywise(gc.positive(), np.ones(3))
    assert not is_entrywise(gc.positive(), -np.ones(3))
    assert not is_entrywise(gc.unit_norm(), np.array([0.6, 0.8]))


def test_a_domain_that_cannot_be_asked_holds_nothing():
    def of_matrices(x):
        return bool(x[0, 0] > 0)

    picky = replace(gc.positive(), contains=of_matrices)
    assert not contains(OWN, np.ones(1))
    assert not contains(picky, np.ones(1))
    assert contains(picky, np.ones((2, 2)))
