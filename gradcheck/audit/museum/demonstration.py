"""The demonstration of an exhibit: both of its gradients, checked."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gradcheck.audit.museum.exhibits import Exhibit
from gradcheck.results.result import Result
from gradcheck.results.settings import Settings
from gradcheck.results.verdict import Verdict
from gradcheck.run.search import check_op


@dataclass(frozen=True, slots=True, kw_only=True)
class Demonstration:
    """The results of both gradients of an exhibit."""

    exhibit: Exhibit
    wrong: Result
    right: Result

    @property
    def found(self) -> bool:
        """Whether the wrong gradient failed."""
        return self.wrong.verdict.is_failure

    @property
    def passed(self) -> bool:
        """Whether the right gradient passed."""
        return self.right.verdict is Verdict.PASS

    @property
    def holds(self) -> bool:
        return self.found and self.passed


def demonstrate(exhibit: Exhibit, settings: Settings) -> Demonstration:
    """Check both gradients of an exhibit, hazards included: some bugs were such."""
    severe = replace(settings, hazards="fail")
    return Demonstration(
        exhibit=exhibit,
        wrong=check_op(exhibit.wrong, severe),
        right=check_op(exhibit.right, severe),
    )
