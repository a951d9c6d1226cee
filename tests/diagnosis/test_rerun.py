"""Cases run once more, and those left out that may hide a mistake."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.cases.cotangents import CotangentPlan
from gradcheck.checks.subject import subject_of
from gradcheck.diagnosis.rerun import observe, telling


def observed(x, *, pattern="random", fails=False, rule=lambda g, x: 2 * g * x, forward=np.square):
    made = gc.op("(...)->(...)", name="op")(forward)
    made.vjp(rule)
    case = Case(
        inputs=(np.array(x, float),), names=("x",), cotangent=CotangentPlan(pattern=pattern, seed=3)
    )
    with np.errstate(all="ignore"):
        return observe(subject_of(made), case, fails=fails)


def test_a_case_is_run_and_its_gradients_are_kept():
    found = observed([1.0, -2.0])
    np.testing.assert_allclose(found.gradients["x"], 2 * found.cotangents[0] * [1, -2])
    assert found.outputs[0].tolist() == [1.0, 4.0]
    assert found.is_sound
    assert found.shows("x")
    assert found.shows(None)
    assert not found.shows("y")


def test_a_gradient_of_zeros_shows_nothing():
    assert not observed([0.0]).shows("x")


@pytest.mark.parametrize(
    "kwargs",
    [
        {"rule": lambda g, x: 1 / 0},
        {"forward": lambda x: 1 / 0},
        {"forward": lambda x: x + np.inf},
    ],
)
def test_what_did_not_work_is_not_sound(kwargs):
    assert not observed([1.0], **kwargs).is_sound


def test_passing_cases_that_hide_mistakes_are_left_out():
    plain, zeros = observed([1.0, 2.0]), observed([1.0, 2.0], pattern="with zeros")
    empty, extreme = observed([]), observed([1.0, 1e9])
    assert zeros.has_zero_cotangents
    assert extreme.is_extreme
    failing = [observed([1.0, 2.0], fails=True)]
    assert telling([plain, zeros, empty, extreme], failing) == [plain]


def test_what_all_failing_cases_have_hides_nothing():
    plain, extreme = observed([1.0, 2.0]), observed([1.0, 1e9])
    assert telling([plain, extreme], [observed([3.0, 1e8], fails=True)]) == [plain, extreme]
