"""Near slope: what a forward has beside the point, whatever long steps say."""

import numpy as np
import pytest

from gradcheck.numeric.comparison import Obstacle, Reference
from gradcheck.numeric.safeguards.near_slope import near_slope
from tests.points import dispute_about, point_at


def disputed(f, x, gradient, value):
    reference = Reference(low=value, high=value, bar=1e-9, method="by hand", step=2.0**-6)
    return dispute_about(point_at(f, [x], gradient=[[gradient]]), reference)


@pytest.mark.parametrize(
    ("x", "problem"), [(800.5, Obstacle.STAIRCASE), (800.0, Obstacle.JUMPS)], ids=["tread", "edge"]
)
def test_right_the_slope_of_a_tread(x, problem):
    assert near_slope.rule(disputed(np.floor, x, 0.0, 512.0)).reference.problem == problem


@pytest.mark.parametrize("gradient", [0.5, 2.0, -1.0])
def test_wrong_a_slope_that_no_step_has(gradient):
    dispute = disputed(np.floor, 800.5, gradient, 512.0)
    assert near_slope.rule(dispute) is dispute.comparison


def test_wrong_a_flat_stretch_that_is_rounding():
    """1 − cos x is flat over steps where its change is below the numbers near 1."""
    dispute = disputed(lambda x: 1 - np.cos(x), 6e-12, 0.0, 6e-12)
    assert near_slope.rule(dispute) is dispute.comparison
