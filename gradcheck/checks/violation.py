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

    Attributes:
        kind: what kind of failure it makes.
        headline: a few words for the title.
        message: what was found and what was expected, in whole sentences.
        argument: the input it is about, where it is about one.
        culprit: the function to look at.
        worst: the comparison that shows it best, where numbers were compared.
        report: the case that shows it, if that is not the one that was drawn.
    """

    kind: Kind
    headline: str
    message: str
    argument: str | None = None
    culprit: Culprit = "vjp"
    worst: Comparison | None = None
    report: CaseReport | None = None
