"""Ops: how they are described, how they get their gradient, and what is refused."""

import dataclasses
import sys

import numpy as np
import pytest
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.errors import SpecError

HERE = __file__


def said_by(make):
    """The message of the SpecError that a call raises."""
    with pytest.raises(SpecError) as caught:
        make()
    return str(caught.value)


def identity(x):
    """The input itself.

    y = x
    """
    return x


def scale(x, factor=2.0):
    return factor * x


# --- describing an op


def test_the_decorated_name_is_an_op_that_calls_its_forward():
    @gc.op("(...,n)->(...)", tags=("a", "b"), source="somebody (2020)")
    def total(x):
        """Sum over the last axis.

        y = Σ x
        """
        return x.sum(axis=-1)

    assert isinstance(total, gc.OpSpec)
    assert total.name == "total"
    assert total.inputs == ("x",)
    assert str(total.signature) == "(...,n)->(...)"
    assert total.tags == ("a", "b")
    assert total.source == "somebody (2020)"
    assert total.summary == "Sum over the last axis."
    assert total.doc == "Sum over the last axis.\n\ny = Σ x"
    assert total(np.array([1.0, 2.0])) == 3.0
    assert total.location.file == HERE
    assert repr(total) == f"<op 'total' (...,n)->(...) at {total.location}>"


def test_without_parentheses():
    @gc.op
    def negate(x):
        return -x

    assert (negate.name, negate.signature, negate.inputs) == ("negate", None, ("x",))
    assert repr(negate) == f"<op 'negate' (no signature) at {negate.location}>"


def test_module_and_place_are_those_of_the_definition():
    line = sys._getframe().f_lineno + 1
    spec = gc.op("(...)->(...)", name="exp")(np.exp)
    assert str(spec.location) == f"{HERE}:{line}"
    assert spec.module == __name__


def test_a_plain_call_is_complete_in_one_line():
    spec = gc.op("(...)->(...)", name="exp")(np.exp).vjp(lambda g, out: g * out)
    assert spec.complete
    assert spec(0.0) == 1.0
    assert gc.check(spec, cases=20)


def test_a_table_of_ops():
    rows = {
        "tanh": (np.tanh, lambda out: 1 - out**2),
        "cos": (np.cos, lambda x: -np.sin(x)),
    }
    table = {
        name: gc.op("(...)->(...)", name=name)(forward).derivative(rule)
        for name, (forward, rule) in rows.items()
    }
    assert [spec.name for spec in table.values()] == ["tanh", "cos"]
    assert all(gc.check(spec, cases=20) for spec in table.values())


def test_one_forward_serves_several_ops():
    first = gc.op(name="first")(identity).vjp(lambda g: g)
    second = gc.op(name="second", rtol=1e-6, reason="a test")(identity).vjp(lambda g: g)
    assert first.forward is second.forward
    assert (first.rtol, second.rtol) == (1e-8, 1e-6)


def test_parameters_behind_the_inputs_are_params():
    spec = gc.op("(...)->(...)")(scale)
    assert dict(spec.param_defaults) == {"factor": 2.0}
    assert spec.names == ("x", "factor", "out")
    assert spec(3.0, factor=4.0) == 12.0


def test_keyword_parameters_are_params():
    spec = gc.op("(...)->(...)", name="f", params={"axis": st.just(0)})(lambda x, *, axis: x)
    assert dict(spec.param_defaults) == {"axis": None}


def test_params_of_a_forward_that_takes_any_keyword():
    spec = gc.op("(...)->(...)", name="f", params={"k": st.just(2.0)})(
        lambda x, **rest: rest["k"] * x
    ).vjp(lambda g, k: k * g)
    assert spec.names == ("x", "k", "out")
    assert gc.check(spec, cases=20)


@pytest.mark.parametrize(
    ("forward", "signature", "names"),
    [
        (np.exp, "(...)->(...)", ("x",)),
        (np.add, "(...),(...)->(...)", ("x", "y")),
        (np.matmul, "(m,n),(n,p)->(m,p)", ("x", "y")),
        (np.frompyfunc(lambda a, b, c: a, 3, 1), "(),(),()->()", ("x", "y", "z")),
    ],
)
def test_inputs_of_a_ufunc_are_called_x_y_z(forward, signature, names):
    assert gc.op(signature, name="f")(forward).inputs == names


def test_inputs_of_a_forward_of_any_number():
    @gc.op(cases=st.just(gc.call(np.ones(2), np.ones(3))))
    def joined(*xs):
        return np.concatenate(xs)

    assert (joined.inputs, joined.variadic) == (("xs",), True)


def test_words_may_be_given_singly():
    spec = gc.op("(...)->(...)", tags="unary", dtypes="float32", nondiff="x")(identity)
    assert spec.tags == ("unary",)
    assert spec.dtypes == ("float32",)
    assert spec.nondiff == {"x"}


def test_a_call_keeps_its_arguments():
    made = gc.call(1.0, [2.0], axis=0)
    assert made.inputs == (1.0, [2.0])
    assert dict(made.params) == {"axis": 0}
    with pytest.raises(TypeError):
        made.params["axis"] = 1


def test_a_spec_is_immutable():
    spec = gc.op("(n)->(n)", domains={"x": gc.positive()}, dims={"n": gc.size(min=1)})(scale)
    for name in ("name", "forward", "rtol", "tags"):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(spec, name, None)
    for values in (spec.domains, spec.dims, spec.params, spec.param_defaults):
        with pytest.raises(TypeError):
            values["x"] = None


def test_what_was_passed_in_may_change_afterwards():
    domains = {"x": gc.positive()}
    spec = gc.op(domains=domains)(identity)
    domains["x"] = gc.real(0, 1)
    assert spec.domains["x"].name == "positive"


# --- the gradient, in each of its forms


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


# --- what does not fit together


def two(x, y):
    return x


REFUSED = [
    (lambda: gc.op("(...)->(...)", name="f")(3), "The forward of 'f' must be a function; got 3."),
    (
        lambda: gc.op(3)(two),  # type: ignore[call-overload]
        "A signature is a string such as '(...,n)->(...)'; got 3.",
    ),
    (
        lambda: gc.op("(n),(n),(n)->(n)")(two),
        "The signature (n),(n),(n)->(n) of 'two' has 3 input(s), but forward takes 2 by place: x "
        "and y.",
    ),
    (
        lambda: gc.op("(n)->(n)", name="f")(lambda: 0),
        "The signature (n)->(n) of 'f' has 1 input(s), but forward takes 0 by place: nothing.",
    ),
    (
        lambda: gc.op("(n)->(n)")(two),
        "forward of 'two' takes 'y' beside its input(s) x: say what to pass with params={'y': "
        "strategy}, or name one more input in the signature.",
    ),
    (
        lambda: gc.op("(...)->(...)", name="add")(np.add),
        "The forward of 'add' takes 2 inputs, but its signature (...)->(...) has 1.",
    ),
    (
        lambda: gc.op(name="add")(np.add),
        "The forward of 'add' takes 2 inputs, but its signature (...) has 1.",
    ),
    (
        lambda: gc.op("(...)->(...)", domains={"w": gc.real()})(scale),
        "domains of 'scale' names 'w'; known are x.",
    ),
    (
        lambda: gc.op("(...)->(...)", params={"factr": st.just(1)})(scale),
        "params of 'scale' names 'factr'; known are factor. Did you mean 'factor'?",
    ),
    (
        lambda: gc.op("(rows,n)->(n)", dims={"row": gc.size()})(identity),
        "dims of 'identity' names 'row'; known are rows and n. Did you mean 'rows'?",
    ),
    (
        lambda: gc.op("(n)->(m)", dims={"m": gc.size()})(identity),
        "dims of 'identity' names 'm'; known are n.",
    ),
    (
        lambda: gc.op(nondiff="factor")(scale),
        "nondiff of 'scale' names 'factor'; known are x.",
    ),
    (
        lambda: gc.op(dtypes=("float63",))(identity),
        "dtypes of 'identity' names 'float63'; known are float64, float32, float16, bfloat16, "
        "complex128 and complex64. Did you mean 'float64'?",
    ),
    (
        lambda: gc.op(dtypes=())(identity),
        "dtypes of 'identity' is empty; allowed are float64, float32, float16, bfloat16, "
        "complex128 and complex64.",
    ),
    (
        lambda: gc.op(domains={"x": (0, 1)})(identity),
        "The domain of 'x' in 'identity' must be a domain such as gc.real(0, 1) or a function that "
        "returns one; got (0, 1).",
    ),
    (
        lambda: gc.op(params={"factor": 3.0})(scale),
        "The param 'factor' of 'scale' must be a Hypothesis strategy or a function that returns "
        "one; got 3.0. For one constant use st.just(3.0).",
    ),
    (
        lambda: gc.op("(n)->(n)", dims={"n": 3})(identity),  # type: ignore[call-overload]
        "dims['n'] of 'identity' must be gc.size(...); got 3.",
    ),
    (
        lambda: gc.op(cases=[gc.call(1.0)])(identity),  # type: ignore[call-overload]
        "cases of 'identity' must be a strategy; got "
        "[Call(inputs=(1.0,), params=mappingproxy({}))].",
    ),
    (lambda: gc.op(rtol=1e-4)(identity), "rtol=0.0001 of 'identity' needs a reason='...'."),
    (
        lambda: gc.op(rtol=2.0, reason="none")(identity),
        "rtol of 'identity' must lie between 0 and 1; got 2.0.",
    ),
    (
        lambda: gc.op(rtol=0, reason="none")(identity),
        "rtol of 'identity' must lie between 0 and 1; got 0.",
    ),
    (
        lambda: gc.op(name="f")(lambda x, out=None: x),
        "forward of 'f' has a parameter 'out', which rules use for the forward result; rename it "
        "or wrap the function in a lambda without it.",
    ),
    (
        lambda: gc.op(assume=lambda z: True)(identity),
        "assume of 'identity' asks for 'z', which there is not: it can ask for x.",
    ),
    (
        lambda: gc.op("n->n")(identity),
        "Signature 'n->n': the left side 'n' is not a list of parenthesised arguments, for example "
        "'(...,m,n),(...,n,p)->(...,m,p)'.",
    ),
]


@pytest.mark.parametrize(("make", "said"), REFUSED, ids=[said[:40] for _, said in REFUSED])
def test_refused(make, said):
    assert said_by(make) == said


def test_a_lambda_needs_a_name():
    line = sys._getframe().f_lineno + 1
    assert said_by(lambda: gc.op("(...)->(...)")(lambda x: x)) == (
        f"An op at {HERE}:{line} needs a name: pass name='...'."
    )


def test_several_params_that_are_not_told():
    said = said_by(lambda: gc.op("(...)->(...)", name="f")(lambda x, low, high: x))
    assert said.startswith("forward of 'f' takes 'low' and 'high' beside its input(s) x: ")


# --- sizes


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (gc.size(), "0…"),
        (gc.size(min=1), "1…"),
        (gc.size(min=2, max=5), "2…5"),
        (gc.size(min=2, multiple_of=2), "2…, multiples of 2"),
    ],
)
def test_sizes_print(size, text):
    assert str(size) == text


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"min": -1}, "size(min=-1, multiple_of=1): min is 0 or more, multiple_of 1 or more."),
        (
            {"multiple_of": 0},
            "size(min=0, multiple_of=0): min is 0 or more, multiple_of 1 or more.",
        ),
        ({"min": 3, "max": 2}, "size(min=3, max=2, multiple_of=1) allows no size."),
        (
            {"min": 1, "max": 3, "multiple_of": 4},
            "size(min=1, max=3, multiple_of=4) allows no size.",
        ),
    ],
)
def test_sizes_that_allow_nothing(limits, said):
    assert said_by(lambda: gc.size(**limits)) == said


# Properties, layouts, precision.


def test_a_skipped_property_needs_a_reason():
    assert gc.op("(...)->(...)", name="s", skip={"batch": "it looks across"})(np.sin).skip == {
        "batch": "it looks across"
    }
    for reason in ("", "  ", None, 3):
        with pytest.raises(SpecError, match=r"skip\['batch'\] of 's' needs a reason"):
            gc.op("(...)->(...)", name="s", skip={"batch": reason})(np.sin)


def test_a_property_without_which_nothing_can_be_compared_is_not_skipped():
    with pytest.raises(SpecError, match="skip of 's' names 'contract'"):
        gc.op("(...)->(...)", name="s", skip={"contract": "we know better"})(np.sin)


def test_unknown_properties_and_layouts_get_the_nearest():
    with pytest.raises(SpecError, match="Did you mean 'linearity'"):
        gc.op("(...)->(...)", name="s", skip={"linearty": "why not"})(np.sin)
    with pytest.raises(SpecError, match="Did you mean 'tails'"):
        gc.op("(...)->(...)", name="s", also="tail")(np.sin)
    with pytest.raises(SpecError, match="Did you mean 'Fortran'"):
        gc.op("(...)->(...)", name="s", layouts=("C", "fortran"))(np.sin)


def test_some_layout_must_be_left():
    with pytest.raises(SpecError, match="layouts of 's' is empty"):
        gc.op("(...)->(...)", name="s", layouts=())(np.sin)


def test_a_reference_is_called_like_the_forward():
    spec = gc.op("(...)->(...)", name="s", reference=np.array)(np.positive)
    assert spec.reference(np.ones(2)).tolist() == [1, 1]
    with pytest.raises(SpecError, match="The reference of 's' must be a function"):
        gc.op("(...)->(...)", name="s", reference=3)(np.positive)
