"""Params that follow from an input: axes of it, and orders of its axes."""

from functools import partial
from operator import eq

import numpy as np
import pytest
from hypothesis import find, given
from hypothesis import strategies as st

import gradcheck as gc
from tests.drawn import drawn_in_cases

RANKS = st.integers(0, 4)


def strategy(param, rank):
    return param({"x": np.zeros((2,) * rank)})


@given(RANKS.filter(bool), st.data())
def test_an_axis_is_one_of_the_input(rank, data):
    assert -rank <= data.draw(strategy(gc.axis_of("x"), rank)) < rank


@given(RANKS, st.data())
def test_axes_are_what_a_reduction_takes(rank, data):
    axes = data.draw(strategy(gc.axes_of("x"), rank))
    x = np.ones((2,) * rank)
    assert x.sum(axis=axes, keepdims=True).sum() == x.size


@given(RANKS, st.data())
def test_a_permutation_is_what_transpose_takes(rank, data):
    order = data.draw(strategy(gc.permutation_of("x"), rank))
    x = np.zeros(range(2, 2 + rank))
    assert sorted(axis % rank for axis in order) == list(range(rank))
    assert sorted(x.transpose(order).shape) == list(x.shape)


@pytest.mark.parametrize(
    ("param", "rank", "values"),
    [
        (gc.axis_of("x"), 2, [0, 1, -1, -2]),
        (gc.axis_of("x"), 1, [0, -1]),
        (
            gc.axes_of("x"),
            2,
            [None, 0, 1, -1, -2, (), (0,), (-1,), (0, 1), (1, 0), (-1, 0), (1, -2)],
        ),
        (gc.axes_of("x"), 0, [None, ()]),
        (gc.permutation_of("x"), 2, [(0, 1), (1, 0), (-2, -1), (-1, -2)]),
        (gc.permutation_of("x"), 0, [()]),
    ],
)
def test_each_of_these_is_drawn(param, rank, values):
    for value in values:
        assert find(strategy(param, rank), partial(eq, value)) == value


@pytest.mark.parametrize("rank", [1, 2, 4])
def test_half_of_the_axes_are_negative(rank):
    axes = drawn_in_cases(strategy(gc.axis_of("x"), rank))
    assert 0.35 < np.mean([axis < 0 for axis in axes]) < 0.65
    assert set(axes) == set(range(-rank, rank))


@pytest.mark.parametrize("rank", [2, 3])
def test_reductions_get_none_single_axes_and_tuples(rank):
    axes = drawn_in_cases(strategy(gc.axes_of("x"), rank))
    for kind in (type(None), int, tuple):
        assert np.mean([isinstance(axis, kind) for axis in axes]) > 0.15
    several = [axis for axis in axes if isinstance(axis, tuple) and len(axis) > 1]
    assert any(min(axis) < 0 for axis in several)
    assert any(min(axis) >= 0 for axis in several)


@pytest.mark.parametrize("rank", [3, 4, 5])
def test_permutations_that_are_not_their_own_inverse_come_often(rank):
    orders = drawn_in_cases(strategy(gc.permutation_of("x"), rank))
    others = [np.argsort(np.mod(o, rank)).tolist() != np.mod(o, rank).tolist() for o in orders]
    assert 0.35 < np.mean(others) < 0.9
    assert 0.3 < np.mean([min(order) < 0 for order in orders]) < 0.7


def test_an_input_of_many_axes_has_permutations_too():
    orders = drawn_in_cases(strategy(gc.permutation_of("x"), 7), 50)
    assert all(sorted(order) == list(range(7)) for order in orders)
    assert len(set(orders)) > 20


def test_an_input_without_axes_has_none_to_choose():
    assert strategy(gc.axis_of("x"), 0).is_empty


@pytest.mark.parametrize(
    ("param", "simplest"),
    [(gc.axis_of("x"), 0), (gc.axes_of("x"), None), (gc.permutation_of("x"), (0, 1, 2))],
)
def test_the_simplest(param, simplest):
    assert find(strategy(param, 3), lambda drawn: True) == simplest


def test_they_say_what_they_are():
    assert str(gc.axis_of("x")) == "axis of x"
    assert str(gc.axes_of("y")) == "axes of y"
    assert str(gc.permutation_of("x")) == "permutation of x"
    assert gc.axis_of("x").names == ("x",)


def test_an_op_with_an_axis():
    @gc.op(params={"axis": gc.axis_of("x")})
    def reversed_(x, axis):
        return np.flip(x, axis)

    reversed_.vjp(lambda g, axis: np.flip(g, axis).copy())
    assert gc.check(reversed_, cases=30)
