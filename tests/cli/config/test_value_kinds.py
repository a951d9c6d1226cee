"""Kinds of values: what a file may hold, and what a variable may say."""

import math

import pytest

from gradcheck.cli.config.value_kinds import (
    LONGEST,
    Refused,
    flag,
    jobs,
    many,
    number,
    one_of,
    reasons,
    shown,
    size,
    whole,
    words,
)

SECONDS = number("seconds")
NAMES = many(words("text"), "a list of names")
COLOR = one_of("red", "green")


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (whole(1), 1, 1),
        (whole(-1, 2), -1, -1),
        (SECONDS, 2, 2.0),
        (SECONDS, 5e-324, 5e-324),
        (number("", below=1), 0.999, 0.999),
        (jobs(), "auto", "auto"),
        (jobs(), 3, 3),
        (size(), "512M", "512M"),
        (flag(), False, False),
        (words("text"), " x ", " x "),
        (COLOR, "red", "red"),
        (NAMES, [], ()),
        (NAMES, ["a", "b"], ("a", "b")),
        (reasons(["tails"]), {"tails": "why"}, {"tails": "why"}),
    ],
)
def test_what_is_allowed(kind, value, expected):
    read = kind.read(value)
    assert read == expected
    assert type(read) is type(expected)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (whole(1), 0),
        (whole(1, 2), 3),
        (whole(0), True),
        (whole(0), 1.0),
        (SECONDS, 0),
        (SECONDS, math.nan),
        (SECONDS, math.inf),
        (SECONDS, 10**400),
        (SECONDS, True),
        (number("", below=1), 1),
        (jobs(), 0),
        (jobs(), "all"),
        (size(), 512),
        (size(), "512 sheep"),
        (flag(), "true"),
        (words("text"), "  "),
        (COLOR, ["red"]),
        (NAMES, ("a",)),
        (NAMES, [3]),
        (reasons(["tails"]), {"tails": ""}),
        (reasons(["tails"]), ["tails"]),
    ],
)
def test_what_is_refused(kind, value):
    with pytest.raises(Refused):
        kind.read(value)


@pytest.mark.parametrize(
    ("kind", "value", "hint"),
    [
        (COLOR, "gren", " Did you mean 'green'?"),
        (NAMES, "a", ' Write ["a"].'),
        (NAMES, ["a", 3], " 3 cannot stand in it."),
        (
            reasons(["tails"]),
            {"tail": "x"},
            " There is no \"tail\" among them. Did you mean 'tails'?",
        ),
    ],
)
def test_a_refusal_may_give_a_hint(kind, value, hint):
    with pytest.raises(Refused) as caught:
        kind.read(value)
    assert str(caught.value) == hint


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (whole(0), "7", 7),
        (SECONDS, "1e-3", 1e-3),
        (flag(), "ON", True),
        (flag(), "no", False),
        (jobs(), "auto", "auto"),
        (jobs(), "2", 2),
        (NAMES, "a, b,,", ["a", "b"]),
        (NAMES, "", []),
    ],
)
def test_what_a_variable_may_say(kind, text, expected):
    assert kind.parse(text) == expected


@pytest.mark.parametrize(("kind", "text"), [(flag(), "maybe"), (whole(0), "x"), (jobs(), "x")])
def test_what_a_variable_may_not_say(kind, text):
    with pytest.raises(ValueError):  # noqa: PT011 - `Refused` is one, and so is what int raises
        kind.parse(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        ('a"b', '"a\\"b"'),
        (["a", 1], '["a", 1]'),
        ((), "[]"),
        ({"a": False}, "{a = false}"),
        (1e-06, "1e-06"),
    ],
)
def test_values_are_shown_as_in_a_file(value, text):
    assert shown(value) == text


@pytest.mark.parametrize("value", ["x" * 10**6, ["x"] * 10**6, {str(k): k for k in range(10**5)}])
def test_what_is_long_is_cut(value):
    assert len(shown(value)) == LONGEST
    assert shown(value).endswith("…")
