"""Measured numbers: what agrees with them, and how bars grow."""

import numpy as np

from gradcheck.diagnosis.intervals import Measured, broadcasts, pulled


def measured(value, bar):
    return Measured(np.array(value, float), np.array(bar, float))


def test_numbers_agree_within_the_bar_and_the_rounding_of_a_rule():
    one = measured([1.0, 1.0, 1.0], [1e-3, 0.0, np.inf])
    assert one.agrees(np.array([1.0009, 1 + 1e-7, 5.0])).tolist() == [True, False, True]
    assert one.agrees(np.array([1.002, 1 + 1e-9, np.nan])).tolist() == [False, True, True]


def test_numbers_are_known_where_the_bar_is_small_beside_them():
    assert measured([1.0, 1.0, 0.0], [1e-5, 1e-3, 0.0]).known.tolist() == [True, False, True]
    assert not measured([1.0], [np.inf]).known.any()


def test_a_factor_scales_the_bar():
    twice = measured([1.0, 2.0], [0.1, np.inf]).scaled(-2.0)
    assert twice.value.tolist() == [-2.0, -4.0]
    assert twice.bar.tolist() == [0.2, np.inf]
    lost = measured([1.0], [0.1]).scaled(np.array([np.inf]))
    assert (lost.value.tolist(), lost.bar.tolist()) == ([0.0], [np.inf])


def test_numbers_move_with_their_bars():
    moved = measured([[1.0, 2.0]], [[0.1, 0.2]]).arranged(np.transpose)
    assert (moved.value.tolist(), moved.bar.tolist()) == ([[1.0], [2.0]], [[0.1], [0.2]])


def test_a_contraction_leaves_out_what_has_no_weight():
    jacobian = measured([[1.0, 2.0], [3.0, 4.0]], [[0.1, 0.1], [np.inf, np.inf]])
    alone = pulled(jacobian, np.array([2.0, 0.0]))
    np.testing.assert_allclose(alone.value, [2.0, 4.0])
    np.testing.assert_allclose(alone.bar, 0.2)
    assert np.isinf(pulled(jacobian, np.array([2.0, 1.0])).bar).all()


def test_a_weight_that_is_not_finite_loses_what_it_meets():
    jacobian = measured([[1.0, 0.0], [3.0, 4.0]], [[0.0, 0.0], [0.0, 0.0]])
    found = pulled(jacobian, np.array([np.nan, 1.0]))
    assert np.isinf(found.bar).tolist() == [True, False]
    assert found.value[1] == 4


def test_shapes_that_broadcast_without_changing():
    assert broadcasts((3,), (2, 3))
    assert broadcasts((), (2, 3))
    assert not broadcasts((2, 3), (3,))
    assert not broadcasts((2,), (2, 3))
