"""Conditions on shapes: broadcasting, sizes, ranks, proportions."""

import numpy as np
import pytest

import gradcheck as gc
from tests.phrases import possible_for, shown


@pytest.mark.parametrize(
    ("shapes", "phrases"),
    [
        (((2, 3), (2, 3)), {"no input is broadcast"}),
        (((2, 3), (3,)), {"y lacks a leading axis"}),
        (((2, 3), ()), {"y lacks all leading axes", "y is 0-D"}),
        (((1, 3), (2, 3)), {"x is stretched along its first axis"}),
        (((2, 1, 3), (2, 4, 3)), {"x is stretched along a middle axis"}),
        (((2, 3), (2, 1)), {"y is stretched along its last leading axis"}),
        (((2, 1), (1, 3)), {"inputs are broadcast against each other"}),
    ],
)
def test_broadcasting(shapes, phrases):
    inputs = [np.ones(shape) for shape in shapes]
    every = {str(t) for t in possible_for("(...),(...)->(...)")}
    patterns = {p for p in every if "broadcast" in p or "stretched" in p or "leading ax" in p}
    found = shown(*inputs, signature="(...),(...)->(...)")
    assert phrases <= found
    if "no input is broadcast" in phrases:
        assert found & patterns == phrases


def test_only_leading_axes_broadcast():
    signature = "(...,m,n),(...,n,p)->(...,m,p)"
    sizes = {"m": 1, "n": 1, "p": 2}
    found = shown(np.ones((1, 1)), np.ones((4, 1, 2)), signature=signature, sizes=sizes)
    assert "x lacks all leading axes" in found
    assert "the leading axes hold several entries" in found
    assert not any("stretched" in phrase for phrase in found)


def test_an_operand_without_a_core_axis_has_no_leading_ones():
    signature = "(...,n?,k),(...,k,m?)->(...,n?,m?)"
    found = shown(
        np.ones(3), np.ones((3, 2)), signature=signature, sizes={"n": None, "k": 3, "m": 2}
    )
    assert {"n is missing", "there are no leading axes"} <= found


@pytest.mark.parametrize(
    ("n", "values"),
    [
        (0, {"n is 0"}),
        (1, {"n is 1", "n is odd"}),
        (6, {"n is even"}),
        (7, {"n is odd", "n is a prime above 3"}),
        (16, {"n is even", "n > 8"}),
        (17, {"n is odd", "n is a prime above 3", "n > 8", "n exceeds 8 and is no multiple of it"}),
        (1025, {"n is odd", "n > 8", "n exceeds 8 and is no multiple of it", "n > 1024"}),
        (65536 + 8, {"n is even", "n > 8", "n > 1024", "n > 65536"}),
    ],
)
def test_sizes(n, values):
    found = shown(np.zeros(n), signature="(n)->()", sizes={"n": n})
    assert {phrase for phrase in found if phrase.startswith("n ")} == values


@pytest.mark.parametrize(
    ("shape", "phrases"),
    [
        ((), {"x is 0-D", "x has a single entry"}),
        ((2, 2), {"x is 2-D", "x is square", "all axes of x are equally long"}),
        ((2, 3), {"x is not square", "x has more columns than rows"}),
        ((4, 2), {"x has more rows than columns", "x has at least two rows more than columns"}),
        ((2, 3, 4), {"x is 3-D", "x has more than two axes", "no two axes of x are equally long"}),
        ((0, 2), {"x has no entries", "an axis of x has size 0"}),
        ((70,), {"x has more than 64 entries", "an axis of x is longer than 8"}),
    ],
)
def test_shapes(shape, phrases):
    assert phrases <= shown(np.ones(shape))


def test_what_is_possible_follows_from_the_signature():
    fixed = possible_for("(n),(n)->()", dims={"n": gc.size(min=2, max=8)})
    assert {"n is even", "n is odd", "x and y have equal values"} <= fixed
    for never in ("n is 0", "n is 1", "n > 8", "n > 1024", "x is 1-D", "no input is broadcast"):
        assert never not in fixed
    free = possible_for("(...,n,n),(...)->(...)")
    assert {"x holds a symmetric matrix", "the leading axes hold several entries"} <= free
    assert "x is square" not in free
    assert "n > 65536" not in free
    assert "x has more columns than rows" in possible_for("(m,n)->()")
