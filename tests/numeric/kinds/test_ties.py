"""At ties any member of the generalised gradient passes, and nothing else does."""

import numpy as np
import pytest

from tests.judged import judged


def rank(x):
    return np.argsort(np.argsort(x, kind="stable"), kind="stable")


def middle(x):
    return np.argsort(x, kind="stable")[(x.size - 1) // 2]


def sort_rule(g, x):
    return g[rank(x)]


def median_rule(g, x):
    return g * (np.arange(x.size) == middle(x))


def smallest_size(g, x):
    return g * np.sign(x) * (np.arange(x.size) == np.abs(x).argmin())


def top_three(x):
    return np.sort(x)[-3:].sum()


def top_three_rule(g, x):
    return g * (x.size - 1 - rank(x) < 3)


def transport(x):
    """The distance of two samples: half of the entries from the other half."""
    one, other = np.sort(x[::2]), np.sort(x[1::2])
    return np.abs(one - other).sum()


def transport_rule(g, x):
    d, ranks = np.empty_like(x), (rank(x[::2]), rank(x[1::2]))
    sign = np.sign(np.sort(x[::2]) - np.sort(x[1::2]))
    d[::2], d[1::2] = g * sign[ranks[0]], -g * sign[ranks[1]]
    return d


OPS = {
    "sort": (lambda x: np.sort(x, kind="stable"), sort_rule),
    "median": (lambda x: np.sort(x)[(x.size - 1) // 2], median_rule),
    "smallest |x|": (lambda x: np.abs(x).min(), smallest_size),
    "top three": (top_three, top_three_rule),
    "transport": (transport, transport_rule),
    "range": (
        lambda x: x.max() - x.min(),
        lambda g, x: g * (np.eye(x.size)[x.argmax()] - np.eye(x.size)[x.argmin()]),
    ),
}
POINTS = {
    "three": np.ones(3),
    "pairs": np.array([1.0, 2.0, 2.0, 1.0, 3.0, 1.0]),
    "of both signs": np.array([1.0, -1.0, -1.0, 1.0, 1.0]),
    "zeros": np.zeros(4),
    "many": np.repeat([2.0, -1.0, 0.0, 5.0], 20),
    "long": np.zeros(256),
}


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("name", OPS)
def test_the_gradient_of_ties_broken_by_index_passes(name, point):
    forward, rule = OPS[name]
    x = POINTS[point]
    if name == "transport" and x.size % 2:
        x = np.r_[x, 7.0]
    assert not judged(forward, [rule], x).failures


@pytest.mark.parametrize("point", ["three", "pairs", "zeros", "many"])
@pytest.mark.parametrize("name", ["sort", "median", "top three"])
@pytest.mark.parametrize("factor", [0.0, 2.0, -1.0])
def test_a_multiple_of_it_fails(name, point, factor):
    forward, rule = OPS[name]
    assert judged(forward, [lambda g, x: factor * rule(g, x)], POINTS[point]).failures


@pytest.mark.parametrize("point", ["three", "pairs"])
def test_every_tied_entry_counted_fails(point):
    def greedy(g, x):
        return g * (x == np.sort(x)[(x.size - 1) // 2])

    assert judged(OPS["median"][0], [greedy], POINTS[point]).failures


def test_apart_from_ties_the_order_must_be_right():
    x = np.array([3.0, 1.0, 2.0, 2.0])
    assert judged(OPS["sort"][0], [lambda g, x: g.copy()], x).failures
    assert judged(OPS["sort"][0], [lambda g, x: g[np.argsort(x)]], x).failures


@pytest.mark.parametrize("shares", [(0.5, 0.25, 0.25), (0.2, 0.3, 0.5)])
def test_a_tie_may_be_shared_unequally(shares):
    assert not judged(OPS["median"][0], [lambda g, x: g * np.array(shares)], np.ones(3)).failures
