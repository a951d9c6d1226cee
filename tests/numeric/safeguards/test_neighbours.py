"""Kink neighbours: where entries tie, the slope of any stretch that meets there is right."""

import numpy as np
import pytest

from gradcheck.numeric import ladder
from gradcheck.numeric.comparison import Reference
from gradcheck.numeric.safeguards.neighbours import neighbours, slopes_nearby
from tests.points import dispute_about, entry, point_at


def middle(x):
    return np.sort(x)[1:2] - np.abs(x[0] - 1) / 4


def disputed(slope):
    point = point_at(middle, np.ones(3), gradient=[[slope, 0.0, 0.0]])
    path, _ = entry(point)
    return dispute_about(point, ladder.climb(path, point.base, point.weights))


def test_right_the_slope_of_a_stretch_that_no_single_move_visits():
    dispute = disputed(1.2)
    assert dispute.reference.kink
    assert not dispute.comparison.agrees
    assert neighbours.rule(dispute).agrees


@pytest.mark.parametrize("slope", [1.5, -0.5, 3.0])
def test_wrong_a_slope_that_no_stretch_has(slope):
    assert not neighbours.rule(disputed(slope)).agrees


def test_slopes_nearby_are_those_of_the_stretches():
    point = point_at(np.abs, [0.0])
    assert set(np.round(slopes_nearby(point, entry(point)[0]))) == {-1.0, 1.0}


def test_a_smooth_slope_is_left_alone():
    smooth = Reference(low=1.0, high=1.0, bar=0.0, method="by hand", step=0.0)
    dispute = dispute_about(point_at(np.sin, [0.0], gradient=[[2.0]]), smooth)
    assert neighbours.rule(dispute) is dispute.comparison
