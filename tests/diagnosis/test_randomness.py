"""A new random mask in each call is named; other randomness, and none, is not."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.checks.subject import subject_of
from gradcheck.diagnosis.randomness import NEW_MASK, new_mask

RNG = np.random.default_rng(1)
CASES = [Case(inputs=(np.arange(1.0, 9.0),), names=("x",))] * 3


def words(forward, rule, cases=CASES):
    spec = gc.op("(n)->(n)", name="op")(forward)
    spec.vjp(rule)
    return new_mask(subject_of(spec), cases)


def mask(x):
    return RNG.random(x.shape) < 0.5


@pytest.mark.parametrize(
    ("forward", "rule", "named"),
    [
        (lambda x: 2 * x * mask(x), lambda g, x: 2 * g * mask(x), NEW_MASK),
        (lambda x: 2 * x, lambda g, x: 2 * g * mask(x), NEW_MASK),
        (lambda x: x + RNG.normal(size=x.shape), lambda g: g.copy(), ""),
        (lambda x: 2 * x, lambda g: 2 * g, ""),
        (lambda x: 1 / 0, lambda g: g, ""),
    ],
)
def test_masks_are_told_from_other_randomness(forward, rule, named):
    assert words(forward, rule) == named


def test_without_cases_nothing_is_said():
    assert words(lambda x: x * mask(x), lambda g: g, []) == ""


def test_a_dropout_is_named_in_the_failure():
    spec = gc.op("(n)->(n)", name="dropout")(lambda x: x * mask(x)).vjp(lambda g, x: g * mask(x))
    failure = gc.check(spec, cases=20).failure
    assert "deterministic" in failure.headline
    assert failure.looks_like == NEW_MASK
