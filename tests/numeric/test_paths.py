"""Straight paths through input space."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gradcheck.ndarrays.flat import BLOCK, blocks
from gradcheck.ndarrays.matrices import normalised
from gradcheck.numeric.forward import FlatForward
from gradcheck.numeric.paths import DensePath, SparsePath, random_direction, scale_of

RNG = np.random.default_rng(1)


@pytest.fixture(autouse=True)
def as_in_a_run():
    with np.errstate(all="ignore"):
        yield


@settings(max_examples=200, deadline=None, derandomize=True, database=None)
@given(x=arrays(np.float64, 3, elements=st.floats(-1e300, 1e300)))
def test_the_scale_is_a_power_of_two_no_larger_than_the_number(x):
    scale = scale_of(x)
    mantissa, _ = np.frexp(scale)
    size = np.maximum(abs(x), 1)
    assert (mantissa == 0.5).all()
    assert ((scale <= size) & (size < 2 * scale)).all()


def test_the_scale_keeps_to_the_room():
    x = np.array([1e6, 1.0, 0.0, 5.0])
    room = np.array([0.3, 1e-200, 100.0, -0.1])
    assert scale_of(x, room).tolist() == [0.25, 2.0**-665, 1.0, 0.0625]


def test_what_has_no_room_is_not_moved_and_what_has_little_is():
    x = np.array([1.0, 0.0, math.inf, -math.inf])
    scale = scale_of(x, np.array([0.0, 1e-320, 0.0, 0.0]))
    assert (scale > 0).tolist() == [False, True, False, False]
    (u,) = random_direction([scale], 1)
    assert (u != 0).tolist() == [False, True, False, False]
    np.testing.assert_array_equal((x + 0.25 * u)[2:], x[2:])


def test_random_directions_move_every_entry_by_half_to_one_and_a_half():
    scales = [np.full(1000, 4.0), np.ones(500)]
    first, second = random_direction(scales, 0)
    assert {first.size, second.size} == {1000, 500}
    assert np.abs(first / 4).min() >= 0.5
    assert np.abs(first / 4).max() <= 1.5
    assert 300 < (second > 0).sum() * 2 < 700
    assert len(np.unique(np.abs(second))) > 5


def test_random_directions_follow_from_the_seed():
    one, two, other = (random_direction([np.ones(9)], seed)[0] for seed in (0, 0, 1))
    assert (one == two).all()
    assert (one != other).any()


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK])
def test_blocks_cover_everything_once(size):
    assert [k for block in blocks(size) for k in range(size)[block]] == list(range(size))


def dense_path(f, x, u):
    return DensePath(f, [x], [u], [np.empty_like(u)])


def both(x, u):
    """The same path, sparse and dense."""
    f = FlatForward(np.sin, [x], [0], {})
    indices = np.arange(x.size)
    return SparsePath(f, [x], [(0, indices, u)]), dense_path(f, x, u)


def test_sparse_and_dense_paths_agree():
    x, u, g = RNG.standard_normal((3, 5))
    sparse, dense = both(x, u)
    for t in (0.0, 0.5, -(2.0**-20)):
        assert sparse.at(t) == pytest.approx(np.sin(x + t * u))
        assert (sparse.at(t) == dense.at(t)).all()
        assert sparse.at(t, np.longdouble).dtype == np.longdouble
    assert sparse.along([g]) == pytest.approx(dense.along([g]))
    assert sparse.along([g])[0] == pytest.approx(g @ u)
    assert sparse.along([g])[1] == pytest.approx(np.linalg.norm(g * u))
    assert sparse.reach == dense.reach == pytest.approx(abs(u).sum())
    assert sparse.imaginary(0.5)[0] == pytest.approx(x + 0.5j * u)
    assert dense.imaginary(0.5)[0] == pytest.approx(x + 0.5j * u)


def test_a_path_leaves_its_point_alone():
    x = np.ones(3)
    for path in both(x, np.ones(3)):
        path.at(0.25)
        path.imaginary(0.25)
    assert (x == 1).all()


@pytest.mark.parametrize("size", [1e-250, 1e-170, 1e200, 1e300])
@pytest.mark.parametrize("which", [0, 1])
def test_the_size_of_a_slope_neither_over_nor_underflows(size, which):
    """A tolerance of infinity would let any gradient pass."""
    path = both(np.zeros(3), np.ones(3))[which]
    total, norm = path.along([np.array([3 * size, 0.0, 4 * size])])
    assert total == pytest.approx(7 * size, rel=1e-12)
    assert norm == pytest.approx(5 * size, rel=1e-12)


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("value", [math.inf, math.nan])
def test_what_is_not_finite_shows_in_the_slope(which, value):
    path = both(np.zeros(2), np.ones(2))[which]
    assert not math.isfinite(path.along([np.array([1.0, value])])[0])


def test_a_dense_path_skips_an_infinity_that_it_does_not_move():
    path = dense_path(FlatForward(np.sin, [np.zeros(2)], [0], {}), np.zeros(2), np.array([1.0, 0]))
    assert path.along([np.array([2.0, math.inf])]) == (2.0, 2.0)


def test_a_forward_that_returns_its_input_is_copied():
    f = FlatForward(lambda x: x, [np.ones(2)], [0], {})
    path = dense_path(f, np.ones(2), np.ones(2))
    ahead, behind = path.at(0.5), path.at(-0.5)
    assert ahead.tolist() == [1.5, 1.5]
    assert behind.tolist() == [0.5, 0.5]


@pytest.mark.parametrize("which", [0, 1])
def test_a_path_on_a_curved_domain_stays_on_it(which):
    x, u = np.array([0.6, 0.8]), np.array([0.8, -0.6])
    f = FlatForward(lambda x: x, [x], [0], {}, [normalised])
    path = (SparsePath(f, [x], [(0, np.arange(2), u)]), dense_path(f, x, u))[which]
    assert path.at(0.0).tolist() == x.tolist()
    for t in (0.25, -0.25, 2.0**-20):
        assert np.linalg.norm(path.at(t)) == pytest.approx(1, abs=1e-15)
        assert np.linalg.norm(path.at(t, np.longdouble)) == pytest.approx(1, abs=1e-15)
    step = 2.0**-14
    assert (path.at(step) - path.at(-step)) / (2 * step) == pytest.approx(u, abs=1e-8)
    np.testing.assert_allclose(path.imaginary(step)[0].imag, step * u)
