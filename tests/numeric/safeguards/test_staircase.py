"""Staircase: the slope of a tread is not that of what the stairs stand for."""

import numpy as np
import pytest

from gradcheck.numeric.argument import Argument
from gradcheck.numeric.comparison import Obstacle, Reference
from gradcheck.numeric.safeguards.staircase import staircase
from tests.points import dispute_about, point_at

FREE = [Argument("x", (1,), False, contains=lambda x: True)]


def disputed(f, value):
    point = point_at(f, [0.503], gradient=[[1.0]], arguments=FREE)
    return dispute_about(point, Reference(low=value, high=value, bar=0.0, method="", step=0.0))


def stairs(x):
    return np.floor(64 * x) / 64


def test_right_a_claim_about_what_the_stairs_stand_for():
    assert staircase.rule(disputed(stairs, 0.0)).reference.problem == Obstacle.STAIRCASE


@pytest.mark.parametrize(("f", "value"), [(np.zeros_like, 0.0), (np.sin, 0.0), (stairs, 0.5)])
def test_wrong_a_claim_about_a_forward_that_is_flat_or_smooth(f, value):
    dispute = disputed(f, value)
    assert staircase.rule(dispute) is dispute.comparison
