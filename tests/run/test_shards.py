"""Shards: every op is in exactly one of them, by its name alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.errors import SettingsError
from gradcheck.run.shards import Shard, missing, parsed_shard


@given(st.text(min_size=1), st.integers(1, 20))
def test_every_op_is_in_one_shard(op, total):
    shards = [Shard(number=n, total=total) for n in range(1, total + 1)]
    assert sum(shard.has(op) for shard in shards) == 1


def test_where_an_op_is_does_not_change_between_versions():
    homes = {
        op: next(n for n in (1, 2, 3) if Shard(number=n, total=3).has(op))
        for op in ("add", "exp", "matmul", "softmax")
    }
    assert homes == {"add": 3, "exp": 1, "matmul": 3, "softmax": 3}


@pytest.mark.parametrize(
    ("text", "parts"), [("2/3", (2, 3)), (" 1 / 1 ", (1, 1)), ("007/7", (7, 7))]
)
def test_a_shard_is_number_and_total(text, parts):
    assert parsed_shard(text) == parts


@pytest.mark.parametrize("text", ["", "3", "0/3", "4/3", "1/0", "-1/3", "1/2/3", "a/b"])
def test_others_are_refused(text):
    with pytest.raises(SettingsError, match="is no shard"):
        parsed_shard(text)


def test_missing_parts_are_named():
    parts = [Shard(number=n, total=4) for n in (4, 2)]
    assert missing(parts) == ["1/4", "3/4"]
    assert str(parts[0]) == "4/4"
    assert missing([Shard(number=1, total=1)]) == []
