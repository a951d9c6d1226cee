"""Cases that passed, as far as a result shows them."""

from __future__ import annotations

from collections import deque

from gradcheck.cases.case import Case
from gradcheck.checks.examine import Outcome, examine, proven_error
from gradcheck.checks.subject import Subject
from gradcheck.numeric.comparison import Comparison
from gradcheck.numeric.curve import Curve
from gradcheck.results.failure import CaseReport
from gradcheck.run.budget import entry_count, is_large
from gradcheck.run.conclusion import Counts
from gradcheck.run.curves import ordinary_curve

# Cases of which one is to show how differences converge. Arbitrary: the first will do, unless
# it has no entry with a reference; a few more cost nothing.
_KEPT = 8
_SMALL = 4096  # entries of such a case; arbitrary: each entry costs memory and a comparison


class Passing:
    """The last cases that passed, and the one nearest to failing."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._last: tuple[Case, Outcome] | None = None
        self._telling: deque[Case] = deque(maxlen=_KEPT)
        self._quickest: tuple[Case, Comparison] | None = None

    def keep(self, case: Case, outcome: Outcome) -> None:
        """Keep a case as the last one, if it shows anything."""
        if outcome.tally.probes:
            self._last = case, outcome
        if outcome.tally.nonzero and entry_count(case) <= _SMALL:
            self._telling.append(case)

    def keep_quickest(self, case: Case, probe: Comparison) -> None:
        """Keep the case with the worst error beside a single difference."""
        self._quickest = case, probe

    def worst_error(self, counts: Counts) -> float:
        """The worst relative error, after the worst quick one is proven.

        Of a large case that takes too long: there a quick one stands for itself.
        """
        if self._quickest is None:
            return counts.relative_error
        case, probe = self._quickest
        if is_large(case):
            return max(counts.relative_error, counts.quick)
        return max(counts.relative_error, proven_error(self._subject, case, probe))

    def last_report(self) -> CaseReport | None:
        """The last case, with an error bar for every entry."""
        if self._last is None:
            return None
        case, outcome = self._last
        again = examine(self._subject, case, table="every entry")
        return again.report if again.failure is None else outcome.report

    def last_curve(self) -> Curve | None:
        """Differences over steps for an ordinary entry of a recent case."""
        curves = (ordinary_curve(self._subject, case) for case in reversed(self._telling))
        return next((curve for curve in curves if curve is not None), None)
