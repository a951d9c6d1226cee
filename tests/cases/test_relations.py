"""Inputs of one case are related as is asked, as far as shapes and domains allow."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.cases.relations import ALIKE, RELATIONS, related

X = np.arange(1.0, 7.0).reshape(2, 3)
Y = -X - 0.5


def turned(relation, value=Y, domain=None, earlier=(X,), seed=1):
    return related(relation, value, domain or gc.real(), earlier, lambda: seed)


def test_the_first_is_the_plain_one():
    assert RELATIONS[0] == "their own"
    assert set(ALIKE) < set(RELATIONS)


def test_equal():
    equal = turned("equal")
    np.testing.assert_array_equal(equal, X)
    assert not np.shares_memory(equal, X)


@given(st.integers(0, 999))
def test_equal_in_places(seed):
    some = turned("equal in places", seed=seed)
    assert ((some == X) | (some == Y)).all()
    assert (some == X).any()


@pytest.mark.parametrize(("relation", "factor"), [("huge", 1e160), ("tiny", 1e-160)])
def test_extreme(relation, factor):
    np.testing.assert_allclose(turned(relation), Y * factor)


@pytest.mark.parametrize("dtype", ["float32", "float16", "complex128", "complex64"])
@pytest.mark.parametrize("relation", sorted(set(RELATIONS) - {"their own"}))
def test_dtype_and_shape_stay(relation, dtype):
    changed = turned(relation, Y.astype(dtype), earlier=(X.astype(dtype),))
    assert (changed.dtype, changed.shape) == (np.dtype(dtype), (2, 3))
    assert np.isfinite(changed).all()
    assert (changed != Y.astype(dtype)).any()


@pytest.mark.parametrize(
    ("value", "equal"),
    [
        (np.zeros(3), X[0]),
        (np.zeros((2, 1)), X[:, :1]),
        (np.zeros(()), X[0, 0]),
        (np.zeros((4, 2, 3)), np.broadcast_to(X, (4, 2, 3))),
        (np.zeros((4, 1, 3)), np.broadcast_to(X[:1], (4, 1, 3))),
    ],
)
def test_shapes_that_broadcast_are_equal_where_they_meet(value, equal):
    np.testing.assert_array_equal(turned("equal", value), equal)


@pytest.mark.parametrize(
    ("value", "domain", "earlier"),
    [
        (Y, gc.real(high=0), (X,)),
        (Y, gc.orthogonal(), (X,)),
        (np.zeros(4), gc.real(), (X,)),
        (np.zeros((2, 0)), gc.real(), (np.zeros((2, 3)),)),
        (Y.astype(int), gc.integers(-9, 9), (X,)),
        (Y, gc.real(), (X.astype(np.float32),)),
        (Y, gc.real(), ()),
    ],
)
def test_what_cannot_be_equal_stays_as_it_is(value, domain, earlier):
    assert related("equal", value, domain, earlier, lambda: 1) is value


def test_an_input_of_unknown_domain_stays_as_it_is():
    assert related("equal", Y, None, (X,), lambda: 1) is Y


def test_what_would_overflow_or_leave_its_domain_is_not_scaled():
    assert turned("huge", np.full(2, 1e200)).tolist() == [1e200] * 2
    assert turned("tiny", Y, gc.real(high=-0.1)) is Y


def test_the_first_input_that_fits_is_taken():
    np.testing.assert_array_equal(turned("equal", earlier=(np.zeros(5), X, X + 1)), X)
