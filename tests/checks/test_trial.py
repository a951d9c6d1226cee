"""A run of one case: facts, and further calls."""

import numpy as np
import pytest

from gradcheck.cases.case import Case
from gradcheck.checks.exceptions import Broken, OpRaised
from gradcheck.checks.subject import Subject
from gradcheck.checks.trial import Trial
from gradcheck.results.kind import Kind
from gradcheck.spec.signature import parse_signature

X = np.array([1.0, -2.0, 3.0])


def trial(forward, vjp, *inputs, case=None, **options):
    subject = Subject(
        name="op",
        forward=forward,
        vjp=lambda g, xs, params, out: vjp(g, *xs),
        rtol=1e-8,
        **options,
    )
    return Trial(subject, Case(inputs=inputs, names=("x", "y")[: len(inputs)], **(case or {})))


def ran(*arguments, **options):
    run = trial(*arguments, **options)
    assert run.call_forward() is None
    run.call_vjp()
    return run


def double(g, x):
    return 2 * g


def test_the_differentiable_inputs_are_known_before_any_call():
    run = trial(np.multiply, double, X, np.array([1, 2, 3]))
    assert (run.inputs.differentiable, run.active) == (("x",), [0])
    assert trial(np.sin, double, X, nondiff=frozenset({"x"})).active == []


def test_the_op_sees_the_layout_of_the_case():
    run = trial(lambda x: 2 * x, double, np.ones((2, 3)), case={"layout": "Fortran"})
    assert run.arrays[0].flags.f_contiguous
    assert not run.arrays[0].flags.c_contiguous


def test_one_output_stays_one_and_a_tuple_stays_a_tuple():
    assert ran(lambda x: 2 * x, double, X).as_returned(["out"]) == "out"
    two = ran(lambda x: (x, x), lambda g, x: g[0] + g[1], X)
    assert two.as_returned(["a", "b"]) == ("a", "b")


def test_an_output_unlike_the_signature_is_a_violation():
    run = trial(
        lambda x: x[:1], double, X, signature=parse_signature("(n)->(n)"), case={"sizes": {"n": 3}}
    )
    assert run.call_forward().kind is Kind.FORWARD


def test_changes_are_recorded_and_the_report_keeps_what_came_in():
    def spoil(g, x):
        g *= 2
        x[0] = 9
        return g

    run = ran(lambda x: 2 * x, spoil, X.copy())
    assert [touched.name for touched in run.touched] == ["g", "x"]
    np.testing.assert_array_equal(run.cotangents[0], run.weights[0])
    np.testing.assert_array_equal(run.report().inputs["x"], X)


def test_a_param_that_is_changed_is_reported_as_it_was():
    def forward(x, w):
        w += 1
        return x * w

    run = trial(forward, double, X, case={"params": {"w": np.ones(3)}})
    assert run.call_forward() is None
    assert [touched.name for touched in run.touched] == ["w"]
    np.testing.assert_array_equal(run.report().params["w"], np.ones(3))


def test_a_broken_contract_is_kept_in_the_first_call_and_raised_in_further_ones():
    run = ran(lambda x: 2 * x, lambda g, x: g[:1], X)
    assert run.breach.kind is Kind.SHAPE
    assert run.gradients == {}
    with pytest.raises(Broken):
        run.gradients_at()


def test_settled_it_holds_equal_arrays_of_its_own():
    run = ran(lambda x: 2 * x, double, X)
    out, g = run.outputs[0], run.cotangents[0]
    run.settle()
    assert run.outputs[0] is not out
    assert run.cotangents[0] is not g
    np.testing.assert_array_equal(run.outputs[0], out)
    np.testing.assert_array_equal(run.cotangents[0], g)
    assert run.arrays is run.case.inputs


def test_further_calls_see_copies():
    def spoil(g, x):
        x += 1
        return 2 * g

    run = ran(lambda x: 2 * x, spoil, X.copy())
    run.gradients_at()
    np.testing.assert_array_equal(run.case.inputs[0], X)


def test_between_forward_and_vjp_another_forward_may_run():
    calls = []

    def forward(x):
        calls.append(x[0])
        return 2 * x

    run = ran(forward, double, X)
    run.gradients_at(between=(X * 5,))
    assert calls[-2:] == [1.0, 5.0]


def test_an_exception_says_whose_it_is():
    run = trial(lambda x: 1 / 0, double, X)
    with pytest.raises(OpRaised, match="forward raised ZeroDivisionError"):
        run.call_forward()


def test_infinite_outputs_are_not_finite():
    run = trial(lambda x: np.array([1.0, np.inf]), double, X)
    run.call_forward()
    assert not run.is_finite


def test_numbers_are_labelled_by_input_and_index():
    run = trial(lambda x: x, double, np.ones((2, 3)))
    assert run.label("x", 4) == "x[1,1]"
    assert trial(lambda x: x, double, np.ones(2) * 1j).label("x", 3) == "x[1].imag"
