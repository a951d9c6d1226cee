"""`Result`, which a check returns for an op.

All of it is data: frozen, and turned into plain Python values and back without any loss.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gradcheck.cases.coverage import Coverage
from gradcheck.numeric.curve import Curve
from gradcheck.results.documents.codec import from_plain, to_plain
from gradcheck.results.failure import CaseReport, Failure
from gradcheck.results.rendering import renderer
from gradcheck.results.verdict import Verdict

PINNED = "found by a pinned case"
"""The note of a result whose failing case was pinned, and is reported as it was kept."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Result:
    """The outcome of a check of one op.

    Attributes:
        op: the op's name.
        verdict: what is known.
        reason: why, in a sentence, where the verdict is not PASS and there is no failure.
        cases: how many cases were run (up to and with the failing one).
        rejected: how many draws `assume` or a domain threw away.
        unusable: how many cases had no usable reference, by reason.
        kinks: how many cases met a kink.
        probes: how many derivatives were compared.
        margin: the worst `|analytic - reference| / tolerance`; 1 is the border.
        where: the argument and entry of the worst margin, "b[1,0]".
        relative_error: the worst relative error that is proven: 0 if none exceeds its error bar.
        escape: an upper bound of the probability that a single entry wrong by a relative
            1e-5 (`power.DELTA`) escapes the case that it is in; see `power`.
        calls: how often the forward was called.
        seconds: wall time.
        seed: the run's seed; the op's own follows from it and its name.
        failure: the failure, if there is one.
        last: the last case that passed.
        last_curve: differences over steps for an ordinary entry of the last case.
        coverage: what was drawn, if it was asked for.
        signature: the op's signature as text, or empty.
        notes: sentences worth knowing, such as a time budget that ran out.
    """

    op: str
    verdict: Verdict
    reason: str = ""
    cases: int = 0
    rejected: int = 0
    unusable: Mapping[str, int] = field(default_factory=dict)
    kinks: int = 0
    probes: int = 0
    margin: float = 0.0
    where: str = ""
    relative_error: float = 0.0
    escape: float = 1.0
    calls: int = 0
    seconds: float = 0.0
    seed: int = 0
    failure: Failure | None = None
    last: CaseReport | None = None
    last_curve: Curve | None = None
    coverage: Coverage | None = None
    signature: str = ""
    notes: tuple[str, ...] = ()

    def noted(self, *notes: str) -> Result:
        """The same result with further notes."""
        return replace(self, notes=(*self.notes, *notes)) if notes else self

    @property
    def rank(self) -> tuple[int, float]:
        """A key that sorts results, the worst first.

        What is wrong without a margin (a shape, an exception, NaN) goes before what has one.
        """
        measured = self.failure is None or self.failure.worst is not None
        known = measured and self.margin == self.margin
        return self.verdict.rank, -self.margin if known else -math.inf

    def __bool__(self) -> bool:
        """True only for a gradient that was tested and did as expected."""
        return self.verdict.is_success

    def __repr__(self) -> str:
        """One line, for failed assertions; `str` gives the whole panel."""
        return renderer().as_line(self)

    def to_dict(self) -> dict[str, Any]:
        """Return plain dicts, lists, strings and numbers, exactly, see docs/reports.md.

        An array becomes its dtype, its shape and its numbers in C order; numbers that JSON
        cannot hold become the strings "nan", "inf" and "-inf".
        """
        return to_plain(self)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Result:
        """Return the result that `to_dict` made plain data of.

        Raises:
            DocumentError: if it is not such data.
        """
        return from_plain(cls, plain, "result")

    def __str__(self) -> str:
        return renderer().as_text(self)

    def __rich_console__(self, console: Any, options: Any) -> Iterator[Any]:
        yield from renderer().renderables(self)

    def _repr_html_(self) -> str:
        return renderer().as_html(self)
