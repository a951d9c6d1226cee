"""Far out steps are in tune with lattices, and many small jumps look like a slope."""

import numpy as np
import pytest

from tests.judged import judged


def hump(x):
    t = x - np.floor(x)
    return np.floor(x) + t * t * (3 - 2 * t)


def hump_rule(g, x):
    t = x - np.floor(x)
    return g * 6 * t * (1 - t)


def wave(x):
    return x - np.sin(2 * np.pi * x) / (2 * np.pi)


def wave_rule(g, x):
    return g * (1 - np.cos(2 * np.pi * x))


SMOOTH = {
    "humps": (hump, hump_rule, [280.0, 1000.0, 12345.0]),
    "half way": (hump, hump_rule, [280.5, 1000.25]),
    "waves": (wave, wave_rule, [300.0, 5000.0]),
}


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("seed", [2, 3])
def test_a_smooth_lattice_has_its_own_slope(name, seed):
    forward, rule, x = SMOOTH[name]
    tally = judged(forward, [rule], np.array(x), seed=seed)
    assert not tally.failures
    assert tally.doubt is None


@pytest.mark.parametrize("name", SMOOTH)
def test_the_slope_over_whole_periods_fails(name):
    forward, _, x = SMOOTH[name]
    assert judged(forward, [lambda g, x: g * np.ones_like(x)], np.array(x)).failures


STEPPED = {
    "floor": (np.floor, [800.0, -7e5, 900.5]),
    "ceil": (np.ceil, [500.0, 1e6]),
    "rint": (np.rint, [1e6, 3e5 + 0.25]),
    "fixed point": (lambda x: np.round(x * 4) / 4, [5000.01, -712.3]),
}


@pytest.mark.parametrize("name", STEPPED)
def test_the_slope_of_a_tread_is_not_called_wrong(name):
    forward, x = STEPPED[name]
    assert not judged(forward, [lambda g, x: 0 * g], np.array(x)).failures


@pytest.mark.parametrize("name", ["floor", "ceil", "rint"])
@pytest.mark.parametrize("slope", [5.0, -1.0])
def test_a_slope_that_it_has_over_no_step_fails(name, slope):
    forward, x = STEPPED[name]
    assert judged(forward, [lambda g, x: slope * g], np.array(x[-1:]) + 0.3).failures


def test_a_small_jump_beside_a_large_slope_is_a_jump():
    def forward(x):
        return np.stack([x, x % 1e-4])

    assert not judged(forward, [lambda g, x: g[0] + g[1]], np.array(1.0)).failures
