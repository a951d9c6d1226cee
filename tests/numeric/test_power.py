"""What a check could have seen, and that what it states about that is true."""

from dataclasses import replace

import numpy as np
import pytest

import gradcheck as gc
from gradcheck.cases.plan import CasePlan
from gradcheck.cases.sampling import Sample, draw_cases
from gradcheck.checks.examine import examine
from gradcheck.checks.subject import subject_of
from gradcheck.numeric.power import DELTA, Power, escape


def registry():
    found = gc.Registry()
    found.load_builtin()
    return found


def test_an_entry_is_blind_if_a_small_change_is_within_its_slack():
    power = Power()
    power.count(np.array([1.0, 1.0, 1.0, 0.0]), np.array([1e-8, 1e-4, np.inf, 0.0]))
    assert (power.entries, power.blind, power.share) == (3, 2, 2 / 3)
    power.count(np.array([10.0, 1e-6]), 1e-6)
    assert (power.entries, power.blind) == (5, 3)


def test_what_is_not_finite_is_seen():
    power = Power()
    power.count(np.array([np.inf, np.nan]), 1.0)
    assert power.blind == 0


def test_without_entries_nothing_is_promised():
    assert escape([]) == 1.0
    assert escape([Power()]) == 1.0
    assert escape([Power(10, 10)] * 5) == 1.0


def test_the_bound_tightens_with_the_number_of_cases():
    few, many = ([Power(10, 0)] * n for n in (10, 1000))
    assert escape(many) < escape(few) < 1
    assert escape(many) == pytest.approx(0.003)


def spoiled(subject, case, place):
    """The op with one entry of its gradients wrong, in this case and nowhere else."""

    def vjp(g, inputs, params, out):
        returned = subject.vjp(g, inputs, params, out)
        several = returned if isinstance(returned, tuple) else (returned,)
        gradients = [np.array(gradient) for gradient in several]
        if all(np.array_equal(a, b) for a, b in zip(inputs, case.inputs, strict=True)):
            part, index = place
            gradients[part].flat[index] *= 1 + DELTA
        return tuple(gradients)

    return replace(subject, vjp=vjp)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["matmul", "softmax", "multiply", "tanh"])
def test_no_more_mistakes_escape_than_is_stated(name):
    spec = registry().get(name)
    subject, plan = subject_of(spec), CasePlan.of(spec)
    rng = np.random.default_rng(0)
    powers, escaped, tried = [], 0, 0

    def use(case):
        nonlocal escaped, tried
        outcome = examine(subject, case)
        powers.append(outcome.tally.power)
        gradients = list(outcome.report.gradients.values())
        places = [
            (part, index)
            for part, gradient in enumerate(gradients)
            for index in np.flatnonzero(gradient)
        ]
        if places and outcome.tally.power.entries:
            place = places[rng.integers(len(places))]
            tried += 1
            escaped += examine(spoiled(subject, case, place), case).failure is None

    draw_cases(lambda draw: plan.draw(draw, spec.dtypes), use, Sample(name=name, cases=80, seed=3))
    assert tried > 40
    assert escaped / tried <= escape(powers) < 0.7
