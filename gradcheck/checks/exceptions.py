"""Exceptions of an op's own code, as data."""

from __future__ import annotations

import traceback

from gradcheck.checks.violation import Culprit, Violation
from gradcheck.results.failure import Raised
from gradcheck.results.kind import Kind
from gradcheck.spec.binding import Location
from gradcheck.spec.home import is_own

# What an op may raise without taking the run down; `exit()` in a rule is the rule's fault.
FAULTS = (Exception, SystemExit)


class OpRaised(Exception):
    """Carries what one of the op's own functions raised."""

    def __init__(self, error: BaseException, culprit: Culprit) -> None:
        super().__init__(f"{culprit} raised {type(error).__name__}: {error}")
        self.error = error
        self.culprit = culprit


class Broken(Exception):
    """Carries a broken contract or property out of a further call."""

    def __init__(self, violation: Violation, broken: str = "") -> None:
        super().__init__(violation.message)
        self.violation = violation
        self.broken = broken


def write_refused(error: BaseException) -> Violation | None:
    """NumPy's refusal to write into a read-only argument, as a violation."""
    if not (isinstance(error, ValueError) and "read-only" in str(error)):
        return None
    return Violation(
        Kind.MUTATION,
        "the vjp writes into an argument",
        f"The vjp tried to write into an argument that is read-only ({error}): work on a copy.",
    )


def raised_by(error: BaseException, rule: Location | None) -> Raised:
    """An exception as data, with the responsible line of the rule's file."""
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [f for f in frames if not is_own(f.filename)]
    own = [f for f in theirs if rule is not None and f.filename == rule.file] or theirs
    return Raised(
        type=type(error).__name__,
        message=str(error),
        location=Location(own[-1].filename, own[-1].lineno or 0) if own else None,
        traceback=_own_traceback(error),
    )


def _own_traceback(error: BaseException) -> str:
    """The traceback from the first frame that is not gradcheck's own."""
    frame = error.__traceback__
    while frame is not None and is_own(frame.tb_frame.f_code.co_filename):
        frame = frame.tb_next
    return "".join(traceback.format_exception(type(error), error, frame or error.__traceback__))
