"""Hypothesis at work: seeds, scores, and what no setting of the outside changes."""

from dataclasses import replace

import hypothesis
import numpy as np
import pytest

from gradcheck.cases.case import Case
from gradcheck.cases.sampling import Sample, draw_cases, op_seed
from gradcheck.ndarrays.strategies import one_of

SAMPLE = Sample(name="op", cases=40, seed=0)
NUMBERS = one_of(tuple(range(1000)))


def one(draw):
    return Case(inputs=(np.array(float(draw(NUMBERS))),), names=("x",))


def drawn(sample, score=lambda value: None):
    found = []

    def use(case):
        found.append(case.inputs[0].item())
        return score(found[-1])

    draw_cases(one, use, sample)
    return found


def test_equal_samples_give_equal_cases():
    assert drawn(SAMPLE) == drawn(SAMPLE)


@pytest.mark.parametrize("change", [{"name": "other"}, {"seed": 1}])
def test_another_name_or_seed_gives_others(change):
    assert drawn(replace(SAMPLE, **change)) != drawn(SAMPLE)


def test_two_names_get_two_seeds():
    assert op_seed(0, "a") != op_seed(0, "b") != op_seed(1, "b")
    assert op_seed(7, "matmul") == op_seed(7, "matmul")


def test_a_hunt_finds_larger_scores():
    def score(value):
        return value

    hunting = [max(drawn(replace(SAMPLE, seed=s, hunts=True), score)) for s in range(8)]
    plain = [max(drawn(replace(SAMPLE, seed=s), score)) for s in range(8)]
    assert np.mean(hunting) > np.mean(plain)


@pytest.mark.parametrize("hunts", [False, True])
def test_a_folder_for_failing_draws_changes_nothing_while_none_fails(tmp_path, hunts):
    kept = replace(SAMPLE, cases=80, hunts=hunts, database=tmp_path / "examples")
    wanted = drawn(replace(kept, database=None), lambda value: value)
    assert drawn(kept, lambda value: value) == wanted
    assert drawn(kept, lambda value: value) == wanted


def test_a_profile_changes_nothing():
    wanted = drawn(SAMPLE)
    hypothesis.settings.register_profile("tiny", max_examples=1, derandomize=True)
    before = hypothesis.settings.get_current_profile_name()
    hypothesis.settings.load_profile("tiny")
    try:
        assert drawn(SAMPLE) == wanted
    finally:
        hypothesis.settings.load_profile(before)


def test_the_first_case_that_fails_is_reduced():
    def use(case):
        if case.inputs[0] >= 100:
            raise ArithmeticError(str(case.inputs[0]))

    with pytest.raises(ArithmeticError, match="100"):
        draw_cases(one, use, replace(SAMPLE, shrink=True))
