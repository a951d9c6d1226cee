"""The probability that a small mistake escapes a check.

An entry that is wrong by a relative `DELTA` shows if that is more than the tolerance which
the entry was tested with. Where each entry has its own probe that is nearly always so; a
random direction has one tolerance for all, in which the smallest entries hide. So a mistake
in one entry of one case, both taken at random, escapes with the mean, over the cases, of the
share of such entries. What is stated is an upper bound of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

DELTA = 1e-5  # the relative error of an entry that power is about; arbitrary: far above rtol
_SIGMAS = 2.0  # derived: with the 3 below an upper 95 % limit of a count, also of a small one


@dataclass(slots=True)
class Power:
    """The entries of a case in which a small mistake would hide.

    Attributes:
        entries: numbers of the gradients that are not zero.
        blind: those of which a relative change by `DELTA` is within the tolerance.
    """

    entries: int = 0
    blind: int = 0

    def count(self, sizes: NDArray[Any], slack: NDArray[Any] | float) -> None:
        """Count entries.

        Args:
            sizes: absolute values of analytic derivatives.
            slack: how much they may be off, one number or one for each; inf where nothing
                was learnt.
        """
        there = sizes != 0
        self.entries += int(np.count_nonzero(there))
        # What is not finite is judged by itself, and seen.
        hidden = there & ~(DELTA * sizes > slack) & np.isfinite(sizes)
        self.blind += int(np.count_nonzero(hidden))

    @property
    def share(self) -> float:
        """The share of the entries in which a small mistake would hide."""
        return self.blind / self.entries if self.entries else 0.0


def escape(cases: Sequence[Power]) -> float:
    """Bound the probability that one entry wrong by `DELTA` escapes."""
    shares = [case.share for case in cases if case.entries]
    if not shares:
        return 1.0
    most = sum(shares) + _SIGMAS * math.sqrt(sum(shares)) + 3.0
    return min(1.0, most / len(shares))
