"""A candidate separates failing observations from passing ones, and not by accident."""

import numpy as np
import pytest

from gradcheck.diagnosis.separation import (
    Candidate,
    Observations,
    Question,
    necessary,
    separating,
)

FAILS = np.arange(40) < 10


def question(*candidates, fails=FAILS, cases=None):
    cases = np.arange(fails.size) if cases is None else cases
    return Question(Observations(fails, cases), candidates)


def test_what_all_failing_meet_and_no_passing_is_said():
    exact, other = Candidate("exact", FAILS), Candidate("other", np.ones(40, bool))
    assert separating(question(other, exact)) == "exact"


def test_the_first_of_several_is_said():
    assert separating(question(Candidate("one", FAILS), Candidate("two", FAILS))) == "one"


def test_two_that_do_so_together_are_said():
    one = Candidate("one", np.arange(40) < 25)
    two = Candidate("two", (np.arange(40) < 10) | (np.arange(40) >= 25))
    assert separating(question(one, two)) == "one and two"


def test_few_observations_may_be_an_accident():
    fails = np.arange(6) < 1
    assert separating(question(Candidate("exact", fails), fails=fails)) == ""


def test_many_candidates_make_an_accident_likely():
    fails = np.arange(12) < 4
    others = [Candidate(str(i), np.arange(12) % (i + 2) > 0) for i in range(200)]
    assert separating(question(Candidate("exact", fails), fails=fails)) == ""
    more = np.arange(24) < 8
    assert separating(question(Candidate("exact", more), *others[:0], fails=more)) == "exact"


def test_entries_of_one_case_count_within_it():
    """Which entries fail within the one failing case is all there is to choose from."""
    fails, cases = np.arange(40) < 10, np.arange(40) // 10
    assert Observations(fails, cases).ways() == pytest.approx(np.log(4))
    assert separating(question(Candidate("exact", fails), cases=cases)) == ""


@pytest.mark.parametrize("fails", [np.zeros(40, bool), np.ones(40, bool)])
def test_nothing_is_said_where_all_fail_or_none(fails):
    found = question(Candidate("all", np.ones(40, bool), telling=True), fails=fails)
    assert (separating(found), necessary(found)) == ("", "")


def test_a_telling_candidate_may_have_few_exceptions():
    fails = np.arange(200) < 40
    near = Candidate("near", np.arange(200) < 50, telling=True)
    assert necessary(question(near, fails=fails)) == "near"
    plain = Candidate("near", near.holds)
    assert necessary(question(plain, fails=fails)) == ""
    loose = Candidate("loose", np.arange(200) < 100, telling=True)
    assert necessary(question(loose, fails=fails)) == ""
