"""The vjp works wherever the forward works."""

import numpy as np
import pytest

from gradcheck.results.kind import Kind
from gradcheck.results.verdict import Verdict

X = np.array([1.0, -2.0, 3.0])


def refuse(*_):
    raise ValueError("not today")


@pytest.mark.parametrize(
    ("forward", "vjp", "headline"),
    [
        (refuse, lambda g, x: g, "forward raised ValueError"),
        (np.sin, refuse, "the vjp raised ValueError"),
    ],
)
def test_an_exception_is_an_error_that_names_the_function(broken, forward, vjp, headline):
    found = broken("raises", forward, vjp, X)
    assert (found.kind, found.broken, found.headline) == (Kind.RAISED, "raises", headline)
    assert found.kind.verdict is Verdict.ERROR


def test_only_the_forward_may_refuse_a_size_of_zero(broken):
    assert broken("raises", refuse, lambda g, x: g, X[:0]) is None
    assert broken("raises", np.sin, refuse, X[:0]).headline == "the vjp raised ValueError"


def test_a_write_into_a_read_only_argument_is_told_to_copy(broken):
    def in_place(g, x):
        locked = np.broadcast_to(g, g.shape)
        locked += 1
        return locked

    found = broken("raises", np.sin, in_place, X)
    assert (found.kind, found.broken) == (Kind.MUTATION, "purity")
    assert "work on a copy" in found.message
