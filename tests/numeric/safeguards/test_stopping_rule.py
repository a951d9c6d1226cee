"""Stopping rule: an iteration's own tolerance explains a small discrepancy."""

import numpy as np
import pytest

from gradcheck.numeric.argument import Argument
from gradcheck.numeric.comparison import Obstacle, Reference
from gradcheck.numeric.safeguards.stopping_rule import stopping_rule
from tests.points import dispute_about, point_at

FREE = [Argument("x", (2,), False, contains=lambda x: True)]
SLOPE = 0.5 / np.sqrt(2.0)


def newton(x):
    y = np.ones_like(x)
    for _ in range(50):
        if np.abs(y * y - x).max() <= 1e-6:
            break
        y = (y + x / y) / 2
    return y


def disputed(f, off):
    gradient = np.array([SLOPE * (1 + off), 0.0])
    point = point_at(f, [2.0, 3.0], gradient=[gradient], arguments=FREE)
    value = 2 * SLOPE  # of a path whose unit is 2
    return dispute_about(point, Reference(low=value, high=value, bar=0.0, method="", step=0.0))


def test_right_a_discrepancy_of_the_size_of_the_tolerance():
    assert stopping_rule.rule(disputed(newton, 1e-6)).reference.problem == Obstacle.NOISY


@pytest.mark.parametrize("off", [0.02, -1.0])
def test_wrong_a_discrepancy_that_no_tolerance_explains(off):
    dispute = disputed(newton, off)
    assert stopping_rule.rule(dispute) is dispute.comparison


def test_wrong_a_discrepancy_of_a_smooth_forward():
    dispute = disputed(lambda x: np.sqrt(x * x + 2) * 0.75, 1e-6)
    assert stopping_rule.rule(dispute) is dispute.comparison
