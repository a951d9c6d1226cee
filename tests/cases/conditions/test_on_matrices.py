"""Structures of matrices, in any dtype and in stacks of them."""

import numpy as np
import pytest

from tests.phrases import shown


@pytest.mark.parametrize(
    ("x", "kinds"),
    [
        (np.eye(3), {"identity", "diagonal", "triangular", "symmetric"}),
        (np.diag([1.0, 2.0]), {"diagonal", "triangular", "symmetric"}),
        ([[1.0, 0.0], [2.0, 3.0]], {"triangular"}),
        ([[1.0, 2.0], [2.0, 5.0]], {"symmetric"}),
        (np.array([[1.0, 2j], [-2j, 5.0]]), {"symmetric"}),
        ([[1.0, 2.0], [3.0, 5.0]], set()),
        ([[1.0]], set()),
        (np.stack([[[1.0, 2.0], [3.0, 5.0]], np.eye(2)]), {"identity"}),
        (np.zeros((0, 2, 2)), set()),
    ],
)
def test_matrices(x, kinds):
    found = {phrase.split()[-2] for phrase in shown(x) if phrase.startswith("x holds a")}
    assert kinds - found == set()
    assert bool(kinds) == bool(found)


@pytest.mark.parametrize(
    "x",
    [
        [[1.0, 2, 3], [4, 5, 6], [1, 2, 3]],
        [[1.0, 1], [2, 2]],
        [[0.0, 0], [2, 3]],
        [[0.0, 1], [0, 2]],
    ],
)
def test_singular_matrices(x):
    assert "x holds a matrix with a row or column that is zero or comes twice" in shown(x)


@pytest.mark.parametrize("dtype", ["float16", "float32", "complex64"])
def test_matrices_in_low_precision(dtype):
    assert "x holds a symmetric matrix with a repeated eigenvalue" in shown(np.eye(2, dtype=dtype))


@pytest.mark.parametrize("turned", [False, True])
def test_repeated_eigenvalues(turned):
    x = np.diag([2.0, 2.0, 5.0])
    if turned:
        q, _ = np.linalg.qr(np.arange(9.0).reshape(3, 3) + np.eye(3))
        x = q @ x @ q.T
        x = (x + x.T) / 2
    phrase = "x holds a symmetric matrix with a repeated eigenvalue"
    assert phrase in shown(x)
    assert phrase not in shown(np.diag([2.0, 3.0, 5.0]))
