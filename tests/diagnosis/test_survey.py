"""A survey: which cases are taken apart, and which passing ones count."""

import numpy as np

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.checks.subject import subject_of
from gradcheck.diagnosis.survey import Survey
from gradcheck.results.failure import Failure
from gradcheck.results.kind import Kind


def case(*shape):
    return Case(inputs=(np.arange(1.0, 1 + np.prod(shape)).reshape(shape),), names=("x",))


def survey(failing, passing=(), kind=Kind.VALUE, argument="x"):
    spec = gc.op("(...)->(...)", name="op")(np.square).vjp(lambda g, x: g * x)
    failure = Failure(kind=kind, headline="", message="", argument=argument)
    return Survey(subject_of(spec), failing, passing, failure)


def test_specimens_are_of_typical_size_and_the_reduced_case_comes_last():
    found = survey([case(300), case(8), case(2), case(1)]).specimens("x")
    assert [s.x.size for s in found] == [8, 2, 300, 1]


def test_specimens_are_few_and_have_few_entries():
    found = survey([case(k) for k in range(1, 30)]).specimens("x")
    assert len(found) == 10
    assert survey([case(401)]).specimens("x") == []
    assert sum(s.x.size for s in survey([case(150)] * 5).specimens("x")) <= 400


def test_the_case_that_is_shown_is_always_among_the_specimens():
    found = survey([*[case(8)] * 30, case(300)])
    assert found.specimens("x")[-1].x.size == 300
    assert found.shows("x")
    hidden = survey([case(8), Case(inputs=(np.array([np.inf]),), names=("x",))])
    assert [s.x.size for s in hidden.specimens("x")] == [8]
    assert not hidden.shows("x")


def test_passing_cases_of_which_one_look_says_otherwise_do_not_count():
    """They fail in another input, and were sorted by that."""
    assert survey([case(2)], [case(3)]).right == []
    spec = gc.op("(...)->(...)", name="op")(np.square).vjp(lambda g, x: 2 * g * x)
    failure = Failure(kind=Kind.VALUE, headline="", message="", argument="x")
    assert len(Survey(subject_of(spec), [case(2)], [case(3)], failure).right) == 1


def test_cases_that_cannot_be_taken_apart_are_left_out():
    assert survey([Case(inputs=(np.array([np.inf]),), names=("x",))]).specimens("x") == []
    assert survey([case(2)]).specimens("y") == []


def test_the_argument_of_a_failure():
    assert survey([case(2)]).arguments == ["x"]
    assert survey([case(2)], argument=None).arguments == []


def test_passing_cases_that_may_hide_the_mistake_do_not_count():
    empty, plain = case(0), case(3)
    found = survey([case(2)], [empty, plain], kind=Kind.LAYOUT).right
    assert [each.case for each in found] == [plain]
    found = survey([case(2)], [empty, plain], kind=Kind.RAISED).right
    assert [each.case for each in found] == [empty, plain]
