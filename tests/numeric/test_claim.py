"""A claim beside a reference: the tolerance, and what larger outputs may hide."""

import math

import pytest

from gradcheck.numeric.argument import Place
from gradcheck.numeric.claim import Claim
from gradcheck.numeric.comparison import Obstacle, Reference


def claim(slope, size=1.0):
    return Claim(where="x[1]", argument="x", place=Place(0, 1), slope=slope, size=size)


def reference(value, bar=0.0, **fields):
    return Reference(low=value, high=value, bar=bar, method="by hand", step=0.0, **fields)


def test_the_tolerance_is_relative_to_the_terms_and_includes_the_bar():
    compared = claim(3.0, size=10.0).beside(reference(3.0, bar=0.25), 1e-2)
    assert compared.tolerance == pytest.approx(0.35)
    assert (compared.where, compared.place) == ("x[1]", Place(0, 1))


@pytest.mark.parametrize(("off", "agrees"), [(0.34, True), (0.36, False)])
def test_the_border_is_one_margin(off, agrees):
    compared = claim(3.0 + off, size=10.0).beside(reference(3.0, bar=0.25), 1e-2)
    assert compared.agrees is agrees
    assert (compared.margin <= 1) is agrees


def test_an_unusable_reference_has_no_bar():
    compared = claim(3.0).beside(reference(1.0, bar=math.inf, problem=Obstacle.JUMPS), 1e-2)
    assert compared.tolerance == pytest.approx(1e-2)
    assert compared.agrees


@pytest.mark.parametrize(("off", "problem"), [(0.5, Obstacle.HIDDEN), (2.0, ""), (0.005, "")])
def test_a_discrepancy_that_may_be_hidden_proves_nothing(off, problem):
    compared = claim(3.0 + off).beside(reference(3.0, hidden=1.0), 1e-2)
    assert compared.reference.problem == problem
