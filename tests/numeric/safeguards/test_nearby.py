"""Findings about a forward near a point: each made once, within the domains."""

import numpy as np
import pytest

from gradcheck.numeric.argument import Argument
from gradcheck.numeric.safeguards.nearby import Nearby
from tests.points import entry, point_at


def free(size):
    return [Argument("x", (size,), False, contains=lambda x: True)]


def test_gradients_nearby_are_asked_for_once_with_two_seeds():
    seeds = []

    def nearby(seed):
        seeds.append(seed)
        return [np.ones(1)]

    near = Nearby(point_at(np.sin, [0.5], nearby_gradient=nearby))
    assert near.gradients == near.gradients
    assert seeds == [7, 8]
    assert Nearby(point_at(np.sin, [0.5])).gradients == (None, None)


def test_smooth_paths_are_looked_along_some_times_only():
    calls = []

    def forward(x):
        calls.append(0)
        return np.sin(x)

    near = Nearby(point_at(forward, np.full(20, 0.5)))
    for index in range(20):
        assert near.roughness(entry(near.point, index)[0]) is None
        if index == 8:
            before = len(calls)
    assert len(calls) == before


def test_a_path_ends_where_the_room_does():
    room = Argument("x", (2,), False, room=np.array([0.5, 8.0]), contains=lambda x: True)
    near = Nearby(point_at(np.sin, [0.5, 0.5], arguments=[room]))
    assert near.surroundings(entry(near.point, 0)[0]).extent == pytest.approx(0.99)
    assert near.surroundings(entry(near.point, 1)[0]).extent == pytest.approx(8 * 0.99)


def test_a_domain_that_says_nothing_is_left_by_no_more_than_a_step():
    near = Nearby(point_at(np.sin, [0.5]))
    assert near.surroundings(entry(near.point)[0]).extent == 0.25


def test_an_iteration_jitters_where_another_number_of_steps_is_taken():
    def newton(x):
        y = np.ones_like(x)
        for _ in range(50):
            if np.abs(y * y - x).max() <= 1e-6:
                break
            y = (y + x / y) / 2
        return y

    jitter = Nearby(point_at(newton, [2.0, 3.0], arguments=free(2))).jitter
    assert 1e-12 < jitter.max() < 1e-3


@pytest.mark.parametrize(
    "f", [np.exp, np.sqrt, lambda x: np.where(x > 1.5, 1.001, 1.0) * x], ids=["exp", "pole", "jump"]
)
def test_a_smooth_stretch_and_one_jump_or_pole_are_no_jitter(f):
    assert Nearby(point_at(f, [2.0, 3.0], arguments=free(2))).jitter is None
