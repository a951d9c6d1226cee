"""Stacks of copies: the slopes of single calls, whatever the forward hands out."""

import numpy as np
import pytest

from gradcheck.numeric.batched import Stack
from tests.points import point_at

X = np.linspace(-1, 1, 7)


def stack_of(f, x=X, pad=0):
    point = point_at(f, x)
    return Stack(
        point.function, 0, scale=point.scales[0], base=point.base, weights=point.weights, pad=pad
    )


@pytest.mark.parametrize("pad", [0, None])
@pytest.mark.parametrize("way", ["central", "extrapolated"])
def test_slopes_are_those_of_the_function(way, pad):
    slopes, _ = getattr(stack_of(np.sin, pad=pad), way)(np.arange(7))
    assert slopes == pytest.approx(np.cos(X), rel=1e-9)


def test_an_affine_function_has_exact_one_sided_slopes():
    slopes, noise = stack_of(lambda x: 4 * x + 1).one_sided(np.array([1, 5]))
    assert slopes.tolist() == [4, 4]
    assert noise.tolist() == [0, 0]


def test_many_entries_are_taken_in_several_calls():
    shapes = []

    def forward(x):
        shapes.append(x.shape)
        return np.sin(x)

    x = np.linspace(0, 1, 400)
    slopes, _ = stack_of(forward, x).central(np.arange(400))
    assert slopes == pytest.approx(np.cos(x), rel=1e-9)
    assert max(shape[0] for shape in shapes if len(shape) == 2) <= 256


@pytest.mark.parametrize(
    "forward",
    [lambda x: x - x.mean(), lambda x: np.cumsum(x).reshape(x.shape), lambda x: x[..., ::-1].sum()],
    ids=["mixes copies", "mixes rows", "sums them"],
)
def test_a_function_that_mixes_its_copies_is_called_once_for_each(forward):
    stacked, single = stack_of(forward).central(np.arange(7)), stack_of(forward, pad=None)
    assert stacked[0].tolist() == single.central(np.arange(7))[0].tolist()


def test_a_function_that_raises_beside_the_point_has_no_slope():
    def strict(x):
        if (np.abs(x) > 1).any():
            raise ValueError
        return np.sin(x)

    slopes, _ = stack_of(strict, pad=None).central(np.array([0, 3]))
    assert np.isnan(slopes[0])
    assert slopes[1] == pytest.approx(1)


def test_a_function_that_returns_its_argument_is_not_overwritten():
    slopes, _ = stack_of(lambda x: x).central(np.arange(7))
    assert slopes.tolist() == [1.0] * 7


def test_outputs_that_move_are_given_their_rounding():
    _, noise = stack_of(lambda x: x + 1e8).extrapolated(np.array([0]))
    assert 1e-6 < noise[0] < 1e-3


def test_indices_for_one_call_are_spread_over_the_part():
    some = stack_of(np.sin, np.linspace(0, 1, 1000)).some()
    assert (some[0], some[-1]) == (0, 999)
    assert (np.diff(some) > 0).all()
    assert 2 <= some.size < 1000
