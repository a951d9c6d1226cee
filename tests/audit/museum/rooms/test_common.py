"""Formulas that several exhibits share are right, also where the naive ones overflow."""

import numpy as np

from gradcheck.audit.museum.rooms.common import (
    add_windows,
    correlated,
    labels_of,
    log_softmax_of,
    masks,
    one_hot,
    sigmoid_of,
    softmax_of,
    windows,
)
from tests.drawn import drawn

X = np.array([[-1e3, 0.0, 2.0], [1.0, 1e3, -2.0]])


def test_the_logistic_function_does_not_overflow():
    np.testing.assert_allclose(sigmoid_of(np.array([-800.0, 0.0, 800.0])), [0, 0.5, 1])


def test_softmax_and_its_logarithm_agree():
    np.testing.assert_allclose(softmax_of(X).sum(axis=-1), 1)
    np.testing.assert_allclose(np.exp(log_softmax_of(X)), softmax_of(X))
    assert np.isfinite(log_softmax_of(X)).all()


def test_a_row_per_label():
    assert one_hot(np.array([2, 0]), 3).tolist() == [[False, False, True], [True, False, False]]


def test_windows_and_their_correlation():
    x = np.arange(10.0).reshape(2, 5)
    assert windows(x, 3, 2)[0].tolist() == [[0, 1, 2], [2, 3, 4]]
    w = np.array([1.0, 0.0, -1.0])
    assert correlated(x, w, 2).tolist() == [[-2.0, -2.0], [-2.0, -2.0]]


def test_windows_are_added_back_to_where_they_came_from():
    x, w, g = np.zeros((1, 5)), np.array([1.0, 2.0, 3.0]), np.array([[1.0, 10.0]])
    assert add_windows(np.zeros((1, 5)), g, w, 2).tolist() == [[1.0, 2.0, 13.0, 20.0, 30.0]]
    shifted = np.eye(5)
    products = [float((correlated(x + e, w, 2) * g).sum()) for e in shifted]
    assert products == [1.0, 2.0, 13.0, 20.0, 30.0]


def test_labels_and_masks_are_drawn_in_range():
    assert {int(k) for labels in drawn(labels_of(3, 2), 30) for k in labels} == {0, 1}
    assert all(m.dtype == bool and m.shape == (2, 2) for m in drawn(masks((2, 2)), 10))
