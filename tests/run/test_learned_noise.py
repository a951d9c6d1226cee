"""The noise of a forward, learned from its first cases: later ones cost less, and hide nothing."""

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.cases.case import Case
from gradcheck.checks.examine import examine
from gradcheck.checks.subject import subject_of
from gradcheck.checks.trial import Trial
from gradcheck.results.events import CaseFinished
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict
from gradcheck.run.learned_noise import LearnedNoise
from gradcheck.run.search import check_op
from tests.run.some_ops import make


def noisy(level, calls, factor=1.0, wrong_at=None):
    """A sine that is off by a number that its bits decide."""

    def forward(x):
        calls.append(None)
        y = np.sin(x)
        bits = np.frombuffer(y.tobytes(), np.uint64) % 9973 if y.size else np.zeros(0)
        return y * (1 + level * (bits.reshape(y.shape) / 9973 - 0.5))

    def vjp(g, x):
        wrong = factor if wrong_at is None else np.where(x < wrong_at, factor, 1.0)
        return g * np.cos(x) * wrong

    return make("noisy", forward, vjp, "(n)->(n)", domains={"x": gc.real(-3, 3)})


def calls_by_case(level):
    calls, ends = [], []

    def listen(event):
        if isinstance(event, CaseFinished):
            ends.append(len(calls))

    result = check_op(noisy(level, calls), Settings(cases=60), listen)
    return result, np.diff(ends)


def test_the_later_cases_of_a_noisy_forward_cost_what_those_of_a_quiet_one_do():
    quiet, calls = calls_by_case(0.0)
    result, noisy_calls = calls_by_case(1e-9)
    assert quiet.verdict is result.verdict is Verdict.PASS
    assert np.median(noisy_calls[20:]) <= np.median(calls[20:])
    assert noisy_calls[20:].mean() < noisy_calls[:8].mean() / 3


@pytest.mark.parametrize("level", [1e-9, 1e-6])
def test_a_wrong_gradient_is_wrong_all_the_same(level):
    assert gc.check(noisy(level, [], factor=0.5, wrong_at=-2.5), cases=200).verdict is Verdict.FAIL


def judged(noise, spec, *entries):
    trial = Trial(subject_of(spec), Case(inputs=(np.array(entries),), names=("x",)))
    trial.call_forward()
    trial.call_vjp()
    trial.settle()
    return noise.judge(trial)


def lessons(spec, count):
    noise = LearnedNoise()
    for k in range(count):
        case = Case(inputs=(np.linspace(0.3, 1.1, 5) + 0.01 * k,), names=("x",))
        noise.add(examine(subject_of(spec), case))
    return noise


def test_a_quiet_forward_and_few_lessons_judge_nothing():
    assert judged(lessons(noisy(0.0, []), 20), noisy(0.0, []), 0.5, 1.0) is None
    assert judged(lessons(noisy(1e-7, []), 3), noisy(1e-7, []), 0.5, 1.0) is None


def test_a_judgement_says_how_sharp_it_was():
    noise = lessons(noisy(1e-7, []), 20)
    outcome = judged(noise, noisy(1e-7, []), 0.5, 1.0)
    (comparison,) = outcome.tally.proven
    assert comparison.agrees
    assert 1e-7 < comparison.reference.bar < 1e-2
    assert outcome.tally.power.entries == 2


def test_a_disagreement_is_left_to_the_proof():
    noise = lessons(noisy(1e-7, []), 20)
    assert judged(noise, noisy(1e-7, [], factor=0.9), 0.5, 1.0) is None
