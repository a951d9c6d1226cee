"""State around an op: told, and put back."""

import os
from pathlib import Path

import numpy as np
import pytest

from gradcheck.cases.case import Case
from gradcheck.checks.subject import Subject
from gradcheck.checks.surroundings import Surroundings, reset_of_generator
from gradcheck.checks.trial import Trial


def test_nothing_changed_is_nothing_to_tell():
    around = Surroundings()
    with np.errstate(all="raise"):
        pass
    assert around.disturbance("vjp") is None


def test_another_error_state_is_told_and_put_back():
    before = np.geterr()
    around = Surroundings()
    np.seterr(under="print")
    violation = around.disturbance("forward")
    assert violation.headline == "the forward changes NumPy's error state"
    assert "to under=print." in violation.message
    assert np.geterr() == before


def test_another_folder_is_told_and_put_back(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "below").mkdir()
    around = Surroundings()
    os.chdir("below")
    assert around.disturbance("vjp").headline == "the vjp changes the current folder"
    assert Path.cwd() == tmp_path


def trial(forward, vjp):
    subject = Subject(name="op", forward=forward, vjp=lambda g, xs, params, out: vjp(g), rtol=1e-8)
    run = Trial(subject, Case(inputs=(np.ones(2),), names=("x",)))
    assert run.call_forward() is None
    run.call_vjp()
    run.settle()
    return run


def seeds(array):
    np.random.seed(3)
    return 1.0 * array


def draws(array):
    np.random.random_sample(5)
    return 1.0 * array


@pytest.mark.parametrize(
    ("forward", "vjp", "culprit"),
    [
        (np.copy, np.copy, None),
        (draws, draws, None),
        (seeds, np.copy, "forward"),
        (draws, seeds, "vjp"),
    ],
)
def test_seeding_is_told_and_drawing_is_not(forward, vjp, culprit):
    run = trial(forward, vjp)
    before = np.random.get_state()[1].tobytes()
    violation = reset_of_generator(run)
    assert (violation and violation.culprit) == culprit
    assert np.random.get_state()[1].tobytes() == before
