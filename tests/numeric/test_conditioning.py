"""Bars of two right computations, and the nudges that measure them."""

import numpy as np
import pytest

from gradcheck.ndarrays.dtypes import unit_of
from gradcheck.numeric.conditioning import bars, nudged, shaken

UNIT = unit_of(np.float64)
EPS = 2.0**-52


def bar(gradient, x, spent=0.0):
    x, g = np.asarray(x, dtype=float), np.ones(np.shape(x))
    found = bars(
        lambda inputs, cotangents: {"x": gradient(*inputs, *cotangents)},
        {"x": x},
        [g],
        {"x": gradient(x, g)},
        unit=UNIT,
        spent=spent,
    )
    return found["x"]


def test_a_well_conditioned_gradient_may_lose_some_units():
    assert (bar(lambda x, g: 3 * g, np.ones(4)) < 1000 * EPS).all()


def test_a_gradient_that_cancels_may_lose_as_much_as_its_inputs_move_it():
    def cancels(x, g):
        return g * (x - 1)

    ill, well = bar(cancels, [1 + 1e-6])[0], bar(cancels, [2.0])[0]
    assert 1e-16 < ill < 1e-12
    assert ill > 100 * EPS * 1e-6
    assert well < 1e-12


def test_what_was_spent_counts_per_scale_of_the_input():
    near, far = bar(lambda x, g: 0 * g, [1.0, 1e6], spent=1.0)
    assert near == pytest.approx(1e6 * far, rel=1e-6)


def test_an_entry_that_hardly_moved_in_the_samples_is_given_the_usual_bar():
    def one_steady(x, g):
        return np.where(np.arange(x.size) == 2, 1.0, g * np.exp(1e6 * (x - 1)))

    found = bar(one_steady, np.ones(5))
    assert found[2] > 0.1 * np.median(found)


X = np.array([0.0, 1.0, 1.0, -2.5, 1.0, 0.0, 3.0])


@pytest.mark.parametrize("size", [1, 20_000])
def test_nudges_keep_zeros_and_ties(size):
    x = np.tile(X, size)
    moved = nudged(x, np.random.default_rng(0), EPS)
    assert (moved[x == 0] == 0).all()
    for value in (1.0, -2.5, 3.0):
        (other,) = set(moved[x == value])
        assert other != value
        assert abs(other - value) <= 2 * EPS * abs(value)


def test_numbers_without_close_neighbours_are_nudged_each_by_itself():
    x = np.full(64, 1e14)
    assert len(set(nudged(x, np.random.default_rng(0), EPS))) > 1


def test_a_shake_leaves_no_neighbours_tied():
    moved = shaken(np.ones(64), np.random.default_rng(0), EPS)
    assert all(len(set(moved[k : k + 4])) > 1 for k in range(60))
    assert (shaken(np.zeros(3), np.random.default_rng(0), EPS) == 0).all()


@pytest.mark.parametrize("move", [nudged, shaken])
def test_integers_stay(move):
    x = np.arange(3)
    assert move(x, np.random.default_rng(0), EPS) is x
