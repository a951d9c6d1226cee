"""Draws that are cheap and even, and that shrink well.

Two facts about Hypothesis stand behind this module. Its integers favour small ones by
far, so a seed drawn as an integer would mostly be one of the first few; bytes are even.
And each new strategy object is examined before its first use, which takes longer than to
draw from it, so strategies are made once.
"""

from __future__ import annotations

from functools import cache
from typing import TypeVar

from hypothesis import strategies as st

from gradcheck.ndarrays.buckets import SEEDS

T = TypeVar("T")
_SEED_BYTES = 2  # derived: they count to `SEEDS`
assert SEEDS == 256**_SEED_BYTES


@cache
def one_of(options: tuple[T, ...]) -> st.SearchStrategy[T]:
    """One of the options, all equally likely; it shrinks to the first."""
    return st.sampled_from(options)


@cache
def seeds() -> st.SearchStrategy[int]:
    """A seed below `SEEDS`, all equally likely; it shrinks to 0."""
    return st.binary(min_size=_SEED_BYTES, max_size=_SEED_BYTES).map(_number)


@cache
def one_with_seed(options: tuple[T, ...]) -> st.SearchStrategy[tuple[T, int]]:
    """One of at most 256 options and a seed in one draw."""
    assert len(options) <= 256, "one byte chooses"

    def split(data: bytes) -> tuple[T, int]:
        return options[data[0] * len(options) // 256], _number(data[1:])

    return st.binary(min_size=_SEED_BYTES + 1, max_size=_SEED_BYTES + 1).map(split)


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")
