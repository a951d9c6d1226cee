"""Cheap differences: which claims they confirm, and that they refute none."""

import numpy as np
import pytest

from gradcheck.numeric import quick
from gradcheck.numeric.batched import LONG, SHORT
from tests.points import entry, point_at


@pytest.mark.parametrize("step", [SHORT, LONG])
def test_a_slope_is_that_of_the_contracted_outputs(step):
    point = point_at(np.exp, [0.5, 1.5], weights=[2.0, -1.0])
    path, _ = entry(point, 1)
    slope, _ = quick.slope(point, path, step)
    assert slope == pytest.approx(-np.exp(1.5), rel=1e-9)


def test_a_right_claim_is_confirmed_at_the_short_step():
    point = point_at(np.sin, [0.5], gradient=[np.cos([0.5])])
    compared = quick.compare(point, *entry(point))
    assert compared.agrees
    assert (compared.reference.step, compared.reference.quick) == (SHORT, True)


def test_beside_a_large_output_the_longer_step_confirms():
    point = point_at(lambda x: 1e7 + np.sin(x), [0.5], gradient=[np.cos([0.5])])
    assert quick.compare(point, *entry(point)).reference.step == LONG


@pytest.mark.parametrize("excess", [1e-6, -0.5, np.inf, np.nan])
def test_a_wrong_claim_is_left_open(excess):
    point = point_at(np.sin, [0.5], gradient=[np.cos([0.5]) + excess])
    assert quick.compare(point, *entry(point)) is None


def test_a_forward_that_raises_beside_the_point_leaves_it_open():
    def strict(x):
        if x[0] != 0.5:
            raise ValueError
        return x

    point = point_at(strict, [0.5], gradient=[[1.0]])
    assert quick.compare(point, *entry(point)) is None


def test_a_comparison_is_per_unit_of_the_entry():
    point = point_at(np.square, [6.0], gradient=[[12.0]])
    assert quick.compare(point, *entry(point)).analytic == 12.0
