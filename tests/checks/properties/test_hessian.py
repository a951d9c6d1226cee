"""The vjp differentiated: its derivative is symmetric, and that of the forward."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcheck.cases.case import Case
from gradcheck.checks.posing import point_of
from gradcheck.checks.properties.hessian import check, second_difference
from gradcheck.checks.subject import Subject
from gradcheck.checks.trial import Trial
from gradcheck.results.kind import Kind
from gradcheck.spec.domains import real, unit_norm

X = np.array([0.5, -1.25, 2.0])
MATRIX = np.array([[1.0, 2.0, -1.0], [0.5, 3.0, 0.25], [0.0, -1.0, 2.0]])
SKEW = MATRIX - MATRIX.T


def ran(forward, vjp, *inputs, domain=None):
    """A trial whose forward and vjp have been called."""
    subject = Subject(
        name="op", forward=forward, vjp=lambda g, xs, params, out: vjp(g, *xs), rtol=1e-8
    )
    arrays = tuple(np.asarray(x) for x in inputs)
    case = Case(
        inputs=arrays,
        names=("x", "y")[: len(arrays)],
        domains=(domain or real(),) * len(arrays),
        dtype=str(arrays[0].dtype),
    )
    trial = Trial(subject, case)
    with np.errstate(all="ignore"):
        assert trial.call_forward() is None
        trial.call_vjp()
    assert trial.breach is None
    return trial


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def softmax_vjp(g, x):
    p = softmax(x)
    return p * (g - (g * p).sum(-1, keepdims=True))


RIGHT = {
    "linear": (lambda x: MATRIX @ x, lambda g, x: MATRIX.T @ g, (X,)),
    "quadratic": (
        lambda x: x @ MATRIX @ x,
        lambda g, x: g * (MATRIX + MATRIX.T) @ x,
        (X,),
    ),
    "multiply": (np.multiply, lambda g, x, y: (g * y, g * x), (X, X[::-1].copy())),
    "softmax": (softmax, softmax_vjp, (MATRIX,)),
    "complex square": (np.square, lambda g, x: g * (2 * x).conj(), (X + 1j * X[::-1],)),
    "relu at its kink": (lambda x: np.maximum(x, 0), lambda g, x: g * (x > 0), (X * [1, 0, 1],)),
    "relu near its kink": (lambda x: np.maximum(x, 0), lambda g, x: g * (x > 0), (X * 1e-5,)),
    "a kink of the vjp": (lambda x: x * np.abs(x), lambda g, x: 2 * g * np.abs(x), (X * 0,)),
    "large": (np.sin, lambda g, x: g * np.cos(x), (1e9 * X,)),
}


@pytest.mark.parametrize("op", RIGHT)
def test_a_right_vjp_has_right_derivatives(op):
    forward, vjp, inputs = RIGHT[op]
    assert check(ran(forward, vjp, *inputs)) is None


@settings(max_examples=30)
@given(power=st.integers(-8, 8), seed=st.integers(0, 2**16), cubic=st.floats(-2.0, 2.0, width=16))
def test_no_size_of_the_inputs_makes_a_right_one_wrong(power, seed, cubic):
    x = np.random.default_rng(seed).standard_normal(4) * 10.0**power
    trial = ran(lambda x: cubic * x**3 + x, lambda g, x: g * (3 * cubic * x**2 + 1), x)
    assert check(trial) is None


def test_a_vjp_that_is_the_gradient_of_no_function_is_found():
    # Right at X, and off by a skew part around it.
    trial = ran(lambda x: (x**2).sum(), lambda g, x: g * (2 * x + SKEW @ (x - X)), X)
    found = check(trial)
    assert found.kind == Kind.HESSIAN
    assert "not symmetric" in found.headline


def test_a_factor_that_is_taken_for_a_constant_is_found():
    slopes = np.cos(X)
    trial = ran(np.sin, lambda g, x: g * slopes, X)
    found = check(trial)
    assert found.kind == Kind.HESSIAN
    assert found.headline == "the derivative of the vjp is wrong"
    assert "second difference" in found.message


def test_nothing_is_said_on_a_curved_domain():
    x = X / np.linalg.norm(X)
    slopes = 2 * x
    wrong = ran(lambda x: x**2, lambda g, x: g * slopes, x)
    assert check(wrong) is not None
    curved = ran(lambda x: x**2, lambda g, x: g * slopes, x, domain=unit_norm())
    assert check(curved) is None


def test_low_precision_is_left_alone():
    slopes = np.cos(X.astype(np.float32))
    assert check(ran(np.sin, lambda g, x: g * slopes, X.astype(np.float32))) is None


@pytest.mark.parametrize("offset", [0.0, 1.0, 1e6, 1e12])
def test_second_differences_lie_within_their_error_bars(offset):
    trial = ran(lambda x: np.exp(x) + offset, lambda g, x: g * np.exp(x), X)
    point = point_of(trial)
    direction = point.random_direction()
    value, bar = second_difference(point, direction)
    exact = float((point.weights * np.exp(X)) @ direction[0] ** 2)
    assert abs(value - exact) <= bar < np.inf
    assert offset > 1e6 or bar < 1e-3 * abs(exact)
