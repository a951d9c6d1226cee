"""Bad input: what was wrong, what is allowed, status 2, nothing on standard output."""

import pytest

from gradcheck.cli.config.option_choices import DTYPES
from gradcheck.ndarrays.dtypes import DTYPES as KNOWN_DTYPES

CHOICES = [
    ("--dtype", "float63", ", ".join(map(repr, KNOWN_DTYPES))),
    ("--sort", "size", "'name', 'margin', 'time'"),
    ("--format", "xml", "'table', 'concise', 'json', 'github'"),
    ("--color", "maybe", "'auto', 'always', 'never'"),
]


@pytest.mark.parametrize(("option", "value", "allowed"), CHOICES)
def test_choices(gradcheck, option, value, allowed):
    done = gradcheck("run", option, value)
    assert (done.code, done.out) == (2, "")
    assert done.error == f"Invalid value for '{option}': '{value}' is not one of {allowed}."


def test_the_dtypes_of_the_option_are_those_of_specs():
    assert DTYPES == KNOWN_DTYPES


def test_quiet_and_verbose(gradcheck):
    done = gradcheck("run", "-q", "-v")
    assert done.code == 2
    assert done.error == "-q and -v contradict each other; give one of them."


def test_unknown_option(gradcheck):
    done = gradcheck("run", "--sed", "3")
    assert done.code == 2
    assert done.error.startswith("No such option '--sed'.")
    assert "--seed" in done.error
