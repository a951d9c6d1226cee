"""A violation found in one case, before it becomes a `Failure`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gradcheck.numeric.comparison import Comparison
from gradcheck.results.failure import CaseReport
from gradcheck.results.kind import Kind

Culprit = Literal["forward", "vjp", "jvp", "reference"]


@dataclass(frozen=True, slots=True)
class Violation:
    """A property that does not hold, and the function that breaks it.

    The headline has a few words, the message whole sentences.
    """

    kind: Kind
    headline: str
    message: str
    argument: str | None = None  # the input it is about
    culprit: Culprit = "vjp"
    worst: Comparison | None = None  # that shows it best
    report: CaseReport | None = None  # of the case that shows it, if that is not the one drawn
