"""A point: scales, claims, directions, and when a step is lost."""

import numpy as np
import pytest

from gradcheck.numeric.argument import Argument, Place
from tests.points import point_at


def test_a_unit_step_is_a_power_of_two_within_the_room():
    room = np.array([np.inf, 0.3, 0.0])
    point = point_at(np.sin, [5.0, 5.0, 1.0], arguments=[Argument("x", (3,), False, room)])
    assert point.scales[0].tolist() == [4.0, 0.25, 0.0]


def test_an_entry_moves_alone_and_is_claimed_per_step():
    point = point_at(np.sin, [0.0, 5.0], gradient=[[1.0, 3.0]])
    path, claim = point.entry(Place(0, 1))
    assert [(k, i.tolist(), u.tolist()) for k, i, u in path.moves] == [(0, [1], [4.0])]
    assert (claim.slope, claim.scale, claim.where, claim.place) == (12.0, 4.0, "x[1]", Place(0, 1))


def test_an_entry_of_a_domain_moves_along_it():
    symmetric = Argument("x", (2, 2), False, project=lambda u: (u + u[[0, 2, 1, 3]]) / 2)
    point = point_at(np.sum, np.eye(2), gradient=[np.arange(4.0)], arguments=[symmetric])
    path, claim = point.entry(Place(0, 1))
    assert [(i.tolist(), u.tolist()) for _, i, u in path.moves] == [([1, 2], [0.5, 0.5])]
    assert claim.slope == 1.5


def test_directions_differ_and_are_the_same_again_at_an_equal_point():
    one, other = (point_at(np.sin, np.ones(9)) for _ in range(2))
    first, second = one.random_direction()[0], one.random_direction()[0]
    assert (first != second).any()
    assert (other.random_direction()[0] == first).all()
    assert ((np.abs(first) >= 0.5) & (np.abs(first) < 1.5)).all()


@pytest.mark.parametrize(("largest", "lost"), [(1e14, False), (1e15, True), (np.inf, False)])
def test_a_step_is_lost_beside_a_large_finite_input(largest, lost):
    with np.errstate(all="ignore"):
        point = point_at(np.sum, [1.0, largest])
    assert bool(point.lost(0.25)) is lost


def test_paths_share_buffers_until_they_are_released():
    point = point_at(np.sin, np.ones(3))
    one, other = (point.path_along(point.random_direction()) for _ in range(2))
    assert one.scratch is other.scratch
    point.release_scratch()
    point.release_scratch()
    assert point.path_along(point.random_direction()).scratch is not one.scratch


def test_rounding_counts_outputs_below_one_as_one():
    point = point_at(lambda x: x * np.array([0.0, 8.0]), np.ones(2), weights=[3.0, 1.0])
    assert point.rounding == 4 * 2.0**-52 * (3 * 1 + 8)
