"""A forward as a map between flat real vectors."""

import numpy as np
import pytest

from gradcheck.ndarrays.flat import flat, is_differentiable
from gradcheck.ndarrays.matrices import normalised, polar
from gradcheck.numeric.forward import FlatForward

A = np.arange(6.0).reshape(2, 3)


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [("f8", True), ("f4", True), ("c16", True), ("i8", False), ("u1", False), ("?", False)],
)
def test_floating_and_complex_arrays_are_differentiable(dtype, expected):
    assert is_differentiable(np.zeros(2, dtype)) is expected


def test_flat_views_a_contiguous_array():
    assert np.shares_memory(flat(A), A)
    assert flat(A).tolist() == [0, 1, 2, 3, 4, 5]
    assert flat(A.T).tolist() == [0, 3, 1, 4, 2, 5]


def test_flat_takes_a_complex_number_as_two():
    z = np.array([1 + 2j, 3 - 4j])
    assert flat(z).tolist() == [1, 2, 3, -4]
    assert flat(z.astype(np.complex64)).dtype == np.float32


@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3)])
def test_flat_takes_any_shape(shape):
    assert flat(np.zeros(shape)).shape == (int(np.prod(shape)),)


def test_inputs_that_are_not_active_and_params_are_held_fixed():
    f = FlatForward(lambda x, k, scale: scale * x[k], [A, np.array([1, 0])], [0], {"scale": 10})
    out = f([np.arange(6.0) + 1])
    assert out.tolist() == [40, 50, 60, 10, 20, 30]
    assert [part.tolist() for part in f.base] == [[0, 1, 2, 3, 4, 5]]


def test_outputs_are_joined_and_integers_among_them_left_out():
    f = FlatForward(lambda x: (x, np.arange(2), x.sum(), 1j * x), [np.array([1.0, 2])], [0], {})
    assert f([np.array([1.0, 2])]).tolist() == [1, 2, 3, 0, 1, 0, 2]


def test_complex_inputs_and_outputs_are_pairs():
    f = FlatForward(np.conj, [np.array([1 + 2j])], [0], {})
    assert f([np.array([3.0, 4.0])]).tolist() == [3, -4]


def test_what_raises_has_no_value():
    def picky(x):
        if x[0] > 1:
            raise ValueError
        return x

    f = FlatForward(picky, [np.zeros(1)], [0], {})
    assert f([np.zeros(1)]) is not None
    assert f([np.full(1, 2.0)]) is None


def test_an_exception_that_is_no_error_goes_through():
    def stop(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        FlatForward(stop, [np.zeros(1)], [0], {})([np.zeros(1)])


def test_forward_without_a_differentiable_output_has_no_value():
    assert FlatForward(lambda x: x.argmax(), [np.zeros(2)], [0], {})([np.zeros(2)]) is None


def test_shaped_gives_a_stack_its_axes():
    f = FlatForward(np.sin, [A], [0], {})
    assert f.shaped(0, np.zeros(6)).shape == (2, 3)
    assert f.shaped(0, np.zeros((4, 6)), (4, 1)).shape == (4, 1, 2, 3)


def test_stacked_evaluates_all_copies_in_one_call():
    calls = []

    def times(a, b):
        calls.append(a.shape)
        return a * b

    f = FlatForward(times, [A, np.ones((5, 2, 3))], [0, 1], {})
    out = f.stacked(0, np.stack([A.ravel(), 2 * A.ravel()]), 1)
    assert calls == [(2, 1, 2, 3)]
    assert out.shape == (2, 30)
    assert (out[1] == 2 * out[0]).all()


def test_stacked_gives_up_where_the_copies_do_not_come_back_in_front():
    assert FlatForward(np.sum, [A], [0], {}).stacked(0, np.zeros((2, 6)), 0) is None


# --- the way back onto a domain


def on_the_circle(x, retract=None):
    return FlatForward(lambda x: x * x, [x], [0], {}, [retract or normalised])


X = np.array([0.6, 0.8])


@pytest.mark.parametrize("x", [X, X * (1 + 1e-7), X.astype("f4").astype("f8"), X + 0.3j])
def test_a_point_that_has_not_moved_stays_exactly_where_it_is(x):
    f = on_the_circle(x)
    np.testing.assert_array_equal(f.retracted(0, flat(x)), flat(x))


def test_what_has_moved_comes_back():
    moved = on_the_circle(X).retracted(0, X + np.array([0.08, -0.06]))
    assert np.linalg.norm(moved) == pytest.approx(1, abs=1e-15)


def test_a_point_beside_its_domain_moves_as_if_it_lay_on_it():
    """The slope along a tangent is 1, however far the point was rounded away."""
    beside, u = X * 1.001, np.array([0.8, -0.6])
    f = on_the_circle(beside)
    step = 2.0**-14
    slope = (f.retracted(0, beside + step * u) - f.retracted(0, beside - step * u)) / (2 * step)
    np.testing.assert_allclose(slope, u, atol=1e-8)


def test_without_a_way_back_a_vector_is_left_alone():
    vector = np.array([3.0, 4.0])
    assert FlatForward(np.sin, [X], [0], {}).retracted(0, vector) is vector
    assert FlatForward(np.sin, [X], [0], {}, [None]).retracted(0, vector) is vector


@pytest.mark.parametrize("dtype", [np.float64, np.longdouble])
def test_a_way_back_that_fails_leads_nowhere(dtype):
    def refuse(x):
        raise np.linalg.LinAlgError

    assert np.isnan(on_the_circle(X, refuse).retracted(0, X.astype(dtype))).all()


def test_long_double_has_no_singular_values():
    f = FlatForward(lambda x: x, [np.eye(2)], [0], {}, [polar])
    assert np.isnan(f.retracted(0, np.eye(2).ravel().astype(np.longdouble))).all()
    assert f.retracted(0, np.eye(2).ravel()).tolist() == [1, 0, 0, 1]
