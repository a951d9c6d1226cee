"""Gradients in other forms than a vjp."""

from typing import Any

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.checks.forms import FORMS, arity_hint, as_vjp
from gradcheck.errors import SettingsError
from gradcheck.results.kind import Kind
from gradcheck.results.verdict import Verdict

X = np.array([0.5, -1.0, 2.0])
A = np.array([[1.0, 2.0, -1.0], [0.5, 3.0, 0.25]])


def affine(x, w):
    return A @ x + 0 * w.sum() + w[0]


def normalised(x):
    norm = np.sqrt((x * x).sum())
    return x / norm, (x, norm)


def normalised_backward(g, cache):
    x, norm = cache
    return (g - x * (g @ x) / norm**2) / norm


# One right rule per form, for functions of one and of two inputs.
RIGHT: dict[str, list[tuple[Any, ...]]] = {
    "vjp": [
        (np.sin, lambda g, x: g * np.cos(x), (X,)),
        (np.multiply, lambda g, x, y: (g * y, g * x), (X, X + 1)),
    ],
    "derivative": [
        (np.sin, np.cos, (X,)),
        (np.exp, np.exp, (X,)),
        (np.multiply, lambda x, y: (y, x), (A, X)),
        (lambda z: z * z, lambda z: 2 * z, (X + 1j,)),
    ],
    "grad": [
        (lambda x: (x**2).sum(), lambda x: 2 * x, (X,)),
        (lambda x, y: x @ y, lambda x, y: (y, x), (X, X + 1)),
        (lambda a: np.linalg.slogdet(a)[1], lambda a: np.linalg.inv(a).T, (A[:, :2],)),
    ],
    "jacobian": [
        (lambda x: A @ x, lambda x: A, (X,)),
        (lambda x: x**2, lambda x: np.diag(2 * x), (X,)),
        (
            np.outer,
            lambda x, y: (
                np.einsum("ik,j->ijk", np.eye(3), y),
                np.einsum("jk,i->ijk", np.eye(2), x),
            ),
            (X, X[:2]),
        ),
        (lambda z: (1 + 2j) * z, lambda z: (1 + 2j) * np.eye(3), (X * 1j,)),
    ],
    "jvp": [
        (np.sin, lambda t, x: t * np.cos(x), (X,)),
        (np.multiply, lambda t, x, y: t[0] * y + x * t[1], (X, X + 1)),
        (lambda x: (x, x * x), lambda t, x: (t, 2 * x * t), (X,)),
        (lambda z: z * z, lambda t, z: 2 * z * t, (X + 2j,)),
    ],
    "cached": [
        (normalised, normalised_backward, (X,)),
        (lambda x, w: (x * w, (x, w)), lambda g, c: {"dx": g * c[1], "dw": g * c[0]}, (X, X + 1)),
        (lambda x, w: (x * w, (x, w)), lambda g, c: [g * c[1], g * c[0]], (X, X + 1)),
    ],
}
CASES = [(form, *case) for form, cases in RIGHT.items() for case in cases]


def wrong(rule):
    """A twin that is off by a percent in what it returns."""

    def spoilt(*arguments, **named):
        returned = rule(*arguments, **named)
        if isinstance(returned, dict):
            return {name: 1.01 * value for name, value in returned.items()}
        if isinstance(returned, tuple | list):
            return type(returned)(1.01 * value for value in returned)
        return 1.01 * returned

    return spoilt


def test_every_form_is_tried():
    assert set(RIGHT) == set(FORMS)


@pytest.mark.parametrize(("form", "forward", "rule", "inputs"), CASES)
def test_a_right_rule_passes(form, forward, rule, inputs):
    result = gc.check_at(forward, rule, *inputs, form=form)
    assert result.verdict is Verdict.PASS, result


@pytest.mark.parametrize(("form", "forward", "rule", "inputs"), CASES)
def test_a_rule_that_is_off_by_a_percent_fails(form, forward, rule, inputs):
    result = gc.check_at(forward, wrong(rule), *inputs, form=form)
    assert result.failure.kind is Kind.VALUE, result


def test_the_result_is_passed_by_name():
    assert gc.check_at(np.exp, lambda g, x, out: g * out, X)
    assert gc.check_at(np.exp, lambda x, out: out, X, form="derivative")
    assert not gc.check_at(np.exp, lambda x, out: out + 0.01, X, form="derivative")


def test_params_are_passed_by_name_where_the_rule_names_them():
    def scaled(x, *, scale):
        return scale * x

    assert gc.check_at(scaled, lambda g, x, scale: scale * g, X, params={"scale": 3.0})
    assert gc.check_at(scaled, lambda g, x: 3.0 * g, X, params={"scale": 3.0})
    assert gc.check_at(
        scaled,
        lambda x, **named: named["scale"] * np.ones(3),
        X,
        form="derivative",
        params={"scale": 2.0},
    )


@pytest.mark.parametrize(
    ("rule", "inputs", "hinted"),
    [
        (lambda x: x, 1, True),
        (lambda x, y: (y, x), 2, True),
        (lambda g, x: g, 1, False),
        (lambda *arguments: arguments[0], 1, False),
    ],
)
def test_a_rule_without_a_cotangent_gets_a_hint(rule, inputs, hinted):
    assert bool(arity_hint(rule, "vjp", inputs)) is hinted
    assert arity_hint(rule, "derivative", inputs) == ""


def test_the_hint_stands_in_the_failure():
    failure = gc.check_at(np.sin, lambda x: 0 + np.cos(x), X).failure
    assert failure.kind is Kind.RAISED
    assert failure.message.endswith("this looks like a derivative, so say form='derivative'.")


@pytest.mark.parametrize(
    ("form", "forward", "rule", "message"),
    [
        ("grad", np.sin, np.cos, "A gradient is of a number; forward returned shape (3,)"),
        ("jacobian", lambda x: A @ x, lambda x: A.T, "A Jacobian has shape (2, 3) here"),
        ("cached", np.sin, lambda g, cache: g, "the forward returns a pair (out, cache)"),
        ("derivative", lambda x: (x, x), lambda x: x, "is of one output"),
        ("cached", lambda x: (x, None), lambda g, cache: {"y": g}, "no gradient 'x' or 'dx'"),
    ],
)
def test_a_result_of_another_form_is_an_error_that_says_what_is_wanted(
    form, forward, rule, message
):
    failure = gc.check_at(forward, rule, X, form=form).failure
    assert failure.kind is Kind.RAISED
    assert message in failure.message


def test_an_unknown_form_gets_the_nearest():
    with pytest.raises(SettingsError, match="Did you mean 'jacobian'"):
        gc.check_at(np.sin, np.cos, X, form="jacobain")


def test_an_input_that_is_not_differentiable_has_no_derivative_or_one_that_is_left_out():
    k = np.array([1, 2, 3])
    forward = lambda x, k: x * k  # noqa: E731 - beside its rules
    for rule in (lambda x, k: 1.0 * k, lambda x, k: (1.0 * k, x)):
        assert gc.check_at(forward, rule, X, k, form="derivative")


def test_the_transpose_of_a_jvp_is_that_of_its_matrix():
    vjp = as_vjp(lambda t, x: A @ t, "jvp", lambda x: A @ x, [0])
    g = np.array([1.0, -2.0])
    np.testing.assert_allclose(vjp(g, [X], {}, None)[0], A.T @ g)
