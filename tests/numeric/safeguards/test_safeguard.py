"""A dispute compares again; a safeguard is a rule with a name and reasons."""

import numpy as np

from gradcheck.numeric.comparison import Obstacle, Reference
from gradcheck.numeric.safeguards.safeguard import safeguard
from tests.points import dispute_about, point_at

SHARP = Reference(low=1.0, high=1.0, bar=0.0, method="by hand", step=0.0)
POINT = point_at(np.sin, [0.0], gradient=[[1.5]])


def test_a_wider_bar_may_settle_a_dispute():
    dispute = dispute_about(POINT, SHARP)
    assert not dispute.comparison.agrees
    assert dispute.with_reference(bar=0.6).agrees
    assert not dispute.with_reference(bar=0.4).agrees


def test_an_obstacle_settles_it_without_a_verdict():
    settled = dispute_about(POINT, SHARP).unusable(Obstacle.NOISY, 1e-6)
    assert settled.agrees
    assert (settled.reference.problem, settled.reference.noise) == (Obstacle.NOISY, 1e-6)


def test_a_rule_becomes_a_safeguard():
    made = safeguard("never", Obstacle.JUMPS, source="none")(lambda dispute: dispute.comparison)
    dispute = dispute_about(POINT, SHARP)
    assert made.rule(dispute) is dispute.comparison
    assert (made.name, made.obstacles, made.of_agreement) == ("never", (Obstacle.JUMPS,), False)
