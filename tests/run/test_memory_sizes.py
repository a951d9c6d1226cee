"""Sizes of memory: read from words, written so that they are read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.errors import SettingsError
from gradcheck.run.memory_sizes import parsed_size, said_size, written_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1", 1),
        ("512M", 512 * 2**20),
        ("2G", 2**31),
        ("1.5 GiB", 3 * 2**29),
        (" 3kb ", 3072),
        ("1t", 2**40),
        ("10 B", 10),
    ],
)
def test_units_are_powers_of_1024(text, size):
    assert parsed_size(text) == size


@pytest.mark.parametrize("text", ["", "lots", "0", "-1M", "1X", "1e9", "0.4", "1" * 13])
def test_other_words_are_refused(text):
    with pytest.raises(SettingsError, match="is no size of memory; write 512M or 2G"):
        parsed_size(text)


@given(st.integers(1, 10**12 - 1))
def test_a_written_size_is_read_again(size):
    assert parsed_size(written_size(size)) == size


def test_sizes_in_words():
    assert written_size(2**31) == "2G"
    assert [said_size(n) for n in (0, 1023, 1024, 3 * 2**29)] == [
        "0 bytes", "1023 bytes", "1 KiB", "1.5 GiB",
    ]  # fmt: skip
    assert said_size(2**52) == "4096 TiB"
