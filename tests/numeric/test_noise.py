"""The forward around a point: jitter, treads and their slopes, told from what is smooth."""

import numpy as np
import pytest

from gradcheck.numeric.comparison import Obstacle
from gradcheck.numeric.noise import PathView
from tests.points import entry, point_at


def around(f, x, extent=np.inf):
    point = point_at(f, x)
    path, _ = entry(point)
    return PathView(path, point.base, point.weights, extent)


def jittery(x):
    """A sine whose values jitter by 1e-7, the same way at the same point."""
    return np.sin(x) + 1e-7 * np.sin(1e13 * x)


SMOOTH = {
    "sine": (np.sin, 0.5),
    "kink": (np.abs, 0.0),
    "kink nearby": (np.abs, 1e-3),
    "steep": (lambda x: np.exp(30 * x), 0.5),
    "constant": (np.zeros_like, 0.5),
}


@pytest.mark.parametrize("name", SMOOTH)
def test_a_smooth_or_kinked_forward_is_not_rough(name):
    f, x = SMOOTH[name]
    assert around(f, [x]).roughness() is None


@pytest.mark.parametrize(
    ("f", "obstacle"),
    [
        (jittery, Obstacle.NOISY),
        (lambda x: np.sin(x.astype(np.float32)).astype(float), Obstacle.NOISY),
        (lambda x: np.round(np.sin(x), 3), Obstacle.STAIRCASE),
    ],
    ids=["jitter", "float32", "rounded"],
)
def test_a_rough_forward_has_the_slope_of_what_it_stands_for(f, obstacle):
    rough = around(f, [0.5]).roughness()
    assert rough.obstacle == obstacle
    assert abs(rough.slope - np.cos(0.5)) <= rough.bar < 0.5


def test_a_forward_that_is_another_one_each_time_is_random():
    rng = np.random.default_rng(0)
    rough = around(lambda x: np.sin(x) + 1e-6 * rng.standard_normal(x.shape), [0.5]).roughness()
    assert rough is None or rough.obstacle == Obstacle.RANDOM


def test_jitter_is_a_share_of_the_values():
    (share,) = around(jittery, [0.5]).jitter()
    assert 1e-8 < share < 1e-5
    assert around(np.sin, [0.5]).jitter() is None


def test_a_jump_in_one_window_is_no_jitter():
    assert around(lambda x: np.sin(x) + 1e-4 * (x > 1), [0.5]).jitter() is None


def test_only_outputs_that_move_count():
    two = around(lambda x: np.array([x[0], 5.0]), [2.0])
    assert two.amount(np.array([0.1, 0.1])) == pytest.approx(0.25)


def test_a_slope_holds_as_far_as_differences_show_it():
    assert around(lambda x: 3 * x, [0.5]).reach(3.0, 1e-6) == 4.0
    assert around(np.sin, [0.5]).reach(np.cos(0.5), 1e-6) < 0.5
    assert around(np.sin, [0.5]).reach(2.0, 1e-6) == 0


def test_noise_that_is_nowhere_near_is_none():
    far = around(lambda x: np.sin(x) + 1e-7 * np.sin(1e13 * x) * (np.abs(x) > 30), [0.5])
    assert far.jitter() is None
