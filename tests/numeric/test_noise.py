"""The forward around a point: jitter, treads and their slopes, told from what is smooth."""

import numpy as np
import pytest

from gradcheck.numeric.comparison import Obstacle
from gradcheck.numeric.noise import Surroundings, onward, outward
from tests.points import entry, point_at


def around(f, x, extent=np.inf):
    point = point_at(f, x)
    path, _ = entry(point)
    return Surroundings(path, point.base, point.weights, extent)


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
    f = around(jittery, [0.5])
    assert 1e-8 < f.jitter(outward(np.inf)) < 1e-5
    assert around(np.sin, [0.5]).jitter(outward(np.inf)) == 0


def test_a_staircase_has_treads_up_to_where_it_is_looked_at():
    assert around(lambda x: np.floor(64 * x) / 64, [0.51]).is_stepped()
    assert not around(np.sin, [0.5]).is_stepped()
    assert not around(lambda x: np.where(x > 1, 1.0, 0.0), [0.5]).is_stepped()  # a jump


def test_only_outputs_that_move_count():
    assert around(lambda x: np.array([x[0], 5.0]), [2.0]).moved() == pytest.approx(2.5)


def test_windows_stay_within_the_extent():
    assert all(max(abs(a), abs(b)) <= 1.0 for a, b in outward(1.0))
    assert all(0 <= a < b <= 1 for a, b in onward())
