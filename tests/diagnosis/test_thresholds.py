"""Limits of a number: those that separate, and that say no more than is known."""

import numpy as np
import pytest

from gradcheck.diagnosis.thresholds import beside, conditions_on


def separating(values, fails, **kwargs):
    """The words of the candidates that hold exactly of what fails."""
    values, fails = np.array(values, float), np.array(fails)
    return [
        c.words for c in conditions_on("x", values, fails, **kwargs) if (c.holds == fails).all()
    ]


@pytest.mark.parametrize(
    ("values", "wrong", "words"),
    [
        ([1, 2, 0, 3, 0], [0, 0], "x = 0"),
        ([-1, 2, -3, 4], [-1, -3], "x < 0"),
        ([1, 700, 710, 800], [710, 800], "x > 709"),
        ([1, 3, 9], [9], "x > 3"),
        ([0.5, -3, 2, 3], [-3, 3], "|x| > 2"),
        ([1e-4, 1, -1e-5], [1e-4, -1e-5], "|x| < 1"),
        ([np.inf, 1], [np.inf], "x = ∞"),
    ],
)
def test_a_limit_that_separates_is_among_the_candidates(values, wrong, words):
    assert words in separating(values, np.isin(values, wrong))


def test_that_a_mistake_is_small_near_zero_is_no_condition():
    assert "|x| > 1e-07" not in separating([1e-7, 1e-8, 1e-6, 0.5], [False, False, True, True])


def test_a_limit_is_written_so_that_it_still_separates():
    low, high = 1 / 3, 1 / 3 + 1e-9
    (words,) = [w for w in separating([low, high, 1], [False, True, True]) if w.startswith("x >")]
    assert low <= float(words.removeprefix("x > ")) < high


def test_of_sizes_those_past_a_limit():
    assert separating([1, 2, 1025, 2000], [False, False, True, True], sizes=True) == ["x > 2"]
    assert separating([1, 2, 3], [False, True, True], sizes=True) == ["x ≠ 1", "x > 1"]


def test_nothing_is_said_without_failing_numbers_or_with_nan():
    assert separating([1, 2], [False, False]) == []
    assert separating([np.nan, 2], [True, False]) == []


def test_a_number_beside_a_param():
    values, limits = np.array([-3.0, 0.5, 3.0]), np.array([2.0, 2.0, 2.0])
    found = {c.words: c.holds.tolist() for c in beside("x", values, "beta", limits)}
    assert found == {
        "x > beta": [False, False, True],
        "x < beta": [True, True, False],
        "x < −beta": [True, False, False],
        "|x| > beta": [True, False, True],
        "|x| < beta": [False, True, False],
    }
