"""Groups of equal numbers are moved together, the largest groups first."""

import numpy as np
import pytest

from gradcheck.numeric.argument import Argument
from gradcheck.numeric.probing import Prober
from gradcheck.numeric.steps import STEPS
from gradcheck.numeric.ties import tied
from tests.points import point_at


def labels(point):
    return [claim.where for _, claim in tied(point)]


def test_groups_are_named_by_size_and_value():
    point = point_at(np.sin, [1.0, 2.0, 1.0, 3.0, 2.0, 1.0])
    assert labels(point) == ["3 ties at 1", "2 ties at 2"]


def test_without_equal_numbers_nothing_is_moved():
    assert labels(point_at(np.sin, [1.0, 2.0, np.nan, np.nan])) == []


def test_a_group_moves_by_the_smallest_of_its_steps():
    room = np.array([1.0, 0.25, 1.0])
    point = point_at(
        np.sin, [2.0, 2.0, 2.0], gradient=[[1, 2, 4]], arguments=[Argument("x", (3,), False, room)]
    )
    ((path, claim),) = tied(point)
    assert [u.tolist() for *_, u in path.moves] == [[0.25] * 3]
    assert claim.slope == 7 * 0.25
    assert claim.scale == 0.25


@pytest.mark.parametrize("size", [0.5, 2.0, 1e6])
def test_a_tie_is_reported_by_its_slope_and_the_true_step(size):
    point = point_at(np.square, [size, size], gradient=[[1.0, 2.0]])
    ((path, claim),) = tied(point)
    comparison = Prober(point).prove(path, claim)
    assert comparison.analytic == pytest.approx(3.0)
    assert comparison.reference.value == pytest.approx(4 * size)
    assert comparison.reference.step / claim.scale in STEPS


@pytest.mark.parametrize(("y", "argument"), [([1.0, 5.0], None), ([4.0, 5.0], "x")])
def test_ties_across_inputs_belong_to_no_single_one(y, argument):
    point = point_at(np.multiply, [1.0, 1.0], y)
    ((_, claim),) = tied(point)
    assert claim.argument == argument


def test_entries_that_overflowed_or_cannot_move_are_left_out():
    room = np.array([1.0, 0.0, 1.0, 1.0])
    point = point_at(
        np.sin,
        np.ones(4),
        gradient=[[1.0, 1.0, np.inf, 1.0]],
        arguments=[Argument("x", (4,), False, room)],
    )
    assert labels(point) == ["2 ties at 1"]


def test_on_a_curved_domain_no_ties_are_moved():
    argument = Argument("x", (2,), False, project=lambda u: u)
    assert labels(point_at(np.sin, np.ones(2), arguments=[argument])) == []


def test_only_the_largest_groups_are_moved():
    values = np.repeat(np.arange(9.0), np.arange(10, 1, -1))
    assert labels(point_at(np.sin, values)) == [f"{10 - k} ties at {k}" for k in range(6)]
