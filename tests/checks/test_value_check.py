"""The values of a gradient, in the precision that the op takes."""

import numpy as np
import pytest

from gradcheck.cases.case import Case
from gradcheck.checks.findings import Stop
from gradcheck.checks.subject import Subject
from gradcheck.checks.trial import Trial
from gradcheck.checks.value_check import compare_in_own_precision, compare_values
from gradcheck.results.kind import Kind

X = np.array([1.0, -2.0, 3.0])


def trial(forward, vjp, x=X, **options):
    subject = Subject(
        name="op", forward=forward, vjp=lambda g, xs, p, out: vjp(g, *xs), rtol=1e-8, **options
    )
    run = Trial(subject, Case(inputs=(x,), names=("x",), dtype=x.dtype.name))
    assert run.call_forward() is None
    run.call_vjp()
    return run


def test_needed_keeps_what_had_to_be_proven_and_a_table_has_every_entry():
    run = trial(np.sin, lambda g, x: g * np.cos(x))
    assert compare_values(run, "auto", "needed").report.comparisons == ()
    table = compare_values(run, "auto", "every entry").report.comparisons
    assert [c.where for c in table] == ["x[0]", "x[1]", "x[2]"]


def test_a_wrong_value_is_the_failure():
    outcome = compare_values(trial(np.sin, lambda g, x: g), "auto", "needed")
    assert (outcome.failure.kind, outcome.failure.argument) == (Kind.VALUE, "x")
    assert outcome.tally.failures


@pytest.mark.parametrize(
    "compare",
    [lambda t: compare_values(t, "auto", "needed"), lambda t: compare_in_own_precision(t, "auto")],
)
def test_outputs_that_are_not_finite_tell_nothing(compare):
    run = trial(lambda x: np.where(x > 0, np.inf, x), lambda g, x: g)
    assert compare(run).unusable == "forward is not finite"


@pytest.mark.parametrize(
    "compare",
    [lambda t: compare_values(t, "auto", "needed"), lambda t: compare_in_own_precision(t, "auto")],
)
def test_without_outputs_every_gradient_is_zero(compare):
    assert compare(trial(lambda x: x[:0], lambda g, x: 0 * x)).failure is None
    with pytest.raises(Stop, match="The output has no entries, so ∂L/∂x is zero"):
        compare(trial(lambda x: x[:0], lambda g, x: x))


def test_a_short_dtype_is_judged_in_itself():
    run = trial(np.sin, lambda g, x: g * np.cos(x), X.astype(np.float32), widens=False)
    outcome = compare_in_own_precision(run, "auto")
    assert outcome.failure is None
    assert outcome.tally.probes == 3
    wrong = trial(np.sin, lambda g, x: 2 * g * np.cos(x), X.astype(np.float32), widens=False)
    assert compare_in_own_precision(wrong, "auto").failure.kind is Kind.VALUE
