"""Messages name the nearest known word, and list what is known."""

import pytest

from gradcheck.errors import did_you_mean, listing


@pytest.mark.parametrize(
    ("names", "text"),
    [
        ([], "nothing"),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (iter("ab"), "a and b"),
    ],
)
def test_listing(names, text):
    assert listing(names) == text


def test_the_nearest_name_is_meant():
    known = ("matmul", "matvec", "exp")
    assert did_you_mean("matmull", known) == " Did you mean 'matmul'?"
    assert did_you_mean("zzz", known) == ""
    assert did_you_mean("matmul", iter(known)) == " Did you mean 'matmul'?"
    assert did_you_mean("x", ()) == ""
