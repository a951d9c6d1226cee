"""Faint: slopes below the rounding of numbers near 1, that no difference shows."""

import numpy as np
import pytest

from gradcheck.numeric.comparison import Obstacle, Reference
from gradcheck.numeric.safeguards.faint import faint
from tests.points import dispute_about, point_at

EXACT = np.exp(-40.0)  # its path moves by 32 a unit


def disputed(f, x, gradient, value, **fields):
    point = point_at(f, [x], gradient=[[gradient]], **fields)
    return dispute_about(point, Reference(low=value, high=value, bar=0.0, method="", step=0.0))


def test_right_a_claim_that_rounding_hides():
    def forward(x):
        if np.iscomplexobj(x):
            raise TypeError
        return np.log(1 + np.exp(x))

    dispute = disputed(forward, -40.0, np.exp(-40.0), 0.0)
    assert faint.rule(dispute).reference.problem == Obstacle.FAINT


def test_right_a_zero_where_only_rounding_is_left():
    assert faint.rule(disputed(lambda x: 1 + x / 1e17, 0.5, 0.0, 1e-17)).agrees


def test_wrong_a_claim_that_the_complex_step_refutes():
    dispute = disputed(np.exp, -40.0, 2 * EXACT, 32 * EXACT)
    compared = faint.rule(dispute)
    assert not compared.agrees
    assert compared.reference.method == "complex step"


def test_wrong_a_difference_that_is_no_rounding():
    dispute = disputed(np.sin, 0.5, 1.5, np.cos(0.5))
    assert faint.rule(dispute) is dispute.comparison


@pytest.mark.parametrize(("stray", "agrees"), [(1e-15, True), (0.0, False)])
def test_a_gradient_that_strays_without_ties_is_not_held_to_the_complex_step(stray, agrees):
    shaken = {"shaken_gradient": lambda seed: [np.array([2 * EXACT + stray * (seed == 7)])]}
    dispute = disputed(np.exp, -40.0, 2 * EXACT, 32 * EXACT, **shaken)
    assert faint.rule(dispute).agrees is agrees
