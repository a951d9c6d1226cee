"""One path judged: cheaply if that settles it, else with the best reference there is."""

import numpy as np
import pytest
from scipy import special

from gradcheck.numeric.argument import Place
from gradcheck.numeric.probing import Prober
from gradcheck.numeric.tally import Tally
from tests.points import entry, point_at


def judged(f, x, gradient):
    point = point_at(f, x, gradient=[gradient])
    return Prober(point).judge(*entry(point))


def test_a_right_claim_costs_one_difference():
    assert judged(np.sin, [0.5], np.cos([0.5])).reference.quick


@pytest.mark.parametrize("factor", [0.0, -1.0, 1 + 1e-6, 2.0])
def test_a_wrong_claim_is_proven_wrong(factor):
    compared = judged(np.sin, [0.5], factor * np.cos([0.5]))
    assert not compared.agrees
    assert not compared.reference.quick
    assert compared.reference.value == pytest.approx(np.cos(0.5), rel=1e-10)


def test_a_near_miss_is_settled_by_a_sharper_method():
    def forward(x):
        return np.exp(x) + 1e9

    compared = judged(forward, [0.5], np.exp([0.5]) * (1 + 1e-3))
    assert compared.reference.method in ("complex step", "central differences in long double")
    assert not compared.agrees


def test_a_sharper_method_is_no_sharper_than_double_precision():
    point = point_at(lambda x: np.log(np.exp(x) + 1e6), [0.5], gradient=[[0.0]])
    compared = Prober(point).prove(*entry(point))
    assert compared.reference.bar >= point.rounding


@pytest.mark.parametrize("x", [40.0, 700.0])
def test_below_the_rounding_of_the_outputs_nothing_is_called_wrong(x):
    assert judged(special.expit, [x], [0.0]).agrees


def test_an_entry_is_counted_with_its_power():
    point = point_at(lambda x: x * np.array([1.0, 1e-12]), np.ones(2), gradient=[[1.0, 1e-12]])
    tally = Tally()
    prober = Prober(point)
    for index in range(2):
        prober.add_entry(Place(0, index), prober.prove_entry(Place(0, index)), tally)
    assert (tally.probes, tally.power.entries, tally.power.blind) == (2, 2, 1)


def test_a_step_lost_beside_larger_inputs_leaves_every_doubt():
    prober = Prober(point_at(np.sum, [1.0, 1e20]))
    assert np.isinf(prober.doubts[0][0])
    assert np.isfinite(prober.doubts[0][1])
