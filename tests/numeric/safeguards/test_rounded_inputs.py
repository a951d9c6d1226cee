"""Rounded inputs: a bar includes what rounding the inputs does to the slope."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.numeric.comparison import Reference
from gradcheck.numeric.safeguards.rounded_inputs import bent, rounded_inputs
from tests.points import dispute_about, entry, point_at, together


def smooth(value):
    return Reference(low=value, high=value, bar=0.0, method="by hand", step=0.0)


def test_right_a_slope_within_the_rounding_of_its_input():
    curved = point_at(lambda x: 1e12 * x**2, [0.5], gradient=[[1e12 + 1e-3]])
    dispute = dispute_about(curved, smooth(1e12))
    assert rounded_inputs.rule(dispute).reference.bar == pytest.approx(4 * 2.0**-52 * 2e12)


def test_wrong_a_slope_far_outside():
    dispute = dispute_about(point_at(np.sin, [0.5], gradient=[[1.5]]), smooth(np.cos(0.5)))
    assert not rounded_inputs.rule(dispute).agrees


def test_a_linear_forward_has_no_such_bar():
    point = point_at(lambda x: 3 * x, [0.5])
    assert bent(point, entry(point)[0]) < 1e-20


def test_entries_that_move_together_add_up_and_too_many_are_left_alone():
    few, many = (point_at(np.square, np.ones(n)) for n in (4, 300))
    assert bent(few, together(few, 0, 1, 2, 3)) == pytest.approx(4 * bent(few, together(few, 0)))
    assert bent(many, together(many, *range(300))) == 0


def test_a_kink_is_left_to_its_own_rule():
    kink = replace(smooth(0.0), high=1.0)
    dispute = dispute_about(point_at(np.abs, [0.0], gradient=[[2.0]]), kink)
    assert rounded_inputs.rule(dispute) is dispute.comparison
