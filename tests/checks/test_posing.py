"""From a trial to the numeric problem that it poses."""

from dataclasses import replace

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.checks.posing import (
    argument_of,
    compare_jvp,
    in_double,
    jvp_claim,
    point_of,
    problem_of,
    wide,
)
from gradcheck.checks.subject import Subject, subject_of
from gradcheck.checks.trial import Trial
from gradcheck.checks.violation import Violation
from gradcheck.results.kind import Kind
from gradcheck.spec.signature import parse_signature

X = np.array([1.0, -2.0, 3.0])


def trial(forward, vjp, *inputs, domains=(), signature=None, jvp=None):
    subject = Subject(
        name="op",
        forward=forward,
        vjp=lambda g, xs, params, out: vjp(g, *xs),
        jvp=jvp,
        signature=signature and parse_signature(signature),
        rtol=1e-8,
    )
    run = Trial(subject, Case(inputs=inputs, names=("x", "y")[: len(inputs)], domains=domains))
    assert run.call_forward() is None
    run.call_vjp()
    assert run.breach is None
    return run


def test_arrays_are_flat_and_in_double_precision():
    x = X.reshape(3, 1).astype(np.float32)
    point = point_of(trial(lambda x: 2 * x, lambda g, x: 2 * g, x))
    assert point.inputs[0].shape == (3,)
    assert {v.dtype for v in (*point.inputs, *point.gradient, point.base)} == {np.dtype(float)}


def test_a_complex_number_counts_as_two():
    problem = problem_of(trial(lambda x: x * x, lambda g, x: 2 * g * x.conj(), X * 1j))
    assert problem.point.size == 6
    assert not problem.compare().failures


def test_another_forward_may_be_differentiated():
    run = trial(lambda x: 2 * x, lambda g, x: 2 * g, X)
    point = point_of(run, forward=lambda x: 3 * x)
    np.testing.assert_array_equal(point.function(point.inputs), 3 * X)
    np.testing.assert_array_equal(point.base, 2 * X)


def test_integers_do_not_move():
    run = trial(lambda x, y: x * y, lambda g, x, y: g * y, X, np.array([1, 2, 3]))
    assert [a.name for a in point_of(run).arguments] == ["x"]


def test_a_domain_says_how_far_an_entry_may_move():
    run = trial(np.log, lambda g, x: g / x, np.array([0.25, 2.0]), domains=(gc.positive(),))
    room = argument_of(run, 0).room
    assert room is not None
    assert room[0] <= 0.25
    assert argument_of(trial(np.sin, lambda g, x: g * np.cos(x), X), 0).room is None


def test_a_case_in_low_precision_has_a_twin_in_double():
    low = Case(inputs=(X.astype(np.float16), np.array([1])), names=("x", "k"), dtype="float16")
    double = in_double(low)
    assert (double.dtype, double.inputs[0].dtype, double.inputs[1].dtype.kind) == (
        "float64",
        np.dtype(float),
        "i",
    )
    plain = Case(inputs=(X,), names=("x",))
    assert in_double(plain) is plain


def test_wide_arrays_lie_in_c_order():
    assert wide(np.asfortranarray(np.ones((2, 3), np.float32))).flags.c_contiguous


def jvp(tangents, inputs, params, out):
    return tangents[0] * np.cos(inputs[0])


def test_a_right_jvp_agrees_along_a_random_direction():
    run = trial(np.sin, lambda g, x: g * np.cos(x), X, jvp=jvp)
    comparison = compare_jvp(run, problem_of(run))
    assert comparison.agrees
    assert comparison.rule == "jvp"


@pytest.mark.parametrize("change", [lambda t: t[:1], lambda t: t.astype(np.float32)])
def test_a_jvp_of_another_form_is_a_violation(change):
    run = trial(np.sin, lambda g, x: g * np.cos(x), X, jvp=lambda *a: change(jvp(*a)))
    found = jvp_claim(run, point_of(run))
    assert isinstance(found, Violation)
    assert found.kind is Kind.JVP


def test_stacks_of_copies_need_leading_axes_everywhere():
    times = (lambda x, y: x * y, lambda g, x, y: (g * y, g * x), X, X)
    assert problem_of(trial(*times, signature="(...),(...)->(...)")).pad(0) == 0
    assert problem_of(trial(*times, signature="(n),(n)->(n)")).pad(0) is None
    assert problem_of(trial(*times)).pad(1) is None


def test_a_jvp_is_judged_without_the_huge_entries_beside_ordinary_ones():
    x = np.array([8e160, 0.5, -1.0])
    op = gc.op(name="sin")(np.sin).vjp(lambda g, x: g * np.cos(x))
    right, wrong = (
        replace(subject_of(op), jvp=lambda t, xs, params, out, k=k: k * t[0] * np.cos(xs[0]))
        for k in (1.0, 1.001)
    )
    verdicts = []
    for subject in (right, wrong):
        trial = Trial(subject, Case(inputs=(x,), names=("x",)))
        assert trial.call_forward() is None
        trial.call_vjp()
        verdicts.append(compare_jvp(trial, problem_of(trial)).agrees)
    assert verdicts == [True, False]
