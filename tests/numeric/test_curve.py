"""Differences over steps: the law of truncation, where steps show one."""

import math

import pytest

from gradcheck.numeric.curve import Curve, CurvePoint


def curve(errors, *, rounding=1e-15, analytic=1.0, high=1.0):
    steps = [2.0**-k for k in range(2, 2 + 2 * len(errors), 2)]
    points = [
        CurvePoint(step=s, difference=1.0 + e, rounding=rounding)
        for s, e in zip(steps, errors, strict=True)
    ]
    return Curve(
        where="x", analytic=analytic, low=1.0, high=high, bar=0.0, chosen=0.0, points=tuple(points)
    )


def squares(c, count=5):
    return [c * 4.0**-k for k in range(2, 2 + 2 * count, 2)]


def test_errors_that_fall_with_the_square_of_the_step_are_truncation():
    assert curve(squares(3.0)).truncation == pytest.approx(3.0)


@pytest.mark.parametrize(
    "errors", [[1e-3] * 5, squares(3.0, 2), [0.0] * 5], ids=["flat", "too few", "exact"]
)
def test_other_errors_follow_no_law(errors):
    assert curve(errors).truncation == 0


def test_errors_within_rounding_tell_nothing():
    assert curve(squares(3.0), rounding=1.0).truncation == 0


def test_distances_are_measured_from_either_value():
    found = curve([0.5, -0.25], analytic=1.5, high=1.25)
    assert found.from_analytic == (0.0, 0.75)
    assert found.from_reference == (0.25, 0.25)


@pytest.mark.parametrize("analytic", [math.nan, math.inf])
def test_no_difference_is_near_a_value_that_is_not_finite(analytic):
    assert curve([0.5, 0.25], analytic=analytic).from_analytic == (math.inf, math.inf)
