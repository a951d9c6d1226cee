"""Far slope, far refutation: beyond its jitter a forward has a slope again."""

import numpy as np
import pytest

from gradcheck.numeric.comparison import Obstacle, Reference
from gradcheck.numeric.safeguards.far_slope import far_refutation, far_slope
from tests.points import dispute_about, point_at

SHORT = Reference(low=7.0, high=7.0, bar=0.0, method="by hand", step=0.0)
NOISY = Reference(low=7.0, high=7.0, bar=0.0, method="", step=0.0, problem=Obstacle.NOISY)


def jittery(x):
    return np.sin(x) + 1e-7 * np.sin(1e13 * x)


def disputed(gradient, reference, f=jittery):
    return dispute_about(point_at(f, [0.5], gradient=[[gradient]]), reference)


def test_right_a_claim_that_is_the_slope_over_long_steps():
    assert far_slope.rule(disputed(np.cos(0.5), SHORT)).reference.problem == Obstacle.NOISY


@pytest.mark.parametrize("gradient", [0.0, -np.cos(0.5), 1.1])
def test_wrong_a_claim_that_is_neither(gradient):
    dispute = disputed(gradient, SHORT)
    assert far_slope.rule(dispute) is dispute.comparison


def test_wrong_a_claim_about_a_smooth_forward():
    dispute = disputed(np.cos(0.5), SHORT, np.sin)
    assert far_slope.rule(dispute) is dispute.comparison


@pytest.mark.parametrize(("gradient", "agrees"), [(np.cos(0.5), True), (1.1, False), (0.0, False)])
def test_a_claim_that_jitter_hid_is_refuted_from_afar(gradient, agrees):
    compared = far_refutation.rule(disputed(gradient, NOISY))
    assert compared.agrees is agrees
    assert (compared.reference.method == "central differences over long steps") is not agrees


def test_other_obstacles_are_left_alone():
    jump = Reference(low=0.0, high=0.0, bar=0.0, method="", step=0.0, problem=Obstacle.JUMPS)
    dispute = disputed(0.0, jump)
    assert far_refutation.rule(dispute) is dispute.comparison
