"""Custody of an op's arguments, to see which of them it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gradcheck.checks.violation import Culprit
from gradcheck.ndarrays.memory import same_bytes
from gradcheck.ndarrays.types import Array


@dataclass(frozen=True, slots=True)
class Touched:
    """A changed argument: an input, an array param, `g` or `out`."""

    name: str
    culprit: Culprit
    array: Array = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class _Loan:
    name: str
    array: Array
    saved: Array


class Custody:
    """Arrays in an op's hands, beside copies of their first contents.

    Attributes:
        touched: those that were changed, each once, in the order in which that was seen.
    """

    def __init__(self) -> None:
        self.touched: list[Touched] = []
        self._loans: list[_Loan] = []

    def lend(self, arrays: Mapping[str, Array], saved: Mapping[str, Array]) -> None:
        """Watch further arrays; they are inspected before those that were lent earlier."""
        self._loans[:0] = [_Loan(name, array, saved[name]) for name, array in arrays.items()]

    def inspect(self, culprit: Culprit) -> None:
        """Record the arrays that differ from their copies now."""
        for loan in self._loans:
            if not self.is_touched(loan.name) and not same_bytes(loan.saved, loan.array):
                self.touched.append(Touched(loan.name, culprit, loan.array))

    def is_touched(self, name: str) -> bool:
        """Whether an array of that name was changed."""
        return any(touched.name == name for touched in self.touched)

    def release(self) -> None:
        """Let go of all arrays."""
        self._loans.clear()
