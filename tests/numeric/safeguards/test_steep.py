"""Steep: a slope that overflows by the scaling of its path proves nothing."""

import numpy as np

from gradcheck.numeric.comparison import Obstacle, Reference
from gradcheck.numeric.safeguards.steep import steep
from tests.points import dispute_about, point_at

HUGE = Reference(low=1e308, high=1e308, bar=0.0, method="by hand", step=0.0)


def disputed(gradient):
    with np.errstate(all="ignore"):
        return dispute_about(point_at(np.square, [1e10], gradient=[[gradient]]), HUGE)


def test_right_a_finite_gradient_whose_slope_overflows():
    assert steep.rule(disputed(1e305)).reference.problem == Obstacle.STEEP


def test_wrong_a_gradient_that_is_infinite_itself():
    dispute = disputed(np.inf)
    assert steep.rule(dispute) is dispute.comparison


def test_wrong_a_finite_slope():
    dispute = disputed(1e200)
    assert steep.rule(dispute) is dispute.comparison
