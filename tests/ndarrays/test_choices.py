"""The choices of a seed: small seeds mean the first option, every option comes."""

from collections import Counter

import pytest

from gradcheck.ndarrays import masks, matrices
from gradcheck.ndarrays.buckets import BUCKETS, SEEDS
from gradcheck.ndarrays.choices import Background, Choices, Counting


def every(of, name, seeds=range(4096)):
    """All values of a choice, and how often each comes."""
    return dict(Counter(str(getattr(of(seed), name)) for seed in seeds))


@pytest.mark.parametrize("bucket", [*BUCKETS, "infinite"])
def test_seed_0_leaves_the_simplest_values(bucket):
    chosen = Choices.of(bucket, 0)
    assert chosen.background.pattern == "ones"
    assert chosen.place == next(iter(masks.PLACES))
    assert (chosen.grid, chosen.on_bound, chosen.by_hundreds) == (0, None, False)


@pytest.mark.parametrize(("seed", "pattern"), [(0, "ones"), (1, "counting"), (2, "signed halves")])
def test_the_first_seeds_are_patterns_and_no_others_are(seed, pattern):
    assert Background.of(seed).pattern == pattern
    assert Background.of(seed + 3).pattern == "random"


def test_roundings():
    assert every(Background.of, "rounding", range(64)) == {"tenths": 64}
    later = every(Background.of, "rounding", range(64, 64 + 800))
    assert later == {"halves": 100, "hundredths": 500, "none": 200}


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("place", set(masks.PLACES)),
        ("structure", set(matrices.STRUCTURES)),
        ("spread", {"everywhere", "among others", "a row", "once"}),
        ("grid", {"0", "1", "2"}),
        ("on_bound", {"None", *masks.PLACES}),
        ("near_edges", {"0.15", "0.6"}),
    ],
)
def test_every_option_comes_often(name, options):
    counts = every(lambda seed: Choices.of("ordinary", seed), name)
    assert set(counts) == options
    assert min(counts.values()) > 4096 / 50


@pytest.mark.parametrize(
    ("bucket", "name", "count"),
    [("zeros", "place", 9), ("ties", "tie", 5), ("near ties", "gap", 7), ("tiny", "magnitude", 16)],
)
def test_a_choice_says_nothing_about_the_background(bucket, name, count):
    """Seeds with one background, the ones, have every option of the choice."""
    ones = [seed for seed in range(64) if Choices.of(bucket, seed).background.pattern == "ones"]
    assert len(every(lambda seed: Choices.of(bucket, seed), name, ones)) == count


def test_places_on_bounds_and_grids_exclude_each_other():
    for seed in range(64):
        chosen = Choices.of("ordinary", seed)
        assert not (chosen.grid and chosen.on_bound)


def test_seeds_beyond_the_last_one_have_choices_too():
    """The imaginary part of a complex array takes the seeds that follow."""
    assert Choices.of("zeros", SEEDS).background.pattern == "random"
    assert Choices.of("zeros", 2 * SEEDS - 1).place in masks.PLACES


def test_whole_numbers_begin_with_the_lowest_then_count():
    assert [Counting.of(seed).order for seed in (0, 1)] == ["lowest", "ascending"]
    counts = every(Counting.of, "order", range(8, 8 + 800))
    assert set(counts.values()) == {100}
    assert len(counts) == 8
    assert every(Counting.of, "highest_first", range(16)) == {"False": 8, "True": 8}
