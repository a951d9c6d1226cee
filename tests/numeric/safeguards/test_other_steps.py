"""Other steps: what only steps of powers of two see is no slope."""

import numpy as np
import pytest

from gradcheck.numeric.comparison import Obstacle, Reference
from gradcheck.numeric.safeguards.other_steps import other_steps
from tests.points import dispute_about, point_at


def disputed(f, x, gradient, value):
    reference = Reference(low=value, high=value, bar=1e-9, method="by hand", step=2.0**-8)
    return dispute_about(point_at(f, [x], gradient=[[gradient]]), reference)


def test_right_a_claim_that_other_steps_confirm():
    assert other_steps.rule(disputed(np.sin, 0.5, np.cos(0.5), 0.3)).agrees


def test_two_ladders_that_disagree_prove_nothing():
    compared = other_steps.rule(disputed(np.sin, 0.5, 2.0, 0.3))
    assert compared.reference.problem == Obstacle.OSCILLATES


def test_wrong_a_claim_against_both_ladders():
    dispute = disputed(np.sin, 0.5, 2.0, np.cos(0.5))
    assert other_steps.rule(dispute) is dispute.comparison


@pytest.mark.parametrize("slope", [1.0, 4.0])
def test_a_direction_is_scaled_as_an_entry_is(slope):
    point = point_at(lambda x: 3 * x, np.ones(5), gradient=[np.full(5, slope)])
    path = point.path_along(point.random_direction())
    value = 3 * sum(path.direction[0])
    reference = Reference(low=value, high=value, bar=1e-9, method="by hand", step=2.0**-8)
    dispute = dispute_about(point, reference, path)
    assert other_steps.rule(dispute) is dispute.comparison
