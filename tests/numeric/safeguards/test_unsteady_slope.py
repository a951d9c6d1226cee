"""Unsteady slope: a point that double precision cannot resolve, as the forward shows."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.numeric.comparison import Reference
from gradcheck.numeric.safeguards.safeguard import Dispute
from gradcheck.numeric.safeguards.unsteady_slope import unsteady_slope
from tests.points import dispute_about, point_at


def smooth(value):
    return Reference(low=value, high=value, bar=0.0, method="by hand", step=2.0**-20)


def steep(x):
    return np.sin(1e13 * x) / 1e13  # its slope turns within thousands of units


def disputed(f, gradient, value):
    return dispute_about(point_at(f, [0.5], gradient=[[gradient]]), smooth(value))


def test_right_a_slope_within_the_scatter():
    fine = replace(smooth(0.0), step=2.0**-50)
    dispute = dispute_about(point_at(steep, [0.5], gradient=[[1e-4]]), fine)
    assert unsteady_slope.rule(dispute).reference.bar > 1e-4


def test_wrong_a_slope_where_the_forward_is_steady():
    assert not unsteady_slope.rule(disputed(np.sin, 0.9, np.cos(0.5))).agrees


def test_a_gradient_that_is_unsteady_itself_is_not_asked():
    def nearby(seed):
        raise AssertionError(seed)

    point = point_at(np.sin, [0.5], gradient=[[0.9]], nearby_gradient=nearby)
    assert not unsteady_slope.rule(dispute_about(point, smooth(np.cos(0.5)))).agrees


@pytest.mark.parametrize("change", ["kink", "jvp"])
def test_kinks_and_jvps_are_left_alone(change):
    dispute = disputed(np.sin, 0.9, 0.5)
    claim = replace(dispute.claim, rule="jvp") if change == "jvp" else dispute.claim
    reference = replace(dispute.reference, high=0.5 + (change == "kink") / 4)
    left = Dispute(dispute.near, dispute.path, claim, claim.beside(reference, 1e-8))
    assert unsteady_slope.rule(left) is left.comparison
