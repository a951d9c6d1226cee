"""Draws are even, and shrink to the first option and the first seed."""

import numpy as np
from hypothesis import find

from gradcheck.ndarrays.buckets import SEEDS
from gradcheck.ndarrays.strategies import one_of, one_with_seed, seeds
from tests.drawn import drawn_in_cases

OPTIONS = ("a", "b", "c", "d", "e")


def test_options_are_equally_likely():
    for found in (
        drawn_in_cases(one_of(OPTIONS)),
        [o for o, _ in drawn_in_cases(one_with_seed(OPTIONS))],
    ):
        counts = [found.count(option) / len(found) for option in OPTIONS]
        assert min(counts) > 0.1
        assert max(counts) < 0.4


def test_seeds_are_even_up_to_their_end():
    for found in (
        drawn_in_cases(seeds()),
        [seed for _, seed in drawn_in_cases(one_with_seed(OPTIONS))],
    ):
        share, _ = np.histogram(found, bins=4, range=(0, SEEDS))
        assert (share / len(found) > 0.12).all()
        assert min(found) >= 0
        assert max(found) < SEEDS


def test_they_shrink_to_the_first():
    assert find(one_of(OPTIONS), lambda drawn: True) == "a"
    assert find(seeds(), lambda drawn: True) == 0
    assert find(one_with_seed(OPTIONS), lambda drawn: True) == ("a", 0)
    assert find(one_with_seed(OPTIONS), lambda drawn: drawn[0] != "a") == ("b", 0)


def test_strategies_are_made_once():
    assert one_of((1, 2)) is one_of((1, 2))
    assert seeds() is seeds()
