"""The parameters of a forward become inputs and params, or the spec is refused."""

import sys

import numpy as np
import pytest
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.errors import SpecError
from tests.forwards import identity, scale
from tests.messages import message_of

HERE = __file__


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


def two(x, y):
    return x


REFUSED = [
    (
        lambda: gc.op("(...)->(...)", name="f")(3),  # type: ignore[arg-type]
        "The forward of 'f' must be a function; got 3.",
    ),
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
    assert message_of(SpecError, make) == said


def test_a_lambda_needs_a_name():
    line = sys._getframe().f_lineno + 1
    assert message_of(SpecError, lambda: gc.op("(...)->(...)")(lambda x: x)) == (
        f"An op at {HERE}:{line} needs a name: pass name='...'."
    )


def test_several_params_that_are_not_told():
    said = message_of(SpecError, lambda: gc.op("(...)->(...)", name="f")(lambda x, low, high: x))
    assert said.startswith("forward of 'f' takes 'low' and 'high' beside its input(s) x: ")
