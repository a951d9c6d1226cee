"""What a spec and its cases say about the calls that could come."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.cases.conditions import CONDITIONS, Scope


def scope(signature="(...,n),(n)->(...)", *cases, **spec):
    made = gc.op(signature, name="op", **spec)(lambda x, y=None, axis=0: x)
    return replace(Scope.of(made), cases=cases)


def case(*inputs, **known):
    return Case(inputs=tuple(map(np.asarray, inputs)), names=("x", "y")[: len(inputs)], **known)


def test_a_scope_is_widened_by_cases():
    made = gc.op("(...)->(...)", name="op")(lambda x: x)
    before = Scope.before_any_case(made, ("float64",))
    assert (before.axes, before.output_axes, before.scalars) == (0, 0, False)
    after = before.widened(case(np.ones((2, 3)), domains=(gc.positive(),)), (np.ones((2, 1)), None))
    assert (after.axes, after.output_axes, after.scalars) == (2, 1, False)
    assert [str(d) for d in after.domains["x"]] == ["real", "positive"]
    assert after.widened(case(1.0), ()).scalars


def test_a_domain_is_known_once():
    made = gc.op("(...)->(...)", name="op")(lambda x: x)
    found = Scope.before_any_case(made, ("float64",))
    for low in (0, 0, *range(20)):
        found = found.widened(case([100.0], domains=(gc.real(low, 200),)), ())
    assert len(found.domains["x"]) == 8


def test_axes_of_an_input_where_the_spec_says_them():
    assert str(scope().argument("x")) == "(...,n)"
    assert scope().leading() == ["x"]
    assert scope().argument("z") is None
    drawn = scope("(n)->(n)", cases=st.just(gc.call(np.ones(2))))
    assert drawn.argument("x") is None


def test_sizes_that_an_axis_may_have():
    limited = scope("(n,3)->(n)", dims={"n": gc.size(min=2, max=8, multiple_of=2)})
    n, three = limited.argument("x").dims
    assert [k for k in range(10) if limited.allows(n, k)] == [2, 4, 6, 8]
    assert [k for k in range(10) if limited.allows(three, k)] == [3]
    assert (limited.longest(n), limited.longest(three)) == (8, 3)


def test_samples_are_a_few_of_each_domain():
    one, other = gc.positive(), gc.real()
    cases = [case([float(k)], domains=(one if k % 2 else other,)) for k in range(40)]
    found = scope("(n)->(n)", *cases).samples("x")
    assert len(found) == 16
    assert scope("(n)->(n)").samples("x") == []


def test_gradients_are_counted_in_the_cases():
    assert scope("(n),(n)->(n)", case([1.0], [1.0])).gradients() == 2
    assert scope("(n),(n)->(n)", case([1.0], [1])).gradients() == 1
    assert scope("(n),(n)->(n)", case([1.0], [1.0]), nondiff=("y",)).gradients() == 1
    assert scope().gradients() == 0


@pytest.mark.parametrize(
    ("key", "spec", "answer"),
    [
        (("rank", "0-D"), {"signature": "(n)->(n)"}, "x always has an axis"),
        (("rank", "0-D"), {"signature": "(...)->(...)"}, ""),
        (
            ("rank", "0-D"),
            {"signature": "(...)->(...)", "params": {"axis": gc.axis_of("x")}},
            "x always has an axis",
        ),
        (("rank", "1-D"), {"signature": "(n,m)->(n)"}, "x never has 1 axes"),
        (("axis", "odd"), {"signature": "(2,4)->()"}, "no axis of x may be of odd size"),
        (("axis", "odd"), {"signature": "(2,n)->()"}, None),
        (("axis", "odd"), {"signature": "(...,4)->()"}, ""),
        (("entries", "none"), {"signature": "(...)->(...)"}, None),
        (("value", "zero"), {"signature": "(...)->(...)"}, ""),
        (("value", "zero"), {"domains": {"x": gc.positive()}, "signature": "(n)->()"}, None),
    ],
)
def test_a_spec_says_yes_no_or_nothing(key, spec, answer):
    assert CONDITIONS[key].possible(scope(**spec), "x") == answer


def test_cases_tell_which_numbers_a_domain_has_not():
    drawn = case([2.0, 3.0], domains=(gc.positive(),))
    found = scope("(n)->()", drawn, domains={"x": gc.positive()})
    assert CONDITIONS["value", "zero"].possible(found, "x") == "x is positive, without a zero"
    assert CONDITIONS["value", "ties"].possible(found, "x") == ""
    unknown = scope("(n)->()", case([2.0]), domains={"x": gc.positive()})
    assert CONDITIONS["value", "zero"].possible(unknown, "x") is None
