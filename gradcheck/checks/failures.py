"""Failures in words: broken properties, exceptions, wrong values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gradcheck.checks.exceptions import raised_by, write_refused
from gradcheck.checks.properties.property import LAYOUT_HINT
from gradcheck.checks.subject import Subject
from gradcheck.checks.trial import OpRaised
from gradcheck.checks.violation import Culprit, Violation
from gradcheck.errors import listing
from gradcheck.numeric.comparison import Comparison
from gradcheck.numeric.notation import apart
from gradcheck.results.failure import CaseReport, Failure
from gradcheck.results.kind import Kind
from gradcheck.spec.binding import Location, location_of


def of_violation(subject: Subject, violation: Violation, broken: str) -> Failure:
    """The failure that a violation of the property `broken` makes."""
    return Failure(
        kind=violation.kind,
        headline=violation.headline,
        message=violation.message,
        argument=violation.argument,
        broken=broken,
        case=violation.report,
        worst=violation.worst,
        location=location_in(subject, violation.culprit),
    )


def of_raise(
    subject: Subject, raised: OpRaised, *, hint: str = "", broken: str = "raises"
) -> Failure:
    """The failure of an op that raised, or wrote where NumPy refused.

    `hint` says what the spec can say, if the op is not meant to take such a case.
    """
    refused = write_refused(raised.error) if raised.culprit == "vjp" else None
    if refused is not None:
        return of_violation(subject, refused, "purity")
    culprit = raised.culprit
    location = location_in(subject, culprit)
    data = raised_by(raised.error, location)
    what = culprit if culprit == "forward" else f"the {culprit}"
    failure = Failure(
        kind=Kind.RAISED,
        headline=f"{what} raised {data.type}",
        message=f"{what[0].upper()}{what[1:]} raised {data.type}: {data.message}",
        broken=broken,
        raised=data,
        location=location,
    )
    return hinted(failure, hint) if hint else failure


def layout_refusal(raised: OpRaised, layout: str) -> Violation:
    """The hazard of a forward that raises on a layout only."""
    error = f"{type(raised.error).__name__}: {raised.error}"
    return Violation(
        Kind.REFUSED,
        f"forward refuses inputs in {layout} layout",
        f"With inputs in {layout} layout the forward raised {error.rstrip('.')}. {LAYOUT_HINT}",
        culprit="forward",
    )


def hinted(failure: Failure, hint: str) -> Failure:
    """The failure with another hint, which its message ends with."""
    message = failure.message.removesuffix(failure.hint).rstrip()
    end = "" if message.endswith((".", "!", "?")) else "."
    return replace(failure, message=f"{message}{end} {hint}", hint=hint)


def of_values(subject: Subject, comparisons: Sequence[Comparison], report: CaseReport) -> Failure:
    """Name the wrong gradients, and show the entry furthest off."""
    entries = [c for c in comparisons if c.argument is not None] or list(comparisons)
    worst = max(entries, key=lambda c: c.distance)
    if worst.rule == "jvp":
        kind, headline, location = Kind.JVP, "the jvp is wrong", subject.jvp_location
    else:
        names = list(dict.fromkeys(f"∂L/∂{c.argument}" for c in entries if c.argument))
        verb = "is" if len(names) == 1 else "are"
        subjects = f"{listing(names)} {verb}" if names else "the gradient is"
        kind, location, complaint = Kind.VALUE, subject.location, "wrong"
        if not np.isfinite(worst.analytic):
            kind, complaint = Kind.NONFINITE, "not finite"
        headline = f"{subjects} {complaint}"
    analytic, numeric = apart(worst.analytic, worst.reference.value, digits=10)
    message = (
        f"At {worst.where} the analytic derivative is {analytic}; the numeric one is {numeric} "
        f"± {worst.reference.bar:.1g}."
    )
    return Failure(
        kind=kind,
        headline=headline,
        message=message,
        argument=worst.argument,
        case=report,
        worst=worst,
        location=location,
    )


def location_in(subject: Subject, culprit: Culprit) -> Location | None:
    """Where the function to blame is defined."""
    return {
        "forward": subject.forward_location,
        "vjp": subject.location,
        "jvp": subject.jvp_location,
        "reference": subject.reference and location_of(subject.reference),
    }[culprit]
