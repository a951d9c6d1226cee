"""The three worked examples that the project started from, by their numbers."""

import numpy as np
import pytest

import gradcheck as gc


@pytest.fixture(scope="module")
def catalogue():
    registry = gc.Registry()
    registry.load_builtin()
    return registry


def gradients(spec, g, *inputs):
    """Call an op's gradient as the checker does: with values by name."""
    out = spec(*inputs)
    given = spec.apply_vjp(
        np.asarray(g), {**dict(zip(spec.inputs, inputs, strict=True)), "out": out}
    )
    return out, given


def central_difference(f, x, h=1e-5):
    """The gradient of sum(f(x)), entry by entry."""
    steps = h * np.eye(x.size).reshape(x.size, *x.shape)
    slopes = [(np.sum(f(x + u)) - np.sum(f(x - u))) / (2 * h) for u in steps]
    return np.reshape(slopes, x.shape)


def test_sigmoid_at_1_2_3(catalogue):
    x = np.array([1.0, 2.0, 3.0])
    spec = catalogue.get("sigmoid")

    s, (dx,) = gradients(spec, np.ones(3), x)

    np.testing.assert_allclose(s, [0.73105858, 0.88079708, 0.95257413], atol=5e-9)
    np.testing.assert_allclose(dx, [0.19661193, 0.10499359, 0.04517666], atol=5e-9)
    np.testing.assert_allclose(dx, s * (1 - s), rtol=1e-14)
    np.testing.assert_allclose(central_difference(spec, x), dx, rtol=1e-8)


def test_matmul_of_two_by_two_matrices(catalogue):
    a = np.array([[1.0, 2.0], [3.0, 4.0]])
    b = np.array([[5.0, 6.0], [7.0, 8.0]])
    spec = catalogue.get("matmul")

    c, (da, db) = gradients(spec, np.ones((2, 2)), a, b)

    np.testing.assert_array_equal(c, [[19, 22], [43, 50]])
    np.testing.assert_array_equal(da, [[11, 15], [11, 15]])
    np.testing.assert_array_equal(db, [[4, 4], [6, 6]])
    np.testing.assert_allclose(central_difference(lambda x: spec(x, b), a), da, rtol=1e-8)
    np.testing.assert_allclose(central_difference(lambda x: spec(a, x), b), db, rtol=1e-8)


def test_add_of_a_matrix_and_a_row(catalogue):
    a = np.array([[1.0, 2.0], [3.0, 4.0]])
    b = np.array([5.0, 6.0])
    spec = catalogue.get("add")

    c, (da, db) = gradients(spec, np.ones((2, 2)), a, b)

    np.testing.assert_array_equal(c, [[6, 8], [8, 10]])
    np.testing.assert_array_equal(da, [[1, 1], [1, 1]])
    np.testing.assert_array_equal(db, [2, 2])
    np.testing.assert_allclose(central_difference(lambda x: spec(a, x), b), db, rtol=1e-8)


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("sigmoid", [[1, 2, 3]]),
        ("matmul", [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]),
        ("add", [[[1, 2], [3, 4]], [5, 6]]),
    ],
)
def test_show_works_through_these_examples(catalogue, name, inputs):
    example = catalogue.get(name).example
    assert [x.tolist() for x in example.inputs] == inputs
    assert all(x.dtype == np.float64 for x in example.inputs)
    assert not example.params
