"""A violation: what it says, and whom it blames unless it says so."""

import dataclasses

import pytest

from gradcheck.checks.violation import Violation
from gradcheck.results.kind import Kind


def test_the_vjp_is_to_blame_unless_another_function_is_named():
    violation = Violation(Kind.SHAPE, "headline", "message")
    assert (violation.culprit, violation.argument, violation.worst) == ("vjp", None, None)


def test_it_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Violation(Kind.SHAPE, "headline", "message").kind = Kind.DTYPE
