"""Exceptions of an op's own code, as data."""

import numpy as np
import pytest

from gradcheck.checks.exceptions import Broken, OpRaised, raised_by, write_refused
from gradcheck.checks.violation import Violation
from gradcheck.results.kind import Kind
from gradcheck.spec.binding import Location


def caught(function):
    with pytest.raises(Exception) as info:  # noqa: PT011 - whatever it is
        function()
    return info.value


def fail():
    raise LookupError("no such thing")


def write_into_a_view():
    np.broadcast_to(1.0, (2,))[0] = 2


def test_the_line_is_that_of_the_rule_s_own_file():
    data = raised_by(caught(fail), Location(__file__, 1))
    assert (data.type, data.message) == ("LookupError", "no such thing")
    assert data.location == Location(__file__, fail.__code__.co_firstlineno + 1)
    assert "in fail" in data.traceback


def test_without_a_rule_the_innermost_line_that_is_not_ours_counts():
    data = raised_by(caught(lambda: np.linalg.inv(np.ones(2))), None)
    assert "numpy" in data.location.file


def test_an_exception_without_a_traceback_has_no_line():
    assert raised_by(ValueError("made, never raised"), None).location is None


def test_numpy_s_refusal_to_write_is_a_change_of_an_argument():
    violation = write_refused(caught(write_into_a_view))
    assert violation.kind is Kind.MUTATION
    assert "read-only" in violation.message


@pytest.mark.parametrize("error", [ValueError("other"), TypeError("read-only")])
def test_other_exceptions_are_not(error):
    assert write_refused(error) is None


def test_what_carries_them_says_what_happened():
    assert str(OpRaised(ValueError("no"), "vjp")) == "vjp raised ValueError: no"
    violation = Violation(Kind.SHAPE, "headline", "message")
    assert str(Broken(violation)) == "message"
