"""A differentiable input of the forward, as a flat vector."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gradcheck.ndarrays.types import Vector

_LONGEST = 20  # derived: digits of 2**64, which no index reaches


@dataclass(frozen=True, slots=True)
class Place:
    """An entry: which differentiable input, and where in its flat vector."""

    part: int
    index: int


@dataclass(frozen=True, slots=True)
class Argument:
    """A differentiable input, and how its domain lets it move.

    Attributes:
        name: what messages call it.
        shape: its shape.
        is_complex: whether its flat vector holds pairs of real and imaginary parts.
        room: how far each number of the flat vector may move, or None for any; one whose
            room is zero stays where it is.
        project: turns a flat direction into one that stays on the domain, or None.
        contains: whether a flat vector lies in the domain, where that can be told.
    """

    name: str
    shape: tuple[int, ...]
    is_complex: bool
    room: Vector | None = None
    project: Callable[[Vector], Vector] | None = None
    contains: Callable[[Vector], bool] | None = None

    def label(self, index: int) -> str:
        """Name an entry of the flat vector: "b[1,0]", "x" for 0-d, "z[2].imag"."""
        entry, part = divmod(index, 2) if self.is_complex else (index, 0)
        suffix = (".real", ".imag")[part] if self.is_complex else ""
        if not self.shape:
            return self.name + suffix
        position = ",".join(map(str, np.unravel_index(entry, self.shape)))
        return f"{self.name}[{position}]{suffix}"

    def index_of(self, label: str) -> int | None:
        """Find the entry of a label from a document, whatever the size."""
        inside = label.removeprefix(f"{self.name}[").partition("]")[0] if self.shape else ""
        digits = inside.split(",") if inside else []
        known = len(digits) == len(self.shape) and all(map(_is_index, digits))
        position = tuple(map(int, digits)) if known else ()
        if not known or any(map(operator.ge, position, self.shape)):
            return None
        entry = int(np.ravel_multi_index(position, self.shape)) if position else 0
        candidates = (2 * entry, 2 * entry + 1) if self.is_complex else (entry,)
        return next((index for index in candidates if self.label(index) == label), None)


def _is_index(digits: str) -> bool:
    return digits.isascii() and digits.isdecimal() and len(digits) < _LONGEST
