"""Relative accuracy where a derivative is tiny beside the outputs."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gradcheck.cases.case import Case
from gradcheck.checks.properties.tails import check
from gradcheck.checks.subject import Subject
from gradcheck.checks.trial import Trial
from gradcheck.results.kind import Kind
from gradcheck.spec.domains import real

SATURATED = [16.0, 18.5, 20.0, 40.0, 100.0]


def found(forward, vjp, x):
    """What the property finds where the vjp has been called, or None."""
    subject = Subject(
        name="op", forward=forward, vjp=lambda g, xs, params, out: vjp(g, *xs), rtol=1e-8
    )
    case = Case(inputs=(x,), names=("x",), domains=(real(),), dtype=str(x.dtype))
    trial = Trial(subject, case)
    with np.errstate(all="ignore"):
        assert trial.call_forward() is None
        trial.call_vjp()
        assert trial.breach is None
        return check(trial)


def logistic(x):
    return 1 / (1 + np.exp(-x))


def by_modulus(x):
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


def naive_logistic_vjp(g, x):
    return g * logistic(x) * (1 - logistic(x))


def accurate_logistic_vjp(g, x):
    return g * logistic(x) * logistic(-x)


def naive_tanh_vjp(g, x):
    return g * (1 - np.tanh(x) ** 2)


def accurate_tanh_vjp(g, x):
    return g * 4 * logistic(2 * x) * logistic(-2 * x)


@pytest.mark.parametrize("x", SATURATED)
def test_one_minus_the_square_of_tanh_loses_its_digits(broken, x):
    failure = broken("tails", np.tanh, naive_tanh_vjp, np.array([0.5, x]))
    assert (failure.kind, failure.broken, failure.argument) == (Kind.TAILS, "tails", "x")
    assert "x[1]" in failure.message
    assert failure.worst.reference.method == "complex step"
    assert failure.worst.margin > 1


def test_s_times_one_minus_s_is_zero_at_40(broken):
    violation = found(logistic, naive_logistic_vjp, np.array([40.0]))
    assert violation.kind == Kind.TAILS
    assert violation.worst.analytic == 0
    assert abs(violation.worst.reference.value) > 1e-19


def test_it_is_no_error_unless_it_is_asked_for(broken):
    assert broken("linearity", logistic, naive_logistic_vjp, np.array([40.0])) is None


@given(x=st.floats(-300.0, 300.0))
def test_rules_that_keep_their_digits_pass_everywhere(x):
    assert found(np.tanh, accurate_tanh_vjp, np.array([x])) is None
    assert found(logistic, accurate_logistic_vjp, np.array([x])) is None


@given(x=st.floats(-40.0, 300.0))
def test_a_forward_that_cancels_in_complex_numbers_accuses_no_one(x):
    # Here (a + 1) − a of complex division is 0, or noise: no reference for anything.

    def naive(x):
        return np.exp(x) / (1 + np.exp(x))

    assert found(naive, accurate_logistic_vjp, np.array([x])) is None


@given(x=st.floats(-300.0, 300.0))
def test_a_forward_that_takes_a_modulus_accuses_no_one(x):
    # Complex numbers give x · s(|x|) an imaginary part, but not that of an analytic function.
    assume(x != 0)

    def forward(x):
        return 1 + x * np.exp(-np.abs(x))

    def vjp(g, x):
        return g * (1 - np.abs(x)) * np.exp(-np.abs(x))

    assert found(forward, vjp, np.array([x])) is None
    assert found(by_modulus, accurate_logistic_vjp, np.array([x])) is None


def test_long_double_serves_where_complex_numbers_do_not():
    if np.finfo(np.longdouble).eps >= np.finfo(np.float64).eps:
        pytest.skip("long double is double here")

    def cancels_beside_1000(g, x):
        s = logistic(x)
        return g * s * ((1000 - s) - 999)

    x = np.array([25.3])
    violation = found(by_modulus, cancels_beside_1000, x)
    assert violation.worst.reference.method.endswith("in long double")
    assert found(by_modulus, accurate_logistic_vjp, x) is None


def test_low_precision_is_left_alone():
    assert found(np.tanh, naive_tanh_vjp, np.array([20.0], np.float32)) is None


def test_what_underflows_is_no_loss():
    x = np.array([-760.0, -750.0, -745.0, -708.0])
    assert found(np.exp, lambda g, x: g * np.where(x < -700, 0, np.exp(x)), x) is None
