"""A check that compares nothing passes nothing."""

import numpy as np
import pytest
from hypothesis import strategies as st

import gradcheck as gc
from gradcheck.results.verdict import Verdict


def constant(**options):
    op = gc.op("(n)->(n)", name="constant", **options)(lambda x: 0 * np.sign(x))
    return op.vjp(lambda g: 0 * g)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({}, "are zero"),
        ({"assume": lambda x: False}, "draws were rejected"),
        ({"cases": st.just(gc.call(np.zeros(0)))}, "has an entry to compare"),
    ],
)
def test_such_a_run_is_vacuous_and_says_why(options, reason):
    result = gc.check(constant(**options), cases=5)
    assert result.verdict is Verdict.VACUOUS
    assert reason in result.reason
    assert not result


def test_one_derivative_that_is_not_zero_is_enough():
    op = gc.op("(n)->(n)", name="ramp")(lambda x: np.maximum(x, 0))
    assert gc.check(op.vjp(lambda g, x: g * (x > 0)), cases=20).verdict is Verdict.PASS
