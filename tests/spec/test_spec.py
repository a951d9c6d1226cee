"""Ops get their gradient in one of several forms."""

from functools import partial

import numpy as np
import pytest
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.errors import SpecError
from tests.forwards import identity, scale
from tests.messages import message_of

said_by = partial(message_of, SpecError)

HERE = __file__


def test_a_vjp_is_bound_by_name():
    spec = gc.op("(...),(...)->(...)", name="f")(lambda x, y, k=3.0: k * x * y)
    spec.vjp(lambda g, out, k, y: (g, out, k, y))
    assert spec.apply_vjp("g", {"x": 1, "y": 2, "k": 3, "out": 4}) == ("g", 4, 3, 2)


def test_the_gradient_of_one_input_needs_no_tuple():
    for rule in (lambda g: 2.0 * g, lambda g: (2.0 * g,)):
        spec = gc.op(name="double")(lambda x: 2 * x).vjp(rule)
        assert gc.check(spec, cases=20)


def test_a_vjp_gets_a_tuple_for_a_tuple():
    spec = gc.op("(...)->(...),(...)", name="pair")(lambda x: (2 * x, 3 * x))
    spec.vjp(lambda g: 2 * g[0] + 3 * g[1])
    assert gc.check(spec, cases=20)


def test_the_attaching_decorators_return_the_op():
    spec = gc.op(name="f")(identity)
    assert spec.vjp(lambda g: g) is spec
    assert spec.jvp(lambda t: t) is spec


def rules_of(spec):
    return spec.gradient, spec.tangent_rule


def test_the_kinds_of_rule():
    spec = gc.op(name="f")(identity)
    assert not spec.complete
    assert spec.gradient is None
    spec.jvp(lambda t: t)
    assert not spec.complete
    spec.derivative(lambda: 1.0)
    assert spec.complete
    kinds = [rule and (rule.kind, rule.location and rule.location.file) for rule in rules_of(spec)]
    assert kinds == [("derivative", HERE), ("jvp", HERE)]


def test_a_derivative_is_multiplied_by_the_cotangent_and_summed_over_broadcast_axes():
    spec = gc.op("(...),(...)->(...)", name="times")(np.multiply).derivative(lambda x, y: (y, x))
    x, y, g = np.array([[1.0], [2.0]]), np.array([3.0, 4.0, 5.0]), np.ones((2, 3))
    dx, dy = spec.apply_vjp(g, {"x": x, "y": y, "out": x * y})
    np.testing.assert_array_equal(dx, [[12.0], [12.0]])
    np.testing.assert_array_equal(dy, [3.0, 3.0, 3.0])
    assert gc.check(spec, cases=30)


def test_a_derivative_may_be_one_number():
    spec = gc.op(name="double")(lambda x: 2 * x).derivative(lambda: 2.0)
    (dx,) = spec.apply_vjp(np.ones((2, 3)), {"x": np.zeros((2, 3)), "out": np.zeros((2, 3))})
    np.testing.assert_array_equal(dx, np.full((2, 3), 2.0))


def test_a_complex_derivative_is_conjugated():
    spec = gc.op(name="turn")(lambda x: 1j * x).derivative(lambda: 1j)
    (dx,) = spec.apply_vjp(np.ones(1, complex), {"x": np.ones(1, complex), "out": None})
    assert dx == -1j


def test_a_derivative_has_none_for_inputs_without_a_gradient():
    spec = gc.op("(...),(...)->(...)", name="f", nondiff="w")(lambda w, x: w * x)
    spec.derivative(lambda w: w)
    (dx,) = spec.apply_vjp(np.ones(2), {"w": np.full(2, 3.0), "x": np.ones(2), "out": None})
    np.testing.assert_array_equal(dx, [3.0, 3.0])


@pytest.mark.parametrize(
    "rule",
    [
        lambda x, m: m / 0.7 * np.ones(np.shape(x)),
        lambda x, m: (m / 0.7 * np.ones(np.shape(x)), None),
    ],
    ids=["left out", "None"],
)
def test_an_integer_input_has_no_derivative(rule):
    masked = gc.op("(...),(...)->(...)", name="masked", domains={"m": gc.integers(0, 1)})
    assert gc.check(masked(lambda x, m: x * m / 0.7).derivative(rule), cases=40)
    wrong = masked(lambda x, m: x * m / 0.7).derivative(lambda m: m / 0.8)
    assert gc.check(wrong, cases=10).verdict == "FAIL"


def test_too_few_derivatives_are_left_for_the_contract_to_count():
    spec = gc.op("(...),(...)->(...)", name="times")(np.multiply).derivative(lambda y: y)
    result = gc.check(spec, cases=5)
    assert result.verdict == "FAIL"
    assert result.failure is not None
    assert result.failure.kind == "wrong number of gradients"


def test_a_jvp_gets_one_tangent_or_a_tuple_of_them():
    one = gc.op(name="f")(identity).jvp(lambda t: t)
    two = gc.op("(...),(...)->(...)", name="f")(np.add).jvp(lambda t: t)
    assert one.apply_jvp((1.0,), {}) == 1.0
    assert two.apply_jvp((1.0, 2.0), {}) == (1.0, 2.0)


def test_a_gradient_is_given_once():
    spec = gc.op(name="f")(identity).vjp(lambda g: g).jvp(lambda t: t)
    vjp, jvp = spec.gradient.location, spec.tangent_rule.location
    again = "a gradient is given once, as a vjp or as a derivative."
    assert said_by(lambda: spec.vjp(lambda g: g)) == f"op 'f' already has a vjp ({vjp}); {again}"
    assert said_by(lambda: spec.derivative(lambda: 1)) == (
        f"op 'f' already has a vjp ({vjp}); {again}"
    )
    assert said_by(lambda: spec.jvp(lambda t: t)) == f"op 'f' already has a jvp ({jvp}); {again}"
    other = gc.op(name="h")(identity).derivative(lambda: 1.0)
    assert said_by(lambda: other.vjp(lambda g: g)) == (
        f"op 'h' already has a derivative ({other.gradient.location}); {again}"
    )


def test_a_rule_that_asks_for_what_forward_does_not_have():
    spec = gc.op("(...)->(...)")(scale)
    assert said_by(lambda: spec.vjp(lambda g, facto: g)) == (
        "the vjp of 'scale' asks for 'facto', which there is not: it can ask for x, factor and "
        "out. Did you mean 'factor'?"
    )
    assert said_by(lambda: spec.derivative(lambda g: g)) == (
        "the derivative of 'scale' asks for 'g', which there is not: it can ask for x, factor and "
        "out."
    )
    assert not spec.complete
    assert spec.vjp(lambda g, factor: factor * g).complete


def test_a_rule_without_a_place_for_what_it_is_about():
    spec = gc.op("(...)->(...)")(scale)
    assert said_by(lambda: spec.vjp(lambda: 1)) == (
        "the vjp of 'scale' must take the cotangent as its first parameter."
    )
    assert said_by(lambda: spec.jvp(lambda: 1)) == (
        "the jvp of 'scale' must take the tangent as its first parameter."
    )
    assert said_by(lambda: spec.vjp(3)) == "the vjp of 'scale' must be a function; got 3."


def test_an_op_without_a_rule():
    spec = gc.op(name="f")(identity)
    said = "op 'f' has no gradient: add one with @f.vjp."
    assert said_by(lambda: spec.apply_vjp(1.0, {})) == said
    assert said_by(lambda: gc.check(spec)) == said
    assert said_by(lambda: spec.apply_jvp((1.0,), {})) == "op 'f' has no jvp."


def two(x, y):
    return x


TABLE = {"sin": (np.sin, np.cos), "exp": (np.exp, np.exp)}


def closure(f):
    return gc.op("(...)->(...)", name="closure")(lambda x, f=f: f(x))


def test_the_default_of_a_closure_is_not_replaced_by_that_of_the_forward():
    for f, df in TABLE.values():
        kept = closure(f).derivative(lambda x, df=df: df(x))
        assert gc.check(kept, cases=10)
    assert said_by(lambda: closure(np.sin).derivative(lambda x, f=np.cos: f(x))) == (
        "the derivative of 'closure' has a default of its own for 'f', where the op's 'f' would "
        "be passed: rename the parameter to keep its default, or drop the default."
    )


def test_a_rule_may_repeat_the_default_of_the_forward():
    same = gc.op("(...)->(...)")(scale).vjp(lambda g, factor=2.0: factor * g)
    assert same.apply_vjp(1.0, {"x": 1.0, "factor": 3.0, "out": 3.0}) == 3.0
    drawn = gc.op("(...)->(...)", params={"factor": st.sampled_from([2.0, 3.0])})(scale)
    assert gc.check(drawn.vjp(lambda g, factor=1.0: factor * g), cases=10)


def test_functions_of_domains_and_assume_keep_to_the_same():
    said = "has a default of its own for 'factor'"
    assert said in said_by(lambda: gc.op(assume=lambda x, factor=3.0: True)(scale))
    spec = gc.op("(n)->(n)", domains={"x": lambda n=3: gc.real(0, n + 1)})(scale)
    assert "has a default of its own for 'n'" in said_by(
        lambda: gc.check(spec.vjp(lambda g, factor: factor * g))
    )
