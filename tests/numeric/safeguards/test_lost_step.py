"""Lost step: no difference shows what a larger input swallows."""

import numpy as np
import pytest

from gradcheck.numeric.comparison import Obstacle, Reference
from gradcheck.numeric.safeguards.lost_step import lost_step
from tests.points import dispute_about, point_at

FLAT = Reference(low=0.0, high=0.0, bar=0.0, method="by hand", step=0.0)


def disputed(largest, *, dense=False):
    point = point_at(np.sum, [0.0, largest], gradient=[[1.0, 1.0]])
    path = point.path_along(point.random_direction()) if dense else None
    return dispute_about(point, FLAT, path)


def test_right_a_term_beside_a_huge_one():
    assert lost_step.rule(disputed(8e20)).reference.problem == Obstacle.LOST


@pytest.mark.parametrize("largest", [1.0, 1e10])
def test_wrong_a_term_beside_others_that_leave_it_room(largest):
    dispute = disputed(largest)
    assert lost_step.rule(dispute) is dispute.comparison


def test_wrong_a_direction_that_moves_the_huge_one_as_well():
    dispute = disputed(8e20, dense=True)
    assert lost_step.rule(dispute) is dispute.comparison
