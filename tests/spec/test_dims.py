"""Bounds of sizes, and how they print."""

import pytest

import gradcheck as gc
from gradcheck.errors import SpecError
from tests.messages import message_of


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (gc.size(), "0…"),
        (gc.size(min=1), "1…"),
        (gc.size(min=2, max=5), "2…5"),
        (gc.size(min=2, multiple_of=2), "2…, multiples of 2"),
    ],
)
def test_sizes_print(size, text):
    assert str(size) == text


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"min": -1}, "size(min=-1, multiple_of=1): min is 0 or more, multiple_of 1 or more."),
        (
            {"multiple_of": 0},
            "size(min=0, multiple_of=0): min is 0 or more, multiple_of 1 or more.",
        ),
        ({"min": 3, "max": 2}, "size(min=3, max=2, multiple_of=1) allows no size."),
        (
            {"min": 1, "max": 3, "multiple_of": 4},
            "size(min=1, max=3, multiple_of=4) allows no size.",
        ),
    ],
)
def test_sizes_that_allow_nothing(limits, said):
    assert message_of(SpecError, lambda: gc.size(**limits)) == said
