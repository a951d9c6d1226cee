"""Candidates on cases: params, sizes, divisibility, broadcasting, and the table."""

import numpy as np
import pytest

from gradcheck.cases.case import Case
from gradcheck.diagnosis.case_candidates import on_cases
from gradcheck.diagnosis.rerun import Observed
from gradcheck.spec.signature import parse_signature


def observed(shapes, params, *, fails, sizes=None):
    inputs = tuple(np.arange(1.0, 1 + np.prod(s)).reshape(s) for s in shapes)
    names = ("x", "y")[: len(inputs)]
    case = Case(inputs=inputs, names=names, params=params, sizes=sizes or {})
    return Observed(case=case, fails=fails, inputs=dict(zip(names, inputs, strict=True)))


def words(observations, signature=None):
    """The candidates that hold exactly of the failing cases."""
    question = on_cases(observations, signature and parse_signature(signature))
    fails = question.observed.fails
    return [c.words for c in question.candidates if (c.holds == fails).all()]


def test_choices_are_told_by_their_value_and_type():
    found = words(
        [
            observed([(2,)], {"mode": "sum"}, fails=True),
            observed([(2,)], {"mode": "mean"}, fails=False),
            observed([(2,)], {}, fails=False),
        ]
    )
    assert "mode = 'sum'" in found


def test_true_is_not_one():
    found = words(
        [
            observed([(2,)], {"flag": True}, fails=True),
            observed([(2,)], {"flag": 1}, fails=False),
        ]
    )
    assert "flag = True" in found


@pytest.mark.parametrize(
    ("sizes", "word"),
    [
        (((3, 5), (2, 2), (4, 4)), "n ≠ m"),
        (((3, 3), (2, 5), (4, 6)), "n = m"),
        (((1, 2), (2, 2), (5, 2)), "n = 1"),
        (((3, 2), (2, 3), (3, 4)), "n > m"),
    ],
)
def test_sizes_are_compared(sizes, word):
    found = words(
        [
            observed([(n, m)], {}, fails=i == 0, sizes={"n": n, "m": m})
            for i, (n, m) in enumerate(sizes)
        ]
    )
    assert word in found


def test_a_param_that_divides_no_difference():
    found = words(
        [
            observed([(n,), (k,)], {"stride": s}, fails=fails, sizes={"n": n, "k": k})
            for n, k, s, fails in (
                (6, 3, 2, True),
                (8, 3, 3, True),
                (7, 3, 2, False),
                (9, 3, 3, False),
            )
        ]
    )
    assert "stride does not divide n − k" in found


def test_blocks_that_do_not_divide_a_size():
    found = words(
        [observed([(n,)], {}, fails=n % 8 > 0, sizes={"n": n}) for n in (8, 16, 12, 20, 9)]
    )
    assert "n is not a multiple of 8" in found


def test_broadcasting_needs_a_signature():
    observations = [
        observed([(2, 3), (3,)], {}, fails=True),
        observed([(2, 3), (2, 1)], {}, fails=True),
        observed([(2, 3), (2, 3)], {}, fails=False),
    ]
    assert "y is broadcast" in words(observations, "(...),(...)->(...)")
    assert "y is broadcast" not in words(observations)


def test_conditions_of_the_table():
    found = words(
        [observed([(2, 3)], {}, fails=True), observed([(2,)], {}, fails=False)],
    )
    assert "x is 2-D" in found
