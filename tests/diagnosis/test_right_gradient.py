"""The right gradient of one input, which differences of the forward show."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.checks.subject import subject_of
from gradcheck.diagnosis.specimen import Specimen

X = np.array([0.5, -1.0, 2.0])


def specimen(forward, vjp, x, **spec):
    op = gc.op(name="op", **spec)(forward).vjp(vjp)
    return Specimen(subject_of(op), Case(inputs=(x,), names=("x",), dtype=x.dtype.name), "x")


@pytest.fixture
def sine():
    return specimen(np.sin, lambda g, x: 0 * g, X)


def test_it_is_the_jacobian_times_the_cotangent(sine):
    assert sine.right.agrees(sine.g * np.cos(X)).all()
    assert not sine.right.agrees(sine.returned).any()


def test_it_can_be_had_for_other_cotangents(sine):
    other = np.array([1.0, 0.0, -2.0])
    assert sine.for_cotangents([other]).agrees(other * np.cos(X)).all()


def test_slopes_are_outputs_by_entries(sine):
    np.testing.assert_allclose(sine.slopes.value, np.diag(np.cos(X)), atol=1e-8)
    np.testing.assert_allclose(sine.spent, np.abs(sine.g * np.cos(X)), atol=1e-8)


def test_at_a_kink_the_steeper_side_is_known_too():
    kinked = specimen(lambda x: np.maximum(x, 3 * x), lambda g, x: 0 * g, np.zeros(1))
    assert kinked.steepest.agrees(3 * kinked.g).all()


def test_a_complex_input_has_a_complex_gradient():
    z = np.array([1 + 2j, -0.5j])
    squared = specimen(lambda x: x * x, lambda g, x: 0 * g, z, dtypes=("complex128",))
    assert squared.right.agrees(squared.g * np.conj(2 * z)).all()


def test_a_right_gradient_in_a_short_dtype_may_round():
    short = specimen(
        np.sin,
        lambda g, x: g * np.cos(x),
        X.astype("float32"),
        dtypes=("float32",),
        widens=False,
        reference=np.sin,
    )
    assert short.rounding > 0
    assert short.right.agrees(short.returned).all()
