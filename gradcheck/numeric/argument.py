"""A differentiable input of the forward, as a flat vector."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from operator import lt

import numpy as np

from gradcheck.ndarrays.types import Vector


@dataclass(frozen=True, slots=True)
class Argument:
    """A differentiable input: its name, shape, and how the domain lets it move.

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
        """The place in the flat vector that has a label, or None."""
        numbers = re.fullmatch(r"(?:\[([\d,]+)\])?(?:\.real|\.imag)?", label[len(self.name) :])
        if numbers is None:
            return None
        position = tuple(map(int, filter(None, (numbers[1] or "").split(","))))
        if len(position) != len(self.shape) or not all(map(lt, position, self.shape)):
            return None
        index = int(np.ravel_multi_index(position, self.shape)) if position else 0
        if self.is_complex:
            index = 2 * index + label.endswith(".imag")
        return index if self.label(index) == label else None
