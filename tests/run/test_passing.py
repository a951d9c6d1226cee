"""Cases that passed, as a result shows them."""

import math

import numpy as np

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.cases.cotangents import CotangentPlan
from gradcheck.checks.examine import examine
from gradcheck.checks.subject import subject_of
from gradcheck.run.conclusion import Counts
from gradcheck.run.passing import Passing
from tests.run.some_ops import make, right

SUBJECT = subject_of(right())


def case_of(*entries):
    x = np.array(entries)
    return Case(inputs=(x,), names=("x",), cotangent=CotangentPlan(given=(np.ones_like(x),)))


def probe_of(subject):
    return examine(subject, case_of(0.5)).tally.quick


def kept(*cases):
    passing = Passing(SUBJECT)
    for case in cases:
        passing.keep(case, examine(SUBJECT, case))
    return passing


def test_nothing_is_shown_of_nothing():
    passing = kept()
    assert passing.last_report() is None
    assert passing.last_curve() is None
    assert passing.worst_error(Counts(relative_error=0.25)) == 0.25


def test_the_last_case_with_an_entry_is_shown_with_an_error_bar_for_each():
    report = kept(case_of(3.0), case_of(0.5, 2.0), case_of()).last_report()
    assert report.inputs["x"].tolist() == [0.5, 2.0]
    assert [c.where for c in report.comparisons] == ["x[0]", "x[1]"]
    assert all(math.isfinite(c.reference.bar) for c in report.comparisons)


def test_a_curve_is_that_of_the_last_case_whose_derivative_is_not_zero():
    curve = kept(case_of(0.5), case_of(1.0), case_of()).last_curve()
    assert curve.analytic == np.cos(1.0)
    assert kept(case_of()).last_curve() is None


def test_the_worst_quick_error_is_proven_before_it_is_shown():
    passing = kept()
    passing.keep_quickest(case_of(0.5), probe_of(SUBJECT))
    assert passing.worst_error(Counts(quick=1e-3)) < 1e-10
    off = Passing(subject_of(make("off", np.sin, lambda g, x: g * np.cos(x) * (1 + 1e-7))))
    off.keep_quickest(case_of(0.5), probe_of(SUBJECT))
    assert 0.9e-7 < off.worst_error(Counts()) < 1.1e-7
    assert off.worst_error(Counts(relative_error=0.5)) == 0.5


def test_the_last_passing_case_is_kept_on_request_only():
    result = gc.check(right("kept"), cases=20, last_case=True)
    judged = [c for c in result.last.comparisons if c.argument]
    size = result.last.inputs["x"].size
    assert len(judged) == size or size > 256
    assert all(math.isfinite(c.reference.bar) for c in judged)
    assert gc.check(right("kept"), cases=20).last is None
