"""Mistakes in a configuration, each on a line with its place."""

import pytest

from gradcheck.cli.config.config_errors import ConfigError, ConfigMistake

HERE = ConfigMistake(place="gradcheck.toml", message="it is wrong.")


@pytest.mark.parametrize(
    ("mistake", "line"),
    [
        (HERE, "gradcheck.toml: it is wrong."),
        (ConfigMistake(place="a", line=3, message="no."), "a:3: no."),
        (ConfigMistake(place="a", line=3, column=2, message="no."), "a:3:2: no."),
        (ConfigMistake(place="a", line=3, table="[op.exp]", message="no."), "a:3: [op.exp] no."),
    ],
)
def test_a_mistake_is_a_line(mistake, line):
    assert str(mistake) == line


def test_one_mistake_needs_no_heading_and_several_are_counted():
    assert str(ConfigError([HERE])) == str(HERE)
    assert str(ConfigError([HERE, HERE])).splitlines() == [
        "the configuration has 2 mistakes.",
        str(HERE),
        str(HERE),
    ]
