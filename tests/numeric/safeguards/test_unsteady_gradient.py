"""Unsteady gradient: a point that double precision cannot resolve."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.numeric.comparison import Reference
from gradcheck.numeric.safeguards.safeguard import Dispute
from gradcheck.numeric.safeguards.unsteady_gradient import unsteady_gradient
from tests.points import dispute_about, point_at

SMOOTH = Reference(low=1.0, high=1.0, bar=0.0, method="by hand", step=0.0)


def disputed(*nearby, gradient=1.5, at=0.5):
    def there(seed):
        return [np.array([nearby[seed - 7]])] if nearby else None

    return dispute_about(
        point_at(np.sin, [at], gradient=[[gradient]], nearby_gradient=there), SMOOTH
    )


def test_right_gradients_that_scatter_around_the_reference():
    assert unsteady_gradient.rule(disputed(1.2, 0.9)).agrees


def test_wrong_a_gradient_that_is_steady():
    assert not unsteady_gradient.rule(disputed(1.5, 1.5 + 1e-12)).agrees


def test_without_gradients_nearby_nothing_is_known():
    assert unsteady_gradient.rule(disputed()).reference.bar == 0


def test_far_out_the_point_itself_counts():
    assert unsteady_gradient.rule(disputed(0.0, 0.0, gradient=1.5, at=2.0**52)).agrees


@pytest.mark.parametrize("change", ["kink", "jvp"])
def test_kinks_and_jvps_are_left_alone(change):
    dispute = disputed(1.2, 0.9)
    claim = replace(dispute.claim, rule="jvp") if change == "jvp" else dispute.claim
    reference = replace(SMOOTH, high=1.0 + (change == "kink") / 4)
    left = Dispute(dispute.near, dispute.path, claim, claim.beside(reference, 1e-8))
    assert unsteady_gradient.rule(left) is left.comparison
