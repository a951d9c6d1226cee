"""The ladder of steps: what a rung knows, and how neighbours are put together."""

import itertools

import numpy as np
import pytest

from gradcheck.numeric.steps import STEPS, eps_of, extrapolated, levels_of, rungs_along
from tests.points import entry, point_at


def rungs_of(f, x, weights=None):
    with np.errstate(all="ignore"):
        point = point_at(f, x, weights=weights)
        path, _ = entry(point)
        return list(rungs_along(path, point.base, point.weights, np.float64))


def test_steps_come_from_the_longest_to_the_shortest():
    rungs = rungs_of(np.sin, [0.5])
    assert [r.step for r in rungs] == list(STEPS)[: len(rungs)]
    assert all(a.step == 4 * b.step for a, b in itertools.pairwise(rungs))


def test_no_step_is_shorter_than_the_numbers_resolve():
    assert rungs_of(np.sin, [2.0**40])[-1].step >= 4 * 2.0**-52


def test_extrapolation_removes_the_leading_error():
    rungs = rungs_of(np.exp, [0.0])
    better = extrapolated([r.slope for r in rungs])
    assert len(better) == len(rungs) - 1
    assert abs(better[2] - 1) < 1e-3 * abs(rungs[3].slope - 1)


def test_a_kink_has_a_width_at_every_step_and_a_smooth_point_none():
    kinked, smooth = rungs_of(np.abs, [0.0]), rungs_of(np.sin, [0.0])
    assert all(r.width == pytest.approx(2) for r in kinked[1:10])
    assert smooth[8].width < 1e-8


def test_kinks_of_opposite_weights_do_not_cancel():
    rungs = rungs_of(lambda x: np.abs(x) * np.ones(2), [0.0], weights=[1.0, -1.0])
    assert rungs[5].slope == 0
    assert (rungs[5].low, rungs[5].high) == (-2, 2)


def test_steps_without_a_finite_value_are_left_out():
    rungs = rungs_of(np.log, [2.0**-7])
    assert rungs[0].step < 2.0**-6
    assert np.isnan(rungs[0].width)


def test_changes_beside_one_are_not_resolved_when_they_are_rounding():
    rungs = rungs_of(lambda x: 1 + x * x, [0.0])
    assert not any(r.resolved for r in rungs)  # both sides rise alike
    shifted = rungs_of(lambda x: 1 + 1e-8 * x, [0.0])
    assert shifted[0].resolved
    assert not shifted[-1].resolved


def test_outputs_that_never_move_hide_slopes():
    rungs = rungs_of(lambda x: np.append(np.sin(x), 1e300), [0.5])
    assert rungs[0].hidden == pytest.approx(eps_of(np.float64) * 1e300 / STEPS[0])
    assert rungs_of(np.sin, [0.5])[0].hidden == 0


def test_levels_know_how_far_their_neighbours_are():
    levels = levels_of(rungs_of(np.exp, [0.0]))
    assert all(level.converged for level in levels)
    assert min(level.error for level in levels) < 1e-11
    jump = levels_of(rungs_of(np.floor, [1.0]))
    assert not any(level.converged for level in jump[3:10])
